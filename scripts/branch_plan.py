"""The run that tunes the branch of an encoder: what it learns from, how often, and what is written."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from branch_tuning import LARGE, SMALL, BranchTuner, Kind, Told, layer_of_vectors, steps, times, told
from large_tuning import Run
from real_material import mapped_survey
from starter_material import SMALL as STARTER_SMALL
from starter_material import STARTER, TRAINING
from tuning_material import comments, conversations, invented, later_talk, newest, survey

from coder.encoding import answer
from coder.encoding import large_weights as large
from coder.encoding import weights as small_weights
from coder.encoding.adapter import read_adapter, write_branch
from coder.encoding.weights import Weights

RANK = 32
FITTED = 6000  # texts from which the linear layer is fitted

# How often each kind of material is read: 2.5 is all of it twice, and half of it once more.
SHARES = {
    "talk": 2.5, "answers": 1.2, "patients": 1.2, "comments": 0.4, "newest": 1.3, "asked": 1.2, "running": 1.0,
    "lifelike": 0.6, "others": 0.35, "codebooks": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """An encoder whose branch is tuned; `layer` is the file in scripts/training, `share` of the material is read."""

    kind: Kind
    home: Path
    base: Weights
    sha: str
    layer: str
    share: float
    rate: float

    def encoder(self) -> Path:
        return self.home / "encoder"


def material(folder: Path) -> dict[str, list[Told]]:
    """Return by kind what a branch learns from."""
    made, (spoken, patients) = invented(), later_talk(folder)
    heard, answers = list(spoken), survey([row for row in mapped_survey(folder) if not row.held])
    for lesson in conversations(folder, alone=True):
        (heard if lesson.side_alone else answers).append(lesson)
    written = newest("w1", "w2", "w3", "w4", "w6", "w7", "w8", "w9")
    return {
        "talk": [row for lesson in heard for row in told(lesson, codable=True)],
        "answers": [row for lesson in answers for row in told(lesson, asked_share=1.0)],
        "patients": [row for lesson in patients for row in told(lesson, codable=True)],
        "comments": [row for lesson in comments(folder) for row in told(lesson, comb=False, asked_share=0.8)],
        "newest": [row for lesson in written for row in told(lesson)],
        "asked": [row for lesson in newest("ya", "ys") for row in told(lesson, asked_share=1.0)],
        "running": [row for lesson in newest("yt") for row in told(lesson, codable=True)],
        "lifelike": [row for lesson in made["lifelike"] for row in told(lesson, codable=True)],
        "others": [row for lesson in made["others"] for row in told(lesson, codable=True)],
        "codebooks": [row for lesson in made["codebooks"] for row in told(lesson, comb=False)],
    }


def tune(target: Target, folder: Path, work: Path) -> None:
    """Tune on the real texts of a folder and invented ones, with checkpoints in another folder."""
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    tuner = BranchTuner(target.kind, read_adapter(target.encoder(), target.sha).merged(target.base))
    dice, rows = random.Random(11), material(folder)
    chosen = [row for kind, share in SHARES.items() for row in times(rows[kind], target.share * share, dice)]
    run = Run("branch", work, rate=target.rate, seed=11, warming=0.06, least=0.02)
    write(target, run.through(steps(chosen, dice), tuner, tuner.layers(), tuner.step_losses), rows)


def write(target: Target, tuner: BranchTuner, rows: dict[str, list[Told]]) -> None:
    """Write the branch into the encoder's adapter, and the layer that tells what its hidden layer told."""
    tuned = {name: weight.detach().numpy() for name, weight in tuner.learned.items()}
    write_branch(tuned, target.base, target.encoder(), rank=RANK, sha=target.sha)
    every = [row for found in rows.values() for row in found]
    random.Random(5).shuffle(every)
    part, name = every[:FITTED], target.kind.name
    texts = [answer(name, row.asked, row.text) if row.asked else row.text for row in part]
    vectors, logits = tuner.told(texts)
    layer = layer_of_vectors(vectors.numpy(), logits.numpy())
    np.savez(TRAINING / target.layer, layer=layer[:-1], intercept=layer[-1])


def target(*, small: bool) -> Target:
    """Return the starter's encoder, or that of starter-small."""
    if small:
        base = small_weights.base_weights()
        return Target(SMALL, STARTER_SMALL, base, small_weights.SHA256, "branch_layer_small.npz", 0.7, 1e-4)
    return Target(LARGE, STARTER, large.large_weights(), large.SHA256, "branch_layer.npz", 1.0, 3e-5)
