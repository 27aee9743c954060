r"""Read rich text (.rtf): paragraphs and tables, tracked deletions, notes, comments and page headers left out."""

import codecs
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from coder.errors import FormatError, UnsafeFileError
from coder.reading.document import TEXT_BOX, Block, Cell, Document, Grid, left_out_notes
from coder.reading.formats.office import (
    PLAIN,
    Look,
    Style,
    document_of,
    named_style,
    paragraph_of,
)
from coder.reading.safety.content import Budget, advice_on

# Words that stand for characters.
CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "page": "\n",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}

# Destinations that are not body text, and what to call what is left out when it is counted.
LEFT_OUT = {
    "fonttbl": "",
    "stylesheet": "",
    "colortbl": "",
    "info": "",
    "pict": "",
    "objdata": "",
    "fldinst": "",
    "listtext": "",
    "pntext": "",
    "upr": "",
    "nonesttables": "",
    "xe": "",
    "tc": "",
    "sp": "",
    "shprslt": "",
    "nonshppict": "",
    "bkmkstart": "",
    "bkmkend": "",
    "header": "page header",
    "headerl": "page header",
    "headerr": "page header",
    "headerf": "page header",
    "footer": "page footer",
    "footerl": "page footer",
    "footerr": "page footer",
    "footerf": "page footer",
    "footnote": "footnote or endnote",
    "annotation": "comment",
    "atnid": "",
    "atnauthor": "",
}

# Destinations marked as new ("\*") that hold body text: text boxes, linked text, the Unicode twin of a text.
READ_THOUGH_STARRED = {"shpinst", "shptxt", "ud", "cs", "ts"}

# Windows character sets of fonts (fcharset) -> Python's names of their code pages.
CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}

