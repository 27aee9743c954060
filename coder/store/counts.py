"""Counts that the study hands out: progress of coders, the fate of suggestions, the study as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeFigures:
    """What became of the suggestions of one code; `acceptance` = accepted / answered, None if none answered."""

    code: str
    accepted: int
    changed: int
    rejected: int
    waiting: int

    @property
    def answered(self) -> int:
        """How many suggestions of this code somebody decided on."""
        return self.accepted + self.changed + self.rejected

    @property
    def acceptance(self) -> float | None:
        """The share that was accepted unchanged."""
        return self.accepted / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class CoderFigures:
    """One coder's progress over the codable utterances; `pace` is the median of seconds per decision."""

    coder: str
    coded: int
    nothing: int
    rejected: int
    skipped: int
    flagged: int
    blind: int
    pace: float | None
    last: str | None

    @property
    def decided(self) -> int:
        """Utterances settled: coded, nothing to code, or all suggestions refused."""
        return self.coded + self.nothing + self.rejected


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """The counts behind `coder status` and the dashboard."""

    transcripts: int
    superseded: int
    utterances: int
    decided: int
    disagreements: int
    adjudicated: int
    waiting: int
    unsuggested: int
    coders: tuple[CoderFigures, ...]
    codes: tuple[CodeFigures, ...] = ()
