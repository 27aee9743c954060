"""`coder agreement STUDY.coder`: blind and assisted codings of a study, told apart."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import StudyError
from coder.store import Study
from coder.store.model_versions import NewModel
from coder.store.values import Decision, Proposal, ProposedCode
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