_MOST_GROUPS = 1_000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and gives back at its end."""

    destination: str = ""
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    highlighted: bool = False
    colour: int = 0
    deleted: bool = False
    hidden: bool = False
    codec: str = "cp1252"
    fallback: int = 1
    font: int = 0
    style: int = 0


@dataclass(slots=True)
class RichTextParser:
    """Receives the tokens of a file and gathers its blocks."""

    name: str
    budget: Budget
    state: _State = field(default_factory=_State)
    groups: list[_State] = field(default_factory=list)
    pieces: list[tuple[str, Look]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)
    row: list[Cell] = field(default_factory=list)
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    fonts: dict[int, str] = field(default_factory=dict)
    styles: dict[int, Style] = field(default_factory=dict)
    style_name: str = ""
    in_table: bool = False
    heading: bool = False
    starred: bool = False
    to_skip: int = 0
    pending: bytearray = field(default_factory=bytearray)
    units: list[int] = field(default_factory=list)
    boxes: list[tuple[int, int, list[tuple[str, Look]]]] = field(default_factory=list)
    visible: int = 0
    default_codec: str = "cp1252"

    def open(self) -> None:
        """Begin a group, which inherits the state."""
        self.flush()
        self.groups.append(self.state)
        self.to_skip = 0
        if len(self.groups) > _MOST_GROUPS:
            raise UnsafeFileError(f"{self.name}: its groups are nested too deeply for a document; not read.")

    def close(self) -> None:
        """End a group; the state is again what it was before it."""
        self.flush()
        if self.state.destination == "stylesheet" and self.style_name and self.state.style:
            self.styles[self.state.style] = named_style(self.style_name.strip(" ;"), heading=self.heading)
        if self.state.destination == "stylesheet":
            self.style_name, self.heading = "", False
        if self.boxes and self.boxes[-1][0] == len(self.groups):
            if self.pieces:
                self.end_paragraph()
            _, before, self.pieces = self.boxes.pop()
            self.left_out[TEXT_BOX] += self.visible > before
        self.state = self.groups.pop()
        self.to_skip = 0

    def enter(self, destination: str) -> None:
        """Begin a destination that is no body text, unless the group already is in one."""
        if not self.state.destination:
            self.state = replace(self.state, destination=destination)
            kind = LEFT_OUT.get(destination, "")
            self.left_out[kind] += bool(kind)

    def box(self) -> None:
        """Begin a text box: the paragraph in which it is anchored goes on behind it."""
        if not self.state.destination:
            self.boxes.append((len(self.groups), self.visible, self.pieces))
            self.pieces = []

    def text(self, text: str) -> None:
        """Take text where it belongs: a style's name, the paragraph, or nowhere."""
        state = self.state
        if state.destination == "stylesheet":
            self.style_name += text
        elif not (state.destination or state.deleted or state.hidden):
            colour = str(state.colour) if state.colour else ""
            look = Look(state.bold, state.italic, colour, state.underlined, state.highlighted)
            self.pieces.append((text, look))
            self.visible += bool(text.strip())

    def raw(self, data: bytes) -> None:
        """Take bytes in the code page of the font; bytes of one character may come one by one."""
        if self.to_skip:
            dropped = min(self.to_skip, len(data))
            self.to_skip -= dropped
            data = data[dropped:]
        if data and self.state.destination in ("", "stylesheet"):
            self.flush_units()
            self.budget.spend(len(data))
            self.pending += data

    def flush(self) -> None:
        """Decode what has come since the last control word that changes how to decode."""
        self.flush_units()
        if self.pending:
            data, self.pending = bytes(self.pending), bytearray()
            self.text(data.decode(self.state.codec, "replace"))

    def flush_units(self) -> None:
        """Join UTF-16 units to characters: an emoji comes as two."""
        if self.units:
            units, self.units = self.units, []
            data = b"".join(unit.to_bytes(2, "little") for unit in units)
            self.text(data.decode("utf-16-le", "replace"))

    def unicode(self, unit: int) -> None:
        """Take a UTF-16 unit; the characters for older readers that follow it are skipped."""
        if self.pending:
            self.flush()
        self.budget.spend(1)
        self.units.append(unit & 0xFFFF)
        self.to_skip = self.state.fallback

    def end_paragraph(self, *, cell: bool = False) -> None:
        """End a paragraph, unless its mark is deleted: then the next one joins it."""
        self.flush()
        if self.state.destination or (self.state.deleted and not cell):
            return
        style = self.styles.get(self.state.style, PLAIN)
        self.budget.spend(0, 1)
        paragraph = paragraph_of(self.pieces, style, heading=self.heading)
        self.pieces = []
        if self.in_table or cell:
            self.cell.append(paragraph)
        else:
            self.end_table()
            self.blocks.append(paragraph)

    def end_cell(self) -> None:
        """End a table's cell and its last paragraph."""
        self.end_paragraph(cell=True)
        if not self.state.destination:
            self.row.append(tuple(self.cell))
            self.cell = []

    def end_row(self) -> None:
        """End a table's row."""
        self.flush()
        if self.row:
            self.rows.append(tuple(self.row))
            self.row = []

    def end_table(self) -> None:
        """Put the rows since the last paragraph outside a table together."""
        if self.row:
            self.end_row()
        if self.rows:
            self.blocks.append(Grid(tuple(self.rows)))
            self.rows = []

    def finish(self) -> list[Block]:
        """Return all blocks once the file is read."""
        self.flush()
        if self.cell or (self.pieces and self.in_table):
            self.end_cell()
        elif self.pieces:
            self.end_paragraph()
        self.end_table()
        return self.blocks

    def control(self, word: str, value: int | None) -> None:
        """Obey a control word; those that mean nothing here are passed over."""
        if word in ("u", "uc"):
            number = value if value is not None else 1
            if word == "u":
                self.unicode(number)
            else:
                self.state = replace(self.state, fallback=min(max(number, 0), 16))
            return
        self.flush()
        if word in CHARACTERS:
            self.to_skip = max(0, self.to_skip - 1)
            self.text(CHARACTERS[word])
            return
        self.to_skip = 0
        if word in LEFT_OUT or (self.starred and word not in READ_THOUGH_STARRED):
            self.enter(word)
        elif word in _ACTIONS:
            _ACTIONS[word](self, value)
        self.starred = False


Action = Callable[[RichTextParser, int | None], None]


def _bold(parser: RichTextParser, value: int | None) -> None:
    parser.state = replace(parser.state, bold=value != 0)


def _italic(parser: RichTextParser, value: int | None) -> None:
    parser.state = replace(parser.state, italic=value != 0)


def _underlined(parser: RichTextParser, value: int | None) -> None:
    parser.state = replace(parser.state, underlined=value != 0)


def _highlighted(parser: RichTextParser, value: int | None) -> None:
    parser.state = replace(parser.state, highlighted=value != 0)


