"""What a person asks of one pre-coding run, and what the run did."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coder.domain import Unit
from coder.learning.persistence.card import Verdict
from coder.workflow.precoding.coded_parts import PartRecord

if TYPE_CHECKING:
    from coder.learning import Model

Progress = Callable[[int, int | None], None]  # steps done now, steps in all where known


@dataclass(frozen=True)
class Request:
    """What a person asks of one pre-coding run."""

    paths: Sequence[Path]
    out: Path | None = None
    model: str = "starter"
    codebook: str | None = None
    unit: Unit = "utterance"
    coded_only: bool = False
    interviewer: tuple[str, ...] = ()
    force: bool = False
    threads: int | None = None
    engine: Literal["local", "dask"] = "local"
    scheduler: str | None = None


@dataclass
class Summary:
    """What a run did: counts for the closing words, and the files that were refused with the reason."""

    files: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    utterances: int = 0
    codable: int = 0
    coded: int = 0
    by_file: dict[str, tuple[int, int]] = field(
        default_factory=dict
    )  # units with a suggestion, codable units
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    model: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    failed: dict[str, Verdict] = field(default_factory=dict)
    surest_quarter: float | None = None

    @classmethod
    def of(cls, model: "Model") -> "Summary":
        """Return an empty summary that knows the model's codes and the verdicts of those that failed."""
        labels = {code.id: code.label for code in model.codebook.codes}
        surest = model.card.held_out.surest_quarter
        return cls(model=model.name, labels=labels, failed=failed_codes(model), surest_quarter=surest)

    def add(self, record: PartRecord) -> None:
        """Add what was counted of a part."""
        if record.refused:
            self.refused[record.source] = record.refused
            return
        if record.source not in self.notes:
            self.files.append(record.source)
            self.notes[record.source] = record.notes
        self.utterances += record.units
        self.codable += record.codable
        self.coded += record.coded
        coded, codable = self.by_file.get(record.source, (0, 0))
        self.by_file[record.source] = coded + record.coded, codable + record.codable
        self.unread.update(record.unread)
        for code, polarities in record.codes.items():
            self.codes.update({(code, polarity): count for polarity, count in polarities.items()})


def failed_codes(model: "Model") -> dict[str, Verdict]:
    """Return the codes that a model does not suggest, each with its verdict: why, and what would mend it."""
    verdicts = {found.code: found for found in model.card.codes}
    return {
        code: verdicts.get(code) or Verdict.unknown(code)
        for code, usable in zip(model.codebook.ids, model.parts.calibration.usable.tolist(), strict=True)
        if not usable
    }
