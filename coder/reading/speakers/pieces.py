"""Pieces of speech in a text, read line by line; what lies between them is nobody's speech."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coder.domain import Span
from coder.reading.clock import inner_stamps, trailing_stamp
from coder.reading.speakers.header import footer_of
from coder.reading.speakers.labels import Candidate, Style
from coder.reading.speakers.lines import Line, ends_sentence, is_wrapped
from coder.reading.speakers.near_labels import LONGEST_TOPIC, initials_above
from coder.reading.speakers.recording import borders_in
from coder.reading.speakers.roles import CAPITALS
from coder.reading.speakers.vocabulary import Shape

EDGE = " \t\r\n\x0b\x0c\x1c\x1d\x1e\x85\xa0\u202f\u2028\u2029\ufeff\x1a"
# Marks of direction and others without width.
EDGE += "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069"


@dataclass(frozen=True, slots=True)
class Piece:
    """Somebody's words: their place in the text, who says them, when they begin (seconds), how all is printed.

    `opens`: a mark in the file (">>") says that somebody else begins here.
    """

    start: int
    end: int
    speaker: str | None
    time: float | None = None
    look: frozenset[str] = frozenset()
    opens: bool = False
    question: str | None = None


@dataclass(slots=True)
class Reading:
    """Pieces and spans in the order of the text; `opening` = the next words begin a new piece.

    `turning` = a mark says that somebody else speaks next.

    `left_out` counts what was marked as nobody's speech, by kind, also where the text was written anew.
    `inner_stamps` are the places of time stamps in the middle of sentences, `quotes` (kind, beginning) of lines
    left out that could be speech.
    """

    pieces: list[Piece] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    opening: bool = True
    turning: bool = False
    pending: float | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    inner_stamps: list[tuple[int, int]] = field(default_factory=list)
    quotes: list[tuple[str, str]] = field(default_factory=list)

    def mark(self, start: int, end: int, kind: str) -> None:
        """Note a span that is nobody's speech; the words behind it begin a new piece."""
        if start < end:
            self.spans.append(Span(start, end, kind))
            self.left_out[kind] += 1
        self.opening = True

    def say(self, text: str, piece: Piece) -> bool:
        """Add words, to the piece before if nothing came between; return False when there are none."""
        words = text[piece.start : piece.end]
        start = piece.start + len(words) - len(words.lstrip(EDGE))
        end = piece.start + len(words.rstrip(EDGE))
        if start >= end:
            return False
        before = self.pieces[-1] if self.pieces else None
        if before and not self.opening and piece.time is None and before.speaker == piece.speaker:
            self.pieces[-1] = replace(before, end=end, look=before.look & piece.look)
        else:
            self.pieces.append(replace(piece, start=start, end=end, opens=self.turning))
        self.opening = self.turning = False
        return True


Labels = dict[int, Candidate]

