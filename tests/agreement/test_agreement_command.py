"""`coder agreement`: tables in, report out; bad rows named, good ones counted."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from coder.agreement import coefficients, set_coefficients
from coder.cli.main import app
from coder.errors import InputError, TableError
from tests.reading.office_making import workbook

WIDE = """unit,transcript,Anna,Ben
1,t1,a,a
2,t1,a;b,a
3,t1,-,-
4,t2,b,b
5,t2,b,a
6,t2,,a
"""
MARKS: list[list[set[str] | None]] = [
    [{"a"}, {"a"}],
    [{"a", "b"}, {"a"}],
    [set(), set()],
    [{"b"}, {"b"}],
    [{"b"}, {"a"}],
    [None, {"a"}],
]


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, **files: str) -> Result:
        for name, text in files.items():
            Path(f"{name}.csv").write_text(text, encoding="utf-8")
        return CliRunner().invoke(app, ["agreement", *arguments])

    return call


def document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def long_of(marks: Sequence[Sequence[set[str] | None]], coders: tuple[str, ...] = ("Anna", "Ben")) -> str:
    lines = ["transcript,unit,coder,code"]
    for number, row in enumerate(marks, start=1):
        for coder, codes in zip(coders, row, strict=True):
            for code in sorted(codes) if codes else [""] if codes is not None else []:
                lines.append(f"t{1 + (number > 3)},{number},{coder},{code}")
    return "\n".join(lines) + "\n"


def test_long_and_wide_tables_give_the_numbers_of_the_library(run: Run) -> None:
    wide = document(run("w.csv", "--json", w=WIDE))
    long = document(run("l.csv", "--json", l=long_of(MARKS)))
    wanted = set_coefficients(MARKS, codes=["a", "b"], clusters=["t1"] * 3 + ["t2"] * 3)
    for report in (wide, long):
        assert report["coders"] == ["Anna", "Ben"]
        assert (report["n_units"], report["n_compared"], report["n_transcripts"]) == (6, 5, 2)
        for name, estimate in wanted.overall.items():
            found = report["overall"][name]
            assert found["value"] == pytest.approx(estimate.value), name
            assert found["ci_low"] == pytest.approx(estimate.low), name
        assert report["codes"]["a"]["cohen_kappa"]["value"] == pytest.approx(wanted["a"]["cohen_kappa"].value)
        assert report["codes"]["a"]["prevalence"] == pytest.approx(wanted["a"]["prevalence"].value)


def test_one_category_per_unit_adds_the_classical_coefficients(run: Run) -> None:
    table = "unit,A,B,C\n1,x,x,y\n2,y,y,y\n3,x,y,\n4,x,x,x\n"
    report = document(run("w.csv", "--json", w=table))
    wanted = coefficients([["x", "x", "y"], ["y", "y", "y"], ["x", "y", None], ["x", "x", "x"]])
    for name, estimate in wanted.items():
        assert report["overall"][name]["value"] == pytest.approx(estimate.value), name
    assert "3 rated" in report["overall"]["cohen_kappa"]["reason"]
    assert set(report["pairs"]) == {"A | B", "A | C", "B | C"}


def test_the_first_line_of_a_plain_list_is_a_category(run: Run) -> None:
    table = "unit,A,B\n1,low,low\n2,high,middle\n3,middle,low\n"
    listed = "low\nmiddle\nhigh\n"
    plain = document(
        run("w.csv", "--json", "--categories", "list.csv", "--level", "ordinal", w=table, list=listed)
    )
    headed = document(
        run("w.csv", "--json", "--categories", "headed.csv", "--level", "ordinal", headed=f"code\n{listed}")
    )
    assert list(plain["codes"]) == list(headed["codes"]) == ["low", "middle", "high"]
    wanted = coefficients(
        [["low", "low"], ["high", "middle"], ["middle", "low"]],
        categories=["low", "middle", "high"],
        level="ordinal",
    )
    assert plain["overall"]["krippendorff_alpha"]["value"] == pytest.approx(
        wanted["krippendorff_alpha"].value
    )


def test_coded_rows_without_a_place_are_left_out_and_counted(run: Run) -> None:
    table = """transcript,start,end,coder,code
