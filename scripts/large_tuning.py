"""Tuning the large encoder on a processor: bfloat16 arithmetic, a few fixed shapes, checkpoints to go on from.

As coder.learning.training.encoder_tuning: texts of one study and a few phrases of each code, both freed of their
mean, brought together. Beside it, on vectors as they are: direction, of the text alone and of the text read as the
answer to its question (with twins: the same bare noun after another question), and what is codable. Embeddings and
the lowest layers stay as they are.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import torch
from torch.nn import functional as nn

from coder.encoding import answer
from coder.encoding.backends import MPNetGraph, Tokeniser
from coder.encoding.large_weights import NAME, TOKENISER, large_weights, ready_folder
from coder.encoding.weights import Weights
from coder.learning.features.codebook_similarity import TEMPERATURE
from coder.learning.training.encoder_tuning import Wording, some_phrases, steps_of

PHRASES, CODES, ANSWERS, TWINS, TWIN_SHARE = 3, 14, 8, 8, 0.35
LENGTHS = (12, 24, 40, 64, 96)  # tokens; few shapes, since memory grows with each
FROZEN, LAYERS, WIDTH, HEADS = 4, 12, 768, 12
SCALE = 10.0
SHARES = {"group": 0.3, "side": 0.5, "answer": 0.35, "twins": 0.3}
SIDE_WEIGHTS = torch.tensor([1.0, 1.0, 0.6])
EVERY = 25  # steps between checkpoints
HALF = torch.bfloat16
State = dict[str, dict[str, torch.Tensor]]  # weights by name, of the network and of each layer beside it
Weighted = Mapping[str, torch.Tensor]


@dataclass
class Lesson:
    """Coded texts of one study; -1 among `sides` and `codable` is unknown."""

    name: str
    texts: Sequence[str]
    labels: np.ndarray
    sides: np.ndarray
    asked: Sequence[str | None]
    wordings: Sequence[Wording]
    groups: Sequence[frozenset[str]] = ()
    codable: np.ndarray | None = None
    codable_share: float = 0.15
    side_share: float = 1.0
    side_alone: bool = True  # whether the direction shows without the question


Batch = tuple[Lesson, list[int]]


def batches(lessons: Sequence[Lesson], dice: random.Random) -> list[Batch]:
    """Return the lessons' rows in steps, in random order."""
    sizes = [len(lesson.texts) for lesson in lessons]
    return [(lessons[lesson], rows) for lesson, rows in steps_of(sizes, dice)]


