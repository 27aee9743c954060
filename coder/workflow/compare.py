"""Two models side by side on the same coded excerpts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def compare_files(
    first: str, second: str, paths: Sequence[Path], *, codebook: str | None = None, group: str | None = None
) -> dict[str, Any]:
    """Return the difference of two models on coded excerpts, per code, with paired intervals over groups.

    Raises ModelError, TableError. Notes say when either model was trained on these excerpts.
    """
    from coder.learning.comparison import differences
    from coder.learning.evaluation import Guess, Truth
    from coder.workflow.evaluate import seen_warning
    from coder.workflow.excerpts import read_excerpts, training_set
    from coder.workflow.models import open_model

    models = [open_model(name, codebook) for name in (first, second)]
    excerpts, notes = read_excerpts(paths, group)
    data = training_set(excerpts, models[0].codebook)
    guesses = []
    for model in models:
        said = model.predict(data.texts, data.questions, data.studies)
        order = [said.codes.index(code) for code in models[0].codebook.ids if code in said.codes]
        guesses.append(
            Guess(said.scores[:, order], said.forced[:, order], said.selected[:, order], said.polarity)
        )
        notes += seen_warning(model, data.texts)
    truth = Truth(data.labels, data.polarity, data.groups)
    report = differences(truth, guesses[0], guesses[1], models[0].codebook.ids)
    return {"first": models[0].name, "second": models[1].name, "notes": notes, **report}
