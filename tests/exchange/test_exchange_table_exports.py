"""Tables as ATLAS.ti, MAXQDA, Dedoose, Taguette, QualCoder and NVivo export them, and any other table."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from coder.errors import FormatError, TableError
from coder.exchange.read import read_codings
from coder.exchange.values import ExternalCodings
from tests.reading.office_making import workbook


def book(path: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> Path:
    path.write_bytes(workbook(dict(sheets)))
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_text(content, encoding=encoding)
    return path


def facts(found: ExternalCodings) -> list[tuple[str, str, str, str | None]]:
    return [(item.document, item.code, item.text, item.coder) for item in found.codings]


def test_atlas_quotations_hold_several_codes_in_a_cell(tmp_path: Path) -> None:
    rows = [
        ["ID", "Document", "Quotation Content", "Comment", "Codes", "Reference", "Created by"],
        ["3:10", "D 3: i3.docx", "no time\nat all", "hm", "Time\nBus; late", "¶ 12", "Anna"],
        ["3:11", "i3.docx", "nothing", "", "", "¶ 13", "Anna"],
    ]
    found = read_codings(book(tmp_path / "q.xlsx", ("Quotations", rows)))
    assert found.format == "ATLAS.ti quotations"
    assert facts(found) == [("i3.docx", code, "no time\nat all", "Anna") for code in ("Time", "Bus", "late")]
    assert found.codings[0].memo == "hm"
    assert any("1 quotation without a code" in note for note in found.notes)


def test_atlas_report_with_a_sheet_a_code(tmp_path: Path) -> None:
    rows = [["ID", "Quotation Content"], ["1:1", "late again"]]
    found = read_codings(book(tmp_path / "c.xlsx", ("Bus", rows), ("A code whose name is cut by Exc", rows)))
    assert [item.code for item in found.codings] == ["Bus", "A code whose name is cut by Exc"]
    assert any("may have lost the end of its name" in note for note in found.notes)


@pytest.mark.parametrize(
    "headings",
    [
        "Color;Comment;Document group;Document name;Code;Beginning;End;Weight score;Segment;Created by",
        "Farbe;Kommentar;Dokumentgruppe;Dokumentname;Code;Anfang;Ende;Gewicht;Segment;Erstellt von",
    ],
)
def test_maxqda_segments_in_english_and_german(tmp_path: Path, headings: str) -> None:
    found = read_codings(text(tmp_path / "s.csv", f"{headings}\n●;a memo;G;i1;A > B;3;4;0;no time;Anna\n"))
    assert found.format == "MAXQDA coded segments"
    assert facts(found) == [("i1", "A > B", "no time", "Anna")]
    assert (found.codings[0].start, found.codings[0].memo) == (None, "a memo")  # paragraphs are no places


def test_dedoose_trusts_the_columns_of_single_codes(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Media Title", "Excerpt Range", "Excerpt Creator", "Excerpt Copy", "Codes Applied Combined",
         "Code: Opp Applied", "Code: Opp Range", "Code: Opp\\Time, money Applied", "Age"],
        ["i1", "10-17", "anna", "no time", "Opp, Time, money", True, "", True, 30],
        ["i1", "20-26", "ben", "no time", "", False, "", True, 30],
        ["i1", "90-99", "ben", "other", "", False, "", False, 30],
    ]  # fmt: skip
    found = read_codings(book(tmp_path / "d.xlsx", ("x", rows)))
    assert [(item.code, item.coder, item.start, item.end) for item in found.codings] == [
        ("Opp", "anna", 10, 17), ("Opp\\Time, money", "anna", 10, 17), ("Opp\\Time, money", "ben", 20, 27),
    ]  # fmt: skip
    assert any("up-coding" in note for note in found.notes)
    with pytest.raises(TableError, match="Applied"):
        read_codings(book(tmp_path / "e.xlsx", ("x", [["Media Title", "Excerpt Copy"], ["a", "b"]])))


def test_taguette_highlights_have_a_row_a_tag(tmp_path: Path) -> None:
    path = text(
        tmp_path / "h.csv", "id,document,tag,content\n1,i1,Time,no time\n1,i1,Bus.Late,no time\n2,i1,,well\n"
    )
    found = read_codings(path)
    assert facts(found) == [("i1", "Time", "no time", None), ("i1", "Bus.Late", "no time", None)]
    assert any("1 highlight without a tag" in note for note in found.notes)


def test_qualcoder_report_leaves_pictures_out(tmp_path: Path) -> None:
    content = (
        '"File","Coder","Coded","Id","Codename","Coded_Memo","Category","Category"\n'
        '"i1.txt","anna","no time","ctid:7","Time","a memo","Opp","COM-B"\n'
        '"i1.txt","anna","image","imid:7","Time","","",""\n'
    )
    found = read_codings(text(tmp_path / "r.csv", content, "utf-8-sig"))
    assert facts(found) == [("i1.txt", "Time", "no time", "anna")]
    assert any("1 coding of pictures" in note for note in found.notes)


def test_nvivo_summary_has_the_text_on_the_row_below(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Name", "File", "Coverage", "Number Of Coding References", "Reference Number", "Coded By Initials"],
        ["Time", "i1", "2 %", 1, 1, "AB"],
        ["I have no time.", None, None, None, None, None],
    ]
    found = read_codings(book(tmp_path / "n.xlsx", ("Sheet", rows)))
    assert facts(found) == [("i1", "Time", "I have no time.", "AB")]
    with pytest.raises(TableError, match="no coded text"):
        read_codings(book(tmp_path / "m.xlsx", ("Sheet", rows[:2])))


def test_nvivo_summary_has_files_and_codes_on_rows_of_their_own(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Classification", "Number Of Coding References", "Reference Number", "Coded By Initials"],
        ["Files\\\\Round 1\\\\Interview 1"],
        ["Codes\\\\Opportunity\\Time"],
        ["", 1, 1, "AB"],
        ["There is never enough time."],
        ["Nodes\\\\Money"],
        ["", 1, 1, "CD"],
        ["It costs too much."],
    ]
    found = read_codings(book(tmp_path / "summary.xlsx", ("Summary", rows)))
    assert facts(found) == [
        ("Interview 1", "Opportunity > Time", "There is never enough time.", "AB"),
        ("Interview 1", "Money", "It costs too much.", "CD"),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["", "A : Time", "B : Rooms"], ["1 : I01", 1, 2], ["2 : I02", 0, 0]], "table of counts"),
        ([["passage", "number"], ["x", 1], ["y", 2]], r"as in a table of counts.*It has: passage, number\."),
        ([["Code", "File", "Kappa", "A and Not B (%)"], ["Time", "I01", 0.7, 4.9]], "coding comparison"),
        ([["Name", "Description", "Files", "References"], ["Time", "", 2, 4]], "--codebook"),
    ],
)
def test_tables_without_coded_words_are_known_for_what_they_are(
    tmp_path: Path, rows: list[list[object]], said: str
) -> None:
    with pytest.raises(TableError, match=said):
        read_codings(book(tmp_path / "m.xlsx", ("Sheet", rows)))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.nvpx", "an NVivo project"), ("a.mqda", "a MAXQDA project"), ("a.hpr7", "an ATLAS.ti project"),
        ("a.rqda", "QualCoder, which reads RQDA"), ("a.qdc", "codebook without codings"),
    ],
)  # fmt: skip
def test_closed_files_are_named_with_what_to_export(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_codings(text(tmp_path / name, "x"))


def test_any_table_by_its_headings_or_by_the_names_that_are_given(tmp_path: Path) -> None:
    known = text(
        tmp_path / "a.csv",
        "Interview,Textstelle,Kode,Polarität,Wetter\ni1,keine Zeit,Zeit; Bus,Barriere,sun\n",
    )
    found = read_codings(known)
    assert [(item.document, item.code, item.polarity) for item in found.codings] == [
        ("i1", "Zeit", "barrier"), ("i1", "Bus", "barrier"),
    ]  # fmt: skip
    assert any("'Wetter'" in note for note in found.notes)
    odd = text(tmp_path / "b.csv", "Was,Bereich\nkeine Zeit,Zeit\n")
    with pytest.raises(TableError, match="--text-column NAME --code-column NAME"):
        read_codings(odd)
    assert facts(read_codings(odd, {"text": "Was", "code": "Bereich"})) == [("", "Zeit", "keine Zeit", None)]
    with pytest.raises(TableError, match="no column 'Wo'"):
        read_codings(odd, {"text": "Wo", "code": "Bereich"})