class LargeTuner:
    """The network, its layers, and the losses of a batch."""

    def __init__(
        self, state: State | None = None, *, weights: Weights | None = None, frozen: int = FROZEN
    ) -> None:
        self.fixed, self.learned, self.frozen = {}, {}, frozen
        for name, array in (weights or large_weights()).items():
            weight = torch.from_numpy(array)
            low = any(name.startswith(f"encoder.layer.{layer}.") for layer in range(frozen))
            if low or not name.startswith("encoder.layer."):
                self.fixed[name] = weight.to(HALF) if low else weight
            else:
                self.learned[name] = torch.nn.Parameter(weight.clone())
        self.polarity, self.codable = torch.nn.Linear(WIDTH, 3), torch.nn.Linear(2 * WIDTH, 1)
        self._tokens = Tokeniser(ready_folder() / TOKENISER, 0, 2)
        self._known: dict[str, list[int]] = {}
        if state:
            self.load(state)

    def state(self) -> State:
        return {
            "network": {name: weight.detach().clone() for name, weight in self.learned.items()},
            "polarity": self.polarity.state_dict(),
            "codable": self.codable.state_dict(),
        }

    def load(self, state: State) -> None:
        with torch.no_grad():
            for name, weight in self.learned.items():
                weight.copy_(state["network"][name])
        self.polarity.load_state_dict(state["polarity"])
        self.codable.load_state_dict(state["codable"])

    def _bias(self, length: int) -> torch.Tensor:
        steps = np.arange(length)[None, :] - np.arange(length)[:, None]
        table = self.fixed["encoder.relative_attention_bias.weight"]
        return table[torch.from_numpy(MPNetGraph({}).bucket(steps))].permute(2, 0, 1)[None]

    def _layer(self, state: torch.Tensor, weights: Weighted, number: int, mask: torch.Tensor) -> torch.Tensor:
        rows, length, _ = state.shape

        def linear(given: torch.Tensor, name: str) -> torch.Tensor:
            full = f"encoder.layer.{number}.{name}"
            return nn.linear(given, weights[f"{full}.weight"], weights[f"{full}.bias"])

        def norm(given: torch.Tensor, name: str) -> torch.Tensor:
            full = f"encoder.layer.{number}.{name}"
            return nn.layer_norm(given, (WIDTH,), weights[f"{full}.weight"], weights[f"{full}.bias"], 1e-5)

        query, key, value = (
            linear(state, f"attention.attn.{part}").view(rows, length, HEADS, -1).transpose(1, 2)
            for part in "qkv"
        )
        heard = nn.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        heard = linear(heard.transpose(1, 2).reshape(rows, length, WIDTH), "attention.attn.o")
        state = norm(state + heard, "attention.LayerNorm")
        return norm(
            state + linear(nn.gelu(linear(state, "intermediate.dense")), "output.dense"), "output.LayerNorm"
        )

    def _run(self, ids: torch.Tensor, mask: torch.Tensor, upper: Weighted) -> torch.Tensor:
        with torch.no_grad():
            positions = self.fixed["embeddings.position_embeddings.weight"][2 : 2 + ids.shape[1]]
            state = nn.embedding(ids, self.fixed["embeddings.word_embeddings.weight"]) + positions
            name = "embeddings.LayerNorm"
            state = nn.layer_norm(
                state, (WIDTH,), self.fixed[f"{name}.weight"], self.fixed[f"{name}.bias"], 1e-5
            ).to(HALF)
            wide = (self._bias(ids.shape[1]) + (1 - mask[:, None, None]) * -1e4).to(HALF)
            for number in range(self.frozen):
                state = self._layer(state, self.fixed, number, wide)
        for number in range(self.frozen, LAYERS):
            state = self._layer(state, upper, number, wide)
        return nn.normalize((state.float() * mask[..., None]).sum(1), dim=-1)

    def _ids(self, text: str) -> list[int]:
        if text not in self._known:
            ids = self._tokens.windows([text])[0].ids
            self._known[text] = ids if len(ids) <= LENGTHS[-1] else [*ids[: LENGTHS[-1] - 1], ids[-1]]
        return self._known[text]

    def encoded(self, texts: Sequence[str]) -> torch.Tensor:
        """Return vectors of length 1, (n, d); texts of like length go together."""
        ids = [self._ids(text) for text in texts]
        by_length = defaultdict(list)
        for index, tokens in enumerate(ids):
            by_length[next(length for length in LENGTHS if len(tokens) <= length)].append(index)
        upper = {name: weight.to(HALF) for name, weight in self.learned.items()}
        parts, order = [], []
        for length, indices in sorted(by_length.items()):
            most = 16 if length > 40 else 32
            for start in range(0, len(indices), most):
                part = indices[start : start + most]
                rows = next(size for size in (4, 8, 16, 32) if len(part) <= size)
                table, mask = torch.full((rows, length), 1), torch.zeros((rows, length))
                mask[:, 0] = 1
                for row, index in enumerate(part):
                    table[row, : len(ids[index])] = torch.tensor(ids[index])
                    mask[row, : len(ids[index])] = 1
                parts.append(self._run(table, mask, upper)[: len(part)])
                order += part
        back = torch.empty(len(ids), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(ids))
        return torch.cat(parts)[back]

    def losses(self, batch: Batch, dice: random.Random, nouns: Sequence[str]) -> dict[str, torch.Tensor]:
        lesson, rows = batch
        wording = lesson.wordings[0] if dice.random() < 0.5 else dice.choice(list(lesson.wordings))
        columns, chosen, owner = phrases_of_step(lesson.labels[rows], wording, dice)
        sides = torch.tensor(lesson.sides[rows])
        asked = [at for at, row in enumerate(rows) if lesson.asked[row] and sides[at] >= 0]
        dice.shuffle(asked)
        asked = asked[:ANSWERS]
        twins = [twin(dice, nouns) for _ in range(TWINS)] if dice.random() < TWIN_SHARE else []
        answers = [(lesson.asked[rows[at]] or "", lesson.texts[rows[at]]) for at in asked]
        answers += [(question, text) for question, text, _ in twins]
        vectors = self.encoded(
            [
                *(lesson.texts[row] for row in rows),
                *(wording.texts[at] for at in chosen),
                *(answer(NAME, question, text) for question, text in answers),
            ]
        )
        texts, phrases, heard = torch.split(vectors, [len(rows), len(chosen), len(answers)])
        losses: dict[str, torch.Tensor] = {}
        targets = torch.tensor((lesson.labels[rows][:, columns] == 1).astype(np.float32))
        if len(rows) > 3 and bool(targets.any()):
            groups = [wording.groups[at] for at in chosen]
            in_groups = [
                [bool(lesson.groups) and group in lesson.groups[row] for group in groups] for row in rows
            ]
            losses |= _theme_losses(texts, phrases, torch.tensor(owner), targets, torch.tensor(in_groups))
        if lesson.side_alone and bool((sides >= 0).any()):
            with_side = sides >= 0
            losses["side"] = lesson.side_share * self._side_loss(texts[with_side], sides[with_side])
        if asked:
            losses["answer"] = lesson.side_share * self._side_loss(heard[: len(asked)], sides[asked])
        if twins:
            losses["twins"] = self._side_loss(
                heard[len(asked) :], torch.tensor([side for _, _, side in twins])
            )
        losses = {name: loss * SHARES.get(name, 1.0) for name, loss in losses.items()}
        if lesson.codable is not None and (lesson.codable[rows] >= 0).any():
            coded = torch.tensor(lesson.codable[rows])
            known = coded >= 0
            both = torch.cat([texts, texts - texts.mean(0)], 1)[known] * SCALE
            loss = nn.binary_cross_entropy_with_logits(self.codable(both)[:, 0], coded[known].float())
            losses["codable"] = lesson.codable_share * loss
        return losses

    def _side_loss(self, vectors: torch.Tensor, sides: torch.Tensor) -> torch.Tensor:
        return nn.cross_entropy(self.polarity(vectors * SCALE), sides, weight=SIDE_WEIGHTS)


