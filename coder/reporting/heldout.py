"""What was measured on held-out studies and groups while training, as text: at a glance, and in full."""

from collections.abc import Callable
from dataclasses import replace

from coder.learning.evaluation.performance import EvaluationReport, HeldOutReports, LearningCurve
from coder.learning.persistence.card import HeldOut, ModelCard, StoredCard
from coder.reporting.numbers import MISSING, counted, estimate, number, percent, ranged
from coder.reporting.panels import Drawing
from coder.reporting.performance import (
    BASELINES,
    ENOUGH_GROUPS,
    KAPPA,
    detail_blocks,
    intervals,
    known,
    performance_blocks,
    studies_block,
    wrong_among,
)
from coder.reporting.text import Block, table, text_of
from coder.reporting.verdicts import verdict_block

KINDS = {
    "by_study": ("HELD-OUT STUDIES", "study", "studies", "a study it has never seen", "a new study"),
    "by_group": (
        "HELD-OUT TRANSCRIPTS OR PARTICIPANTS", "group", "groups",
        "another interview or participant of the same studies", "another interview",
    ),
}  # fmt: skip


def held_out_text(card: ModelCard) -> str:
    """Return what to expect, code by code, and what the model may suggest, for a terminal: the rest is in card.md."""
    measured = card.measured or HeldOutReports()
    reports = _reports(measured)
    blocks = _nothing(measured)
    if card.held_out.measured_on:
        blocks.append(Block(words=tested_words(card.held_out)))
    if reports:
        finest = list(reports)[-1]
        blocks = [_glance(reports, measured), *(Block(words=why) for why in measured.why_not)]
        blocks.append(Block("IN DETAIL", f"For {KINDS[finest][3]}; card.md has all the rest.", top=True))
        blocks += detail_blocks(reports[finest])
        if finest != "by_study" and "by_study" in reports:
            blocks += filter(None, [studies_block(reports["by_study"])])
        blocks += _curve(measured)
    return text_of([*blocks, verdict_block(card.codes)])


def _reports(measured: HeldOutReports) -> dict[str, EvaluationReport]:
    """Return the reports there are by their key in KINDS."""
    both = {"by_study": measured.by_study, "by_group": measured.by_group}
    return {key: report for key, report in both.items() if report is not None}


def held_out_drawings(card: StoredCard) -> dict[str, Drawing]:
    """Return what to draw, by the end of a file's name: reports with the model's name and what a group is called."""
    measured = card.measured or HeldOutReports()
    return {
        key.replace("_", "-"): Drawing(
            replace(report, model=card.name, seen_share=measured.seen_share),
            (KINDS[key][1], KINDS[key][2]),
            measured.learning_curve,
        )
        for key, report in _reports(measured).items()
    }


def held_out_blocks(measured: HeldOutReports) -> list[Block]:
    """Return the reports by study and by group in full, and the learning curve."""
    blocks = []
    reports = _reports(measured)
    for key, report in reports.items():
        title, one, many, meaning, _ = KINDS[key]
        if key == "by_study" and "by_group" in reports:
            report = replace(report, by=None)  # the finer split says it
        words = (
            f"What to expect on {meaning}. {counted(report.n, 'excerpt')}: {_how(report, one, many)}."
            f" {intervals(report.n_groups, many)}"
        )
        blocks.append(Block(title, f"{words}{_repeated(report)}{_seen(measured)}", top=True))
        blocks += performance_blocks(report, held_out=True)
    blocks += [Block(words=why) for why in measured.why_not]
    return [*blocks, *_curve(measured)] or _nothing(measured)


def _nothing(measured: HeldOutReports) -> list[Block]:
    why = list(measured.why_not) or ["Train without --no-measure to have it measured."]
    return [Block("NOT MEASURED on held-out studies or groups", " ".join(why), top=True)]


def _seen(measured: HeldOutReports) -> str:
    share = measured.seen_share
    if not known(share):
        return ""
    return (
        f" NOT HELD OUT from the base model, which learned from {percent(share)} of these excerpts: the figures"
        " flatter the model."
    )


def _how(report: EvaluationReport, one: str, many: str) -> str:
    groups, folds = report.n_groups, report.folds
    if folds == groups:
        return f"each of the {counted(groups, one, many)} was held out in turn"
    return f"{counted(groups, one, many)} were held out in {folds} parts"


def _repeated(report: EvaluationReport) -> str:
    repeated = report.repeated_texts
    if not repeated:
        return ""
    return (
        f" {counted(repeated, 'excerpt')} repeat{'s' if repeated == 1 else ''} a text of another group word for word:"
        " none was tested by a model that had learned from its copy (unless it has five words or fewer)."
    )


