"""A document as lines with their places in the text, what each line's start could mean, where paragraphs begin."""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from coder.domain import Corrections
from coder.reading.clock import Stamp, leading_stamp
from coder.reading.document import Document, Paragraph
from coder.reading.speakers.corrected import beginning, beginnings_of, keys_of
from coder.reading.speakers.inner_labels import cuts_at_labels, speakers_inside
from coder.reading.speakers.labels import Candidate, Lead, Style, candidates, lead_of
from coder.reading.speakers.recording import DATE, borders_in, is_border, is_end, is_of_chat, is_reaction
from coder.reading.speakers.vocabulary import Shape

# Line breaks that survive the normalisation to LF: form feeds of page ends, Unicode separators.
_BREAKS = re.compile("[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Labels, stamps and marks stand within so many characters of a line's start.
_HEAD = 300
_LONGEST_HEAD = 80
_LONGEST_TALK = 5 * 3600  # seconds
_IN_BRACKETS = re.compile(r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\})\s*")
_RULE = re.compile(r"\s*(?:[-–—=_*~#·•]\s?){3,}\s*$")
# LaTeX's commands that stand on lines of their own.
_LAYOUT = re.compile(
    r"\s*\\(?:(?:begin|end|documentclass|usepackage|vspace|hspace)\b.*[}\]]"
    r"|(?:maketitle|newpage|clearpage|bigskip|medskip|smallskip|noindent|par))\s*$"
)
_PAGE = re.compile(
    r"[\s–—=*_|\[-]*(?:page|seite)\s*\d{1,4}(?:\s*(?:of|/|von|sur|de)\s*\d{1,4})?[\s–—=*_|\]-]*$"
    r"|\s*(?:(?:pg\.?|p\.)\s*\d{1,4}(?:\s*(?:of|/|von|sur|de)\s*\d{1,4})?|-\s*\d{1,4}\s*-)\s*$",
    re.I,
)
# A page's head or foot that was typed or copied into the text, and comes again: "Interview 12 – page 3".
_PAGED_HEAD = re.compile(
    r"\s*(?:\S.{1,60}?(?:\s*[–—|•·]\s*|\s+-\s*|\s{2,})(?:page|seite|pg\.?|p\.)\s*\d{1,4}"
    r"(?:\s*(?:of|/|von|sur|de)\s*\d{1,4})?"
    r"|(?:page|seite)\s*\d{1,4}(?:\s*(?:of|/|von|sur|de)\s*\d{1,4})?\s*[–—|•·-]\s*\S.{1,60})\s*$",
    re.I,
)
_SPACED_PAGE = re.compile(r"\s*(?:.{1,60}\s)?\d{1,4}\s*\|\s*p ?a ?g ?e\s*$", re.I)  # "3 | P a g e"
# As WhatsApp dates its lines: "12/05/2021, 10:04 - ", "[12.05.21, 10:04:01] "; diaries have dates, too.
_DATED = re.compile(
    r"[\u200e\u200f]*\[?\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d\d\S{0,3}(?:\s?[ap]\.?\s?m\.?)?"
    r"(?:\]| [-–]) (?P<sender>[^:]{1,60}: )?",
    re.I,
)
# As messengers date each message on a line of its own: "02 Mar 2026, 10:04", "Mar 2, 2026 10:04:11 am".
_DATE_AND_TIME = re.compile(
    rf"\s*(?:[^\W\d_]{{2,10}},? )?{DATE},?(?: at| um| à)? \d{{1,2}}[:.]\d\d"
    r"(?:[:.]\d\d)?(?:\s?[ap]\.?\s?m\.?)?\s*",
    re.I,
)
# As Zoom heads the messages of a meeting: "10:02:13 From Ida Moss to Everyone:".
_SENT = re.compile(r"\s*\d\d:\d\d:\d\d\s+From \S.{0,60} to \S.{0,60}:")
_LABELLED = re.compile(r"\s*[^\W\d_][^:：\n]{0,40}[:：](?!\d)")
_DATES, _DATED_SHARE = 3, 0.5  # lines, at least, and of the blocks of lines between gaps
_SENDERS = 2  # lines of a chat, at least, that name who wrote
_PAGE_LINES = 8
_LONE_NUMBER = re.compile(r"\[\d{1,4}\]|\d{1,4}", re.ASCII)
_CREDIT = re.compile(
    r"[\W_]*(?:transcribed|transcript(?:ion)?|captions?|subtitles|generated|exported|typed|transkribiert|transcrit)"
    r"(?: \w+)? (?:by|with|using|from|von|mit|par|avec)\b.{0,60}$",
    re.I,
)


