"""Facts about participants from a table: who speaks where, and what is known about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coder.errors import TableError
from coder.phrasing import counted
from coder.store import Study
from coder.workflow.study.transcript_names import renamed_note, since_renamed

PARTICIPANT = (
    "participant",
    "participant id",
    "speaker",
    "respondent",
    "interviewee",
    "case",
    "pid",
    "id",
    "name",
)
TRANSCRIPT = ("transcript", "document", "file", "filename", "interview", "source")
JOIN = ";"


@dataclass(slots=True)
class AttributeReport:
    """What came of a table of attributes; `problems` name rows that could not be used, or only in part.

    `absent` transcripts are named in the table and are not in the study; `unheard` participants speak nowhere so far:
    each with the row that names it first. `problems` has one sentence for all of a kind. `assumed` are participants
    that no label names, taken for the only one who speaks in a transcript: (transcript, label) by participant.
    `renamed` transcripts are known by the number behind the name they had before.
    """

    participants: int = 0
    linked: int = 0
    attributes: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    absent: dict[str, int] = field(default_factory=dict)
    unheard: dict[str, int] = field(default_factory=dict)
    assumed: dict[str, tuple[str, str]] = field(default_factory=dict)
    renamed: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """Return what was imported, and which links were assumed."""
        brought = (
            f"{counted(len(self.attributes), 'column')} for {counted(self.participants, 'participant')}, linked to"
            f" {counted(self.linked, 'speaker')}."
        )
        if not self.assumed:
            return brought
        participant, (transcript, label) = next(iter(self.assumed.items()))
        return (
            f"{brought} No label names {counted(len(self.assumed), 'of them', 'of them')}: taken for the only one who"
            f" speaks beside the interviewer, such as '{participant}' for '{label}' in '{transcript}'."
        )


@dataclass(slots=True)
class _Named:
    """Who a table of attributes names, and which speakers rows before were linked to: (transcript, label)."""

    participants: frozenset[str]
    linked: dict[tuple[int, str], str] = field(default_factory=dict)

    def is_free(self, transcript: int, label: str, participant: str) -> bool:
        """Tell whether a speaker of another label may be the participant: nobody else of the table is."""
        other = self.linked.get((transcript, label), participant) != participant
        return not other and label.casefold() not in self.participants


def import_attributes(study: Study, path: str | Path) -> AttributeReport:
    """Read participants and their attributes: one row each, or several rows whose values add up.

    A column `participant` (or speaker, case, id ...) names them, an optional `transcript` says where they speak
    (several joined by `;`); every other column is an attribute, several values joined by `;`. Without
    participants the attributes are the transcript's. Rows are taken over as far as they can be.

    Raises TableError if there is no column to go by, FormatError if the file cannot be read.
    """
    from coder.reading.tables.read import read_table

    frame = read_table(path)
    columns = [str(name) for name in frame.columns]
    who, where = find_column(columns, PARTICIPANT), find_column(columns, TRANSCRIPT)
    if who is None and where is None:
        raise TableError(
            f"{Path(path).name} names neither participants nor transcripts. Call the column with the speakers'"
            f" labels 'participant' (it has: {', '.join(columns)})."
        )
    if not len(frame):
        raise TableError(f"{Path(path).name} has no rows: it needs one for each participant.")
    names = tuple(name for name in columns if name not in {who, where})
    named = _Named(frozenset(
        name.casefold() for cell in (frame[who].tolist() if who else []) for name in split_cell(cell)
    ))  # fmt: skip
    report = AttributeReport(attributes=names)
    facts: dict[tuple[str, str], dict[str, list[str]]] = {}
    with study.db.write():
        numbers = frame.attrs["row_numbers"]
        for row, cells in zip(numbers, frame.to_dict("records"), strict=True):
            for subject in _subjects(study, cells, (who, where), named, row, report):
                for name in names:
                    values_of = facts.setdefault(subject, {}).setdefault(name, [])
                    values_of += [value for value in split_cell(cells[name]) if value not in values_of]
        for (kind, name_of), values in facts.items():
            for name, values_of in values.items():
                study.people.set_attribute(kind, name_of, name, values_of)
    report.problems += [
        *_missing(
            report.absent, "transcript of the table is", "transcripts of the table are", "not in the study"
        ),
        *_missing(report.unheard, "participant has", "participants have", "no turn in any transcript so far"),
        *renamed_note(study, report.renamed),
    ]
    report.linked = len(named.linked)
    report.participants = len({subject for kind, subject in facts if kind == "participant"})
    return report


def _missing(names: Mapping[str, int], one: str, several: str, what: str) -> list[str]:
    """Return a sentence with a count and an example for names that lead nowhere, none if there are no such names."""
    if not names:
        return []
    name, row = next(iter(names.items()))
    example = f"'{name}' (row {row})"
    shown = example if len(names) == 1 else f"such as {example}"
    return [f"{counted(len(names), one, several)} {what}: {shown}"]


def find_column(columns: Sequence[str], known: Sequence[str]) -> str | None:
    """Return the column that bears one of the known names (the first of them that any has), or None."""
    plain = {" ".join(name.casefold().replace("_", " ").split()): name for name in reversed(columns)}
    return next((plain[name] for name in known if name in plain), None)


def split_cell(cell: Any) -> list[str]:
    """Return the values of a cell: a list's items, or what `;` joins."""
    parts = cell if isinstance(cell, list) else str(cell if cell is not None else "").split(JOIN)
    return [str(part).strip() for part in parts if part is not None and str(part).strip()]


