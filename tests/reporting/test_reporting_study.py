"""The report of a study from made values: counts, hidden cells, quotes, contents of every format."""

import io
import re
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from openpyxl.utils import get_column_letter

from coder.codebook import Code, Codebook, SubTheme
from coder.domain import SuggestionFate
from coder.reporting.study.contents import Heading, Line, Paragraph, Picture, Quotation, Table
from coder.reporting.study.files import html_of, ranges, write_excel
from coder.reporting.study.methods import coreq_table, methods_paragraphs
from coder.reporting.study.participants import attribute_table, framework_matrix, participant_tables, together
from coder.reporting.study.pictures import pictures, saturation
from coder.reporting.study.report import NO_CODINGS, report_contents
from coder.reporting.study.themes import (
    FUNCTIONS,
    intervention_table,
    results_in_words,
    subthemes_table,
    themes_table,
)
from coder.reporting.study.values import (
    Case,
    CoderWork,
    Coding,
    Group,
    ModelFacts,
    Passage,
    ReportOptions,
    Source,
    StudyData,
    passages_of,
)
from coder.reporting.study.word import write_word
from tests.present import present

BOOK = Codebook(
    "made",
    (
        Code(
            "time",
            "Physical opportunity",
            "time",
            "Opportunity",
            subthemes=(SubTheme("appointments", "barrier"),),
        ),
        Code("norms", "Social opportunity", "people", "Opportunity"),
        Code("habit", "Automatic motivation", "habit", "Motivation"),
    ),
)
EVIL = '=HYPERLINK("x") <script>alert(1)</script> שלום 🙂 \x07'


def coding(number: int, code: str = "time", polarity: str | None = "barrier", **more: Any) -> Coding:
    values: dict[str, Any] = {
        "transcript": "t1", "place": number, "turn": number, "position": number / 100, "case": "p1",
        "text": f"Words number {number}.", "origin": "person", "coders": ("Ann",),
    }  # fmt: skip
    return Coding(number=number, code=code, polarity=polarity, **{**values, **more})


def made(codings: list[Coding], cases: dict[str, Case] | None = None, **more: Any) -> StudyData:
    cases = cases or {
        "p1": Case(
            "p1", "P1", "public, parent", {"group": ("public",), "condition": ("asthma", "diabetes")}, ("t1",)
        ),
        "p2": Case("p2", "P2", "clinician, midwife", {"group": ("clinician",), "age": ("40",)}, ("t2",)),
        "p3": Case("p3", "P3", "public", {"group": ("public",)}, ("t2",)),
    }
    values: dict[str, Any] = {
        "name": "Study", "codebook": BOOK, "sources": [Source("t1", 60, 60, True), Source("t2", 40, 20, False)],
        "cases": cases, "codings": codings, "suggested": [], "fates": [], "disputed": 0, "adjudicated": 0,
        "coders": [CoderWork("Ann", 80, 40, 7200.0)], "version": "9.9",
    }  # fmt: skip
    return StudyData(**{**values, **more})


def groups_of(data: StudyData, proposed: bool = True) -> list[Group]:
    found: dict[tuple[str, str | None], list[Passage]] = {}
    for passage in passages_of(data.codings):
        found.setdefault((passage.first.code, passage.first.polarity), []).append(passage)
    return [
        Group("a sub-theme", code, polarity, tuple(mine), proposed)
        for (code, polarity), mine in found.items()
    ]


CODINGS = [
    coding(1),
    coding(2, turn=1),
    coding(3, polarity="facilitator", case="p2", transcript="t2"),
    coding(4, "norms", None, case="p3", transcript="t2", place=3),
    coding(5, "time", "barrier", case="p3", transcript="t2", place=3, turn=3),
]


@cache
def drawn_once() -> tuple[Picture, ...]:
    return tuple(pictures(made(CODINGS), ReportOptions(apart="group")))


