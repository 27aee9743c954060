"""Model cards, lists of models and comparisons of two as text for a terminal, a card also as Markdown."""

from collections.abc import Mapping, Sequence

from coder.learning.evaluation.performance import Change, ModelComparison
from coder.learning.persistence.card import UNNAMED, ModelCard, StoredCard, Verdict
from coder.reporting.heldout import held_out_blocks, tested_words
from coder.reporting.numbers import counted, number, ranged, shortened
from coder.reporting.performance import KAPPA, LONGEST
from coder.reporting.text import Block, table, text_of, wrapped
from coder.reporting.verdicts import failed_line, judged

MOST_LISTED = 24  # entries of a list; all of them are in card.json


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
            _compared(f"{shortened(code, LONGEST)}: F1", f"{found.support:,}", found.f1)
            for code, found in report.codes.items()
        ),
    ]
    groups = report.n_groups
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
    title = f"{first} and {second} on {counted(report.n, 'excerpt')} in {counted(groups, 'group')}"
    return text_of(
        [Block(title, words, table(("", "n", *(shortened(n, 20) for n in names), "change"), rows))]
    )


def _compared(name: str, count: str, found: Change) -> list[str]:
    change = ranged(found.difference, (found.ci_low, found.ci_high), "+")
    return [name, count, number(found.first), number(found.second), change]


def card_text(card: StoredCard) -> str:
    """Return a model card as Markdown: limits, data, verdict per code, held-out figures, settings, fingerprints."""
    parts = [f"# Model {card.name}", wrapped(card.limits)]
    parts += ["## Trained on", "\n".join(_data_lines(card))]
    parts += ["## Verdict per code", _verdicts(card.codes)]
    title = "Performance on parts of one group" if card.held_out.parts_of_one else "Held-out performance"
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
    found = {name: _shown(count) for name, count in counts.items() if count or name == "excerpts"}
    notes = dict.fromkeys([*card.training_notes, *card.remarks])
    return [*_bullets(found), *(wrapped(note, "  ", "- ") for note in notes)]


def _shown(count: int | Mapping[str, int] | None) -> str:
    """Return a count, or the largest part of several by name."""
    if not isinstance(count, Mapping):
        return f"{count or 0:,}"
    told = [f"{name} {part:,}" for name, part in list(count.items())[:MOST_LISTED]]
    more = len(count) - MOST_LISTED
    return ", ".join([*told, f"and {more} more"] if more > 0 else told)


def _bullets(found: Mapping[str, str]) -> list[str]:
    return [wrapped(f"{name}: {value}", "  ", "- ") for name, value in found.items()]


def _verdicts(verdicts: Sequence[Verdict]) -> str:
    """Return a table of the codes, with columns for what the card knows, and what would mend those that failed."""
    columns = {"code": [shortened(found.code, LONGEST) for found in verdicts]}
    columns["excerpts"] = [f"{found.positives:,}" for found in verdicts]
    columns["kappa"] = [ranged(found.kappa, (found.ci_low, found.ci_high)) for found in verdicts]
    columns["F1"] = [number(found.f1) for found in verdicts]
    if any(found.threshold is not None for found in verdicts):
        columns["threshold"] = [number(found.threshold) for found in verdicts]
    if any(found.coders is not None for found in verdicts):
        columns["coders"] = [number(found.coders) for found in verdicts]
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
    failed = [failed_line(found.code, found, "- ", "  ") for found in verdicts if not found.usable]
    parts = [text_of([Block(words=words, table=table(list(columns), body))]), "\n".join(failed)]
    return "\n\n".join(filter(None, parts))


def _settings(card: ModelCard) -> dict[str, str]:
    """Return how the model was made: the card's settings, and how much each of its views counts."""
    made, base = card.training, card.training.base or (card.base.name if card.base else "")
    found = {"base": base} if base else {}
    if made.base:  # cards of old have no settings
        found |= {"fine tuned": _yes(made.fine_tuned), "measured": _yes(made.measured)}
    if made.thresholds:
        found["thresholds"] = made.thresholds
    for weights, words in (
        (card.weights.themes, "views on codes"),
        (card.weights.polarity, "views on barrier or facilitator"),
    ):
        counted_views = [f"{name} {number(weight)}" for name, weight in weights.items() if weight]
        if counted_views:
            found[f"{words}, with their weights"] = "; ".join(counted_views)
    return found


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _fingerprints(card: StoredCard) -> dict[str, str]:
    found = {f"codebook {card.codebook.name}": card.codebook_hash, "encoder": card.encoder.id}
    return found | ({"texts": card.data.texts_sha256} if card.data.texts_sha256 else {})
