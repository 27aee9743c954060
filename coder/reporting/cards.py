"""Model cards, lists of models and comparisons of two as text for a terminal, a card also as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from coder.reporting.heldout import held_out_blocks, parts_of_one, tested_words
from coder.reporting.numbers import counted, figure, number, ranged, shortened
from coder.reporting.performance import KAPPA, LONGEST, Report
from coder.reporting.text import Block, table, text_of, wrapped
from coder.reporting.verdicts import failed_line, judged

MOST_LISTED = 24  # entries of a list; all of them are in card.json
DATA_WORDS = {
    "n": "excerpts",
    "groups": "groups (transcripts, participants or studies, kept whole when held out)",
    "repeated_across_groups": "excerpts that repeat a text of another group word for word",
    "repeated_short": "of these, texts of a few words",
    "nothing_to_code": "excerpts with nothing to code",
    "per_study": "excerpts per study",
    "texts_sha256": "",
    "codes": "",
}  # an empty name: shown elsewhere


def list_text(models: Sequence[Report]) -> str:
    """Return the models one per line: name, codebook, number of excerpts, held-out kappa, folder; then problems."""
    rows = [
        [
            str(card["name"]), str(card["codebook"]["name"]), f"{card['data']['n']:,}",
            figure(card.get("held_out", {}).get("themes", {}), "kappa"), str(card["path"]),
        ]
        for card in models
        if "problem" not in card
    ]  # fmt: skip
    problems = [Block(words=f"Cannot be used: {card['problem']}") for card in models if "problem" in card]
    words = "Kappa: agreement with people's codes beyond chance (0 = chance, 1 = always alike) on held-out excerpts."
    return text_of([
        Block(words=words, table=table(("model", "codebook", "learned from", "kappa", "folder"), rows, (0, 1, 4))),
        Block(words="`none` also is a model: the codebook's own text, without anything learned about codes."),
        *problems,
    ])  # fmt: skip


def comparison_text(report: Report) -> str:
    """Return a comparison of two models as text."""
    first, second = str(report["first"]), str(report["second"])
    names = ["first", "second"] if first == second else [first, second]
    rows = [
        _compared("which code: kappa", "", report["theme_kappa"]),
        _compared("barrier or facilitator: kappa", "", report["polarity_kappa"]),
        *(
            _compared(f"{shortened(code, LONGEST)}: F1", f"{found['support']:,}", found["f1"])
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
    title = f"{first} and {second} on {counted(report['n'], 'excerpt')} in {counted(groups, 'group')}"
    return text_of(
        [Block(title, words, table(("", "n", *(shortened(n, 20) for n in names), "change"), rows))]
    )


def _compared(name: str, count: str, found: Report) -> list[str]:
    change = ranged(found["difference"], (found.get("ci_low"), found.get("ci_high")), "+")
    return [name, count, number(found["first"]), number(found["second"]), change]


def card_text(card: Report) -> str:
    """Return a model card as Markdown: limits, data, verdict per code, held-out figures, settings, fingerprints."""
    parts = [f"# Model {card['name']}", *map(wrapped, _listed(card["limits"]))]
    parts += ["## Trained on", "\n".join(_data_lines(card))]
    parts += ["## Verdict per code", _verdicts(card.get("codes", []))]
    held_out = card.get("held_out", {})
    title = "Performance on parts of one group" if parts_of_one(held_out) else "Held-out performance"
    parts += [f"## {title}", wrapped(tested_words(held_out))]
    if card.get("measured"):
        parts.append(text_of(held_out_blocks(card), markdown=True))
    if settings := _settings(card):
        parts += ["## Settings", "\n".join(_bullets(settings))]
    parts += ["## Fingerprints", "\n".join(_bullets(_fingerprints(card)))]
    return "\n\n".join(parts)


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else [str(value)]


def _data_lines(card: Report) -> list[str]:
    data = {key: value for key, value in card["data"].items() if value not in (0, {}, "", None) or key == "n"}
    if list(data.get("coders", {})) == ["unnamed"]:
        del data["coders"]
    if len(data.get("per_study", {})) == 1:
        del data["per_study"]
    if data.get("groups") == 1:
        del data["groups"]
    found = {
        name: _shown(value)
        for key, value in data.items()
        if (name := DATA_WORDS.get(key, key.replace("_", " ")))
    }
    notes = dict.fromkeys([*card.get("training_notes", []), *card.get("remarks", [])])
    return [*_bullets(found), *(wrapped(str(note), "  ", "- ") for note in notes)]


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        told = [f"{name} {_shown(count)}" for name, count in list(value.items())[:MOST_LISTED]]
        return ", ".join(
            [*told, f"and {len(value) - MOST_LISTED} more"] if len(value) > MOST_LISTED else told
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _bullets(found: Mapping[str, str]) -> list[str]:
    return [wrapped(f"{name}: {value}", "  ", "- ") for name, value in found.items()]


def _verdicts(verdicts: Sequence[Report]) -> str:
    """Return a table of the codes, with columns for what the card knows, and what would mend those that failed."""
    columns = {"code": [shortened(found["code"], LONGEST) for found in verdicts]}
    columns["excerpts"] = [f"{found['positives']:,}" for found in verdicts]
    columns["kappa"] = [
        ranged(found["kappa"], (found.get("ci_low"), found.get("ci_high"))) for found in verdicts
    ]
    columns["F1"] = [number(found.get("f1")) for found in verdicts]
    for key, title in (("threshold", "threshold"), ("coders", "coders")):
        if any(found.get(key) is not None for found in verdicts):
            columns[title] = [number(found.get(key)) for found in verdicts]
    columns["suggested"] = [judged(found) for found in verdicts]
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
    failed = [failed_line(found["code"], found, "- ", "  ") for found in verdicts if not found["usable"]]
    parts = [text_of([Block(words=words, table=table(list(columns), body))]), "\n".join(failed)]
    return "\n\n".join(filter(None, parts))


def _settings(card: Report) -> dict[str, str]:
    """Return how the model was made: the card's settings, and how much each of its views counts."""
    settings = {key: value for key, value in card.get("training", {}).items() if key != "encoder"}
    found = {key.replace("_", " "): _shown(value) for key, value in settings.items()}
    if not found and card.get("base"):
        found["base"] = _shown(card["base"].get("name", ""))
    for part, words in (("themes", "views on codes"), ("polarity", "views on barrier or facilitator")):
        weights = {name: weight for name, weight in card.get("weights", {}).get(part, {}).items() if weight}
        if weights:
            found[f"{words}, with their weights"] = "; ".join(
                f"{name} {number(weight)}" for name, weight in weights.items()
            )
    return found


def _fingerprints(card: Report) -> dict[str, str]:
    found = {f"codebook {card['codebook']['name']}": card["codebook_hash"], "encoder": card["encoder"]["id"]}
    if card["data"].get("texts_sha256"):
        found["texts"] = card["data"]["texts_sha256"]
    return {name: str(value) for name, value in found.items()}
