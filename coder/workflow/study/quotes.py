"""Confirmed quotes of a code by who said them, utterances like them, and codes by attribute or transcript."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coder.codebook import Codebook
from coder.errors import InputError, StudyError
from coder.store import Study
from coder.store.confirmed_codings import Quote, mark_good, quotes_of_codes
from coder.store.confirmed_codings import quotes as confirmed_quotes
from coder.store.values import Filters, StudyUtterance, Withheld
from coder.workflow.study.model_versions import open_version

BY_TRANSCRIPT = "transcript"  # grouping by transcript instead of by an attribute
NO_VALUE = "not known"
POLARITY_ROWS = "polarity"  # rows of the matrix: barrier, facilitator, mixed instead of codes
MOST = 200  # utterances; a page shows fewer
LARGEST = 20_000  # utterances that are compared; beyond, encoding takes minutes
SHORTEST = 4  # words: less is too little to be alike in meaning


@dataclass(frozen=True, slots=True)
class PlacedQuote:
    """A quote with its transcript's name, who spoke, and its groups (several for an attribute of several values)."""

    quote: Quote
    transcript: str
    speaker: str | None
    participant: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuoteGroup:
    """The quotes of one attribute value or transcript, and how many participants said them."""

    value: str
    quotes: tuple[PlacedQuote, ...]
    participants: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix. Shares are of the row's and the column's quotes; None where there are none."""

    quotes: int
    participants: int
    row_share: float | None
    column_share: float | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Codes by groups. `rows` holds (key, label); `cells` has one list a row.

    A quote of a speaker with several values of an attribute counts in each column, so columns may add up to more
    than `totals`, which count each quote once.
    """

    rows: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]


def groupings(study: Study) -> list[str]:
    """Return what quotes can be grouped by: 'transcript', then every attribute of participants and transcripts."""
    names: dict[str, None] = {}
    for kind in ("participant", "transcript"):
        for facts in study.people.all_attributes(kind).values():
            names |= dict.fromkeys(facts)
    return [BY_TRANSCRIPT, *sorted(names)]


def codes_within(codebook: Codebook, name: str) -> list[str]:
    """Return the ids that a code or a component (heading) stands for. Raises InputError if it is neither."""
    if name in codebook.by_id:
        return [name]
    below = [code.id for code in codebook.codes if code.parent == name]
    if not below:
        raise InputError(f"There is no code or component '{name}' in the codebook.")
    return below


def placed_quotes(
    study: Study,
    codes: Sequence[str] | None,
    *,
    by: str = BY_TRANSCRIPT,
    polarity: str | None = None,
    coder: str | None = None,
    withheld: Withheld | None = None,
) -> list[PlacedQuote]:
    """Return the confirmed quotes of some codes (None: all) with the groups they fall in.

    `coder` limits them to one coder's own codings; `withheld` ones are left out. Raises InputError if there is no
    such attribute.
    """
    if by not in groupings(study):
        raise InputError(f"No participant and no transcript has an attribute '{by}'.")
    confirmed = confirmed_quotes(study.db, codes, coder=coder, withheld=withheld)
    if polarity is not None:
        confirmed = [item for item in confirmed if item.polarity == polarity]
    infos = {info.id: info for info in study.texts.all()}
    facts = {kind: study.people.all_attributes(kind) for kind in ("participant", "transcript")}
    who = {key: study.people.participants(key) for key in {item.transcript for item in confirmed}}
    placed = []
    for item in confirmed:
        info, speaker = infos[item.transcript], item.speaker
        participant = who[item.transcript].get(speaker or "", "")
        if by == BY_TRANSCRIPT:
            groups: tuple[str, ...] = (info.name,)
        else:
            groups = facts["participant"].get(participant, {}).get(by) or facts["transcript"].get(
                info.uid, {}
            ).get(by, (NO_VALUE,))
        name = participant or f"{info.name} {speaker or ''}".strip()
        placed.append(PlacedQuote(item, info.name, speaker, name, groups))
    return placed


def quote_counts(
    study: Study, *, coder: str | None = None, withheld: Withheld | None = None
) -> dict[str, int]:
    """Return how many confirmed quotes each code has; `coder` and `withheld` as in `placed_quotes`."""
    return quotes_of_codes(study.db, coder=coder, withheld=withheld)


def grouped(quotes: Iterable[PlacedQuote]) -> list[QuoteGroup]:
    """Return quotes by group, in order of the groups' names; what is not known comes last."""
    groups: dict[str, list[PlacedQuote]] = {}
    for item in quotes:
        for value in item.groups:
            groups.setdefault(value, []).append(item)
    return [
        QuoteGroup(value, tuple(items), len({item.participant for item in items}))
        for value, items in sorted(groups.items(), key=lambda pair: (pair[0] == NO_VALUE, pair[0].casefold()))
    ]


