"""Measuring a way of training on held-out studies and groups, beside simple methods, and its learning curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from coder.codebook import Codebook

if TYPE_CHECKING:
    from coder.learning import Model, TrainingSet
    from coder.learning.evaluation.performance import EvaluationReport, HeldOutReports
    from coder.learning.persistence.card import Verdict

Progress = Callable[[str], None]
GROUPS = "groups (transcripts or participants)"


@dataclass(frozen=True)
class Measured:
    """The held-out reports, and by the finest of them: the report and the verdicts that codes are judged by."""

    reports: "HeldOutReports | None" = None
    finest: "EvaluationReport | None" = None
    verdicts: "tuple[Verdict, ...]" = ()


def measured(
    data: "TrainingSet",
    codebook: Codebook,
    trainer: "Callable[[TrainingSet], Model]",
    progress: Progress | None = None,
    *,
    column: tuple[str, Sequence[str | None]] | None = None,
    seen: float = 0.0,
) -> Measured:
    """Return held-out reports: by study (a study never seen) and by group (another interview), and baselines.

    A part that needs more studies, groups or excerpts than there are is left out; `why_not` says so. `column` (name,
    values) splits the figures of each by its values; `seen` is the share of texts that the base model learned from.
    """
    from coder.encoding import get_encoder
    from coder.learning.evaluation import learning_curve as curve
    from coder.learning.evaluation.baselines import baselines
    from coder.learning.evaluation.performance import HeldOutReports
    from coder.learning.training.cross_validation import cross_validated

    frozen = cache(lambda: get_encoder().encode(data.texts))
    missing: list[str] = []
    reports: dict[str, EvaluationReport] = {}
    for key, names, words in (("by_study", data.studies, "studies"), ("by_group", data.groups, GROUPS)):
        why = _why_not(data, key, names)
        if why:
            missing.append(why)
            continue
        tell(progress, f"Measuring on held-out {words}")
        studies = data.studies if key == "by_study" else None
        found = cross_validated(data, codebook, names, trainer, studies=studies, column=column)
        simple = baselines(data, frozen(), found.folds, names, parts=studies)
        reports[key] = replace(found.report, baselines=simple)
        finest = names, found
    if not reports:
        return Measured(HeldOutReports(tuple(missing), seen))
    names, found = finest
    drawn, why = None, curve.too_few(data, names)
    if why:
        missing.append(why)
    else:
        tell(progress, "Measuring the learning curve")
        drawn = curve.learning_curve(data, names, trainer, found)
    told = HeldOutReports(tuple(missing), seen, **reports, learning_curve=drawn)
    return Measured(told, list(reports.values())[-1], tuple(found.verdicts))


def _why_not(data: "TrainingSet", key: str, names: Sequence[str]) -> str | None:
    """Return why held-out studies or groups are not measured, or None."""
    from coder.learning.training.cross_validation import untestable

    words = "studies" if key == "by_study" else GROUPS
    if len(set(names)) < 2:
        return f"Held-out {words} were not measured: there is only one."
    if key == "by_group" and list(names) == list(data.studies):
        return "Groups and studies are the same here: one report serves both."
    why = untestable(data, names)
    return f"Held-out {words} were not measured: {why}." if why else None


def tell(progress: Progress | None, text: str) -> None:
    """Report a stage of the work."""
    if progress:
        progress(text)
