"""A study of a million utterances, 150,000 of them coded by two coders: what a researcher waits for."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Table
from coder.codebook import Code, Codebook
from coder.domain import Transcript, Turn, Utterance
from coder.store import Study
from coder.store.values import Decision, Filters, Proposal, ProposedCode
from coder.workflow.study.review_queue import next_batch
from coder.workflow.study.status import status

CODEBOOK = Codebook(name="weather", codes=(Code("rain", "Rain", "water"), Code("sun", "Sun", "light")))
TURNS, EACH = 500, 5  # of each transcript: turns, and utterances in each
CODED = 0.075  # share of the transcripts that both coders have coded whole
SENTENCE = "It rained. "


def large_transcript(number: int) -> tuple[Transcript, list[Utterance]]:
    """Return a transcript of one speaker and its utterances."""
    units: list[Utterance] = []
    text, turns = f"Transcript {number}.\n", []
    for turn in range(TURNS):
        start = len(text)
        for _ in range(EACH):
            units.append(Utterance("", "", len(units), turn, len(text), len(text) + 10, SENTENCE[:10]))
            text += SENTENCE
        turns.append(Turn(turn, "P", "participant", start, len(text)))
        text += "\n"
    return Transcript(f"t{number:04}", f"t{number:04}.txt", text, tuple(turns)), units


def build(path: Path, transcripts: int) -> Study:
    """Return a new study of so many transcripts, the first of them coded by two coders."""
    study = Study.create(path, CODEBOOK)
    study.db.connection.execute("PRAGMA synchronous = OFF")
    for coder in ("Ann", "Ben"):
        study.people.add_coder(coder)
    model = study.models.add_shipped("starter", {}, "hash")
    study.models.activate(model.id, "first suggestions")
    run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
    codes = (
        ProposedCode("rain", "barrier", 0.8, 0.7, True, "why"),
        ProposedCode("sun", None, 0.2, None, False),
    )
    for number in range(transcripts):
        read, units = large_transcript(number)
        with study.db.write():
            key = study.texts.add(read, units, source=read.name)
            rows = study.db.rows("SELECT id, lot FROM utterance WHERE transcript = ?", (key,))
            ids = [row["id"] for row in rows]
            study.suggestions.add_proposals(
                run,
                [Proposal(row["id"], 0.9, row["lot"] / 1e6, codes if row["id"] % 3 else ()) for row in rows],
            )
            if number < CODED * transcripts:
                shown = study.suggestions.newest(ids)
                for coder in ("Ann", "Ben"):
                    decisions = [
                        Decision(unit, "accept", suggestion=shown[unit][0].id)
                        if shown[unit]
                        else Decision(unit, "nothing")
                        for unit in ids
                    ]
                    study.acts.decide(coder, decisions, mode="assisted")
    study.db.connection.execute("PRAGMA synchronous = FULL")
    return study


def seconds(work: object) -> str:
    """Return the CPU seconds of one call; the study is open, its file in the system's cache."""
    start = time.process_time()
    work()  # type: ignore[operator]
    return f"{time.process_time() - start:.2f}"


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the table of a large study."""
    transcripts = 20 if quick else 400
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.coder"
        build(path, transcripts).close()
        size = path.stat().st_size / 2**20
        with Study.open(path) as study:
            unit = next_batch(study, "Ann")[0].utterance
            jobs = {
                "status": lambda: status(study),
                "next batch of 20 to review": lambda: next_batch(study, "Ann"),
                "save a decision": lambda: study.acts.decide(
                    "Ann", [Decision(unit, "nothing")], mode="blind"
                ),
                "undo it": lambda: study.acts.undo("Ann"),
                "50 utterances of a transcript suggested for a code": lambda: study.find(
                    Filters(transcript=1, suggested="rain"), limit=50
                ),
                "all utterances of a transcript": lambda: study.texts.utterances(1),
            }
            rows = [[name, seconds(job)] for name, job in jobs.items()]
    yield Table(
        "A large study",
        ["step", "CPU s"],
        rows,
        f"{transcripts * TURNS * EACH:,} utterances in {transcripts} transcripts, {CODED:.1%} coded by two coders; "
        f"{size:,.0f} MB.",
    )
