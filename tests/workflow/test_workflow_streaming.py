"""Large jobs go part by part: bounded, resumable, and with the rows that one piece would give."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coder.codebook import load_codebook
from coder.domain import Utterance
from coder.encoding.encoder import Progress
from coder.errors import InputError, OutputError
from coder.learning import Model, blank_model
from coder.workflow.precoding import answers, pipeline
from coder.workflow.precoding.checkpoint import Workspace
from coder.workflow.precoding.parts import LocalEngine, Opinions, Part, finished
from coder.workflow.precoding.pipeline import PrecodingRequest, run
from coder.workflow.suggestion import Opinion, Row, ScoredCode


class HashEncoder:
    """Gives every text a random direction of its own; remembers what it was asked."""

    id = "hashes/test"
    dimension = 24

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        self.asked += texts
        rows = [
            np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()[:8])).normal(size=24)
            for text in texts
        ]
        found = np.array(rows, dtype=np.float32).reshape(-1, 24)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> HashEncoder:
    """Return the encoder of a model that has learned nothing, which every run of the test opens; parts of 5 rows."""
    made = HashEncoder()

    def opened(*_: Any, **__: Any) -> Model:
        return blank_model(load_codebook("comb"), made)

    monkeypatch.setattr("coder.workflow.modelling.models.open_model", opened)
    monkeypatch.setattr(answers, "AT_A_TIME", 5)
    return made


def answers_table(path: Path, rows: int = 23) -> Path:
    frame = pd.DataFrame(
        {
            "id": range(rows),
            "text": [f"answer {number}" if number % 6 else None for number in range(rows)],
            "code": "theirs",
            "study": ["north" if number % 2 else "south" for number in range(rows)],
        }
    )
    frame.to_parquet(path)
    return path


def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MANY_ROWS", 3)
    monkeypatch.setattr(pipeline, "MANY_FILES", 1)


def request_of(tmp_path: Path, name: str = "out.csv", **changes: Any) -> PrecodingRequest:
    asked = PrecodingRequest([tmp_path / "answers.parquet"], tmp_path / name, unit="row", threads=1)
    return replace(asked, **changes)


def test_a_large_table_is_coded_as_a_small_one(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_table(tmp_path / "answers.parquet")
    small = run(request_of(tmp_path, "small.csv"))
    large(monkeypatch)
    summary = run(request_of(tmp_path, "large.csv"))
    assert (tmp_path / "large.csv").read_bytes() == (tmp_path / "small.csv").read_bytes()
    assert summary == small
    assert summary.utterances == 23
    assert summary.codable == 19
    assert not (tmp_path / "large.csv.parts").exists()


def test_all_parts_share_their_study_s_topic(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_table(tmp_path / "answers.parquet")
    run(request_of(tmp_path, "parts.csv"))
    monkeypatch.setattr(answers, "AT_A_TIME", 1000)
    run(request_of(tmp_path, "whole.csv"))
    parts, whole = (pd.read_csv(tmp_path / name) for name in ("parts.csv", "whole.csv"))
    exact = ["id", "code_given", "study", "text", "code", "polarity"]
    pd.testing.assert_frame_equal(parts[exact], whole[exact])
    np.testing.assert_allclose(parts["confidence"], whole["confidence"], atol=2e-4)


def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_table(tmp_path / "answers.parquet")
    large(monkeypatch)
    run(request_of(tmp_path, "whole.csv"))

    class Interrupted(LocalEngine):
        def code(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Opinions]]:
            for count, found in enumerate(super().code(parts)):
                if count == 3:
                    raise KeyboardInterrupt
                yield found

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pipeline, "LocalEngine", Interrupted)
        run(request_of(tmp_path))
    assert not (tmp_path / "out.csv").exists()
    assert len(list((tmp_path / "out.csv.parts").glob("*.part"))) == 3

    steps: list[int] = []
    monkeypatch.setattr(answers, "table_parts", watched := WatchedParts(answers.table_parts))
    run(request_of(tmp_path), progress=lambda done, _: steps.append(done))
    assert watched.numbers == [3, 4]
    assert steps == [15, 5, 3]
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


class WatchedParts:
    """Passes parts on and remembers their numbers."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.numbers: list[int] = []

    def __call__(self, *arguments: Any) -> Iterator[Part]:
        for part in self._inner(*arguments):
            self.numbers.append(part.number)
            yield part


