"""Model cards, lists of models and comparisons of two as text for a terminal, a card also as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from coder.reporting.blocks import (
    MISSING,
    UNDEFINED,
    Block,
    Report,
    counted,
    figure,
    number,
    percent,
    short,
    table,
    text_of,
    wrapped,
)
from coder.reporting.heldout import held_out_blocks
from coder.reporting.performance import KAPPA, LONGEST
from coder.reporting.verdicts import failed_line, judged

DATA_WORDS = {
    "n": "excerpts",
    "groups": "groups (transcripts, participants or studies, kept whole when held out)",
    "repeated_across_groups": "excerpts that repeat a text of another group word for word",
    "nothing_to_code": "excerpts with nothing to code",
    "per_study": "excerpts per study",
    "texts_sha256": "",
    "codes": "",
}  # an empty name: shown elsewhere


def list_text(models: Sequence[Report]) -> str:
    """Return the models one per line: name, codebook, number of excerpts, held-out kappa, folder."""
    rows = [
        [
            str(card["name"]), str(card["codebook"]["name"]), f"{card['data']['n']:,}",
            figure(card.get("held_out", {}).get("themes", {}), "kappa"), str(card["path"]),
        ]
        for card in models
    ]  # fmt: skip
    words = "Kappa: agreement with people's codes beyond chance (0 = chance, 1 = always alike) on held-out excerpts."
    return text_of([
        Block(words=words, table=table(("model", "codebook", "learned from", "kappa", "folder"), rows, (0, 1, 4))),
        Block(words="`none` also is a model: the codebook's own text, without anything learned about codes."),
    ])  # fmt: skip


def comparison_text(report: Report) -> str:
    """Return a comparison of two models as text."""
    first, second = str(report["first"]), str(report["second"])
    names = ["first", "second"] if first == second else [first, second]
    rows = [
        _compared("which code: kappa", "", report["theme_kappa"]),
        _compared("barrier or facilitator: kappa", "", report["polarity_kappa"]),
        *(
            _compared(f"{short(code, LONGEST)}: F1", f"{found['support']:,}", found["f1"])
            for code, found in report["codes"].items()
        ),
    ]
    groups = report["n_groups"]
    words = (
        f"Change: {names[1]} minus {names[0]}, "
        + (
            "with its 95 % interval from resampling whole groups (where that leaves out 0, it is more than chance)."
            if groups >= 3
            else "without intervals, which need three groups or more."
        )
        + f" {KAPPA} F1 joins how many of the suggestions people gave, too, and how many of theirs are suggested."
        " n: excerpts with the code."
    )  # fmt: skip
    dash = UNDEFINED if any(MISSING in row for row in rows) else ""
    title = f"{first} and {second} on {counted(report['n'], 'excerpt')} in {counted(groups, 'group')}"
    return text_of(
        [Block(title, words, table(("", "n", *(short(n, 20) for n in names), "change"), rows), dash)]
    )


def _compared(name: str, count: str, found: Report) -> list[str]:
    change = number(found["difference"], "+")
    if found["difference"] is not None and "ci_low" in found:
        change += f" [{number(found['ci_low'], '+')}, {number(found['ci_high'], '+')}]"
    return [name, count, number(found["first"]), number(found["second"]), change]


def card_text(card: Report) -> str:
    """Return a model card as Markdown: limits, data, verdict per code, held-out figures, settings, fingerprints."""
    parts = [f"# Model {card['name']}", *map(wrapped, _listed(card["limits"]))]
    parts += ["## Trained on", "\n".join(_data_lines(card))]
    parts += ["## Verdict per code", _verdicts(card.get("codes", []))]
    parts += ["## Held-out performance", _while_training(card.get("held_out", {}))]
    if card.get("measured"):
        parts.append(text_of(held_out_blocks(card), markdown=True))
    parts += ["## Fingerprints", "\n".join(_bullets(_fingerprints(card)))]
    return "\n\n".join(parts)


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]


def _data_lines(card: Report) -> list[str]:
    data = {key: value for key, value in card["data"].items() if value not in (0, {}, "", None) or key == "n"}
    if list(data.get("coders", {})) == ["unnamed"]:
        del data["coders"]
    found = {
        name: _shown(value)
        for key, value in data.items()
        if (name := DATA_WORDS.get(key, key.replace("_", " ")))
    }
    return _bullets(found) + [wrapped(str(note), "  ", "- ") for note in card.get("training_notes", [])]


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(count)}" for name, count in value.items())
    if isinstance(value, float):
        return f"{value:.2g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _bullets(found: Mapping[str, str]) -> list[str]:
    return [wrapped(f"{name}: {value}", "  ", "- ") for name, value in found.items()]


def _verdicts(verdicts: Sequence[Report]) -> str:
    rows = [
        [
            short(found["code"], 40),
            f"{found['positives']:,}",
            number(found["kappa"]),
            number(found.get("f1")),
            judged(found),
        ]
        for found in verdicts
    ]
    failed = [failed_line(found["code"], found).strip() for found in verdicts if not found["usable"]]
    words = (
        "Kappa and F1 of what is suggested, on excerpts held out while training (F1 joins how many suggestions are"
        f" right and how many codes are found). {KAPPA}"
    )
    return text_of([
        Block(words=words, table=table(("code", "excerpts", "kappa", "F1", ""), rows, left=(0, 4))),
        Block(after="\n".join(f"- {line}" for line in failed)),
    ])  # fmt: skip


def _while_training(figures: Report) -> str:
    """Return the figures that training itself measured on held-out groups."""
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
        parts.append(f"confidence off by {percent(figures['calibration_error'])} on average, over all codes")
    return (
        wrapped("On groups held out while training: " + "; ".join(parts) + ".") if parts else "Not measured."
    )


def _fingerprints(card: Report) -> dict[str, str]:
    found = {f"codebook {card['codebook']['name']}": card["codebook_hash"], "encoder": card["encoder"]["id"]}
    if card["data"].get("texts_sha256"):
        found["texts"] = card["data"]["texts_sha256"]
    return {name: str(value) for name, value in found.items()}
