"""Coded excerpts: tables of text and human codes made ready for training and evaluation (docs/tables.md).

Rows that say the same of one passage are joined: its codes add up, and where several coders coded it, what at least
half of them said stands and the row weighs by how far they agree.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Code, Codebook, load_codebook
from coder.coded_tables.code_lookup import (
    ReadCodes,
    alike_note,
    contradictions,
    lookup_in,
    meant_for,
    read_codes,
    resolved,
    sided,
)
from coder.coded_tables.grammar import (
    HOMES,
    CodedTable,
    columns_named,
    examples,
    neither_yes_nor_no,
    person_of,
    polarities_of,
    says_yes,
    spans_in,
    text_of,
)
from coder.domain import ADJUDICATED, POLARITIES, one_polarity
from coder.errors import TableError
from coder.phrasing import counted
from coder.segmentation import can_be_coded

if TYPE_CHECKING:
    import pandas as pd

    from coder.learning.dataset import TrainingSet

SHOWN = 10  # problems of a table that are told one by one
STANDS_AT = 0.5  # the share of a passage's coders who must have given a code for it to stand
EXAMPLE = 60  # characters of an example


@dataclass(frozen=True)
class Excerpt:
    """One passage with what people said of it, and the table and row it came from.

    `home` is the transcript or participant whose words it is, `unit` the passage's own name (both empty where the
    table does not say); `code_rows` has the first row that gives each code; `votes` has the codes of each named
    coder where several rows were joined. `turn` names the turn it was said in (empty where the table does not say);
    `spoken` says that it is from a transcript, where listening words ("Mm.") are never coded. A transcript may be of
    written answers (`written`, by a column of that name); then `person` is whose answer it is, and `survey` names
    which of the study's surveys it is from: each is about something else.
    """

    row: int
    text: str
    codes: frozenset[str]
    polarity: str | None
    question: str | None
    group: str
    study: str
    coders: tuple[str, ...] = ()
    weight: float = 1.0
    cells: Mapping[str, Any] = field(default_factory=dict)
    home: str = ""
    unit: str = ""
    start: str = ""
    table: str = ""
    code_rows: Mapping[str, int] = field(default_factory=dict)
    votes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    turn: str = ""
    spoken: bool = False
    written: bool = False
    survey: str = ""
    person: str = ""


def study_names(paths: Sequence[Path]) -> list[str]:
    """Return what to call the study of each file: its name, with the folder where names come twice."""
    times = Counter(path.stem for path in paths)
    names = [path.stem if times[path.stem] == 1 else f"{path.parent.name}/{path.stem}" for path in paths]
    return [name if names.count(name) == 1 else str(path) for name, path in zip(names, paths, strict=True)]


def excerpts_of(
    frame: "pd.DataFrame", *, where: str = "the table", group: str | None = None, study: str = ""
) -> tuple[list[Excerpt], list[str]]:
    """Turn a frame of coded excerpts into values; `study` names the topic of rows that do not say theirs.

    Raises TableError.
    """
    attrs = dict(frame.attrs)
    frame = frame.astype(object).where(frame.notna(), None)
    frame.attrs = attrs
    return excerpts_in([CodedTable.of(frame, where, study=study)], group)


def excerpts_in(tables: Sequence[CodedTable], group: str | None = None) -> tuple[list[Excerpt], list[str]]:
    """Return the excerpts of tables with notes; `group` is the column to hold out whole. Raises TableError."""
    for table in tables:
        _check(table)
    apart = len({name for table in tables for name in _studies(table)}) > 1
    excerpts: list[Excerpt] = []
    notes: list[str] = []
    for table in map(_unfolded, map(_without_overruled, tables)):
        of_table, table_notes = _excerpts(table, group, apart=apart)
        excerpts += of_table
        notes += table_notes
    return excerpts, [*notes, *repeated(excerpts)]


def _check(table: CodedTable) -> None:
    missing = [role for role in ("text", "code") if role not in table.columns]
    if missing:
        raise TableError(
            f"{table.where} has no column {' and '.join(missing)} (it has: {table.has()}). Rename the columns."
        )


def _studies(table: CodedTable) -> set[str]:
    return {value or table.study for value in table.texts("study")} or {table.study}


def _without_overruled(table: CodedTable) -> CodedTable:
    """Return a table without the coders' own rows whose words an adjudicated row of the transcript speaks of.

    What was adjudicated holds even where a coder marked fewer or more words. Rows without a place all stay.
    """
    coders = table.texts("coder")
    if ADJUDICATED not in coders:
        return table
    settled: dict[Hashable, list[tuple[float, float]]] = defaultdict(list)
    places = _places(table)
    for coder, text, (home, start, end) in zip(coders, table.texts("text"), places, strict=True):
        if coder == ADJUDICATED and text and start < end:
            settled[home].append((start, end))
    starts = {home: [start for start, _ in sorted(spans)] for home, spans in settled.items()}
    ends = {home: list(accumulate((end for _, end in sorted(spans)), max)) for home, spans in settled.items()}

    def stands(coder: str | None, home: Hashable, start: float, end: float) -> bool:
        if coder == ADJUDICATED or home not in settled or not start < end:
            return True
        before = bisect_left(starts[home], end)  # so many of them start before this one ends
        return before == 0 or ends[home][before - 1] <= start

    standing = table.rows([stands(coder, *place) for coder, place in zip(coders, places, strict=True)])
    if len(standing) == len(table):
        return table
    note = (
        f"{table.where}: {counted(len(table) - len(standing), 'row')} of coders left out, since their words were"
        " adjudicated: that alone counts."
    )
    return replace(standing, notes=(*table.notes, note))


def _places(table: CodedTable) -> list[tuple[Hashable, float, float]]:
    """Return the study and transcript of each row with start and end; not a number where one is not known."""

    def number(value: str | None) -> float:
        try:
            return float(value or "nan")
        except ValueError:
            return float("nan")

    columns = [table.texts(role) for role in ("study", "transcript", "start", "end")]
    return [
        ((study, transcript), number(start if transcript else None), number(end))
        for study, transcript, start, end in zip(*columns, strict=True)
    ]


def _unfolded(table: CodedTable) -> CodedTable:
    """Return a table in which each passage that Label Studio marked within a row's text is a row of its own."""
    column = str(table.columns.get("code"))
    cells = table.frame[column].tolist()
    spans = [spans_in(cell) for cell in cells]
    if not any(spans):
        return table
    import pandas as pd

    text = str(table.columns.get("text"))
    records: list[dict[Any, Any]] = []
    numbers: list[int] = []
    for row, record, marks in zip(table.row_numbers(), table.frame.to_dict("records"), spans, strict=True):
        marked: dict[tuple[int, int, str], list[str]] = {}
        for start, end, words, names in marks or []:
            passage = words or text_of(record[text])[start:end]
            marked.setdefault((start, end, passage), []).extend(names)
        parts = [{**record, text: key[2], column: names} for key, names in marked.items()]
        records += parts or [record]
        numbers += [row] * max(1, len(parts))
    frame = pd.DataFrame(records, columns=list(table.frame.columns), dtype=object)
    frame.attrs = {**table.frame.attrs, "row_numbers": numbers}
    marked_rows = counted(sum(map(bool, spans)), "row")
    note = f"{table.where}: {marked_rows} with passages marked in Label Studio, read as {counted(len(frame), 'row')}."
    return replace(table, frame=frame, notes=(*table.notes, note))


