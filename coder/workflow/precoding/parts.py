"""Jobs cut into parts, each coded on its own: a transcript, or five thousand rows of a table.

The parts depend on the files alone, never on who codes them, where, or in which order; a part's rows depend on
the part alone. So an interrupted job goes on, and many workers give what one gives, to the last bit.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.domain import Transcript, Unit, Utterance
from coder.errors import InputError
from coder.workflow.precoding.rows import UNREAD, Row, suggestion_rows

if TYPE_CHECKING:
    from coder.learning import Model
    from coder.learning.features.topic_centering import Topics


@dataclass(frozen=True)
class Part:
    """What is coded at a time; `own` are a table's other columns, one record per utterance."""

    number: int
    source: str
    utterances: tuple[Utterance, ...] = ()
    studies: tuple[str, ...] | None = None
    own: tuple[Row, ...] = ()
    topics: "Topics | None" = None
    notes: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class PartRecord:
    """What is kept of a coded part besides its rows: where it is from, what was noted, what is counted."""

    number: int
    source: str
    notes: tuple[str, ...] = ()
    refused: str = ""
    columns: tuple[str, ...] = ()
    units: int = 0
    codable: int = 0
    coded: int = 0
    codes: dict[str, dict[str, int]] = field(default_factory=dict)  # code, polarity: rows
    unread: dict[str, int] = field(default_factory=dict)  # language other than English: units


def coded(model: "Model", part: Part) -> list[Row]:
    """Return a part's rows of suggestions: the same on every machine of a kind, whatever its threads."""
    from threadpoolctl import threadpool_limits

    if part.refused:
        return []
    with threadpool_limits(1, "blas"):  # how a product is split between threads can change its last bit
        return suggestion_rows(model, part.utterances, part.studies, topics=part.topics)


def finished(part: Part, rows: Sequence[Row], *, coded_only: bool) -> tuple[PartRecord, list[Row]]:
    """Return a coded part's record and its rows as they are written, a table's other columns before ours."""
    first = part.utterances[0].turn if part.utterances else 0
    full = [{**part.own[row["turn"] - 1 - first], **row} for row in rows] if part.own else list(rows)
    suggested = [row for row in full if row["code"]]
    codes: dict[str, dict[str, int]] = {}
    for (code, polarity), count in Counter((row["code"], row["polarity"] or "") for row in suggested).items():
        codes.setdefault(code, {})[polarity] = count
    unread = [row["evidence"] for row in full if not row["code"] and row["evidence"]]
    record = PartRecord(
        number=part.number,
        source=part.source,
        notes=part.notes,
        refused=part.refused,
        columns=tuple(part.own[0]) if part.own else (),
        units=len(part.utterances),
        codable=sum(utterance.codable for utterance in part.utterances),
        coded=len({row["utterance"] for row in suggested}),
        codes=codes,
        unread=dict(Counter(said.removeprefix(UNREAD) for said in unread)),
    )
    return record, suggested if coded_only else full


def transcript_parts(
    files: Sequence[Path], unit: Unit, interviewer: Sequence[str] = (), done: Collection[int] = ()
) -> Iterator[Part]:
    """Yield each transcript as a part, one that cannot be read as a refused part; `done` are left out."""
    names: set[str] = set()
    for number, path in enumerate(files):
        twin = (f"another file is also called '{path.stem}'",) if path.stem in names else ()
        names.add(path.stem)
        if number in done:
            continue
        try:
            transcript, utterances = read_utterances(path, unit, interviewer)
        except InputError as error:
            yield Part(number, str(path), refused=str(error))
        else:
            yield Part(number, str(path), tuple(utterances), notes=(*transcript.notes, *twin))


def read_utterances(
    path: Path, unit: Unit, interviewer: Sequence[str] = ()
) -> tuple[Transcript, list[Utterance]]:
    """Read one transcript and cut the participants' turns into units."""
    from coder.reading import read_transcript
    from coder.segmentation import segment

    transcript = read_transcript(path, interviewer=interviewer)
    utterances = segment(transcript, "turn" if unit == "turn" else "utterance")
    utterances = [item for item in utterances if item.role != "interviewer"]
    if not utterances:
        raise InputError(f"{path}: no participant says anything in it. See `coder turns {path}`.")
    return transcript, utterances


def cell_text(value: Any) -> str:
    """Return a table's cell as text, empty for a missing one."""
    return value if isinstance(value, str) else "" if value is None or value != value else str(value)
