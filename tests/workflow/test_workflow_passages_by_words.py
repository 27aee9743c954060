"""Agreement straight from other tools' files: whose codings, which documents and which passages are one."""

from pathlib import Path

import pytest

from coder.agreement.report import AgreementReport
from coder.workflow.agreement.compare_tables import AgreementRequest, agree


def table(path: Path, rows: str, heading: str = "document,text,code,coder") -> Path:
    path.write_text(f"{heading}\n{rows}", encoding="utf-8")
    return path


def compare(*paths: Path) -> AgreementReport:
    return agree(AgreementRequest(paths)).report


def test_passages_without_places_are_matched_by_their_words(tmp_path: Path) -> None:
    rows = (
        "i1,I never have time to go,Time,Ann\ni1,never have time,Time,Ben\n"
        'i1,"The bus is late, always.",Bus,Ann\ni1,My sister helps,Family,Ben\ni2,other,Bus,Ann\n'
    )
    report = compare(table(tmp_path / "q.csv", rows))
    assert report.coders.keys() == {"Ann", "Ben"}
    assert (report.n_units, report.n_compared) == (4, 3)  # nobody else coded in i2
    assert report.overall["percent_agreement"].value == pytest.approx(1 / 3)
    assert any("4 passages matched by their words" in note for note in report.notes)


def test_files_of_one_coder_each_without_names_are_called_after_the_file(tmp_path: Path) -> None:
    heading = "document,text,code"
    first = table(tmp_path / "ann.csv", "i1.docx,no time,Time\n", heading)
    second = table(tmp_path / "ben.csv", "I1,no time,Time\n", heading)
    report = compare(first, second)
    assert report.coders.keys() == {"ann", "ben"}
    assert report.overall["percent_agreement"].value == 1.0
    assert any("no coder is named; called 'ann'" in note for note in report.notes)


def test_one_coder_in_every_file_is_told_apart_by_the_file(tmp_path: Path) -> None:
    heading = "document,start,end,text,code,coder"
    first = table(tmp_path / "a.csv", "i1.txt,0,10,abcdefghij,Time,default\n", heading)
    second = table(tmp_path / "b.csv", "i1,0,5,abcde,Time,default\n", heading)
    report = compare(first, second)
    assert report.coders.keys() == {"default (a)", "default (b)"}
    assert (report.n_units, report.n_transcripts) == (10, 1)
    assert report.overall["percent_agreement"].value == 0.5


def test_tables_with_units_stay_as_they_are(tmp_path: Path) -> None:
    path = table(tmp_path / "u.csv", "1,Ann,x\n1,Ben,x\n", "unit,coder,code")
    assert compare(path).n_compared == 1


def test_adjudicated_passages_make_no_units(tmp_path: Path) -> None:
    settled = "".join(f"i1,{words},Time,adjudicated\n" for words in ("one thing", "another", "a third"))
    path = table(tmp_path / "q.csv", f"i1,no time,Time,Ann\ni1,no time,Bus,Ben\n{settled}")
    report = compare(path)
    assert report.coders.keys() == {"Ann", "Ben"}
    assert (report.n_units, report.overall["percent_agreement"].value) == (1, 0.0)
    assert any("nobody's own coding: left out of the comparison (3 rows;" in note for note in report.notes)
    asked = agree(AgreementRequest((path,), coders=("Ann", "adjudicated"))).report
    assert asked.coders.keys() == {"Ann", "adjudicated"} and asked.n_units == 4


@pytest.mark.parametrize("place", ["", ",0,7"])
def test_adjudicated_beside_one_coder_in_every_file_is_no_second_coder(tmp_path: Path, place: str) -> None:
    heading = "document,text,code,coder" + (",start,end" if place else "")
    paths = [
        table(
            tmp_path / f"{name}.csv",
            f"i1,no time,{code},me{place}\ni1,no time,Time,adjudicated{place}\n",
            heading,
        )
        for name, code in (("a", "Time"), ("b", "Bus"))
    ]
    report = compare(*paths)
    assert report.coders.keys() == {"me (a)", "me (b)"}
    assert report.overall["percent_agreement"].value == 0.0
