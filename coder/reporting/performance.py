"""Evaluation reports as text: each table with a line that says how to read it, all figures with their intervals."""

from collections.abc import Sequence

from coder.learning.dataset import too_many_seen
from coder.learning.evaluation.performance import EvaluationReport
from coder.phrasing import Block, change, counted, estimate, number, percent, share, shortened, table, text_of

BASELINES = {
    "majority": "always the commonest code",
    "tfidf_svm": "words alone (TF-IDF + SVM)",
    "frozen_lr": "plain sentence vectors (+ LR)",
}
ENOUGH_GROUPS = 10  # with fewer, intervals from resampling groups are rough and mostly too narrow
LONGEST = 24  # characters of a code or a value in a table
MOST_VALUES = 20
TOO_FEW = "too few"
KAPPA = (
    "Kappa is agreement with people's codes beyond what chance alone would give: 0 = no better than chance,"
    " 1 = always alike."
)


def performance_text(report: EvaluationReport) -> str:
    """Return an evaluation report as text for a terminal."""
    seen = report.seen_share
    title = f"MODEL {report.model} on {_amount(report)}"
    if too_many_seen(seen):
        title += f": NOT HELD OUT ({percent(seen)} of them are known to it, so its figures flatter it)"
    return text_of(
        [Block(title, intervals(report.n_groups, "groups"), top=True), *performance_blocks(report)]
    )


def performance_blocks(report: EvaluationReport, *, held_out: bool = False) -> list[Block]:
    """Return the report's tables: which code, what is suggested, polarity, confidence, baselines, codes, splits.

    `held_out` says that the baselines and the model were trained on the same parts.
    """
    return [
        block
        for block in (
            _which_code(report), _suggested(report), _polarity(report), _confidence(report), _calibrated(report),
            _baselines(report, held_out), *detail_blocks(report),
        )
        if block
    ]  # fmt: skip


def detail_blocks(report: EvaluationReport) -> list[Block]:
    """Return the tables of single codes, of mistakes, of single studies and of a column's values."""
    parts = (*_codes(report), _confusable(report), studies_block(report), _attribute(report))
    return [block for block in parts if block]


def _amount(report: EvaluationReport) -> str:
    return f"{counted(report.n, 'excerpt')} in {counted(report.n_groups, 'group')}"


def intervals(count: int, what: str) -> str:
    """Say where the intervals come from, and how far to trust them."""
    if count < 3:
        return f"No intervals: they need at least three {what}."
    rough = "" if count >= ENOUGH_GROUPS else f" With {count} {what} they are rough, and mostly too narrow."
    return f"In brackets: 95 % intervals, from resampling whole {what}.{rough}"


def _which_code(report: EvaluationReport) -> Block:
    themes = report.themes
    if not themes.n_single:
        return Block("Which code", "No excerpt has exactly one code, so this was not measured.")
    rows = [
        ["its best code is theirs", estimate(themes.accuracy)],
        ["kappa", estimate(themes.kappa)],
        ["theirs is among its best two", estimate(themes.top2_accuracy)],
        ["F1, mean over codes", estimate(themes.forced_macro_f1)],
    ]
    even = themes.without_base_rate
    if even:
        rows += [
            ["kappa, common codes not favoured", estimate(even.kappa)],
            ["F1, mean over codes, common codes not favoured", estimate(even.forced_macro_f1)],
        ]
    if report.components:
        rows.insert(2, ["kappa of components", estimate(report.components.kappa)])
    words = (
        f"The model's best code beside people's, on the {counted(themes.n_single, 'excerpt')} to which people gave"
        f" exactly one code. {KAPPA} F1 is explained below."
    )
    return Block("Which code", words, table(("", ""), rows))


def _suggested(report: EvaluationReport) -> Block:
    themes, codable = report.themes, report.codable
    rows = [
        ["F1, mean over codes (macro)", estimate(themes.macro_f1)],
        ["F1, all suggestions together (micro)", estimate(themes.micro_f1)],
        ["coded excerpts that get a suggestion", estimate(codable.recall)],
    ]
    after = ""
    if codable.support < codable.n:
        rows.append(["excerpts with a suggestion that people coded", estimate(codable.precision)])
    else:
        after = (
            "Every excerpt is coded, so nothing tells how often it suggests where there is nothing to code."
        )
    words = (
        "A code is suggested where its confidence reaches the code's threshold: several codes or none to an excerpt."
        " F1 joins how many suggestions are right and how many of people's codes are found: 1 = all, 0 = none."
    )
    return Block("What is suggested", words, table(("", ""), rows), after)