def _colour(parser: RichTextParser, value: int | None) -> None:
    parser.state = replace(parser.state, colour=value or 0)


def _hidden(parser: RichTextParser, value: int | None) -> None:
    parser.left_out["hidden passage"] += value != 0 and not parser.state.destination
    parser.state = replace(parser.state, hidden=value != 0)


def _deleted(parser: RichTextParser, value: int | None) -> None:
    parser.left_out["deletion"] += value != 0 and not (parser.state.destination or parser.state.deleted)
    parser.state = replace(parser.state, deleted=value != 0)


def _unicode_twin(parser: RichTextParser, _: int | None) -> None:
    if parser.state.destination == "upr":
        parser.state = replace(parser.state, destination="")


def _plain(parser: RichTextParser, _: int | None) -> None:
    parser.state = replace(
        parser.state,
        bold=False,
        italic=False,
        underlined=False,
        highlighted=False,
        colour=0,
        hidden=False,
        deleted=False,
    )


def _paragraph_defaults(parser: RichTextParser, _: int | None) -> None:
    parser.in_table, parser.heading = False, False
    if parser.state.destination != "stylesheet":
        parser.state = replace(parser.state, style=0)


def _in_table(parser: RichTextParser, _: int | None) -> None:
    parser.in_table = True


def _font(parser: RichTextParser, number: int | None) -> None:
    font = number or 0
    parser.state = replace(parser.state, font=font, codec=parser.fonts.get(font, parser.default_codec))


def _charset(parser: RichTextParser, number: int | None) -> None:
    if parser.state.destination == "fonttbl":
        parser.fonts[parser.state.font] = CHARSETS.get(number or 0, parser.default_codec)


def _code_page(parser: RichTextParser, number: int | None) -> None:
    codec = {65001: "utf-8", 10000: "mac_roman"}.get(number or 1252, f"cp{number}")
    try:
        codecs.lookup(codec)
    except LookupError:
        return
    parser.default_codec = codec
    parser.state = replace(parser.state, codec=codec)


def _style(parser: RichTextParser, number: int | None) -> None:
    parser.state = replace(parser.state, style=number or 0)


def _outline(parser: RichTextParser, level: int | None) -> None:
    parser.heading = (level or 0) < 9


_ACTIONS: dict[str, Action] = {
    "par": lambda parser, _: parser.end_paragraph(),
    "sect": lambda parser, _: parser.end_paragraph(),
    "cell": lambda parser, _: parser.end_cell(),
    "nestcell": lambda parser, _: parser.end_cell(),
    "row": lambda parser, _: parser.end_row(),
    "shptxt": lambda parser, _: parser.box(),
    "b": _bold,
    "i": _italic,
    "ul": _underlined,
    "ulnone": lambda parser, _: _underlined(parser, 0),
    "highlight": _highlighted,
    "cf": _colour,
    "v": _hidden,
    "deleted": _deleted,
    "ud": _unicode_twin,
    "intbl": _in_table,
    "pard": _paragraph_defaults,
    "plain": _plain,
    "f": _font,
    "fcharset": _charset,
    "ansicpg": _code_page,
    "mac": lambda parser, _: _code_page(parser, 10000),
    "pc": lambda parser, _: _code_page(parser, 437),
    "pca": lambda parser, _: _code_page(parser, 850),
    "s": _style,
    "outlinelevel": _outline,
}

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
    document = document_of(blocks, "rtf", name, left_out_notes(parser.left_out))
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
        word, number = token.group(1, 2)
        if word == b"bin":
            position += max(0, int(number or 0))  # so many bytes of a picture follow
        elif word is not None:
            parser.control(word.decode("ascii"), int(number) if number is not None else None)
        else:
            _hand_over(parser, token)
            if token[5] == b"}" and not parser.groups:
                return  # what follows the document's own end is not part of it


def _hand_over(parser: RichTextParser, token: re.Match[bytes]) -> None:
    """Give the parser a token that is no control word."""
    byte, symbol, brace, text = token.group(3, 4, 5, 6)
    if byte is not None:
        parser.raw(bytes.fromhex(byte.decode("ascii")))
    elif symbol is not None:
        _symbol(parser, symbol)
    elif brace == b"{":
        parser.open()
    elif brace == b"}":
        parser.close()
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
