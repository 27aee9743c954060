"""Two transcripts of one name, as copies can bring them: said, told apart by number, and renamed."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coder.cli.main import app
from coder.errors import StudyError
from coder.exchange.read import read_codings
from coder.phrasing import typed
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.agreement.from_study import study_table
from coder.workflow.study.coding_rows import codings_rows
from coder.workflow.study.codings_preview import preview_codings
from coder.workflow.study.decide import decide
from coder.workflow.study.export import ExportRequest, export_study, study_content
from coder.workflow.study.import_attributes import import_attributes
from coder.workflow.study.import_codings import import_codings
from coder.workflow.study.import_project import import_project
from coder.workflow.study.import_transcripts import ImportOptions, import_transcripts
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.report_data import Names, read_data
from coder.workflow.study.transcript_names import rename_transcript
from coder.workflow.study.undoing import undo
from tests.study_making import cut, small_study


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """The study that joins two copies in which w1 and w2 were renamed to one name."""
    with small_study(tmp_path / "a.coder", "w1", "w2"):
        pass
    shutil.copy(tmp_path / "a.coder", tmp_path / "b.coder")
    for copy, name, coder in (("a", "w1", "Ann"), ("b", "w2", "Ben")):
        with Study.open(tmp_path / f"{copy}.coder") as study:
            rename_transcript(study, name, "Ward", coder=coder)
    return tmp_path / "both study.coder"


def test_a_merge_and_the_status_name_transcripts_that_are_called_alike(both: Path) -> None:
    first, second = both.parent / "a.coder", both.parent / "b.coder"
    report = merge_studies([first, second], both)
    other = merge_studies([second, first], both, force=True)
    assert report.notes == other.notes
    with Study.open(both) as study:
        numbers = [item.uid[:8] for item in sorted(study.texts.all(), key=lambda item: item.source)]
        ((_, alike),) = study.texts.of_one_name()
        last = study.texts.told_apart(alike)[1][:8]
        (said,) = report.notes
        assert said.startswith("2 transcripts are called 'Ward': ") and f"{numbers[0]} (from w1.txt)" in said
        assert said.endswith(f"coder rename {typed(both)} {last} NEW_NAME --coder NAME")
        with pytest.raises(
            StudyError, match=rf"2 transcripts .* are called 'ward': .*{numbers[1]} \(from w2"
        ):
            study.texts.find("ward")
        assert study.texts.find("w2") == study.texts.find(numbers[1].upper())
    assert said in CliRunner().invoke(app, ["status", str(both)]).stdout


def test_one_of_them_is_renamed_by_its_number_on_the_command_line_and_undone(both: Path) -> None:
    merge_studies([both.parent / "a.coder", both.parent / "b.coder"], both)
    with Study.open(both) as study:
        number = next(item.uid[:8] for item in study.texts.all() if item.source == "w2.txt")
    line = ["rename", str(both), number, " Second  ward ", "--coder", "Ann"]
    assert CliRunner().invoke(app, line).stdout == "Renamed: Ward is now Second ward.\n"
    assert CliRunner().invoke(app, line).stdout == "Second ward is called so already.\n"
    with Study.open(both) as study:
        assert {item.name: item.source for item in study.texts.all()} == {
            "Ward": "w1.txt", "Second ward": "w2.txt",
        }  # fmt: skip
        with pytest.raises(StudyError, match="There is no coder 'Zoe'"):
            rename_transcript(study, "Ward", "Clinic", coder="Zoe")
        with pytest.raises(StudyError, match="rename that one first"):
            undo(study, "Ann")
        rename_transcript(study, "Ward", "First ward", coder="Ben")
        assert undo(study, "Ann") is not None
        assert not study.texts.of_one_name()


def test_tables_that_name_them_are_placed_by_their_words_and_facts_are_refused(both: Path) -> None:
    merge_studies([both.parent / "a.coder", both.parent / "b.coder"], both)
    table, facts = both.parent / "codes.csv", both.parent / "facts.csv"
    table.write_text(
        "transcript,text,code\nWard,My name is w2.,sun\nWard,It took the roof off.,wind\n", encoding="utf-8"
    )
    facts.write_text("transcript,place\nWard,north\nw1,south\n", encoding="utf-8")
    with Study.open(both) as study:
        assert preview_codings(study, table).documents == (("Ward", 2, True),)
        report = import_codings(study, table, coder="Ann")
        assert report.used == 1 and "occurs 2 times" in report.problems[0]
        ((_, alike),) = study.texts.of_one_name()
        assert report.problems[0].endswith(
            f"one by its number, {' and '.join(study.texts.told_apart(alike))}"
        )
        found = import_attributes(study, facts)
        assert found.problems == ["row 2: 'Ward' is the name of 2 transcripts; see coder status"]
        first = next(item for item in study.texts.all() if item.source == "w1.txt")
        assert study.people.attributes("transcript", first.uid) == {"place": ("south",)}


TALKS = {"A": "P: It rained all day. We stayed inside.\n", "B": "P: It rained all day. The wind was worse.\n"}


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    """A merge of two studies that each have an interview of the same name, coded by Ann and by Ben."""
    for folder, coder in (("A", "Ann"), ("B", "Ben")):
        with small_study(tmp_path / f"{folder}.coder") as study:
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "interview.txt").write_text(TALKS[folder], encoding="utf-8")
            (added,) = import_transcripts(
                study, [tmp_path / folder / "interview.txt"], ImportOptions(cut=cut)
            ).added
            study.people.add_coder(coder)
            for unit in study.texts.utterances(added.id, codable_only=True):
                decide(
                    study, coder, Decision(unit.id, "add", "rain" if coder == "Ann" else "wind"), mode="blind"
                )
            export_study(study, ExportRequest(tmp_path / f"{folder}.qdpx"))
    merge_studies([tmp_path / "A.coder", tmp_path / "B.coder"], tmp_path / "m.coder")
    return tmp_path / "m.coder"


def ids_by_words(study: Study) -> dict[str, int]:
    """Return the two interviews by whose they are: A's and B's."""
    return {("A" if "inside" in study.texts.text(item.id) else "B"): item.id for item in study.texts.all()}


def test_a_project_of_one_of_them_codes_that_one(joined: Path) -> None:
    for folder in ("A", "B"):
        with Study.open(joined) as study:
            home = ids_by_words(study)[folder]
            project = read_codings(joined.parent / f"{folder}.qdpx")
            assert len(project.documents) == 1
            report = import_project(study, joined.parent / f"{folder}.qdpx")
            assert report.codings is not None and report.codings.problems == []
            units = [item for info in study.texts.all() for item in study.texts.utterances(info.id)]
            coder = "Ann" if folder == "A" else "Ben"
            states = study.acts.states(coder, [unit.id for unit in units])
            assert {unit.transcript for unit in units if states[unit.id].codes} == {home}


def test_a_corrected_file_of_one_of_them_replaces_neither_until_one_is_named(joined: Path) -> None:
    path = joined.parent / "interview.txt"
    path.write_text(TALKS["B"].replace("worse", "worst"), encoding="utf-8")
    with Study.open(joined) as study:
        home = ids_by_words(study)["B"]
        decided = {item.id: item.decided for item in study.texts.all()}
        refused = import_transcripts(study, [path], ImportOptions(new_version=True, cut=cut)).refused
        (number,) = [item.uid[:8] for item in study.texts.all() if item.id == home]
        assert f"{number} (from interview.txt)" in refused[0][1] and "coder rename" in refused[0][1]
        assert {item.id: item.decided for item in study.texts.all()} == decided
        rename_transcript(study, number, "second", coder="Ben")
        assert import_transcripts(study, [path], ImportOptions(new_version=True, cut=cut)).refused
        path.rename(path.with_name("second.txt"))
        (added,) = import_transcripts(
            study, [path.with_name("second.txt")], ImportOptions(new_version=True, cut=cut)
        ).added
        assert (added.name, added.version, added.carried) == ("second", 2, 1)
        assert study.texts.in_use(home) == added.id


def test_a_corrected_file_of_a_renamed_transcript_is_its_next_version(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_text(TALKS["A"], encoding="utf-8")
    with small_study(tmp_path / "s.coder") as study:
        study.people.add_coder("Ann")
        (first,) = import_transcripts(study, [path], ImportOptions(cut=cut)).added
        rename_transcript(study, "p", "First interview", coder="Ann")
        study.models.hold_out([first.id])
        path.write_text(TALKS["A"].replace("inside", "indoors"), encoding="utf-8")
        ((_, why),) = import_transcripts(study, [path], ImportOptions(cut=cut)).refused
        assert why.startswith("'p' is in the study with another text, as 'First interview'.")
        (second,) = import_transcripts(study, [path], ImportOptions(new_version=True, cut=cut)).added
        assert (second.name, second.version) == ("First interview", 2)
        (only,) = study.texts.all()
        assert (only.id, only.held_out, study.texts.earlier(only.id)) == (second.id, True, [first.id])


def test_agreement_and_report_do_not_take_them_for_one(joined: Path) -> None:
    with Study.open(joined) as study:
        homes, shown = ids_by_words(study), study.texts.shown_names()
        assert shown[homes["A"]] != shown[homes["B"]] and shown[homes["A"]].startswith("interview (")
        assert [study.texts.find(shown[home].upper()) for home in homes.values()] == list(homes.values())
        with pytest.raises(StudyError, match="There is no transcript"):
            study.texts.find(shown[homes["A"]].replace("interview", "talk"))
        data = read_data(study, Names())
        assert [case.transcripts for case in data.cases.values()] == [
            (source.name,) for source in data.sources
        ]
        assert {source.name for source in data.sources} == {shown[home] for home in homes.values()}
    table = study_table(joined).frame
    assert table.groupby("transcript")["coder"].unique().map(list).to_dict() == {
        shown[homes["A"]]: ["Ann"], shown[homes["B"]]: ["Ben"],
    }  # fmt: skip


def places_coded(study: Study) -> set[tuple[str, int, int, str, str]]:
    """Return what is coded, by the words of the transcript, place, code and coder."""
    content = study_content(study)
    words = {document.uid: document.text for document in content.documents}
    return {(words[item.document], item.start, item.end, item.code, item.coder) for item in content.coded}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".qdpx"])
def test_what_is_exported_of_them_tells_them_apart_and_comes_back_to_the_right_one(
    joined: Path, suffix: str
) -> None:
    out = joined.parent / f"out{suffix}"
    with Study.open(joined) as study:
        export_study(study, ExportRequest(out))
        before, names = places_coded(study), set(study.texts.shown_names().values())
        project = read_codings(out)
        assert {item.document for item in project.codings} == names
        for coder in ("Ann", "Ben"):
            undo(study, coder)
        assert places_coded(study) != before
        if suffix == ".qdpx":
            import_project(study, out)
        else:
            assert import_codings(study, out).problems == []
        assert places_coded(study) == before
    with small_study(joined.parent / "new.coder") as fresh:
        export = joined.parent / "whole.qdpx"
        with Study.open(joined) as study:
            export_study(study, ExportRequest(export))
        import_project(fresh, export)
        if suffix != ".qdpx":
            assert import_codings(fresh, out).problems == []
        found = {(text, code, coder) for text, *_, code, coder in places_coded(fresh)}
        assert found == {(text, code, coder) for text, *_, code, coder in before}


def test_word_matrix_and_the_pages_table_tell_them_apart(joined: Path) -> None:
    from docx import Document

    with Study.open(joined) as study:
        names = set(study.texts.shown_names().values())
        export_study(study, ExportRequest(joined.parent / "out.docx"))
        export_study(study, ExportRequest(joined.parent / "matrix.jsonl", matrix=True))
        assert {row["transcript"] for row in codings_rows(study)} == names
    headings = {item.text for item in Document(str(joined.parent / "out.docx")).paragraphs}
    assert names <= headings
    matrix = (joined.parent / "matrix.jsonl").read_text(encoding="utf-8")
    assert {json.loads(line)["transcript"] for line in matrix.splitlines()} == names


def test_the_number_behind_a_name_decides_after_a_transcript_was_renamed(joined: Path) -> None:
    """A table that was exported before still comes back to the right one, and this is said."""
    out, facts = joined.parent / "out.csv", joined.parent / "facts.csv"
    with Study.open(joined) as study:
        export_study(study, ExportRequest(out))
        before, homes = places_coded(study), ids_by_words(study)
        old = study.texts.shown_names()[homes["B"]]
        for coder in ("Ann", "Ben"):
            undo(study, coder)
        rename_transcript(study, old, "Ward B", coder="Ann")
        assert places_coded(study) != before
        assert {name: known for name, _, known in preview_codings(study, out).documents}[old]
        report = import_codings(study, out)
        assert (report.problems, places_coded(study)) == ([], before)
        assert f"1 renamed transcript known by the number: '{old}' is now 'Ward B'." in report.notes
        facts.write_text(
            f"transcript,site\n{old},North\n{old.replace('interview', 'Ward B')},North\n", "utf-8"
        )
        added = import_attributes(study, facts)
        assert added.problems == [f"1 renamed transcript known by the number: '{old}' is now 'Ward B'."]
        again = import_codings(study, out)
        assert any("renamed" in note for note in again.notes)
        nobody = "interview (00000000)"
        out.write_text(out.read_text("utf-8").replace(old, nobody), "utf-8")
        assert any(nobody in problem for problem in import_codings(study, out).problems)
