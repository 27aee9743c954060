"""Performance of a model against human codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.workflow.modelling.models import seen_warning, unread_warning

if TYPE_CHECKING:
    import pandas as pd

    from coder.coded_tables.excerpts import Excerpt
    from coder.encoding import Advance
    from coder.learning.dataset import TrainingSet
    from coder.learning.evaluation.performance import Baseline, EvaluationReport
    from coder.learning.model import Model
    from coder.workflow.coded_files import CodedReading


def evaluate(
    model: "str | Path | Model",
    frame: "pd.DataFrame",
    *,
    codebook: str | Path | None = None,
    group: str | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """Measure a model (a name, a folder or a loaded one) on a frame of coded excerpts; returns the report.

    The report is that of `coder evaluate --json`. Raises TableError, ModelError, CodebookError.
    """
    from coder.coded_tables.excerpts import excerpts_of
    from coder.workflow.modelling.models import open_model

    loaded = open_model(model, codebook) if isinstance(model, (str, Path)) else model
    excerpts, notes = excerpts_of(frame, group=group)
    return evaluate_on(loaded, excerpts, by=by, notes=notes).to_dict()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """How a model is measured: with another codebook than its own, split by a column, beside simple methods."""

    codebook: str | None = None
    by: str | None = None
    baselines: bool = True


def evaluate_files(
    model: str,
    paths: Sequence[Path],
    options: EvaluationOptions,
    *,
    reading: "CodedReading | None" = None,
    progress: "Advance | None" = None,
) -> "EvaluationReport":
    """Measure a model on tables of coded excerpts; returns the report with notes and baselines.

    `progress` gets how many readings of texts are done since the last call, and how many there are.
    """
    from coder.workflow.coded_files import coded_excerpts
    from coder.workflow.modelling.models import open_model

    loaded = open_model(model, options.codebook)
    excerpts, notes = coded_excerpts(paths, reading, codebook=loaded.codebook)
    return evaluate_on(
        loaded, excerpts, by=options.by, notes=notes, with_baselines=options.baselines, progress=progress
    )


def evaluate_on(
    model: "Model",
    excerpts: Sequence["Excerpt"],
    *,
    by: str | None = None,
    notes: Sequence[str] = (),
    with_baselines: bool = False,
    progress: "Advance | None" = None,
) -> "EvaluationReport":
    """Predict excerpts and compare with their human codes; `by` names a column to split the figures by."""
    import numpy as np

    from coder.coded_tables.excerpts import training_set, values_of
    from coder.learning.evaluation.performance import Split
    from coder.learning.evaluation.report import Guess, Truth, by_attribute, performance

    values = None if by is None else values_of(excerpts, by)
    data = training_set(excerpts, model.codebook)
    truth = Truth(data.labels, data.polarity, data.groups)
    guess = Guess.by(model, data, progress=progress)
    languages = model.unread_languages(data.batch)
    seen = model.seen_share(data.texts)
    readable = [at for at, name in enumerate(languages) if name is None]
    return replace(
        performance(truth, guess, model.codebook, model.name),
        seen_share=seen,
        notes=(*notes, *seen_warning(model, seen), *unread_warning(languages)),
        by=None if by is None or values is None else Split(by, by_attribute(truth, guess, values)),
        baselines=_baselines(data.rows(np.array(readable, dtype=np.intp))) if with_baselines else None,
    )


def _baselines(data: "TrainingSet") -> "dict[str, Baseline] | None":
    """Measure simple methods on the excerpts that a model reads, the very rows that forced choice is about."""
    from coder.encoding import get_encoder
    from coder.learning.evaluation.baselines import baselines
    from coder.learning.training.cross_validation import split

    if len(set(data.groups)) < 2:
        return None
    folds, _ = split(data, data.groups)
    return baselines(data, get_encoder().encode(data.texts), folds, data.groups)
