"""Open zip archives from strangers without being flooded, led outside the file or kept busy.

Sizes are counted while unpacking, because the sizes that an archive declares may be lies; nothing is ever
unpacked to disk.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from coder.errors import FormatError, UnsafeFileError
from coder.reading.safety.content import advice_on

MEGABYTE = 1024 * 1024
MAX_MEMBERS = 5_000
MAX_DIRECTORY_BYTES = 2 * MEGABYTE
MAX_MEMBER_BYTES = 128 * MEGABYTE
MAX_ARCHIVE_BYTES = 192 * MEGABYTE
# Deflate shrinks at most 1032:1; the most repetitive real tables measured stay below 100:1.
MAX_RATIO = 300
RATIO_MATTERS_FROM = 8 * MEGABYTE
MAX_CHARACTERS = 8_000_000
MAX_PARAGRAPHS = 200_000
CHUNK = MEGABYTE // 2

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
