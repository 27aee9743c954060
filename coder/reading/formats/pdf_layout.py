"""Lines of a PDF's pages, joined to the paragraphs that they were wrapped from."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from coder.reading.broken_words import BrokenWords
from coder.reading.clock import leading_stamp
from coder.reading.document import Paragraph
from coder.reading.formats.plain import without_line_numbers

_SENTENCE_END = re.compile(r"[.?!…:][)\]\"'”’»]*$")
_LABEL = re.compile(r"(\S.{0,40}?)\s?[:：](?=\s|$)|([A-Z][A-Z0-9]{0,11})(?:\t|\s{2,})")
_SOFT_HYPHENS = ("\u00ad", "\u2010")
_LONGEST_SIDE_LABEL = 40
_SAME_HEIGHT = 2.0  # points
_ALONE = re.compile(r"\s*\d{1,5}\s*", re.ASCII)
_FIVE, _NEARLY_ALL = 5, 0.9
_MOST_BESIDE = 0.8  # of the labels in a column have their words at the same place


@dataclass(frozen=True, slots=True)
class PdfLine:
    """A line of a page, its place in points from the lower left corner, and how many characters begin it in bold.

    `pieces` says of each further piece of text that was placed by itself: where it begins in `text`, its place from
    the left, and whether there is a gap before it.
    """

    text: str
    x: float
    y: float
    bold: int = 0
    pieces: tuple[tuple[int, float, bool], ...] = ()


def paragraphs_of(pages: Sequence[Sequence[PdfLine]]) -> list[Paragraph]:
    """Return the paragraphs of pages without headers, footers and line numbers."""
    pages, codes = _without_codes_beside(pages)
    pages, side = _with_side_labels(pages)
    layout = _Layout.of(pages)
    words = broken_words_of(pages)
    paragraphs: list[list[PdfLine]] = []
    for previous, line in _pairs(pages):
        if previous is None or line in side or layout.begins(line, previous[0], same_page=previous[1]):
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return [*codes, *(joined(group, words) for group in paragraphs)]


def holds_labels(words: Iterable[str]) -> bool:
    """Tell whether two labels with colons at least come again and again where words begin."""
    labels = Counter(
        label[1].strip().casefold() for text in words if (label := _LABEL.match(text)) and label[1]
    )
    return sum(count > 1 for count in labels.values()) > 1


def _without_codes_beside(
    pages: Sequence[Sequence[PdfLine]],
) -> tuple[Sequence[Sequence[PdfLine]], list[Paragraph]]:
    """Return pages without what stands in a column left of words that have labels of their own, and this as notes."""
    rows = [[*_rows(page)] for page in pages]
    columns = {round(row.line.x) for page in rows for row in page if row.label}
    coded = {x for x in columns if _beside_alike(rows, x) and _hold_labels(rows, x)}
    if not coded:
        return pages, []
    notes: list[Paragraph] = []
    changed: list[list[PdfLine]] = []
    for page in rows:
        lines: list[PdfLine] = []
        for row in page:
            beside = bool(row.label) and round(row.line.x) in coded
            lines += [replace(row.line, text=row.words, x=row.words_x, bold=0)] if beside else row.printed
            notes += [Paragraph(row.label, kind="note")] if beside else []
        changed.append(lines)
    return changed, notes


def _with_side_labels(
    pages: Sequence[Sequence[PdfLine]],
) -> tuple[Sequence[Sequence[PdfLine]], frozenset[PdfLine]]:
    """Return pages with labels in a column of their own put before the words beside them, and those lines.

    Such labels stand left of the words, at their height, and without a colon as a rule ("KM", "Ida"). Two at least
    come again, and most of the column is made of such.
    """
    rows = [[*_rows(page)] for page in pages]
    beside = Counter((round(row.line.x), row.label) for page in rows for row in page if row.label)
    people = {
        x
        for x in {x for x, _ in beside}
        if (counts := [count for (place, _), count in beside.items() if place == x])
        and sum(count > 1 for count in counts) > 1
        and sum(count for count in counts if count > 1) > sum(counts) / 2
        and _beside_alike(rows, x)
    }
    if not people:
        return pages, frozenset()
    side: set[PdfLine] = set()
    changed: list[list[PdfLine]] = []
    for page in rows:
        lines: list[PdfLine] = []
        for row in page:
            labelled = row.label and round(row.line.x) in people
            lines += [row.line] if labelled else row.printed
            side |= {row.line} if labelled else set()
        changed.append(lines)
    return changed, frozenset(side)


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands at one height: `line` is the lines `printed`, a tab behind the short `label` left of the words.

    `words_x` is where these words begin.
    """

    line: PdfLine
    label: str
    printed: list[PdfLine]
    words_x: float

    @property
    def words(self) -> str:
        """Return what stands right of the label."""
        return self.line.text.partition("\t")[2] if self.label else self.line.text


def _beside_alike(rows: Sequence[Sequence[_Row]], x: int) -> bool:
    """Tell whether the words beside a column begin at one place: in justified print gaps stand anywhere."""
    places = [round(row.words_x) for page in rows for row in page if row.label and round(row.line.x) == x]
    usual = Counter(places).most_common(1)[0][0]
    return sum(abs(place - usual) <= _SAME_HEIGHT for place in places) >= _MOST_BESIDE * len(places)


