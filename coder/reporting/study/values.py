"""What a report of a study is made of, as values, and its counts as they are printed, small ones hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from coder.agreement.report import AgreementReport
from coder.codebook import Codebook
from coder.domain import SuggestionFate
from coder.phrasing import percent

Origin = Literal["person", "accepted", "changed", "suggested"]
ORIGINS: Mapping[Origin, str] = {
    "person": "coded by a person",
    "accepted": "suggested, then accepted",
    "changed": "suggested, then changed",
    "suggested": "suggested, not confirmed",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A participant (or an unnamed speaker of one transcript): `label` is how quotes name the case."""

    key: str
    name: str
    label: str
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transcripts: tuple[str, ...] = ()

    def values(self, attribute: str) -> tuple[str, ...]:
        """Return the case's values of an attribute, none where it is not stated."""
        return self.attributes.get(attribute, ())


@dataclass(frozen=True, slots=True)
class Source:
    """One transcript: its name, its number of utterances, and whether somebody coded all of them."""

    name: str
    utterances: int
    decided: int
    complete: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """A code that stands on an utterance: the unit of every count.

    `place` is the utterance's number in its transcript, from 1; `position` its share of the transcript's length.
    `coders` gave it; `before`, `after` and `question` are its surroundings. `good`: somebody
    marked it as a good quote. `utterance` is the utterance's id in the study.
    """

    number: int
    transcript: str
    place: int
    turn: int
    position: float
    case: str
    code: str
    polarity: str | None
    text: str
    origin: Origin
    coders: tuple[str, ...] = ()
    question: str | None = None
    before: str = ""
    after: str = ""
    good: bool = False
    utterance: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring utterances of one turn with the same code and polarity, read as one quote."""

    codings: tuple[Coding, ...]

    @property
    def text(self) -> str:
        """The words of the passage."""
        return " ".join(coding.text for coding in self.codings)

    @property
    def first(self) -> Coding:
        """The first coding: where the passage is and who speaks."""
        return self.codings[0]


@dataclass(frozen=True, slots=True)
class Group:
    """Passages of one code and polarity that belong together: a sub-theme.

    `proposed` groups were made by the program and wait for a person; `filed` says that the name is a sub-theme of
    the codebook. `passages` come with the most typical first.
    """

    name: str
    code: str
    polarity: str | None
    passages: tuple[Passage, ...]
    proposed: bool
    filed: bool = False

    @property
    def codings(self) -> tuple[Coding, ...]:
        """All codings of the group."""
        return tuple(coding for passage in self.passages for coding in passage.codings)


@dataclass(frozen=True, slots=True)
class CoderWork:
    """What one coder did: utterances decided, how many blind, and seconds spent where they were measured.

    `imported` came from a file, which does not say what the coder had seen; they count as blind.
    """

    name: str
    decided: int
    blind: int
    seconds: float | None
    imported: int = 0


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The model in use: its label, and what is known of it on material it did not learn from.

    `held_out` says it in a sentence. `coverage` has (share of excerpts kept, share wrong among them), surest first;
    `calibration` has (suggestions, their mean confidence, share right among them), the least sure first.
    """

    label: str
    held_out: str = ""
    coverage: tuple[tuple[float, float], ...] = ()
    calibration: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class StudyData:
    """Everything a report says of a study, read once.

    `suggested` are suggestions on utterances that nobody has decided; they never count as codings.
    `disputed` counts utterances on which coders differ and nobody has adjudicated.
    """

    name: str
    codebook: Codebook
    sources: Sequence[Source]
    cases: Mapping[str, Case]
    codings: Sequence[Coding]
    suggested: Sequence[Coding]
    coders: Sequence[CoderWork]
    fates: Sequence[SuggestionFate]
    disputed: int
    adjudicated: int
    model: ModelFacts | None = None
    agreement: AgreementReport | None = None
    version: str = ""

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the participants' attributes, in order of first appearance."""
        return tuple(dict.fromkeys(name for case in self.cases.values() for name in case.attributes))

    @property
    def utterances(self) -> int:
        """How many utterances could be coded."""
        return sum(source.utterances for source in self.sources)

    @property
    def decided(self) -> int:
        """How many utterances somebody decided."""
        return sum(source.decided for source in self.sources)


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a person wants in the report.

    `apart` is the attribute by which participant tables are split; `by` are attributes that codes are counted by.
    Counts of participants from 1 to `min_cell` - 1 are hidden. `quotes` is how many stand in a cell.
    """

    apart: str | None = None
    by: tuple[str, ...] = ()
    quotes: int = 2
    min_cell: int = 0
    with_suggestions: bool = False
    interventions: bool = False
    pseudonymised: bool = False


def passages_of(codings: Sequence[Coding]) -> list[Passage]:
    """Join neighbouring utterances of one turn with the same code and polarity; order of transcript and place."""
    ordered = sorted(codings, key=lambda item: (item.code, item.polarity or "", item.transcript, item.place))
    passages: list[list[Coding]] = []
    for coding in ordered:
        last = passages[-1][-1] if passages else None
        if last is not None and _follows(last, coding):
            passages[-1].append(coding)
        else:
            passages.append([coding])
    return [Passage(tuple(items)) for items in passages]


def _follows(last: Coding, coding: Coding) -> bool:
    same = (last.code, last.polarity, last.transcript, last.turn, last.case)
    return same == (coding.code, coding.polarity, coding.transcript, coding.turn, coding.case) and (
        coding.place == last.place + 1
    )


def cases_of(codings: Iterable[Coding]) -> set[str]:
    """Return the participants who said what was coded."""
    return {coding.case for coding in codings}


def numbers_of(codings: Iterable[Coding]) -> tuple[int, ...]:
    """Return the numbers of codings, for links."""
    return tuple(coding.number for coding in codings)


def hidden(count: int, min_cell: int) -> bool:
    """Tell whether a count of participants is too small to be shown; 0 is shown."""
    return 0 < count < min_cell


def people(count: int, min_cell: int) -> str:
    """Return a count of participants, or that it is below the smallest that is shown."""
    return f"<{min_cell}" if hidden(count, min_cell) else f"{count:,}"


def people_of(count: int, total: int, min_cell: int) -> str:
    """Return n (%) of participants; a hidden count has no share either."""
    if hidden(count, min_cell):
        return f"<{min_cell}"
    return f"{count:,} ({percent(count / total)})" if total else f"{count:,}"


def tidy_people(count: int, min_cell: int) -> int | str:
    """Return a count of participants for a worksheet: a number, or a text where it is hidden."""
    return f"<{min_cell}" if hidden(count, min_cell) else count


def with_polarity(codings: Sequence[Coding], polarity: str | None) -> list[Coding]:
    """Return the codings of one polarity (None: those without)."""
    return [coding for coding in codings if coding.polarity == polarity]
