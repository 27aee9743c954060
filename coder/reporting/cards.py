"""Model cards, lists of models and comparisons of two as text: verdicts per code, and what was measured held out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from coder.learning.dataset import too_many_seen
from coder.learning.evaluation.performance import (
    Change,
    EvaluationReport,
    HeldOutReports,
    LearningCurve,
    ModelComparison,
)
from coder.learning.persistence.card import PARTS_OF_ONE, UNNAMED, CodeVerdict, HeldOut, ModelCard, StoredCard
from coder.phrasing import (
    INDENT,
    MISSING,
    Block,
    counted,
    estimate,
    number,
    percent,
    ranged,
    shortened,
    table,
    text_of,
    wrapped,
)
from coder.reporting.performance import (
    BASELINES,
    ENOUGH_GROUPS,
    KAPPA,
    LONGEST,
    detail_blocks,
    intervals,
    performance_blocks,
    studies_block,
    wrong_among,
)
from coder.reporting.plots import Drawing
from coder.statistics import FEWEST_TO_TELL

MOST_LISTED = 24  # entries of a list; all of them are in card.json
KINDS = {
    "by_study": ("HELD-OUT STUDIES", "study", "studies", "a study it has never seen", "a new study"),
    "by_group": (
        "HELD-OUT TRANSCRIPTS OR PARTICIPANTS", "group", "groups",
        "another interview or participant of the same studies", "another interview",
    ),
}  # fmt: skip
ENOUGH = 10  # excerpts with a code; if it is untested with as many, those without it are missing


def list_text(models: Sequence[tuple[StoredCard, str]], problems: Sequence[str] = ()) -> str:
    """Return cards with their folders, a line each: name, codebook, excerpts, held-out kappa; then problems."""
    rows = [
        [
            card.name, card.codebook.name, f"{card.data.n:,}",
            number(card.held_out.themes.kappa if card.held_out.themes else None), folder,
        ]
        for card, folder in models
    ]  # fmt: skip
    words = "Kappa: agreement with people's codes beyond chance (0 = chance, 1 = always alike) on held-out excerpts."
    return text_of([
        Block(words=words, table=table(("model", "codebook", "learned from", "kappa", "folder"), rows, (0, 1, 4))),
        Block(words="`none` also is a model: the codebook's own text, without anything learned about codes."),
        Block(words="Listed are the shipped models and those in the folder `models`; name any other by its folder."),
        *(Block(words=f"Cannot be used: {problem}") for problem in problems),
    ])  # fmt: skip


def comparison_text(report: ModelComparison) -> str:
    """Return a comparison of two models as text."""
    first, second = report.first, report.second
    names = ["first", "second"] if first == second else [first, second]
    rows = [
        _compared("which code: kappa", "", report.theme_kappa),
        _compared("barrier or facilitator: kappa", "", report.polarity_kappa),
        *(
            _compared(
                f"{shortened(code, LONGEST)}: F1", f"{change.support:,}", change.f1, too_few=change.too_few
            )
            for code, change in report.codes.items()
        ),
    ]
    groups = report.n_groups
    words = (
        f"Change: {names[1]} minus {names[0]}, "
        + (
            "with its 95 % interval from resampling whole groups (where that leaves out 0, it is more than chance);"
            f" codes with fewer than {FEWEST_TO_TELL} examples have none."
            if groups >= 3
            else "without intervals, which need three groups or more."
        )
        + f" {KAPPA} F1 joins how many of the suggestions people gave, too, and how many of theirs are suggested."
        " n: excerpts with the code."
    )  # fmt: skip
    title = f"{first} and {second} on {counted(report.n, 'excerpt')} in {counted(groups, 'group')}"
    return text_of(
        [Block(title, words, table(("", "n", *(shortened(n, 20) for n in names), "change"), rows))]
    )


def _compared(name: str, count: str, both: Change, *, too_few: bool = False) -> list[str]:
    change = ranged(both.difference, (both.ci_low, both.ci_high), "+") + (
        " too few to tell" if too_few else ""
    )
    return [name, count, number(both.first), number(both.second), change]


def card_text(card: StoredCard) -> str:
    """Return a model card as Markdown: limits, data, verdict per code, held-out figures, settings, fingerprints."""
    parts = [f"# Model {card.name}", wrapped(card.limits)]
    parts += ["## Trained on", "\n".join(_data_lines(card))]
    parts += ["## Verdict per code", _verdicts(card.codes)]
    title = "Performance on parts of one group" if _of_one_group(card.held_out) else "Held-out performance"
    parts += [f"## {title}", wrapped(tested_words(card.held_out))]
    if card.measured:
        parts.append(text_of(held_out_blocks(card.measured), markdown=True))
    if settings := _settings(card):
        parts += ["## Settings", "\n".join(_bullets(settings))]
    parts += ["## Fingerprints", "\n".join(_bullets(_fingerprints(card)))]
    return "\n\n".join(parts)


def _data_lines(card: ModelCard) -> list[str]:
    """Return the facts of the excerpts, those that say nothing left out, and what training remarked."""
    data = card.data
    several = data.groups if data.groups != 1 else None
    counts = {
        "excerpts": data.n,
        "groups (transcripts, participants or studies, kept whole when held out)": several,
        "studies": data.studies,
        "excerpts per study": data.per_study if len(data.per_study) > 1 else None,
        "excerpts that repeat a text of another group word for word": data.repeated_across_groups,
        "of these, texts of a few words": data.repeated_short,
        "coders": data.coders if list(data.coders) != [UNNAMED] else None,
        "polarity": data.polarity,
        "excerpts with nothing to code": data.nothing_to_code,
        "languages": data.languages,
    }
    rows = {name: _shown(count) for name, count in counts.items() if count or name == "excerpts"}
    notes = dict.fromkeys([*card.training_notes, *card.remarks])
    return [*_bullets(rows), *(wrapped(note, "  ", "- ") for note in notes)]


def _shown(count: int | Mapping[str, int] | None) -> str:
    """Return a count, or the largest part of several by name."""
    if not isinstance(count, Mapping):
        return f"{count or 0:,}"
    listed = [f"{name} {part:,}" for name, part in list(count.items())[:MOST_LISTED]]
    more = len(count) - MOST_LISTED
    return ", ".join([*listed, f"and {more} more"] if more > 0 else listed)


def _bullets(facts: Mapping[str, str]) -> list[str]:
    return [wrapped(f"{name}: {value}", "  ", "- ") for name, value in facts.items()]


def _verdicts(verdicts: Sequence[CodeVerdict]) -> str:
    """Return a table of the codes, with columns for what the card knows, and what would mend those that failed."""
    columns = {"code": [shortened(verdict.code, LONGEST) for verdict in verdicts]}
    columns["excerpts"] = [f"{verdict.positives:,}" for verdict in verdicts]
    columns["kappa"] = [ranged(verdict.kappa, (verdict.ci_low, verdict.ci_high)) for verdict in verdicts]
    columns["F1"] = [number(verdict.f1) for verdict in verdicts]
    if any(verdict.threshold is not None for verdict in verdicts):
        columns["threshold"] = [number(verdict.threshold) for verdict in verdicts]
    if any(verdict.coders is not None for verdict in verdicts):
        columns["coders"] = [number(verdict.coders) for verdict in verdicts]
    columns["suggested"] = [judged(verdict) for verdict in verdicts]
    words = (
        "On excerpts that were not learned from: kappa and F1 of what is suggested (F1 joins how many suggestions are"
        f" right and how many codes are found). {KAPPA}"
    )
    if "threshold" in columns:
        words += " Threshold: the confidence from which the code is suggested."
    if "coders" in columns:
        words += " Coders: kappa of people with each other."
    if "untested" in columns["suggested"]:
        words += " Untested: too few excerpts, so the codebook's text speaks alone, unproven."
    body = list(zip(*columns.values(), strict=True))
    failed = [failed_line(verdict.code, verdict, "- ", "  ") for verdict in verdicts if not verdict.usable]
    parts = [text_of([Block(words=words, table=table(list(columns), body))]), "\n".join(failed)]
    return "\n\n".join(filter(None, parts))


def _settings(card: ModelCard) -> dict[str, str]:
    """Return how the model was made: the card's settings, and how much each of its views counts."""
    made, base = card.training, card.training.base or (card.base.name if card.base else "")
    settings = {"base": base} if base else {}
    if made.base:  # cards of old have no settings
        settings |= {"fine tuned": _yes(made.fine_tuned), "measured": _yes(made.measured)}
    if made.thresholds:
        settings["thresholds"] = made.thresholds
    for weights, words in (
        (card.weights.themes, "views on codes"),
        (card.weights.polarity, "views on barrier or facilitator"),
    ):
        counted_views = [f"{name} {number(weight)}" for name, weight in weights.items() if weight]
        if counted_views:
            settings[f"{words}, with their weights"] = "; ".join(counted_views)
    return settings


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _fingerprints(card: StoredCard) -> dict[str, str]:
    fingerprints = {f"codebook {card.codebook.name}": card.codebook_hash, "encoder": card.encoder.id}
    return fingerprints | ({"texts": card.data.texts_sha256} if card.data.texts_sha256 else {})


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
    if not too_many_seen(share):
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