class Learning(Protocol):
    """What a run tunes: weights of a network with layers beside it, whose state is kept and taken up again."""

    learned: dict[str, torch.nn.Parameter]

    def state(self) -> State: ...

    def load(self, state: State) -> None: ...


Tuner = TypeVar("Tuner", bound=Learning)
Step = TypeVar("Step")


def phrases_of_step(
    labels: np.ndarray, wording: Wording, dice: random.Random
) -> tuple[list[int], list[int], list[int]]:
    """Return the codes of a step (those of its texts, and others up to CODES), some phrases of each, their owners.

    The small encoder's steps have all codes of the codebook; here that would take too long.
    """
    known = sorted(set(wording.codes))
    present = [code for code in known if (labels[:, code] == 1).any()]
    others = [code for code in known if code not in present]
    dice.shuffle(others)
    columns = sorted(present + others[: max(0, CODES - len(present))])
    chosen, owner = [], []
    for column, code in enumerate(columns):
        phrases = some_phrases(wording, code, PHRASES, dice)
        chosen += phrases
        owner += [column] * len(phrases)
    return columns, chosen, owner


def _theme_losses(
    texts: torch.Tensor,
    phrases: torch.Tensor,
    owner: torch.Tensor,
    targets: torch.Tensor,
    in_groups: torch.Tensor,
) -> dict[str, torch.Tensor]:
    """Return the losses of codes and of groups, as the small encoder's.

    Every code of a step has phrases here, so no code is left out of the phrases' mean.
    """
    k = targets.shape[1]
    member = nn.one_hot(owner, k).T.float()
    middle = (member / member.sum(1, keepdim=True) @ phrases).mean(0)
    near = (
        nn.normalize(texts - texts.mean(0), dim=-1) @ nn.normalize(phrases - middle, dim=-1).T / TEMPERATURE
    )
    columns = [
        torch.logsumexp(near[:, owner == code], 1) - np.log(int((owner == code).sum())) for code in range(k)
    ]
    has = targets.sum(1) > 0
    logs = torch.log_softmax(torch.stack(columns, 1)[has], 1)
    shares = targets[has] / targets[has].sum(1, keepdim=True)
    losses = {"theme": -(shares * logs).sum(1).mean()}
    with_group = in_groups.any(1) & has
    if bool(with_group.any()):
        part = near[with_group]
        inside = torch.logsumexp(part.masked_fill(~in_groups[with_group], -1e4), 1)
        losses["group"] = (torch.logsumexp(part, 1) - inside).mean()
    return losses


