"""Tables of ratings as people have them: missing values, spellings, columns that are no coders."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coder.agreement.report import AgreementReport
from coder.workflow.agreement.compare_tables import AgreementRequest, agree

Compare = Callable[[str], AgreementReport]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    def call(text: str) -> AgreementReport:
        path = tmp_path / "ratings.csv"
        path.write_text(text, encoding="utf-8")
        return agree(AgreementRequest((path,))).report

    return call


@pytest.mark.parametrize("word", ["None", "NULL", ".", "nan", "missing", "not coded", "uncoded", "n/a", ""])
def test_words_for_missing_are_not_codes_in_a_wide_table(compare: Compare, word: str) -> None:
    report = compare(f"unit,R1,R2,R3\n1,x,x,{word}\n2,x,x,x\n3,y,{word},y\n")
    assert set(report.codes) == {"x", "y"}
    assert report.overall["krippendorff_alpha"].value == 1.0
    if word:
        assert f"ratings.csv: {word} in 1 cell of R2: taken as not looked at." in report.notes


def test_a_dash_in_a_wide_table_is_nothing_to_code(compare: Compare) -> None:
    assert compare("unit,R1,R2\n1,x,x\n2,-,x\n3,y,y\n").n_compared == 3


@pytest.mark.parametrize("word", ["None", "N/A", "-", "", "uncoded"])
def test_the_same_words_are_nothing_to_code_where_rows_are_codings(compare: Compare, word: str) -> None:
    report = compare(f"unit,coder,code\n1,A,x\n1,B,x\n2,A,{word}\n2,B,x\n")
    assert set(report.codes) == {"x"}
    assert report.overall["percent_agreement"].value == 0.5


def test_codes_that_differ_in_case_or_spaces_are_one_and_that_is_said(compare: Compare) -> None:
    report = compare("unit,Anna,Ben\n1,Support,support \n2,Money,money\n3,Support,Money\n4,Money, money\n")
    assert set(report.codes) == {"Support", "Money"}
    assert report.overall["percent_agreement"].value == 0.75
    assert any("'Support' = 'support'; 'Money' = 'money'" in note for note in report.notes)


def test_codes_spelt_nearly_alike_are_asked_about(compare: Compare) -> None:
    report = compare("unit,A,B\n1,trust_students,trusts_students\n2,time,time\n")
    assert any(
        "'trust_students' and 'trusts_students'. Is each pair one code?" in note for note in report.notes
    )


def test_a_column_that_is_no_coder_is_asked_about(compare: Compare) -> None:
    report = compare("unit,A,B,Site\n1,x,x,north\n2,y,y,south\n3,x,y,north\n")
    assert any("'Site' is taken for coders but share" in note for note in report.notes)


def test_columns_without_a_meaning_are_named(compare: Compare) -> None:
    report = compare("Einheit,Codierer,Kode,Wetter\n1,A,x,sun\n1,B,x,rain\n")
    assert report.overall["percent_agreement"].value == 1.0
    assert any("columns that were not read: 'Wetter'" in note for note in report.notes)


def test_ratings_with_signs_stay_apart(compare: Compare) -> None:
    assert set(compare("unit,A,B\n1,-1,1\n2,1,1\n3,0,-1\n").codes) == {"-1", "0", "1"}


@pytest.mark.parametrize(
    "text",
    [
        "unit,coder,code\n1,A,x\n1,B,x\n1,adjudicated,y\n2,A,y\n2,B,y\n",
        "unit,A,B,adjudicated\n1,x,x,y\n2,y,y,\n",
    ],
)
def test_adjudicated_codings_of_an_export_are_no_coder(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    report = agree(AgreementRequest((path,))).report
    assert list(report.coders) == ["A", "B"] and report.overall["percent_agreement"].value == 1.0
    assert any("nobody's own coding: left out" in note for note in report.notes)
    asked = agree(AgreementRequest((path,), coders=("A", "adjudicated"))).report
    assert list(asked.coders) == ["A", "adjudicated"] and asked.overall["percent_agreement"].value != 1.0


def test_polarities_of_a_row_count_in_agreement_as_they_do_in_an_import(compare: Compare) -> None:
    """Of a code that stands twice in a cell the polarity behind it counts, not that of the column."""
    report = compare(
        "unit,coder,code,polarity\n1,A,a:barrier;a,facilitator\n1,B,a,barrier\n"
        "2,A,a:barrier;a:facilitator,\n2,B,a,mixed\n3,A,a:barrier;b,facilitator\n3,B,b:facilitator;a,barrier\n"
    )
    polarity = report.stages["polarity"]
    assert (polarity.n, polarity.coefficients["percent_agreement"].value) == (4, 1.0)
