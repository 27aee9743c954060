"""The study's codings as rows: for the download of the review page and for agreement between its coders."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import InputError, StudyError
from coder.store import Study
from coder.store.values import ADJUDICATED, DECIDED, Filters, StudyUtterance

if TYPE_CHECKING:
    from coder.agreement.report import AgreementReport

COLUMNS = (
    "transcript", "turn", "utterance", "start", "end", "time", "speaker", "question", "text", "coder", "code",
    "label", "polarity", "blind", "verdict", "memo", "decided",
)  # fmt: skip
RESAMPLES = 500  # enough for an interval on the screen


def codings_rows(study: Study) -> Iterator[dict[str, Any]]:
    """Yield one row per standing code of each coder; a row without code where somebody found nothing to code."""
    labels = study.codebooks.current().labels
    names = study.texts.shown_names()
    for coder in [*study.people.coders(), ADJUDICATED]:
        decided = sorted(item for state in DECIDED for item in study.find(Filters(coder=coder, state=state)))
        units = study.texts.by_id(decided)
        for key, state in study.acts.states(coder, decided).items():
            base = _base(units[key], names) | {"coder": coder}
            if not state.codes:
                yield base | {
                    "blind": "no" if state.seen else "yes",
                    "verdict": state.state,
                    "decided": state.time,
                }
            for code in state.codes:
                yield base | {
                    "start": code.start, "end": code.end, "code": code.code,
                    "label": labels.get(code.code, code.code), "polarity": code.polarity,
                    "blind": "yes" if code.blind else "no", "verdict": code.verdict, "memo": code.memo,
                    "decided": code.time,
                }  # fmt: skip


def _base(unit: StudyUtterance, names: dict[int, str]) -> dict[str, Any]:
    return {
        "transcript": names[unit.transcript], "turn": unit.turn, "utterance": unit.number, "start": unit.start,
        "end": unit.end, "time": unit.seconds, "speaker": unit.speaker, "question": unit.question, "text": unit.text,
    }  # fmt: skip


def codings_file(study: Study, suffix: str) -> bytes:
    """Return the codings as the content of a csv, xlsx, jsonl or parquet file; no cell of it executes."""
    from coder.reporting.rows import FORMATS, open_rows

    if suffix not in FORMATS:
        raise InputError(f"Codings are written as {', '.join(FORMATS)}.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"codings{suffix}"
        with open_rows(path, COLUMNS) as writer:
            writer.write(codings_rows(study))
        return path.read_bytes()


def agreement_so_far(study: Path, *, resamples: int = RESAMPLES) -> "AgreementReport | None":
    """Return the agreement of the study's coders so far; None while no utterance has two coders.

    What somebody coded with suggestions in sight is kept apart by the report: it is not blind.
    """
    from coder.workflow.agreement.compare_tables import AgreementRequest, agree

    try:
        report = agree(AgreementRequest(paths=(study,), resamples=resamples)).report
    except StudyError:
        return None  # nobody has coded yet
    return report if report.n_compared else None
