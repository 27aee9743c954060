"""How the starter teaches the encoder of starter-small.

What the small encoder is to say of a text (how well each code fits, which direction) is what the large one says, so
that texts which nobody coded teach, too: all talk and comments that are not held out, beside invented excerpts.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from real_material import (
    COMMENTS,
    GROUPS,
    HELD_TRUST,
    PODCAST,
    SMOKERS,
    SURVEY,
    WORK_TALK,
    held,
    lines,
    placed,
)
from starter_material import (
    COMB,
    SMALL,
    TRAINING,
    comb_rows,
    comb_wordings,
    newest_rows,
    other_books,
    wording_of,
)

from coder.codebook import Codebook
from coder.encoding import answer
from coder.encoding.adapter import read_adapter, write_adapter
from coder.encoding.weights import base_weights
from coder.learning import load_model
from coder.learning.dataset import Batch
from coder.learning.estimators.ensemble import log_softmax
from coder.learning.model import with_codebook
from coder.learning.training.encoder_tuning import SCALE as SMALL_SCALE
from coder.learning.training.encoder_tuning import Tuner, Wording, phrases_of_step, steps_of

SMALL_NAME = "all-MiniLM-L6-v2"
STEPS = {
    "invented": 150,
    "newest": 60,
    "codebooks": 40,
    "talk": 250,
}  # as encoder_tuning parts texts into steps
ANSWERS, SIDE_SHARE, RATE = 8, 1.0, 3e-5
Plan = list[
    tuple[Codebook, list[tuple[str, str | None]]]
]  # texts with what was asked before, by their codebook


@dataclass(frozen=True)
class Step:
    """Texts of one study with what the large encoder says: shares of the codes (n, k), of directions (n, 3)."""

    texts: Sequence[str]
    asked: Sequence[str | None]
    wordings: Sequence[Wording]
    codes: np.ndarray
    sides: np.ndarray
    answered: np.ndarray


def studies(folder: Path) -> dict[str, Plan]:
    """Return, by kind, codebooks with (text, question) pairs of one study."""
    by_study = {"invented": grouped(comb_rows()), "newest": grouped(newest_rows()), "talk": talk(folder)}
    return {
        **{kind: [(COMB, rows) for rows in groups] for kind, groups in by_study.items()},
        "codebooks": [
            (book, [(row["text"], row.get("question")) for row in rows]) for book, rows in other_books()
        ],
    }


def grouped(rows: list[dict[str, Any]]) -> list[list[tuple[str, str | None]]]:
    by_study = defaultdict(list)
    for row in rows:
        by_study[row["study"]].append((row["text"], row.get("question")))
    return list(by_study.values())


def talk(folder: Path) -> list[list[tuple[str, str | None]]]:
    by_group = defaultdict(list)
    for source in (SURVEY, GROUPS, PODCAST, SMOKERS, WORK_TALK):
        for key, (group, before, text) in placed(folder, source).items():
            if not held(source, key, group):
                by_group[source, group].append((text, before))
    for row in lines(folder, COMMENTS):
        if row["trust"] != HELD_TRUST:
            by_group[COMMENTS, row["service"]].append((row["text"], " ".join(row["question"].split())))
    return list(by_group.values())


def steps(folder: Path, dice: random.Random) -> Plan:
    plan: Plan = []
    for kind, groups in studies(folder).items():
        parts = [
            (groups[group][0], [groups[group][1][row] for row in rows])
            for group, rows in steps_of([len(rows) for _, rows in groups], dice)
        ]
        plan += [part for part in parts if len(part[1]) > 3][: STEPS[kind]]
    dice.shuffle(plan)
    return plan


def softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(log_softmax(logits))


def labelled(plan: Plan, dice: random.Random) -> list[Step]:
    """Return the steps with what the starter says of their texts."""
    starter = load_model("starter")
    layer = np.load(TRAINING / "direction_layer.npz", allow_pickle=False)
    readers = {book.name: with_codebook(starter, book) for book, _ in plan}
    wordings = {book.name: [wording_of(book)] for book, _ in plan} | {COMB.name: comb_wordings()}
    starter.encoder.encode([text for _, rows in plan for text, _ in rows])
    material = []
    for book, rows in plan:
        texts = [text for text, _ in rows]
        asked = [question if question else None for _, question in rows]
        answering = [at for at, question in enumerate(asked) if question][:ANSWERS]
        asked = [question if at in answering else None for at, question in enumerate(asked)]
        signals = readers[book.name].signals(Batch.of_texts(texts, asked))
        plain, answered = (
            softmax(signals[block] @ layer["layer"] + layer["intercept"]) for block in ("plain", "asked")
        )
        material.append(
            Step(
                texts, asked, wordings[book.name], softmax(signals["reading"].astype(float)), plain, answered
            )
        )
    return material


def soft(logits: torch.Tensor, shares: np.ndarray) -> torch.Tensor:
    return -(torch.tensor(shares, dtype=torch.float32) * torch.log_softmax(logits, 1)).sum(1).mean()


def loss(tuner: Tuner, step: Step, dice: random.Random) -> torch.Tensor:
    wording = step.wordings[0] if dice.random() < 0.5 else dice.choice(list(step.wordings))
    k = step.codes.shape[1]
    chosen = phrases_of_step(wording, k, dice)
    answers = [
        (at, answer(SMALL_NAME, question, step.texts[at]))
        for at, question in enumerate(step.asked)
        if question
    ]
    vectors = tuner.encoded(
        [*step.texts, *(wording.texts[at] for at in chosen), *(text for _, text in answers)]
    )
    texts, phrases, heard = vectors.split([len(step.texts), len(chosen), len(answers)])
    owner = torch.tensor([wording.codes[at] for at in chosen])
    near = tuner.near(texts, phrases, owner, k)
    scores = torch.stack(
        [
            torch.logsumexp(near[:, owner == code], 1) - np.log(int((owner == code).sum()))
            for code in range(k)
        ],
        1,
    )
    total = soft(scores, step.codes) + SIDE_SHARE * soft(tuner.polarity(texts * SMALL_SCALE), step.sides)
    if answers:
        places = [at for at, _ in answers]
        total = total + 0.5 * SIDE_SHARE * soft(tuner.polarity(heard * SMALL_SCALE), step.answered[places])
    return total


def teach(real: Path) -> None:
    """Go on with the encoder that is there, on the real texts of a folder, and write it."""
    dice = random.Random(0)
    material = labelled(steps(real, dice), dice)
    print(f"{len(material)} steps", flush=True)
    torch.set_num_threads(2)
    torch.manual_seed(0)
    base = base_weights()
    tuner = Tuner(read_adapter(SMALL / "encoder").merged(base))
    before = np.load(TRAINING / "direction_layer_small.npz", allow_pickle=False)
    with torch.no_grad():
        tuner.polarity.weight.copy_(torch.tensor(before["layer"].T / SMALL_SCALE))
        tuner.polarity.bias.copy_(torch.tensor(before["intercept"]))
    optimiser, schedule = tuner.optimiser(len(material), RATE)
    losses = []
    for number, step in enumerate(material):
        value = loss(tuner, step, dice)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(tuner.network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(float(value.detach()))
        if (number + 1) % 20 == 0:
            print(f"step {number + 1} of {len(material)}: {np.mean(losses[-20:]):.3f}", flush=True)
    tuned = tuner.result(losses)
    write_adapter(tuned.weights, base, SMALL / "encoder")
    np.savez(TRAINING / "direction_layer_small.npz", layer=tuned.polarity, intercept=tuned.intercept)
