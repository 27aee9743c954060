"""Two models side by side on the same coded excerpts."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import ModelError
from coder.phrasing import few

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.encoding import Advance
    from coder.learning.evaluation.performance import ModelComparison
    from coder.learning.model import Model
    from coder.workflow.coded_files import CodedReading

SHOWN = 6  # codes that are named one by one


def compare_files(
    first: str,
    second: str,
    paths: Sequence[Path],
    *,
    codebook: str | None = None,
    reading: "CodedReading | None" = None,
    progress: "Advance | None" = None,
) -> "ModelComparison":
    """Return the difference of two models on coded excerpts, per code, with paired intervals over groups.

    Models of different codebooks are compared on the codes that both have; `left_out` are the others. Raises
    ModelError if they share none, TableError. Notes say when either model was trained on these excerpts.
    `progress` gets how many readings of texts are done since the last call, and how many there are.
    """
    from coder.coded_tables.excerpts import training_set
    from coder.learning.evaluation.report import Guess, Truth, differences
    from coder.workflow.coded_files import coded_excerpts
    from coder.workflow.modelling.models import open_model, seen_warning, unread_warning

    models = [open_model(name, codebook) for name in (first, second)]
    shared, left_out = shared_codes(*models)
    either = _either(*models)
    excerpts, notes = coded_excerpts(paths, reading, codebook=either)
    data = training_set(excerpts, either)
    if left_out:
        notes.append(
            f"Compared on the {len(shared)} codes that both models have; left out: {few(left_out, SHOWN)}."
        )
    guesses = []
    both = progress and (lambda steps, of: progress(steps, of * len(models)))
    for model in models:
        guesses.append(Guess.by(model, data, shared, progress=both))
        notes += seen_warning(model, model.seen_share(data.texts))
        languages = model.unread_languages(data.batch)
        notes += [f"{model.name}: {line}" for line in unread_warning(languages)]
    columns = [either.ids.index(code) for code in shared]
    truth = Truth(data.labels[:, columns], data.polarity, data.groups)
    alone = (data.labels == 1).sum(axis=1) == 1
    report = differences(truth, guesses[0], guesses[1], shared, alone=alone)
    return replace(
        report, first=models[0].name, second=models[1].name, notes=tuple(notes), left_out=tuple(left_out)
    )


def shared_codes(first: "Model", second: "Model") -> tuple[tuple[str, ...], list[str]]:
    """Return the ids that both models code, in the order of the first, and those that only one of them has.

    Raises ModelError if there is none.
    """
    ours, theirs = first.codebook.ids, second.codebook.ids
    shared = tuple(code for code in ours if code in theirs)
    if not shared:
        raise ModelError(
            f"{first.name} ({few(ours, SHOWN)}) and {second.name} ({few(theirs, SHOWN)}) have no code in common:"
            " compare with --codebook FILE, the codebook of these excerpts."
        )
    return shared, [code for code in (*ours, *theirs) if code not in shared]


def _either(first: "Model", second: "Model") -> "Codebook":
    """Return a codebook of all the codes that either model has."""
    first_book, second_book = first.codebook, second.codebook
    more = tuple(code for code in second_book.codes if code.id not in first_book.by_id)
    return (
        replace(first_book, name=f"{first_book.name} or {second_book.name}", codes=(*first_book.codes, *more))
        if more
        else first_book
    )