@dataclass(slots=True)
class Line:
    """One line: `start` is its place in the text; `after_gap` = a blank line or a paragraph's end precedes it.

    `speech`: a person said that the line is words, whatever it looks like. `codes`: how many characters at its end
    are codes that nobody said.
    """

    text: str
    start: int
    paragraph: Paragraph
    first: bool
    after_gap: bool
    kind: str = ""
    lead: Lead = Lead(0)  # noqa: RUF009 - frozen, so safe to share
    candidates: tuple[Candidate, ...] = ()
    speech: bool = False
    codes: int = 0

    @property
    def end(self) -> int:
        """Return the place behind the line's last character."""
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        """Tell whether the line has no visible character."""
        return not self.text.strip("\ufeff\x1a \t\xa0>")

    @property
    def only_stamp(self) -> bool:
        """Tell whether there is nothing but a time stamp."""
        return self.lead.stamp is not None and not self.text[self.lead.end :].strip()

    @property
    def time(self) -> float | None:
        """Return the seconds that the format gives to the paragraph which begins here."""
        return self.paragraph.time if self.first else None

    @property
    def heading(self) -> bool:
        """Tell whether the line is a heading by its style or by Markdown."""
        marked = self.lead.stamp is None and bool(re.match(r"\s{0,3}#{1,6} ", self.text))
        return self.paragraph.heading or marked


def text_of(document: Document) -> str:
    """Return the document's paragraphs joined as they stand."""
    return document.separator.join(paragraph.text for paragraph in document.paragraphs)


def lines_of(document: Document, corrections: Corrections) -> list[Line]:
    """Cut a document into lines, with every possible reading of their starts that no correction excludes.

    A paragraph with several speakers' labels inside ("INT: How? P1: By bus.") is cut before each of them.
    """
    lines = list(_cut(document))
    no_labels, beginnings = keys_of(corrections.not_speakers), beginnings_of(corrections)
    inside = speakers_inside([line.text for line in lines])
    if inside := inside.union(keys_of(corrections.speakers)).difference(no_labels):
        lines = [piece for line in lines for piece in _cut_at_labels(line, inside)]
    for line in lines:
        line.speech = not line.blank and beginning(line.text).startswith(beginnings)
    spoken = [line for line in lines if not line.blank and not line.kind]
    believe_bare = _bare_stamps_mean_time(spoken)
    dated = [_DATED.match(line.text[:_HEAD]) for line in spoken]
    chat = sum(bool(date and date["sender"]) for date in dated) >= _SENDERS
    chat = chat or sum(_SENT.match(line.text[:_HEAD]) is not None for line in spoken) >= _SENDERS
    dates = _dates_of_messages(spoken)
    for above, line in zip([None, *spoken], spoken, strict=False):
        line.kind = _furniture_kind(line)
        if (
            line.kind == "page"
            and above
            and (_is_name_line(above) or (above.only_stamp and not line.after_gap))
        ):
            line.kind = ""  # "Participant:", and "Page 4" below it
        head = line.text[:_HEAD]
        line.lead = lead_of(head, believe_bare=believe_bare)
        if line.start in dates:
            line.kind = "date"
            line.lead = Lead(len(head), Stamp(0, len(head), None, bare=True, certain=True))
        if chat and not (line.kind or line.speech) and _is_of_chat(line):
            line.kind = "border"
        if not line.kind and not line.only_stamp:
            bold = line.paragraph.bold if line.first else 0
            found = candidates(head, line.lead, bold=bold, believe_bare=believe_bare)
            line.candidates = tuple(one for one in found if one.key not in no_labels)
    _join_stamps_above_and_below(lines)
    _take_out_page_numbers(lines)
    _take_out_running_heads(lines)
    return lines


def _is_of_chat(line: Line) -> bool:
    """Tell whether a chat's program wrote a line, perhaps under somebody's name."""
    dated = _DATED.match(line.text[:_HEAD]) is not None
    message = line.text[line.lead.end :]
    return is_reaction(message) or (dated and is_of_chat(message))


def _dates_of_messages(spoken: Sequence[Line]) -> frozenset[int]:
    """Return where the dates of messages start: each beside words, at the same place in most blocks of lines.

    A date below nothing but a name ("P1:", "2 March 2026, 10:04") is what somebody says.
    """
    blocks: list[list[Line]] = []
    for line in spoken:
        if line.after_gap or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    places: dict[int, set[int]] = {0: set(), 1: set(), -1: set()}
    for block in blocks:
        if sum(_LABELLED.match(line.text[:_HEAD]) is not None for line in block) > 1:
            continue  # question and answer
        for place in (0,) if len(block) == 2 else (0, 1, -1) if len(block) > 2 else ():
            line = block[place]
            if not line.speech and _DATE_AND_TIME.fullmatch(line.text[:_HEAD]):
                places[place].add(line.start)
    found = max(places.values(), key=len)
    return frozenset(found if len(found) >= max(_DATES, _DATED_SHARE * len(blocks)) else ())


