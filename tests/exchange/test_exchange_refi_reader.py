"""REFI-QDA projects as real tools write them: every way of counting characters, and hostile files."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.codebook import load_codebook
from coder.coded_tables.code_mapping import CodeMapper, mapped_table
from coder.coded_tables.grammar import CodedTable
from coder.errors import FormatError, UnsafeFileError
from coder.exchange.read import read_codings
from coder.exchange.refi_offsets import placed
from coder.exchange.refi_project import Selection
from tests.refi_making import qde, qdpx, selection, source

TEXT = "I: Why?\nP: My sister 🙂 drives me.\nP: The bus is late, voilà.\nI: Oh."
WORDS = ("My sister 🙂", "drives me", "bus is late", "Oh.")


def shifted(offset: int, *, bom: bool, crlf: bool, utf16: bool, text: str = TEXT) -> int:
    """Return how a tool counts to a place of the plain text."""
    before = text[:offset]
    extra = before.count("\n") if crlf else 0
    wide = sum(ord(letter) > 0xFFFF for letter in before) if utf16 else 0
    return offset + extra + wide + bom


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("crlf", ["LF", "once", "twice"])
@pytest.mark.parametrize("utf16", [False, True])
@pytest.mark.parametrize("folder", ["sources", "Sources"])
def test_offsets_of_every_tool_find_their_words(
    tmp_path: Path, bom: bool, crlf: str, utf16: bool, folder: str
) -> None:
    raw = TEXT.replace("\n", "\r\n") if crlf != "LF" else TEXT
    marks = []
    for words in WORDS:
        start = TEXT.index(words)
        first, last = (
            shifted(at, bom=bom, crlf=crlf == "twice", utf16=utf16) for at in (start, start + len(words))
        )
        marks.append(selection(first, last, words))
    data = ("\ufeff" if bom else "").encode() + raw.encode()
    path = qdpx(
        tmp_path / "p.qdpx", "\ufeff" + qde("".join(marks)), {f"{folder}/D1.txt": data}, member="mine.qde"
    )
    found = read_codings(path)
    assert [item.text for item in found.codings] == list(WORDS)
    assert [TEXT[item.start : item.end] for item in found.codings] == list(WORDS)
    assert {(item.document, item.code, item.coder, item.memo) for item in found.codings} == {
        ("i1", "Opportunity > Social", "Anna", "hm")
    }
    assert any("4 of 4 verified by their names" in note for note in found.notes)


def test_without_names_edges_of_words_decide_and_else_the_doubt_is_said(tmp_path: Path) -> None:
    start = TEXT.index("bus is late")
    first, last = (shifted(at, bom=False, crlf=True, utf16=False) for at in (start, start + 11))
    data = {"sources/d1.txt": TEXT.replace("\n", "\r\n").encode()}
    found = read_codings(qdpx(tmp_path / "a.qdpx", qde(selection(first, last)), data))
    assert [item.text for item in found.codings] == ["bus is late"]
    one_word = qde(selection(6, 7))  # "d" if CRLF counts once, "c" if it counts twice
    unclear = read_codings(qdpx(tmp_path / "b.qdpx", one_word, {"sources/d1.txt": b"a\r\nb\r\nc d e f g"}))
    assert any("two ways of counting characters fit equally well" in note for note in unclear.notes)


def test_a_cut_name_and_combining_characters_are_verified() -> None:
    text = unicodedata.normalize("NFD", "Voilà une réponse très longue de la participante")
    found = placed(text, [Selection(0, len(text), text[:20] + "...", "u")])
    assert (found.verified, found.named, found.spans) == (1, 1, ((0, len(text)),))


def test_control_characters_hide_no_name() -> None:
    text = "00000000\x1f\U0001133a00"
    assert placed(text, [Selection(0, 11, text[:11], "u")]).spans == ((0, 11),)


@given(st.text(min_size=1), st.data())
def test_any_text_and_place_in_the_standards_way_is_read_back(text: str, data: st.DataObject) -> None:
    plain = text.replace("\r", "").replace("\ufeff", "")
    start = data.draw(st.integers(0, len(plain)))
    end = data.draw(st.integers(start, len(plain)))
    found = placed(plain, [Selection(start, end, plain[start:end], "u")])
    if plain[start:end].split():
        assert (
            found.spans[0] is not None and plain[slice(*found.spans[0])].split() == plain[start:end].split()
        )


def test_attributes_cases_pdf_texts_and_what_is_left_out(tmp_path: Path) -> None:
    extra = (
        '<Variables><Variable guid="v1" name="Age" typeOfVariable="Text"/></Variables>'
        '<Cases><Case guid="k" name="P1">'
        '<VariableValue><VariableRef targetGUID="V1"/><TextValue>30</TextValue></VariableValue>'
        '<SourceRef targetGUID="D1"/></Case></Cases>'
    )
    pdf = (
        '<PDFSource guid="f" name="a paper" path="internal://f.pdf"><PDFSelection guid="q" page="1"/>'
        f'<Representation guid="r" plainTextPath="internal://r.txt">{selection(0, 4, "late")}</Representation>'
        "</PDFSource>"
        '<PictureSource guid="g" name="photo"><PictureSelection guid="h"/></PictureSource>'
        '<Vendor:Extra xmlns:Vendor="urn:x" odd="1"><Vendor:Inner/></Vendor:Extra>'
    )
    xml = qde(sources=source(selection(0, 4, "late")) + pdf, extra=extra)
    path = qdpx(tmp_path / "p.qdpx", xml, {"sources/d1.txt": b"late bus", "sources/r.txt": b"late bus"})
    found = read_codings(path)
    assert [(item.document, item.text) for item in found.codings] == [("i1", "late"), ("a paper", "late")]
    assert [(case.name, case.attributes, case.documents) for case in found.cases] == [
        ("P1", {"Age": "30"}, ("i1",))
    ]
    assert found.codes == {"Opportunity": "", "Opportunity > Social": "others"}
    said = " ".join(found.notes)
    assert "1 coding of an area of a PDF left out" in said and "1 coding of a picture left out" in said
    assert "1 source of which there is no text left out: 'photo (picture)'" in said


def test_sources_of_one_name_stay_apart_and_missing_texts_are_named(tmp_path: Path) -> None:
    twice = source(selection(0, 4, "late")) + source(selection(0, 4, "late")).replace(
        'guid="d1"', 'guid="d2"'
    )
    gone = source(selection(0, 4), name="gone", path="internal://nowhere.txt").replace(
        'guid="d1"', 'guid="d3"'
    )
    found = read_codings(
        qdpx(tmp_path / "p.qdpx", qde(sources=twice + gone), {"sources/d1.txt": b"late bus"})
    )
    assert [item.document for item in found.codings] == ["i1", "i1 (2)"]
    assert any(
        "1 source without a text in the file left out, with 1 coding: 'gone'" in note for note in found.notes
    )


def test_a_text_within_the_xml_is_read(tmp_path: Path) -> None:
    inner = "<PlainTextContent>late bus</PlainTextContent>"
    held = source(selection(0, 4, "late"), inner=inner).replace(' plainTextPath="internal://d1.txt"', "")
    assert [item.text for item in read_codings(qdpx(tmp_path / "p.qdpx", qde(sources=held), {})).codings] == [
        "late"
    ]


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("xml", "files", "error"),
    [
        (ENTITY + "<Project>&e;</Project>", {}, UnsafeFileError),
        ("<Project", {}, FormatError),
        ("<Other/>", {}, FormatError),
        (qde(selection(0, 4)), {"../../evil.txt": b"x"}, UnsafeFileError),
        (qde(selection(0, 4)), {"sources/d1.txt": b"\xff\xfe\xff"}, FormatError),
        (qde(selection(0, 4)), {"sources/d1.txt": b"\xe4\xf6"}, FormatError),
        (qde(selection(0, 4)), {"sources/d1.txt": b"a" * 200_000_000}, UnsafeFileError),
    ],
)
def test_hostile_and_broken_projects_are_refused(
    tmp_path: Path, xml: str, files: dict[str, bytes], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_codings(qdpx(tmp_path / "p.qdpx", xml, files))


def test_what_is_no_archive_or_no_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.qdpx").write_bytes(b"no zip")
    with pytest.raises(FormatError):
        read_codings(tmp_path / "a.qdpx")
    with pytest.raises(FormatError, match="holds no"):
        read_codings(qdpx(tmp_path / "b.qdpx", "x", {}, member="readme.txt"))


def test_absurd_positions_are_left_out(tmp_path: Path) -> None:
    marks = selection(0, 4, "late") + selection(-5, 3) + selection(3, 2) + selection(0, 10**12)
    marks += '<PlainTextSelection guid="z" startPosition="x" endPosition="1"/>'
    found = read_codings(qdpx(tmp_path / "p.qdpx", qde(marks), {"sources/d1.txt": b"late bus"}))
    assert len(found.codings) == 1
    assert any("3 selections outside the text" in note for note in found.notes)


@pytest.mark.slow
def test_two_hundred_thousand_codings_are_read(tmp_path: Path) -> None:
    words = "the bus is late today. " * 50_000
    marks = "".join(selection(at, at + 22) for at in range(0, 23 * 50_000, 23) for _ in range(4))
    path = qdpx(tmp_path / "p.qdpx", qde(marks), {"sources/d1.txt": words.encode()})
    assert len(read_codings(path).codings) == 200_000


def coded(guid: str, *codes: str, place: tuple[int, int] = (0, 4)) -> str:
    """Return a selection to which one coder gave several codes."""
    ann = "aaaa0000-0000-0000-0000-000000000002"
    codings = "".join(
        f'<Coding guid="{guid}{code}" creatingUser="{ann}"><CodeRef targetGUID="{code}"/></Coding>'
        for code in codes
    )
    return (
        f'<PlainTextSelection guid="{guid}" startPosition="{place[0]}" endPosition="{place[1]}">{codings}'
        "</PlainTextSelection>"
    )


def test_two_selections_of_the_same_words_keep_their_own_polarities(tmp_path: Path) -> None:
    names = {"s": "Social opportunity", "p": "Physical opportunity", "b": "Barriers", "f": "Facilitators"}
    codes = "".join(f'<Code guid="{guid}" name="{name}" isCodable="true"/>' for guid, name in names.items())
    marks = coded("1", "s", "b") + coded("2", "p", "f")
    found = read_codings(
        qdpx(tmp_path / "a.qdpx", qde(marks, codes=codes), {"sources/d1.txt": b"late again"})
    )
    table = mapped_table(CodedTable.of(found.frame(), "a.qdpx"), CodeMapper(load_codebook("comb")))
    assert table.frame["code"].tolist() == [
        ["social_opportunity:barrier"],
        ["physical_opportunity:facilitator"],
    ]
