"""Fine-tuning the encoder so that utterances lie near the codebook phrases that mean the same, whatever the topic.

Label-aware, topic removed inside the step. A batch is a handful of texts of one study and a random few phrases of
each code of its codebook, all encoded by the same network. The texts' mean and the phrases' mean are taken away;
the score of a code is the log of the mean of exp(cosine / TEMPERATURE) over its phrases, and the loss the cross
entropy against the coding. So the network cannot tell codes by topic, and goes on reading codebooks. Polarity is
learned beside by a linear layer on the uncentred vector, and where phrases carry a group (such as a domain of the
Theoretical Domains Framework) the text's own groups are learned too.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.learning.features.codebook_similarity import TEMPERATURE

Weights = dict[str, NDArray[np.float32]]
BATCH = 24  # texts of one study per step
MAX_TOKENS = 96
PHRASES = 4  # of each code per step, at most
RATE, HEAD_RATE = 4e-5, 2e-3
POLARITY_SHARE, GROUP_SHARE, CODABLE_SHARE = 0.5, 0.3, 0.15
SCALE = 10.0  # vectors of length 1 are too short for a linear layer to learn from quickly


@dataclass(frozen=True)
class Wording:
    """One way of putting a codebook: phrases, the code each stands for, and its group if it has one."""

    texts: Sequence[str]
    codes: Sequence[int]
    groups: Sequence[str | None]


@dataclass(frozen=True)
class Lesson:
    """The coded texts of one study with the wordings of its codebook; `groups` are per text, where known."""

    texts: Sequence[str]
    labels: NDArray[np.int8]
    polarity: NDArray[np.intp]
    wordings: Sequence[Wording]
    groups: Sequence[frozenset[str]] = ()
    codable: bool = False


@dataclass
class Tuned:
    """The network's weights after tuning (those that changed), and the polarity layer (d, 3) with its intercept."""

    weights: Weights
    polarity: NDArray[np.float32]
    intercept: NDArray[np.float32]
    losses: list[float] = field(default_factory=list)


