"""Header lines at the top of a transcript (Title:, Date:, who is who), so that they do not pass for turns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coder.reading.speakers.labels import Candidate, Style
from coder.reading.speakers.lines import Line, ends_sentence, ends_talk, ends_with_end, goes_on
from coder.reading.speakers.vocabulary import (
    CAPITAL,
    FIELD_NOTES,
    FUNCTION_WORDS,
    INTERVIEWER_WORDS,
    NEVER_SPEAKERS,
    TITLES,
    Shape,
    is_header_key,
    is_note_key,
    key_of,
    shape_of,
)

_REACH = 60
_LONGEST = 500
_LONGEST_HEADING = 50
# Notes that are longer than this, behind a name and a colon, may be the rest of the talk.
_LONGEST_NOTES = 150  # words
# Whose notes stand beside the talk: anybody may say "One comment: ..." or "My notes: ..." in it.
_WRITERS = frozenset(
    {"transcriber", "transcribers", "typist", "interviewer", "interviewers", "researcher", "researchers"}
    | {"moderator", "facilitator", "observer", "notetaker", "fieldworker", "field", "fieldwork"}
)
# What they write below the end without a name and a colon; nobody speaks so of themselves.
_WRITTEN_BELOW = re.compile(
    r"\W*(?:(?:transcribed|typed|checked|translated|proof-?read|verified|reviewed|anonymi[sz]ed|conducted|interviewed)"
    r"(?: and \w+)? by|transkribiert von|transcrit par|transcrito por|getranscribeerd door"
    r"|the (?:participant|interviewee|interviewer|respondent|informant)) ",
    re.I,
)
_PLAIN_NOTES = frozenset({"nb", "fieldnotes", "memo", "memos", "observation", "observations"})
_SAID_TOO = frozenset({"off the record", "key points", "key themes"})
# "Field notes after the interview" are field notes.
_OCCASION = re.compile(
    r"(?<=notes|tions) (?:after|following|from|on) (?:the |this )?(?:interview|session|visit|focus group)$"
)
_AND = r"\s*(?:,|;|/|&|\band\b)\s*"
_STOPS = "?!.…。？！؟۔।"
# A longer value in a script without capitals is a sentence, not somebody's name.
_LONGEST_NAME = 4  # words
_LONGEST_RUN = 12  # signs, where no spaces part the words
# "C: child", short and no sentence.
_EXPLAINED = re.compile(r"([\w. ]{1,20}?)\s*[:：=]\s*((?:[^\W\d_][\w'’/()-]*\s?){1,4})")
_LED_BY = re.compile(
    r"\b(?:interviewed|moderated|facilitated"
    r"|(?:interview|group|session|discussion)s? (?:was |were )?(?:conducted|led)) by:?\s+"
    rf"({CAPITAL}.{{1,60}}?)(?=\s(?:at|on|in|for)\s|[,;(]|(?<=[^\W\d_]{{4}})(?<!Prof)\.\s|\.?\s*$)",
    re.I,
)
_LEGEND = re.compile(r"^\W*([\w. ]{1,30}?)\s*(?:=|–|—|-|:|\(|stands for|is the)\s*(.{2,60}?)\)?\W*$")


@dataclass(frozen=True, slots=True)
class Header:
    """How many lines the header takes, and the keys of whom it names as interviewers ("jane smith", "js")."""

    lines: int
    interviewers: frozenset[str]


def header_of(lines: Sequence[Line], repeated: frozenset[str]) -> Header:
    """Find where talk begins; `repeated` are the keys of line starts that come more than once."""
    end = _named_to(lines, repeated)
    legend = _legend_to(lines[end:], repeated)
    if legend:
        end += legend
    elif not end:
        end = _cast_to(lines, repeated)
    else:
        below = lines[end:]
        end += _cast_block(below, repeated, sure=True) or _cast_lines(below, repeated)
    return Header(end, frozenset(_interviewers(lines[:end])))


def footer_of(lines: Sequence[Line], last: int, *, labelled: bool) -> int:
    """Return where the lines behind the talk begin ("Duration: 43 minutes", "Transcribed by: ..."), at the end.

    `last` is the line of the last speaker label; only whole paragraphs behind it can be the footer. Field notes
    ("Field notes"), short ones where words follow in the line ("Field notes: She seemed tired"), and what stands
    behind "End of interview" go on to the end of the file, unless a line below says that the recording was resumed.
    Behind words that end with "[End of interview]", lines of who typed or led it may follow without a gap.
    Where nobody is `labelled`, the talk may go on, and a heading such as "Observations" may be one of many.
    """
    behind = range(last + 1, len(lines))
    resumed = max((n for n in behind if goes_on(lines[n])), default=last)
    short = _last_words_from(lines, _LONGEST_NOTES)
    opens = (
        n
        for n in behind
        if heads_notes(lines[n], labelled=labelled)
        or (labelled and n >= short and lines[n].after_gap and _names_notes(lines[n]))
        or (labelled and n >= resumed and ends_talk(lines[n]))
    )
    end = next(opens, len(lines))
    entries = _entries(lines)
    ended = next((n for n in range(last, end) if labelled and ends_with_end(lines[n])), end)
    for number in range(end - 1, max(last, end - 2 * _REACH), -1):
        line = lines[number]
        if line.blank or line.kind:
            continue
        if number > ended and _WRITTEN_BELOW.match(line.text):
            end = number
            continue
        label = _colon(line)
        if label is None or not (
            (is_header_key(label.key) and number not in entries)
            or label.key in ("note", "notes")
            or (labelled and (label.key in _PLAIN_NOTES or _is_writers(label.key)))
        ):
            break
        if line.after_gap or number > ended:
            end = number
    return end


def heads_notes(line: Line, *, labelled: bool) -> bool:
    """Tell whether a paragraph is the heading of field notes, and nothing else."""
    if line.blank or not (line.after_gap or line.heading) or ends_sentence(line.text):
        return False
    label = _colon(line)
    if len(line.text) > _LONGEST_HEADING or (label and line.text[label.words_start :].strip()):
        return False
    key = _OCCASION.sub("", key_of(line.text))
    return key in FIELD_NOTES and (labelled or (" " in key and key not in _SAID_TOO))


def _names_notes(line: Line) -> bool:
    """Tell whether a line begins with the name of field notes: "Field notes: She seemed tired"."""
    label = _colon(line)
    return label is not None and _is_writers(label.key)


def _last_words_from(lines: Sequence[Line], most: int) -> int:
    """Return the first line with no more than `most` words from there to the end."""
    for number in range(len(lines) - 1, -1, -1):
        most -= len(lines[number].text.split())
        if most < 0:
            return number + 1
    return 0


def _is_writers(key: str) -> bool:
    """Tell whether notes of this name are written beside the talk, by whoever led or typed it."""
    words = set(key.split())
    owned = FUNCTION_WORDS.isdisjoint(words) and (
        not _WRITERS.isdisjoint(words) or key.startswith("post interview")
    )
    # "Notes: ..." may stand between two answers; the longer names do not.
    return " " in key and ((owned and is_note_key(key)) or key in FIELD_NOTES - _SAID_TOO)


def _colon(line: Line) -> Candidate | None:
    return next((label for label in line.candidates if label.style is Style.COLON), None)


def _named_to(lines: Sequence[Line], repeated: frozenset[str]) -> int:
    """Return the end of the last header line ("Date: ...") before anybody speaks."""
    end = 0
    entries = _entries(lines)
    for number, line in enumerate(lines[:_REACH]):
        label = _colon(line) or _tabbed(line)
        if label is None:
            continue
        if is_header_key(label.key) and number not in entries:
            end = number + 1
            continue
        value = line.text[label.words_start :].rstrip()
        if end == number > 0 and (_says_who_is_who(label, value, repeated) or _is_part(value)):
            end = number + 1
            continue
        asks = value.endswith(("?", "？"))
        if label.shape and _is_speech(value) and (asks or label.key in repeated):
            break
    return end


def _entries(lines: Sequence[Line]) -> frozenset[int]:
    """Return the lines of a diary's entries: "Day 1: Slept badly, as ever." and others with another number."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        label = _colon(line)
        if label is None or not label.key[-1:].isdigit() or not is_header_key(label.key):
            continue
        if _is_speech(line.text[label.words_start : label.words_start + _LONGEST].rstrip()):
            found.setdefault(label.key.rstrip("0123456789 "), []).append(number)
    return frozenset(number for numbers in found.values() if len(numbers) > 1 for number in numbers)


