"""Projects of other tools into a study: texts with speakers, codings on the same characters, people, memos."""

import sqlite3
from pathlib import Path

import pytest

from coder.errors import FormatError, StudyError
from coder.exchange.read import read_codings
from coder.reading import read_transcript
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.study.export import ExportRequest, export_study
from coder.workflow.study.import_all import ImportRequest, import_all
from coder.workflow.study.import_project import import_project
from coder.workflow.study.import_transcripts import ImportOptions, import_transcripts
from tests.refi_making import qde, qdpx, selection
from tests.study_making import CODEBOOK, TALK, cut, small_study

WIDE = "Title: rain 🙂\r\n\r\nI: Why?\r\nP1: It rained, voilà, on [0:12] me.\r\nI: Oh.\r\nP1: Rain, only rain.\r\n"
ANNA = "aaaa0000-0000-0000-0000-000000000001"
CASE = "cccc0000-0000-0000-0000-00000000000c"


def marks(text: str, *words: str) -> str:
    plain = text.replace("\r\n", "\n")
    return "".join(selection(plain.index(word), plain.index(word) + len(word), word) for word in words)


RAIN = '<Code guid="cccc0000-0000-0000-0000-000000000009" name="Rain" isCodable="true"/>'


def on_rain(text: str, *words: str) -> str:
    return marks(text, *words).replace(
        "CCCC0000-0000-0000-0000-000000000002", "cccc0000-0000-0000-0000-000000000009"
    )


