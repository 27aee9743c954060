"""The utterances of a study that are most like a code's quotes, by the vectors of the model in use."""

from coder.errors import StudyError
from coder.store import Study
from coder.store.confirmed_codings import quotes
from coder.store.values import Filters, StudyUtterance
from coder.workflow.study.model_versions import open_version

MOST = 200  # utterances; a page shows fewer
LARGEST = 20_000  # utterances that are compared; beyond, encoding takes minutes
SHORTEST = 4  # words: less is too little to be alike in meaning


def like_code(study: Study, code: str) -> list[StudyUtterance]:
    """Return utterances that nobody gave the code, the nearest to its quotes first (cosine to their mean).

    Where the code has no quote yet, its label, definition, sub-themes and examples speak for it. Raises StudyError
    if no model is in use, ModelError if it cannot be loaded.
    """
    import numpy as np

    version = study.models.active()
    if version is None:
        raise StudyError("No model is in use in this study yet; let it suggest first.")
    encoder = open_version(study, version).encoder
    confirmed = quotes(study.db, [code])
    given = {row.utterance for row in study.acts.standing_rows(code)}
    keys = [key for key in study.find(Filters(), limit=LARGEST) if key not in given]
    candidates = [item for item in study.texts.by_id(keys).values() if len(item.text.split()) >= SHORTEST]
    if not candidates:
        return []
    mean = np.asarray(encoder.encode(_words_for(study, code, [item.text for item in confirmed]))).mean(axis=0)
    likeness = np.asarray(encoder.encode([item.text for item in candidates])) @ mean
    return [candidates[int(at)] for at in np.argsort(-likeness, kind="stable")[:MOST]]


def _words_for(study: Study, code: str, texts: list[str]) -> list[str]:
    if texts:
        return texts
    entry = study.codebooks.current().by_id[code]
    parts = [entry.label, entry.definition, *(item.label for item in entry.subthemes)]
    return [part for part in (*parts, *(item.text for item in entry.examples)) if part]