def _grouping(table: CodedTable, group: str | None) -> str | None:
    """Return the column whose values are held out whole. Raises TableError if the one asked for is not there."""
    if group is None:
        return next((table.columns.get(role) for role in (*HOMES, "study") if role in table.columns), None)
    column = next(iter(columns_named(table.frame.columns, group)), None)
    if column is None:
        raise TableError(f"{table.where} has no column '{group}' to group by (it has: {table.has()}).")
    return column


def _excerpts(table: CodedTable, group: str | None, *, apart: bool) -> tuple[list[Excerpt], list[str]]:
    """Return the excerpts of one table with notes; `apart` keeps people and transcripts apart by study."""
    column = _grouping(table, group)
    sideways: Counter[str] = Counter()
    codes = read_codes(table.cells("code"))
    polarity = polarities_of(table.cells("polarity"), sideways)
    rows = list(_with_text(table, column, codes, polarity, apart=apart))
    if not rows:
        numbers = list(table.row_numbers())[:SHOWN]
        raise TableError(
            f"{table.where} has no row with a text.", [f"Row {row} has no text." for row in numbers]
        )
    passages = joined(rows)
    notes = [*table.notes, *_columns_noted(table, column), *codes.notes(table.where)]
    notes += contradictions(codes.rows, polarity, table.row_numbers(), table.where)
    notes += _left_out(table)
    notes += [
        f"{table.where}: polarity '{word}' ({counted(count, 'row')}) is not {', '.join(POLARITIES[:-1])} or"
        f" {POLARITIES[-1]}; the rows keep their codes, their polarity is taken as unknown."
        for word, count in sideways.most_common(SHOWN)
    ]
    if len(passages) < len(rows):
        notes.append(
            f"{table.where}: {len(rows)} rows speak of {len(passages)} passages; rows of one passage were joined."
        )
    return passages, notes


