"""Open zip archives and XML from strangers without being flooded, led outside the file or kept busy.

Sizes are counted while unpacking, because the sizes that an archive declares may be lies. Nothing is ever
unpacked to disk, nothing outside the file is opened: XML with a document type, hence with entities of its
own, is refused before any entity can be used. Word processors write no such thing.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO, Any, Literal
from xml.parsers import expat

from coder.errors import FormatError, UnsafeFileError
from coder.reading.signatures import advice_on

MEGABYTE = 1024 * 1024
MAX_MEMBERS = 5_000
MAX_DIRECTORY_BYTES = 2 * MEGABYTE
MAX_MEMBER_BYTES = 128 * MEGABYTE
MAX_ARCHIVE_BYTES = 192 * MEGABYTE
# Deflate shrinks at most 1032:1; the most repetitive real tables measured stay below 100:1.
MAX_RATIO = 300
RATIO_MATTERS_FROM = 8 * MEGABYTE
MAX_ELEMENTS = 3_000_000
MAX_DEPTH = 256
MAX_MARKUP_BYTES = 4 * MEGABYTE
MAX_CHARACTERS = 8_000_000
MAX_PARAGRAPHS = 200_000
_CHUNK = MEGABYTE // 2

Event = tuple[Literal["start", "end", "text"], str, Mapping[str, str]]
_NO_ATTRIBUTES: Mapping[str, str] = {}
_DAMAGED_ZIP = (
    "{name}: the file is damaged or cut off and cannot be unpacked ({why}). "
    "Copy or download it again, or open it in the program that made it and save it anew."
)


class _DirectoryGuard(io.BytesIO):
    """Bytes that refuse one huge read: `zipfile` reads an archive's whole directory at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        remaining = len(self.getbuffer()) - self.tell()
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
            raise FormatError(_DAMAGED_ZIP.format(name=name, why=_sentence(error))) from error
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
                f"{self.name}: the file is packed in a way no word processor uses. "
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
            raise FormatError(_DAMAGED_ZIP.format(name=self.name, why=_sentence(error))) from error

    def _measured(self, source: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
        size = 0
        while piece := source.read(_CHUNK):
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


def _sentence(error: BaseException) -> str:
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


def xml_events(
    pieces: Iterable[bytes], name: str, prefixes: Mapping[str, str] | None = None
) -> Iterator[Event]:
    """Yield ("start", tag, attributes), ("text", text, {}) and ("end", tag, {}) as XML is read piece by piece.

    Tags and attribute names in a namespace listed in `prefixes` (address -> prefix) come as "prefix:name",
    in another namespace as "?:name", without a namespace as they are. Text may come in several events.

    Raises:
        FormatError: the XML is broken.
        UnsafeFileError: it has a document type, too many or too deeply nested elements, or a huge tag.
    """
    collector = _Collector(name, prefixes or {})
    parser = collector.parser
    fed = 0
    try:
        for piece in pieces:
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - max(parser.CurrentByteIndex, 0) > MAX_MARKUP_BYTES + _CHUNK:
                raise UnsafeFileError(f"{name}: a single tag in it is several megabytes long; not read.")
            yield from collector.take()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FormatError(
            f"{name}: the text inside it is damaged ({_sentence(error)}). Open it in the program that made it "
            "and save it anew, or get a fresh copy."
        ) from error
    yield from collector.take()


class _Collector:
    """Gathers the parser's events and counts what it sees."""

    def __init__(self, name: str, prefixes: Mapping[str, str]) -> None:
        self.name = name
        self.prefixes = prefixes
        self.events: list[Event] = []
        self.depth = self.elements = 0
        self.short: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type

    def take(self) -> list[Event]:
        events, self.events = self.events, []
        return events

    def tag(self, full: str) -> str:
        short = self.short.get(full)
        if short is None:
            address, _, local = full.rpartition(" ")
            short = f"{self.prefixes.get(address, '?')}:{local}" if address else local
            if len(self.short) < 10_000:
                self.short[full] = short
        return short

    def start(self, full: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise UnsafeFileError(
                f"{self.name}: its text is made of too many or too deeply nested pieces for a document; "
                "reading was stopped. If the file is yours, save it in parts and try again."
            )
        named = {self.tag(key): value for key, value in attributes.items()} if attributes else _NO_ATTRIBUTES
        self.events.append(("start", self.tag(full), named))

    def end(self, full: str) -> None:
        self.depth -= 1
        self.events.append(("end", self.tag(full), _NO_ATTRIBUTES))

    def text(self, text: str) -> None:
        self.events.append(("text", text, _NO_ATTRIBUTES))

    def refuse_document_type(self, *_: Any) -> None:
        raise UnsafeFileError(
            f"{self.name}: its XML has a document type declaration, which can define entities that flood "
            "memory or fetch other files; not read. Save the file anew in the program that made it."
        )


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
