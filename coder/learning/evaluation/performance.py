"""The figures of an evaluation report as values, in the shape of the JSON contract.

An estimate that is not defined has the value None. Parts that were not measured are None.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coder.plain import Section
from coder.statistics import FEWEST_TO_TELL, Estimate


@dataclass(frozen=True, slots=True)
class ForcedChoice(Section):
    """The best-scored code beside the one true code, on the `n_single` excerpts with exactly one code."""

    n_single: int
    accuracy: Estimate
    kappa: Estimate
    forced_macro_f1: Estimate
    top2_accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Themes(ForcedChoice):
    """Forced choice of the code; F1 of what is suggested; forced choice in which common codes are not favoured."""

    macro_f1: Estimate
    micro_f1: Estimate
    without_base_rate: ForcedChoice | None = None


@dataclass(frozen=True, slots=True)
class ComponentChoice(Section):
    """Forced choice of the component, on n excerpts with exactly one code."""

    n: int
    kappa: Estimate
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class MixedPolarity(Section):
    """How many excerpts people called mixed, and the share of them that the model calls so, too."""

    n: int
    recall: float | None


@dataclass(frozen=True, slots=True)
class PolarityChoice(Section):
    """Forced choice between barrier and facilitator, on n excerpts that people gave one of the two."""

    n: int
    kappa: Estimate
    macro_f1: Estimate
    accuracy: Estimate
    mixed: MixedPolarity = MixedPolarity(0, None)


@dataclass(frozen=True, slots=True)
class Codable(Section):
    """Whether anything is coded: `support` of n excerpts by people."""

    n: int
    support: int
    recall: Estimate
    precision: Estimate
    f1: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True)
class CodePerformance(Section):
    """One code at its threshold: `support` excerpts of people, `prevalence` among all."""

    support: int
    prevalence: float | None
    precision: Estimate
    recall: Estimate
    f1: Estimate
    kappa: Estimate
    gwet_ac1: Estimate
    pabak: Estimate


@dataclass(frozen=True, slots=True)
class RiskPoint(Section):
    """The share of wrong best codes (`risk`) among the surest share of the coded excerpts (`coverage`)."""

    coverage: float
    risk: float


RiskCurve = tuple[RiskPoint, ...]


@dataclass(frozen=True, slots=True)
class ConfidenceBin(Section):
    """n suggestions of about the same confidence: their mean `confidence`, and the share of `right` ones."""

    n: int
    confidence: float
    right: float


CalibrationCurve = tuple[ConfidenceBin, ...]


@dataclass(frozen=True, slots=True)
class CalibrationFigures(Section):
    """How far the confidence can be trusted: expected calibration errors, and error rates among the surest.

    `surest_quarter` is the share of right ones among the surest quarter of suggestions; None with too few. `curve`
    has the suggestions in bins of about equal size, the least sure first.
    """

    ece_all_codes: float | None
    ece_suggested: float | None
    risk_coverage: RiskCurve
    surest_quarter: float | None = None
    curve: CalibrationCurve = ()


@dataclass(frozen=True, slots=True)
class Confusion(Section):
    """Two codes that are taken for each other, and how often: people's code as the model's."""

    codes: tuple[str, str]
    first_as_second: int
    second_as_first: int


@dataclass(frozen=True, slots=True)
class Subgroup(Section):
    """The figures of a subgroup of n excerpts, of which `n_coded` have a code.

    `error_rate` is the share of coded excerpts whose best-scored code is not among the true ones; `difference` is
    that minus the error rate of all others. `by_rows` says that intervals resample excerpts instead of groups;
    `too_few` that the figures are too thin to rely on.
    """

    n: int
    n_groups: int
    n_coded: int
    too_few: bool
    accuracy: Estimate
    theme_kappa: Estimate
    micro_f1: Estimate
    codable_recall: Estimate
    polarity_kappa: Estimate
    error_rate: Estimate
    difference: Estimate
    by_rows: bool = False


@dataclass(frozen=True, slots=True)
class Split(Section):
    """The subgroups of the values of a column."""

    column: str
    values: Mapping[str, Subgroup]


@dataclass(frozen=True, slots=True)
class Baseline(Section):
    """A simple method on the same excerpts; `parts` is its theme kappa within each study."""

    themes: ForcedChoice
    polarity: PolarityChoice
    parts: Mapping[str, float | None] | None = None


@dataclass(frozen=True, slots=True)
class EvaluationReport(Section):
    """The performance of a model on n excerpts in `n_groups` groups.

    `seen_share` is the share of excerpts that the model learned from. `folds`, `repeated_texts` and `studies` are
    those of cross-validation: in how many parts the groups were held out, how many texts repeat another group's word
    for word, and the figures of each study.
    """

    n: int
    n_groups: int
    model: str
    themes: Themes
    polarity: PolarityChoice
    codable: Codable
    codes: Mapping[str, CodePerformance]
    calibration: CalibrationFigures
    confusable: tuple[Confusion, ...]
    components: ComponentChoice | None = None
    seen_share: float | None = None
    notes: tuple[str, ...] | None = None
    by: Split | None = None
    baselines: Mapping[str, Baseline] | None = None
    folds: int | None = None
    repeated_texts: int | None = None
    studies: Mapping[str, Subgroup] | None = None


@dataclass(frozen=True, slots=True)
class CurvePoint(Section):
    """Kappas after learning from so many excerpts."""

    excerpts: int
    theme_kappa: Estimate
    polarity_kappa: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain(Section):
    """What `more` excerpts would add to theme kappa, with its 95 % interval; None if that is too wide (`why`)."""

    more: int
    gain: float | None
    gain_low: float | None = None
    gain_high: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningCurve(Gain):
    """Kappas for growing numbers of excerpts, on the same held-out parts, and what more excerpts would bring."""

    points: tuple[CurvePoint, ...]
    parts: int = 1
    tested_on: int | None = None


@dataclass(frozen=True, slots=True)
class HeldOutReports(Section):
    """What training measured on held-out studies and groups, and why a part is missing.

    `seen_share` is the share of excerpts that the base model learned from.
    """

    why_not: tuple[str, ...] = ()
    seen_share: float = 0.0
    by_study: EvaluationReport | None = None
    by_group: EvaluationReport | None = None
    learning_curve: LearningCurve | None = None


@dataclass(frozen=True, slots=True)
class Change(Section):
    """A figure of two models on the same excerpts, and second minus first with its paired 95 % interval.

    Of fewer than FEWEST_TO_TELL examples there is no interval.
    """

    first: float | None
    second: float | None
    difference: float | None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True, slots=True)
class CodeChange(Section):
    """The figures of one code, with which people coded `support` excerpts."""

    support: int
    f1: Change
    kappa: Change

    @property
    def too_few(self) -> bool:
        """Whether the code has too few examples to tell which model is better at it."""
        return self.support < FEWEST_TO_TELL


@dataclass(frozen=True, slots=True)
class ModelComparison(Section):
    """Two models, named `first` and `second`, on the same n excerpts; `left_out` are codes that only one has."""

    n: int
    n_groups: int
    theme_kappa: Change
    polarity_kappa: Change
    codes: Mapping[str, CodeChange]
    first: str = ""
    second: str = ""
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