def _tabbed(line: Line) -> Candidate | None:
    """Return the name in the first cell of a table's row."""
    return next((label for label in line.candidates if label.style is Style.TAB), None)


def _says_who_is_who(label: Candidate, value: str, repeated: frozenset[str]) -> bool:
    """Tell whether a line goes on a header by naming whoever has a part: "Interviewer: Jane Smith"."""
    return label.shape is Shape.ROLE and label.key not in repeated and _is_naming(value)


def _is_part(value: str) -> bool:
    """Tell whether a value names nothing but a part in the talk ("Interviewer"), as in a list of who took part."""
    return shape_of(value.strip()) is Shape.ROLE and len(value.split()) <= 3


def _is_speech(value: str) -> bool:
    """Tell a said sentence from a header line's value ("Jane Smith", "P01 (nurse)")."""
    words = value.split()
    if not words:
        return False
    return not _is_naming(value) and (len(words) >= 5 or value.rstrip()[-1:] in _STOPS)


def _is_naming(value: str) -> bool:
    """Tell whether a value consists of names, codes and brackets only."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", value).strip()
    if not bare:
        return bool(value.strip())
    if bare[-1] in _STOPS or len(bare) > 120:
        return False
    if bare.casefold() == bare.upper() and (
        len(bare.split()) > _LONGEST_NAME or max(map(len, bare.split())) > _LONGEST_RUN
    ):
        return False
    parts = re.split(r"\s*(?:,|;|/|&|\band\b|–| - )\s*", bare)
    return all(
        shape_of(part) >= Shape.NAME and not set(key_of(part).split()) & (NEVER_SPEAKERS | FUNCTION_WORDS)
        for part in parts
        if part
    )


def _legend_to(lines: Sequence[Line], repeated: frozenset[str]) -> int:
    """Return the end of a legend of the labels that speak below: "I: interviewer, C: child", or a line for each.

    In lines of one label the value is a part in the talk, two labels at least have one, and one of them is the
    interviewer's: people may say what they are ("Anna: Nurse") in a first round.
    """
    end, explained, asks = 0, set[str](), False
    for number, line in enumerate(lines[:_REACH]):
        if line.blank or (not explained and _colon(line) is None):
            continue  # a title, and gaps
        parts = [_EXPLAINED.fullmatch(part.strip()) for part in re.split(r"[;,|]", line.text[:_LONGEST])]
        labels = {key_of(part[1]) for part in parts if part}
        one_role = len(parts) == 1 and all(part and _is_part(part[2]) for part in parts)
        if not all(parts) or not labels <= repeated or not (one_role or len(labels) > 1):
            break
        asks |= any(set(key_of(part[2]).split()) & INTERVIEWER_WORDS for part in parts if part)
        explained |= labels
        end = number + 1
    return end if len(explained) > 1 and asks else 0


def _cast_to(lines: Sequence[Line], repeated: frozenset[str]) -> int:
    """Return the end of a list of who is who at the top of a file without other header lines."""
    first = next((number for number, line in enumerate(lines[:_REACH]) if _colon(line)), 0)
    # Signs of the transcription may be explained above in the same block: "CAPS: loud speech".
    for start in range(first, len(lines[:_REACH])):
        taken = _cast_block(lines[start:], repeated, sure=False) or _cast_lines(lines[start:], repeated)
        if taken:
            return start + taken
        label = _colon(lines[start])
        if lines[start].blank or (label and label.key in repeated):
            break
    return 0


def _cast_lines(lines: Sequence[Line], repeated: frozenset[str]) -> int:
    """Return how many lines at the top say who somebody is by the very name that speaks below."""
    taken = 0
    for number, line in enumerate(lines[:_REACH]):
        label = _colon(line)
        value = line.text[label.words_start :].strip() if label else ""
        if label is None or (not value and label.key not in repeated):
            continue  # "Participants:" and the list below it
        names = {key_of(name) for name in re.split(_AND, value)}
        if label.shape is not Shape.ROLE or not names <= repeated - {label.key}:
            break
        taken = number + 1
    return taken


def _cast_block(lines: Sequence[Line], repeated: frozenset[str], *, sure: bool) -> int:
    """Return how many lines a block of "Interviewer: Jane Smith" lines takes, which a blank line must end."""
    taken, named, roles = 0, set(), True
    for number, line in enumerate(lines[:_REACH]):
        if line.blank:
            if taken:
                break
            continue
        label = _colon(line)
        value = line.text[label.words_start :] if label else ""
        roles = roles and label is not None and label.shape is Shape.ROLE and label.key not in repeated
        # Right below "Date: ..." lines a value may be any short fact ("female, 45, nurse").
        fact = (
            sure
            and not lines[0].blank
            and len(value.split()) <= 8
            and not value.rstrip().endswith(tuple(_STOPS))
        )
        if label is None or not (fact or _is_naming(value)):
            return 0
        named |= {label.key, *_forms(value)}
        taken = number + 1
    recurs = bool(named & repeated) or (roles and _others_speak(lines[taken:], repeated))
    return taken if taken and (sure or recurs) and taken < len(lines) else 0


def _others_speak(lines: Sequence[Line], repeated: frozenset[str]) -> bool:
    """Tell whether two labels of a part or code at least speak again and again: "Int.:" and "Resp.:"."""
    labels = [label for line in lines if (label := _colon(line)) and label.shape >= Shape.CODE]
    return len({label.key for label in labels} & repeated) > 1


def _forms(name: str) -> set[str]:
    """Return the keys by which a header's name may come back: whole, first, last, initials."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", name)
    forms: set[str] = set()
    for part in re.split(_AND, bare):
        words = key_of(part).split()
        untitled = [word for word in words if word not in TITLES]
        for named in filter(None, (words, untitled)):
            forms |= {" ".join(named), named[0], named[-1], "".join(word[0] for word in named)}
    return forms


def with_legend(header: Header, lines: Sequence[Line]) -> Header:
    """Return the header with the interviewers whom any of the `lines` above the first label names."""
    return Header(header.lines, header.interviewers | _interviewers(lines))


def _interviewers(lines: Sequence[Line]) -> set[str]:
    """Return the keys of the people whom header lines or a legend call interviewer, moderator and the like."""
    keys: set[str] = set()
    for line in lines:
        label = _colon(line) or _tabbed(line)
        value = line.text[label.words_start :] if label else ""
        if label and set(label.key.split()) & INTERVIEWER_WORDS and value.strip():
            keys |= _forms(value[:_LONGEST])
        for part in re.split(r"[;,]", (value or line.text)[:_LONGEST]):
            legend = _LEGEND.match(part)
            if (led := _LED_BY.search(part)) is not None:
                keys |= _forms(led[1])
            if legend and set(key_of(legend[2]).split()) & INTERVIEWER_WORDS:
                keys |= _forms(legend[1])
        if (
            label
            and set(key_of(value[:_LONGEST]).split()) & INTERVIEWER_WORDS
            and not is_header_key(label.key)
        ):
            keys.add(label.key)
    return keys