_NUMBERED = re.compile(r"(?:[*_]{0,2})(?:Q ?)?(?:\d{1,2}[a-z]?[.)]|\(\d{1,2}[a-z]?\)|Q\d{1,2}[.:)]?)\s+\S")
# Captions mark that somebody else speaks by ">>", whisper.cpp by a word behind the words.
_TURN = re.compile(r"\s*(?:[-–—]\s*)?>>+\s*")
_HANDED_OVER = re.compile(r"(?<!\s)\s*\[SPEAKER_TURN\]\s*$")
_BRACKETS = re.compile(r"\s*(?:\([^()\n]{1,60}\)\s*){1,3}")
_COLON = re.compile(r"\s*[:：]\s+(?=\S)")
_MARK = re.compile(r"(\*{1,3}|_{1,3})(?=\S|$)")
# The signs of a heading or quotation in Markdown, and those of a line that stands in emphasis as a whole.
_OPENING_MARK = re.compile(
    r"\s{0,3}(?:#{1,6} +|>(?!>) ?)(?=\S)|(\*{1,3}|_{1,3})(?=[^\s*_](?:(?!\1).){0,2000}\1\s*$)"
)
_DASH = re.compile(r"\s*[-–—]\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of the lines before reading: talk runs from `start` to before `end` (line indices)."""

    labels: Labels
    names: dict[str, str]
    start: int
    end: int
    breaks: frozenset[int]
    headings: frozenset[int]
    dashes: bool
    unnamed: bool
    marked: bool
    asides: frozenset[int]

    def kind(self, number: int, line: Line) -> str:
        """Return the kind of a line that holds no speech at all, else an empty string."""
        if line.speech:
            return ""
        if line.blank or line.kind or number in self.labels:
            return line.kind
        if number in self.asides:
            return "initials" if line.text.strip().isalpha() else "label"
        if number < self.start:
            return "header"
        if number >= self.end:
            return "footer"
        return "heading" if number in self.headings else ""


def read_lines(
    text: str,
    lines: Sequence[Line],
    labels: Labels,
    header: int,
    *,
    running: bool,
    unnamed: bool = False,
) -> Reading:
    """Read the lines as turns of the speakers in `labels` (line index -> label), or as paragraphs if it is empty.

    `header` lines at the top are nobody's speech; nor are lines before the first label, except in `running`
    documents, whose first cues may lack a name, and where paragraphs without a label are somebody `unnamed`'s.
    """
    plan = _plan(lines, labels, header, running=running, unnamed=unnamed)
    reading = Reading()
    speaker: str | None = None
    time: float | None = None
    for number, line in enumerate(lines):
        kind = plan.kind(number, line)
        if line.blank or kind:
            reading.mark(line.start, line.end, kind) if kind else None
            reading.opening = True
            continue
        label = labels.get(number)
        if label:
            speaker = plan.names[label.key]
        elif plan.marked and _TURN.match(line.text):
            speaker, reading.turning = None, True
        elif plan.unnamed and number in plan.breaks:
            speaker = None
        words, time = _words_and_time(reading, line, label, plan, time, breaks=number in plan.breaks)
        time = _say_line(reading, text, line, words, speaker, time)
    return reading


def _plan(
    lines: Sequence[Line],
    labels: Labels,
    header: int,
    *,
    running: bool,
    unnamed: bool,
) -> _Plan:
    start = _first_spoken(lines, labels, header, running=running)
    if unnamed and labels:
        start = _first_sentence(lines, header, start)
    last = max(labels, default=start)
    end = len(lines) if running else max(start, footer_of(lines, last, labelled=bool(labels)))
    return _Plan(
        labels,
        _names(labels),
        start,
        end,
        unlabelled_starts(lines, labels, start) if unnamed else _breaks(lines, start, labelled=bool(labels)),
        _headings(lines, labels),
        not labels and not running and _has_dashes(lines[start:]),
        unnamed,
        sum(bool(_TURN.match(line.text)) for line in lines) > (not running),
        _asides(lines, labels),
    )


def _asides(lines: Sequence[Line], labels: Labels) -> frozenset[int]:
    """Return the lines that belong to a label: a party in brackets below a name, another name with its time above.

    Initials above a name stand for its picture, in words copied from Teams.
    A tool's own label above ("Speaker 1 00:03") says less than the one with which the words begin.
    """
    asides = initials_above(lines, labels)
    own_stamps: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if line.blank or number in labels:
            continue
        above = labels.get(number - 1)
        if above and above.style is Style.OWN_LINE and _BRACKETS.fullmatch(line.text):
            asides.add(number)
        stamped = next((one for one in line.candidates if one.style is Style.OWN_STAMP), None)
        if stamped and not stamped.done_at and stamped.shape >= Shape.NAME and number + 1 in labels:
            own_stamps.setdefault(stamped.key, []).append(number)
    again = [numbers for numbers in own_stamps.values() if len(numbers) > 1]
    return frozenset(asides.union(*again))


def unlabelled_starts(lines: Sequence[Line], labels: Labels, start: int) -> frozenset[int]:
    """Return the lines from `start` on that begin a paragraph without a label: behind a gap, indented, complete."""
    wrapped = is_wrapped([line.text for line in lines[start:] if not line.blank and not line.kind])
    margin = min((len(_indent(lines[number].text)) for number in labels), default=0)
    return frozenset(
        number
        for number, line in enumerate(lines)
        if number >= start
        and number not in labels
        and not (line.blank or line.kind or line.only_stamp)
        and (
            line.after_gap
            or (line.first and len(_indent(line.text)) > margin)
            or (line.first and not wrapped and number > 0 and ends_sentence(lines[number - 1].text))
        )
    )


def _indent(text: str) -> str:
    """Return the white space before a line, a tab counting as four spaces."""
    whole = text.expandtabs(4)
    return whole[: len(whole) - len(whole.lstrip())]


def _first_sentence(lines: Sequence[Line], header: int, first_label: int) -> int:
    """Return the first line behind the header that is a sentence rather than a title."""
    for number in range(header, first_label):
        line = lines[number]
        if not line.blank and not line.kind and (ends_sentence(line.text) or len(line.text.split()) > 12):
            return number
    return first_label


def _words_and_time(
    reading: Reading, line: Line, label: Candidate | None, plan: _Plan, time: float | None, *, breaks: bool
) -> tuple[int, float | None]:
    """Mark what stands before a line's words; return where these begin and when."""
    if label:
        words = line.start + label.words_start
        reading.mark(line.start, words, "label")
        return words, _first_known(label.time, line.time, time)
    words = line.start
    before = reading.spans[-1] if reading.spans else None
    colon = _COLON.match(line.text) if before and before.kind == "label" and before.end == words - 1 else None
    if colon:  # a label on a line of its own, and its colon before the words
        words += colon.end()
        reading.mark(line.start, words, "label")
        return words, _first_known(line.time, time)
    turn = _TURN.match(line.text) if plan.marked else None
    if turn:
        words += turn.end()
        reading.mark(line.start, words, "turn")
        time = _first_known(line.time, time)
    elif line.lead.stamp:
        words += line.lead.end
        time = line.lead.stamp.seconds
        reading.mark(line.start, words, "time")
    else:
        reading.opening = reading.opening or breaks
        time = _first_known(line.time, time)
    sign = None
    if not plan.labels:
        sign = _OPENING_MARK.match(line.text, words - line.start)
        sign = sign or (_DASH.match(line.text, words - line.start) if plan.dashes else None)
    if sign:
        reading.mark(words, line.start + sign.end(), "mark")
        words = line.start + sign.end()
    return words, time


def _say_line(
    reading: Reading, text: str, line: Line, words: int, speaker: str | None, time: float | None
) -> float | None:
    """Add a line's words without the stamp at its end; return the time that still waits for its words."""
    spoken_to = len(line.text) - line.codes
    closing = trailing_stamp(line.text[words - line.start : spoken_to])
    end = words + closing.start if closing else line.start + spoken_to
    end -= _closing_mark(text[line.start : words], text[words:end])
    if time is None and reading.opening:
        time = reading.pending
    handed_over = _HANDED_OVER.search(text, words, end)
    if handed_over:
        end = handed_over.start()
    spoken = _say_between_marks(reading, text, Piece(words, end, speaker, time, _look_of(line)))
    time = spoken.time
    if handed_over:
        reading.mark(end, handed_over.end(), "turn")
        reading.turning = True
    elif closing:
        reading.mark(end, line.start + spoken_to, "time")
        # A stamp behind a paragraph tells when the next one begins.
        reading.pending = closing.seconds
    elif spoken.start < spoken.end:
        reading.pending = None
    if line.codes:
        reading.mark(line.end - line.codes, line.end, "code")
    return None if spoken.start < spoken.end else time


def _say_between_marks(reading: Reading, text: str, piece: Piece) -> Piece:
    """Add a piece without the times and notes on the recording in it; return its last part, empty without words."""
    stamps = {piece.start + stamp.start: stamp for stamp in inner_stamps(text[piece.start : piece.end])}
    notes = {
        piece.start + start: piece.start + stop for start, stop in borders_in(text[piece.start : piece.end])
    }
    for place in sorted(stamps.keys() | notes.keys()):
        before = text[piece.start : place]
        stop = notes.get(place) or place + stamps[place].end - stamps[place].start
        if place in notes:
            reading.say(text, replace(piece, end=place))
            reading.mark(place, stop, "border")
            piece = replace(piece, start=stop)
        elif before.strip() and not ends_sentence(before):
            reading.inner_stamps.append((place, stop))
        else:
            reading.say(text, replace(piece, end=place))
            reading.mark(place, stop, "time")
            piece = replace(piece, start=stop, time=stamps[place].seconds)
    return piece if reading.say(text, piece) else replace(piece, end=piece.start)


def _closing_mark(head: str, words: str) -> int:
    """Return the length of the emphasis that a line's words end with when it opened before the label."""
    opened = _MARK.search(head)
    if not opened or head.count(opened[1]) > 1 or not words.rstrip().endswith(opened[1]):
        return 0
    return len(words) - len(words.rstrip()) + len(opened[1])


def _first_spoken(lines: Sequence[Line], labels: Labels, header: int, *, running: bool) -> int:
    """Return the line at which the header ends: the first label, and a time above it."""
    if running or not labels:
        return header
    start = max(header, min(labels))
    while start > header and lines[start - 1].only_stamp:
        start -= 1
    return start


def _names(labels: Labels) -> dict[str, str]:
    """Return for each key the commonest spelling of its label."""
    spellings: dict[str, Counter[str]] = {}
    for label in labels.values():
        spellings.setdefault(label.key, Counter())[label.label] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}


