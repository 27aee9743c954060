"""Parts of a job, each coded on its own: a transcript, or five thousand rows of a table.

The parts depend on the files alone, never on who codes them, where, or in which order; what a model says of a part
depends on the part alone. So an interrupted job goes on, and many workers give what one gives, to the last bit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from coder.domain import Utterance
from coder.workflow.precoding.rows import Row, rows_of_unit
from coder.workflow.suggestion import Opinion, opinions

if TYPE_CHECKING:
    from coder.learning import Batch, Model
    from coder.learning.features.topic_centering import Topics

Said = list[Opinion | None]  # one per utterance; None for what is never coded


@dataclass(frozen=True)
class Part:
    """What is coded at a time; `own` are a table's other columns, one record per utterance.

    Of a table's rows `homes` names the transcript or participant, `turns` the turn, empty where it does not say.
    """

    number: int
    source: str
    utterances: tuple[Utterance, ...] = ()
    studies: tuple[str, ...] | None = None
    own: tuple[Row, ...] = ()
    homes: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
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
    unread: dict[str, int] = field(default_factory=dict)  # language that the model cannot read: units


class Engine(Protocol):
    """Codes parts, in any order."""

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Said]]:
        """Yield each part with what the model says of it."""
        ...


class LocalEngine:
    """Codes one part after the other in this process."""

    def __init__(self, model: "Model") -> None:
        self._model = model

    def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Said]]:
        """Yield each part with what the model says of it."""
        for part in parts:
            yield part, coded(self._model, part)


def coded(model: "Model", part: Part) -> Said:
    """Return what a model says of each utterance of a part."""
    said = iter(opinions(model, _batch(part)))
    return [next(said) if utterance.codable else None for utterance in part.utterances]


def _batch(part: Part) -> "Batch":
    """Return a part's codable utterances: those of a transcript, or a table's answers."""
    from coder.learning import Batch

    at = [row for row, utterance in enumerate(part.utterances) if utterance.codable]
    codable = [part.utterances[row] for row in at]
    if part.studies is None:
        return Batch.of_utterances(codable)
    texts, questions = [item.text for item in codable], [item.question for item in codable]
    studies = [part.studies[row] for row in at]
    homes = [part.homes[row] if part.homes else "" for row in at]
    named = part.turns or ("",) * len(part.utterances)
    turns = [(home, named[row]) if named[row] else row for home, row in zip(homes, at, strict=True)]
    return Batch(texts, questions, turns, homes, studies, part.topics)


def finished(part: Part, said: Said, model: "Model", *, coded_only: bool) -> tuple[PartRecord, list[Row]]:
    """Return a coded part's record and its rows as they are written, a table's other columns before ours."""
    rows: list[Row] = []
    codes: dict[str, Counter[str]] = {}
    for at, (utterance, opinion) in enumerate(zip(part.utterances, said, strict=True)):
        if opinion is not None:
            for item in opinion.suggested:
                codes.setdefault(item.code, Counter())[opinion.polarity or ""] += 1
        if coded_only and not (opinion and opinion.suggested):
            continue
        own = part.own[at] if part.own else {}
        rows += [{**own, **row} for row in rows_of_unit(utterance, opinion, model.codebook, model.name)]
    record = PartRecord(
        number=part.number,
        source=part.source,
        notes=part.notes,
        refused=part.refused,
        columns=tuple(part.own[0]) if part.own else (),
        units=len(part.utterances),
        codable=sum(opinion is not None for opinion in said),
        coded=sum(bool(opinion and opinion.suggested) for opinion in said),
        codes={code: dict(counts) for code, counts in codes.items()},
        unread=dict(Counter(opinion.language for opinion in said if opinion and opinion.language)),
    )
    return record, rows