def matrix(
    study: Study,
    *,
    by: str = BY_TRANSCRIPT,
    rows: str = "code",
    coder: str | None = None,
    withheld: Withheld | None = None,
) -> Matrix:
    """Count confirmed quotes and participants of each code in each group.

    `rows`: 'code', 'component' (headings of the codebook) or 'polarity'. `coder` and `withheld`: as in
    `placed_quotes`.
    """
    codebook = study.codebooks.current()
    quotes = placed_quotes(study, None, by=by, coder=coder, withheld=withheld)
    labels = _row_labels(codebook, rows)
    columns = [group.value for group in grouped(quotes)]
    in_row: defaultdict[str, _Count] = defaultdict(_Count)
    in_column: defaultdict[str, _Count] = defaultdict(_Count)
    in_cell: defaultdict[tuple[str, str], _Count] = defaultdict(_Count)
    for item in quotes:
        row = _row_of(codebook, item.quote, rows)
        in_row[row].add(item)
        for column in dict.fromkeys(item.groups):
            in_column[column].add(item)
            in_cell[row, column].add(item)
    return Matrix(
        rows=tuple(labels.items()),
        columns=tuple(columns),
        cells=tuple(
            tuple(_cell(in_cell[key, c], in_row[key].quotes, in_column[c].quotes) for c in columns)
            for key in labels
        ),
        totals=tuple(_cell(in_row[key], in_row[key].quotes, len(quotes)) for key in labels),
    )


def _row_labels(codebook: Codebook, rows: str) -> Mapping[str, str]:
    if rows == "component" and codebook.components:
        alone = {code.id: code.label for code in codebook.codes if not code.parent}
        return {name: name for name in codebook.components} | alone
    if rows == POLARITY_ROWS and codebook.polarity:
        return {value: value for value in codebook.polarity} | {"": "no polarity"}
    return codebook.labels


def _row_of(codebook: Codebook, quote: Quote, rows: str) -> str:
    if rows == POLARITY_ROWS and codebook.polarity:
        return quote.polarity or ""
    if rows == "component" and quote.code in codebook.by_id:
        return codebook.by_id[quote.code].parent or quote.code
    return quote.code


@dataclass(slots=True)
class _Count:
    """How many quotes, and who said them."""

    quotes: int = 0
    participants: set[str] = field(default_factory=set)

    def add(self, item: PlacedQuote) -> None:
        """Count one more quote."""
        self.quotes += 1
        self.participants.add(item.participant)


def _cell(count: _Count, row: int, column: int) -> Cell:
    return Cell(
        count.quotes,
        len(count.participants),
        count.quotes / row if row else None,
        count.quotes / column if column else None,
    )


def matrix_file(table: Matrix, suffix: str) -> bytes:
    """Return the matrix as the content of a csv or xlsx file.

    One row per code; for each group its quotes, participants, and shares of the row and of the column.
    """
    import tempfile

    from coder.reporting.rows import open_rows

    if suffix not in {".csv", ".xlsx"}:
        raise InputError("The matrix is written as .csv or .xlsx.")
    figures = ("", ": participants", ": share of row", ": share of column")
    names = [
        "code",
        *(f"{label}{figure}" for label in table.columns for figure in figures),
        "all",
        "participants",
    ]
    lines = []
    for (_, label), cells, total in zip(table.rows, table.cells, table.totals, strict=True):
        values: list[object] = [label]
        for cell in cells:
            values += [cell.quotes, cell.participants, cell.row_share, cell.column_share]
        lines.append(dict(zip(names, [*values, total.quotes, total.participants], strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"matrix{suffix}"
        with open_rows(path, names) as writer:
            writer.write(lines)
        return path.read_bytes()


def mark_good_quote(study: Study, coder: str, utterance: int, code: str, good: bool) -> None:
    """Mark a code's passage on an utterance as a good quote, or take the mark away.

    Raises InputError if nobody's confirmed coding of that code stands there.
    """
    if not any(item.utterance == utterance for item in confirmed_quotes(study.db, [code])):
        raise InputError("This passage does not have the code any more; reload the page.")
    mark_good(study.db, coder, utterance, code, good)


def like_code(study: Study, code: str) -> list[StudyUtterance]:
    """Return utterances that nobody gave the code, the nearest to its quotes first (cosine to their mean).

    Where the code has no quote yet, its label, definition, sub-themes and examples speak for it. Raises StudyError
    if no model is in use, ModelError if it cannot be loaded.
    """
    import numpy as np

    version = study.models.active()
    if version is None:
        raise StudyError("No model is in use in this study yet; let it suggest first.")
    encoder = open_version(study, version).encoder
    confirmed = confirmed_quotes(study.db, [code])
    given = {row.utterance for row in study.acts.standing_rows(code)}
    keys = [key for key in study.find(Filters(), limit=LARGEST) if key not in given]
    candidates = [item for item in study.texts.by_id(keys).values() if len(item.text.split()) >= SHORTEST]
    if not candidates:
        return []
    mean = np.asarray(encoder.encode(_words_for(study, code, [item.text for item in confirmed]))).mean(axis=0)
    likeness = np.asarray(encoder.encode([item.text for item in candidates])) @ mean
    return [candidates[int(at)] for at in np.argsort(-likeness, kind="stable")[:MOST]]


def _words_for(study: Study, code: str, texts: list[str]) -> list[str]:
    if texts:
        return texts
    entry = study.codebooks.current().by_id[code]
    parts = [entry.label, entry.definition, *(item.label for item in entry.subthemes)]
    return [part for part in (*parts, *(item.text for item in entry.examples)) if part]