def _glance(reports: dict[str, EvaluationReport], measured: HeldOutReports) -> Block:
    """Return the main figures, a column for each way of holding out."""

    def simple(name: str) -> tuple[str, Callable[[EvaluationReport], str]]:
        return f"  {BASELINES[name]}", lambda report: _simple_kappa(report, name)

    rows: list[tuple[str, Callable[[EvaluationReport], str]]] = [
        ("its best code is people's", lambda report: estimate(report.themes.accuracy)),
        ("  among the half it is surest of", _surest),
        ("  or its second best is", lambda report: estimate(report.themes.top2_accuracy)),
        ("kappa of codes", lambda report: estimate(report.themes.kappa)),
        simple("tfidf_svm"),
        simple("frozen_lr"),
        ("F1 of all that is suggested", lambda report: estimate(report.themes.micro_f1)),
        ("kappa of barrier or facilitator", lambda report: estimate(report.polarity.kappa)),
        ("confidence is off by, on average", lambda report: percent(report.calibration.ece_suggested)),
    ]
    how = "; ".join(
        f"for {KINDS[key][4]}, {_how(report, KINDS[key][1], KINDS[key][2])}"
        for key, report in reports.items()
    )
    finest = list(reports.values())[-1]
    rough = [_rough(report.n_groups, KINDS[key][2], KINDS[key][4]) for key, report in reports.items()]
    words = (
        f"{counted(finest.n, 'excerpt')}: {how}; trained anew without each part, and tested on it. {KAPPA} Below"
        " kappa of codes: simple methods, trained and tested alike. F1 joins how many suggestions are right and how"
        " many codes are found. In brackets: 95 % intervals, from resampling what was held out whole"
        f"{''.join(rough)}.{_repeated(finest)}{_seen(measured)}"
    )
    header = ("", *(KINDS[key][4] for key in reports))
    body = [[name, *(tell(report) for report in reports.values())] for name, tell in rows]
    return Block("WHAT TO EXPECT", words, table(header, body), top=True)


def _simple_kappa(report: EvaluationReport, name: str) -> str:
    return estimate(report.baselines[name].themes.kappa) if report.baselines else MISSING


def _surest(report: EvaluationReport) -> str:
    wrong = wrong_among(report, 0.5)
    return number(None if wrong is None else 1 - wrong)


def _rough(count: int, many: str, name: str) -> str:
    if count < 3:
        return f"; none for {name}, since that takes three {many}"
    return f"; rough for {name}, with {count} {many}" if count < ENOUGH_GROUPS else ""


def _curve(measured: HeldOutReports) -> list[Block]:
    curve = measured.learning_curve
    if curve is None:
        return []
    rows = [
        [f"{point.excerpts:,}", estimate(point.theme_kappa), estimate(point.polarity_kappa)]
        for point in curve.points
    ]
    tested = f" ({counted(curve.tested_on, 'excerpt')})" if curve.tested_on else ""
    words = (
        f"Kappa on {counted(curve.parts, 'held-out part')}{tested}, after learning from growing shares of the others"
        " (learning curve)."
    )
    header = ("learned from", "codes", "barrier or facilitator")
    return [Block("Would more excerpts help?", words, table(header, rows), _gain(curve))]


def _gain(curve: LearningCurve) -> str:
    """Say what more excerpts would bring, or why that cannot be told."""
    if curve.gain is None:
        return curve.why or ""
    more = f"By this curve, {curve.more:,} more excerpts would"
    if curve.gain < 0.005:
        return f"{more} hardly raise kappa of codes."
    return f"{more} raise kappa of codes by about {ranged(curve.gain, (curve.gain_low, curve.gain_high))}."


def tested_words(figures: HeldOut) -> str:
    """Return the main figures of what was not learned from; cards of old do not say what that was."""
    parts = []
    if figures.themes:
        parts.append(
            f"kappa of codes {number(figures.themes.kappa)} on {counted(figures.themes.n, 'excerpt')} with one code,"
            f" theirs among its best two {percent(figures.themes.top2)}"
        )
    if figures.polarity:
        parts.append(f"kappa of barrier or facilitator {number(figures.polarity.kappa)}")
    if figures.calibration_error is not None:
        of = "confidence beside suggestions" if figures.measured_on else "confidence, over all codes,"
        parts.append(f"{of} off by {percent(figures.calibration_error)} on average")
    if figures.surest_quarter is not None:
        parts.append(f"right among the surest quarter of suggestions {percent(figures.surest_quarter)}")
    if not parts:
        return f"Not measured: {figures.why_not}." if figures.why_not else "Not measured."
    said = f"On {figures.measured_on or 'groups held out while training'}: {'; '.join(parts)}."
    if figures.parts_of_one:
        said += " These are no held-out interviews; on another interview expect less."
    return said
