"""Importing: each transcript whole or not at all, nothing twice, changes never silent; codings and attributes."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from coder.errors import StudyError, TableError
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.precoding.parts import input_files
from coder.workflow.study.decide import decide
from coder.workflow.study.import_all import ImportRequest, ImportResult, import_all
from coder.workflow.study.import_attributes import import_attributes
from coder.workflow.study.import_codings import import_codings
from coder.workflow.study.import_transcripts import ImportOptions, ImportReport, import_transcripts
from tests.study_making import TALK, cut, small_study

TEXT = """\
INTERVIEWER: What was the weather like?

P01: It rained all day. The sun came later. “So it’s fine,” she said.

INTERVIEWER: And at night?

P01: Wind, only wind. It took the roof off. We laughed. We laughed.
"""


def put(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def bring(study: Study, *paths: Path, new_version: bool = False) -> ImportReport:
    return import_transcripts(study, paths, ImportOptions(new_version=new_version, cut=cut))


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder") as opened:
        yield opened


@pytest.fixture
def talk(study: Study, tmp_path: Path) -> int:
    [added] = bring(study, put(tmp_path, "talk.txt", TEXT)).added
    return added.id


def test_a_transcript_without_names_is_not_said_to_have_no_interviewer(study: Study, tmp_path: Path) -> None:
    path = put(
        tmp_path, "no names.txt", "It rained all day and the roof came off.\n\nWe laughed about it later.\n"
    )
    said = ImportResult(bring(study, path)).text()
    assert f'no speaker is named. Who asks and who answers: coder turns "{path}"' in said
    assert "none found" not in said


@pytest.mark.parametrize(
    ("text", "all_coded"),
    [
        ("Ida: It rained.\n\nBo: It did.\n\nIda: All day.\n\nBo: And night.\n", True),
        ("Ida: Did it rain?\n\nBo: It did.\n\nIda: All day?\n\nBo: And night.\n", False),
        ("P1: It rained.\n\nP1: It did.\n\nP1: All day.\n", False),
    ],
)
def test_speakers_who_are_all_coded_for_want_of_an_interviewer_are_named_with_the_way_out(
    study: Study, tmp_path: Path, text: str, all_coded: bool
) -> None:
    said = ImportResult(bring(study, put(tmp_path, "talk.txt", text))).text()
    assert ("so all speakers are coded (name who asks on the page How they were read)" in said) == all_coded


def texts(study: Study, transcript: int) -> list[str]:
    return [item.text for item in study.texts.utterances(transcript, codable_only=True)]


def coded(study: Study, coder: str, transcript: int) -> dict[str, list[str]]:
    units = study.texts.utterances(transcript, codable_only=True)
    states = study.acts.states(coder, [unit.id for unit in units])
    return {
        unit.text: [item.code for item in states[unit.id].codes] or [states[unit.id].state]
        for unit in units
        if states[unit.id].state != "open"
    }


def test_a_transcript_comes_in_with_turns_roles_and_every_character(study: Study, talk: int) -> None:
    stored = study.texts.transcript(talk)
    assert stored.text == TEXT
    assert [turn.role for turn in stored.turns] == ["interviewer", "participant"] * 2
    covered = sorted(
        [(turn.start, turn.end) for turn in stored.turns] + [(s.start, s.end) for s in stored.furniture]
    )
    assert covered[0][0] == 0
    assert all(before[1] >= after[0] for before, after in pairwise(covered))
    assert texts(study, talk)[0] == "It rained all day."
    assert study.texts.utterances(talk, codable_only=True)[0].question == "What was the weather like?"


def test_the_same_file_again_changes_nothing(study: Study, talk: int, tmp_path: Path) -> None:
    report = bring(study, tmp_path / "talk.txt", put(tmp_path, "other name.txt", TEXT))
    assert not report.added
    assert [reason for _, reason in report.unchanged] == ["in the study already, as 'talk'"] * 2


def test_a_changed_file_is_refused_unless_it_is_a_new_version(
    study: Study, talk: int, tmp_path: Path
) -> None:
    units = study.texts.utterances(talk, codable_only=True)
    decide(
        study,
        "Ann",
        [Decision(units[0].id, "add", "rain", memo="wet"), Decision(units[1].id, "nothing")],
        mode="blind",
    )
    decide(study, "Ann", Decision(units[3].id, "add", "wind"), mode="blind")
    put(tmp_path, "talk.txt", TEXT.replace("Wind, only wind.", "Wind and only wind, all night."))
    report = bring(study, tmp_path / "talk.txt")
    assert "--new-version" in report.refused[0][1]
    [added] = bring(study, tmp_path / "talk.txt", new_version=True).added
    assert (added.version, added.carried) == (2, 2)
    assert coded(study, "Ann", added.id) == {
        "It rained all day.": ["rain"],
        "The sun came later.": ["nothing"],
    }
    kept = study.db.rows("SELECT text, memo FROM coding")  # for other tools: the version in use alone
    assert [tuple(row) for row in kept] == [("It rained all day.", "wet")]
    versions = [item for item in study.texts.all(superseded=True) if item.name == "talk"]
    assert [(item.version, item.current) for item in versions] == [(1, False), (2, True)]
    assert study.acts.states("Ann", [units[3].id])[units[3].id].codes[0].code == "wind"
    put(tmp_path, "talk.txt", TEXT.replace("Wind, only wind.", "Only wind."))
    [third] = bring(study, tmp_path / "talk.txt", new_version=True).added
    assert third.version == 3 and study.texts.same_file("talk", "talk.txt") == [third.id]
    study.transcript_changes.remove(third.id)
    assert not study.texts.same_file("talk", "talk.txt")


def test_unreadable_files_are_refused_and_the_others_come_in(study: Study, tmp_path: Path) -> None:
    put(tmp_path, "good.txt", TALK)
    (tmp_path / "bad.docx").write_bytes(b"not a zip")
    report = bring(study, tmp_path / "good.txt", tmp_path / "bad.docx", tmp_path / "missing.txt")
    assert [item.name for item in report.added] == ["good"]
    assert {path.name for path, _ in report.refused} == {"bad.docx", "missing.txt"}


def test_a_table_of_codings_is_no_transcript_and_one_of_talk_by_users_is(
    study: Study, tmp_path: Path
) -> None:
    codings = put(tmp_path, "codes.csv", "transcript,text,coder,code\ntalk,It rained all day.,Ann,rain\n")
    talk = put(
        tmp_path,
        "chat.csv",
        "user,text,theme\nInterviewer,What was hard?,\nP1,The stairs are steep.,rain\n"
        "Interviewer,And else?,\nP1,Nothing else.,\n",
    )
    report = bring(study, codings, talk)
    assert [item.name for item in report.added] == ["chat"]
    [(refused, why)] = report.refused
    assert refused == codings and f"--codings {codings}" in why


def test_correcting_a_role_changes_what_can_be_coded_and_re_cuts_nothing(study: Study, talk: int) -> None:
    ids = [item.id for item in study.texts.utterances(talk)]
    study.people.set_role(talk, "INTERVIEWER", "participant")
    study.people.set_role(talk, "P01", "interviewer")
    assert texts(study, talk) == ["What was the weather like?", "And at night?"]
    assert [item.id for item in study.texts.utterances(talk)] == ids
    assert study.texts.turns(talk)[0].role_read == "interviewer"
    with pytest.raises(StudyError, match="Nobody"):
        study.people.set_role(talk, "Nobody", "participant")


def test_codings_are_placed_by_offsets_by_text_and_tolerantly(
    study: Study, talk: int, tmp_path: Path
) -> None:
    start = TEXT.index("The sun")
    table = put(
        tmp_path,
        "codings.csv",
        "transcript,start,end,text,coder,code,polarity\n"
        f"talk,{start},{start + 19},The sun came later.,Ann,sun,facilitator\n"
        "talk.txt,,,It rained all day.,Ann,Rain,Barrier\n"
        'talk,,,"""so  it\'s fine,"" she SAID",Ann,sun,enabler\n'
        ',,,"Wind, only wind. It took the roof off.",Ann,wind,\n',
    )
    report = import_codings(study, table)
    assert report.problems == []
    assert (report.used, report.tolerant) == (4, 1)
    assert coded(study, "Ann", talk) == {
        "It rained all day.": ["rain"],
        "The sun came later.": ["sun"],
        "“So it’s fine,” she said.": ["sun"],
        "Wind, only wind.": ["wind"],
        "It took the roof off.": ["wind"],
    }
    unit = study.texts.utterances(talk, codable_only=True)[3].id
    code = study.acts.states("Ann", [unit])[unit].codes[0]
    assert TEXT[code.start : code.end] == "Wind, only wind. It took the roof off."
    assert code.blind


