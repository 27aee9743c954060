"""Settling a model: probabilities, thresholds and a verdict per code, all from held-out logits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.learning.calibration import best_threshold, fit_logistic, sigmoid
from coder.learning.codability import Codability
from coder.learning.data import TrainingSet
from coder.learning.linear import log_softmax
from coder.learning.model import Calibration, probability_features

Floats = NDArray[np.float64]
USUAL = np.array([0.25, 1.0, 0.5, 0.0])  # coefficients before any evidence
PENALTY = np.array([4.0, 4.0, 4.0, 1.0])
CODABLE = 2  # the place of the log odds of being codable among the coefficients
USUAL_ODDS = 2.7  # what these log odds usually are
FIXED = 1e6  # a penalty that lets nothing move
OFFSET_PENALTY = 10.0
ENOUGH = 10  # positives a code needs before its figures mean anything
WEAK = 0.20  # held-out kappa under which a code is no better than guessing


@dataclass(frozen=True)
class Verdict:
    """Whether a code may be suggested: `kappa` and `f1` are held out; `why` and `mend` are for people."""

    code: str
    positives: int
    kappa: float | None
    f1: float | None
    usable: bool
    why: str
    mend: str


def settle(
    data: TrainingSet, codebook: Codebook, logits: Floats, codable: Codability
) -> tuple[Calibration, list[Verdict]]:
    """Return the calibration fitted to held-out logits (n, k) and codable chances, and the verdicts."""
    k = logits.shape[1]
    features = probability_features(logits, codable.chance)
    known = data.labels >= 0
    truth = (data.labels == 1).astype(np.float64)
    if not truth.any():
        plain = Calibration(USUAL, np.zeros(k), np.full(k, 0.35), np.ones(k, dtype=bool))
        return plain, verdicts_of(data, codebook, features[..., 0] * 0, known)
    coefficients, offsets = fit_probabilities(features, truth, known, codable.weight)
    chances = sigmoid(features @ coefficients + offsets)
    usual = best_threshold(chances[known], truth[known], 0.35)
    thresholds = np.array(
        [best_threshold(chances[known[:, at], at], truth[known[:, at], at], usual) for at in range(k)]
    )
    selected = chances >= thresholds
    verdicts = verdicts_of(data, codebook, selected, known)
    usable = np.array([verdict.usable for verdict in verdicts], dtype=bool)
    return Calibration(coefficients, offsets, thresholds, usable, fit_temperature(logits, truth)), verdicts


def fit_probabilities(
    features: Floats, truth: Floats, known: NDArray[np.bool_], codable_weight: float | None = None
) -> tuple[Floats, Floats]:
    """Return coefficients (4,) shared by the codes and the codes' offsets (k,).

    `codable_weight` is the coefficient of the codable odds where the rows cannot teach it. Odds that are the same
    for all rows say nothing: they get no coefficient, and what they usually add is left to the last one.
    """
    flat, right = features[known], truth[known]
    prior, penalty = USUAL.copy(), PENALTY.copy()
    if np.ptp(flat[:, CODABLE]) < 1e-9:
        prior[-1] += prior[CODABLE] * USUAL_ODDS
        prior[CODABLE], penalty[CODABLE] = 0.0, FIXED
    elif codable_weight is not None:
        prior[CODABLE], penalty[CODABLE] = codable_weight, FIXED
    coefficients = fit_logistic(flat[:, :3], right, np.ones(len(flat)), prior, penalty)
    k = truth.shape[1]
    offsets = np.zeros(k)
    for code in range(k):
        rows = known[:, code]
        base = features[rows, code] @ coefficients
        offsets[code] = fit_offset(base, truth[rows, code])
    return coefficients, offsets


def fit_offset(base: Floats, truth: Floats) -> float:
    """Return what to add to logits so that their chances match how often they are right, drawn toward 0."""
    nothing, rows = np.zeros((len(base), 0)), np.ones(len(base))
    return float(fit_logistic(nothing, truth, rows, np.zeros(1), np.array([OFFSET_PENALTY]), given=base)[0])


def fit_temperature(logits: Floats, truth: Floats) -> float:
    """Return the divisor of logits that makes forced-choice shares honest (Guo et al. 2017)."""
    rows = truth.sum(axis=1) == 1
    if rows.sum() < ENOUGH:
        return 1.0
    grid = np.exp(np.linspace(np.log(0.3), np.log(5), 60))
    losses = [-(truth[rows] * log_softmax(logits[rows] / value)).sum() for value in grid]
    return float(grid[int(np.argmin(losses))])


def verdicts_of(
    data: TrainingSet,
    codebook: Codebook,
    selected: NDArray[np.floating] | NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> list[Verdict]:
    """Judge each code by its positives and its held-out agreement with the coding."""
    found = []
    for place, code in enumerate(codebook.codes):
        rows = known[:, place]
        truth = data.labels[rows, place] == 1
        found.append(
            _verdict(
                code.id, truth, selected[rows, place].astype(bool), bool(code.definition or code.subthemes)
            )
        )
    return found


def _verdict(code: str, truth: NDArray[np.bool_], chosen: NDArray[np.bool_], described: bool) -> Verdict:
    positives = int(truth.sum())
    if positives < ENOUGH:
        need = ENOUGH - positives
        if described:
            why = f"only {positives} coded excerpts: judged by the codebook's text alone, not tested"
            return Verdict(code, positives, None, None, True, why, f"code {need} more excerpts to test it")
        why = f"only {positives} coded excerpts and no definition"
        return Verdict(
            code, positives, None, None, False, why, f"write a definition, or code {need} more excerpts"
        )
    agreed = float((truth == chosen).mean())
    chance = float(truth.mean() * chosen.mean() + (1 - truth.mean()) * (1 - chosen.mean()))
    kappa = (agreed - chance) / (1 - chance) if chance < 1 else 0.0
    f1 = float(2 * (truth & chosen).sum() / max(1, truth.sum() + chosen.sum()))
    if kappa >= WEAK:
        return Verdict(code, positives, kappa, f1, True, f"held-out kappa {kappa:.2f}", "")
    why = f"held-out kappa {kappa:.2f}, hardly better than chance"
    mend = f"code about {max(30, positives)} more excerpts, or sharpen what it includes and excludes"
    return Verdict(code, positives, kappa, f1, False, why, mend)
