r"""Read rich text (.rtf): paragraphs and tables, tracked deletions, notes, comments and page headers left out."""

import re
from dataclasses import replace

from coder.errors import FormatError, UnsafeFileError
from coder.reading.document import Document
from coder.reading.formats.layouts import document_of, sentences
from coder.reading.formats.rtf_parser import RichTextParser
from coder.reading.safety.archive import Budget
from coder.reading.safety.sniff import advice_on

# Each alternative begins with its own character, so that no input makes the search go back.
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])"
    rb"|([^\\{}\r\n]{1,65536})|([\r\n]+|\\)"
)
_MOST_TOKENS = 1_200_000


def read(data: bytes, name: str) -> Document:
    """Read a rich text file.

    Raises:
        FormatError: it is something else, or cut off.
        UnsafeFileError: it is nested absurdly deep or too long.
    """
    start = data[:64].find(b"{\\rtf")
    if start < 0:
        raise FormatError(f"{name}: this is not a rich text file (.rtf). {advice_on(data)}")
    parser = RichTextParser(name, Budget(name))
    _feed(parser, data, start)
    if parser.groups:
        raise FormatError(
            f"{name}: the file is cut off: it ends in the middle of the text. Copy or export it again."
        )
    blocks = parser.finish()
    document = document_of(blocks, "rtf", name, sentences(parser.left_out))
    return replace(document, encoding=parser.default_codec)


def _feed(parser: RichTextParser, data: bytes, start: int) -> None:
    """Cut the file into control words, symbols, braces and text, and hand them to the parser."""
    position, tokens = start, 0
    while token := _TOKEN.match(data, position):
        position, tokens = token.end(), tokens + 1
        if tokens > _MOST_TOKENS:
            raise UnsafeFileError(
                f"{parser.name}: it is made of too many pieces for a document; not read. Split it."
            )
        word, number, byte, symbol, brace, text, _ = token.groups()
        if word is not None:
            value = int(number) if number is not None else None
            if word == b"bin":
                position += max(0, value or 0)
            else:
                parser.control(word.decode("ascii"), value)
        elif byte is not None:
            parser.raw(bytes.fromhex(byte.decode("ascii")))
        elif symbol is not None:
            _symbol(parser, symbol)
        elif brace == b"{":
            parser.open()
        elif brace == b"}":
            parser.close()
            # What follows the document's own end is not part of it.
            if not parser.groups:
                return
        elif text is not None:
            parser.raw(text)


def _symbol(parser: RichTextParser, symbol: bytes) -> None:
    if symbol == b"*":
        parser.starred = True
    elif symbol in (b"\n", b"\r"):
        parser.end_paragraph()
    elif symbol in (b"\\", b"{", b"}"):
        parser.raw(symbol)
    elif symbol in (b"~", b"_", b"\t"):
        parser.flush()
        parser.text({b"~": "\xa0", b"_": "\u2011", b"\t": "\t"}[symbol])
