"""The model card as values: what a model was trained on and how, how it did on what it had not seen, its limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coder.domain import POLARITIES
from coder.learning.evaluation.performance import CalibrationCurve, HeldOutReports, RiskCurve
from coder.plain import Section

PARTS_OF_ONE = "parts of one group"  # how `measured_on` begins where no group could be held out
UNNAMED = "unnamed"  # coders without a name


@dataclass(frozen=True, slots=True)
class CodeVerdict(Section):
    """Whether a code may be suggested; `why` and `mend` are for people.

    `kappa` (with its 95 % interval `ci_low`, `ci_high`) and `f1` are of excerpts that were not learned from, None
    where there was nothing to test; `coders` is the kappa that people reach with each other, where it is known.
    """

    code: str
    positives: int
    kappa: float | None
    f1: float | None
    usable: bool
    why: str
    mend: str
    ci_low: float | None = None
    ci_high: float | None = None
    threshold: float | None = None
    coders: float | None = None

    @classmethod
    def unknown(cls, code: str) -> "CodeVerdict":
        """Return the verdict of a code that a model does not suggest, for reasons that its card does not give."""
        return cls(code, 0, None, None, False, "it failed when the model was trained", "")


@dataclass(frozen=True, slots=True)
class ThemeFigures(Section):
    """Forced choice of the code on n excerpts with one code; `coverage` is the risk-coverage curve."""

    n: int
    kappa: float | None
    top2: float | None
    coverage: RiskCurve = ()


@dataclass(frozen=True, slots=True)
class PolarityFigures(Section):
    """Forced choice between the polarities in `order` on n excerpts that people gave one of them."""

    n: int
    kappa: float | None
    order: tuple[str, ...] = tuple(POLARITIES[:2])


@dataclass(frozen=True, slots=True)
class HeldOut(Section):
    """What was measured, on what, or why nothing was.

    `calibration_error` is that of suggestions; `surest_quarter` the share of right ones among the surest quarter of
    suggestions, None with too few. `calibration` has the suggestions in bins of about equal size; cards written
    before have none.
    """

    measured_on: str | None = None
    why_not: str | None = None
    themes: ThemeFigures | None = None
    polarity: PolarityFigures | None = None
    calibration_error: float | None = None
    surest_quarter: float | None = None
    calibration: CalibrationCurve = ()


@dataclass(frozen=True, slots=True)
class TrainingData(Section):
    """The n excerpts that a model learned from; counts by study, coder, code, polarity, language but English.

    `repeated_across_groups` texts repeat one of another group word for word; `repeated_short` of them have few words.
    """

    n: int
    groups: int | None = None
    studies: int | None = None
    per_study: Mapping[str, int] = field(default_factory=dict)
    repeated_across_groups: int = 0
    repeated_short: int = 0
    coders: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    polarity: Mapping[str, int] = field(default_factory=dict)
    nothing_to_code: int = 0
    texts_sha256: str | None = None
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ViewWeights(Section):
    """How much each view counts, by its name."""

    themes: Mapping[str, float] = field(default_factory=dict)
    polarity: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BaseModel(Section):
    """The model that training started from, and its encoder's weights."""

    name: str
    encoder: str


@dataclass(frozen=True, slots=True)
class TrainingSettings(Section):
    """How a model was made: from which model, with which encoder, tuned or not, measured when held out or not."""

    base: str = ""
    encoder: str = ""
    fine_tuned: bool = False
    measured: bool = False
    thresholds: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard(Section):
    """What is known of a model, apart from its codebook and encoder, which are the model's own.

    `measured` are the reports of models trained anew without held-out studies and groups, None if that was not asked
    for. `encoder_name` is the name of the encoder where a person named one. A model that was read from a folder has
    its `name` and `arrays_sha256`, the hash of its arrays.
    """

    data: TrainingData
    held_out: HeldOut = HeldOut()
    codes: tuple[CodeVerdict, ...] = ()
    weights: ViewWeights = field(default_factory=ViewWeights)
    base: BaseModel | None = None
    training: TrainingSettings = field(default_factory=TrainingSettings)
    remarks: tuple[str, ...] = ()
    limits: str = ""
    measured: HeldOutReports | None = None
    training_notes: tuple[str, ...] = ()
    source: str | None = None
    encoder_name: str | None = None
    arrays_sha256: str | None = None
    name: str | None = None

    @property
    def tested_codes(self) -> frozenset[str]:
        """The codes whose suggestions were compared with people's codes; of others nobody knows how good they are."""
        return frozenset(verdict.code for verdict in self.codes if verdict.kappa is not None)


@dataclass(frozen=True, slots=True)
class CodebookName(Section):
    """The name of a model's codebook."""

    name: str


@dataclass(frozen=True, slots=True)
class EncoderName(Section):
    """A model's encoder: the hash of its weights, and its id with the way it computes."""

    weights: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCard(ModelCard):
    """The card of a model in a folder, with what names the model, its codebook and its encoder."""

    name: str
    codebook: CodebookName
    codebook_hash: str
    encoder: EncoderName