def test_another_request_starts_afresh(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_table(tmp_path / "answers.parquet")
    large(monkeypatch)
    with Workspace(tmp_path / "out.csv", {"other": "request"}) as other:
        (other.folder / "00000001.part").write_bytes(b"of the other request")
    run(request_of(tmp_path, coded_only=True))
    assert pd.read_csv(tmp_path / "out.csv")["code"].notna().all()


def test_two_runs_never_share_a_workspace(tmp_path: Path) -> None:
    with (
        Workspace(tmp_path / "out.csv", {}),
        pytest.raises(OutputError, match="Another run"),
        Workspace(tmp_path / "out.csv", {}),
    ):
        pass
    with Workspace(tmp_path / "out.csv", {}):
        pass


def test_a_folder_of_transcripts_names_the_one_it_cannot_read(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    for number in range(4):
        lines = [
            f"{who}: I said number {number} {place}, and it was far from easy."
            for place in range(3)
            for who in ("A", "B")
        ]
        (folder / f"talk{number}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"nothing of the kind")
    asked = request_of(tmp_path, "a.csv", paths=[folder], unit="utterance")
    at_once = run(asked)
    large(monkeypatch)
    in_parts = run(replace(asked, out=tmp_path / "b.csv"))
    assert in_parts == at_once
    assert list(in_parts.refused) == [str(folder / "broken.docx")]
    assert len(in_parts.files) == 4
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_progress_and_memory_go_part_by_part(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_table(tmp_path / "answers.parquet", 200)
    large(monkeypatch)
    seen: list[tuple[int, int | None]] = []
    watched = WatchedParts(answers.table_parts)
    monkeypatch.setattr(answers, "table_parts", watched)

    def progress(steps: int, total: int | None) -> None:
        seen.append((steps, total))
        assert len(watched.numbers) == len(seen), "parts are made one at a time"

    run(request_of(tmp_path), progress=progress)
    assert sum(steps for steps, _ in seen) == 200
    assert {total for _, total in seen} == {200}


def test_a_study_column_that_names_no_studies_is_refused(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_table(tmp_path / "answers.parquet")
    monkeypatch.setattr(answers, "MANY_STUDIES", 1)
    with pytest.raises(InputError, match=r"'study' has over 1 different values"):
        run(request_of(tmp_path))


def test_topics_are_sampled_evenly_and_without_regard_to_the_number_of_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = answers_table(tmp_path / "answers.parquet", 1200)
    monkeypatch.setattr(answers, "SAMPLED", 50)
    (survey,) = answers.surveyed([path])
    monkeypatch.setattr(answers, "AT_A_TIME", 7)
    (pieces,) = answers.surveyed([path])
    assert sorted(survey.sample) == sorted(pieces.sample)
    chosen = [int(text.split()[1]) for study, text in survey.sample if study == "north"]
    assert len(chosen) == len(set(chosen)) == 50
    counts, _ = np.histogram(chosen, bins=10, range=(0, 1200))
    assert counts.min() >= 2


@pytest.mark.parametrize("size", [10**6, 0])  # read whole, and piece by piece
def test_answers_under_another_heading_are_read_and_questions_of_ones_own_are_kept(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MANY_BYTES", size)
    (tmp_path / "a.csv").write_text("respondent,question,answer\nP1,Why?,Too far.\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,comment,answer\n1,Good.,No\n", encoding="utf-8")
    survey, refused = answers.surveyed([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert (survey.columns, survey.sample) == (("respondent",), (("", "Too far."),))
    assert "'text' is missing" in refused.refused
    records = [{"text": "Too far.", "Question": "Why?", "question": "Q7"}]
    [answer], _, [others] = answers.table_answers(records, "a")
    assert answer.question == "Why?"
    assert others == {"Question": "Why?", "question_given": "Q7"}


def test_what_a_part_keeps_survives_the_disk(tmp_path: Path, encoder: HashEncoder) -> None:
    row: Row = {"text": "half \ud800 pair\u2028and\nlines", "number": 1.25, "none": None, "list": ["a"]}
    with Workspace(tmp_path / "out.csv", {"a": (1, 2)}) as workspace:
        spoken = Utterance("x:0", "x", 0, 0, 0, 2, "Is é", role="participant")
        unread = Opinion((ScoredCode("time", 0.1, False),), None, None, 0.0, 0.0, "Irish")
        model = blank_model(load_codebook("comb"), encoder)
        part = Part(7, "x.txt", (spoken,), other_columns=(row,), notes=("n",))
        record, rows = finished(part, [unread], model, coded_only=False)
        assert record.unread == {"Irish": 1} and rows[0]["evidence"].endswith("Irish")
        workspace.keep(record, rows)
        assert list(workspace.records()) == [record]
        assert list(workspace.rows()) == [rows]
        assert json.loads((workspace.folder / "run.json").read_text()) == {"a": [1, 2]}