def _hold_labels(rows: Sequence[Sequence[_Row]], x: int) -> bool:
    """Tell whether the words right of a column begin with labels of their own."""
    return holds_labels(
        row.words
        for page in rows
        for row in page
        if (round(row.line.x) == x if row.label else row.line.x > x + _SAME_HEIGHT)
    )


def _rows(page: Sequence[PdfLine]) -> Iterator[_Row]:
    """Yield lines with the short text that stands left of their words by itself, "" if none does."""
    following: PdfLine | None = None
    for line, below in itertools.pairwise([*page, None]):
        if line is None or line is following:
            continue
        place = next((place for place, _, gap in line.pieces[:1] if gap), len(line.text))
        label, words, printed = line.text[:place].strip(), line.text[place:].strip(), [line]
        words_x = next((x for _, x, gap in line.pieces[:1] if gap), line.x)
        if not words and below and abs(line.y - below.y) < _SAME_HEIGHT and line.x < below.x:
            words, printed, words_x = below.text.strip(), [line, below], below.x
        if not words or len(label) > _LONGEST_SIDE_LABEL or not any(map(str.isalpha, label)):
            following = None
            yield _Row(line, "", [line], line.x)
            continue
        following = printed[-1]
        bold = len(label) if line.bold >= len(label) else 0
        yield _Row(replace(line, text=f"{label}\t{words}", bold=bold, pieces=()), label, printed, words_x)


def broken_words_of(pages: Sequence[Sequence[PdfLine]]) -> BrokenWords:
    """Return the words of pages' lines, which tell what the end of a line broke."""
    return BrokenWords.of([line.text.strip() for page in pages for line in page])


def _pairs(pages: Sequence[Sequence[PdfLine]]) -> Iterator[tuple[tuple[PdfLine, bool] | None, PdfLine]]:
    """Yield each line with the one before it, and whether that is on the same page."""
    before: PdfLine | None = None
    for page in pages:
        for number, line in enumerate(page):
            yield ((before, number > 0) if before else None), line
            before = line


def without_numbers(pages: Sequence[Sequence[PdfLine]]) -> tuple[list[list[PdfLine]], int]:
    """Return pages without the numbers before their lines, as word processors print them, and how many there were."""
    texts = [line.text for page in pages for line in page]
    unnumbered, removed = without_line_numbers(texts)
    if not removed:
        return [list(page) for page in pages], 0
    renewed = iter(unnumbered)
    changed = [[_behind_number(line, next(renewed)) for line in page] for page in pages]
    return [[line for line in page if line.text.strip()] for page in changed], removed


def _behind_number(line: PdfLine, text: str) -> PdfLine:
    """Return what of a line stands behind its number: it begins where its first piece there was placed."""
    cut = len(line.text) - len(text)
    if not cut:
        return line
    first = next((piece for piece in line.pieces if cut - 1 <= piece[0] <= cut), None)
    pieces = tuple((place - cut, x, gap) for place, x, gap in line.pieces if place > cut)
    return PdfLine(text, first[1] if first else line.x, line.y, max(0, line.bold - cut), pieces)


def without_numbers_in_margin(pages: Sequence[Sequence[PdfLine]]) -> tuple[list[list[PdfLine]], int]:
    """Return pages without the line numbers that were printed apart, left of all words, and how many there were.

    Some writers print a page's words first and then its numbers, so that they come as lines of their own.
    """
    parted = [_margin_and_words(page) for page in pages]
    if not _count_lines(parted):
        return [list(page) for page in pages], 0
    return [words for _, words in parted], sum(len(margin) for margin, _ in parted)


def _margin_and_words(page: Sequence[PdfLine]) -> tuple[list[PdfLine], list[PdfLine]]:
    """Return the numbers that stand alone and further left than every word of a page, and the other lines."""
    left = min((line.x for line in page if not _ALONE.fullmatch(line.text)), default=0.0)
    margin: list[PdfLine] = []
    words: list[PdfLine] = []
    for line in page:
        (margin if line.x < left and _ALONE.fullmatch(line.text) else words).append(line)
    return margin, words


def _count_lines(parted: Sequence[tuple[list[PdfLine], list[PdfLine]]]) -> bool:
    """Tell whether the numbers in the margin of pages count all lines, by one or five, on from page to page or anew.

    Years, and numbers that stand beside questions or turns only, do not.
    """
    numbered = [([int(line.text) for line in margin], margin, words) for margin, words in parted if margin]
    steps = {later - number for numbers, _, _ in numbered for number, later in itertools.pairwise(numbers)}
    if len(steps) != 1 or not steps <= {1, _FIVE}:
        return False
    (step,) = steps
    follows = 0
    for numbers, margin, words in numbered:
        if numbers[0] > step and numbers[0] != follows:
            return False
        follows = numbers[-1] + step
        if not (_beside_all(margin, words) if step == 1 else _beside_fifths(margin, words)):
            return False
    return True