def _columns_noted(table: CodedTable, column: str | None) -> list[str]:
    notes = [
        f"{table.where} has both '{table.columns.get(role)}' and '{other}': '{table.columns.get(role)}' was used."
        for role, other in table.columns.passed_over
        if role in ("text", "code", *HOMES) and other != column
    ]
    odd = neither_yes_nor_no(table.cells("written"))
    if odd:
        column_of = table.columns.get("written")
        notes.append(f"{table.where}: '{column_of}' should say yes or no; taken as no: {examples(odd)}.")
    unread = [name for name in table.columns.unread if name != column]
    if unread:
        notes.append(
            f"{table.where}: columns that were not read: {examples(unread)} (--by COLUMN splits figures by one)."
        )
    if column is None and len(table) > 1:
        notes.append(
            f"{table.where}: no column tells interviews or people apart, so all {counted(len(table), 'row')} count as"
            " one group: figures have no interval, and what learns from the table cannot be tested on an interview it"
            " did not learn from. Add a column 'transcript' or 'participant', or name one with --group."
        )
    return notes


def _left_out(table: CodedTable) -> list[str]:
    rows = zip(table.row_numbers(), table.texts("text"), strict=True)
    problems = [f"Row {row} has no text." for row, text in rows if text is None]
    return (
        [f"{table.where}: {counted(len(problems), 'row')} left out: {' '.join(problems[:SHOWN])}"]
        if problems
        else []
    )


