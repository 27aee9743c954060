"""Files built to exhaust, to escape or to mislead, each as a function of no argument that returns (name, bytes)."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tests.reading.office_making import NAMESPACES, RELATIONS
from tests.reading.pdf_making import pdf

MB = 1024 * 1024
Maker = Callable[[], tuple[str, bytes]]
HOSTILE: dict[str, Maker] = {}
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" r:id="r1"/></sheets></workbook>'
)
BOOK_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>'
)


def hostile(make: Maker) -> Maker:
    HOSTILE[make.__name__.replace("_", " ")] = make
    return make


def packed(members: Mapping[str, tuple[str, str, int, str]]) -> bytes:
    """A zip whose members are (beginning, filling, how many times, end), packed without holding them in memory."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (beginning, filling, times, end) in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(beginning.encode())
                block = filling.encode() * max(1, MB // max(1, len(filling)))
                per_block = max(1, MB // max(1, len(filling)))
                for _ in range(times // per_block):
                    member.write(block)
                member.write(filling.encode() * (times % per_block))
                member.write(end.encode())
    return memory.getvalue()


def word(beginning: str, filling: str, times: int, end: str) -> tuple[str, bytes]:
    start = f'<?xml version="1.0"?><w:document {NAMESPACES}><w:body>{beginning}'
    parts = {"_rels/.rels": (RELATIONS, "", 0, "")}
    return "x.docx", packed(
        {**parts, "word/document.xml": (start, filling, times, f"{end}</w:body></w:document>")}
    )


def excel(
    beginning: str, filling: str, times: int, end: str, **parts: tuple[str, str, int, str]
) -> tuple[str, bytes]:
    usual = {"xl/workbook.xml": (BOOK, "", 0, ""), "xl/_rels/workbook.xml.rels": (BOOK_RELATIONS, "", 0, "")}
    sheet = (f"{SHEET}<sheetData>{beginning}", filling, times, f"{end}</sheetData></worksheet>")
    more = {f"xl/{name}.xml": content for name, content in parts.items()}
    return "x.xlsx", packed({**usual, "xl/worksheets/s.xml": sheet, **more})


@hostile
def a_gigabyte_of_nothing_in_a_word_file() -> tuple[str, bytes]:
    return word("<w:p><w:r><w:t>", " ", 1024 * MB, "</w:t></w:r></w:p>")


@hostile
def a_hundred_megabytes_of_changing_text() -> tuple[str, bytes]:
    lines = "".join(f"word {number * 7919 % 104729} and more; " for number in range(3000))
    return word("", f"<w:p><w:r><w:t>{lines}</w:t></w:r></w:p>", 1500, "")


@hostile
def a_million_nested_elements() -> tuple[str, bytes]:
    return word("", "<w:sdt>", 1_000_000, "")


@hostile
def ten_million_empty_paragraphs() -> tuple[str, bytes]:
    return word("", "<w:p/>", 10_000_000, "")


@hostile
def a_hundred_thousand_paragraphs_of_names() -> tuple[str, bytes]:
    return word("", "<w:p><w:r><w:t>A: yes</w:t></w:r></w:p>", 100_000, "")


@hostile
def a_paragraph_of_a_million_lines() -> tuple[str, bytes]:
    return word("<w:p><w:r>", "<w:br/>" * 10, 9_000, "</w:r></w:p>")


@hostile
def a_million_runs_in_a_paragraph() -> tuple[str, bytes]:
    return word("<w:p>", "<w:r><w:t>a</w:t></w:r>", 1_000_000, "</w:p>")


@hostile
def a_table_of_a_million_cells() -> tuple[str, bytes]:
    return word("<w:tbl>", "<w:tr><w:tc><w:p/></w:tc></w:tr>", 1_000_000, "</w:tbl>")


@hostile
def nested_tables() -> tuple[str, bytes]:
    return word("", "<w:tbl><w:tr><w:tc>", 80, "")


@hostile
def an_endless_attribute() -> tuple[str, bytes]:
    return word('<w:p w:x="', "ab cd ", 10_000_000, '"/>')


@hostile
def a_comment_without_end() -> tuple[str, bytes]:
    return word("<!-- ", "ab cd ", 10_000_000, "-->")


@hostile
def ten_thousand_spans_in_each_cell() -> tuple[str, bytes]:
    cell = '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr><w:p/></w:tc></w:tr>'
    return word("<w:tbl>", cell, 100_000, "</w:tbl>")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'


@hostile
def billion_laughs_in_a_word_file() -> tuple[str, bytes]:
    text = f"{LAUGHS}<w:document {NAMESPACES}><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>"
    return "x.docx", packed({"word/document.xml": (text, "", 0, "")})


@hostile
def billion_laughs_in_an_elan_file() -> tuple[str, bytes]:
    return "x.eaf", f"{LAUGHS}<ANNOTATION_DOCUMENT>&a11;</ANNOTATION_DOCUMENT>".encode()


@hostile
def an_outside_file_in_an_elan_file() -> tuple[str, bytes]:
    return "x.eaf", f"{OUTSIDE}<ANNOTATION_DOCUMENT>&a11;</ANNOTATION_DOCUMENT>".encode()


@hostile
def quadratic_blow_up_in_an_opendocument_text() -> tuple[str, bytes]:
    text = f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]><x>{"&a;" * 100_000}</x>'
    return "x.odt", packed({"content.xml": (text, "", 0, "")})


@hostile
def an_outside_file_in_an_opendocument_text() -> tuple[str, bytes]:
    return "x.odt", packed({"content.xml": (f"{OUTSIDE}<x>&a11;</x>", "", 0, "")})


@hostile
def zips_in_zips() -> tuple[str, bytes]:
    inner = packed({"a": ("", "\0", 10 * MB, "")}).decode("latin-1")
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(1000):
            archive.writestr(f"{number}.zip", inner.encode("latin-1"))
    return "x.docx", memory.getvalue()


@hostile
def a_path_out_of_the_archive() -> tuple[str, bytes]:
    return "x.docx", packed(
        {"../../../tmp/escaped.txt": ("x", "", 0, ""), "word/document.xml": ("<x/>", "", 0, "")}
    )


@hostile
def a_million_members() -> tuple[str, bytes]:
    entry = packed({"a": ("", "", 0, "")})[:31]
    central = b"PK\x01\x02" + b"\x14\0" * 2 + b"\0" * 20 + b"\x01\0" + b"\0" * 16 + b"a"
    count = 1_000_000
    end = b"PK\x05\x06" + b"\0" * 4 + b"\xff\xff" * 2 + (len(central) * count).to_bytes(4, "little")
    return "x.docx", entry + central * count + end + len(entry).to_bytes(4, "little") + b"\0\0"


@hostile
def a_sheet_of_ten_million_cells() -> tuple[str, bytes]:
    return excel("", "<row><c><v>1</v></c><c><v>2</v></c></row>", 5_000_000, "")


@hostile
def a_sheet_of_far_away_cells() -> tuple[str, bytes]:
    return excel("", '<row><c r="XFD1"><v>1</v></c></row>', 400_000, "")


@hostile
def a_sheet_that_repeats_a_long_text() -> tuple[str, bytes]:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>',
        "ab",
        500_000,
        "</t></si></sst>",
    )
    return excel("", '<row><c t="s"><v>0</v></c></row>', 300_000, "", sharedStrings=strings)


@hostile
def shared_texts_without_end() -> tuple[str, bytes]:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
        "<si><t>a b</t></si>",
        9_000_000,
        "</sst>",
    )
    return excel("", "", 0, "", sharedStrings=strings)


