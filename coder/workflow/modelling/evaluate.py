"""Performance of a model against human codes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from coder.coded_tables.values import Excerpt
    from coder.learning import Model, TrainingSet
    from coder.learning.evaluation.performance import Baseline, EvaluationReport
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
    from coder.workflow.modelling.model_lookup import open_model

    loaded = open_model(model, codebook) if isinstance(model, (str, Path)) else model
    excerpts, notes = excerpts_of(frame, group=group)
    return evaluate_on(loaded, excerpts, by=by, notes=notes).to_dict()


def evaluate_files(
    model: str,
    paths: Sequence[Path],
    *,
    codebook: str | None = None,
    by: str | None = None,
    with_baselines: bool = True,
    reading: "CodedReading | None" = None,
) -> "EvaluationReport":
    """Measure a model on tables of coded excerpts; returns the report with notes and baselines."""
    from coder.workflow.coded_files import coded_excerpts
    from coder.workflow.modelling.model_lookup import open_model

    loaded = open_model(model, codebook)
    excerpts, notes = coded_excerpts(paths, reading, codebook=loaded.codebook)
    return evaluate_on(loaded, excerpts, by=by, notes=notes, with_baselines=with_baselines)


def evaluate_on(
    model: "Model",
    excerpts: Sequence["Excerpt"],
    *,
    by: str | None = None,
    notes: Sequence[str] = (),
    with_baselines: bool = False,
) -> "EvaluationReport":
    """Predict excerpts and compare with their human codes; `by` names a column to split the figures by."""
    import numpy as np

    from coder.coded_tables.excerpts import training_set
    from coder.learning.evaluation.performance import Split
    from coder.learning.evaluation.report import Guess, Truth, by_attribute, performance
    from coder.workflow.modelling.by_column import values_of

    values = None if by is None else values_of(excerpts, by)
    data = training_set(excerpts, model.codebook)
    truth = Truth(data.labels, data.polarity, data.groups)
    guess = Guess.by(model, data)
    languages = model.unread_languages(data.texts)
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


def unread_warning(languages: Sequence[str | None]) -> list[str]:
    """Say how many excerpts the model does not read, and how the figures deal with them."""
    from collections import Counter

    from coder.learning.features.language import unread_words

    said = unread_words(Counter(filter(None, languages)), len(languages), "excerpts")
    left_out = "they are left out of forced choice and polarity, and count as not coded in all other figures"
    return [f"{said}; {left_out}."] if said else []


def seen_warning(model: "Model", share: float) -> list[str]:
    """Say when figures are not held out: the model, or one it builds on, learned from that share of the texts."""
    from coder.reporting.performance import known

    if not known(share):
        return []
    return [
        f"NOT HELD OUT: {model.name} learned from {share:.0%} of these excerpts, so its figures here flatter it."
    ]
