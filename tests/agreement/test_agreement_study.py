"""`coder agreement STUDY.coder`: blind and assisted codings of a study, told apart."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import StudyError
from coder.store import Study
from coder.store.model_versions import NewModel
from coder.store.values import Decision, Proposal, ProposedCode
from coder.workflow.study.decide import Adjudication, adjudicate_all
from tests.study_making import small_study


def code(study: Study, coder: str, unit: int, *codes: str) -> None:
    decisions = [Decision(unit, "add", code=name) for name in codes]
    study.acts.decide(coder, decisions or [Decision(unit, "nothing")], mode="blind")


def test_a_study_is_compared_by_utterance_and_blind_codings_stay_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "one") as study:
        units = [unit.id for unit in study.texts.utterances(next(iter(study.texts.all())).id) if unit.codable]
        for unit, (ann, ben) in zip(
            units, [(["rain"], ["rain"]), (["sun"], ["wind"]), ([], []), (["wind"], ["wind"])], strict=False
        ):
            code(study, "Ann", unit, *ann)
            code(study, "Ben", unit, *ben)
        study.acts.record_exposure("Ben", [units[1], units[4]])
        code(study, "Ben", units[1], "sun")
        code(study, "Ann", units[4], "rain")
        code(study, "Ben", units[4], "rain")
    result = CliRunner().invoke(app, ["agreement", str(path), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["kind"], report["unit"], report["n_compared"]) == ("agreement", "utterance", 4)
    assert report["overall"]["percent_agreement"]["value"] == pytest.approx(3 / 4)
    assert report["disagreements"][0]["coders"] == {"Ann": ["sun"], "Ben": ["wind"]}
    assert any("with suggestions by another" in note for note in report["notes"])


def test_a_study_without_codings_says_so(tmp_path: Path) -> None:
    small_study(tmp_path / "s.coder", "one").close()
    result = CliRunner().invoke(app, ["agreement", str(tmp_path / "s.coder")])
    assert isinstance(result.exception, StudyError) and "Nobody has coded" in str(result.exception)
    assert isinstance(
        CliRunner().invoke(app, ["agreement", str(tmp_path / "no.coder")]).exception, StudyError
    )


def test_the_model_stands_beside_people_where_it_did_not_learn(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "one", "two") as study:
        model = study.models.add(NewModel("starter", {}, "hash", {}, trained_on=[1]))
        study.models.activate(model.id, "better")
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        codes = (ProposedCode("rain", None, 0.9, None, True),)
        for home in (1, 2):
            units = [unit.id for unit in study.texts.utterances(home, codable_only=True)][:4]
            study.suggestions.add_proposals(run, [Proposal(unit, 0.9, 0.1, codes) for unit in units])
            for coder in ("Ann", "Ben"):
                for unit in units:
                    code(study, coder, unit, "rain")
    report = json.loads(CliRunner().invoke(app, ["agreement", str(path), "--json"]).stdout)
    assert (report["coders"], report["n_compared"]) == (["Ann", "Ben"], 8)
    shown = CliRunner().invoke(app, ["agreement", str(path)]).stdout
    assert f"model {model.label}" in shown
    assert report["model"]["coder"] == f"model {model.label}"
    only = json.loads(
        CliRunner().invoke(app, ["agreement", str(path), "--json", "--coder", "Ann", "--coder", "Ben"]).stdout
    )
    assert (only["coders"], only["model"]) == (["Ann", "Ben"], None)


def two_rounds(path: Path) -> None:
    """A study of two transcripts: Ann and Ben differ once in each; Cleo and Ann settled it for Ann."""
    with small_study(path, "one", "two", "three") as study:
        for home in (1, 2):
            units = [unit.id for unit in study.texts.utterances(home, codable_only=True)][:4]
            for unit, (ann, ben) in zip(units, [("s", "s"), ("s", "r"), ("w", "w"), ("r", "r")], strict=True):
                names = {"s": "sun", "r": "rain", "w": "wind"}
                code(study, "Ann", unit, names[ann])
                code(study, "Ben", unit, names[ben])
            adjudicator = study.people.add_coder("Cleo" if home == 1 else "Ann")
            adjudicate_all(study, adjudicator, [Adjudication(units[1], [("sun", None)])])


def reported(path: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["agreement", str(path), "--json", *options])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_only_the_transcripts_asked_for_are_counted_and_named(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    two_rounds(path)
    whole = reported(path)
    assert (whole["n_compared"], whole["only_transcripts"]) == (8, [])
    book = tmp_path / "round.xlsx"
    one = reported(path, "--transcript", "ONE.txt", "--transcript", "three", "-o", str(book))
    assert (one["n_compared"], one["n_transcripts"], one["only_transcripts"]) == (4, 1, ["one"])
    assert [row["transcript"] for row in one["disagreements"]] == ["one"]
    assert "Nobody has coded anything in three yet." in one["notes"]
    words = [cell.value for row in openpyxl.load_workbook(book)["read me"].iter_rows() for cell in row]
    assert "Of the transcripts, only one is counted." in words
    shown = (
        CliRunner().invoke(app, ["agreement", str(path), "--transcript", "two", "--transcript", "one"]).stdout
    )
    assert "Of the transcripts, only two and one are counted." in shown


def test_a_transcript_that_is_not_there_or_not_coded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    two_rounds(path)
    for name, said in (
        ("four", "there are one, three, two"),
        ("three", "Nobody has coded anything in three"),
    ):
        error = CliRunner().invoke(app, ["agreement", str(path), "--transcript", name]).exception
        assert isinstance(error, StudyError) and said in str(error)


def test_a_coder_is_compared_with_the_adjudicated_codes_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    two_rounds(path)
    ben = reported(path, "--coder", "Ben", "--coder", "adjudicated")
    assert (ben["kind"], ben["n_compared"], ben["n_coded"]) == ("agreement", 2, {"Ben": 8, "adjudicated": 2})
    assert ben["overall"]["percent_agreement"]["value"] == 0
    notes = " ".join(ben["notes"])
    assert "Adjudicated are 2 of the 8 units" in notes and "Adjudicated by Ann and Cleo." in notes
    assert "Ann adjudicated, too" not in notes and "found nothing to code" not in notes
    all_three = reported(path, "--coder", "Ann", "--coder", "Ben", "--coder", "adjudicated")
    pairs = {name: pair["n_units"] for name, pair in all_three["pairs"].items()}
    assert pairs == {"Ann | Ben": 8, "Ann | adjudicated": 2, "Ben | adjudicated": 2}
    assert all_three["pairs"]["Ann | adjudicated"]["percent_agreement"]["value"] == 1
    notes = " ".join(all_three["notes"])
    assert "Ann adjudicated, too" in notes and "see the pairs" in notes
    methods = CliRunner().invoke(
        app, ["agreement", str(path), "--coder", "Ben", "--coder", "adjudicated", "--methods"]
    )
    assert "1 coder (Ben)" in methods.stdout and "not reliability" in methods.stdout
    assert "independently [confirm" not in methods.stdout
    assert "adjudicated" not in reported(path)["coders"]


def test_assisted_codings_stay_assisted_beside_the_adjudicated(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "one") as study:
        units = [unit.id for unit in study.texts.utterances(1, codable_only=True)][:2]
        for coder in ("Ann", "Ben"):
            study.people.add_coder(coder)
            study.acts.record_exposure(coder, units)
            code(study, coder, units[0], "sun" if coder == "Ann" else "rain")
        adjudicate_all(study, study.people.add_coder("Cleo"), [Adjudication(units[0], [("sun", None)])])
    report = reported(path, "--coder", "Ann", "--coder", "adjudicated")
    assert (report["kind"], report["n_compared"]) == ("assisted agreement", 1)
    assert any(note.startswith("Ann saw suggestions before coding") for note in report["notes"])


def test_without_adjudicated_codes_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    path = tmp_path / "s.coder"
    with small_study(path, "one") as study:
        code(study, "Ann", study.texts.utterances(1, codable_only=True)[0].id, "sun")
    error = CliRunner().invoke(app, ["agreement", str(path), "--coder", "adjudicated"]).exception
    assert isinstance(error, StudyError) and "Nothing is adjudicated in s.coder yet" in str(error)