def test_rows_that_cannot_be_placed_are_named_with_the_reason(
    study: Study, talk: int, tmp_path: Path
) -> None:
    table = put(
        tmp_path,
        "codings.csv",
        "transcript,text,code,polarity\n"
        "talk,We laughed.,sun,\n"
        "talk,Nobody said this.,sun,\n"
        "nowhere,It rained all day.,sun,\n"
        "talk,It rained all day.,snow,\n"
        "talk,It rained all day.,sun,splendid\n"
        "talk,And at night?,sun,\n"
        "talk,The sun came later.,sun,\n",
    )
    report = import_codings(study, table, coder="Cleo")
    said = "\n".join(report.problems)
    for line in (
        "row 2: its text occurs 2 times",
        "row 3: its text is not found",
        "row 4: there is no transcript 'nowhere'",
        "row 5: 'snow' is not a code",
        "row 6: polarity 'splendid'",
        "row 7: the passage holds only the interviewer's words",
    ):
        assert line in said
    assert (report.used, len(report.problems)) == (1, 6)
    assert coded(study, "Cleo", talk) == {"The sun came later.": ["sun"]}


def test_bringing_a_table_in_twice_adds_nothing(study: Study, talk: int, tmp_path: Path) -> None:
    table = put(tmp_path, "codings.csv", "text,code\nIt rained all day.,rain\nThe sun came later.,\n")
    import_codings(study, table, coder="Ann")
    import_codings(study, table, coder="Ann")
    assert len(study.acts.history(coder="Ann")) == 2
    assert coded(study, "Ann", talk) == {"It rained all day.": ["rain"], "The sun came later.": ["nothing"]}


