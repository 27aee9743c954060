"""The codings of a study as a table for agreement: what each coder decided blind, and what with suggestions seen."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import StudyError
from coder.store import Study
from coder.store.confirmed_codings import Confirmed
from coder.store.values import ADJUDICATED

if TYPE_CHECKING:
    from pandas import DataFrame

UNIT = "utterance"


def study_table(path: Path) -> tuple["DataFrame", Codebook, str | None]:
    """Return the codings of all coders, one row per utterance, coder and code; the codebook; the model's name.

    What a coder decided before seeing any suggestion or another's coding is blind and stays as it was then,
    whatever was changed afterwards; everything else is assisted. Adjudicated codings are nobody's own and are
    left out. The model in use is one more coder (None: it has nothing to show), on utterances that people
    decided in transcripts it did not learn from. Raises StudyError if the file is no study or nobody has coded.
    """
    import pandas as pd

    if not path.is_file():
        raise StudyError(f"There is no study {path}.")
    with Study.open(path, readonly=True) as study:
        blind = study.blind()
        decided = {(item.coder, item.utterance) for item in blind}
        later = [
            item
            for item in study.confirmed()
            if item.coder != ADJUDICATED and (item.coder, item.utterance) not in decided
        ]
        rows = [*_rows(study, blind, "yes"), *_rows(study, later, "no")]
        book = study.codebooks.current()
        suggested = _said_by_model(study, [*blind, *later])
        name = f"model {suggested[0].coder}" if suggested else None
        rows += [{**row, "coder": name} for row in _rows(study, suggested, "yes")]
    if not rows:
        raise StudyError(f"Nobody has coded anything in {path.name} yet, so there is nothing to compare.")
    return pd.DataFrame(rows, dtype=object), book, name


def _said_by_model(study: Study, items: Iterable[Confirmed]) -> list[Confirmed]:
    """Return what the model in use suggests for utterances that people decided, as if it were a coder.

    An earlier model's suggestions do not speak for it; nor do those on transcripts it learned from.
    """
    active = study.models.active()
    if active is None:
        return []
    learned = study.models.learned_from(active.id)
    homes = {item.utterance: item.transcript for item in items if item.transcript not in learned}
    looked = study.suggestions.looked_at_by(active.id, sorted(homes))
    codings = []
    for utterance, suggested in study.suggestions.newest(looked).items():
        codes = tuple((item.code, item.polarity) for item in suggested if item.selected)
        state = "coded" if codes else "nothing"
        codings.append(Confirmed(utterance, homes[utterance], active.label, state, codes, (), frozenset()))
    return codings


def _rows(study: Study, items: Iterable[Confirmed], blind: str) -> Iterable[dict[str, Any]]:
    items = list(items)
    units = study.texts.by_id(sorted({item.utterance for item in items}))
    names = {item.id: item.name for item in study.texts.all(superseded=True)}
    for item in items:
        unit = units[item.utterance]
        base = {
            "transcript": names[item.transcript], "unit": str(unit.number + 1), "coder": item.coder, "blind": blind,
            "speaker": unit.speaker, "question": unit.question, "text": unit.text, "code": None, "polarity": None,
        }  # fmt: skip
        if not item.codes:
            yield base
        for code, polarity in item.codes:
            yield {**base, "code": code, "polarity": polarity}