def _subjects(
    study: Study,
    cells: Mapping[Any, Any],
    columns: tuple[str | None, str | None],
    table: _Named,
    row: int,
    report: AttributeReport,
) -> list[tuple[str, str]]:
    """Return whose facts a row holds, linking the participant to the speaker of each transcript."""
    who, where = columns
    transcripts: list[int] = []
    for name in split_cell(cells[where]) if where else []:
        found = study.texts.matching(name)
        if not found and (known := since_renamed(study, name)):
            found, report.renamed[name] = known, known[0]
        if len(found) > 1:
            report.problems.append(
                f"row {row}: '{name}' is the name of {len(found)} transcripts; see coder status"
            )
        elif found:
            transcripts += found
        else:
            report.absent.setdefault(name, row)
    participants = split_cell(cells[who]) if who else []
    if not participants:
        if not (where and split_cell(cells[where])):
            report.problems.append(f"row {row}: names neither a participant nor a transcript")
        uids = {item.id: item.uid for item in study.texts.all()}
        return [("transcript", uids[key]) for key in transcripts]
    for participant in participants:
        only = transcripts if where and cells[where] else None
        _link(study, participant, only, table, row, report)
    return [("participant", participant) for participant in participants]


def _link(
    study: Study,
    participant: str,
    only: Sequence[int] | None,
    table: _Named,
    row: int,
    report: AttributeReport,
) -> None:
    """Link a participant to the speakers of that name; `only` are the transcripts that the row names (None: none)."""
    found = False
    for item in study.texts.all():
        if only is not None and item.id not in only:
            continue
        alone = only is not None or _named_after(item.name, participant)
        label = speaker_of(study, item.id, participant, alone=alone)
        own = label is not None and label.casefold() == participant.casefold()
        if label is not None and (own or table.is_free(item.id, label, participant)):
            study.people.link(item.id, label, participant)
            table.linked[item.id, label] = participant
            found = True
            if not own:
                report.assumed.setdefault(participant, (item.name, label))
        elif only is not None:
            heard = ", ".join(item.speakers) or "no labels"
            report.problems.append(
                f"row {row}: no speaker '{participant}' in '{item.name}' (it has: {heard})"
            )
    if not found and only is None:
        report.unheard.setdefault(participant, row)


def _named_after(transcript: str, participant: str) -> bool:
    first = transcript.casefold().replace("-", "_").replace(" ", "_").split("_")[0]
    return first == participant.casefold()


def speaker_of(study: Study, transcript: int, participant: str, *, alone: bool) -> str | None:
    """Return the speaker who bears the participant's name; `alone`: else the only one who is not the interviewer."""
    turns = [turn for turn in study.texts.turns(transcript) if turn.speaker]
    for turn in turns:
        if turn.speaker and turn.speaker.casefold() == participant.casefold():
            return turn.speaker
    others = {turn.speaker for turn in turns if turn.role != "interviewer"}
    return others.pop() if alone and len(others) == 1 else None