def _of_one_group(figures: HeldOut) -> bool:
    """Tell whether figures are of parts of a single group: no held-out studies or groups."""
    return (figures.measured_on or "").startswith(PARTS_OF_ONE)


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
    words = f"On {figures.measured_on or 'groups held out while training'}: {'; '.join(parts)}."
    if _of_one_group(figures):
        words += " These are no held-out interviews; on another interview expect less."
    return words


def verdict_block(verdicts: Sequence[CodeVerdict]) -> Block:
    """Return what a person must know of the codes: those not suggested first, then those that could not be tested."""
    failed = [verdict for verdict in verdicts if not verdict.usable]
    rest = [verdict for verdict in verdicts if verdict.usable]
    blank = [verdict for verdict in rest if verdict.kappa is None]
    always = [verdict for verdict in blank if verdict.positives >= ENOUGH]
    untested = [f"{verdict.code} {verdict.positives}" for verdict in blank if verdict not in always]
    summary = f"All {'other ' if failed else ''}{counted(len(rest), 'code')} may be suggested."
    if len(rest) == 1:
        summary = f"{rest[0].code} may be suggested."
    if not rest:
        summary = "So the model suggests nothing yet."
    if untested:
        summary += (
            f" {counted(len(untested), 'of them was', 'of them were')} not tested for want of excerpts (their number"
            f" stands beside the name): there the codebook's text speaks alone, unproven: {', '.join(untested)}."
        )
    summary += "".join(f" {verdict.code}: {sentence(verdict.why)}" for verdict in always)
    title = "WHAT IT MAY SUGGEST"
    if not failed:
        return Block(title, summary, top=True)
    words = f"NOT suggested: {len(failed)} of {counted(len(verdicts), 'code')}."
    return Block(
        title, words, "\n".join(failed_line(verdict.code, verdict) for verdict in failed), summary, top=True
    )


def failed_line(name: str, verdict: CodeVerdict, first: str = INDENT, indent: str = f"{INDENT}  ") -> str:
    """Return one code that failed: its name, why, and what would mend it."""
    mend = f" To mend it: {verdict.mend}." if verdict.mend else ""
    return wrapped(f"{name}: {sentence(verdict.why)}{mend}", indent, first)


def failed_lines(failed: Mapping[str, CodeVerdict]) -> list[str]:
    """Return the codes that a model does not suggest, by the name to show, for the end of a pre-coding run."""
    if not failed:
        return []
    them = "it" if len(failed) == 1 else "them"
    title = (
        f"This model does not suggest {counted(len(failed), 'code')}, having failed on excerpts that it had not"
        f" learned from; look out for {them} yourself (kappa: agreement with people beyond chance, at most 1):"
    )
    return [wrapped(title), *(failed_line(name, verdict) for name, verdict in failed.items())]


def judged(verdict: CodeVerdict) -> str:
    """Return a code's verdict in a word."""
    if not verdict.usable:
        return "NO"
    return "yes" if verdict.kappa is not None else "untested"


def sentence(words: str) -> str:
    """Return words with a full stop, if they have none."""
    return words if words.endswith(".") else f"{words}."
