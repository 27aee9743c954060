"""One table, however it was saved: the same frame comes out."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coder.errors import FormatError, TableError, UnsafeFileError
from coder.reading.safety.content import Budget
from coder.reading.tables.excel import fill_merged, read_workbook
from coder.reading.tables.read import read_sheets, read_table
from tests.reading.office_making import workbook, zipped

ROWS: list[list[str | None]] = [["1", "Well; I said, “yes”\nand | no", "3,5"], ["2", "Où ça ?", None]]


def separated(separator: str, encoding: str, line_end: str = "\n", before: str = "") -> bytes:
    def quoted(cell: str | None) -> str:
        return '"' + cell + '"' if cell and any(sign in cell for sign in ",;|\t\n") else cell or ""

    lines: list[list[str | None]] = [["id", "text", "value"], *ROWS]
    body = "".join(separator.join(quoted(cell) for cell in line) + "\n" for line in lines)
    return (before + body.replace("\n", line_end)).encode(encoding)


@pytest.mark.parametrize("separator", list(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_separator_and_encoding_gives_the_same_frame(
    separator: str, encoding: str, line_end: str, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(separated(separator, encoding, line_end))
    frame = read_table(path, needed=["text"])
    assert list(frame.columns) == ["id", "text", "value"]
    assert frame.values.tolist() == ROWS
    assert frame.attrs["first_row"] == 2


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_title_rows_above_the_header_are_skipped_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Project: coproduction;;\n\nID;Text;Code\n1;a b;x\n\n2;c;y\n")
    frame = read_table(path, needed=["text", "code"])
    assert list(frame.columns) == ["ID", "text", "code"]
    assert frame.attrs["first_row"] == 4
    assert list(frame.attrs["row_numbers"]) == [4, 6]


def test_excel_says_its_separator_in_the_first_line(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "a.csv", "sep=;\nid;text\n1;a, b, c\n"))
    assert frame.values.tolist() == [["1", "a, b, c"]]
    assert frame.attrs["first_row"] == 3


def test_commas_in_one_column_of_words_make_no_columns(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "a.csv", "text\nHello, there\nWell, I, think\n"))
    assert frame["text"].tolist() == ["Hello, there", "Well, I, think"]


def test_quotation_marks_of_speech_stay_in_tab_separated_text(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "a.tsv", 'id\ttext\n1\t"Yes" he said\n2\t"no end\n'))
    assert frame["text"].tolist() == ['"Yes" he said', '"no end']
    assert "quotation marks" in frame.attrs["notes"][0]


def test_backslashes_before_quotation_marks_are_understood(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "a.csv", 'id,text\n1,"he said \\"yes\\", twice"\n'))
    assert frame["text"].tolist() == ['he said "yes", twice']


def test_repeated_and_unnamed_columns_are_told_apart(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "a.csv", "text,code,code,,\na,x,y,z,\n"))
    assert list(frame.columns) == ["text", "code", "code.2", "column 4"]


def test_a_cell_as_long_as_a_transcript_is_read(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "a.csv", 'id,text\n1,"' + "word, " * 60_000 + '"\n'))
    assert len(frame["text"][0]) == 360_000


def test_a_large_table_is_read_whole_in_its_own_encoding(tmp_path: Path) -> None:
    lines = [f"{n};Größe und so weiter {n}" for n in range(60_000)]
    frame = read_table(write(tmp_path / "a.csv", "id;text\n" + "\n".join(lines), "utf-8"))
    assert len(frame) == 60_000 and frame["text"].iloc[-1] == "Größe und so weiter 59999"
    frame = read_table(write(tmp_path / "b.csv", "id;text\n" + "\n".join(lines), "utf-16"))
    assert frame["text"].iloc[-1] == "Größe und so weiter 59999"


def test_the_sheet_with_the_needed_columns_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        workbook({"About": [["Read me"]], "Data": [["Coding of P01"], [], ["Text", "Code"], ["a", "x"]]})
    )
    frame = read_table(path, needed=["text"])
    assert frame.attrs["sheet"] == "Data" and frame.attrs["first_row"] == 4
    assert frame.values.tolist() == [["a", "x"]]


def test_cells_are_what_a_person_sees(tmp_path: Path) -> None:
    moment = datetime.datetime(2024, 3, 1, 10, 5)
    values = [
        datetime.date(2024, 3, 1),
        moment,
        datetime.time(0, 1, 23),
        1.5,
        3,
        True,
        "a_x000D_\nb",
        None,
        " ",
    ]
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        workbook({"Data": [[f"c{n}" for n in range(len(values))], values, ["end"] * len(values)]})
    )
    expected = ["2024-03-01", "2024-03-01 10:05:00", "00:01:23", "1.5", "3", "TRUE", "a\nb", None, None]
    assert read_table(path).values.tolist()[0] == expected


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" r:id="r1"/></sheets></workbook>'
)
BOOK_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="/xl/worksheets/s.xml"/></Relationships>'
)


def bare_workbook(sheet: str) -> bytes:
    parts = {"xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": BOOK_RELATIONS}
    return zipped({**parts, "xl/worksheets/s.xml": SHEET.format(sheet)})


def test_formulas_give_their_last_result_and_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>text</t></is></c></row>'
        '<row r="1000000000"><c r="A1000000" t="str"><f>1+1</f><v>two</v></c></row></sheetData>'
    )
    path.write_bytes(bare_workbook(sheet))
    assert read_table(path, needed=["text"])["text"].tolist() == [None, "two"][1:]


def test_a_sheet_with_more_cells_than_a_table_may_have_is_refused() -> None:
    data = bare_workbook("<sheetData>" + '<row><c t="str"><v>x</v></c></row>' * 1001 + "</sheetData>")
    with pytest.raises(UnsafeFileError, match="more cells"):
        list(read_workbook(data, "a.xlsx", Budget("a.xlsx", pieces=1000, of="cells")))


def test_jsonl_keeps_lists_and_numbers_become_text(tmp_path: Path) -> None:
    lines = [{"text": "a", "codes": ["x", "y"], "n": 0.5}, {"text": " ", "ok": True}]
    path = write(tmp_path / "a.jsonl", "\n\n".join(json.dumps(line) for line in lines))
    frame = read_table(path, needed=["text"])
    assert frame.values.tolist() == [["a", ["x", "y"], "0.5", None], [None, None, None, "true"]]
    assert list(frame.attrs["row_numbers"]) == [1, 3]


def test_every_broken_line_of_jsonl_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "a"}\n{"text": \n[1]\n' + "[" * 50_000)
    with pytest.raises(TableError) as caught:
        read_table(path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["row 2", "row 3", "row 4"]


def test_parquet_gives_text_none_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"text": ["a", None, "a"], "codes": [["x"], [], None], "n": [1, 2, 3]}).to_parquet(path)
    frame = read_table(path, needed=["text"])
    assert frame.values.tolist() == [["a", ["x"], "1"], [None, [], "2"], ["a", None, "3"]]


def test_missing_columns_are_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        TableError, match=r"a\.csv: the columns 'unit', 'coder' are missing\. It has: id, text"
    ):
        read_table(write(tmp_path / "a.csv", "id,text\n1,a\n"), needed=["unit", "coder"])


def save_nothing(path: Path) -> None:
    path.write_bytes(b"")


def save_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)


def save_word(path: Path) -> None:
    path.write_bytes(zipped({"word/document.xml": "<x/>"}))


def save_old_excel(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"))


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("save", "said"),
    [
        (save_nothing, "empty"),
        (save_picture, "picture"),
        (save_word, "Word document"),
        (save_old_excel, "xls"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(
    suffix: str, save: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    save(path)
    with pytest.raises(FormatError, match=said):
        read_table(path)


def test_a_file_that_is_not_there_or_of_another_kind_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FormatError, match="not a file"):
        read_table(tmp_path / "folder.csv")
    with pytest.raises(FormatError, match="tables are read from"):
        read_table(tmp_path / "none.xyz")


def test_two_names_of_words_columns_are_two_columns(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text('transcript,text\nA,"Never the time, ever."\nB,My wife reminds me.\n', encoding="utf-8")
    frame = read_table(path, needed=["text"])
    assert list(frame.columns) == ["transcript", "text"]
    assert list(frame["text"]) == ["Never the time, ever.", "My wife reminds me."]


def with_merged_cells(path: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["Our coding"],
        ["interview", "text", "code", "memo"],
        ["Interview 1", "I can't bend", "body", None],
        [None, "Too dear", "money", "ask again"],
        [None, None, "time", None],
        [None, "My wife helps", "people", None],
        ["Interview 2", "I forget", "memory", "and more"],
    ):
        sheet.append(row)
    for area in ("A1:D1", "A3:A5", "B4:B5", "C7:D7"):
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_the_value_of_cells_merged_down_counts_for_each_row_they_cover(tmp_path: Path) -> None:
    path = with_merged_cells(tmp_path / "a.xlsx")
    frame = read_table(path, needed=["text", "code"], merged_down=True)
    assert frame["interview"].tolist() == ["Interview 1", "Interview 1", "Interview 1", None, "Interview 2"]
    assert frame["text"].tolist() == ["I can't bend", "Too dear", "Too dear", "My wife helps", "I forget"]
    assert frame["memo"].tolist() == [None, "ask again", None, None, None]
    assert frame.attrs["notes"] == (
        "The value of merged cells counts for each row that they cover: 3 empty cells filled, the first in row 4.",
    )
    (again,) = read_sheets(path)
    assert again["text"].tolist() == frame["text"].tolist()
    assert again.attrs["notes"] == frame.attrs["notes"]


def test_merged_cells_of_any_other_table_are_read_once(tmp_path: Path) -> None:
    """In a codebook they would make two codes of one, in a survey two answers."""
    frame = read_table(with_merged_cells(tmp_path / "a.xlsx"), needed=["text"])
    assert frame["interview"].tolist() == ["Interview 1", None, None, None, "Interview 2"]
    assert frame["text"].tolist() == ["I can't bend", "Too dear", None, "My wife helps", "I forget"]
    assert frame.attrs["notes"] == ()


def merged_book(path: Path, rows: list[list[str | None]], *areas: str) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for area in areas:
        book.worksheets[0].merge_cells(area)
    book.save(path)
    return path


def test_headings_and_titles_that_are_merged_down_are_no_cells_of_the_rows_below(tmp_path: Path) -> None:
    rows: list[list[str | None]] = [
        ["Interview", "Text", "Code", "Notes"],
        [None, None, None, "(free)"],
        ["p1", "late", "time", "x"],
    ]
    heads = ("A1:A2", "B1:B2", "C1:C2")
    for frame in (
        read_table(merged_book(tmp_path / "a.xlsx", rows, *heads), needed=["text"], merged_down=True),
        *read_sheets(tmp_path / "a.xlsx"),
    ):
        assert frame.values.tolist() == [[None, None, None, "(free)"], ["p1", "late", "time", "x"]]
        assert frame.attrs["notes"] == ()
    rows = [["Study X", None], [None, "Exported 3 May"], [None, "North"], ["text", "code"], ["late", "time"]]
    for frame in (
        read_table(merged_book(tmp_path / "b.xlsx", rows, "A1:A3"), merged_down=True),
        *read_sheets(tmp_path / "b.xlsx"),
    ):
        assert list(frame.columns) == ["text", "code"]
        assert frame.values.tolist() == [["late", "time"]]


def test_merged_words_of_a_transcript_are_said_once(tmp_path: Path) -> None:
    sheets = list(read_workbook(with_merged_cells(tmp_path / "a.xlsx").read_bytes(), "a.xlsx"))
    assert [cells[1] for _, cells in sheets[0].rows[2:]] == [
        "I can't bend", "Too dear", None, "My wife helps", "I forget",
    ]  # fmt: skip


def test_merged_cells_are_filled_within_the_limits_of_a_table(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in range(300):
        sheet.append(["a long text " * 20 if row == 0 else None, "x"])
    sheet.merge_cells("A1:A300")
    book.save(tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    (read,) = read_workbook(data, "a.xlsx", Budget("a.xlsx", characters=20_000))
    with pytest.raises(UnsafeFileError):
        fill_merged(read, 0, Budget("a.xlsx", characters=20_000))
