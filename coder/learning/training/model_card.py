"""What training says of a model: a verdict per code, and its card, with facts, held-out figures, remarks and limits.

A verdict says whether a model may suggest the code, by what it did on excerpts it had not seen, and what would mend
it. Training takes nothing away: a code keeps the base model's view where that does better on held-out excerpts.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.codebook import Codebook
from coder.encoding import weights_of
from coder.learning.dataset import NOTHING_LEFT, Folds, Repeats, TrainingSet
from coder.learning.estimators.calibration import FittedCalibration
from coder.learning.estimators.ensemble import ENOUGH, MOST_EXCERPTS, Stack, keeping, log_softmax
from coder.learning.evaluation.metrics import (
    calibration_curve,
    calibration_error,
    kappa,
    kappa_of,
    risk_coverage,
    surest_precision,
)
from coder.learning.evaluation.performance import EvaluationReport, HeldOutReports
from coder.learning.features.wording import ENGLISH, ENGLISH_ENCODERS, other_languages
from coder.learning.model import Model, Parts
from coder.learning.persistence.card import (
    PARTS_OF_ONE,
    UNNAMED,
    BaseModel,
    CodeVerdict,
    HeldOut,
    ModelCard,
    PolarityFigures,
    ThemeFigures,
    TrainingData,
    TrainingSettings,
    ViewWeights,
)
from coder.learning.training.recipes import FEW_EMPTY
from coder.phrasing import counted
from coder.statistics import MIN_GROUPS, ClusterBootstrap, percentile_interval

WEAK = 0.20  # kappa under which a code is no better than guessing
RESAMPLES = 500  # enough to tell whether kappa is above 0
WANTED = 30  # excerpts with a code from which its figures are steady enough to decide by
KAPPA, KAPPA_OF_PARTS = "held-out kappa", "kappa on parts of the one group there is"
CLEARLY = 0.02  # F1 by which the base model's view must win


def verdicts_of(
    data: TrainingSet,
    codebook: Codebook,
    selected: NDArray[np.bool_],
    known: NDArray[np.bool_],
    *,
    whole: bool = True,
    resamples: int = RESAMPLES,
) -> list[CodeVerdict]:
    """Judge each code by its excerpts and by how `selected` (n, k), said without seeing them, agrees with the coding.

    `known` (n, k) marks what may be judged: looked at by people, and held out. The set's groups are what was held out
    whole; `whole` False says that it was parts of one group. Intervals resample groups, or rows
    where there are fewer than MIN_GROUPS groups.
    """
    names = list(data.groups)
    if len(set(names)) < MIN_GROUPS:
        names = [str(row) for row in range(len(names))]
    boot = ClusterBootstrap.over(names, resamples=resamples)
    verdicts = []
    for column, code in enumerate(codebook.codes):
        looked = data.labels[:, column] >= 0
        positives = int((data.labels[:, column] == 1).sum())
        described = bool(code.definition or code.subthemes)
        rows = np.flatnonzero(known[:, column] & looked)
        untaught = _untaught(code.id, positives, int(looked.sum()) - positives, described)
        if untaught is None and not len(rows):
            why = "could not be tested: nothing to learn from is left without the excerpts held out"
            untaught = CodeVerdict(
                code.id, positives, None, None, described, why, "add excerpts of other groups"
            )
        if untaught is not None:
            verdicts.append(untaught)
            continue
        truth, chosen = data.labels[rows, column] == 1, selected[rows, column].astype(bool)
        cells = 2 * truth.astype(np.intp) + chosen
        verdicts.append(
            _tested(code.id, positives, *boot.tables(rows, cells, 4), KAPPA if whole else KAPPA_OF_PARTS)
        )
    return verdicts


def _untaught(code: str, positives: int, negatives: int, described: bool) -> CodeVerdict | None:
    """Return the verdict of a code with too few excerpts to learn it or to test it; None with enough."""
    if min(positives, negatives) >= ENOUGH:
        return None
    speaks = "the codebook's text speaks for it, not tested" if described else "and no definition"
    if positives == 0:
        why, mend = "never used in your coding", f"code {ENOUGH} excerpts with it to test it"
    elif negatives == 0:
        why = "every excerpt has it, so excerpts WITHOUT it are missing"
        mend = f"add {ENOUGH} excerpts or more that do not have it"
    elif positives < ENOUGH:
        why = f"only {counted(positives, 'coded excerpt')}"
        mend = f"code {ENOUGH - positives} more excerpts with it to test it"
    else:
        why = f"only {counted(negatives, 'excerpt')} without it"
        mend = f"add {ENOUGH - negatives} more excerpts that do not have it"
    if described:
        return CodeVerdict(code, positives, None, None, True, f"{why}: {speaks}", mend)
    return CodeVerdict(
        code, positives, None, None, False, f"{why} {speaks}", f"write a definition, or {mend}"
    )


def as_before(verdicts: Sequence[CodeVerdict], base: Model | None) -> list[CodeVerdict]:
    """Return the verdicts in which untested codes stay suggested where the model built on suggests them.

    On patients' comments with nine codes by their names alone, 100 excerpts of them otherwise silenced seven codes
    (docs/learning.md, "A codebook of your own with labels").
    """
    if base is None:
        return list(verdicts)
    pairs = zip(verdicts, base.parts.calibration.usable.tolist(), strict=True)
    return [
        replace(verdict, usable=True, why=f"{verdict.why}: suggested as {base.name} suggests it, not tested")
        if verdict.kappa is None and before and not verdict.usable
        else verdict
        for verdict, before in pairs
    ]


def _tested(
    code: str,
    positives: int,
    table: Floats,
    resampled: Floats,
    name: str,
) -> CodeVerdict:
    """Judge by a table of (people, model) counts (4,) and its resamples: kappa must be clearly better than chance.

    Resamples in which the code does not occur say nothing of it.
    """
    value = float(np.nan_to_num(kappa(table.reshape(2, 2))))
    drawn = kappa(resampled.reshape(-1, 2, 2))
    drawn = drawn[np.isfinite(drawn) & (resampled[:, 2:].sum(axis=1) > 0)]
    low, high = percentile_interval(drawn) if len(drawn) else (None, None)
    f1 = float(2 * table[3] / max(1.0, table[1] + table[2] + 2 * table[3]))
    usable = value >= WEAK and (low is None or low > 0)
    interval = "" if low is None else f" [{low:.2f}, {high:.2f}]"
    why, mend = f"{name} {value:.2f}{interval}", ""
    if not usable:
        why += ", hardly better than chance" if value < WEAK else ", not clearly better than chance"
        mend = f"code about {max(WANTED, positives)} more excerpts with it, or sharpen what it includes and excludes"
    return CodeVerdict(code, positives, value, f1, usable, why, mend, low, high)


def beside_people(verdicts: Sequence[CodeVerdict], reached: Mapping[str, float]) -> list[CodeVerdict]:
    """Return the verdicts with the kappa that coders reach with each other, by code, where it is known."""
    return [
        replace(
            verdict,
            coders=reached[verdict.code],
            why=f"{verdict.why}; coders reach {reached[verdict.code]:.2f}",
        )
        if verdict.code in reached and verdict.kappa is not None
        else verdict
        for verdict in verdicts
    ]


Judge = Callable[[Floats], tuple[FittedCalibration, list[CodeVerdict]]]


def better_views(
    stack: Stack, logits: Floats, first: Floats, judged: Judge
) -> tuple[Stack, Floats, FittedCalibration, list[CodeVerdict]]:
    """Return the stack in which each code has the better of both views, its held-out logits, and how it is judged.

    `logits` (n, k) are the stack's held-out ones, `first` those of the base model, which had not seen the rows.
    A code changes sides if the base model's view of it passes the verdict with a clearly better F1.
    """
    fitted, verdicts = judged(logits)
    tested = np.array([verdict.kappa is not None for verdict in verdicts])
    if not tested.any():
        return stack, logits, fitted, verdicts
    spoken = stack.firm * first
    _, before = judged(spoken)
    won = np.array([_wins(old, new) for old, new in zip(before, verdicts, strict=True)]) & tested
    if not won.any():
        return stack, logits, fitted, verdicts
    already_kept = np.zeros(len(won)) if stack.kept is None else stack.kept.astype(np.float64)
    mixed = keeping(logits, spoken, won.astype(np.float64))
    again, mixed_verdicts = judged(mixed)
    if _worth(mixed_verdicts) <= _worth(verdicts):  # what the code gained, the others lost
        return stack, logits, fitted, verdicts
    better = replace(stack, kept=np.where(won, 1.0, already_kept).astype(np.float32))
    return better, mixed, again, mixed_verdicts


def _wins(base: CodeVerdict, learned: CodeVerdict) -> bool:
    return (
        base.usable
        and base.kappa is not None
        and (base.f1 or 0.0) > (learned.f1 or 0.0) * learned.usable + CLEARLY
    )


def _worth(verdicts: list[CodeVerdict]) -> float:
    return sum((verdict.f1 or 0.0) * verdict.usable for verdict in verdicts)


ANEW = "held-out groups, by models trained anew without them"
WHOLE, PARTS = "groups held out while training", f"{PARTS_OF_ONE}, learned from its other parts"
TAUGHT_SHARE, TAUGHT_LEAST = 0.1, 30  # of the training texts: fewer in a language are slips


@dataclass(frozen=True)
class Learned:
    """What training learned from, and what it found on held-out rows.

    Those are logits, chances and choices, and which rows can be read, (n,).
    """

    data: TrainingSet
    folds: Folds
    copies: Repeats
    verdicts: list[CodeVerdict]
    themes: Floats
    polarity: Floats | None
    fitted: FittedCalibration
    read: NDArray[np.bool_]
    languages: Mapping[str, int]


def of_report(report: EvaluationReport) -> HeldOut:
    """Return the main figures of an evaluation report of models trained anew without the held-out groups."""
    themes, polarity, calibration = report.themes, report.polarity, report.calibration
    theme_figures = ThemeFigures(
        themes.n_single, themes.kappa.value, themes.top2_accuracy.value, calibration.risk_coverage
    )
    return HeldOut(
        measured_on=ANEW,
        themes=theme_figures if themes.n_single else None,
        polarity=PolarityFigures(polarity.n, polarity.kappa.value) if polarity.n else None,
        calibration_error=calibration.ece_suggested,
        surest_quarter=calibration.surest_quarter,
        calibration=calibration.curve,
    )


def of_training(learned: Learned, parts: Parts) -> HeldOut:
    """Return the figures of the rows that each part of training had not learned from."""
    data = learned.data
    coded = int((data.labels == 1).any(axis=1).sum())
    if coded < ENOUGH:
        return HeldOut(why_not=f"only {counted(coded, 'coded excerpt')}")
    if not learned.fitted.tested.any():
        return HeldOut(why_not=NOTHING_LEFT)
    if all(verdict.kappa is None for verdict in learned.verdicts):
        return HeldOut(why_not=f"no code has {ENOUGH} excerpts with it and {ENOUGH} without it")
    measured = figures(learned, parts)
    return (
        measured
        if measured == HeldOut()
        else replace(measured, measured_on=WHOLE if learned.folds.whole else PARTS)
    )


def figures(learned: Learned, parts: Parts) -> HeldOut:
    """Return the figures of held-out rows; those that cannot be read are left out: the model does not guess there."""
    data, judged = learned.data, learned.fitted.tested & learned.read
    suggested = learned.fitted.selected & judged[:, None] & (data.labels >= 0) & parts.calibration.usable
    measured = HeldOut(themes=_themes(learned, parts, judged), polarity=_polarity(learned, judged))
    if not suggested.any():
        return measured
    chances, right = learned.fitted.chances[suggested], data.labels[suggested] == 1
    error = round(calibration_error(chances, right), 4)
    surest, curve = surest_precision(chances, right), calibration_curve(chances, right)
    return replace(measured, calibration_error=error, surest_quarter=surest, calibration=curve)


def _themes(learned: Learned, parts: Parts, judged: NDArray[np.bool_]) -> ThemeFigures | None:
    data = learned.data
    known = (data.labels >= 0).all(axis=1)
    single = np.flatnonzero(judged & known & ((data.labels == 1).sum(axis=1) == 1))
    if not len(single):
        return None
    logits = learned.themes[single]
    truth, ranked = data.labels[single].argmax(axis=1), np.argsort(-logits, axis=1, kind="stable")
    sure = np.exp(log_softmax(logits / parts.calibration.temperature)).max(axis=1)
    return ThemeFigures(
        n=len(single),
        kappa=kappa_of(truth, ranked[:, 0]),
        top2=float((ranked[:, :2] == truth[:, None]).any(axis=1).mean()),
        coverage=risk_coverage(sure, ranked[:, 0] == truth, steps=10),
    )


def _polarity(learned: Learned, judged: NDArray[np.bool_]) -> PolarityFigures | None:
    places = learned.data.polarity_places()
    two = np.flatnonzero(judged & (places >= 0) & (places < 2))
    if learned.polarity is None or not len(two):
        return None
    return PolarityFigures(len(two), kappa_of(places[two], learned.polarity[two, :2].argmax(axis=1)))


def described(learned: Learned, codebook: Codebook, start: Model, parts: Parts, encoder_id: str) -> ModelCard:
    """Return the card of a model trained from `start`, with its figures on held-out rows."""
    card = ModelCard(
        data=_data(learned, codebook),
        held_out=of_training(learned, parts),
        codes=_with_thresholds(learned.verdicts, parts),
        weights=ViewWeights(_weights(parts.themes), _weights(parts.polarity)),
        base=BaseModel(start.name, weights_of(start.encoder.id)),
        training=TrainingSettings(start.name, encoder_id),
        remarks=tuple(remarks(learned.data, learned.folds, codebook)),
    )
    return replace(card, limits=limits(card, encoder_id))


def _with_thresholds(verdicts: Sequence[CodeVerdict], parts: Parts) -> tuple[CodeVerdict, ...]:
    pairs = zip(verdicts, parts.calibration.thresholds.tolist(), strict=True)
    return tuple(replace(verdict, threshold=round(threshold, 4)) for verdict, threshold in pairs)


def judged_anew(model: Model, verdicts: Sequence[CodeVerdict], report: EvaluationReport | None) -> None:
    """Put verdicts in place of a model's own; with the `report` they come from, its figures, too.

    The report is that of models trained anew without the held-out groups: a card then has one set of figures.
    """
    verdicts = as_before(verdicts, model.base)
    usable = np.array([verdict.usable for verdict in verdicts], dtype=bool)
    model.parts = replace(model.parts, calibration=replace(model.parts.calibration, usable=usable))
    model.card = replace(model.card, codes=_with_thresholds(verdicts, model.parts))
    if report is not None:
        card = replace(model.card, held_out=of_report(report))
        model.card = replace(card, limits=limits(card, model.encoder.id))


def _data(learned: Learned, codebook: Codebook) -> TrainingData:
    data, copies = learned.data.rows(np.flatnonzero(learned.data.looked_at)), learned.copies
    return TrainingData(
        n=len(data),
        groups=len(set(data.groups)),
        studies=len(set(data.studies)),
        per_study=dict(Counter(data.studies)),
        repeated_across_groups=copies.long + copies.short,
        repeated_short=copies.short,
        coders=dict(Counter(coder or UNNAMED for coder in data.coders)),
        codes=dict(zip(codebook.ids, map(int, data.positives()), strict=True)),
        polarity=dict(Counter(value for value in data.polarity if value)),
        nothing_to_code=int((data.labels == 0).all(axis=1).sum()) if len(data) else 0,
        texts_sha256=hashlib.sha256("\n".join(data.texts).encode()).hexdigest(),
        languages=dict(learned.languages),
    )


def _weights(stack: Stack) -> dict[str, float]:
    pairs = zip(stack.members, stack.weights, strict=True)
    return {member.name: round(float(weight), 3) for member, weight in pairs}


def taught_languages(texts: Sequence[str]) -> dict[str, int]:
    """Return how many texts seem to be in each language other than English, of those that are not rare."""
    least = max(TAUGHT_LEAST, TAUGHT_SHARE * len(texts))
    return {name: count for name, count in sorted(other_languages(texts).items()) if count >= least}


def remarks(data: TrainingSet, folds: Folds, codebook: Codebook) -> list[str]:
    """Return sentences on what the excerpts could not teach or test, for the people who gave them."""
    coded = int((data.labels == 1).any(axis=1).sum())
    empty = int((data.labels == 0).all(axis=1).sum()) if len(data) else 0
    sentences: list[str] = []
    if coded < ENOUGH:
        sentences.append(
            f"Only {counted(coded, 'coded excerpt')}: too few to learn codes from ({ENOUGH} are needed), so what was"
            " known before stands."
        )
        return sentences
    if not folds.whole:
        sentences.append(
            "All excerpts are of one group: the figures are measured on parts of it, learned from its other parts."
            " They are not of held-out interviews, so expect less on another interview."
        )
    if coded > MOST_EXCERPTS:
        sentences.append(
            f"Of {coded:,} coded excerpts, {MOST_EXCERPTS:,} evenly chosen ones serve to compare texts with."
        )
    if empty < FEW_EMPTY:
        left = "no row was" if not empty else "one row was" if empty == 1 else f"only {empty} rows were"
        need = f" ({FEW_EMPTY} are needed)" if empty else ""
        sentences.append(
            f"{left.capitalize()} left empty{need}, so what is not codable was not learned"
            + ("." if empty else " or tested.")
        )
    sides = Counter(value for value in data.polarity if value)
    if len(sides) == 1 and codebook.polarity:
        sentences.append(
            f"Every polarity given is {next(iter(sides))}: there is nothing to tell apart, so polarity was not"
            " learned and what was known of it before stands."
        )
    return sentences


def limits(card: ModelCard, encoder_id: str) -> str:
    """Return what a person must know before using a model, from the facts in its card."""
    reads = f"It reads {' and '.join([ENGLISH, *card.data.languages])}."
    if not encoder_id.startswith(ENGLISH_ENCODERS):
        reads = "It reads what its encoder reads; in which languages that is was not tested."
    measured, held_out = card.measured or HeldOutReports(), card.held_out
    reports = ((measured.by_study, "studies"), (measured.by_group, "groups (transcripts or participants)"))
    where = [words for report, words in reports if report is not None]
    if where:
        tested = f"It was tested on held-out {' and on held-out '.join(where)} of its own material"
    elif held_out.measured_on:
        tested = f"It was tested on {held_out.measured_on}"
    else:
        tested = "It was not tested" + (f" ({held_out.why_not})" if held_out.why_not else "")
    return (
        f"It suggests; a person decides. {reads} {tested}. On another topic or another way of speaking expect less,"
        " and code some excerpts blind to see how much less."
    )