def _polarity(report: EvaluationReport) -> Block | None:
    polarity = report.polarity
    if not polarity.n:
        return None
    rows = [["kappa", estimate(polarity.kappa)], ["F1, mean of both", estimate(polarity.macro_f1)]]
    if polarity.mixed.n:
        rows.append(
            [f"of the {polarity.mixed.n:,} that people call mixed, found", percent(polarity.mixed.recall)]
        )
    words = f"On the {counted(polarity.n, 'excerpt')} that people call the one or the other."
    return Block("Barrier or facilitator", words, table(("", ""), rows))


def _confidence(report: EvaluationReport) -> Block | None:
    calibration = report.calibration
    rows = []
    if calibration.ece_suggested is not None:
        rows.append(
            ["confidence beside suggestions is off by, on average", percent(calibration.ece_suggested)]
        )
    if calibration.surest_quarter is not None:
        rows.append(["right among the surest quarter of suggestions", percent(calibration.surest_quarter)])
    for part, words in ((0.25, "the surest quarter"), (0.5, "the surest half"), (1.0, "all coded excerpts")):
        risk = wrong_among(report, part)
        if risk is not None:
            rows.append([f"best code wrong among {words}", percent(risk)])
    if not rows:
        return None
    words = (
        "Confidence (its calibration): of suggestions with a confidence of 0.7, 70 % should be right. And of"
        " the excerpts it is surest about, fewer should be wrong."
    )
    return Block("How far its confidence can be trusted", words, table(("", ""), rows))


def _calibrated(report: EvaluationReport) -> Block | None:
    """Return what was said and what was right, in groups of suggestions of about the same confidence."""
    curve = report.calibration.curve
    if not curve:
        return None
    rows = [[percent(part.confidence), percent(part.right), f"{part.n:,}"] for part in curve]
    words = "Suggestions in groups of equal size, the least sure first (calibration curve)."
    return Block("Confidence and what was right", words, table(("confidence", "right", "suggestions"), rows))


def wrong_among(report: EvaluationReport, part: float) -> float | None:
    """Return the share of wrong best codes among the surest part of the coded excerpts; None if not measured."""
    curve = report.calibration.risk_coverage
    point = min(curve, key=lambda point: abs(point.coverage - part), default=None)
    return None if point is None or abs(point.coverage - part) > 0.05 else point.risk


def _baselines(report: EvaluationReport, held_out: bool) -> Block | None:
    if report.baselines is None:
        return None
    rows = [["this model", estimate(report.themes.kappa), estimate(report.polarity.kappa)]]
    for name, words in BASELINES.items():
        baseline = report.baselines[name]
        rows.append([words, estimate(baseline.themes.kappa), estimate(baseline.polarity.kappa)])
    how = (
        "trained and tested on the same parts as the model"
        if held_out
        else "trained on a part of these very excerpts and tested on the rest, whole groups held out"
    )
    words = f"Kappa of simple methods, {how}. A model worth its while is above them."
    return Block("Beside simple methods", words, table(("", "which code", "barrier or facilitator"), rows))


def _codes(report: EvaluationReport) -> list[Block]:
    """Two tables of the codes that people gave or the model suggests; the others are named below."""
    used = {code: figures for code, figures in report.codes.items() if figures.f1.value is not None}
    idle = [code for code in report.codes if code not in used]
    after = f"Neither given by people nor suggested: {', '.join(idle)}." if idle else ""
    if not used:
        return [Block("Each code", after)]
    names = {code: (shortened(code, LONGEST), f"{figures.support:,}") for code, figures in used.items()}
    first = [
        [*names[code], estimate(figures.precision), estimate(figures.recall), estimate(figures.f1)]
        for code, figures in used.items()
    ]
    second = [
        [*names[code], estimate(figures.kappa), estimate(figures.gwet_ac1), estimate(figures.pabak)]
        for code, figures in used.items()
    ]
    return [
        Block(
            "Each code: what is suggested",
            "n: excerpts to which people gave the code. Precision: share of its suggestions that are right. Recall:"
            " share of n that are found. F1 joins the two.",
            table(("code", "n", "precision", "recall", "F1"), first), after,
        ),
        Block(
            "Each code: agreement beyond chance",
            "Kappa falls for codes that are rare, however good the coding; AC1 (Gwet) and PABAK do not, but are high"
            " for rare codes even where all are missed. Read them together.",
            table(("code", "n", "kappa", "AC1", "PABAK"), second),
        ),
    ]  # fmt: skip


