"""The agreement report: everything about one set of codings, as values; files and words are made elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from coder.agreement.coefficients import Level
from coder.agreement.stages import Stage
from coder.statistics import Estimate


@dataclass(frozen=True, slots=True)
class Options:
    """What a report is asked for; `model_coder` and `assisted` are coders' names."""

    level: Level = "nominal"
    resamples: int = 2000
    seed: int = 0
    half_width: float = 0.1
    most_disagreements: int = 200
    model_coder: str | None = None
    unit: str = "unit"


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement between coders on the same units; `to_dict` is its JSON.

    `kind` is "agreement", or "assisted agreement" where a coder had seen suggestions. `unused` codes are in
    no mean.
    """

    kind: str
    unit: str
    n_units: int
    n_compared: int
    n_transcripts: int
    coders: dict[str, int]
    level: Level
    interval: str
    overall: dict[str, Estimate]
    codes: dict[str, dict[str, Estimate]]
    unused: tuple[str, ...]
    pairs: dict[str, dict[str, Any]]
    stages: dict[str, Stage]
    components: dict[str, Any]
    transcripts: dict[str, Any]
    planning: dict[str, dict[str, Any]]
    confusion: list[dict[str, Any]]
    n_disagreements: int
    disagreements: list[dict[str, Any]]
    interpretation: tuple[str, ...]
    model: dict[str, Any] | None = None
    assisted: dict[str, Any] | None = None
    unitizing: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values: null where undefined, with the reason beside it."""
        plain = {name: _plain(getattr(self, name)) for name in self.__slots__}
        plain["n_coded"] = plain.pop("coders")
        plain["coders"] = list(self.coders)
        plain["codes"] = {code: _flat(found) for code, found in self.codes.items()}
        return plain


FLAT = ("prevalence", "positive_agreement", "negative_agreement", "prevalence_index", "bias_index")


def _flat(found: Mapping[str, Estimate]) -> dict[str, Any]:
    """Return a code's coefficients as objects and its descriptive shares as plain numbers with bounds beside."""
    plain: dict[str, Any] = {}
    for name, estimate in found.items():
        if name not in FLAT:
            plain[name] = estimate.to_dict()
            continue
        plain[name] = estimate.value
        plain[f"{name}_ci_low"], plain[f"{name}_ci_high"] = estimate.low, estimate.high
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}  # type: ignore[attr-defined]
    return value