def _beside_all(margin: Sequence[PdfLine], words: Sequence[PdfLine]) -> bool:
    """Tell whether nearly all lines of words between a page's first and last number have one at their height."""
    top, bottom = margin[0].y + _SAME_HEIGHT, margin[-1].y - _SAME_HEIGHT
    within = [line.y for line in words if bottom <= line.y <= top]
    beside = sum(any(abs(y - number.y) <= _SAME_HEIGHT for number in margin) for y in within)
    return beside >= _NEARLY_ALL * len(within)


def _beside_fifths(margin: Sequence[PdfLine], words: Sequence[PdfLine]) -> bool:
    """Tell whether the numbers of a page stand about five lines apart."""
    heights = sorted(line.y for line in words)
    line_height = min((b - a for a, b in itertools.pairwise(heights) if b - a > _SAME_HEIGHT), default=0.0)
    return all(
        abs(above.y - below.y) > (_FIVE - 1) * line_height > 0 for above, below in itertools.pairwise(margin)
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is usual in a document: distance of lines, left edge, length of full lines, labels at line starts."""

    leading: float
    spaced: bool
    left: float
    full: int
    labels: frozenset[str]
    bold_starts: frozenset[str]
    going_on: frozenset[str]

    @classmethod
    def of(cls, pages: Sequence[Sequence[PdfLine]]) -> "_Layout":
        steps = [
            above.y - below.y
            for page in pages
            for above, below in itertools.pairwise(page)
            if 4 < above.y - below.y < 80
        ]
        lines = [line for page in pages for line in page]
        leading = sorted(steps)[len(steps) // 4] if steps else 0.0
        lengths = sorted(len(line.text) for line in lines)
        counts = Counter(key for line in lines if (key := _label(line.text)))
        bold = Counter(start for line in lines if (start := _bold_start(line)))
        return cls(
            leading=leading,
            spaced=sum(step > 1.3 * leading for step in steps) >= max(1, len(steps) // 50),
            left=median(line.x for line in lines) if lines else 0.0,
            full=lengths[int(0.9 * len(lengths))] if lengths else 0,
            # Labels repeat; in a short file one in capitals ("P01:") may stand once.
            labels=frozenset(key for key, count in counts.items() if key and (count > 1 or key.isupper())),
            # A word in bold that happens to begin a line is not found at the start of others.
            bold_starts=frozenset(start for start, count in bold.items() if count > 1),
            going_on=_words_of_sentences(lines),
        )

    def begins(self, line: PdfLine, before: PdfLine, *, same_page: bool) -> bool:
        """Tell whether a line begins a paragraph."""
        stamp = leading_stamp(line.text)
        if self._is_labelled(line, before) or (stamp is not None and stamp.certain):
            return True
        wholly, before_wholly = line.bold >= len(line.text), before.bold >= len(before.text)
        if wholly != before_wholly or _bold_start(line) in self.bold_starts:
            return True
        step = before.y - line.y
        if same_page and self.spaced and step > 0:
            return step > 1.3 * self.leading
        ended = bool(_SENTENCE_END.search(before.text)) and len(before.text) < 0.85 * self.full
        indented = same_page and line.x - self.left > 5 and before.x - self.left < 5
        return ended or (indented and bool(_SENTENCE_END.search(before.text)))

    def _is_labelled(self, line: PdfLine, before: PdfLine) -> bool:
        """Tell whether a label begins a line, not words of the sentence above."""
        label = _label(line.text)
        goes_on = label in self.going_on and not _SENTENCE_END.search(before.text)
        return label in self.labels and not goes_on


def _bold_start(line: PdfLine) -> str:
    return line.text[: line.bold].strip() if line.bold < len(line.text) else ""


def _words_of_sentences(lines: Sequence[PdfLine]) -> frozenset[str]:
    """Return words before a colon that are no labels ("and she kept / saying: ..."), in small letters only.

    A label begins a line below the end of a sentence at least once. Where the first label or half of them are in
    small letters, these are the labels of the file.
    """
    counts = Counter(key for line in lines if (key := _label(line.text)))
    small = {key for key in counts if key.islower()}
    if next(iter(counts), "") in small or 2 * sum(counts[key] for key in small) >= counts.total():
        return frozenset()
    begin = {
        _label(line.text) for above, line in itertools.pairwise(lines) if _SENTENCE_END.search(above.text)
    }
    return frozenset(key for key in small - begin if not any(map(str.isdigit, key)))


def _label(text: str) -> str:
    match = _LABEL.match(text)
    return match[1] or match[2] if match else ""


def joined(lines: Sequence[PdfLine], words: BrokenWords) -> Paragraph:
    """Return the paragraph that lines were wrapped from; `words` of the file tell which hyphens belong to words."""
    text = lines[0].text.strip()
    for line in lines[1:]:
        following = line.text.strip()
        text = text[:-1] + following if text.endswith(_SOFT_HYPHENS) else words.joined(text, following)
    wholly = all(line.bold >= len(line.text.rstrip()) for line in lines)
    return Paragraph(text, bold=len(text) if wholly else lines[0].bold)