def tune(
    lessons: Sequence[Lesson],
    start: Weights,
    *,
    epochs: int = 2,
    seed: int = 0,
    threads: int = 2,
    progress: Callable[[str], None] | None = None,
) -> Tuned:
    """Tune the encoder from the weights `start` on lessons; word embeddings stay as they are.

    Takes about 100 s per epoch and 2,000 texts on two idle cores (half with bfloat16 hardware).
    """
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    dice = random.Random(seed)
    tuner = Tuner(start)
    sizes = [len(lesson.texts) for lesson in lessons]
    total = len(steps_of(sizes, random.Random(seed))) * epochs
    optimiser, schedule = tuner.optimiser(total, RATE)
    losses: list[float] = []
    for epoch in range(epochs):
        epoch_losses: list[float] = []
        for lesson, rows in steps_of(sizes, dice):
            loss = tuner.loss(lessons[lesson], rows, dice)
            if loss is None:
                continue
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(tuner.network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            epoch_losses.append(float(loss.detach()))
        losses.append(float(np.mean(epoch_losses or [0.0])))
        if progress:
            progress(f"epoch {epoch + 1} of {epochs}: loss {losses[-1]:.3f}")
    return tuner.result(losses)


def steps_of(sizes: Sequence[int], dice: random.Random) -> list[tuple[int, list[int]]]:
    """Part the rows of each lesson into steps of about BATCH, in random order: (lesson, its rows) of each step.

    `sizes` (lessons,) are their numbers of rows. No step has rows of two lessons, and each row is in one step.
    """
    steps = []
    for lesson, size in enumerate(sizes):
        rows = list(range(size))
        dice.shuffle(rows)
        parts = max(1, round(size / BATCH))
        steps += [(lesson, rows[part::parts]) for part in range(parts)]
    dice.shuffle(steps)
    return steps


def some_phrases(wording: Wording, code: int, most: int, dice: random.Random) -> list[int]:
    """Return the indices of two to `most` random phrases of a code, of all where it has fewer."""
    phrases = [phrase for phrase, owner in enumerate(wording.codes) if owner == code]
    dice.shuffle(phrases)
    return phrases[: dice.randint(2, most)]


def phrases_of_step(wording: Wording, codes: int, dice: random.Random) -> list[int]:
    """Return the indices of a random two to PHRASES phrases of each code."""
    return [phrase for code in range(codes) for phrase in some_phrases(wording, code, PHRASES, dice)]


class Tuner:
    """The network that is tuned, the layers beside it, and the loss of one step."""

    def __init__(self, start: Weights) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        from coder.encoding.weights import model_folder

        folder = str(model_folder())
        self._torch = torch
        self._tokens = AutoTokenizer.from_pretrained(folder)
        self.network = AutoModel.from_pretrained(folder)
        state = {name: torch.tensor(array) for name, array in start.items()}
        self.network.load_state_dict(state, strict=False)
        for name, weight in self.network.named_parameters():
            weight.requires_grad_("embeddings" not in name and "pooler" not in name)
        self.polarity = torch.nn.Linear(384, 3)
        self._codable = torch.nn.Linear(384, 1)
        self._known: dict[str, list[int]] = {}
        self.network.train()

    def optimiser(self, total: int, rate: float) -> tuple[Any, Any]:
        """Return AdamW and a schedule of `total` steps: a tenth of warming up to `rate`, then down to a fiftieth."""
        torch = self._torch
        network = [weight for weight in self.network.parameters() if weight.requires_grad]
        layers = [*self.polarity.parameters(), *self._codable.parameters()]
        groups = [{"params": network, "lr": rate}, {"params": layers, "lr": HEAD_RATE}]
        optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        return optimiser, torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min(1.0, (step + 1) / (0.1 * total)) * max(0.02, 1 - step / total)
        )

    def _ids(self, text: str) -> list[int]:
        if text not in self._known:
            self._known[text] = self._tokens(text, truncation=True, max_length=MAX_TOKENS)["input_ids"]
        return self._known[text]

    def encoded(self, texts: Sequence[str]) -> Any:
        """Return vectors of length 1 (n, d); texts of like length go together to save padding."""
        torch = self._torch
        ids = [self._ids(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        parts = []
        for at in range(0, len(order), 32):
            chunk = [ids[index] for index in order[at : at + 32]]
            longest = max(map(len, chunk))
            table = torch.tensor([row + [0] * (longest - len(row)) for row in chunk])
            mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in chunk])
            with torch.autocast("cpu", torch.bfloat16):
                states = self.network(input_ids=table, attention_mask=mask).last_hidden_state
            summed = (states.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            parts.append(torch.nn.functional.normalize(summed, dim=-1))
        back = torch.empty(len(ids), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(ids))
        return torch.cat(parts)[back]

    def loss(self, lesson: Lesson, rows: list[int], dice: random.Random) -> Any:
        """Return the batch's loss, or None where the batch teaches nothing."""
        torch, k = self._torch, lesson.labels.shape[1]
        wording = lesson.wordings[0] if dice.random() < 0.5 else dice.choice(list(lesson.wordings))
        chosen = phrases_of_step(wording, k, dice)
        vectors = self.encoded([*(lesson.texts[row] for row in rows), *(wording.texts[at] for at in chosen)])
        texts, phrases = vectors[: len(rows)], vectors[len(rows) :]
        owner = torch.tensor([wording.codes[at] for at in chosen])
        targets = torch.tensor((lesson.labels[rows] == 1).astype(np.float32))
        has = targets.sum(1) > 0
        terms = []
        if len(rows) > 3 and bool(has.any()):
            near = self.near(texts, phrases, owner, k)
            terms += self._theme_terms(near, owner, targets, has)
            terms += self._group_terms(near, has, [wording.groups[at] for at in chosen], lesson, rows)
        sides = torch.tensor(lesson.polarity[rows])
        if bool((sides >= 0).any()):
            logits = self.polarity(texts[sides >= 0] * SCALE)
            weight = torch.tensor([1.0, 1.0, 0.6])
            terms.append(
                POLARITY_SHARE * torch.nn.functional.cross_entropy(logits, sides[sides >= 0], weight=weight)
            )
        if lesson.codable:
            logits = self._codable((texts - texts.mean(0)) * SCALE)[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, has.float())
            terms.append(CODABLE_SHARE * loss)
        return sum(terms) if terms else None

    def near(self, texts: Any, phrases: Any, owner: Any, k: int) -> Any:
        """Return cosine / TEMPERATURE of centred texts to centred phrases, (n, phrases)."""
        torch = self._torch
        member = torch.nn.functional.one_hot(owner, k).T.float()
        present = member.sum(1, keepdim=True) > 0
        means = (member / member.sum(1, keepdim=True).clamp(min=1)) @ phrases
        middle = (means * present).sum(0) / present.sum()
        unit = torch.nn.functional.normalize
        return unit(texts - texts.mean(0), dim=-1) @ unit(phrases - middle, dim=-1).T / TEMPERATURE

    def _theme_terms(self, near: Any, owner: Any, targets: Any, has: Any) -> list[Any]:
        torch = self._torch
        columns = []
        for code in range(targets.shape[1]):
            code_near = near[:, owner == code]
            columns.append(torch.logsumexp(code_near, 1) - np.log(code_near.shape[1]))
        logs = torch.log_softmax(torch.stack(columns, 1)[has], 1)
        shares = targets[has] / targets[has].sum(1, keepdim=True)
        return [-(shares * logs).sum(1).mean()]

    def _group_terms(
        self, near: Any, has: Any, groups: Sequence[str | None], lesson: Lesson, rows: list[int]
    ) -> list[Any]:
        """Return the loss of finding the phrases of the text's own groups among all phrases."""
        if not lesson.groups:
            return []
        torch = self._torch
        of_text = torch.tensor([[group in lesson.groups[row] for group in groups] for row in rows])
        rows_with = of_text.any(1) & has
        if not bool(rows_with.any()):
            return []
        part = near[rows_with]
        inside = torch.logsumexp(part.masked_fill(~of_text[rows_with], -1e4), 1)
        return [GROUP_SHARE * (torch.logsumexp(part, 1) - inside).mean()]

    def result(self, losses: list[float]) -> Tuned:
        """Return the tuned weights and the polarity layer, scaled to vectors of length 1."""
        weights = {
            name: weight.detach().numpy().copy()
            for name, weight in self.network.named_parameters()
            if weight.requires_grad
        }
        layer = self.polarity.weight.detach().numpy().T * SCALE
        return Tuned(weights, layer.astype(np.float32), self.polarity.bias.detach().numpy().copy(), losses)


def averaged(runs: Sequence[Tuned]) -> Tuned:
    """Return the mean of several runs' weights (Wortsman et al. 2022, "Model soups"): better than each of them."""
    weights: Weights = {
        name: np.mean([run.weights[name] for run in runs], axis=0).astype(np.float32)
        for name in runs[0].weights
    }
    polarity = np.mean([run.polarity for run in runs], axis=0).astype(np.float32)
    return Tuned(weights, polarity, np.mean([run.intercept for run in runs], axis=0).astype(np.float32))