def _take_out_page_numbers(lines: Sequence[Line]) -> None:
    """Take numbers that stand alone on lines and count up by one for those of pages, as in text copied from a PDF."""
    visible = [line for line in lines if not line.blank]
    alone = [
        line
        for above, line in itertools.pairwise(visible)
        if line.after_gap
        and _LONE_NUMBER.fullmatch(line.text.strip())
        and not above.text.rstrip().endswith((":", "："))
    ]
    numbers = [int(line.text.strip("[] \t\xa0\f")) for line in alone]
    # Fewer lines between them are no pages: numbers may be answers ("From one to ten?").
    apart = all("[" in line.text for line in alone) or len(visible) >= _PAGE_LINES * len(alone)
    if len(alone) > 1 and apart and all(a + 1 == b for a, b in itertools.pairwise(numbers)):
        for line in alone:
            line.kind, line.candidates = "page", ()


def _is_name_line(line: Line) -> bool:
    """Tell whether a line is a label without words, so that somebody's words stand below it."""
    return line.text.rstrip(" \t*_").endswith((":", "：")) or any(
        (one.style is Style.OWN_STAMP and one.shape >= Shape.NAME)
        or (one.style is Style.OWN_LINE and one.shape is Shape.ROLE)
        for one in line.candidates
    )


def _take_out_paged_heads(visible: Sequence[Line]) -> None:
    """Take words with a page number for a part of the page where the same words come again, with rising numbers."""
    heads: dict[str, list[Line]] = {}
    for line in visible:
        if not _may_be_head(line):
            continue
        if _SPACED_PAGE.match(line.text):
            line.kind, line.candidates = "running head", ()
        elif line.after_gap and _PAGED_HEAD.match(line.text):
            heads.setdefault(re.sub(r"\d+", "#", line.text.strip()), []).append(line)
    for found in heads.values():
        numbers = [[int(number) for number in re.findall(r"\d{1,6}", line.text)] for line in found]
        if len(found) > 1 and all(a < b for a, b in itertools.pairwise(numbers)):
            for line in found:
                line.kind, line.candidates = "running head", ()


def _take_out_running_heads(lines: Sequence[Line]) -> None:
    """Take words with a page number, and the same words beside every such number, for a part of the page."""
    visible = [line for line in lines if not line.blank]
    _take_out_paged_heads(visible)
    _take_out_page_edges(visible)
    beside: dict[str, list[bool]] = {}
    for above, line, below in zip([None, *visible], visible, [*visible[1:], None], strict=False):
        if _may_be_head(line):
            paged = any(other is not None and other.kind == "page" for other in (above, below))
            beside.setdefault(line.text.strip(), []).append(paged)
    for line in visible:
        lines_beside = beside.get(line.text.strip(), [])
        if _may_be_head(line) and len(lines_beside) > 1 and all(lines_beside):
            line.kind, line.candidates = "running head", ()


def _join_stamps_above_and_below(lines: Sequence[Line]) -> None:
    """Take a name directly below or above a time on a line of its own for one beside it."""
    for above, line, below in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        if (above and above.only_stamp) or (below and below.only_stamp):
            line.candidates = tuple(
                replace(candidate, style=Style.OWN_STAMP) if candidate.style is Style.OWN_LINE else candidate
                for candidate in line.candidates
            )


def _cut(document: Document) -> Iterator[Line]:
    position, after_gap = 0, True
    apart = "\n\n" in document.separator
    for paragraph in document.paragraphs:
        start = position
        for piece in _BREAKS.split(paragraph.text):
            line = Line(piece, start, paragraph, start == position, after_gap, paragraph.kind)
            yield line
            after_gap = line.blank or bool(line.kind)
            start = line.end + 1
        after_gap = after_gap or apart
        position += len(paragraph.text) + len(document.separator)


def _cut_at_labels(line: Line, inside: Collection[str]) -> Iterator[Line]:
    """Yield a line in pieces that each begin with one of the labels inside it."""
    start = 0
    for place in cuts_at_labels(line.text, inside):
        piece = replace(line, text=line.text[start:place], start=line.start + start)
        # A code or remark before the first label is nobody's.
        yield replace(piece, kind="note") if not start and _IN_BRACKETS.fullmatch(piece.text) else piece
        line = replace(line, first=False, after_gap=True)
        start = place
    yield replace(line, text=line.text[start:], start=line.start + start)


