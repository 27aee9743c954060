"""A study of a million utterances still answers at once."""

import time
from pathlib import Path

import pytest
from study_making import CODEBOOK

from coder.domain import Transcript, Turn, Utterance
from coder.store import Study
from coder.store.values import Decision, Filters, Proposal, ProposedCode
from coder.workflow.study.review_queue import next_batch
from coder.workflow.study.status import status

TRANSCRIPTS, TURNS, EACH = 400, 500, 5  # 400 x 500 x 5 = a million
CODED = 30  # transcripts coded whole by both coders
SENTENCE = "It rained. "


def large_transcript(number: int) -> tuple[Transcript, list[Utterance]]:
    text, turns, units = f"Transcript {number}.\n", [], []
    for turn in range(TURNS):
        start = len(text)
        for _ in range(EACH):
            units.append(Utterance("", "", len(units), turn, len(text), len(text) + 10, SENTENCE[:10]))
            text += SENTENCE
        turns.append(Turn(turn, "P", "participant", start, len(text)))
        text += "\n"
    return Transcript(f"t{number:04}", f"t{number:04}.txt", text, tuple(turns)), units


def build(path: Path) -> Study:
    study = Study.create(path, CODEBOOK)
    study.handle.connection.execute("PRAGMA synchronous = OFF")
    for coder in ("Ann", "Ben"):
        study.people.add_coder(coder)
    model = study.models.add_shipped("starter", {}, "hash")
    study.models.activate(model.id, "first suggestions")
    run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
    codes = (
        ProposedCode("rain", "barrier", 0.8, 0.7, True, "why"),
        ProposedCode("sun", None, 0.2, None, False),
    )
    for number in range(TRANSCRIPTS):
        read, units = large_transcript(number)
        with study.handle.write():
            key = study.texts.add(read, units, source=read.name)
            rows = study.handle.rows("SELECT id, lot FROM utterance WHERE transcript = ?", (key,))
            ids = [row["id"] for row in rows]
            study.suggestions.add_proposals(
                run,
                [Proposal(row["id"], 0.9, row["lot"] / 1e6, codes if row["id"] % 3 else ()) for row in rows],
            )
            if number < CODED:
                shown = study.suggestions.newest(ids)
                for coder in ("Ann", "Ben"):
                    choices = [
                        Decision(unit, "accept", suggestion=shown[unit][0].id)
                        if shown[unit]
                        else Decision(unit, "nothing")
                        for unit in ids
                    ]
                    study.acts.decide(coder, choices, mode="assisted")
    study.handle.connection.execute("PRAGMA synchronous = FULL")
    return study


def timed(limit: float, work: object) -> object:
    start = time.process_time()  # the machine may be busy with other things
    result = work()  # type: ignore[operator]
    taken = time.process_time() - start
    assert taken < limit, f"{taken:.2f} s"
    return result


@pytest.mark.slow
def test_a_million_utterances_answer_at_once(tmp_path: Path) -> None:
    build(tmp_path / "large.coder").close()
    with Study.open(tmp_path / "large.coder") as study:
        held = timed(2.0, lambda: status(study))
        figures = held.figures  # type: ignore[attr-defined]
        assert figures.utterances == TRANSCRIPTS * TURNS * EACH
        assert figures.decided == CODED * TURNS * EACH
        assert figures.waiting == pytest.approx((TRANSCRIPTS - CODED) * TURNS * EACH * 2 / 3, rel=0.01)
        batch = timed(1.0, lambda: next_batch(study, "Ann"))
        assert len(batch) == 20  # type: ignore[arg-type]
        unit = batch[0].utterance  # type: ignore[index]
        timed(0.5, lambda: study.acts.decide("Ann", [Decision(unit, "nothing")], mode="blind"))
        timed(0.5, lambda: study.acts.undo("Ann"))
        timed(1.5, lambda: study.find(Filters(transcript=1, suggested="rain"), limit=50))
        timed(0.5, lambda: study.texts.utterances(1))
