"""The agreement report: everything about one set of codings, as values; files and words are made elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from coder.agreement.coefficients import Level
from coder.plain import plain
from coder.statistics import Estimate

Estimates = Mapping[str, Estimate]  # coefficient -> estimate
CodeTables = Mapping[str, Estimates]  # code -> coefficient -> estimate
Sides = Mapping[str, Estimates]  # coefficient -> side (human_human, human_model, difference) -> estimate


OWN_UNITS = "the table's own units"  # what a unit is, where nobody said it
SEVERAL = "some units carry several codes: see masi_alpha, pooled_kappa and the codes"


@dataclass(frozen=True, slots=True)
class Options:
    """What a report is asked for; `model_coder` is a coder's name.

    `ordered`: the codes stand in order, from lowest to highest. Otherwise only codes that are numbers have an order.
    """

    level: Level = "nominal"
    resamples: int = 2000
    seed: int = 0
    half_width: float = 0.1
    most_disagreements: int = 200
    model_coder: str | None = None
    unit: str = "unit"
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Agreement of two coders on the units both rated: over all codes, and per code."""

    coders: tuple[str, str]
    n_units: int
    estimates: Estimates
    codes: CodeTables

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, the overall coefficients beside the coders."""
        estimates = {name: estimate.to_dict() for name, estimate in self.estimates.items()}
        return {
            "coders": list(self.coders),
            "n_units": self.n_units,
            **estimates,
            "codes": plain(self.codes),
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """One question put to the coders: how many units (or codes) it could be compared on, and how well."""

    question: str
    n: int
    coefficients: Estimates


@dataclass(frozen=True, slots=True)
class SetAgreement:
    """Agreement over all codes and per code."""

    overall: Estimates
    codes: CodeTables


@dataclass(frozen=True, slots=True)
class AssistedAgreement:
    """Agreement of codings that were made with suggestions in sight."""

    n_compared: int
    overall: Estimates
    kind: str = "assisted agreement"


@dataclass(frozen=True, slots=True)
class TranscriptAgreement:
    """Agreement within one transcript: coefficient -> value, and code -> coefficient -> value."""

    n_units: int
    values: Mapping[str, float | None]
    codes: Mapping[str, Mapping[str, float | None]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, the coefficients beside the number of units."""
        return {"n_units": self.n_units, **self.values, "codes": plain(self.codes)}


@dataclass(frozen=True, slots=True)
class Totals:
    """The three totals over transcripts.

    `unweighted`: each of the `n_transcripts` where it is defined counts the same. `size_weighted`: by units
    compared. `pooled`: all units in one table.
    """

    unweighted: float | None
    size_weighted: float | None
    pooled: float | None
    n_transcripts: int


@dataclass(frozen=True, slots=True)
class TranscriptTable:
    """Agreement per transcript, with the totals over all codes and per code."""

    transcripts: Mapping[str, TranscriptAgreement]
    totals: Mapping[str, Totals]
    code_totals: Mapping[str, Mapping[str, Totals]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, the totals per code under "codes" of the totals."""
        totals = plain(self.totals) | {"codes": plain(self.code_totals)}
        return {"transcripts": plain(self.transcripts), "totals": totals}


@dataclass(frozen=True, slots=True)
class SampleSize:
    """What an interval of +- `wanted_half_width` would take; None where the data cannot tell.

    `half_width` is that reached so far. `design_effect` is how much transcripts widen it.
    """

    wanted_half_width: float
    half_width: float | None = None
    design_effect: float | None = None
    units_needed: int | None = None
    more_units: int | None = None
    more_transcripts: int | None = None


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """How often two coders' codes met on a unit: the first coder's in rows, the second's in columns."""

    coders: tuple[str, str]
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A unit that coders coded differently; `pair` are the codes most often confused, None for polarity alone.

    `context` has text, question and speaker where the table has them.
    """

    transcript: str | None
    unit: str
    kind: str
    pair: tuple[str, str] | None
    coders: Mapping[str, tuple[str, ...]]
    context: Mapping[str, str | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, the context beside the codes."""
        values = {
            name: plain(getattr(self, name)) for name in ("transcript", "unit", "kind", "pair", "coders")
        }
        return values | dict(self.context)


@dataclass(frozen=True, slots=True)
class ModelAgreement:
    """Agreement of people with each other and with a model on the same units: means over pairs.

    Each coefficient has three sides: `human_human`, `human_model` and `difference` (model minus human).
    `against_consensus` holds the model's recall and precision per code against what most people gave.
    """

    coder: str
    units: int
    overall: Sides
    codes: Mapping[str, Sides]
    against_consensus: CodeTables


@dataclass(frozen=True, slots=True)
class UnitizingAgreement:
    """alpha_u (2016) and alpha_u_2004 where coders chose the boundaries: all codes, per code, per transcript."""

    overall: Estimates
    codes: CodeTables
    transcripts: CodeTables


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement between coders on the same units; `to_dict` is its JSON.

    `kind` is "agreement", or "assisted agreement" where a coder had seen suggestions. `coders` maps names to the
    number of units coded. `unused` codes are in no mean. `only_transcripts` are those asked for, if not all count.
    """

    kind: str
    unit: str
    n_units: int
    n_compared: int
    n_transcripts: int
    coders: Mapping[str, int]
    level: Level
    interval: str
    overall: Estimates
    codes: CodeTables
    unused: tuple[str, ...]
    pairs: Mapping[str, PairAgreement]
    stages: Mapping[str, Stage]
    components: SetAgreement | None
    transcripts: TranscriptTable | None
    planning: Mapping[str, SampleSize]
    confusion: tuple[ConfusionMatrix, ...]
    n_disagreements: int
    disagreements: tuple[Disagreement, ...]
    interpretation: tuple[str, ...]
    model: ModelAgreement | None = None
    assisted: AssistedAgreement | None = None
    unitizing: UnitizingAgreement | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    only_transcripts: tuple[str, ...] = ()

    @property
    def one_code(self) -> bool:
        """Whether no unit carries several codes, so that coefficients of one category a unit are about it."""
        return all(estimate.reason != SEVERAL for estimate in self.overall.values())

    @property
    def assisted_only(self) -> bool:
        """Whether every pair compared had suggestions in sight: the figures are no reliability."""
        return self.kind != "agreement"

    def label(self, code: str) -> str:
        """Return the name of a code to show."""
        return self.labels.get(code, code)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values: null where undefined, with the reason beside it."""
        values = {item.name: plain(getattr(self, item.name)) for item in fields(self)}
        values["n_coded"], values["coders"] = values["coders"], list(self.coders)
        values["codes"] = {code: _flat(estimates) for code, estimates in self.codes.items()}
        for name in ("components", "transcripts"):
            values[name] = values[name] or {}
        return values


SHARES = ("prevalence", "positive_agreement", "negative_agreement", "prevalence_index", "bias_index")


def _flat(estimates: Estimates) -> dict[str, Any]:
    """Return a code's coefficients as objects and its descriptive shares as plain numbers with bounds beside."""
    shown: dict[str, Any] = {}
    for name, estimate in estimates.items():
        if name not in SHARES:
            shown[name] = estimate.to_dict()
            continue
        shown[name] = estimate.value
        shown[f"{name}_ci_low"], shown[f"{name}_ci_high"] = estimate.low, estimate.high
    return shown
