"""Tables of suggestions and of codings among transcripts: left out by name, refused alone, surveys read as before."""

from pathlib import Path

import pandas as pd
import pytest

from coder.errors import CoderError, InputError
from coder.exchange.study_tables import CODING_COLUMNS, UNIT_COLUMNS
from coder.store import Study
from coder.workflow.coded_results import why_no_transcript
from coder.workflow.precoding.parts import input_files, read_utterances
from coder.workflow.study.import_transcripts import import_transcripts
from coder.workflow.suggestion import COLUMNS
from coder.workflow.turns import reading_report, show_turns
from tests.study_making import CODEBOOK

SAMPLE = Path(__file__).parents[2] / "data/sample"
ANSWERS = (
    "id,question,text\n1,What was good?,The nurses were kind.\n2,What was good?,Parking was easy to find.\n"
)
RESULT = pd.DataFrame([{**dict.fromkeys(COLUMNS), "text": "Parking", "code": "time", "age": "7"}])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    RESULT.to_csv(tmp_path / "a.csv", index=False)
    RESULT.to_excel(tmp_path / "b.xlsx", index=False)
    RESULT.to_json(tmp_path / "c.jsonl", orient="records", lines=True)
    RESULT.to_parquet(tmp_path / "d.parquet")
    pd.DataFrame([{**dict.fromkeys(UNIT_COLUMNS, "x"), "time": 1}]).to_csv(tmp_path / "e.csv", index=False)
    return tmp_path


def names(paths: object) -> list[str]:
    assert isinstance(paths, list | tuple | dict)
    return [Path(path).name for path in paths]


def test_earlier_results_in_a_folder_are_left_out_and_named(folder: Path) -> None:
    rows, talk = input_files([folder], "row"), input_files([folder], "utterance")
    assert names(rows.files) == names(talk.files) == ["answers.csv"]
    assert names(rows.left_out) == ["a.csv", "b.xlsx", "c.jsonl", "d.parquet", "e.csv"]
    assert "2 files of other kinds not read: c.jsonl, d.parquet." in talk.left_out.pop(str(folder))
    assert names(talk.left_out) == ["a.csv", "b.xlsx", "e.csv"]
    report = reading_report(folder)
    assert [file.path.name for file in report.files] == ["answers.csv"]
    assert names([path for path, _ in report.left_out]) == ["a.csv", "b.xlsx", "e.csv"]
    (folder / "answers.csv").unlink()
    with pytest.raises(InputError, match=r"a\.csv holds suggestions"):
        input_files([folder], "row")


def test_an_earlier_result_that_is_named_is_refused(folder: Path) -> None:
    from coder.workflow.precoding.answers import surveyed

    assert names(input_files([folder / "a.csv"], "row").files) == ["a.csv"]
    for file in ("a.csv", "b.xlsx"):
        with pytest.raises(CoderError, match=r"not coded again\. Give the transcripts"):
            read_utterances(folder / file, "utterance")
        with pytest.raises(CoderError, match="not coded again"):
            show_turns(folder / file)
    [refused] = surveyed([folder / "c.jsonl"])
    assert "not coded again" in refused.refused
    with Study.create(folder / "s.coder", CODEBOOK) as study:
        brought = import_transcripts(study, [folder / "a.csv", folder / "answers.csv"])
    assert names([path for path, _ in brought.refused]) == ["a.csv"] and len(brought.added) == 1


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("text,codes\nNo time,time\n", "codes"),
        ("text,code\nNo time,time\nI like it,motivation\n", "code"),
        ("Text;Kode\nKeine Zeit;Zeit\n", "Kode"),
        ("participant,question,text,code,polarity\nP1,Why?,No time,7,barrier\n", "code"),
        ("id,text,polarity\n1,No time,barrier\n", "polarity"),
        ("id,text,codes,polarity,role\n1,No time,time,barrier,nurse\n", "codes"),
        ("speaker,text,code,coder\nP1,No time,time,Ann\n", "code"),
        (",".join(CODING_COLUMNS) + "\nt,P1,P1,1,1,0,7,Why?,No time,time,Time,barrier,Ann,,,,\n", "code"),
        # Not tables of codings:
        ("code,question,answer\nAB12,Why?,No time\nCD07,Why?,No money\n", None),  # who answers
        ("speaker,text,code\nInt,Why?,\nP1,No time,time\n", None),
        ("participant,text,code\nInterviewer,Why?,\nP1,No time,time\n", None),
        ("role,text,code\nInterviewer,Why?,\nParticipant,No time,time\n", None),
        ("participant,text,codes\nI,Why?,\nB,No time,time\nI,And?,\nB,No money,money\n", None),
        ("Person;Text;Kode\nI;Warum?;\nP;Keine Zeit;Zeit\n", None),
        ("role,text,codes\nI,Why?,\nR1,No time,time\nR2,No money,money\n", None),
        ("Code,Text\nI,Why?\nB,No time\nI,And?\nB,No money\n", None),
        (
            "Code,Text\nMaria,Why?\nPeter,No time\nMaria,And?\nPeter,No money\nPeter,Why ask?\nPeter,Well\n",
            None,
        ),
        ("Code,Text\nMaria:,It is far\nPeter:,Not for me\n", None),
        ("Code,Text\nQuestions asked,Why?\nTime,None\nQuestions asked,Who?\nTime,No\n", "Code"),
        ("Code,Text\nAsk,Why?\nTime,No\nAsk,Who?\nMoney,No\nAsk,When?\nHelp,No\n", "Code"),
        ("code,text\nhelp,Who can I ask?\nhelp,Who does it?\ntime,No time\ntime,When?\n", "code"),
        ("participant,text,codes\nA,No time,time\nB,No money,money\nI,It is far,access\n", "codes"),
        ("text,code\nNo time,T\nI like it,M\nNo time again,T\n", "code"),
        ("Tag,Thema,Antwort\nMontag,Weg,Der Bus kam nicht\n", None),
        ("text,valence\nThe day began well,6\n", None),
        (ANSWERS, None),
    ],
)
def test_a_table_of_codings_is_no_transcript(table: str, column: str | None, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table, encoding="utf-8")
    reason = why_no_transcript(path)
    assert (reason is None) if column is None else f"a column '{column}'" in str(reason)


def test_the_samples_are_told_apart() -> None:
    coded = sorted((SAMPLE / "held-out").glob("*.csv"))
    assert coded and all(map(why_no_transcript, coded))
    assert not any(map(why_no_transcript, (SAMPLE / "transcripts").iterdir()))