def _breaks(lines: Sequence[Line], start: int, *, labelled: bool) -> frozenset[int]:
    """Return the lines that begin a new paragraph, blank line before them or not."""
    gaps = frozenset(number for number, line in enumerate(lines) if line.after_gap)
    if not labelled:
        gaps |= {number for number in range(start + 1, len(lines)) if _answers_in_plain(lines, number)}
    spoken = [line.text for line in lines[start:] if not line.blank and not line.kind]
    if labelled or is_wrapped(spoken):
        return gaps
    # Speech recognisers end their lines anywhere: a line in small letters goes on with the sentence before.
    return gaps | {
        number
        for number, line in enumerate(lines)
        if line.first
        and number
        and (ends_sentence(lines[number - 1].text) or not line.text.lstrip()[:1].islower())
    }


def _is_bold(line: Line) -> bool:
    """Tell whether all of a line is in the bold words at its paragraph's start."""
    reach = line.text if line.first else line.paragraph.text
    return 0 < len(reach.rstrip()) <= line.paragraph.bold


def _is_bold_topic(line: Line) -> bool:
    """Tell whether a line is a few bold words and no sentence, as headings between turns are."""
    return _is_bold(line) and len(line.text.split()) <= LONGEST_TOPIC and not ends_sentence(line.text)


