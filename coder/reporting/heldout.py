"""What was measured on held-out studies and groups while training, as text: at a glance, and in full."""

from collections.abc import Callable

from coder.reporting.numbers import counted, figure, number, percent, ranged
from coder.reporting.performance import (
    BASELINES,
    ENOUGH_GROUPS,
    KAPPA,
    Report,
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


def held_out_text(card: Report) -> str:
    """Return what to expect, code by code, and what the model may suggest, for a terminal: the rest is in card.md."""
    measured = card.get("measured") or {}
    reports = {key: measured[key] for key in KINDS if key in measured}
    blocks = _nothing(measured)
    if card.get("held_out", {}).get("measured_on"):
        blocks.append(Block(words=tested_words(card["held_out"])))
    if reports:
        finest = list(reports)[-1]
        blocks = [_glance(reports, measured), *(Block(words=why) for why in measured.get("why_not", []))]
        blocks.append(Block("IN DETAIL", f"For {KINDS[finest][3]}; card.md has all the rest.", top=True))
        blocks += detail_blocks(reports[finest])
        if finest != "by_study" and "by_study" in reports:
            blocks += filter(None, [studies_block(reports["by_study"])])
        blocks += _curve(measured)
    return text_of([*blocks, verdict_block(card.get("codes", []))])


def held_out_reports(card: Report) -> dict[str, Report]:
    """Return the reports to draw, by the end of a file's name, each with the model's name and what a group is."""
    measured = card.get("measured") or {}
    found: dict[str, Report] = {}
    for key, (_, one, many, _, _) in KINDS.items():
        if key in measured:
            more = {
                "model": card["name"],
                "group_names": (one, many),
                "seen_share": measured.get("seen_share"),
            }
            found[key.replace("_", "-")] = {
                **measured[key],
                **more,
                "learning_curve": measured.get("learning_curve"),
            }
    return found


def held_out_blocks(card: Report) -> list[Block]:
    """Return the reports by study and by group in full, and the learning curve."""
    measured = card.get("measured") or {}
    blocks = []
    for key, (title, one, many, meaning, _) in KINDS.items():
        if key not in measured:
            continue
        report = dict(measured[key])
        if key == "by_study" and "by_group" in measured:
            report.pop("by", None)  # the finer split says it
        words = (
            f"What to expect on {meaning}. {counted(report['n'], 'excerpt')}: {_how(report, one, many)}."
            f" {intervals(report['n_groups'], many)}"
        )
        blocks.append(Block(title, f"{words}{_repeated(report)}{_seen(measured)}", top=True))
        blocks += performance_blocks(report, held_out=True)
    blocks += [Block(words=why) for why in measured.get("why_not", [])]
    return [*blocks, *_curve(measured)] or _nothing(measured)


def _nothing(measured: Report) -> list[Block]:
    why = measured.get("why_not") or ["Train without --no-measure to have it measured."]
    return [Block("NOT MEASURED on held-out studies or groups", " ".join(why), top=True)]


def _seen(measured: Report) -> str:
    share = measured.get("seen_share")
    if not known(share):
        return ""
    return (
        f" NOT HELD OUT from the base model, which learned from {percent(share)} of these excerpts: the figures"
        " flatter the model."
    )


def _how(report: Report, one: str, many: str) -> str:
    groups, folds = report["n_groups"], report["folds"]
    if folds == groups:
        return f"each of the {counted(groups, one, many)} was held out in turn"
    return f"{counted(groups, one, many)} were held out in {folds} parts"


def _repeated(report: Report) -> str:
    repeated = report.get("repeated_texts", 0)
    if not repeated:
        return ""
    return (
        f" {counted(repeated, 'excerpt')} repeat{'s' if repeated == 1 else ''} a text of another group word for word:"
        " none was tested by a model that had learned from its copy (unless it has five words or fewer)."
    )


def _glance(reports: dict[str, Report], measured: Report) -> Block:
    """Return the main figures, a column for each way of holding out."""

    def simple(name: str) -> tuple[str, Callable[[Report], str]]:
        return f"  {BASELINES[name]}", lambda report: figure(report["baselines"][name]["themes"], "kappa")

    rows: list[tuple[str, Callable[[Report], str]]] = [
        ("its best code is people's", lambda report: figure(report["themes"], "accuracy")),
        ("  among the half it is surest of", _surest),
        ("  or its second best is", lambda report: figure(report["themes"], "top2_accuracy")),
        ("kappa of codes", lambda report: figure(report["themes"], "kappa")),
        simple("tfidf_svm"),
        simple("frozen_lr"),
        ("F1 of all that is suggested", lambda report: figure(report["themes"], "micro_f1")),
        ("kappa of barrier or facilitator", lambda report: figure(report["polarity"], "kappa")),
        ("confidence is off by, on average", lambda report: percent(report["calibration"]["ece_suggested"])),
    ]
    how = "; ".join(
        f"for {KINDS[key][4]}, {_how(report, KINDS[key][1], KINDS[key][2])}"
        for key, report in reports.items()
    )
    finest = list(reports.values())[-1]
    rough = [_rough(report["n_groups"], KINDS[key][2], KINDS[key][4]) for key, report in reports.items()]
    words = (
        f"{counted(finest['n'], 'excerpt')}: {how}; trained anew without each part, and tested on it. {KAPPA} Below"
        " kappa of codes: simple methods, trained and tested alike. F1 joins how many suggestions are right and how"
        " many codes are found. In brackets: 95 % intervals, from resampling what was held out whole"
        f"{''.join(rough)}.{_repeated(finest)}{_seen(measured)}"
    )
    header = ("", *(KINDS[key][4] for key in reports))
    body = [[name, *(tell(report) for report in reports.values())] for name, tell in rows]
    return Block("WHAT TO EXPECT", words, table(header, body), top=True)


def _surest(report: Report) -> str:
    wrong = wrong_among(report, 0.5)
    return number(None if wrong is None else 1 - wrong)


def _rough(count: int, many: str, name: str) -> str:
    if count < 3:
        return f"; none for {name}, since that takes three {many}"
    return f"; rough for {name}, with {count} {many}" if count < ENOUGH_GROUPS else ""


def _curve(measured: Report) -> list[Block]:
    curve = measured.get("learning_curve")
    if not curve:
        return []
    rows = [
        [f"{point['excerpts']:,}", figure(point, "theme_kappa"), figure(point, "polarity_kappa")]
        for point in curve["points"]
    ]
    parts, tested = curve.get("parts", 1), curve.get("tested_on")
    where = f"{counted(parts, 'held-out part')}" + (f" ({counted(tested, 'excerpt')})" if tested else "")
    words = f"Kappa on {where}, after learning from growing shares of the others (learning curve)."
    header = ("learned from", "codes", "barrier or facilitator")
    return [Block("Would more excerpts help?", words, table(header, rows), _gain(curve))]


def _gain(curve: Report) -> str:
    """Say what more excerpts would bring, or why that cannot be told."""
    if curve["gain"] is None:
        return str(curve.get("why", ""))
    more = f"By this curve, {curve['more']:,} more excerpts would"
    if curve["gain"] < 0.005:
        return f"{more} hardly raise kappa of codes."
    gain = ranged(curve["gain"], (curve.get("gain_low"), curve.get("gain_high")))
    return f"{more} raise kappa of codes by about {gain}."


def parts_of_one(figures: Report) -> bool:
    """Tell whether figures are of parts of a single group: no held-out studies or groups."""
    return str(figures.get("measured_on", "")).startswith("parts of one group")


def tested_words(figures: Report) -> str:
    """Return the main figures of what was not learned from; cards of old do not say what that was."""
    where = figures.get("measured_on", "groups held out while training")
    parts = []
    if "themes" in figures:
        themes = figures["themes"]
        parts.append(
            f"kappa of codes {number(themes['kappa'])} on {counted(themes['n'], 'excerpt')} with one code, theirs"
            f" among its best two {percent(themes['top2'])}"
        )
    if "polarity" in figures:
        parts.append(f"kappa of barrier or facilitator {number(figures['polarity']['kappa'])}")
    if "calibration_error" in figures:
        of = "confidence beside suggestions" if "measured_on" in figures else "confidence, over all codes,"
        parts.append(f"{of} off by {percent(figures['calibration_error'])} on average")
    if figures.get("surest_quarter") is not None:
        parts.append(f"right among the surest quarter of suggestions {percent(figures['surest_quarter'])}")
    if not parts:
        why = figures.get("why_not")
        return f"Not measured: {why}." if why else "Not measured."
    said = f"On {where}: {'; '.join(parts)}."
    if parts_of_one(figures):
        said += " These are no held-out interviews; on another interview expect less."
    return said
