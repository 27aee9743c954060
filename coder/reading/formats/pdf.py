"""Read PDFs with text: pages' headers, footers and numbers left out, tables of talk read row by row."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coder.errors import FormatError, UnsafeFileError
from coder.phrasing import counted, quoted
from coder.reading.broken_words import said_whole
from coder.reading.document import Document
from coder.reading.formats.office import document_of, plain_document
from coder.reading.formats.office_tables import table_of_turns
from coder.reading.formats.pdf_layout import (
    PdfLine,
    broken_words_of,
    paragraphs_of,
    without_numbers,
    without_numbers_in_margin,
)
from coder.reading.formats.pdf_tables import blocks_of, lost_beside
from coder.reading.safety.content import MEGABYTE, Budget, advice_on

MAX_PDF_BYTES = 100 * MEGABYTE
# The process that reads counts its own seconds of computing. By the clock it may take far longer, since other work on
# the machine can slow it down; only what hangs is stopped by this.
MOST_SECONDS = 300
_STOPPED = re.compile(rb"MemoryError|LimitReachedError|TimeIsUp")
_PROGRAM = Path(__file__).with_name("pdf_pages.py")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|side|sida|p\.|s\.)\s*)?(\d{1,4})(?:\s*(?:of|/|von|sur|de|di|van|av)\s*\d{1,4})?\W*",
    re.I,
)
_EDGE_LINES = 3
Page = list[PdfLine]


def read(data: bytes, name: str) -> Document:
    """Read a PDF's text.

    Raises:
        FormatError: it is something else, damaged, cut off, locked, scanned, or its letters have no meaning.
        UnsafeFileError: reading it takes too long or too much memory.
    """
    if b"%PDF-" not in data[:1024]:
        raise FormatError(f"{name}: this is not a PDF. {advice_on(data)}")
    if b"%%EOF" not in data[-4096:]:
        raise FormatError(f"{name}: the PDF is cut off: its end is missing. Copy or download it again.")
    if len(data) > MAX_PDF_BYTES:
        raise UnsafeFileError(
            f"{name}: the PDF has {len(data) // MEGABYTE} MB. Save its text as Word, or split it."
        )
    pages, struck = _pages(data, name)
    _refuse_without_text(pages, name)
    notes: list[str] = []
    empty = [str(number) for number, page in enumerate(pages, start=1) if not page]
    if empty:
        notes.append(f"Pages without text (pictures, blank) were left out: {', '.join(empty[:30])}.")
    pages, apart = without_numbers_in_margin(pages)
    pages, dropped = _without_margins(pages)
    notes += (
        [f"{sum(dropped.values())} page headers, footers and page numbers were left out."] if dropped else []
    )
    pages, numbers = without_numbers(pages)
    notes += [f"{numbers + apart} line numbers were left out."] if numbers + apart else []
    budget = Budget(name)
    for page in pages:
        budget.spend(sum(len(line.text) for line in page), len(page))
    blocks = blocks_of(pages)
    notes += said_whole(
        broken_words_of(pages).guessed([line.text.strip() for page in pages for line in page])
    )
    if blocks and table_of_turns(blocks) is not None:
        doubts = (*lost_beside(blocks), *_struck_through(struck))
        return replace(document_of(blocks, "pdf", name, notes), doubts=doubts)
    document = plain_document(paragraphs_of(pages), "pdf", name, notes)
    return replace(document, doubts=_struck_through(struck))


def _struck_through(struck: Sequence[str]) -> tuple[str, ...]:
    """Say that words are struck through, which may be deletions that were printed."""
    if not struck:
        return ()
    shown = quoted(words[:40] for words in struck)
    verb = "holds" if len(struck) == 1 else "hold"
    lines = counted(len(struck), "line")
    return (f"{lines} {verb} words struck through, perhaps deleted, read as words: {shown}.",)


def _pages(data: bytes, name: str) -> tuple[list[Page], list[str]]:
    """Have the text extracted by a process that can be stopped; return the pages, and words struck through."""
    # -P: a script's own folder would else be searched for modules first, and ours hold a docx.py.
    command = [sys.executable, "-P", str(_PROGRAM)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_much(name) from error
    except OSError as error:
        raise FormatError(
            f"{name}: PDFs cannot be read here ({error}). Save the transcript as Word."
        ) from error
    message = done.stderr[-2000:]
    if done.returncode < 0 or _STOPPED.search(message):
        raise _too_much(name)
    lines = done.stdout.splitlines()
    if lines and lines[0].startswith(b"{"):
        raise _locked(name, json.loads(lines[0])["error"])
    if done.returncode:
        raise FormatError(
            f"{name}: the PDF is damaged and its pages cannot be read. Open it in a PDF viewer and print it to a new "
            "PDF, or save the transcript as Word."
        )
    printed = [json.loads(line) for line in lines]
    struck = [line[5] for page in printed for line in page if line[5]]
    pages = [[_line(*line[:5]) for line in page] for page in printed]
    texts = [line.text for page in pages for line in page]
    if sum(text.count("\t") for text in texts) > 0.5 * sum(text.count(" ") for text in texts):
        # Some writers print a tab for every space.
        pages = [[replace(line, text=line.text.replace("\t", " ")) for line in page] for page in pages]
    return pages, struck


def _too_much(name: str) -> UnsafeFileError:
    return UnsafeFileError(
        f"{name}: reading the PDF takes too long or too much memory; it was stopped. Print it to a new PDF, split "
        "it, or save the transcript as Word."
    )


def _locked(name: str, why: str) -> FormatError:
    if why == "locked":
        return FormatError(f"{name}: the PDF is locked with a password. Save a copy without the password.")
    return FormatError(
        f"{name}: the PDF is protected against copying. Print it to a new PDF, or get the Word file."
    )


_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})


def _line(text: str, x: float, y: float, bold: int, pieces: Sequence[tuple[int, float, bool]]) -> PdfLine:
    """Return a line with its pieces at their places in the tidied text."""
    places = tuple((len(_tidy(text[:place])), left, gap) for place, left, gap in pieces)
    return PdfLine(_tidy(text), x, y, bold, places)


def _tidy(text: str) -> str:
    """Undo what only typesetting did: ligatures, NULs of broken fonts."""
    return text.translate(_LIGATURES).replace("\0", "")


def _refuse_without_text(pages: Sequence[Page], name: str) -> None:
    text = "".join(line.text for page in pages for line in page)
    letters = sum(sign.isalpha() for sign in text)
    meaningless = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" for sign in text)
    if letters < 5 * max(1, len(pages)) and not meaningless:
        raise FormatError(
            f"{name}: the PDF has no text, only pictures of its {counted(len(pages), 'page')} "
            "(it was scanned). Run text recognition (OCR) on it first, or use the file it was printed from."
        )
    if meaningless > letters / 2:
        raise FormatError(
            f"{name}: the PDF's letters are drawn without saying which they are, so its text cannot be read. "
            "Use the file it was made from, or run text recognition (OCR) on it."
        )


# Headers, footers and page numbers


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line at a page's top or bottom: where it stands, and its text with digits made equal."""

    height: int
    text: str


