"""OpenDocument and rich text: the same talk, the final text only."""

from pathlib import Path

import pytest

from coder.errors import FormatError, UnsafeFileError
from coder.reading.formats import odt, rtf
from tests.reading.office_making import said, transcript, zipped

TALK = [
    ("INT", "How did it start?"),
    ("P01", "Well, “by chance”."),
    ("INT", "And then?"),
    ("P01", "I stayed."),
]
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
        ("manifest", "manifest"),
    ]
)
BOLD = '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
STYLES = (
    '<style:style style:name="Heading_20_1" style:display-name="Heading 1"/>'
    '<style:style style:name="P1" style:parent-style-name="Heading_20_1"/>'
)


def odt_file(body: str, styles: str = "", manifest: str = "") -> bytes:
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{BOLD}{STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "styles.xml": f"<office:document-styles {SPACES}>{styles}</office:document-styles>",
            "META-INF/manifest.xml": f"<manifest:manifest {SPACES}>{manifest}</manifest:manifest>",
        }
    )


def odt_p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def odt_table(*rows: tuple[str, ...]) -> str:
    made = ["".join(f"<table:table-cell>{odt_p(item)}</table:table-cell>" for item in row) for row in rows]
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in made)
    return f"<table:table><table:table-column/>{lines}</table:table>"


ODT = {
    "labels": "".join(odt_p(f"{who}: {words}") for who, words in TALK),
    "bold and tab": "".join(
        odt_p(f'<text:span text:style-name="T1">{who}</text:span><text:tab/>{words}') for who, words in TALK
    ),
    "headings": "".join(f"<text:h>{who}</text:h>{odt_p(words)}" for who, words in TALK),
    "heading style": "".join(odt_p(who, "P1") + odt_p(words) for who, words in TALK),
    "table": odt_table(*TALK),
    "list": "<text:list>"
    + "".join(f"<text:list-item>{odt_p(f'{w}: {t}')}</text:list-item>" for w, t in TALK)
    + "</text:list>",
}


@pytest.mark.parametrize("layout", ODT)
def test_every_opendocument_layout_gives_the_same_turns(layout: str, tmp_path: Path) -> None:
    assert said(transcript(tmp_path, "p01.odt", odt_file(ODT[layout]))) == TALK


ODT_TEXTS = {
    "white space": (
        odt_p("  A \n   word<text:s/><text:s text:c='2'/>x<text:span> </text:span>y\xa0z "),
        "A word   x y\xa0z",
    ),
    "breaks": (odt_p("A<text:tab/>b<text:line-break/>c"), "A\tb\nc"),
    "note": (odt_p("A<text:note><text:note-body>gone</text:note-body></text:note> word"), "A word"),
    "comment": (odt_p("A<office:annotation>gone</office:annotation> word<office:annotation-end/>"), "A word"),
    "deletion": (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>" + odt_p("A <text:change/>word"),
        "A word",
    ),
    "insertion": (odt_p("A <text:change-start/>kept<text:change-end/> word"), "A kept word"),
    "link": (odt_p("A <text:a>linked</text:a> word"), "A linked word"),
    "section": (f"<text:section>{odt_p('A word')}</text:section>", "A word"),
}


@pytest.mark.parametrize("case", ODT_TEXTS)
def test_only_the_final_opendocument_text_is_read(case: str) -> None:
    body, text = ODT_TEXTS[case]
    assert [paragraph.text for paragraph in odt.read(odt_file(body), "x.odt").paragraphs] == [text]


def test_what_was_left_out_of_an_opendocument_text_is_counted() -> None:
    styles = f"<style:header>{odt_p('Confidential')}</style:header><style:footer>{odt_p('')}</style:footer>"
    body = ODT_TEXTS["note"][0] + ODT_TEXTS["comment"][0] + ODT_TEXTS["deletion"][0]
    assert set(odt.read(odt_file(body, styles), "x.odt").notes) == {
        "1 footnote or endnote was left out.",
        "1 comment was left out.",
        "1 deletion was left out.",
        "1 page header was left out.",
    }


def test_text_boxes_of_opendocument_follow_their_paragraph() -> None:
    box = f"<draw:frame><draw:text-box>{odt_p('In the box')}</draw:text-box></draw:frame>"
    found = odt.read(odt_file(odt_p(f"Before {box}after")), "x.odt").paragraphs
    assert [paragraph.text for paragraph in found] == ["Before after", "In the box"]


def test_words_in_a_shape_are_a_paragraph_of_their_own_and_are_named() -> None:
    shape = f"<draw:custom-shape>{odt_p('In the shape')}</draw:custom-shape>"
    found = odt.read(odt_file(odt_p(f"Before {shape}after")), "x.odt")
    assert [paragraph.text for paragraph in found.paragraphs] == ["Before after", "In the shape"]
    assert found.notes == ("1 text box was read as words behind the paragraph beside it.",)


@pytest.mark.parametrize(("weight", "bold"), [("bold", 3), ("700", 3), ("normal", 0), ("400", 0)])
def test_only_heavy_weights_are_bold(weight: str, bold: int) -> None:
    style = f'<style:style style:name="T9"><style:text-properties fo:font-weight="{weight}"/></style:style>'
    found = odt.read(odt_file(odt_p('<text:span text:style-name="T9">Who</text:span>'), style), "x.odt")
    assert found.paragraphs[0].bold == bold


def test_a_locked_opendocument_text_is_refused() -> None:
    with pytest.raises(FormatError, match="password"):
        odt.read(odt_file(odt_p("x"), manifest="<manifest:encryption-data/>"), "x.odt")


def test_a_repeated_cell_does_not_flood_memory() -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell>'
    )
    body = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    assert len(odt.read(odt_file(body), "x.odt").paragraphs) < 100


HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}"
    r"{\stylesheet{\s0 Normal;}{\s2\outlinelevel1 heading 2;}}"
)


def rtf_file(body: str) -> bytes:
    return (HEAD + body + "}").encode("cp1252")


def in_rtf(words: str) -> str:
    return words.replace("“", r"\'93").replace("”", r"\ldblquote ".replace("l", "r", 1))


RTF = {
    "labels": "".join(rf"\pard {who}: {in_rtf(words)}\par" "\n" for who, words in TALK),
    "bold and tab": "".join(rf"\pard{{\b {who}}}\tab {in_rtf(words)}\par" "\n" for who, words in TALK),
    "bold switched off": "".join(rf"\pard\b {who}:\b0  {in_rtf(words)}\par" "\n" for who, words in TALK),
    "headings": "".join(
        rf"\pard\s2\outlinelevel1 {who}\par\pard\plain {in_rtf(words)}\par" for who, words in TALK
    ),
    "table": "".join(
        rf"\trowd\cellx9\cellx99\pard\intbl {who}\cell {in_rtf(words)}\cell\row" for who, words in TALK
    ),
    "of a Mac": "".join(rf"{who}: {in_rtf(words)}" "\\\n" for who, words in TALK),
}


@pytest.mark.parametrize("layout", RTF)
def test_every_rich_text_layout_gives_the_same_turns(layout: str, tmp_path: Path) -> None:
    assert said(transcript(tmp_path, "p01.rtf", rtf_file(RTF[layout]))) == TALK


RTF_TEXTS = {
    r"It\u8217's \'93so\'94": "It’s “so”",
    r"smile \u55357?\u56832?!": "smile 😀!",
    r"\uc2\u233 e'x": "éx",
    r"\uc0\u233 x": "éx",
    r"{\f1 \'cf\'f0}!": "Пр!",
    r"a\~b\_c\-d": "a\xa0b\u2011cd",
    r"a\line b\tab c": "a\nb\tc",
    r"a\{b\}c\\d": "a{b}c\\d",
    r"a{\*\unknown gone}b{\*\bkmkstart x}c": "abc",
    r"a{\footnote gone}b{\*\annotation gone}c": "abc",
    r"a{\deleted gone}b\deleted gone\deleted0 c": "abc",
    r"a{\v gone}b": "ab",
    r'{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}': "link",
    r"{\upr{ansi}{\*\ud{caf\u233 e}}}": "café",
    "{\\pict 89504e47}a\\bin3 \\}{b": "ab",
    r"a\emdash b\endash c\bullet": "a—b–c•",
}


@pytest.mark.parametrize("source", RTF_TEXTS)
def test_rich_text_is_decoded(source: str) -> None:
    found = rtf.read(rtf_file(rf"\pard {source}\par"), "x.rtf")
    assert [paragraph.text for paragraph in found.paragraphs] == [RTF_TEXTS[source]]


def test_a_text_box_in_rich_text_is_read_once_behind_its_paragraph() -> None:
    box = r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt\pard In the box\par}}{\shprslt{In the box}}}"
    found = rtf.read(rtf_file(rf"\pard Before {box}after\par"), "x.rtf").paragraphs
    assert sorted(paragraph.text for paragraph in found) == ["Before after", "In the box"]


@pytest.mark.parametrize(("words", "count"), [("", 0), (r"\par", 0), ("In the box", 1)])
def test_text_boxes_with_words_are_counted_in_rich_text(words: str, count: int) -> None:
    box = r"{\shp{\*\shpinst{\shptxt " + words + "}}}"
    assert len(rtf.read(rtf_file(rf"\pard Before {box}after\par"), "x.rtf").notes) == count


def test_what_was_left_out_of_rich_text_is_counted() -> None:
    notes = rtf.read(rtf_file(r"{\header Top\par}a{\footnote x}{\deleted y}\par"), "x.rtf").notes
    assert set(notes) == {
        "1 page header was left out.",
        "1 footnote or endnote was left out.",
        "1 deletion was left out.",
    }


def test_cut_off_and_other_files_named_rtf_are_refused() -> None:
    with pytest.raises(FormatError, match="cut off"):
        rtf.read(rtf_file("hello")[:-3], "x.rtf")
    with pytest.raises(FormatError, match="Word document"):
        rtf.read(zipped({"word/document.xml": "<x/>"}), "x.rtf")
    with pytest.raises(UnsafeFileError, match="nested too deeply"):
        rtf.read(rtf_file("{" * 5000), "x.rtf")


@pytest.mark.parametrize(
    ("properties", "look"),
    [
        ('style:text-underline-style="solid"', {"underlined"}),
        ('style:text-underline-style="none"', set()),
        ('fo:background-color="#ffff00"', {"highlighted"}),
        ('fo:background-color="transparent"', set()),
    ],
)
def test_lines_and_markers_of_opendocument(properties: str, look: set[str]) -> None:
    style = f'<style:style style:name="T9"><style:text-properties {properties}/></style:style>'
    found = odt.read(odt_file(odt_p('<text:span text:style-name="T9">Who</text:span>'), style), "x.odt")
    assert found.paragraphs[0].look == look


@pytest.mark.parametrize(
    ("source", "look"),
    [
        (r"{\ul Who?}", {"underlined"}),
        (r"\ul Who?\ulnone", {"underlined"}),
        (r"\ul0 Who?", set()),
        (r"{\highlight7 Who?}", {"highlighted"}),
        (r"\ul\highlight7\plain Who?", set()),
    ],
)
def test_lines_and_markers_of_rich_text(source: str, look: set[str]) -> None:
    assert rtf.read(rtf_file(rf"\pard {source}\par"), "x.rtf").paragraphs[0].look == look