def _with_text(
    table: CodedTable, column: str | None, codes: ReadCodes, polarity: Sequence[str | None], *, apart: bool
) -> Iterator[Excerpt]:
    records = table.frame.to_dict("records")
    wanted = ("question", "coder", "study", "unit", "start", "turn", "speaker", "written", *HOMES)
    roles = {role: table.texts(role) for role in wanted}
    groups = [None] * len(table) if column is None else [text_of(cells[column]).strip() for cells in records]
    named_home = column in {table.columns.get(role) for role in HOMES} - {None}
    texts = [text_of(value) for value in table.cells("text")]
    for at, (row, text, given) in enumerate(zip(table.row_numbers(), texts, codes.rows, strict=True)):
        if not text.strip():
            continue
        study = roles["study"][at] or table.study
        group = groups[at] or ""
        if group and apart and named_home:
            group = f"{study}: {group}"
        home = next((roles[role][at] for role in HOMES if role in table.columns), None)
        names = frozenset(code for code, _ in given)
        talk, written = bool(roles["transcript"][at]), says_yes(roles["written"][at])
        yield Excerpt(
            row=row,
            text=text,
            codes=names,
            polarity=one_polarity(sided(given, polarity[at]).values()) if given else polarity[at],
            question=roles["question"][at],
            group=group
            or (study or table.where if column is None else f"row {row} of {study or table.where}"),
            study=study,
            coders=tuple(filter(None, [roles["coder"][at]])),
            cells={str(name): value for name, value in records[at].items()},
            home=home or "",
            unit=roles["unit"][at] or "",
            start=roles["start"][at] or "",
            turn=roles["turn"][at] or "",
            spoken=talk and not written,
            written=written,
            survey=f"{study}: {roles['transcript'][at]}" if written and talk else "",
            person=person_of(roles["participant"][at], roles["speaker"][at]),
            table=table.where,
            code_rows=dict.fromkeys(names, row),
        )


def joined(excerpts: Sequence[Excerpt]) -> list[Excerpt]:
    """Join rows of one passage: those of one unit, or of one text in one transcript or of one participant.

    Anything else, such as one study, may hold the same answer of two people: those rows stay apart.
    """
    passages: dict[Hashable, list[Excerpt]] = {}
    for index, item in enumerate(excerpts):
        key: Hashable = index
        if item.unit or item.home:
            key = (
                item.study, item.home or item.group, item.unit or item.text, item.question, item.start,
            )  # fmt: skip
        passages.setdefault(key, []).append(item)
    return [items[0] if len(items) == 1 else _merged(items) for items in passages.values()]


def _merged(items: Sequence[Excerpt]) -> Excerpt:
    items = [item for item in items if ADJUDICATED in item.coders] or items
    by_coder: dict[str, set[str]] = {}
    for item in items:
        by_coder.setdefault("".join(item.coders), set()).update(item.codes)
    votes = {
        code: sum(code in codes for codes in by_coder.values())
        for codes in by_coder.values()
        for code in codes
    }
    agreed = [count / len(by_coder) for count in votes.values()]
    polarities = {item.polarity for item in items if item.polarity}
    return replace(
        items[0],
        codes=frozenset(code for code, count in votes.items() if count / len(by_coder) >= STANDS_AT),
        polarity=polarities.pop() if len(polarities) == 1 else "mixed" if polarities else None,
        coders=tuple(sorted(by_coder)) if any(by_coder) else (),
        weight=sum(agreed) / len(agreed) if agreed else 1.0,
        votes={coder: frozenset(codes) for coder, codes in by_coder.items() if coder},
        code_rows={code: row for item in reversed(items) for code, row in item.code_rows.items()},
    )


def repeated(excerpts: Sequence[Excerpt]) -> list[str]:
    """Return sentences on texts of over SHORT words that come again word for word, in other groups or in one."""
    from coder.learning.dataset import SHORT, plain_words

    alike: dict[str, list[Excerpt]] = defaultdict(list)
    for item in excerpts:
        words = plain_words(item.text)
        if len(words.split()) > SHORT:
            alike[words].append(item)
    return [*_across_groups(alike), *_within_groups(alike)]


def _within_groups(alike: Mapping[str, Sequence[Excerpt]]) -> list[str]:
    apart = 0
    for items in alike.values():
        times = Counter(item.group for item in items if not (item.home or item.unit))
        apart += sum(count - 1 for count in times.values())
    if not apart:
        return []
    return [
        f"{counted(apart, 'row')} with the text of another row of the group stayed apart, since nothing says whose"
        " words they are: a column transcript, participant or unit would join the rows of one passage."
    ]