def test_what_was_read_without_a_code_is_known_only_when_said(
    study: Study, talk: int, tmp_path: Path
) -> None:
    table = put(tmp_path, "codings.csv", "transcript,text,code\ntalk,It rained all day.,rain\n")
    read = put(
        tmp_path, "read.csv", "text,transcript\nThe sun came later.,talk\nIt took the roof off.,talk\n"
    )
    import_codings(study, table, coder="Ann")
    assert len(coded(study, "Ann", talk)) == 1
    import_codings(study, table, coder="Ben", looked_at=read)
    assert coded(study, "Ben", talk) == {
        "It rained all day.": ["rain"],
        "The sun came later.": ["nothing"],
        "It took the roof off.": ["nothing"],
    }
    import_codings(study, table, coder="Cleo", complete=True)
    assert set(coded(study, "Cleo", talk)) == set(texts(study, talk))


def test_where_a_row_with_a_code_may_belong_is_not_taken_for_nothing_to_code(
    study: Study, talk: int, tmp_path: Path
) -> None:
    table = put(
        tmp_path,
        "codings.csv",
        "transcript,text,code\ntalk,It rained all day.,rain\ntalk,We laughed.,sun\ntalk,The sun came later.,light\n"
        "talk,It hailed.,rain\n",
    )
    report = import_codings(study, table, coder="Ann", complete=True)
    stands = coded(study, "Ann", talk)
    assert stands["It rained all day."] == ["rain"]
    assert "We laughed." not in stands
    assert "The sun came later." not in stands
    assert stands["It took the roof off."] == ["nothing"]
    assert (report.left_open, report.nowhere) == ({"Ann": 3}, 1)
    assert any(note.startswith("3 utterances taken as not looked at") for note in report.notes)
    assert any(note.startswith("1 row with a code found nowhere") for note in report.notes)


