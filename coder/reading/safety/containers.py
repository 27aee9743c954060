"""Open what strangers packed: zip archives and XML, without being flooded, led outside the file or kept busy.

Sizes are counted while unpacking, because the sizes that an archive declares may be lies; nothing is ever
unpacked to disk.

XML is streamed, counted, and never has entities of its own; it comes as events or small trees. A document type is
refused before any entity in it can be used, whether it floods memory or fetches a file; word processors and
annotation tools write none.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any, Literal, Protocol
from xml.parsers import expat

from coder.errors import FormatError, UnsafeFileError
from coder.reading.safety.content import MEGABYTE, advice_on

MAX_MEMBERS = 5_000
MAX_DIRECTORY_BYTES = 2 * MEGABYTE
MAX_MEMBER_BYTES = 128 * MEGABYTE
MAX_ARCHIVE_BYTES = 192 * MEGABYTE
# Deflate shrinks at most 1032:1; the most repetitive real tables measured stay below 100:1.
MAX_RATIO = 300
RATIO_MATTERS_FROM = 8 * MEGABYTE
CHUNK = MEGABYTE // 2

MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 256
MAX_MARKUP_BYTES = 4 * MEGABYTE

Event = tuple[Literal["start", "end", "text"], str, Mapping[str, str]]
_NO_ATTRIBUTES: Mapping[str, str] = {}

_DAMAGED_ZIP = (
    "{name}: the file is damaged or cut off and cannot be unpacked ({why}). "
    "Copy or download it again, or open it in the program that made it and save it anew."
)


class _DirectoryGuard(io.BytesIO):
    """Bytes that refuse one huge read: `zipfile` reads an archive's whole directory at once."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._size = len(data)

    def read(self, size: int | None = -1, /) -> bytes:
        remaining = self._size - self.tell()
        wanted = remaining if size is None or size < 0 else min(size, remaining)
        if wanted > MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its table of contents is too large")
        return super().read(size)