def taught(
    plan: Sequence[Batch],
    name: str,
    folder: Path,
    nouns: Sequence[str],
    *,
    start: State | None,
    rate: float,
    seed: int,
) -> LargeTuner:
    """Run through the plan; goes on from the last checkpoint in `folder` if one was interrupted."""
    torch.manual_seed(seed)
    tuner = LargeTuner(start)
    layers = [*tuner.polarity.parameters(), *tuner.codable.parameters()]
    run = Run(name, folder, rate=rate, seed=seed, warming=0.08, least=0.03)
    return run.through(plan, tuner, layers, lambda batch, dice: tuner.losses(batch, dice, nouns))


@dataclass
class Run:
    """A tuning with its checkpoints: its rate rises in a share `warming` of the steps, then falls to `least`."""

    name: str
    folder: Path
    rate: float
    seed: int
    warming: float
    least: float

    def through(
        self,
        plan: Sequence[Step],
        tuner: Tuner,
        layers: list[torch.nn.Parameter],
        losses_of: Callable[[Step, random.Random], dict[str, torch.Tensor]],
    ) -> Tuner:
        """Run through the plan; goes on from the last checkpoint if one was interrupted."""
        optimiser = torch.optim.AdamW(
            [{"params": list(tuner.learned.values()), "lr": self.rate}, {"params": layers, "lr": 1e-3}],
            weight_decay=0.01, fused=True,
        )  # fmt: skip
        total, dice = len(plan), random.Random(self.seed + 1)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser,
            lambda step: min(1.0, (step + 1) / (self.warming * total)) * max(self.least, 1 - step / total),
        )
        unfinished, done, history = self.folder / f"{self.name}.unfinished.pt", 0, defaultdict(list)
        if unfinished.exists():
            saved = torch.load(unfinished, weights_only=False)
            tuner.load(saved["school"])
            optimiser.load_state_dict(saved["optimiser"])
            schedule.load_state_dict(saved["schedule"])
            dice.setstate(saved["dice"])
            done = saved["done"]
        begun = time.monotonic()
        for step in range(done, total):
            losses = losses_of(plan[step], dice)
            if losses:
                optimiser.zero_grad()
                total_loss = sum(losses.values(), torch.tensor(0.0))
                total_loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(tuner.learned.values(), 1.0)
                optimiser.step()
            schedule.step()
            for key, loss in losses.items():
                history[key].append(float(loss.detach()))
            if (step + 1) % EVERY == 0:
                pace = (time.monotonic() - begun) / (step + 1 - done)
                shown = ", ".join(
                    f"{key} {np.mean(values[-EVERY:]):.3f}" for key, values in sorted(history.items())
                )
                print(f"{self.name}: step {step + 1} of {total}, {pace:.1f} s each: {shown}", flush=True)
                saved = {
                    "school": tuner.state(),
                    "optimiser": optimiser.state_dict(),
                    "dice": dice.getstate(),
                }
                saved |= {"schedule": schedule.state_dict(), "done": step + 1}
                torch.save(saved, unfinished.with_suffix(".new"))
                unfinished.with_suffix(".new").replace(unfinished)
        torch.save(tuner.state(), self.folder / f"{self.name}.pt")
        unfinished.unlink(missing_ok=True)
        return tuner