@hostile
def a_line_of_commas() -> tuple[str, bytes]:
    return "x.csv", b"," * (47 * MB)


@hostile
def one_endless_cell() -> tuple[str, bytes]:
    return "x.csv", b'text,b\n"' + b"word " * (9 * MB) + b'"\n'


@hostile
def a_quotation_mark_that_never_closes() -> tuple[str, bytes]:
    return "x.csv", b'text,b\n"' + b"word, word\n" * (3 * MB)


@hostile
def two_letters_in_each_cell() -> tuple[str, bytes]:
    return "x.csv", b"ab,cd,ef,gh\n" * (3 * MB)


@hostile
def empty_lines_without_end() -> tuple[str, bytes]:
    return "x.csv", b"text\n" + b"\n" * (45 * MB)


@hostile
def nothing_but_nuls() -> tuple[str, bytes]:
    return "x.csv", b"\0" * (40 * MB)


@hostile
def json_of_empty_lists() -> tuple[str, bytes]:
    return "x.json", b"[" + b"[]," * (5 * MB) + b"[]]"


@hostile
def json_nested_without_end() -> tuple[str, bytes]:
    return "x.json", b'{"a":' * (3 * MB)


@hostile
def rich_text_of_control_words() -> tuple[str, bytes]:
    return "x.rtf", b"{\\rtf1 " + b"\\b\\i0" * (20 * MB) + b"}"