def one_text(text: str, inner: str = "", guid: str = "d1", name: str = "i1") -> str:
    return (
        f'<TextSource guid="{guid}" name="{name}" plainTextPath="internal://{guid}.txt" creatingUser="{ANNA}">'
        f"{inner}</TextSource>"
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    extra = (
        '<Variables><Variable guid="v1" name="Age" typeOfVariable="Integer"/></Variables>'
        f'<Cases><Case guid="{CASE}" name="P1"><VariableValue><VariableRef targetGUID="V1"/>'
        "<IntegerValue>30</IntegerValue></VariableValue></Case>"
        '<Case guid="k2" name="Site A"><Description>a town</Description><SourceRef targetGUID="d1"/></Case></Cases>'
    )
    start = WIDE.replace("\r\n", "\n").index("voilà")
    comment = (
        f'<PlainTextSelection guid="c1" startPosition="{start}" endPosition="{start + 5}"'
        f' creatingUser="{ANNA}"><Description>a comment</Description></PlainTextSelection>'
        f'<PlainTextSelection guid="c2" startPosition="{start}" endPosition="{start + 5}"/>'
        f'<PlainTextSelection guid="c3" startPosition="0" endPosition="{start}"><Coding guid="x">'
        f'<CodeRef targetGUID="{CASE}"/></Coding></PlainTextSelection>'
        '<NoteRef targetGUID="n1"/>'
    )
    media = '<PictureSource guid="g" name="photo"/><PDFSource guid="f" name="paper"/>'
    after = (
        f'<Notes><Note guid="n1" name="On the text" creatingUser="{ANNA}" plainTextPath="internal://n1.txt"/>'
        f'<Note guid="n2" creatingUser="{ANNA}"><PlainTextContent>linked</PlainTextContent></Note>'
        f'<Note guid="n3" creatingUser="{ANNA}"><PlainTextContent>on a code</PlainTextContent></Note>'
        "<Note guid='n4'><PlainTextContent>nobody's</PlainTextContent></Note></Notes>"
        '<Links><Link guid="l1" originGUID="n2" targetGUID="C2"/></Links>'
        '<Sets><Set guid="t1" name="Wave 1"><MemberSource targetGUID="D1"/>'
        '<MemberCode targetGUID="cccc0000-0000-0000-0000-000000000002"/></Set></Sets>'
    )
    codes = (
        f'<Code guid="{CASE}" name="P1" isCodable="true"/>'
        '<Code guid="cccc0000-0000-0000-0000-000000000009" name="Rain" isCodable="true">'
        '<NoteRef targetGUID="n3"/></Code>'
    )
    rain = on_rain(WIDE, "It rained, voilà, on [0:12] me.", "only rain")
    xml = qde(sources=one_text(WIDE, rain + comment) + media, extra=extra, codes=codes)
    xml = xml.replace("</Sources>", f"</Sources>{after}")
    return qdpx(tmp_path / "p.qdpx", xml, {"sources/d1.txt": WIDE.encode(), "sources/n1.txt": b"long words"})


def begun(tmp_path: Path, name: str = "s.coder") -> Study:
    return Study.create(tmp_path / name, CODEBOOK)


def test_texts_become_transcripts_and_codings_stay_on_their_characters(project: Path, tmp_path: Path) -> None:
    with begun(tmp_path) as study:
        report = import_project(study, project, ImportOptions(cut=cut))
        (info,) = study.texts.all()
        text = study.texts.text(info.id)
        assert text == WIDE.replace("\r\n", "\n")
        assert {turn.speaker: turn.role for turn in study.texts.turns(info.id)} == {
            "I": "interviewer", "P1": "participant",
        }  # fmt: skip
        spans = {
            text[item.start : item.end]
            for unit in study.texts.utterances(info.id)
            for item in study.acts.states("Anna", [unit.id])[unit.id].codes
        }
        assert spans == {"It rained, voilà, on [0:12] me.", "only rain"}
        assert report.codings is not None and report.codings.problems == []
        assert any("Time stamps inside sentences stay" in note for note in report.transcripts.added[0].notes)


def test_people_sets_and_memos_come_in_and_what_does_not_is_said(project: Path, tmp_path: Path) -> None:
    with begun(tmp_path) as study:
        report = import_project(study, project, ImportOptions(cut=cut))
        (info,) = study.texts.all()
        assert study.people.attributes("participant", "P1") == {"Age": ("30",)}
        assert study.people.participants(info.id) == {"P1": "P1"}
        assert study.people.attributes("transcript", info.uid) == {
            "set": ("Wave 1",), "case": ("Site A",), "description": ("a town",),
        }  # fmt: skip
        memos = {(memo.kind, memo.text, memo.coder) for memo in study.memos.all()}
        assert memos == {
            ("utterance", "a comment", "Anna"), ("utterance", "linked", "Anna"),
            ("transcript", "On the text\nlong words", "Anna"), ("code", "on a code", "Anna"),
        }  # fmt: skip
        assert report.codings is not None
        said = " ".join([*report.notes, *report.codings.notes])
        assert "'photo (picture)', 'paper (PDF)'" in said
        assert "1 memo of which nobody is named as the author" in said
        assert "1 coding that say where a case speaks" in said
        assert "'Site A'" in said and "that lie in sets" in said


def test_twice_adds_nothing_and_texts_that_are_here_are_used(project: Path, tmp_path: Path) -> None:
    with begun(tmp_path) as study:
        import_project(study, project, ImportOptions(cut=cut))
        before = len(study.acts.history()), len(study.memos.all())
        again = import_project(study, project, ImportOptions(cut=cut))
        assert (len(study.acts.history()), len(study.memos.all())) == before
        assert [len(again.transcripts.added), len(again.transcripts.unchanged), again.memos] == [0, 1, 0]
        study.transcript_changes.rename(study.texts.all()[0].id, "another name")
        once_more = import_project(study, project, ImportOptions(cut=cut))
        assert once_more.codings is not None and once_more.codings.problems == []


def test_codings_of_nobody_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    xml = qde(sources=one_text(TALK, on_rain(TALK, "It rained")), codes=RAIN).replace(
        "creatingUser", "vendorUser"
    )
    path = qdpx(tmp_path / "p.qdpx", xml, {"sources/d1.txt": TALK.encode()})
    with begun(tmp_path) as study:
        with pytest.raises(StudyError, match="--coder NAME"):
            import_project(study, path, ImportOptions(cut=cut))
        assert study.texts.all() == []
        report = import_project(study, path, ImportOptions(cut=cut), coder="Zoe")
        assert report.codings is not None and report.codings.rows == 1
        assert study.people.coders() == ["Zoe"]


def test_our_own_project_comes_back_whole(tmp_path: Path) -> None:
    with small_study(tmp_path / "a.coder", "one", "two") as study:
        for info in study.texts.all():
            unit = study.texts.utterances(info.id, codable_only=True)[0]
            study.acts.decide("Ann", [Decision(unit.id, "add", "rain", "barrier", memo="hm")], mode="blind")
            study.people.link(info.id, "P", "Pia")
            study.people.set_attribute("transcript", info.uid, "set", ["all", "first"])
        study.people.set_attribute("participant", "Pia", "age group", ["30", "old"])
        study.memos.write("Ben", "on the talk", transcript=info.id)
        study.memos.write("Ben", "on the words", utterance=unit.id)
        study.memos.write("Ben", "on rain", code="rain")
        study.memos.write("Ben", "on it all")
        out = export_study(study, ExportRequest(tmp_path / "a.qdpx")).out
        wanted = _everything(study)
    with begun(tmp_path, "b.coder") as back:
        brought = import_all(back, ImportRequest(paths=(out,)))
        assert brought.refused == []
        assert _everything(back) == wanted
        assert "2 texts added, 0 here before; 1 participant; 4 memos." in brought.text()


def _everything(study: Study) -> dict[str, object]:
    infos = {info.id: info for info in study.texts.all()}
    units = {unit.id: unit for key in infos for unit in study.texts.utterances(key)}
    return {
        "texts": {info.name: study.texts.text(key) for key, info in infos.items()},
        "people": study.people.all_attributes("participant"),
        "linked": {info.name: study.people.participants(key) for key, info in infos.items()},
        "sets": {info.name: study.people.attributes("transcript", info.uid) for info in infos.values()},
        "memos": {
            (memo.kind, memo.text, memo.coder, memo.code, infos[memo.transcript].name if memo.transcript else "",
             units[memo.utterance].text.split()[0] if memo.utterance else "")
            for memo in study.memos.all()
        },
        "codings": {
            (infos[units[item.utterance].transcript].name, item.coder, item.codes)
            for item in study.confirmed()
        },
    }  # fmt: skip


def test_a_project_of_qualcoder_brings_cases_attributes_journals_and_annotations(tmp_path: Path) -> None:
    folder = tmp_path / "mine.qda"
    folder.mkdir()
    with sqlite3.connect(folder / "data.qda") as database:
        database.executescript(
            "CREATE TABLE code_cat (catid, name, memo, owner, date, supercatid);"
            "CREATE TABLE code_name (cid, name, memo, catid, owner, date, color);"
            "CREATE TABLE source (id, name, fulltext, mediapath, memo, owner, date);"
            "CREATE TABLE code_text (cid, fid, seltext, pos0, pos1, owner, date, memo);"
            "CREATE TABLE cases (caseid, name, memo, owner, date);"
            "CREATE TABLE case_text (id, caseid, fid, pos0, pos1, owner, date, memo);"
            "CREATE TABLE attribute (attrid, name, attr_type, value, id, date, owner);"
            "CREATE TABLE journal (jid, name, jentry, date, owner);"
            "CREATE TABLE annotation (anid, fid, pos0, pos1, memo, owner, date);"
            "INSERT INTO code_name VALUES (1, 'Rain', '', NULL, 'Al', '', '');"
            "INSERT INTO cases VALUES (7, 'P', '', 'Al', '');"
            "INSERT INTO case_text VALUES (1, 7, 1, 0, 0, 'Al', '', '');"
            "INSERT INTO attribute VALUES (1, 'age', 'case', '40', 7, '', 'Al');"
            "INSERT INTO attribute VALUES (2, 'wave', 'file', '2', 1, '', 'Al');"
            "INSERT INTO journal VALUES (1, 'Day 1', 'a thought', '', 'Al');"
        )
        database.execute("INSERT INTO source VALUES (1, 'talk.txt', ?, NULL, 'a memo', 'Al', '')", (TALK,))
        database.execute(
            "INSERT INTO source VALUES (2, 'photo.jpg', NULL, '/images/photo.jpg', '', 'Al', '')"
        )
        at = TALK.index("It rained")
        database.execute("INSERT INTO code_text VALUES (1, 1, 'It rained', ?, ?, 'Al', '', '')", (at, at + 9))
        database.execute("INSERT INTO annotation VALUES (1, 1, ?, ?, 'noted', 'Al', '')", (at, at + 9))
    with begun(tmp_path) as study:
        report = import_project(study, folder, ImportOptions(cut=cut))
        (info,) = study.texts.all()
        assert info.name == "talk"
        assert study.people.attributes("participant", "P") == {"age": ("40",)}
        assert study.people.attributes("transcript", info.uid) == {"wave": ("2",)}
        assert {(memo.kind, memo.text) for memo in study.memos.all()} == {
            ("transcript", "a memo"), ("utterance", "noted"), ("study", "Day 1\na thought"),
        }  # fmt: skip
        assert report.codings is not None and report.codings.coded == {"Al": 1}
        assert any("photo.jpg" in note for note in read_codings(folder).notes)


def test_who_reads_a_project_as_a_transcript_is_told_what_to_do(project: Path) -> None:
    with pytest.raises(FormatError, match=r"coder import STUDY\.coder"):
        read_transcript(project)


def test_a_project_in_a_folder_of_transcripts_is_named(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "interviews"
    folder.mkdir()
    project.rename(folder / "p.qdpx")
    (folder / "talk.txt").write_text(TALK, encoding="utf-8")
    with begun(tmp_path) as study:
        brought = import_all(study, ImportRequest(paths=(folder,)))
        assert [item.name for item in brought.transcripts.added] == ["talk"]
        assert any("p.qdpx: a project of another tool, left out" in line for line in brought.problems())


def test_a_survey_keeps_its_short_answers_through_our_own_project(tmp_path: Path) -> None:
    survey, out = tmp_path / "s.csv", tmp_path / "p.qdpx"
    survey.write_text(
        "respondent,question,answer\nP1,Why?,Good.\nP2,Why?,I never had the time for it.\n", encoding="utf-8"
    )
    with Study.create(tmp_path / "a.coder", CODEBOOK) as study:
        [survey_text] = import_transcripts(study, [survey]).added
        units = study.texts.utterances(survey_text.id)
        study.people.add_coder("Ann")
        study.acts.decide("Ann", [Decision(unit.id, "add", "sun") for unit in units], mode="blind")
        exported = export_study(study, ExportRequest(out))
    assert any("The questions of 1 text of written answers are not in" in note for note in exported.left_out)
    with Study.create(tmp_path / "b.coder", CODEBOOK) as study:
        report = import_project(study, out)
        [info] = study.texts.all()
        assert study.texts.is_written(info.id)
        assert [unit.codable for unit in study.texts.utterances(info.id)] == [True, True]
        assert report.codings is not None and report.codings.used == 2
        assert not study.people.attributes("transcript", info.uid)
    assert any(note.startswith("The questions of 1 text of written answers") for note in report.notes)