def _edges(page: Page) -> list[PdfLine]:
    return [*page[:_EDGE_LINES], *page[max(_EDGE_LINES, len(page) - _EDGE_LINES) :]]


def _edge(line: PdfLine) -> _Edge:
    return _Edge(round(line.y / 4), re.sub(r"\d+", "#", line.text.strip().casefold()))


def _without_margins(pages: list[Page]) -> tuple[list[Page], Counter[str]]:
    """Drop lines that stand at the same height with the same words on most pages, and running page numbers."""
    full = [page for page in pages if page]
    seen = Counter(edge for page in full for edge in {_edge(line) for line in _edges(page)})
    inside = Counter(_edge(line).text for page in full for line in page) - Counter(
        _edge(line).text for page in full for line in _edges(page)
    )
    # Odd and even pages, and first pages, may differ. What also stands within pages (a speaker's name alone on
    # its line) is no header.
    often = {
        edge for edge, count in seen.items() if count >= max(2, 0.4 * len(full)) and not inside[edge.text]
    }
    numbers = _running_numbers(pages)
    dropped: Counter[str] = Counter()
    inner = []
    for number, page in enumerate(pages):
        edges = [line for line in _edges(page) if _edge(line) in often or (number, line.text) in numbers]
        dropped.update(line.text for line in edges)
        inner.append([line for line in page if line not in edges])
    return inner, dropped


def _running_numbers(pages: Sequence[Page]) -> set[tuple[int, str]]:
    """Return (page, text) of lines at the edges that count the pages."""
    counting: list[tuple[int, int, str]] = []
    for index, page in enumerate(pages):
        for line in _edges(page):
            number = _PAGE_NUMBER.fullmatch(line.text.strip())
            if number:
                counting.append((int(number[1]) - index, index, line.text))
    offsets = Counter(offset for offset, _, _ in counting)
    return {
        (index, text)
        for offset, index, text in counting
        if offsets[offset] > 1 or (len(pages) == 1 and not text.strip().isdigit())
    }