@hostile
def rich_text_of_open_groups() -> tuple[str, bytes]:
    return "x.rtf", b"{\\rtf1 " + b"{" * (100 * MB)


@hostile
def rich_text_of_paragraphs() -> tuple[str, bytes]:
    return "x.rtf", b"{\\rtf1 " + b"\\par " * (20 * MB) + b"}"


@hostile
def rich_text_of_one_word() -> tuple[str, bytes]:
    return "x.rtf", b"{\\rtf1 " + b"a" * (150 * MB) + b"}"


@hostile
def a_pdf_page_of_endless_drawing() -> tuple[str, bytes]:
    return "x.pdf", pdf([], content=[b"BT /F1 11 Tf " + b"(a) Tj 1 0 0 1 0 0 Tm " * 700_000 + b" ET"] * 8)


@hostile
def a_pdf_page_that_unpacks_without_end() -> tuple[str, bytes]:
    made = pdf([], content=[b"replaced"])
    bomb = zlib.compress(b" " * (400 * MB))
    head, tail = made.split(b"6 0 obj\n")
    stream = (
        f"<< /Length {len(bomb)} /Filter /FlateDecode >>\nstream\n".encode() + bomb + b"\nendstream\nendobj\n"
    )
    return "x.pdf", head + b"6 0 obj\n" + stream + tail[tail.index(b"endobj\n") + 7 :]


@hostile
def a_pdf_whose_pages_hold_each_other() -> tuple[str, bytes]:
    return "x.pdf", pdf([], content=[b"x"]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R 2 0 R 2 0 R]")


@hostile
def a_pdf_of_nested_lists() -> tuple[str, bytes]:
    made = pdf([], content=[b"x"])
    return "x.pdf", made.replace(b"/MediaBox [0 0 595 842]", b"/MediaBox " + b"[" * 2_000_000)


@hostile
def a_praat_file_of_a_billion_intervals() -> tuple[str, bytes]:
    text = '"ooTextFile"\n"TextGrid"\n0\n5\n<exists>\n1\n"IntervalTier"\n"A"\n0\n5\n1e999\n'
    return "x.TextGrid", text.encode() + b'0\n1\n"a"\n' * MB


@hostile
def a_praat_file_of_quotation_marks() -> tuple[str, bytes]:
    return "x.TextGrid", b'"ooTextFile"\n"TextGrid"\n' + b'"' * (15 * MB + 1)


@hostile
def a_chat_file_of_asterisks() -> tuple[str, bytes]:
    return "x.cha", b"*PAR:\t" + b"\x15_" * (7 * MB)


@hostile
def an_elan_file_of_empty_annotations() -> tuple[str, bytes]:
    text = "<ANNOTATION_DOCUMENT><TIER TIER_ID='a'>" + "<REF_ANNOTATION ANNOTATION_ID='a'/>" * 1_500_000
    return "x.eaf", text.encode()