def _across_groups(alike: Mapping[str, Sequence[Excerpt]]) -> list[str]:
    copies = [
        (items[0], elsewhere)
        for items in alike.values()
        if (elsewhere := [item for item in items if item.group != items[0].group])
    ]
    if not copies:
        return []
    first, others = max(copies, key=lambda pair: len(pair[1]))
    text = " ".join(first.text.split())
    shown = text if len(text) <= EXAMPLE else text[: EXAMPLE - 1].rsplit(" ", 1)[0] + "…"
    count = sum(len(elsewhere) for _, elsewhere in copies)
    advice = (
        "Leave out what was copied by mistake."
        if all(item.home for item in others)
        else "If these are rows of one passage, say so in a column transcript, participant or unit."
    )
    return [
        f"{count} excerpt{'s repeat' if count > 1 else ' repeats'} word for word what stands in another group,"
        f" such as “{shown}” ({first.group} and {others[0].group}). {advice}"
    ]


def codebook_for(excerpts: Sequence[Excerpt], codebook: Codebook | None) -> tuple[Codebook, list[str]]:
    """Return the given codebook, else COM-B if it has all codes used, else one made of the codes' names.

    A made codebook has no definitions, so a model can only learn from the excerpts: the note says so.
    Raises TableError where COM-B seems to be meant but some codes are not its own.
    """
    if codebook is not None:
        return codebook, []
    comb = load_codebook("comb")
    known = lookup_in(comb)
    used = sorted({code for excerpt in excerpts for code in resolved(excerpt.codes, known)})
    if set(used) <= set(comb.ids):
        return comb, []
    if meant_for(comb, used):
        training_set(excerpts, comb)  # raises, with the ids most likely meant
    axis = tuple(POLARITIES) if any(excerpt.polarity for excerpt in excerpts) else ()
    codes = tuple(Code(name, name.replace("_", " ")) for name in used)
    note = (
        f"No codebook given: made one of the {len(used)} codes used."
        " A codebook with definitions (--codebook FILE) makes models better."
    )
    return Codebook("codes of the table", codes, polarity=axis), [note, *alike_note(used)]


def training_set(excerpts: Sequence[Excerpt], codebook: Codebook) -> "TrainingSet":
    """Return excerpts as a training set; codes may be given by id or label.

    Raises TableError naming each unknown code with its table and rows and the id most likely meant.
    """
    from coder.learning.dataset import TrainingSet, label_matrix

    known = lookup_in(codebook)

    def find_row(at: int, code: str) -> tuple[str, int]:
        item = excerpts[at]
        return item.table, item.code_rows.get(code, item.row)

    return TrainingSet(
        texts=[item.text for item in excerpts],
        labels=label_matrix([sorted(resolved(item.codes, known)) for item in excerpts], codebook, find_row),
        polarity=[item.polarity for item in excerpts],
        questions=[item.question for item in excerpts],
        groups=[item.group for item in excerpts],
        studies=[item.study for item in excerpts],
        weights=[item.weight for item in excerpts],
        coders=[" & ".join(item.coders) or None for item in excerpts],
        transcripts=[item.person if item.written else item.home for item in excerpts],
        turns=[(item.study, item.home, item.turn) if item.turn else at for at, item in enumerate(excerpts)],
        codable=[can_be_coded(item.text, written=not item.spoken) for item in excerpts],
        spoken=[item.spoken for item in excerpts],
        topics=[item.survey or item.study for item in excerpts],
    )


def values_of(excerpts: Sequence["Excerpt"], column: str) -> list[str | None]:
    """Return each excerpt's value of a column, None where it is empty; its name in any case.

    Raises TableError if no table has it.
    """
    has = dict.fromkeys(name for excerpt in excerpts for name in excerpt.cells)
    named = columns_named(has, column)
    if not named:
        raise TableError(f"The excerpts have no column '{column}' to split by (they have: {', '.join(has)}).")
    return [
        text_of(next((excerpt.cells[name] for name in named if name in excerpt.cells), None)).strip() or None
        for excerpt in excerpts
    ]