t1,0,10,Anna,a
t1,0,10,Ben,a
t1,20,30,Ben,b
t1,,,Anna,b
t2,,,Anna,a
t2,,,Ben,a
t3,40,50,Anna,a
t3,,,Ben,
"""
    report = document(run("p.csv", "--json", p=table))
    assert report["n_transcripts"] == 2, "nothing of t2 has a place"
    assert any("3 rows with a code but without start and end left out" in note for note in report["notes"])
    assert any("all of 1 transcript ('t2')" in note for note in report["notes"])
    of_t3 = report["transcripts"]["transcripts"]["t3"]
    assert of_t3["percent_agreement"] == pytest.approx(0.8), "Ben read t3 and found nothing"


def test_studies_are_not_compared_beside_other_files(run: Run) -> None:
    result = run("a.coder", "w.csv", w=WIDE)
    assert result.exit_code == 1 and isinstance(result.exception, InputError)
    assert "A study is compared alone" in str(result.exception)


@pytest.mark.parametrize("other", [("--json",), ("--as", "nvivo")])
def test_methods_are_not_mixed_with_other_output(run: Run, other: tuple[str, ...]) -> None:
    result = run("w.csv", "--methods", *other, w=WIDE)
    assert result.exit_code == 2 and "leave --json and --as out" in result.output


def test_a_passage_with_an_unknown_code_is_named_as_a_passage(run: Run) -> None:
    table = (
        "transcript,start,end,coder,code\nt,0,9,Anna,physical_opportunity\nt,0,9,Ben,physical_oportunity\n"
    )
    result = run("p.csv", "--categories", "comb", p=table)
    assert "row 3: 'physical_oportunity' is not in the codebook" in result.output
    assert "Ben's passage is left out." in result.output


@pytest.mark.parametrize(
    "heading", ["Categories", "category", "Themes", "Name", "Level", "Code", "Kategorie"]
)
def test_the_heading_of_a_list_is_no_category_unless_somebody_used_it(run: Run, heading: str) -> None:
    listed = f"{heading}\nlow\nmid\nhigh\n"
    table = "unit,A,B\n1,low,low\n2,high,mid\n3,mid,low\n"
    options = ("w.csv", "--json", "--categories", "list.csv", "--level", "ordinal")
    report = document(run(*options, w=table, list=listed))
    assert list(report["codes"]) == ["low", "mid", "high"]
    assert not report["unused"] and not any("first line" in note for note in report["notes"])
    used = document(run(*options, w=f"{table}4,{heading},low\n", list=listed))
    assert list(used["codes"]) == [heading, "low", "mid", "high"]


def test_a_first_line_that_may_be_a_heading_is_told(run: Run) -> None:
    listed = "none at all\nlow\nhigh\n"
    table = "unit,A,B\n1,low,low\n2,high,low\n"
    report = document(run("w.csv", "--json", "--categories", "list.csv", w=table, list=listed))
    assert list(report["codes"]) == ["none at all", "low", "high"]
    assert any("'none at all', is taken as a category" in note for note in report["notes"])


def test_declared_categories_count_even_where_nobody_used_them(run: Run, tmp_path: Path) -> None:
    Path("cats.txt").write_text("1\n2\n3\n4\n5\n")
    table = "unit,A,B\n" + "".join(
        f"{n},{a},{b}\n" for n, (a, b) in enumerate([(1, 1), (2, 2), (1, 2), (3, 3)])
    )
    report = document(run("w.csv", "--json", "--categories", "cats.txt", "--level", "ordinal", w=table))
    wanted = coefficients([[1, 1], [2, 2], [1, 2], [3, 3]], categories=[1, 2, 3, 4, 5], level="ordinal")
    for name, estimate in wanted.items():
        assert report["overall"][name]["value"] == pytest.approx(estimate.value), name
    assert report["unused"] == ["4", "5"]
    assert any("Nobody used 4, 5" in note for note in report["notes"])


def test_every_bad_row_is_named_and_the_others_count(run: Run) -> None:
    Path("cats.txt").write_text("a\nb\n")
    table = (
        "unit,coder,code,polarity\n1,Anna,a,barrier\n1,Ben,a,barrier\n2,Anna,zz,\n2,Ben,b,\n,Ben,a,\n3,,a,\n"
        "3,Anna,b,\n3,Anna,b,\n3,Ben,b,sideways\n4,Anna,,\n4,Anna,a,\n4,Ben,,\n"
    )
    result = run("l.csv", "--json", "--categories", "cats.txt", l=table)
    report = document(result)
    problems = "\n".join(report["problems"])
    for words in (
        "l.csv row 4: 'zz' is not in the codebook",
        "l.csv row 6: no unit",
        "l.csv row 7: no coder",
        "l.csv row 9: Anna coded unit 3 as b again",
        "l.csv row 10: polarity 'sideways'",
        "l.csv row 11: Anna has unit 4 without a code here",
    ):
        assert words in problems
        assert words in result.stderr
    assert report["n_compared"] == 3


def test_a_unit_in_two_rows_of_a_wide_table_is_named(run: Run) -> None:
    report = document(run("w.csv", "--json", w=WIDE + "1,t1,b,b\n1,t9,b,b\n"))
    assert report["problems"] == ["w.csv row 8: unit 1 is there already in row 2; this row is left out."]
    assert report["n_units"] == 7


def test_one_coder_and_no_overlap_give_reasons_not_errors(run: Run) -> None:
    one = document(run("l.csv", "--json", l="unit,coder,code\n1,A,x\n2,A,y\n"))
    assert one["overall"]["masi_alpha"] == {
        "value": None, "ci_low": None, "ci_high": None, "se": None, "reason": "only one coder rated anything",
    }  # fmt: skip
    apart = document(run("l.csv", "--json", l="unit,coder,code\n1,A,x\n2,B,y\n"))
    assert apart["overall"]["percent_agreement"]["reason"] == "no unit was rated by two coders"
    assert "Only one coder" in run("l.csv", l="unit,coder,code\n1,A,x\n").stdout


@pytest.mark.parametrize(
    ("table", "arguments", "words"),
    [
        ("unit,coder,code\n", (), "no rows"),
        ("number,coder,code\n1,A,x\n", (), "no column 'unit'"),
        ("unit,text\n1,hello\n", (), "no column of a coder"),
        (WIDE, ("--coder", "Zoe"), "no coder named Zoe; its coders are Anna, Ben"),
        (WIDE, ("--model-coder", "GPT"), "no coder 'GPT'"),
        (WIDE, ("--assisted", "Zoe"), "no coder 'Zoe'"),
        (WIDE, ("--resample", "clinic"), "no column 'clinic'"),
        (WIDE, ("--by", "component"), "codebook whose codes have parents"),
        (WIDE, ("--by", "polarity"), "column 'polarity'"),
        (WIDE, ("--level", "ordinal"), "one category per unit"),
        ("unit,A,B\n1,low,high\n", ("--level", "ordinal"), "needs the order of the categories (high, low)"),
        ("unit,A,B\n1,low,high\n", ("--level", "interval"), "needs codes that are numbers, unlike high, low"),
        (WIDE, ("--categories", "comb"), "The codebook has none of the codes of t.csv"),
        (WIDE, ("--categories", "t.csv"), "t.csv: no column is known as a list of codes"),
    ],
)
def test_wrong_input_is_one_sentence(run: Run, table: str, arguments: tuple[str, ...], words: str) -> None:
    result = run("t.csv", *arguments, t=table)
    assert result.exit_code == 1
    assert isinstance(result.exception, (InputError, TableError))
    assert words in str(result.exception)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(run: Run) -> None:
    Path("broken.csv").write_bytes(b"")
    result = run("w.csv", "broken.csv", w=WIDE)
    assert result.exit_code == 3
    assert "not read: broken.csv" in result.stderr
    assert "Agreement between Anna" in result.stdout


def test_files_of_one_coder_each_are_put_together(run: Run) -> None:
    anna = "unit,coder,code\n1,Anna,a\n2,Anna,b\n"
    ben = "unit,coder,code\n1,Ben,a\n2,Ben,a\n"
    report = document(run("anna.csv", "ben.csv", "--json", anna=anna, ben=ben))
    assert report["n_compared"] == 2


def test_codings_made_with_suggestions_in_sight_are_labelled_and_never_mixed(run: Run) -> None:
    assisted = document(run("w.csv", "--json", "--assisted", "Ben", w=WIDE))
    assert assisted["kind"] == "assisted agreement"
    assert "Ben saw suggestions" in assisted["notes"][0]
    assert "ASSISTED AGREEMENT" in run("w.csv", "--assisted", "all", w=WIDE).stdout
    rows = (
        "unit,coder,code,blind\n1,A,x,yes\n1,B,x,yes\n2,A,x,yes\n2,B,y,yes\n"
        "3,A,y,no\n3,B,y,no\n4,A,x,yes\n4,B,x,no\n"
    )
    both = document(run("l.csv", "--json", l=rows))
    assert (both["kind"], both["n_compared"]) == ("agreement", 2)
    assert both["assisted"]["n_compared"] == 1
    assert any("1 units were coded blind by one coder" in note for note in both["notes"])


def test_a_model_is_compared_with_people_and_is_no_coder(run: Run) -> None:
    table = "unit,A,B,GPT\n" + "".join(
        f"{n},{'xy'[n % 2]},{'xy'[n % 3 > 0]},{'xy'[n % 5 > 1]}\n" for n in range(40)
    )
    report = document(run("w.csv", "--json", "--model-coder", "GPT", w=table))
    assert report["coders"] == ["A", "B"] and list(report["pairs"]) == ["A | B"]
    kappa = report["model"]["codes"]["x"]["cohen_kappa"]
    assert kappa["human_human"]["value"] == pytest.approx(report["codes"]["x"]["cohen_kappa"]["value"])
    gap = kappa["human_model"]["value"] - kappa["human_human"]["value"]
    assert kappa["difference"]["value"] == pytest.approx(gap)
    assert kappa["difference"]["ci_low"] < gap < kappa["difference"]["ci_high"]
    assert 0 <= report["model"]["against_consensus"]["x"]["recall"]["value"] <= 1


def test_a_model_is_not_compared_with_what_people_coded_in_sight_of_it(run: Run) -> None:
    blind = "".join(f"{n},A,{'xy'[n % 2]},yes\n{n},B,{'xy'[n % 4 > 0]},yes\n{n},M,y,yes\n" for n in range(12))
    seen = "".join(f"{n},A,x,yes\n{n},B,y,no\n{n},M,y,yes\n" for n in range(12, 40))
    heading = "unit,coder,code,blind\n"
    alone = document(run("l.csv", "--json", "--model-coder", "M", l=heading + blind))["model"]
    both = document(run("l.csv", "--json", "--model-coder", "M", l=heading + blind + seen))
    assert both["model"]["units"] == alone["units"] == 12
    for side in ("human_human", "human_model"):
        first, second = (found["overall"]["percent_agreement"][side] for found in (both["model"], alone))
        assert first["value"] == second["value"]
    assert any("suggestions in sight are not in these figures" in note for note in both["notes"])
    left = "Left out of the comparison with M: 28 codings of people made with suggestions in sight."
    assert left in both["notes"]
    only = document(run("l.csv", "--json", "--model-coder", "M", l=heading + seen))
    assert only["kind"] == "assisted agreement" and only["model"]["units"] == 28
    assert not any("Left out of the comparison" in note for note in only["notes"])


def test_coders_whose_tables_name_no_transcript_in_common_are_told_so(run: Run) -> None:
    heading = "text,code,transcript\n"
    said = run("a.csv", "b.csv", a=f"{heading}I forget,x,i1\n", b=f"{heading}I forget,x,Interview 1\n").stdout
    assert "no transcript in common: a names 'i1', b names 'Interview 1'." in said
    said = run("a.csv", "b.csv", a="text,code\nI forget,x\n", b=f"{heading}I forget,x,i1\n").stdout
    assert "a names none, b names 'i1'." in said
    other = f"{heading}I remember,x,i1\n"
    assert "in common" not in run("a.csv", "b.csv", a=f"{heading}I forget,x,i1\n", b=other).stdout


def test_polarity_is_compared_where_both_gave_the_code(run: Run) -> None:
    table = (
        "unit,coder,code,polarity\n1,A,a,barrier\n1,B,a,barrier\n2,A,a,barrier\n2,B,a,facilitator\n3,A,b,barrier\n"
        "3,B,a,barrier\n4,A,b,facilitator\n4,B,b,facilitator\n"
    )
    report = document(run("l.csv", "--json", l=table))
    assert report["stages"]["polarity"]["n"] == 3
    assert report["stages"]["polarity"]["coefficients"]["percent_agreement"]["value"] == pytest.approx(2 / 3)
    joint = report["stages"]["code_and_polarity"]["coefficients"]["percent_agreement"]["value"]
    assert joint == pytest.approx(2 / 4)
    kinds = [row["kind"] for row in report["disagreements"]]
    assert kinds == ["another code", "polarity"]
    by = document(run("l.csv", "--json", "--by", "polarity", l=table))
    assert "a:facilitator" in by["codes"]


def test_components_come_from_the_codebook(run: Run) -> None:
    table = (
        "unit,coder,code\n1,A,reflective_motivation\n1,B,automatic_motivation\n2,A,physical_opportunity\n"
        "2,B,physical_opportunity\n"
    )
    report = document(run("l.csv", "--json", "--categories", "comb", "--by", "component", l=table))
    assert report["overall"]["percent_agreement"]["value"] == 1.0
    plain = document(run("l.csv", "--json", "--categories", "comb", l=table))
    assert plain["overall"]["percent_agreement"]["value"] == 0.5
    assert plain["components"]["overall"]["percent_agreement"]["value"] == 1.0


def test_disagreements_are_ordered_by_what_they_teach(run: Run) -> None:
    table = "unit,text,A,B\n1,one,a,-\n2,two,a,b\n3,three,a;b,a\n4,four,b,a\n5,five,c,a\n6,six,a,a\n"
    report = document(run("w.csv", "--json", w=table))
    assert report["n_disagreements"] == 5
    assert [row["unit"] for row in report["disagreements"]] == ["2", "4", "5", "3", "1"]
    assert report["disagreements"][0]["text"] == "two"
    assert report["confusion"][0]["counts"][0] == [2, 1, 0, 1]


def test_totals_over_transcripts_are_all_three_named(run: Run) -> None:
    report = document(run("w.csv", "--json", w=WIDE))
    totals = report["transcripts"]["totals"]["percent_agreement"]
    assert totals["unweighted"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert totals["size_weighted"] == pytest.approx(3 / 5) == totals["pooled"]


def test_the_report_goes_to_json_csv_xlsx_and_a_plot(run: Run) -> None:
    for out in ("r.json", "r.csv", "r.xlsx"):
        assert run("w.csv", "-o", out, w=WIDE).exit_code == 0
    rows = list(csv.DictReader(Path("r.csv").read_text(encoding="utf-8").splitlines()))
    assert {"overall", "code", "pair", "step"} <= {row["section"] for row in rows}
    assert json.loads(Path("r.json").read_text())["coders"] == ["Anna", "Ben"]
    book = openpyxl.load_workbook("r.xlsx")
    assert {"read me", "overall", "codes", "transcripts", "disagreements", "Anna x Ben"} <= set(
        book.sheetnames
    )
    assert run("w.csv", "--plot", "r.svg").exit_code == 0
    assert Path("r.svg").read_text().startswith("<?xml")
    again = run("w.csv", "-o", "r.csv")
    assert again.exit_code == 1 and "--force" in str(again.exception)


def test_nothing_a_participant_said_becomes_a_formula(run: Run) -> None:
    table = 'unit,text,A,B\n1,"=HYPERLINK(""x"")",a,b\n2,plain,a,a\n'
    assert run("w.csv", "-o", "r.xlsx", w=table).exit_code == 0
    sheet = openpyxl.load_workbook("r.xlsx")["disagreements"]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=HYPER")]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_the_methods_paragraph_says_what_was_done(run: Run) -> None:
    text = run("w.csv", "--methods", "--unit", "sentences", w=WIDE).stdout
    for words in ("2 coders (Anna, Ben)", "(unit: sentences)", "fixed units", "Passonneau 2006", "[confirm:"):
        assert words in text
    assert "[say what a unit is]" in run("w.csv", "--methods").stdout


def test_codings_that_never_say_nothing_to_code_are_questioned(run: Run) -> None:
    coded = "unit,coder,code\n1,A,a\n1,B,a\n2,A,b\n"
    [note] = document(run("c.csv", "--json", c=coded))["notes"]
    assert (
        note.startswith("1 unit was coded by one coder only and left out.")
        and "these figures are too high" in note
    )
    [note] = document(run("c.csv", "--json", c=f"{coded}3,A,\n"))["notes"]
    assert "too high" not in note


def test_the_methods_paragraph_names_the_coefficients_that_fit(run: Run) -> None:
    rated = "unit,A,B\n1,1,1\n2,2,3\n3,3,3\n"
    ordinal = run("r.csv", "--methods", "--level", "ordinal", r=rated).stdout
    assert "Krippendorff's alpha for ordinal data" in ordinal and "quadratically weighted kappa" in ordinal
    assert "one code or none" in ordinal and "MASI" not in ordinal
    passages = "transcript,start,end,coder,code\nt,0,40,A,a\nt,0,50,B,a\nt,60,90,A,b\nt,60,80,B,b;a\n"
    text = run("p.csv", "--methods", p=passages).stdout
    assert "over the characters of the texts" in text and "fixed units" not in text
    same = "unit,transcript,coder,code\n" + "".join(f"{n},t{n},A,time\n{n},t{n},B,time\n" for n in range(6))
    one = run("o.csv", "--methods", o=same).stdout
    assert "one code or none" in one and "Krippendorff's alpha for nominal data" in one and "MASI" not in one
    assert "Coders gave identical codes to 100.0 % of units." in one and "–" not in one
    alone = run("a.csv", "--methods", a="unit,coder,code\n1,A,a\n").stdout
    assert alone.startswith("Nothing was coded by two coders")


def test_passages_are_compared_by_characters(run: Run) -> None:
    table = (
        "transcript,start,end,coder,code\nt,0,40,A,a\nt,60,100,A,b\nt,0,50,B,a\nt,60,100,B,b\nt,90,80,B,a\n"
    )
    result = run("p.csv", "--json", p=table)
    report = document(result)
    assert "row 6: start and end are not a stretch" in result.stderr
    assert report["n_units"] == 100 and report["unit"].startswith("character")
    assert report["codes"]["a"]["cohen_kappa"]["value"] == pytest.approx(0.8)
    assert report["unitizing"]["overall"]["alpha_u"]["value"] is not None
    assert report["overall"]["masi_alpha"]["ci_low"] is None


def test_the_views_match_the_arithmetic_of_other_programs(run: Run) -> None:
    table = (
        "transcript,start,end,coder,code\nt,0,300,A,x\nt,100,400,B,x\nt,9999,10000,A,y\nt,9999,10000,B,y\n"
    )
    nvivo = json.loads(run("p.csv", "--as", "nvivo", "--json", p=table).stdout)
    row = next(row for row in nvivo["rows"] if row["node"] == "x" and row["file"] == "t")
    assert row["agreement"] == pytest.approx(0.98) and row["kappa"] == pytest.approx(0.6564, abs=1e-3)
    other = json.loads(run("p.csv", "--as", "qualcoder", "--json").stdout)
    row = next(row for row in other["rows"] if row["code"] == "x")
    assert row["qualcoder_kappa"] == pytest.approx(0.48, abs=5e-3)
    assert "not Cohen's" in run("p.csv", "--as", "qualcoder").stdout
    atlas = json.loads(run("p.csv", "--as", "atlasti", "--json").stdout)
    assert atlas["rows"][0]["holsti"] == pytest.approx(400 / 600)


def test_the_same_seed_gives_the_same_document(run: Run) -> None:
    first = run("l.csv", "--json", "--seed", "3", l=long_of(MARKS * 5)).stdout
    assert first == run("l.csv", "--json", "--seed", "3").stdout


def test_an_error_names_the_file_that_could_not_be_read_too(run: Run) -> None:
    done = run("w.csv", "nothere.csv", "--model-coder", "starter", w="unit,A,B\n1,x,x\n2,y,x\n")
    assert done.exit_code == 1
    assert "There is no coder 'starter'" in str(done.exception)
    assert "not read: nothere.csv: cannot be read" in str(done.exception)
    assert "not read" not in str(run("w.csv", "--model-coder", "starter").exception)


def test_na_of_other_programs_is_missing_unless_it_is_a_category(run: Run) -> None:
    table = "unit,A,B\n1,x,x\n2,y,NA\n3,y,y\n"
    report = document(run("w.csv", "--json", w=table))
    assert report["n_compared"] == 2
    assert "w.csv: NA in 1 cell of B: taken as not looked at." in report["notes"]
    Path("cats.json").write_text('["x", "y", "NA"]')
    assert document(run("w.csv", "--json", "--categories", "cats.json"))["n_compared"] == 3


def test_a_codebook_in_csv_gives_components_and_a_plain_csv_gives_categories(run: Run) -> None:
    table = "unit,A,B\n1,x,x\n2,y,x\n3,y,y\n"
    book = "id,label,parent\nx,The x,Top\ny,The y,Top\n"
    report = document(run("w.csv", "--json", "--by", "component", "--categories", "b.csv", w=table, b=book))
    assert list(report["codes"]) == ["Top"]
    Path("b.xlsx").write_bytes(workbook({"codes": [["id", "parent"], ["x", "Top"], ["y", "x"]]}))
    report = document(run("w.csv", "--json", "--by", "component", "--categories", "b.xlsx"))
    assert list(report["codes"]) == ["Top"]
    assert [line for line in report["notes"] if "b.xlsx" in line] == [
        "b.xlsx: there is one level of components; 1 code that stands deeper counts in the topmost: 'y' (below 'x')"
        " in Top."
    ]
    plain = document(run("w.csv", "--json", "--categories", "b.csv", b="code\nx\ny\nz\n"))
    assert plain["unused"] == ["z"]


def test_only_some_transcripts_of_a_table_are_counted(run: Run) -> None:
    report = document(run("w.csv", "--json", "--transcript", "T1.docx", w=WIDE))
    assert (report["n_units"], report["n_transcripts"], report["only_transcripts"]) == (3, 1, ["t1"])
    assert isinstance(error := run("w.csv", "--transcript", "t9").exception, TableError)
    assert "no transcript 't9' in w.csv; there are 't1', 't2'" in str(error)
    bare = "unit,Anna,Ben\n1,a,a\n"
    assert isinstance(error := run("b.csv", "--transcript", "t1", b=bare).exception, InputError)
    assert "no column 'transcript'" in str(error)


def test_passages_beside_the_adjudicated_say_what_counts(run: Run) -> None:
    table = "transcript,start,end,coder,code\nt,0,10,Anna,a\nt,10,20,Anna,b\nt,0,10,adjudicated,a\n"
    asked = ("--json", "--coder", "Anna", "--coder", "adjudicated")
    report = document(run("p.csv", *asked, p=table))
    assert any("Adjudicated are 10 of the 20 characters that these" in note for note in report["notes"])
    assert (report["n_compared"], report["overall"]["percent_agreement"]["value"]) == (10, 1)
    assert report["unitizing"] is None
    # A row without a code is adjudicated as nothing to code; without a place it speaks of the whole transcript.
    for row, compared, agreed in (("t,10,20,adjudicated,", 20, 0.5), ("t,,,adjudicated,", 20, 0.5)):
        report = document(run("p.csv", *asked, p=f"{table}{row}\n"))
        assert (report["n_compared"], report["overall"]["percent_agreement"]["value"]) == (compared, agreed)
    spelled = document(
        run("p.csv", "--json", p=table.replace("adjudicated", "Adjudicated") + "t,0,4,Ben,a\n")
    )
    assert spelled["coders"] == ["Anna", "Ben"]
    assert any("What is adjudicated is nobody's own coding" in note for note in spelled["notes"])
    # Coders are taken to have read whole transcripts, also beside the adjudicated.
    both = f"{table}t,0,4,Ben,a\nu,0,9,Anna,a\nu,0,9,Ben,a\n"
    report = document(run("p.csv", *asked, "--coder", "Ben", p=both))
    pairs = {name: pair["n_units"] for name, pair in report["pairs"].items()}
    assert pairs == {"Anna | adjudicated": 10, "Anna | Ben": 29, "adjudicated | Ben": 10}
    alone = document(run("p.csv", "--json", p=both))
    assert alone["unitizing"] == report["unitizing"]
    words = "transcript,text,coder,code\nt,it rained,Anna,a\nt,sun came,Anna,b\nt,it rained,adjudicated,a\n"
    report = document(run("q.csv", "--json", "--coder", "Anna", "--coder", "adjudicated", q=words))
    assert (report["n_compared"], report["n_coded"]["adjudicated"]) == (1, 1)