class Archive:
    """A zip archive in memory whose members are unpacked piece by piece, within limits."""

    def __init__(self, data: bytes, name: str) -> None:
        """Open the archive and look at its table of contents.

        Raises:
            FormatError: it is no zip archive, damaged, or locked with a password.
            UnsafeFileError: it has too many members, or names that point outside the archive.
        """
        self.name = name
        self._unpacked = 0
        try:
            self._zip = zipfile.ZipFile(_DirectoryGuard(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise FormatError(_DAMAGED_ZIP.format(name=name, why=first_line(error))) from error
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise UnsafeFileError(
                f"{name}: the archive holds {len(members)} members, more than any document needs; not opened."
            )
        for member in members:
            self._check(member)
        self._members = {member.filename: member for member in members}

    def _check(self, member: zipfile.ZipInfo) -> None:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or (parts.parts and parts.parts[0].endswith(":")):
            raise UnsafeFileError(
                f"{self.name}: the archive has a member named {member.filename[:80]!r}, which points outside "
                "the archive; not opened. No word processor writes that; ask the sender for a clean copy."
            )
        if member.flag_bits & 0x1:
            raise FormatError(
                f"{self.name}: the file is locked with a password. Save a copy without the password."
            )

    def __contains__(self, member: object) -> bool:
        return member in self._members

    @property
    def members(self) -> tuple[str, ...]:
        """The members' names, in the order of the archive."""
        return tuple(self._members)

    def stream(self, member: str) -> Iterator[bytes]:
        """Yield a member's bytes in pieces; raises FormatError or UnsafeFileError while doing so."""
        try:
            info = self._members[member]
        except KeyError as error:
            raise FormatError(
                f"{self.name}: the part {member[:80]!r} is missing; the file is damaged."
            ) from error
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FormatError(
                f"{self.name}: the file is packed in a way that is not read here. "
                "Open it in the program that made it and save it anew."
            )
        try:
            with self._zip.open(info) as source:
                yield from self._measured(source, info)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            RuntimeError,
            NotImplementedError,
            ValueError,
        ) as error:
            raise FormatError(_DAMAGED_ZIP.format(name=self.name, why=first_line(error))) from error

    def _measured(self, source: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
        size = 0
        while piece := source.read(CHUNK):
            size += len(piece)
            self._unpacked += len(piece)
            suspicious = size > RATIO_MATTERS_FROM and size > MAX_RATIO * max(1, info.compress_size)
            if suspicious or size > MAX_MEMBER_BYTES or self._unpacked > MAX_ARCHIVE_BYTES:
                raise UnsafeFileError(
                    f"{self.name}: the part {info.filename[:80]!r} unpacks to more than {size // MEGABYTE} MB, "
                    "far more than a document of this size should hold (a zip bomb?); reading was stopped. "
                    "If the file is yours, open it in the program that made it, save it in parts and try again."
                )
            yield piece

    def read(self, member: str) -> bytes:
        """Return a whole member; meant for the small ones (relations, styles)."""
        return b"".join(self.stream(member))


def first_line(error: BaseException) -> str:
    """Return what an error says in one line."""
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def open_archive(data: bytes, name: str, wanted: str) -> Archive:
    """Open `data` as the zip-packed document kind `wanted` ("a Word document (.docx)").

    Raises:
        FormatError: it is something else (the message says what), damaged, or locked.
        UnsafeFileError: as in `Archive`.
    """
    if not data.startswith(b"PK"):
        raise FormatError(f"{name}: this is not {wanted}. {advice_on(data)}")
    return Archive(data, name)


class XmlHandler(Protocol):
    """What `parse_xml` calls while it reads; tags and attribute names are short ("w:p")."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        """Take the start of an element."""

    def end(self, tag: str, /) -> None:
        """Take the end of an element."""

    def text(self, text: str, /) -> None:
        """Take text, which may come in several pieces."""


def parse_xml(
    pieces: Iterable[bytes],
    name: str,
    handler: XmlHandler,
    prefixes: Mapping[str, str] | None = None,
    *,
    most_elements: int = MAX_ELEMENTS,
) -> None:
    """Read XML piece by piece and hand what is in it to `handler`.

    Tags and attribute names in a namespace listed in `prefixes` (address -> prefix) come as "prefix:name",
    in another namespace as "?:name", without a namespace as they are.

    Raises:
        FormatError: the XML is broken.
        UnsafeFileError: it has a document type, too many or too deeply nested elements, or a huge tag.
    """
    for _ in _parsing(pieces, name, _Guard(name, handler, prefixes or {}, most_elements)):
        pass


def xml_events(
    pieces: Iterable[bytes], name: str, prefixes: Mapping[str, str] | None = None
) -> Iterator[Event]:
    """Yield ("start", tag, attributes), ("text", text, {}) and ("end", tag, {}) as XML is read piece by piece.

    Tags are as in `parse_xml`, and so are the errors.
    """
    events = _Events()
    for _ in _parsing(pieces, name, _Guard(name, events, prefixes or {}, MAX_ELEMENTS)):
        yield from events.take()


def events_of(data: bytes, name: str) -> Iterator[Event]:
    """Yield the events of a whole file of XML; raises as `xml_events` does."""
    return xml_events((data[place : place + CHUNK] for place in range(0, len(data), CHUNK)), name)


def _parsing(pieces: Iterable[bytes], name: str, guard: "_Guard") -> Iterator[None]:
    """Parse piece by piece, pausing after each."""
    parser = guard.parser
    fed = 0
    try:
        for piece in pieces:
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - max(parser.CurrentByteIndex, 0) > MAX_MARKUP_BYTES + CHUNK:
                raise UnsafeFileError(f"{name}: a single tag in it is several megabytes long; not read.")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        # The latter two: an encoding that is unknown, or of several bytes a character.
        raise FormatError(
            f"{name}: the text inside it is damaged ({first_line(error)}). Open it in the program that made it "
            "and save it anew, or get a fresh copy."
        ) from error
    yield


class _Events:
    """A handler that keeps what it is given until it is taken."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        self._events.append(("start", tag, attributes))

    def end(self, tag: str, /) -> None:
        self._events.append(("end", tag, _NO_ATTRIBUTES))

    def text(self, text: str, /) -> None:
        self._events.append(("text", text, _NO_ATTRIBUTES))

    def take(self) -> list[Event]:
        events, self._events = self._events, []
        return events


class _Guard:
    """Stands between the parser and a handler: counts, shortens names, refuses document types."""

    def __init__(
        self, name: str, handler: XmlHandler, prefixes: Mapping[str, str], most_elements: int
    ) -> None:
        self.name = name
        self.handler = handler
        self.prefixes = prefixes
        self.most_elements = most_elements
        self.depth = self.elements = 0
        self.short: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = handler.text
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type

    def shortened(self, full: str) -> str:
        """Return the short form of "address name", remembered."""
        address, _, local = full.rpartition(" ")
        short = f"{self.prefixes.get(address, '?')}:{local}" if address else local
        if len(self.short) < 10_000:
            self.short[full] = short
        return short

    def start(self, full: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > self.most_elements:
            raise UnsafeFileError(
                f"{self.name}: its text is made of too many or too deeply nested pieces for a document; "
                "reading was stopped. If the file is yours, save it in parts and try again."
            )
        short = self.short
        named: Mapping[str, str] = _NO_ATTRIBUTES
        if attributes:
            named = {short.get(key) or self.shortened(key): value for key, value in attributes.items()}
        self.handler.start(short.get(full) or self.shortened(full), named)

    def end(self, full: str) -> None:
        self.depth -= 1
        self.handler.end(self.short.get(full) or self.shortened(full))

    def refuse_document_type(self, *_: Any) -> None:
        raise UnsafeFileError(
            f"{self.name}: its XML has a document type declaration, which can define entities that flood "
            "memory or fetch other files; not read. Save the file anew in the program that made it."
        )


MAX_NODES = 100_000


@dataclass(slots=True)
class Node:
    """An element with its attributes and its children: elements and stretches of text, in order."""

    tag: str
    attributes: Mapping[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Node"]:
        """Yield the children that are elements."""
        return (child for child in self.children if isinstance(child, Node))

    def find(self, *path: str) -> "Node | None":
        """Return the first element along a path of tags below this one."""
        node = self
        for tag in path:
            below = next((child for child in node.elements() if child.tag == tag), None)
            if below is None:
                return None
            node = below
        return node

    def text(self) -> str:
        """Return all text directly in this element."""
        return "".join(child for child in self.children if isinstance(child, str))

    def events(self) -> Iterator[Event]:
        """Yield the events of what is inside this element, and its end."""
        for child in self.children:
            if isinstance(child, Node):
                yield "start", child.tag, child.attributes
                yield from child.events()
            else:
                yield "text", child, {}
        yield "end", self.tag, {}


def subtree(events: Iterator[Event], tag: str, attributes: Mapping[str, str], name: str) -> Node:
    """Read on to the end of the element whose start was just seen and return it as a tree.

    Raises UnsafeFileError if a single paragraph of the file `name` has more than MAX_NODES elements.
    """
    root = Node(tag, attributes)
    open_nodes, nodes = [root], 0
    for kind, value, values in events:
        if kind == "text":
            open_nodes[-1].children.append(value)
        elif kind == "start":
            nodes += 1
            if nodes > MAX_NODES:
                raise UnsafeFileError(
                    f"{name}: a single paragraph is made of more than {MAX_NODES:,} pieces; reading was stopped. "
                    "If the file is yours, copy its text into a new document."
                )
            node = Node(value, values)
            open_nodes[-1].children.append(node)
            open_nodes.append(node)
        else:
            open_nodes.pop()
            if not open_nodes:
                break
    return root


def discard(events: Iterator[Event]) -> None:
    """Read on to the end of the element whose start was just seen and forget it."""
    depth = 1
    for kind, _, _ in events:
        depth += (kind == "start") - (kind == "end")
        if not depth:
            return