def test_a_row_that_names_no_coder_leaves_its_utterance_open_for_everybody(
    study: Study, talk: int, tmp_path: Path
) -> None:
    rows = "It rained all day.,rain,Ann\nIt rained all day.,rain,Ben\nIt took the roof off.,rain,\n"
    table = put(tmp_path, "codings.csv", f"text,code,coder\n{rows}")
    report = import_codings(study, table, complete=True)
    assert report.problems == ["row 4: nobody is named who coded it"]
    assert report.left_open == {"Ann": 1, "Ben": 1}
    for coder in ("Ann", "Ben"):
        stands = coded(study, coder, talk)
        assert "It took the roof off." not in stands and stands["The sun came later."] == ["nothing"]


def test_what_an_earlier_import_took_for_nothing_to_code_is_not_said_to_be_open(
    study: Study, talk: int, tmp_path: Path
) -> None:
    first = put(tmp_path, "first.csv", "text,code\nIt rained all day.,rain\n")
    import_codings(study, first, coder="Ann", complete=True)
    more = put(tmp_path, "more.csv", "text,code\nIt rained all day.,rain\nIt took the roof off.,rainn\n")
    report = import_codings(study, more, coder="Ann", complete=True)
    assert coded(study, "Ann", talk)["It took the roof off."] == ["nothing"]
    assert (report.left_open, report.still_nothing) == ({"Ann": 0}, {"Ann": 1})
    assert any(
        note.startswith("1 utterance left at nothing to code, which stood before") for note in report.notes
    )
    assert not any("taken as not looked at" in note for note in report.notes)


def test_what_a_coder_read_is_asked_only_where_nobody_said_it(
    study: Study, talk: int, tmp_path: Path
) -> None:
    table = put(tmp_path, "codings.csv", "text,code\nIt rained all day.,rain\n")
    asked = ImportRequest(codings=table, coder="Ann")
    assert "repeat with --complete" in import_all(study, asked).text()
    said = import_all(study, replace(asked, looked_at=table)).text()
    assert "0 with nothing to code" in said and "repeat with --complete" not in said


def test_whose_codes_they_are_must_be_known(study: Study, talk: int, tmp_path: Path) -> None:
    plain = put(tmp_path, "plain.csv", "text,code\nIt rained all day.,rain\n")
    with pytest.raises(StudyError, match="--coder"):
        import_codings(study, plain)
    named = put(
        tmp_path, "named.csv", "text,code,coder\nIt rained all day.,rain,R1\nThe sun came later.,sun,R2\n"
    )
    with pytest.raises(StudyError, match="R1, R2"):
        import_codings(study, named, coder="R3")
    import_codings(study, named, coder="R2")
    assert "R1" not in study.people.coders()
    assert coded(study, "R2", talk) == {"The sun came later.": ["sun"]}
    with pytest.raises(TableError, match="column 'code'"):
        import_codings(study, put(tmp_path, "no.csv", "text,nothing\na,b\n"), coder="Ann")


def test_importing_codings_can_be_undone_by_name_only(study: Study, talk: int, tmp_path: Path) -> None:
    import_codings(study, put(tmp_path, "c.csv", "text,code\nIt rained all day.,rain\n"), coder="Ann")
    assert study.acts.undo("Ann") is None
    study.acts.undo("Ann", study.acts.history(coder="Ann")[0].act)
    assert coded(study, "Ann", talk) == {}


def test_attributes_reach_participants_with_several_values(study: Study, talk: int, tmp_path: Path) -> None:
    bring(
        study, put(tmp_path, "p02_parent.txt", TALK.replace("P:", "Participant:").replace("rained", "snowed"))
    )
    table = put(
        tmp_path,
        "participants.csv",
        "participant,transcript,group,age\nP01,talk,carer; parent,50\nP01,talk,volunteer,50\n"
        "P02,,parent,30\nP09,,x,1\n",
    )
    report = import_attributes(study, table)
    assert study.people.attributes("participant", "P01") == {
        "group": ("carer", "parent", "volunteer"),
        "age": ("50",),
    }
    assert study.people.participants(talk) == {"P01": "P01"}
    assert study.people.participants(study.texts.find("p02_parent")) == {"Participant": "P02"}
    assert report.problems == ["1 participant has no turn in any transcript so far: 'P09' (row 5)"]
    assert report.text() == (
        "2 columns for 3 participants, linked to 2 speakers. No label names 1 of them: taken for the only one who"
        " speaks beside the interviewer, such as 'P02' for 'Participant' in 'p02_parent'."
    )


