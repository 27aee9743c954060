"""One kind of work on a study, over and over, until killed; each finished piece is told on stdout."""

import itertools
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from coder.store import Study, database
from coder.store.model_versions import NewModel
from coder.store.values import Decision, Proposal, ProposedCode
from tests.study_making import TALK, add_talk


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def deciding(path: Path) -> None:
    with Study.open(path) as study:
        units = [unit.id for _, held in study.texts.each() for unit in held]
        for number in itertools.count():
            unit = units[number % len(units)]
            if number % 7 == 6:
                study.acts.undo("Ann")
                continue
            choices = [Decision(unit, "add", "rain", memo="m" * 3000), Decision(unit, "add", "sun")]
            say(study.acts.decide("Ann", choices, mode="blind").act)


def importing(path: Path) -> None:
    with Study.open(path) as study:
        for number in itertools.count():
            name = f"i{time.time_ns()}"
            add_talk(study, name, TALK * 40 + f"P: Number {number} {name}.\n")
            say(name)


def retraining(path: Path) -> None:
    with Study.open(path) as study:
        units = [unit.id for _, held in study.texts.each() for unit in held]
        for number in itertools.count():
            files = {"model.npz": bytes(200_000), "card.json": b"{}"}
            with study.db.write():
                model = study.models.add(NewModel("starter", {"number": number}, "hash", files))
                study.models.activate(model.id, "better")
            run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
            codes = (ProposedCode("rain", None, 0.9, None, True, "why"),)
            study.suggestions.add_proposals(run, [Proposal(unit, 0.9, 0.1, codes) for unit in units])
            say(model.label)


def migrating(path: Path) -> None:
    def slowly(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE extra (text TEXT)")
        for _ in range(60):
            connection.execute("INSERT INTO extra SELECT text FROM transcript")
            time.sleep(0.002)
        connection.execute("CREATE INDEX extra_text ON extra (text)")

    say("begun")
    database.connect(path, steps=(*database.STEPS, slowly)).close()
    say("done")


WORK = {"deciding": deciding, "importing": importing, "retraining": retraining, "migrating": migrating}

if __name__ == "__main__":
    WORK[sys.argv[1]](Path(sys.argv[2]))
