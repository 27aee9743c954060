"""Hostile archives and XML are refused with a sentence; what they declare about themselves is not believed."""

import io
import struct
import zipfile
from collections.abc import Iterable

import pytest

from coder.errors import FormatError, UnsafeFileError
from coder.reading.safety import containers
from coder.reading.safety.containers import Archive, open_archive, xml_events
from coder.reading.safety.content import MAX_CHARACTERS, Budget, advice_on, binary_kind
from tests.reading.office_making import zipped

MB = 1024 * 1024


def drained(archive: Archive, member: str) -> int:
    return sum(len(piece) for piece in archive.stream(member))


def pieces(text: str | bytes) -> Iterable[bytes]:
    data = text.encode() if isinstance(text, str) else text
    return [data[start : start + 1000] for start in range(0, len(data), 1000)] or [b""]


def test_a_member_is_read_in_pieces_and_whole() -> None:
    content = bytes(range(256)) * 9000
    archive = open_archive(zipped({"a/b.xml": content}), "x.docx", "a Word document")
    assert archive.read("a/b.xml") == content
    assert "a/b.xml" in archive and archive.members == ("a/b.xml",)


def test_a_flat_bomb_is_stopped_while_unpacking() -> None:
    archive = Archive(zipped({"word/document.xml": b"\0" * (40 * MB)}), "bomb.docx")
    with pytest.raises(UnsafeFileError, match="zip bomb"):
        drained(archive, "word/document.xml")


def test_many_members_together_count_as_one_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_ARCHIVE_BYTES", 3 * MB)
    archive = Archive(zipped({f"{n}.xml": b"x" * MB for n in range(5)}), "bomb.docx")
    with pytest.raises(UnsafeFileError, match="unpacks to more"):
        for member in archive.members:
            drained(archive, member)


def test_a_declared_size_that_is_too_small_does_not_hide_what_follows() -> None:
    data = bytearray(zipped({"word/document.xml": b"x" * MB}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<L", 10)
    with pytest.raises(FormatError, match=r"lying\.docx: the file is damaged"):
        drained(Archive(bytes(data), "lying.docx"), "word/document.xml")


def test_a_declared_size_that_is_too_large_is_not_believed() -> None:
    data = bytearray(zipped({"word/document.xml": b"hello"}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<L", 0xFFFFFFF0)
    assert Archive(bytes(data), "lying.docx").read("word/document.xml") == b"hello"


@pytest.mark.parametrize(
    "member", ["../../etc/passwd", "/etc/passwd", "..\\..\\evil", "C:/evil", "word/../../evil"]
)
def test_members_that_point_outside_are_refused(member: str) -> None:
    with pytest.raises(UnsafeFileError, match="points outside"):
        Archive(zipped({member: "x"}), "evil.docx")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_MEMBERS", 20)
    with pytest.raises(UnsafeFileError, match="21 members"):
        Archive(zipped({str(n): "" for n in range(21)}), "many.docx")


def test_a_huge_table_of_contents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_DIRECTORY_BYTES", 66_000)
    with pytest.raises(FormatError, match="table of contents is too large"):
        Archive(zipped({f"{n:060}": "" for n in range(1000)}), "many.docx")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.97])
def test_a_cut_off_archive_is_damaged(kept: float) -> None:
    data = zipped({"word/document.xml": bytes(range(256)) * 100})
    with pytest.raises(FormatError, match="damaged or cut off"):
        Archive(data[: int(len(data) * kept)], "cut.docx")


def test_damaged_contents_are_found() -> None:
    data = bytearray(zipped({"word/document.xml": bytes(range(256)) * 100}))
    data[60:80] = b"\xff" * 20
    with pytest.raises(FormatError, match="damaged"):
        drained(Archive(bytes(data), "hurt.docx"), "word/document.xml")


def test_a_locked_member_is_said_to_be_locked() -> None:
    data = bytearray(zipped({"content.xml": "x"}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    with pytest.raises(FormatError, match="password"):
        Archive(bytes(data), "locked.odt")


def test_memory_hungry_packing_is_refused() -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", "x" * 1000)
    with pytest.raises(FormatError, match="packed in a way"):
        drained(Archive(memory.getvalue(), "x.docx"), "word/document.xml")


def test_xml_comes_as_events_with_short_prefixes() -> None:
    xml = '<a:p xmlns:a="urn:a" a:k="1" z="2"><b>x &amp; y</b></a:p>'
    events = list(xml_events(pieces(xml), "x", {"urn:a": "w"}))
    assert events == [
        ("start", "w:p", {"w:k": "1", "z": "2"}),
        ("start", "b", {}),
        ("text", "x & y", {}),
        ("end", "b", {}),
        ("end", "w:p", {}),
    ]


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
EXTERNAL = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
PARAMETER = '<!DOCTYPE l SYSTEM "http://localhost:1/evil.dtd"><l/>'


@pytest.mark.parametrize(
    "xml", [LAUGHS, EXTERNAL, PARAMETER], ids=["billion laughs", "external", "remote DTD"]
)
def test_document_types_are_refused_before_any_entity_is_used(xml: str) -> None:
    with pytest.raises(UnsafeFileError, match="document type"):
        list(xml_events(pieces(xml), "evil.eaf"))


def test_deep_nesting_and_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsafeFileError, match="deeply nested"):
        list(xml_events(pieces("<a>" * 300 + "</a>" * 300), "deep.docx"))
    monkeypatch.setattr(containers, "MAX_ELEMENTS", 100)
    with pytest.raises(UnsafeFileError, match="too many"):
        list(xml_events(pieces("<a>" + "<b/>" * 100 + "</a>"), "wide.docx"))


def test_one_endless_tag_is_refused() -> None:
    endless = (b"<a b='" + b"x" * MB if first else b"x" * MB for first in [True] + [False] * 40)
    with pytest.raises(UnsafeFileError, match="single tag"):
        list(xml_events(endless, "tag.docx"))


@pytest.mark.parametrize("xml", ["", "<a>", "<a></b>", "no xml", "<a>\x00</a>", "<a>&unknown;</a>"])
def test_broken_xml_is_said_to_be_damaged(xml: str) -> None:
    with pytest.raises(FormatError, match="damaged"):
        list(xml_events(pieces(xml), "broken.docx"))


def test_more_text_than_any_transcript_is_refused() -> None:
    budget = Budget("long.docx")
    budget.spend(MAX_CHARACTERS, 1)
    with pytest.raises(UnsafeFileError, match=r"long\.docx: it holds more text or more paragraphs"):
        budget.spend(1)
    with pytest.raises(UnsafeFileError, match="more cells"):
        Budget("wide.xlsx", pieces=5, of="cells").spend(0, 6)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\0" * 100, "NUL"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "old kind (.doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), ".xls"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1", ".rtf"),
        (b"\x89PNG\r\n", "picture"),
        (b"\0\0\0\x18ftypmp42", "recording"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"INT: Hello there", "plain text"),
        (zipped({"xl/workbook.xml": ""}), "Excel"),
        (zipped({"photo.jpg": ""}), "packed archive"),
        (b"\x01\x02\x03\x04\x80", "not one that is known"),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, said: str) -> None:
    assert said in advice_on(data)


def test_plain_text_is_no_binary_kind() -> None:
    assert binary_kind("INT: Où ça ?".encode()) is None