def mistaken(report: EvaluationReport, most: int) -> list[tuple[str, str, int]]:
    """Return the commonest mistakes: people's code, the model's best code, how often; most often first."""
    mistakes = []
    for pair in report.confusable:
        first, second = pair.codes
        mistakes += [(first, second, pair.first_as_second), (second, first, pair.second_as_first)]
    mistakes = [mistake for mistake in mistakes if mistake[2]]
    return sorted(mistakes, key=lambda mistake: -mistake[2])[:most]


def _confusable(report: EvaluationReport) -> Block | None:
    rows = [[theirs, its, f"{count:,}"] for theirs, its, count in mistaken(report, 6)]
    if not rows:
        return None
    return Block(
        "Most often mistaken",
        "Excerpts of one code where the model's best code is another.",
        table(("people's code", "the model's", "times"), rows, left=(0, 1)),
    )


def studies_block(report: EvaluationReport) -> Block | None:
    """Held-out studies one by one, beside the better of the simple methods that learn."""
    studies = report.studies or {}
    if len(studies) < 2:
        return None
    rows = []
    for study, subgroup in studies.items():
        rows.append([
            shortened(study, LONGEST), f"{subgroup.n:,}", f"{subgroup.n_groups:,}", estimate(subgroup.theme_kappa),
            number(_better_simple(report, study)), share(subgroup.error_rate), TOO_FEW if subgroup.too_few else "",
        ])  # fmt: skip
    words = (
        "Each study when it was held out: kappa (intervals over its own groups), kappa of the better simple method,"
        " and the share of coded excerpts whose best code is wrong."
    )
    if any(subgroup.by_rows for subgroup in studies.values()):
        words += " Under three groups the intervals are over single excerpts, and mostly too narrow."
    header = ("study", "n", "groups", "kappa", "simple", "best code wrong", "")
    return Block("Each study", words, *_cut(header, rows))


def _better_simple(report: EvaluationReport, study: str) -> float | None:
    """Return the theme kappa of the better of the simple methods that learn, within a study."""
    simple = (
        [report.baselines[name].parts or {} for name in ("tfidf_svm", "frozen_lr")]
        if report.baselines
        else []
    )
    known = [kappa for parts in simple if (kappa := parts.get(study)) is not None]
    return max(known, default=None)


def _attribute(report: EvaluationReport) -> Block | None:
    if report.by is None:
        return None
    rows = [
        [
            shortened(value, LONGEST), f"{subgroup.n:,}", f"{subgroup.n_groups:,}", share(subgroup.error_rate),
            TOO_FEW if subgroup.too_few else change(subgroup.difference), estimate(subgroup.theme_kappa),
        ]
        for value, subgroup in sorted(report.by.values.items(), key=lambda item: -item[1].n)
    ]  # fmt: skip
    words = (
        "Is the model worse for some? Best code wrong: share of coded excerpts whose best code people did not give."
        " Against the rest: that minus the share of all other excerpts, in percentage points; an interval without 0"
        " is more than chance would make."
    )
    header = ("", "n", "groups", "best code wrong", "against the rest", "kappa")
    return Block(f"By {report.by.column}", words, *_cut(header, rows))


def _cut(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Return a table of the first MOST_VALUES rows, and what to say below it."""
    said = []
    if len(rows) > MOST_VALUES:
        more = counted(len(rows) - MOST_VALUES, "more value")
        said.append(f"And {more}: --json has them all; a column of ranges (such as 18-34) would tell more.")
    if any(TOO_FEW in row for row in rows[:MOST_VALUES]):
        groups = "5 groups or " if header[0] != "study" else ""
        said.append(f"Too few: under {groups}20 coded excerpts, so not to be relied on.")
    return table(header, rows[:MOST_VALUES]), " ".join(said)