def twin(dice: random.Random, nouns: Sequence[str]) -> tuple[str, str, int]:
    """Return a question, a bare noun, and its direction (0 barrier, 1 facilitator), which the question decides."""
    noun, chance = dice.choice(nouns), dice.random()
    bare = noun.removeprefix("the ").removeprefix("my ")
    if chance < 0.12:
        return dice.choice(HINDERING), dice.choice(LACKING) + bare, 0
    if chance < 0.18:
        return dice.choice(HELPING[:10]), dice.choice(HAVING) + bare, 1
    if chance < 0.21:
        return dice.choice(NEUTRAL), f"lack of {bare}", 0
    hinders = dice.random() < 0.5
    return dice.choice(HINDERING if hinders else HELPING), noun, 0 if hinders else 1


LACKING = ("lack of ", "no ", "not enough ", "too little ")
HAVING = ("having ", "good ", "enough ", "support with ")
HINDERING = (
    "What hindered you?", "What was difficult?", "What makes this hard for you?", "What stops you?",
    "What gets in the way?", "What are the main barriers?", "What are the challenges?",
    "What prevented you from taking part?", "What was not good?", "What problems did you have?",
    "Reasons for not doing it?", "What held you back?", "What could we do better?", "What are the obstacles?",
    "Why did you stop?", "What makes it harder?", "What limits you?", "What do you find challenging about it?",
    "Main difficulty?", "What would keep you from doing this?", "What do you struggle with?", "biggest barrier",
)  # fmt: skip
HELPING = (
    "What helped you?", "What was good?", "What made it possible?", "What made it easier?",
    "What supports you in this?", "What works well?", "What are the main facilitators?",
    "What enabled you to take part?", "What did you like?", "What keeps you going?", "Reasons for doing it?",
    "What would help?", "What has been useful?", "What are the strengths?", "Why did you start?",
    "What would make it easier?", "What do you need to do it?", "What motivates you?", "What was most helpful?",
    "What do you value about it?", "What gets you there?", "main enabler",
)  # fmt: skip
NEUTRAL = (
    "How was it?", "Tell me about that.", "And how do you find it?", "Can you say more?",
    "What do you think about it?", "Any other comments?", "How do you feel about that?", "What happened then?",
)  # fmt: skip
NOUNS = (
    "time", "money", "my family", "the staff", "my husband", "my wife", "the kids", "work", "the bus", "transport",
    "parking", "the weather", "my knees", "my back", "energy", "my doctor", "the nurse", "my GP", "the pharmacist",
    "the website", "the app", "the leaflet", "information", "communication", "training", "the cost", "my job",
    "shift work", "colleagues", "my manager", "the team", "management", "support from friends", "confidence",
    "motivation", "habit", "routine", "stress", "fear", "mood", "pain", "sleep", "memory", "knowledge", "skills",
    "experience", "attitude", "beliefs", "culture", "language", "technology", "the internet", "equipment", "space",
    "the room", "the building", "location", "distance", "opening hours", "appointments", "waiting times",
    "the system", "policy", "guidelines", "funding", "staffing", "workload", "childcare", "food", "alcohol",
    "the gym", "the pool", "the park", "my dog", "social media", "peers", "other patients", "teachers", "students",
    "the curriculum", "textbooks", "software", "computers", "data", "workshops", "leadership", "the culture here",
    "the group", "neighbours", "my mother", "my religion", "health", "age", "weight", "my diabetes", "medication",
    "side effects", "advice", "feedback", "reminders", "the diary", "planning", "goals", "guilt", "boredom",
    "enjoyment", "pride", "my own attitude", "willpower", "attention", "organisation", "the phone line",
    "reception", "the doctor's manner", "the paperwork", "forms", "the process", "IT", "the computer system",
    "the environment", "access", "the location and the parking", "time and money", "staff and space", "the timing",
    "price", "the people", "the atmosphere",
)  # fmt: skip
