"""Codings as another tool holds them, before anything is mapped to a codebook."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

DRAFT_USER = "autocoder (draft, unconfirmed)"
DRAFT_CODE = "DRAFT"  # the category of unconfirmed suggestions in files that we wrote with --drafts branch
SET = "set"  # the attribute of a transcript that names the sets it is in
WRITTEN = "written answers"  # the variable by which our own projects say that a text is no talk
PATH = " > "  # between the levels of a code's name
MAX_BYTES = 2_000_000_000  # of a project
COLUMNS = ("transcript", "text", "code", "coder", "polarity", "start", "end", "memo")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return a text with U+FFFD for the characters that no XML file may hold, such as a bell."""
    return _NOT_XML.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class ExternalCoding:
    """One passage with one code: `code` is the name or path as the other tool gives it.

    `start` and `end` are code points in the document's text with LF line ends, end exclusive; None where the export
    does not say. `row` is the row or place in the file, for messages.
    """

    document: str
    code: str
    text: str
    coder: str | None = None
    polarity: str | None = None
    start: int | None = None
    end: int | None = None
    memo: str = ""
    row: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the coding as `coder codings --json` prints it."""
        return {
            "document": self.document, "code": self.code, "text": self.text, "coder": self.coder,
            "polarity": self.polarity, "start": self.start, "end": self.end,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExternalDocument:
    """A source of a project with its text (LF line ends) and attributes; several values are joined by `;`.

    `written`: it holds written answers, not talk, as only our own projects say.
    """

    name: str
    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    written: bool = False


@dataclass(frozen=True, slots=True)
class ExternalCase:
    """A case of a project, as a rule a person: what is known of it, and the documents that belong to it."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalMemo:
    """A memo of a project: on a place of a document, on a document, on a code, or on the whole."""

    text: str
    coder: str | None = None
    document: str | None = None
    start: int | None = None
    end: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class ExternalCodings:
    """What a file of another tool holds: `format` is the tool and kind of export.

    `documents`, `codes` (path -> definition), `cases`, `memos` and `guids` (path -> the code's GUID) are empty where
    the export has none. `notes` say what was read how, and what was left out.
    """

    file: str
    format: str
    codings: tuple[ExternalCoding, ...]
    notes: tuple[str, ...] = ()
    documents: tuple[ExternalDocument, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[ExternalCase, ...] = ()
    memos: tuple[ExternalMemo, ...] = ()
    guids: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `coder codings FILE --json` prints."""
        return {
            "file": self.file,
            "format": self.format,
            "codings": [coding.to_dict() for coding in self.codings],
            "notes": list(self.notes),
        }

    def counts(self) -> Counter[str]:
        """Return how many codings each code has."""
        return Counter(coding.code for coding in self.codings)

    def frame(self) -> "DataFrame":
        """Return the codings in the columns of our own tables, a row each; `attrs["lengths"]` are the documents'."""
        import pandas as pd

        from coder.reading.tables.read import light_numbers

        rows = [
            {
                "transcript": item.document or None, "text": item.text, "code": [item.code] if item.code else [],
                "coder": item.coder, "polarity": item.polarity, "start": item.start, "end": item.end,
                "memo": item.memo or None,
            }
            for item in self.codings
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
        frame.attrs = {
            "row_numbers": light_numbers(
                [item.row or number for number, item in enumerate(self.codings, start=1)]
            ),
            "lengths": {document.name: len(document.text) for document in self.documents},
        }
        known = [name for name in COLUMNS if name in ("text", "code") or frame[name].notna().any()]
        used = frame[known]
        used.attrs = frame.attrs
        return used


def without_drafts(codings: Sequence[ExternalCoding]) -> tuple[list[ExternalCoding], list[str]]:
    """Leave out unconfirmed suggestions of this program: they never become training or agreement data."""
    confirmed = [
        item
        for item in codings
        if item.coder != DRAFT_USER and item.code.split(" > ")[0].split()[:1] != [DRAFT_CODE]
    ]
    left_out = len(codings) - len(confirmed)
    if not left_out:
        return confirmed, []
    return confirmed, [f"{left_out} unconfirmed suggestions of this program (drafts) were left out."]
