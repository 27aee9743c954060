"""What the bytes of a file are, whatever its name says: another kind of file, with what to do about it, or text.

Text is decoded, its encoding said openly when it is a guess; line ends become LF. What readers gather from it is
counted.
"""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from coder.errors import FormatError, UnsafeFileError

MEGABYTE = 1024 * 1024
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


MAX_TEXT_BYTES = 8_000_000
MAX_LINES = 100_000
MAX_CHARACTERS = 8_000_000
MAX_PARAGRAPHS = 200_000

_BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_NAMES = {"cp1252": "Windows-1252 (Western European)", "mac_roman": "Mac Roman"}
# The non-ASCII characters that Western European transcripts are full of; others speak against a guess.
_EXPECTED = frozenset("’‘“”–—…£€«»°½\xa0éèêëàâçôöîïíùûüúäáåæøœßñóòìÉÀÄÖÜÅØ·•")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x14\x16-\x19\x1b\x7f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text with LF line ends, the encoding it was read in, and what had to be guessed."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str) -> Decoded:
    """Decode a text file: byte order mark, else strict UTF-8, else UTF-16 by its zeros, else Windows-1252.

    Raises FormatError for what is not text (saying what it is) and UnsafeFileError for what is too long.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise UnsafeFileError(
            f"{name} holds {len(data) / 1e6:.0f} MB of text, more than the {MAX_TEXT_BYTES / 1e6:.0f} MB a"
            " transcript can have: split it, or give the right file."
        )
    _refuse_other_kinds(data, name)
    decoded = _decode(data, name)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x00")
    if len(_CONTROL.findall(text)) > max(2, len(text) // 200):
        raise _not_text(name)
    if not text.strip("\ufeff \t\n\x1a"):
        raise FormatError(f"{name} is empty: it holds no words. Copy or export it again.")
    if text.count("\n") > MAX_LINES:
        raise UnsafeFileError(
            f"{name} has more than {MAX_LINES:,} lines, too many for a transcript: split it, or give the right"
            " file."
        )
    return Decoded(text, decoded.encoding, decoded.notes)


def without_surrogates(text: str) -> str:
    """Return the text with halves of characters (lone surrogates), which no encoding can write, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\ufffd", text)
    return text


def is_web_page(name: str) -> bool:
    """Tell whether a file is a web page by its name."""
    return name.lower().endswith((".html", ".htm"))


def _refuse_other_kinds(data: bytes, name: str) -> None:
    head = data[:4096]
    marked = head.startswith((b"{\\rtf", b"%PDF-", b"%!PS"))
    opening = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    web = opening.startswith((b"<!doctype html", b"<html")) and not is_web_page(name)
    # Some signatures are plain letters ("MZ", "ID3"), which a transcript may begin with as well.
    strange = binary_kind(data) is not None and _CONTROL.search(head.decode("latin-1")) is not None
    if not data.strip(b"\x00") or marked or web or strange:
        raise FormatError(f"{name}: this is not a text transcript. {advice_on(data)}")


def _not_text(name: str) -> FormatError:
    return FormatError(
        f"{name} holds binary data, not text. Give the transcript as text, Word, PDF, subtitles or a table."
    )


def _decode(data: bytes, name: str) -> Decoded:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], encoding, name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\x00" in data:
            return _without_mark(data, name)
        return _repaired(data, error) or _single_byte(data)
    if text.count("\x00") * 20 > len(text):
        return _without_mark(data, name)
    return Decoded(text, "utf-8")


def _decode_marked(body: bytes, encoding: str, name: str) -> Decoded:
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    try:
        return Decoded(body.decode(codec), encoding)
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 4:
            note = f"The file is cut off in the middle of a character ({encoding}); it was left out."
            return Decoded(body[: error.start].decode(codec), encoding, (note,))
        if codec == "utf-8":
            return _repaired(body, error) or _single_byte(body)
        raise FormatError(
            f"{name} says it is {encoding} but is damaged at byte {error.start:,}: export it again."
        ) from error


def _without_mark(data: bytes, name: str) -> Decoded:
    """Read UTF-16 without a byte order mark: ASCII characters show as one zero byte of two."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    # Text in UTF-16 has zeros on one side only; anything else with zeros in it is not text.
    if max(even, odd) < 0.02 * len(data) or min(even, odd) > 0.1 * max(even, odd):
        raise _not_text(name)
    try:
        text = data[: len(data) // 2 * 2].decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(name) from error
    return Decoded(
        text, encoding, (f"Read as {encoding.upper()}: a guess, the file has no byte order mark.",)
    )


def _repaired(data: bytes, first: UnicodeDecodeError) -> Decoded | None:
    """Read UTF-8 with a few stray bytes (a cut-off end, a pasted Windows character); None if it is not that."""
    if first.start >= len(data) - 3 and first.reason == "unexpected end of data":
        note = "The file is cut off in the middle of a character (UTF-8); it was left out."
        return Decoded(data[: first.start].decode("utf-8"), "utf-8", (note,))
    lenient = data.decode("utf-8", "surrogateescape")
    stray = sum(0xDC80 <= ord(character) <= 0xDCFF for character in lenient)
    genuine = sum(ord(character) > 127 for character in lenient) - stray
    if genuine < 3 * stray:
        return None
    text = re.sub("[\udc80-\udcff]", lambda found: _as_windows(ord(found[0]) - 0xDC00), lenient)
    note = f"The file is UTF-8 with {stray} stray bytes, which were read as Windows-1252."
    return Decoded(text, "utf-8", (note,))


def _as_windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "replace")


def _single_byte(data: bytes) -> Decoded:
    """Guess Windows-1252, unless old Mac line ends or the characters themselves speak for something else."""
    encoding = "cp1252"
    if b"\n" not in data and b"\r" in data and _fit(data, "mac_roman") > _fit(data, "cp1252"):
        encoding = "mac_roman"
    elif _fit(data, "cp1252") < 0.5 or sum(byte > 127 for byte in data[:50_000]) > 0.3 * len(data[:50_000]):
        encoding = _detected(data) or encoding
    note = f"Read as {_NAMES.get(encoding, encoding)}: a guess, the file is not UTF-8."
    return Decoded(data.decode(encoding, "replace"), encoding, (note,))


def _fit(data: bytes, encoding: str) -> float:
    """Return the share of non-ASCII characters that would be expected ones."""
    strange = [character for character in data.decode(encoding, "replace") if ord(character) > 127]
    return sum(character in _EXPECTED for character in strange) / len(strange) if strange else 1.0


def _detected(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    if best is None:
        return None
    try:
        data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return best.encoding


class Budget:
    """Counts characters and pieces (paragraphs, cells) as a reader gathers them, and stops at a limit."""

    def __init__(
        self,
        name: str,
        *,
        characters: int = MAX_CHARACTERS,
        pieces: int = MAX_PARAGRAPHS,
        of: str = "paragraphs",
    ) -> None:
        self.name = name
        self.characters = characters
        self.pieces = pieces
        self.of = of

    def spend(self, characters: int = 0, pieces: int = 0) -> None:
        """Count; raises UnsafeFileError when more is spent than the budget allows."""
        self.characters -= characters
        self.pieces -= pieces
        if self.characters < 0 or self.pieces < 0:
            raise UnsafeFileError(
                f"{self.name}: it holds more text or more {self.of} than can be read at once. "
                "Split it and read the parts."
            )