@pytest.fixture
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every report the same pictures; drawing takes most of its time."""
    monkeypatch.setattr("coder.reporting.study.report.pictures", lambda data, options: drawn_once())


def texts(table: Table) -> list[list[str]]:
    return [["\n".join(line.whole for line in cell) for cell in row] for row in table.rows]


def test_neighbours_of_one_turn_are_one_passage_and_every_coding_counts() -> None:
    passages = passages_of(CODINGS)
    assert sorted(len(passage.codings) for passage in passages) == [1, 1, 1, 2]
    assert max(passages, key=lambda passage: len(passage.codings)).text == "Words number 1. Words number 2."


def test_the_table_of_themes_counts_codings_and_participants_and_quotes_with_labels() -> None:
    data = made(CODINGS)
    table = themes_table(data, groups_of(data), ReportOptions())
    assert [column.title for column in table.columns] == [
        "Component", "Sub-component", "Barriers", "Facilitators", "Without polarity",
    ]  # fmt: skip
    barriers = texts(table)[0][2]
    assert barriers.startswith("3 codings (2 participants)\na sub-theme (3; 2 participants)\n")
    assert "“Words number 1. Words number 2.” (public, parent)" in barriers
    assert any("PROPOSED" in note for note in table.notes)
    assert {row["codings"] for row in table.tidy if row["code"] == "time"} == {3, 1}
    named = themes_table(data, groups_of(data, proposed=False), ReportOptions())
    assert not any("PROPOSED" in note for note in named.notes)


def test_the_short_table_names_sub_themes_alone_as_papers_print_them() -> None:
    data = made(CODINGS)
    table = subthemes_table(data, groups_of(data, proposed=False))
    assert [column.title for column in table.columns][:4] == [
        "Component",
        "Sub-component",
        "Barriers",
        "Facilitators",
    ]
    assert texts(table)[0] == ["Opportunity", "Physical opportunity", "a sub-theme", "a sub-theme", "–"]
    assert texts(table)[2][2:] == ["–", "–", "–"] and not any("italics" in note for note in table.notes)
    assert any("italics" in note for note in subthemes_table(data, groups_of(data)).notes)


def test_results_in_words_have_a_heading_per_code_and_polarity_and_quotes_with_labels() -> None:
    long = coding(9, "norms", None, text="word " * 2_000)
    data = made([*CODINGS, long])
    parts = results_in_words(data, groups_of(data), ReportOptions(min_cell=2))
    headings = [(part.text, part.level) for part in parts if isinstance(part, Heading)]
    assert headings == [
        ("Opportunity: Physical opportunity", 2), ("Barriers", 3), ("Facilitators", 3),
        ("Opportunity: Social opportunity", 2), ("Without polarity", 3),
    ]  # fmt: skip
    words = [part.text for part in parts if isinstance(part, Paragraph)]
    assert "a sub-theme (3 codings, 2 participants; proposed by the program)." in words
    assert "a sub-theme (1 coding, <2 participants; proposed by the program)." in words
    quotes = [part for part in parts if isinstance(part, Quotation)]
    assert Quotation("Words number 1. Words number 2.", "public, parent", (1, 2)) in quotes
    assert max(len(part.text) for part in quotes) < 1_300


def test_suggestions_stand_apart_and_only_when_asked_for() -> None:
    waiting = [coding(6, origin="suggested", coders=(), case="p3")]
    data = made(CODINGS, suggested=waiting)
    assert "Suggested" not in str(themes_table(data, groups_of(data), ReportOptions()).columns)
    table = themes_table(data, groups_of(data), ReportOptions(with_suggestions=True))
    assert texts(table)[0][-1] == "1 suggestion"
    assert texts(table)[0][2].startswith("3 codings")
    assert [row["made by"] for row in table.tidy].count("suggested, not confirmed") == 1


def test_participants_have_shares_several_values_and_missing_ones() -> None:
    data = made(CODINGS)
    (table,) = participant_tables(data, ReportOptions())
    rows = dict(texts(table))
    assert rows["asthma"] == rows["diabetes"] == "1 (33 %)" and rows["public"] == "2 (67 %)"
    assert any("more than one category of: condition" in note for note in table.notes)
    assert [row["n"] for row in table.tidy if row["attribute"] == "age"] == [1, 2]
    apart = participant_tables(data, ReportOptions(apart="group"))
    assert [item.title for item in apart] == ["Participants: public", "Participants: clinician"]


def test_a_measured_number_is_summed_up_and_categories_are_not() -> None:
    ages = {
        f"p{n}": Case(f"p{n}", f"P{n}", "x", {"age": (str(20 + n),), "stage": (str(n % 3),)})
        for n in range(12)
    }
    (table,) = participant_tables(made([], ages), ReportOptions())
    rows = dict(texts(table))
    assert rows["median (range)"] == "25.5 (20 to 31)" and rows["mean (SD)"] == "25.5 (3.6)"
    assert rows["0"] == rows["1"] == rows["2"] == "4 (33 %)"


def test_small_counts_of_participants_are_hidden_everywhere() -> None:
    data = made(CODINGS)
    options = ReportOptions(min_cell=3, apart="group", by=("group",))
    found = [*participant_tables(data, options), themes_table(data, groups_of(data), options)]
    found.append(attribute_table(data, "group", options))
    for table in found:
        for row in [*texts(table), *[[str(value) for value in line.values()] for line in table.tidy]]:
            assert not any(f"{n} participant" in cell or f"{n} (" in cell for cell in row for n in ("1", "2")
                           if "fewer" not in cell and "coding" not in cell), row  # fmt: skip
    assert "fewer than 3 participants" in str(texts(found[-1]))
    assert {row["participants"] for row in found[-1].tidy} <= {"<3", 0}
    assert "group" in framework_matrix(data, ReportOptions()).tidy[0]
    assert "group" not in framework_matrix(data, options).tidy[0]


def test_the_matrix_has_signs_quotes_and_an_empty_cell_to_write_in() -> None:
    table = framework_matrix(made(CODINGS), ReportOptions())
    assert texts(table)[0][1] == "−2\n“Words number 1. Words number 2.”"
    row = table.tidy[0]
    assert row["Physical opportunity: barrier"] == 2 and row["Physical opportunity: summary"] == ""
    assert [column.title for column in table.columns if not column.fold] == [
        "Participant",
        "Opportunity",
        "Motivation",
    ]


def test_codes_by_an_attribute_have_row_and_column_shares() -> None:
    table = attribute_table(made(CODINGS), "group", ReportOptions())
    public = next(row for row in table.tidy if row["value"] == "public" and row["code"] == "time")
    assert public["codings"] == 3 and public["share of the code's codings"] == pytest.approx(3 / 4)
    assert public["share of the group's codings"] == pytest.approx(3 / 4) and public["participants"] == 2


def test_co_occurrence_and_new_codes_are_counted_by_utterance_and_transcript() -> None:
    data = made(CODINGS)
    found = together(data)
    assert found["time", "norms"] == found["norms", "time"] == 1
    assert saturation(data) == [("t1", 1, 1), ("t2", 2, 3)]


def test_the_methods_say_what_happened_and_nothing_else() -> None:
    mixed = [
        coding(1),
        coding(2, origin="accepted"),
        coding(3, origin="changed"),
        coding(4, origin="accepted"),
    ]
    data = made(mixed, model=ModelFacts("v2", "On held-out material it reached F1 0.61."),
                fates=[SuggestionFate("time", 2, 1, 1, 5)])  # fmt: skip
    text = " ".join(methods_paragraphs(data))
    for words in (
        "80 of them (80 %)", "50 % of their 80 decisions were made blind", "2.0 hours", "F1 0.61",
        "1 were made by people without a suggestion (25 %)", "2 were suggestions accepted unchanged (50 %)",
        "accepted 50 % and rejected 25 %", "precoder 9.9",
    ):  # fmt: skip
        assert words in text, words
    assert "came in from files" not in text
    brought = made(CODINGS, coders=[CoderWork("Ann", 80, 80, None, imported=60)])
    assert "60 of the decisions were made elsewhere and came in from files" in " ".join(
        methods_paragraphs(brought)
    )
    assert "No codes were suggested by a program." in " ".join(methods_paragraphs(made(CODINGS)))
    table = coreq_table(data, ReportOptions())
    assert len(table.rows) == 32 and "2 (Ann" not in str(texts(table))
    assert "1 (Ann)" in texts(table)[23][3]


def test_the_wheel_is_looked_up_for_sub_components_of_com_b_only() -> None:
    table = intervention_table(made(CODINGS))
    assert table is not None and texts(table)[0][0] == "Physical opportunity"
    assert len(FUNCTIONS) == 6 and sum(map(len, FUNCTIONS.values())) == 21  # the ticks of the published table
    weather = Codebook("weather", (Code("rain", "Rain"),))
    assert intervention_table(made([], codebook=weather)) is None


def test_no_picture_of_codes_together_is_drawn_where_no_utterance_has_two() -> None:
    drawn = [picture.name for picture in pictures(made(CODINGS[:1]), ReportOptions())]
    assert "balance" in drawn
    assert "together" not in drawn


def test_pictures_are_drawn_in_two_formats_with_words_for_those_who_do_not_see_them() -> None:
    bins = ((20, 0.3, 0.25), (20, 0.8, 0.9))
    model = ModelFacts("starter", "", ((0.1, 0.05), (0.5, 0.2), (1.0, 0.31)), bins)
    data = made(CODINGS, fates=[SuggestionFate("time", 2, 1, 1, 5)], model=model)
    found = {picture.name: picture for picture in pictures(data, ReportOptions(apart="group"))}
    assert list(found) == [
        "balance",
        "by-group",
        "stripes",
        "together",
        "saturation",
        "suggestions",
        "model-risk",
        "model-calibration",
    ]
    for picture in found.values():
        assert picture.svg.startswith(b"<?xml") and picture.png.startswith(b"\x89PNG") and picture.alt
    assert "Physical opportunity: 3 barriers, 1 facilitators" in found["balance"].alt


@pytest.mark.usefixtures("quick_pictures")
def test_the_page_escapes_what_people_said_loads_nothing_and_leads_to_every_coding() -> None:
    data = made([coding(1, text=EVIL, question="Why? <b>", before="Before.", after="After."), *CODINGS[2:]])
    page = html_of(report_contents(data, groups_of(data), ReportOptions()), data, made=date(2026, 1, 2))
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "שלום" in page
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page
    assert "default-src 'none'" in page
    assert page.count('<li id="c') == len(data.codings)
    assert 'data-refs="1,5"' in page and "2026-01-02" in page


def test_ranges_are_short() -> None:
    assert ranges([3, 1, 2, 7, 9, 10]) == "1-3,7,9-10"


@pytest.mark.usefixtures("quick_pictures")
def test_word_has_headings_captions_and_tables_and_survives_control_characters(tmp_path: Path) -> None:
    data = made([coding(1, text=EVIL), *CODINGS[1:]])
    write_word(tmp_path / "r.docx", report_contents(data, groups_of(data), ReportOptions(apart="group")))
    document = Document(str(tmp_path / "r.docx"))
    styles = [present(paragraph.style).name for paragraph in document.paragraphs]
    assert styles.count("Heading 1") >= 6 and "Title" in styles
    captions = [
        paragraph.text
        for paragraph, style in zip(document.paragraphs, styles, strict=True)
        if style == "Caption"
    ]
    assert len(document.tables) == sum(text.startswith("Table") for text in captions)
    xml = zipfile.ZipFile(tmp_path / "r.docx").read("word/document.xml").decode()
    assert "Heading 2" in styles and "Heading 3" in styles and "Quote" in styles
    for kind in ("Table", "Figure"):
        numbers = re.findall(rf'"SEQ {kind} [^"]*"><w:r><w:t>(\d+)<', xml)
        assert len(numbers) > 2 and numbers == [str(1 + place) for place in range(len(numbers))]
    assert 'descr="' in xml and "w:tblHeader" in xml


@pytest.mark.usefixtures("quick_pictures")
def test_word_sets_what_is_read_from_right_to_left_so(tmp_path: Path) -> None:
    data = made([coding(1, text="שלום, הכול בסדר"), coding(2, "norms", text="“42” all is well")])
    write_word(tmp_path / "r.docx", report_contents(data, groups_of(data), ReportOptions()))
    xml = zipfile.ZipFile(tmp_path / "r.docx").read("word/document.xml").decode()
    quoted = [part for part in xml.split("<w:p>") if 'w:val="Quote"' in part]
    assert [("<w:bidi/>" in part, "<w:rtl/>" in part) for part in quoted] == [(True, True), (False, False)]
    cells = [part for part in xml.split("<w:p>") if "<w:bidi/>" in part and 'w:val="Quote"' not in part]
    assert cells and all('<w:sz w:val="18"/><w:szCs w:val="18"/>' in part for part in cells)


def test_what_follows_arabic_words_in_an_english_line_stays_from_left_to_right() -> None:
    assert (
        Line("closed العيادة", tail="(3; 1 participant)").whole == "closed العيادة\u200e (3; 1 participant)"
    )
    assert Line("العيادة closed", tail="(P1)").whole == "العيادة closed (P1)"
    assert (Line("closed", tail="(P1)").whole, Line("العيادة").whole) == ("closed (P1)", "العيادة")


@pytest.mark.usefixtures("quick_pictures")
def test_in_word_header_cells_are_as_wide_as_the_columns_and_headings_stand_with_wide_tables(
    tmp_path: Path,
) -> None:
    data = made(CODINGS)
    write_word(tmp_path / "r.docx", report_contents(data, groups_of(data), ReportOptions(apart="group")))
    document = Document(str(tmp_path / "r.docx"))
    for table in document.tables:
        assert [cell.width for cell in table.rows[0].cells] == [column.width for column in table.columns]
        assert any(cell.text for cell in table.rows[0].cells), (
            "no empty row stands above a table without titles"
        )
    xml = zipfile.ZipFile(tmp_path / "r.docx").read("word/document.xml").decode()
    between = xml[xml.index(">Framework matrix<") :].split("<w:tbl>")[0]
    assert "<w:sectPr" not in between  # no new page between the heading and its table


@pytest.mark.usefixtures("quick_pictures")
def test_excel_has_a_tidy_sheet_per_table_and_no_formula(tmp_path: Path) -> None:
    data = made([coding(1, text="=1+1", question="=2+2"), coding(2, text="x" * 40_000), *CODINGS[2:]])
    write_excel(
        tmp_path / "r.xlsx", report_contents(data, groups_of(data), ReportOptions(apart="group")), data
    )
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert "Results in words" not in {row[0].value for row in book["read me"].iter_rows()}
    assert {"read me", "themes", "participants", "framework matrix", "codings", "COREQ"} <= set(
        book.sheetnames
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    rows = list(book["codings"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(data.codings)
    assert "cut" in str(rows[2][rows[0].index("text")])[-60:]
    assert book["framework matrix"].freeze_panes == "C2"


@pytest.mark.parametrize(
    ("codings", "cases"),
    [
        ([], {}),
        (
            [coding(1, case="", text="One.")],
            {"": Case("", "speaker without a name", "speaker without a name")},
        ),
        ([coding(1, text="long " * 9000)], None),
        ([coding(1, text=EVIL, transcript="🙂 \u202eabc")], {"p1": Case("p1", "משתתף 🙂", "משתתף 🙂")}),
    ],
    ids=["empty", "one coding of nobody", "a very long quote", "right to left and emoji"],
)
def test_odd_studies_give_a_sensible_report_in_every_format(
    tmp_path: Path, codings: list[Coding], cases: dict[str, Case] | None
) -> None:
    data = made(codings, cases, coders=[CoderWork("Ann", 1, 0, None)] if codings else [],
                sources=[Source(item.transcript, 1, 1, True) for item in codings])  # fmt: skip
    contents = report_contents(
        data, groups_of(data), ReportOptions(interventions=True, with_suggestions=True)
    )
    page = html_of(contents, data, made=date(2026, 1, 2))
    assert (NO_CODINGS in page) == (not codings)
    write_word(tmp_path / "r.docx", contents)
    write_excel(tmp_path / "r.xlsx", contents, data)
    assert openpyxl.load_workbook(io.BytesIO((tmp_path / "r.xlsx").read_bytes())).sheetnames[0] == "read me"


@pytest.mark.slow
def test_many_codes_and_participants_still_make_a_report(tmp_path: Path) -> None:
    book = Codebook("forty", tuple(Code(f"c{n}", f"Code number {n}") for n in range(40)), polarity=())
    cases = {f"p{n}": Case(f"p{n}", f"P{n}", "x", {"site": (f"s{n % 30}",)}, (f"t{n}",)) for n in range(500)}
    codings = [
        coding(n + 1, f"c{n % 40}", None, case=f"p{n % 500}", transcript=f"t{n % 500}", place=n // 500 + 1)
        for n in range(2000)
    ]
    sources = [Source(f"t{n}", 5, 5, True) for n in range(500)]
    data = made(codings, cases, codebook=book, sources=sources)
    contents = report_contents(data, groups_of(data), ReportOptions(by=("site",)))
    write_word(tmp_path / "r.docx", contents)
    write_excel(tmp_path / "r.xlsx", contents, data)
    page = html_of(contents, data, made=date(2026, 1, 2))
    assert "The first 100 of 500 participants" in page and "Themes by code" in page
    assert openpyxl.load_workbook(tmp_path / "r.xlsx")["framework matrix"].max_row == 501


@pytest.mark.usefixtures("quick_pictures")
def test_word_keeps_rows_on_one_page_and_lays_sub_themes_side_by_side_below_their_code(
    tmp_path: Path,
) -> None:
    data = made(CODINGS)
    groups = groups_of(data)
    write_word(tmp_path / "r.docx", report_contents(data, groups, ReportOptions()))
    document = Document(str(tmp_path / "r.docx"))
    rows = [row for table in document.tables for row in table.rows]
    assert all("w:cantSplit" in row._tr.xml for row in rows)
    [themes] = [table for table in document.tables if "w:shd" in table._tbl.xml]
    heads = [row.cells[0].text for row in themes.rows if "w:shd" in row._tr.xml]
    leads = [f"{code.parent}: {code.label}" if code.parent else code.label for code in data.codebook.codes]
    assert heads == leads
    # Each sub-theme begins a cell of its own, so that a page can end between two.
    names = [group.name for group in groups]
    begun = {
        name for row in themes.rows for cell in row.cells for name in names
        if any(paragraph.text.startswith(f"{name} (") for paragraph in cell.paragraphs[:2])
    }  # fmt: skip
    assert begun == set(names)


@pytest.mark.usefixtures("quick_pictures")
def test_word_writes_a_matrix_of_many_codes_in_parts_that_each_name_the_participants(tmp_path: Path) -> None:
    book = Codebook("many", tuple(Code(f"c{number}", f"Code {number}") for number in range(17)))
    data = made([coding(number, f"c{number}") for number in range(17)], codebook=book)
    write_word(tmp_path / "r.docx", report_contents(data, groups_of(data), ReportOptions()))
    document = Document(str(tmp_path / "r.docx"))
    captions = [
        paragraph.text for paragraph in document.paragraphs if "Framework matrix, part" in paragraph.text
    ]
    assert len(captions) == 3 and captions[0].endswith("part 1 of 3")
    matrices = [table for table in document.tables if table.rows[0].cells[0].text == "Participant"]
    shown = [cell.text for table in matrices for cell in table.rows[0].cells[1:]]
    assert shown == [code.label for code in book.codes]
    assert max(len(table.columns) for table in matrices) <= 8


@pytest.mark.usefixtures("quick_pictures")
def test_excel_prints_a_page_a_code_of_the_matrix_beside_the_participant(tmp_path: Path) -> None:
    data = made(CODINGS)
    write_excel(tmp_path / "r.xlsx", report_contents(data, groups_of(data), ReportOptions()), data)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["framework matrix"]
    head = [str(cell.value) for cell in sheet[1]]
    starts = [head[present(item.id)] for item in sheet.col_breaks.brk]
    assert [name.split(": ")[0] for name in starts][-1] == data.codebook.codes[-1].label
    assert len(starts) in (len(data.codebook.codes), len(data.codebook.codes) - 1)
    assert sheet.print_title_cols == "$A:$B" and sheet.page_setup.pageOrder == "overThenDown"
    assert 40 <= present(sheet.page_setup.scale) <= 100
    summary = get_column_letter(1 + next(at for at, name in enumerate(head) if name.endswith(": summary")))
    assert sheet.column_dimensions[summary].width >= 30 and sheet.column_dimensions["B"].width <= 24


@pytest.mark.usefixtures("quick_pictures")
def test_word_breaks_no_figure_and_its_interval(tmp_path: Path) -> None:
    data = made(CODINGS)
    write_word(tmp_path / "r.docx", report_contents(data, groups_of(data), ReportOptions(by=("group",))))
    document = Document(str(tmp_path / "r.docx"))
    [table] = [found for found in document.tables if "n\u00a0=\u00a0" in found.rows[0].cells[-1].text
               and found.rows[0].cells[0].text == "Code"]  # fmt: skip
    figures = [row.cells[1].paragraphs[0].text for row in table.rows[1:]]
    assert any("\u00a0%,\u00a0" in figure for figure in figures) and not any(
        " %" in figure for figure in figures
    )
