"""Tell what a file is by its first bytes, whatever its name says, and what to do with it."""

import re
import stat
from pathlib import Path

from coder.errors import FormatError

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MEDIA = "an audio or video recording, not a transcript. Transcribe it first."
_PICTURE = "a picture. Text in pictures cannot be read; use the typed transcript or run text recognition (OCR) first."
_PACKED = "a packed archive. Unpack it and give the files inside."
_PROGRAM = "a program, not a transcript."
# First bytes -> what it is and what to do. The order matters where one begins like another.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "a rich text file. Rename it to end in .rtf."),
    (b"%PDF-", "a PDF. Rename it to end in .pdf."),
    (b"PAR1", "a parquet table. Rename it to end in .parquet."),
    (b"SQLite format 3\x00", "an SQLite database."),
    (b"\x1f\x8b", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!", _PACKED),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
    (b"ID3", _MEDIA),
    (b"\xff\xfb", _MEDIA),
    (b"OggS", _MEDIA),
    (b"RIFF", _MEDIA),
    (b"fLaC", _MEDIA),
    (b"\x1aE\xdf\xa3", _MEDIA),
    (b"\x7fELF", _PROGRAM),
    (b"MZ", _PROGRAM),
)
_ZIP_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"word/", "a Word document. Rename it to end in .docx."),
    (b"xl/", "an Excel workbook. Rename it to end in .xlsx."),
    (b"ppt/", "a PowerPoint presentation. Copy its text into a document."),
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text. Rename it to end in .odt."),
    (b"application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument table. Save it as .xlsx or .csv."),
    (b"application/epub", "an e-book. Copy its text into a document."),
    (b"Index/Document.iwa", "an Apple Pages document. Export it as Word (.docx)."),
    (b"content.xml", "an OpenDocument file. If it is a text, rename it to end in .odt."),
    (b".qde", "a REFI-QDA project. Export the transcripts from it as Word or text files."),
)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _ole2(data: bytes) -> str:
    if _utf16("EncryptedPackage") in data:
        return (
            "an Office file locked with a password. Open it in Office, remove the password "
            "(File > Info > Protect), save it and try again."
        )
    if _utf16("WordDocument") in data:
        return (
            "a Word document of the old kind (.doc, before 2007). Open it in Word or LibreOffice and "
            "save it as .docx."
        )
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return (
            "an Excel workbook of the old kind (.xls). Open it in Excel or LibreOffice and save it as .xlsx."
        )
    if _utf16("PowerPoint Document") in data:
        return "a PowerPoint presentation of the old kind (.ppt). Copy its text into a document."
    return "an Office file of the old kind. Open it in Office or LibreOffice and save it as .docx."


def _zip(data: bytes) -> str:
    # Member names stand in clear before each member and in the archive's directory, which is at its end.
    clear = data[:8192] + data[-262_144:]
    for mark, description in _ZIP_KINDS:
        if mark in clear:
            return description
    return _PACKED


def binary_kind(data: bytes) -> str | None:
    """Say what a file that is not plain text is ("a PDF. Rename it ..."); None if it may be plain text."""
    if data.startswith(_OLE2):
        return _ole2(data)
    if data.startswith(_ZIP):
        return _zip(data)
    for beginning, description in _BEGINNINGS:
        if data.startswith(beginning):
            return description
    if data[4:8] == b"ftyp":
        return _MEDIA
    if b"%PDF-" in data[:1024]:
        return "a PDF. Rename it to end in .pdf."
    return None


def advice_on(data: bytes) -> str:
    """Say in a sentence or two what `data` is instead and what to do."""
    if not data:
        return "The file is empty (0 bytes). Copy or download it again."
    if not data.strip(b"\x00"):
        return "The file holds nothing but NUL bytes: it was lost in copying. Get a fresh copy."
    kind = binary_kind(data)
    if kind is not None:
        return f"It is {kind}"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return (
            "It is a web page, perhaps saved instead of the file itself (a login page?). "
            "Download the file again, or open it in Word and save it as .docx."
        )
    if head.startswith(b"<?xml"):
        return "It is an XML file. Open it in the program that made it and save it anew."
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not _NO_TEXT.search(data[:4096]):
        return "It looks like plain text. Rename it to end in .txt if it is a transcript."
    return "Its content is not one that is known. Open it in the program that made it and save it anew."


def refuse_special(path: Path) -> None:
    """Raise FormatError for what is neither a file nor missing: a pipe or device may never end.

    Folders and missing files are left to whoever opens the path.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise FormatError(
            f"{path.name}: this is not a file but a pipe or device; save its content as a file."
        )