def _bare_stamps_mean_time(lines: Sequence[Line]) -> bool:
    """Tell whether times without brackets at line starts are stamps: several, never running backwards."""
    times: list[float] = []
    dotted = 0
    for line in lines:
        head = line.text[:_HEAD].lstrip(" \t\xa0*_")
        stamp = leading_stamp(head)
        if stamp and stamp.bare and stamp.seconds is not None and not stamp.certain:
            times.append(stamp.seconds)
            dotted += ":" not in head[: stamp.end]
    if dotted and (len({time % 60 for time in times}) == 1 or max(times) - min(times) > _LONGEST_TALK):
        # Dates ("12.05.23") go forward too, but their last parts are all the same, and days are long.
        return False
    forward = sum(earlier <= later for earlier, later in itertools.pairwise(times))
    gaps = sum(line.after_gap for line in lines)
    return len(times) >= 2 and forward >= 0.9 * (len(times) - 1) and len(times) >= 0.2 * min(gaps, len(lines))


def _may_be_head(line: Line) -> bool:
    """Tell whether a line can be a part of the page: nobody's label before it, short, no sentence."""
    labelled = any(candidate.style is Style.COLON for candidate in line.candidates)
    return not (line.kind or labelled or ends_sentence(line.text)) and len(line.text) <= _LONGEST_HEAD


def _take_out_page_edges(visible: Sequence[Line]) -> None:
    """Take what stands beside form feeds on most pages, but for a rising number, for a part of the page."""
    edges: dict[str, list[Line]] = {}
    pages = 1
    for above, line in itertools.pairwise(visible):
        if "\f" not in line.paragraph.text or (line.first and above.paragraph is line.paragraph):
            continue
        if line.first and not line.paragraph.text.startswith("\f"):
            continue
        pages += 1
        for edge in (above, line):
            if _may_be_head(edge):
                edges.setdefault(re.sub(r"\d+", "#", edge.text.strip()), []).append(edge)
    for words, found in edges.items():
        numbers = [[int(number) for number in re.findall(r"\d{1,6}", line.text)] for line in found]
        if len(found) >= max(2, 0.6 * (pages - 1)) and numbers == sorted(numbers) and words.strip("\f"):
            for line in (line for line in visible if re.sub(r"\d+", "#", line.text.strip()) == words):
                line.kind, line.candidates = "page" if words == "#" else "running head", ()


# What Google Meet, Rev, Sonix and others write above or below the talk.
_CLOSING = re.compile(
    r"(?:(?:transcription|recording|transcript|meeting|call) ended(?: after| at)? [\d:.]+\W*"
    r"|(?:this editable transcript|this transcript|the transcript) (?:was|is) "
    r"(?:computer|automatically|machine|auto)[ -]?generated\b.*"
    r"|this transcript was (?:exported|generated|created) (?:on|by|with)\b.*"
    r"|transcript by rev\.com\W*|.{1,100}\(completed\s+\d\d/\d\d/\d\d\)\W*"
    r"|sonix is the world\S{0,2}s most advanced automated transcription\b.*"
    r"|(?:automatically )?convert your \w{2,5} files? to text\b.*)$",
    re.I,
)
# Teams writes this above and below the talk; in somebody's words a sentence ends behind it.
_STOPPED = re.compile(
    r"(?!(?:I|We|You|He|She|They|It|Then|And|So)\b)[^\W\d_][^.:?!]{1,60}"
    r" (?:started|stopped) (?:the )?(?:transcription|recording)"
    r"(?:\s+[\d:]+)?"
)
_GOES_ON = re.compile(
    r"\b(?:re-?starts?|re-?started|starts?|started|begins?|began|beginning|beginnt?|début|resum\w+|continu\w+|back on"
    r"|(?:tape|file|recording|interview|session|part) (?:\d{1,2}|two|three)|side [b2])\b",
    re.I,
)


def ends_talk(line: Line) -> bool:
    """Tell whether a line says that the talk ends ("[End of interview]"), not only a tape's side.

    "The interview ended" and "End of discussion." may be somebody's words; a recording that stopped may go on.
    """
    return line.kind == "border" and is_end(line.text)


def ends_with_end(line: Line) -> bool:
    """Tell whether a line's last words are a note that the talk ends: "P1: That is all. [End of interview]".

    "[End]" alone may be that of a page or story.
    """
    last = next(
        (line.text[start:stop] for start, stop in borders_in(line.text) if stop == len(line.text.rstrip())),
        "",
    )
    return is_end(last) and len(last.split()) > 1


