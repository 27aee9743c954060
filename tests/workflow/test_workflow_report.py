"""`coder report`: from a study to files; what counts, what is left out, what is said."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import InputError, OutputError, StudyError, TableError
from coder.reporting.study.values import ReportOptions
from coder.store import Study
from coder.store.values import Decision, Proposal, ProposedCode
from coder.workflow.study.import_codings import import_codings
from coder.workflow.study.report import ReportRequest, write_report
from coder.workflow.study.report_data import Names, filled, read_data, usual_label
from coder.workflow.study.report_groups import propose_groups, read_groups, write_groups
from tests.study_making import small_study


def encode(texts: Sequence[str]) -> NDArray[np.float64]:
    """One direction per word, so that texts with words in common are alike."""
    vectors = np.zeros((len(texts), 64))
    for row, text in enumerate(texts):
        for word in text.lower().replace(".", "").split():
            vectors[row, sum(map(ord, word)) % 64] += 1
    unit: NDArray[np.float64] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder", "one", "two") as opened:
        yield opened


def units(study: Study, name: str) -> list[int]:
    return [unit.id for unit in study.texts.utterances(study.texts.find(name)) if unit.codable]


def code(study: Study, coder: str, unit: int, name: str, polarity: str | None = None) -> None:
    study.acts.decide(coder, [Decision(unit, "add", code=name, polarity=polarity)], mode="blind")


def test_a_report_of_nothing_coded_says_so(study: Study, tmp_path: Path) -> None:
    outcome = write_report(study, ReportRequest(out=tmp_path / "empty.html"), encode=encode)
    assert any(remark.startswith("Nothing is coded yet") for remark in outcome.remarks)
    code(study, "Ann", units(study, "one")[0], "rain", "barrier")
    outcome = write_report(study, ReportRequest(out=tmp_path / "coded.html"), encode=encode)
    assert not any(remark.startswith("Nothing is coded yet") for remark in outcome.remarks)


def test_codings_of_several_coders_count_once_and_differing_polarity_is_mixed(study: Study) -> None:
    first, second, *_ = units(study, "one")
    code(study, "Ann", first, "rain", "barrier")
    code(study, "Ben", first, "rain", "facilitator")
    code(study, "Ann", second, "sun", "barrier")
    code(study, "Ben", second, "wind")
    data = read_data(study, Names())
    assert [(item.code, item.polarity, item.coders) for item in data.codings] == [
        ("rain", "mixed", ("Ann", "Ben")), ("sun", "barrier", ("Ann",)), ("wind", None, ("Ben",)),
    ]  # fmt: skip
    assert data.disputed == 2
    alone = read_data(study, Names(), coder="Ben")
    assert [item.code for item in alone.codings] == ["rain", "wind"]
    with pytest.raises(StudyError, match="no coder 'Zoe'"):
        read_data(study, Names(), coder="Zoe")


def test_what_was_adjudicated_replaces_what_coders_gave(study: Study) -> None:
    first = units(study, "one")[0]
    code(study, "Ann", first, "rain")
    code(study, "Ben", first, "sun")
    study.acts.decide("Ann", [Decision(first, "add", code="wind")], mode="adjudication", kind="adjudicate")
    assert [item.code for item in read_data(study, Names()).codings] == ["wind"]


def test_suggestions_are_told_from_codings_by_how_they_came_about(study: Study) -> None:
    run = study.suggestions.begin_run(
        study.models.add_shipped("starter", {}, "hash").id, study.codebooks.current_id()
    )
    some = units(study, "one")[:4]
    study.suggestions.add_proposals(
        run, [Proposal(unit, 0.9, 0.1, (ProposedCode("rain", None, 0.9, None, True),)) for unit in some]
    )
    said = study.suggestions.newest(some)
    study.acts.decide("Ann", [Decision(some[0], "accept", suggestion=said[some[0]][0].id)], mode="assisted")
    study.acts.decide(
        "Ann", [Decision(some[1], "change", code="sun", suggestion=said[some[1]][0].id)], mode="assisted"
    )
    code(study, "Ann", some[2], "wind")
    data = read_data(study, Names())
    assert [item.origin for item in data.codings] == ["accepted", "changed", "person"]
    assert [(item.code, item.origin) for item in data.suggested] == [("rain", "suggested")]
    assert data.fates[0].accepted == 1 and data.fates[0].changed == 1


def test_a_quote_marked_as_good_is_quoted_first(study: Study) -> None:
    from coder.reporting.study.themes import best
    from coder.reporting.study.values import Group, passages_of
    from coder.store.confirmed_codings import mark_good

    some = [units(study, "one")[place] for place in (0, 2, 4)]
    for unit in some:
        code(study, "Ann", unit, "rain")
    mark_good(study.db, "Ann", some[2], "rain", True)
    data = read_data(study, Names())
    group = Group("all", "rain", None, tuple(passages_of(data.codings)), proposed=True)
    assert [passage.first.good for passage in best(group, 2)] == [True, False]


def test_an_undone_coding_and_a_superseded_transcript_count_nowhere(study: Study) -> None:
    first = units(study, "one")[0]
    saved = study.acts.decide("Ann", [Decision(first, "add", code="rain")], mode="blind")
    study.acts.undo("Ann", saved.act)
    assert read_data(study, Names()).codings == []


def test_labels_are_made_from_attributes_as_papers_write_them() -> None:
    doctor = {"group": ("clinician",), "setting": ("primary care",), "profession": ("GP",)}
    assert usual_label(doctor) == "primary care clinician, GP"
    assert usual_label({"group": ("public",), "subsample": ("parent", "carer")}) == "public, parent and carer"
    assert usual_label({"age": ("40",)}) == ""
    assert filled("{profession}, {ward}, {SETTING} staff", doctor) == "GP, primary care staff"


@pytest.mark.parametrize(("label", "wanted"), [("{participant}", "P"), ("{Name}, {profession}", "P, nurse")])
def test_a_label_can_be_the_name_of_the_participant(
    no_pictures: None, study: Study, tmp_path: Path, label: str, wanted: str
) -> None:
    code(study, "Ann", units(study, "one")[0], "rain")
    study.people.set_attribute("participant", "P", "profession", ["nurse"])
    request = ReportRequest(tmp_path / "r.html", label=label)
    assert wanted in {case.label for case in write_report(study, request, encode=encode).data.cases.values()}
    alike = replace(request, options=ReportOptions(pseudonymised=True), force=True)
    labels = {case.label for case in write_report(study, alike, encode=encode).data.cases.values()}
    assert all(name.startswith("Participant ") for name in labels)


def test_pseudonyms_replace_names_of_people_and_transcripts_everywhere(study: Study, tmp_path: Path) -> None:
    code(study, "Ann", units(study, "one")[0], "rain", "barrier")
    study.people.link(study.texts.find("one"), "P", "Gwendolyn Price")
    out = tmp_path / "r.html"
    request = ReportRequest(out, ReportOptions(pseudonymised=True), write_groups=tmp_path / "g.csv")
    outcome = write_report(study, request, encode=encode)
    for path in (out, tmp_path / "g.csv"):
        text = path.read_text(encoding="utf-8")
        assert "Gwendolyn" not in text and "Participant 1" in text and "Transcript 1" in text
    assert any("Names inside quotes are not changed" in remark for remark in outcome.remarks)


def test_groups_go_out_to_a_table_and_come_back_as_a_persons(
    no_pictures: None, study: Study, tmp_path: Path
) -> None:
    some = units(study, "one")[:3]
    for unit in some:
        code(study, "Ann", unit, "rain")
    data = read_data(study, Names())
    groups = propose_groups(data, encode)
    assert all(group.proposed for group in groups)
    path = tmp_path / "g.csv"
    write_groups(path, groups, data)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == sum(len(group.passages) for group in groups)
    rows[0]["group"] = "wet weather"
    rows.append({**rows[0], "utterance": "999"})
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    named, remarks = read_groups(path, data)
    assert "wet weather" in {group.name for group in named} and not any(group.proposed for group in named)
    assert "1 rows fit no coded passage" in remarks[0]
    request = ReportRequest(tmp_path / "r.xlsx", groups=path, keep_groups=True)
    outcome = write_report(study, request, encode=encode)
    assert "new sub-themes are in the study's codebook" in outcome.remarks[-1]
    assert "wet weather" in {theme.label for theme in study.codebooks.current().by_id["rain"].subthemes}
    made_by = {
        row[5] for row in openpyxl.load_workbook(tmp_path / "r.xlsx")["themes"].iter_rows(values_only=True)
    }
    assert made_by == {"made by", "a person"}
    (tmp_path / "bad.csv").write_text("name,code\nx,rain\n")
    with pytest.raises(TableError, match="no column group, transcript, utterance"):
        read_groups(tmp_path / "bad.csv", data)


def test_clusters_put_likeness_together_and_repeat(study: Study) -> None:
    data = read_data(study, Names())
    from coder.reporting.study.values import Coding

    words = ["parking costs money", "the bus costs money", "no time on the ward", "little time for talk"]
    codings = [
        Coding(n + 1, "one", n + 1, n, 0.1, "p", "rain", None, f"{words[n % 4]} again", "person")
        for n in range(12)
    ]

    data = replace(data, codings=codings)
    first, second = propose_groups(data, encode), propose_groups(data, encode)
    assert first == second and len(first) > 1
    for group in first:
        topics = {"money" in passage.text for passage in group.passages}
        assert len(topics) == 1, group


def test_wrong_requests_are_one_sentence(study: Study, tmp_path: Path) -> None:
    code(study, "Ann", units(study, "one")[0], "rain")
    for request, kind, words in (
        (ReportRequest(tmp_path / "r.pdf"), OutputError, "ends in .html, .docx, .xlsx"),
        (ReportRequest(None), InputError, "Say where the report goes"),
        (ReportRequest(tmp_path / "r.html", ReportOptions(by=("ward",))), InputError, "no attribute 'ward'"),
        (ReportRequest(tmp_path / "r.html", label="{ward} nurse"), InputError, "no attribute 'ward'"),
        (ReportRequest(tmp_path / "r.html", label="{group nurse"), InputError, "one pair of braces"),
        (ReportRequest(tmp_path / "r.html", keep_groups=True), InputError, "--groups"),
    ):
        with pytest.raises(kind, match=words):
            write_report(study, request, encode=encode)
    (tmp_path / "r.html").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        write_report(study, ReportRequest(tmp_path / "r.html"), encode=encode)
    assert (tmp_path / "r.html").read_text() == "mine"


def test_unfinished_coding_is_said_first(no_pictures: None, study: Study, tmp_path: Path) -> None:
    code(study, "Ann", units(study, "one")[0], "rain")
    outcome = write_report(study, ReportRequest(tmp_path / "r.html"), encode=encode)
    assert "Coding is not finished" in outcome.remarks[0]
    assert "Coding is not finished" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_hidden_counts_come_with_a_caution_about_what_is_not_hidden(
    no_pictures: None, study: Study, tmp_path: Path
) -> None:
    code(study, "Ann", units(study, "one")[0], "rain")
    request = ReportRequest(tmp_path / "r.xlsx", ReportOptions(min_cell=5))
    remarks = write_report(study, request, encode=encode).remarks
    assert any(
        "fewer than 5 participants" in remark and "single participants" in remark for remark in remarks
    )


def test_an_empty_study_is_reported_as_empty(study: Study, tmp_path: Path) -> None:
    for name in ("r.html", "r.docx", "r.xlsx"):
        write_report(study, ReportRequest(tmp_path / name), encode=encode)
    assert "Nobody has coded anything yet" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_command_reports_on_the_sample_and_its_figures_are_those_of_the_codings(tmp_path: Path) -> None:
    out = tmp_path / "r.xlsx"
    result = CliRunner().invoke(
        app, ["report", "--sample", "-o", str(out), "--figures", str(tmp_path / "figures")]
    )
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(out)
    codings = list(book["codings"].iter_rows(min_row=2, values_only=True))
    head = [cell.value for cell in book["codings"][1]]
    place, polar = head.index("code"), head.index("polarity")
    themes = list(book["themes"].iter_rows(min_row=2, values_only=True))
    for name in {row[1] for row in themes}:
        for polarity in ("barrier", "facilitator"):
            mine = [row for row in codings if (row[place], row[polar]) == (name, polarity)]
            told = sum(int(str(row[6])) for row in themes if row[1] == name and row[3] == polarity)
            assert told == len(mine), (name, polarity)
    assert {path.suffix for path in (tmp_path / "figures").iterdir()} == {".svg", ".png"}
    assert CliRunner().invoke(app, ["report", "-o", str(out)]).exit_code == 2


def test_decisions_that_came_in_from_a_table_are_told_apart(study: Study, tmp_path: Path) -> None:
    code(study, "Ann", units(study, "two")[0], "rain")
    unit = study.texts.utterances(study.texts.all()[0].id, codable_only=True)[-1]
    (tmp_path / "c.csv").write_text(
        f"transcript,start,end,text,code\n{study.texts.all()[0].name},{unit.start},{unit.end},{unit.text},rain\n",
        encoding="utf-8",
    )
    import_codings(study, tmp_path / "c.csv", coder="Zoe")
    assert {item.name: item.imported for item in read_data(study, Names()).coders} == {"Ann": 0, "Zoe": 1}
