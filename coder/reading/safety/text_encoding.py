"""Bytes to text: which encoding, said openly when it is a guess; line ends become LF."""

import re
from dataclasses import dataclass

from coder.errors import FormatError, UnsafeFileError
from coder.reading.safety.sniff import advice_on, binary_kind

MAX_TEXT_BYTES = 8_000_000
MAX_LINES = 100_000

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


def _refuse_other_kinds(data: bytes, name: str) -> None:
    head = data[:4096]
    marked = head.startswith((b"{\\rtf", b"%PDF-", b"%!PS"))
    opening = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    web = opening.startswith((b"<!doctype html", b"<html"))
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