def goes_on(line: Line) -> bool:
    """Tell whether a line about the recording, or in brackets, says that a new part begins."""
    text = line.text.strip()
    return (
        len(text) <= _LONGEST_HEAD
        and (line.kind == "border" or text[:1] in ("[", "(", "{", "<", "*"))
        and _GOES_ON.search(text) is not None
    )


def _furniture_kind(line: Line) -> str:
    """Name what kind of thing a line is that nobody said: a rule, a page number, the recording's end."""
    if len(line.text) > _HEAD:
        return ""
    text = line.text.strip()
    if _RULE.match(text) or _LAYOUT.match(text):
        return "rule"
    if _PAGE.match(text):
        return "page"
    if line.after_gap and _CREDIT.match(text):
        return "border"
    if _CLOSING.match(text) or (line.after_gap and _STOPPED.fullmatch(text)):
        return "border"
    return "border" if is_border(text, apart=line.after_gap) else ""


# Lines of which codes and roles lead so many begin there, whether or not the lines above end a sentence.
_LED = 0.5


def _led_by_codes(labels: list[tuple[int, Candidate]], spoken: Sequence[int]) -> set[int]:
    """Return the lines with a code or role before a colon, where two of these lead half of the lines at least."""
    coded = [
        (number, candidate.key)
        for number, candidate in labels
        if candidate.style is Style.COLON and candidate.shape >= Shape.CODE
    ]
    counts = Counter(key for _, key in coded)
    led = {number for number, key in coded if counts[key] > 1}
    people = sum(count > 1 for count in counts.values())
    return led if people > 1 and len(led) >= _LED * len(spoken) else set()


# A sentence's end, perhaps with a bracket, quotation mark or time stamp behind it.
_BEFORE_TAB = re.compile(r"(.*\S)\t[^\t]{1,40}$", re.S)
_ENDS_SENTENCE = re.compile(
    r"[.?!…。？！؟۔।][)\]\"'”’»*_]*(?:\s*[\[(#<][\d:.,\- ]{4,24}[\])#>]|\s+\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?)?\s*$"
)


def paragraph_starts(
    labels: list[tuple[int, Candidate]], lines: Sequence[Line], first: int
) -> frozenset[int]:
    """Return the lines at which paragraphs begin: behind blank lines, if that is where this file's labels stand."""
    spoken = [
        number
        for number in range(first, len(lines))
        if not (lines[number].blank or lines[number].kind or lines[number].only_stamp)
    ]
    after_gap = {number for number in spoken if lines[number].after_gap or lines[number - 1].only_stamp}
    counts = Counter(candidate.key for _, candidate in labels if candidate.shape >= Shape.NAME)
    likely = [number for number, candidate in labels if counts[candidate.key] >= 2]
    # A line break inside a cue or a paragraph begins a paragraph only where a name follows.
    named = {number for number, candidate in labels if candidate.shape >= Shape.NAME}
    if likely and sum(number in after_gap for number in likely) >= 0.6 * len(likely):
        return frozenset(after_gap | {number for number in named if not lines[number].first})
    spoken = [number for number in spoken if lines[number].first or number in named]
    wrapped = is_wrapped([lines[number].text for number in spoken])
    after_gap |= _led_by_codes(labels, spoken)
    return frozenset(
        number
        for number in spoken
        if number in after_gap
        or not (
            lines[number - 1].text.rstrip("* ").endswith((":", "："))
            or (wrapped and not ends_sentence(lines[number - 1].text))
        )
    )


def ends_sentence(text: str) -> bool:
    """Tell whether a line ends where a sentence does, perhaps with a code or number behind a tab."""
    if _ENDS_SENTENCE.search(text[-80:]):
        return True
    before = _BEFORE_TAB.match(text[-120:])
    return before is not None and _ENDS_SENTENCE.search(before[1]) is not None


def is_wrapped(texts: Sequence[str]) -> bool:
    """Tell whether lines were broken at a fixed width, so that a line's start says nothing."""
    lengths = sorted(len(text) for text in texts)
    if not lengths or lengths[int(0.95 * len(lengths))] > 110:
        return False
    if len(lengths) < 6:
        return any(len(text) > 50 and not ends_sentence(text) for text in texts[:-1])
    full = [text for text in texts if len(text) >= 0.75 * lengths[int(0.95 * len(lengths))]]
    open_ended = [text for text in full if not ends_sentence(text)]
    return len(full) >= 0.35 * len(texts) and len(open_ended) >= 0.6 * len(full)