@pytest.mark.parametrize("rows", ["P01,talk,50\nP07,talk,60\n", "P07,talk,60\nP01,talk,50\n"])
def test_a_participant_who_does_not_speak_takes_nobodys_place(
    study: Study, talk: int, tmp_path: Path, rows: str
) -> None:
    report = import_attributes(study, put(tmp_path, "people.csv", f"participant,transcript,age\n{rows}"))
    assert study.people.participants(talk) == {"P01": "P01"}
    [problem] = report.problems
    assert "no speaker 'P07' in 'talk'" in problem and not report.assumed


def test_of_two_participants_for_one_speaker_the_second_is_named(study: Study, tmp_path: Path) -> None:
    [added] = bring(study, put(tmp_path, "one.txt", TALK)).added
    table = put(tmp_path, "people.csv", "participant,transcript,age\nAnn,one,50\nBen,one,60\n")
    report = import_attributes(study, table)
    assert list(study.people.participants(added.id).values()) == ["Ann"]
    assert any("no speaker 'Ben' in 'one'" in problem for problem in report.problems)


def test_a_table_of_attributes_without_rows_is_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"people.csv has no rows"):
        import_attributes(study, put(tmp_path, "people.csv", "participant,age\n"))


def test_missing_transcripts_and_participants_are_one_sentence_each(
    study: Study, talk: int, tmp_path: Path
) -> None:
    rows = [f"P{number},later{number},x" for number in range(10, 50)] + [
        "P01,talk,x",
        ",,y",
        "P60,,z",
        "P61,,z",
    ]
    report = import_attributes(
        study, put(tmp_path, "p.csv", "\n".join(["participant,transcript,group", *rows]))
    )
    assert report.problems == [
        "row 43: names neither a participant nor a transcript",
        "40 transcripts of the table are not in the study: such as 'later10' (row 2)",
        "2 participants have no turn in any transcript so far: such as 'P60' (row 44)",
    ]
    assert report.linked == 1


def test_attributes_of_transcripts_need_no_participant(study: Study, talk: int, tmp_path: Path) -> None:
    import_attributes(study, put(tmp_path, "a.csv", "transcript,site\ntalk,north\nnowhere,south\n"))
    uid = next(item.uid for item in study.texts.all() if item.id == talk)
    assert study.people.attributes("transcript", uid) == {"site": ("north",)}
    with pytest.raises(TableError, match="neither participants nor transcripts"):
        import_attributes(study, put(tmp_path, "b.csv", "colour\nred\n"))


def test_counts_follow_roles_and_versions(study: Study, talk: int, tmp_path: Path) -> None:
    unit = study.texts.utterances(talk, codable_only=True)[0].id
    decide(study, "Ann", Decision(unit, "add", "rain"), mode="blind")
    figures = study.figures()
    assert (figures.decided, figures.coders[0].coded) == (1, 1)
    study.people.set_role(talk, "P01", "interviewer")
    assert (study.figures().decided, study.figures().coders[0].coded, study.figures().utterances) == (0, 0, 0)
    study.people.set_role(talk, "P01", "participant")
    assert study.figures().decided == 1
    put(tmp_path, "talk.txt", TEXT.replace("It rained all day.", "It did rain all day."))
    bring(study, tmp_path / "talk.txt", new_version=True)
    assert (study.figures().decided, study.figures().superseded) == (0, 1)


