"""The codings of a study as a table for agreement: what each coder decided blind, and what with suggestions seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import StudyError
from coder.phrasing import listed
from coder.store import Study
from coder.store.confirmed_codings import Confirmed
from coder.store.values import ADJUDICATED

if TYPE_CHECKING:
    from pandas import DataFrame

UNIT = "utterance"


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A study's codings, one row per utterance, coder and code, and the codebook.

    `model` is the name of the model among the coders (None: it has nothing to show), `transcripts` the names of those
    counted if only some were asked for (empty: all), `notes` what is to be known of the rows.
    """

    frame: "DataFrame"
    codebook: Codebook
    model: str | None
    transcripts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def study_table(path: Path, coders: Sequence[str] = (), transcripts: Sequence[str] = ()) -> StudyTable:
    """Return the codings of a study, in all transcripts or in some, named as in other commands.

    What a coder decided before seeing any suggestion or another's coding is blind and stays as it was then,
    whatever was changed afterwards; everything else is assisted. Adjudicated codings are nobody's own: they are there
    only if they are among the `coders` asked for. The model in use is one more coder, on utterances that people
    decided in transcripts it did not learn from, unless other coders are asked for. Raises StudyError if the file is
    no study, for a name that no transcript has, or if there is nothing to compare.
    """
    import pandas as pd

    if not path.is_file():
        raise StudyError(f"There is no study {path}.")
    with Study.open(path, readonly=True) as study:
        wanted = list(dict.fromkeys(study.texts.find(name) for name in transcripts))
        blind, standing = _within(study.blind(), wanted), _within(study.confirmed(), wanted)
        done = {(item.coder, item.utterance) for item in blind}
        own = [item for item in standing if item.coder != ADJUDICATED]
        later = [item for item in own if (item.coder, item.utterance) not in done]
        names, silent = _named(study, wanted, {item.transcript for item in [*blind, *later]})
        if not blind and not later:
            where = f"{listed(silent)} of {path.name}" if silent else path.name
            raise StudyError(f"Nobody has coded anything in {where} yet, so there is nothing to compare.")
        rows = [*_rows(study, blind, "yes"), *_rows(study, later, "no")]
        notes = [f"Nobody has coded anything in {listed(silent)} yet."] if silent else []
        if ADJUDICATED in coders:
            settled = [item for item in standing if item.coder == ADJUDICATED]
            rows += _settled(study, settled, {item.utterance for item in blind if item.coder in coders})
            notes += _adjudicators(study, settled, coders, "these transcripts of " if wanted else "")
        model, suggested = _model_rows(study, [*blind, *later], coders)
        rows += suggested
        book = study.codebooks.current()
    return StudyTable(pd.DataFrame(rows, dtype=object), book, model, tuple(names), tuple(notes))


def _within(items: Iterable[Confirmed], transcripts: Sequence[int]) -> list[Confirmed]:
    return [item for item in items if not transcripts or item.transcript in transcripts]


def _named(study: Study, wanted: Sequence[int], coded: set[int]) -> tuple[list[str], list[str]]:
    """Return the names of the transcripts asked for in which somebody coded, and of those in which nobody did."""
    names = {key: study.texts.name(key) for key in wanted}
    return (
        [name for key, name in names.items() if key in coded],
        [name for key, name in names.items() if key not in coded],
    )


def _settled(study: Study, items: Sequence[Confirmed], blind: set[int]) -> list[dict[str, Any]]:
    """Return the rows of adjudicated codes, each compared with the blind codings of its utterance, if it has any."""
    return [
        *_rows(study, [item for item in items if item.utterance in blind], "yes"),
        *_rows(study, [item for item in items if item.utterance not in blind], "no"),
    ]


def _adjudicators(study: Study, settled: Sequence[Confirmed], coders: Sequence[str], where: str) -> list[str]:
    """Say who adjudicated, and who of the coders did. Raises StudyError if nothing is adjudicated."""
    if not settled:
        raise StudyError(
            f"Nothing is adjudicated in {where}{study.path.name} yet. Settle disagreements on the page Adjudicate, or"
            " in a table: coder import --adjudicated TABLE --coder NAME."
        )
    names = study.people.adjudicators()
    notes = [f"Adjudicated by {listed(names)}."] if names else []
    own = [name for name in names if name in coders]
    if own:
        notes.append(
            f"{listed(own)} adjudicated, too: the adjudicated codes are no independent measure of how"
            f" {'this coder' if len(own) == 1 else 'these coders'} coded."
        )
    return notes


def _model_rows(
    study: Study, items: Iterable[Confirmed], coders: Sequence[str]
) -> tuple[str | None, list[dict[str, Any]]]:
    """Return the name and the rows of the model in use; None and no rows if only other coders are asked for."""
    suggested = _said_by_model(study, items)
    name = f"model {suggested[0].coder}" if suggested else None
    if name is None or (coders and name not in coders):
        return None, []
    return name, [{**row, "coder": name} for row in _rows(study, suggested, "yes")]


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
    names = study.texts.shown_names()
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