def _answers_in_plain(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line is not bold and goes on a paragraph whose line above is bold: question and answer."""
    above, line = lines[number - 1], lines[number]
    return above.paragraph is line.paragraph and _is_bold(above) and not _is_bold(line)


def _headings(lines: Sequence[Line], labels: Labels) -> frozenset[int]:
    """Return the lines that are headings: by style, or in capitals alone before somebody speaks."""
    headings = {number for number, line in enumerate(lines) if line.heading and not line.only_stamp}
    if not labels:
        headings -= _asked_in_headings(lines, sorted(headings))
    # Bold words between turns may be somebody's where turns are printed in bold, or nobody knows.
    plain = all(lines[number].paragraph.ends_plain for number in labels)
    for number in labels:
        above = next((index for index in range(number - 1, -1, -1) if not lines[index].blank), None)
        if above is None or above in labels or not lines[above].after_gap:
            continue
        topic = plain and lines[number].after_gap and _is_bold_topic(lines[above])
        if topic and not _is_bold(lines[number]):
            headings.add(above)
        if above == number - 1:
            continue
        text = lines[above].text.strip()
        if text.isupper() and 4 <= len(text) <= 60 and text[-1] not in ".?!…)]":
            headings.add(above)
    return frozenset(headings)


def _asked_in_headings(lines: Sequence[Line], headings: Sequence[int]) -> frozenset[int]:
    """Return the headings that are the interviewer's questions: the first question and all behind it, if most ask."""
    first = next((n for n, number in enumerate(headings) if "?" in lines[number].text), len(headings))
    rest = headings[first:]
    asked = sum("?" in lines[number].text for number in rest)
    return frozenset(rest if asked > 1 and asked >= 0.6 * len(rest) else ())


def _has_dashes(lines: Sequence[Line]) -> bool:
    """Tell whether most lines open with the dash of written dialogue."""
    spoken = [line for line in lines if not line.blank and not line.kind]
    return len(spoken) >= 2 and sum(bool(_DASH.match(line.text)) for line in spoken) >= 0.6 * len(spoken)


def _look_of(line: Line) -> frozenset[str]:
    """Return how all of a line is printed, by its format, Markdown or letters: bold, in capitals, numbered."""
    look = set(line.paragraph.look) if line.first else set()
    whole = line.text.strip()
    if len(whole) > 4 and whole.startswith("**") and whole.find("**", 2) == len(whole) - 2:
        look.add("bold")
    elif len(whole) > 2 and whole[0] in "*_" and whole.find(whole[0], 1) == len(whole) - 1:
        look.add("italic")
    if _is_bold(line):
        look.add("bold")
    if whole.isupper() and " " in whole:
        look.add(CAPITALS)
    if _NUMBERED.match(whole):
        look.add("numbered")
    if line.heading:
        look.add("as a heading")
    if re.match(r"\s{0,3}>(?!>) ?\S", line.text):
        look.add("quoted")
    return frozenset(look)


def _first_known(*times: float | None) -> float | None:
    return next((time for time in times if time is not None), None)
