"""The run that tunes the large encoder: what it learns in which order, and the mean of weights that is kept.

First come invented lessons with the real ones whose labels people gave, then the talk that two second coders coded,
with some of the first to remember them by, then excerpts that teach direction, then all of it again with more of the
invented, then what professionals say of their practice, belief statements and talk about habits other than smoking,
at last further talk: about work and habits, and patients' comments. The sixth part begins with a mean of the weights
after the third and after the fifth one; the weights kept are a mean of those it began with and those it ended with.
"""

import random
from pathlib import Path

import numpy as np
import torch
from large_tuning import SCALE, Batch, State, batches, taught
from real_material import Row, mapped_survey
from starter_material import STARTER, TRAINING
from tuning_material import comments, conversations, headings, invented, later_talk, newest, nouns, survey

from coder.encoding.adapter import write_adapter
from coder.encoding.large_weights import SHA256, large_weights

RANK = 64
# Share of the fifth part against the third, and of the sixth against that mean: see docs/learning.md, "How the
# starter was tuned".
LATER = 0.7


def first_plan(folder: Path, rows: list[Row]) -> list[Batch]:
    dice, made = random.Random(0), invented()
    plan = [step for kind, most in (("lifelike", 70), ("others", 20), ("codebooks", 28))
            for step in batches(made[kind], dice)[:most]]  # fmt: skip
    for _ in range(2):
        plan += batches(survey(rows), dice)
    plan += batches(comments(folder), dice)[:30] + batches(headings(folder), dice)[:10]
    dice.shuffle(plan)
    return plan


def second_plan(folder: Path, rows: list[Row]) -> list[Batch]:
    dice, made = random.Random(5), invented()
    plan = batches(conversations(folder), dice) + batches(survey(rows), dice) + batches(survey(rows), dice)
    plan += batches(newest("w1", "w2"), dice)
    for kind, most in (("lifelike", 22), ("others", 8), ("codebooks", 14)):
        plan += batches(made[kind], dice)[:most]
    plan += batches(comments(folder), dice)[:16] + batches(headings(folder), dice)[:6]
    dice.shuffle(plan)
    return plan


def third_plan(folder: Path, rows: list[Row]) -> list[Batch]:
    dice = random.Random(9)
    plan = batches(newest("w3", "w4"), dice) + batches(newest("w1", "w2"), dice)[:6]
    plan += batches(conversations(folder), dice)[:26] + batches(survey(rows), dice)[:4]
    plan += batches(comments(folder), dice)[:5] + batches(invented()["codebooks"], dice)[:5]
    dice.shuffle(plan)
    return plan


def fourth_plan(folder: Path, rows: list[Row]) -> list[Batch]:
    dice, made = random.Random(21), invented()
    plan = batches(newest("w1", "w2", "w3", "w4"), dice) + batches(conversations(folder, alone=True), dice)
    plan += batches(survey(rows), dice)
    for kind, most in (("lifelike", 150), ("others", 60), ("codebooks", 50)):
        plan += batches(made[kind], dice)[:most]
    plan += batches(comments(folder), dice)[:30] + batches(headings(folder), dice)[:6]
    dice.shuffle(plan)
    return plan


def fifth_plan(folder: Path, rows: list[Row]) -> list[Batch]:
    dice, made = random.Random(31), invented()
    plan = batches(newest("w6", "w7"), dice) + batches(newest("w3"), dice)[:9]
    plan += batches(conversations(folder, alone=True), dice)[:36]
    plan += batches(survey(rows), dice)[:5] + batches(comments(folder), dice)[:6]
    plan += batches(made["codebooks"], dice)[:5] + batches(made["lifelike"], dice)[:6]
    dice.shuffle(plan)
    return plan


def sixth_plan(folder: Path, rows: list[Row]) -> list[Batch]:
    dice, made = random.Random(41), invented()
    spoken, written = later_talk(folder)
    plan = batches(spoken, dice) + batches(spoken, dice) + batches(written, dice)[:34]
    plan += batches(conversations(folder, alone=True), dice)[:70] + batches(survey(rows), dice)[:14]
    plan += batches(comments(folder), dice)[:12] + batches(headings(folder), dice)[:4]
    plan += batches(newest("w6", "w7", "w8", "w9"), dice)[:36]
    plan += batches(newest("w1", "w2", "w3", "w4"), dice)[:14]
    plan += batches(made["codebooks"], dice)[:16] + batches(made["lifelike"], dice)[:30]
    dice.shuffle(plan)
    return plan


def tune(real: Path, work: Path) -> None:
    """Run all parts on the real texts of a folder, with checkpoints in another, and write the encoder."""
    work.mkdir(parents=True, exist_ok=True)
    rows = [row for row in mapped_survey(real) if not row.held]
    words = nouns(rows)
    states: dict[str, State] = {}
    state = None
    for name, plan, rate, seed in (
        ("first", first_plan, 2e-5, 0),
        ("second", second_plan, 1.5e-5, 5),
        ("third", third_plan, 1e-5, 9),
        ("fourth", fourth_plan, 2e-5, 21),
        ("fifth", fifth_plan, 1e-5, 31),
        ("sixth", sixth_plan, 2e-5, 41),
    ):
        done = work / f"{name}.pt"
        if done.exists():
            state = torch.load(done, weights_only=False)
        else:
            if name == "sixth":
                state = between(states["third"], states["fifth"], LATER)
            steps = plan(real, rows)
            state = taught(steps, name, work, words, start=state, rate=rate, seed=seed).state()
        states[name] = state
    begun = between(states["third"], states["fifth"], LATER)
    write(between(begun, states["sixth"], LATER))


def between(earlier: State, later: State, share: float) -> State:
    """Return the mean of two networks with their layers, in which the later one has the given share."""
    return {
        part: {name: (1 - share) * weight + share * later[part][name] for name, weight in weights.items()}
        for part, weights in earlier.items()
    }


def write(state: State) -> None:
    tuned = {name: weight.numpy() for name, weight in state["network"].items()}
    write_adapter(tuned, large_weights(), STARTER / "encoder", rank=RANK, sha=SHA256)
    layer = state["polarity"]["weight"].numpy().T * SCALE
    np.savez(TRAINING / "direction_layer.npz", layer=layer, intercept=state["polarity"]["bias"].numpy())