def test_an_import_names_the_columns_of_a_survey_that_were_not_read_and_how_they_become_attributes(
    study: Study, tmp_path: Path
) -> None:
    head = "Timestamp,Respondent ID,Role,What is hard about coming here?\n"
    path = put(tmp_path, "survey.csv", f"{head}2024-05-01,R7,Nurse,The stairs are steep.\n")
    text = import_all(study, ImportRequest((path,))).text()
    assert "  Columns that were not read: 'Timestamp', 'Role'.\n" in text
    assert "'participant'" in text and "such as 'R7'" in text and "--attributes TABLE" in text
    import_attributes(study, put(tmp_path, "people.csv", "participant,Role\nR7,Nurse\n"))
    assert study.people.attributes("participant", "R7") == {"Role": ("Nurse",)}


def test_an_import_of_talk_names_no_columns(study: Study, tmp_path: Path) -> None:
    path = put(tmp_path, "more.txt", TEXT.replace("It rained all day.", "It snowed all day."))
    assert "Columns" not in import_all(study, ImportRequest((path,))).text()


def test_a_folder_gives_surveys_and_tables_of_talk_but_no_tables_about_them(
    study: Study, tmp_path: Path
) -> None:
    put(
        tmp_path,
        "survey.csv",
        "Timestamp,What is hard about coming here?\n2024-05-01,The stairs are steep.\n",
    )
    put(
        tmp_path,
        "talk.csv",
        "Interviewer,Participant\nWhat was hard?,The stairs are steep.\nAnd else?,Nothing else.\n",
    )
    put(tmp_path, "people.csv", "participant,age,site\nP1,40,North\nP2,51,South\n")
    put(tmp_path, "codes.csv", "text,code\nThe stairs are steep.,physical\n")
    report = bring(study, tmp_path)
    assert sorted(item.name for item in report.added) == ["survey", "talk"]
    assert sorted(path.name for path in report.left_out) == ["codes.csv", "people.csv"]


def test_adjudicated_codings_of_an_export_are_left_out_and_counted(
    study: Study, talk: int, tmp_path: Path
) -> None:
    rows = "transcript,text,coder,code\ntalk,It rained all day.,Ann,rain\ntalk,It rained all day.,adjudicated,sun\n"
    report = import_codings(study, put(tmp_path, "codes.csv", rows))
    assert (report.used, report.coded) == (1, {"Ann": 1})
    assert any(note.startswith("1 adjudicated coding left out") for note in report.notes)
    assert not study.figures().adjudicated


def test_files_of_other_kinds_in_a_folder_are_named_once_by_import_and_precode(tmp_path: Path) -> None:
    folder = tmp_path / "interviews"
    (folder / "theirs.qda" / "images").mkdir(parents=True)
    (folder / "a.txt").write_text(TALK, encoding="utf-8")
    for name in ("b.doc", "c.mp3", "d.qdpx", "theirs.qda/data.qda", "theirs.qda/images/e.png", ".hidden"):
        (folder / name).write_bytes(b"\x00")
    with small_study(tmp_path / "s.coder") as study:
        lines = import_all(study, ImportRequest(paths=(folder,))).problems()
        assert f"{folder}: 2 files of other kinds not read: b.doc, c.mp3." in lines
        assert [line for line in lines if "d.qdpx" in line or "theirs.qda" in line] == [
            f"{folder / name}: a project of another tool, left out; give it by itself."
            for name in ("d.qdpx", "theirs.qda")
        ]
        alone = import_all(study, ImportRequest(paths=(folder / "a.txt",)))
        assert not any("other kinds" in line for line in alone.problems())
    with small_study(folder / "own.coder") as study:
        (folder / "another.coder").write_bytes(b"\x00")
        lines = import_all(study, ImportRequest(paths=(folder,))).problems()
        assert f"{folder}: 3 files of other kinds not read: b.doc, another.coder, c.mp3." in lines
        (folder / "another.coder").unlink()
    (folder / "own.coder").unlink()
    found = input_files([folder], "utterance")
    assert [path.name for path in found.files] == ["a.txt"]
    assert "5 files of other kinds not read" in found.left_out[str(folder)]
    assert input_files([folder / "a.txt"], "utterance").left_out == {}
