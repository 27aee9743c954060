"""Learn from a whole file which line starts are speakers: those that come again and again, in one style.

"Two things:", "10:30" and "Date: 3 May" have the form of labels too; what tells them apart is that they do not
repeat, do not begin paragraphs, or do not lead most of the file's paragraphs.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coder.reading.speakers.labels import Candidate, Style
from coder.reading.speakers.lines import Line, paragraph_starts
from coder.reading.speakers.vocabulary import (
    ABBREVIATIONS,
    ASKING_LETTERS,
    EITHER_WORDS,
    INTERVIEWER_WORDS,
    TITLES,
    Shape,
    is_description,
    is_header_key,
    is_remark,
    name_and_aside,
    outline_of,
    shape_of,
)

# Styles in which one occurrence is enough for a role or a code alone, as in a file of two turns.
RARE_SINGLES = frozenset({Style.OWN_LINE, Style.DOT, Style.SPACES})
# Styles in which one occurrence can be enough, when the rest of the file is labelled like it.
SINGLES = frozenset(
    {
        Style.COLON,
        Style.OWN_STAMP,
        Style.STAMPED,
        Style.TAB,
        Style.ANGLE,
        Style.BOLD,
        Style.BRACKET,
        Style.DASH,
        Style.STOP,
        Style.MARK,
    }
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A candidate at a line, and whether a paragraph begins there as far as one can tell."""

    line: int
    candidate: Candidate
    starts: bool


class SmallWords:
    """Answers whether a word stands in the file in lower case, so that it is hardly somebody's name."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._words: frozenset[str] | None = None

    def __contains__(self, word: object) -> bool:
        if self._words is None:
            self._words = frozenset(re.findall(r"\b[^\W\d_]+\b", " ".join(line.text for line in self._lines)))
        return word in self._words


Groups = Mapping[str, Sequence[Occurrence]]


def accepted_singles(
    style: Style, groups: Groups, accepted: set[str], starts: frozenset[int], small: SmallWords
) -> set[str]:
    """Return the keys of rare labels that the repeated ones in `accepted`, or each other, vouch for.

    `starts` are the lines at which paragraphs begin.
    """
    # "Ida at 0:03" is the file's form where the repeated labels have it; elsewhere "Lunch at 12:30" is told.
    written_at = bool(accepted) and all(groups[key][0].candidate.done_at for key in accepted)
    possible = {
        key: group[0].candidate
        for key, group in groups.items()
        if key not in accepted
        and all(occurrence.starts for occurrence in group)
        and group[0].candidate.shape >= Shape.NAME
        and not (is_header_key(key) or (group[0].candidate.done_at and not written_at))
    }
    file = _Vouching(style, groups, accepted, possible, starts)
    return {key for key, candidate in possible.items() if file.vouches_for(candidate, small)}


class _Vouching:
    """What a file's other labels say about a rare one."""

    def __init__(
        self,
        style: Style,
        groups: Groups,
        accepted: set[str],
        possible: Mapping[str, Candidate],
        starts: frozenset[int],
    ) -> None:
        self._trusted = style in SINGLES
        self._beside_times = style is Style.OWN_STAMP
        self._titled = style is Style.STOP
        self._others = len(accepted) + len(possible) - 1
        self._known = [groups[key][0].candidate for key in accepted]
        self._outlines = Counter(outline_of(candidate.label) for candidate in possible.values())
        # Headings come once each ("Staff:", "Transport:"); people who talk with each other speak again.
        self._headings = not accepted and len(possible) > 3
        self._share = _share_led(groups, accepted | set(possible), starts)
        codes = [key for key, candidate in possible.items() if candidate.shape >= Shape.CODE]
        self._cast = len(codes) >= 2 and any(set(key.split()) & INTERVIEWER_WORDS for key in codes)

    def vouches_for(self, candidate: Candidate, small: SmallWords) -> bool:
        """Tell whether to believe a label that comes once."""
        full = self._trusted and self._others >= 1 and self._share >= 0.8
        if self._beside_times:
            return self._others >= 1
        if self._titled:
            return bool(self._known)
        if candidate.shape is Shape.NAME:
            ordinary = candidate.label.isascii() and candidate.key in small
            return (
                self._trusted and not ordinary and not self._headings and (full or self._has_names(candidate))
            )
        outline = outline_of(candidate.label)
        if candidate.shape is Shape.ROLE:
            known = bool(self._known)
        else:
            known = outline in {outline_of(other.label) for other in self._known}
        alike = self._outlines[outline] >= 2 and any(map(str.isdigit, candidate.label))
        return known or alike or self._cast or full

    def _has_names(self, candidate: Candidate) -> bool:
        """Tell whether names speak in this file, so that another one is no surprise."""
        names = any(other.shape is Shape.NAME for other in self._known)
        return names and self._share >= (0.35 if " " in candidate.key else 0.6)


def _share_led(groups: Groups, keys: set[str], starts: frozenset[int]) -> float:
    """Return the share of paragraphs, from the first label on, that the labels in `keys` lead."""
    led = {occurrence.line for key in keys for occurrence in groups[key] if occurrence.starts}
    first = min(led, default=0)
    paragraphs = [number for number in starts if led and number >= first]
    return len(led) / len(paragraphs) if paragraphs else 0.0


# The share of paragraphs that a style's labels must lead before the style is believed.
_COVERAGE = {
    Style.COLON: 0.03,
    Style.OWN_STAMP: 0.02,
    Style.STAMPED: 0.35,
    Style.TAB: 0.3,
    Style.BRACKET: 0.35,
    Style.BOLD: 0.25,
    Style.DASH: 0.4,
    Style.ANGLE: 0.35,
    Style.DOT: 0.4,
    # Members of a committee read out whole statements between their names.
    Style.STOP: 0.1,
    Style.OWN_LINE: 0.25,
    Style.SPACES: 0.6,
    Style.SIGN: 0.6,
    Style.SLIP: 0.6,
    Style.BARE: 0.7,
    # A hashtag, a list's sign and somebody spoken to begin lines too.
    Style.MARK: 0.8,
    Style.COMMA: 0.9,
}
# So many lines without a label may be a part of the file that has labels of another kind.
_LONG_STRETCH = 8
_LOOSE = frozenset({Style.DASH, Style.ANGLE, Style.BRACKET, Style.SLIP})
_IN_COURT = re.compile(
    r"(?:M[RS]|MRS|MISS|DR)\.? [A-Z][A-Z'’ .-]{1,40}|THE (?:[A-Z]+ )?(?:COURT|WITNESS|CLERK|REPORTER"
    r"|DEFENDANT|BAILIFF|INTERPRETER|VIDEOGRAPHER|DEPONENT|JUROR|FOREPERSON|PLAINTIFF|STENOGRAPHER|ARBITRATOR|CHAIRMAN)"
)
_NUMBERED_QUESTION = re.compile(
    r"(?:(q|question|frage|vraag|pregunta|pergunta|domanda|fraga|spørgsmal|spørsmal|pytanie|otazka)"
    r"|a|answer|antwort|antwoord|reponse|respuesta|resposta|risposta|svar|odpowiedz|odpoved) ?\d{1,3}"
)
_NUMBERED_TURN = re.compile(r"([^\W\d]{1,12}) ?(\d{1,3})")
_MANY_TURNS = 4
# "M1" is a man or a moderator, "F1" a woman: their numbers are people's.
_NUMBERED_PEOPLE = frozenset({"m", "f", "w"})
# A participant may begin a paragraph so, too: "Follow up: they called me."
_PROBES = frozenset({"probe", "probes", "prompt", "prompts", "follow up"})
# Styles in which a speaker known from another style is believed at once.
_TRUSTED = (
    Style.COLON,
    Style.OWN_STAMP,
    Style.STAMPED,
    Style.TAB,
    Style.BOLD,
    Style.DASH,
    Style.ANGLE,
    Style.SLIP,
    Style.BRACKET,
)


def learn_labels(lines: Sequence[Line], first: int) -> dict[int, Candidate]:
    """Return, for each line index at which a speaker begins, the label found there.

    `first` is the index of the first line behind the header. A long stretch without any label, as in a file
    joined from two with labels of different kinds, is learned from by itself.
    """
    labels = _learn_part(lines, first, len(lines))
    if not labels:
        return labels
    marks = [first - 1, *sorted(labels), len(lines)]
    for above, below in itertools.pairwise(marks):
        # A twentieth of the file at least, so that there are no more than twenty.
        if below - above <= max(_LONG_STRETCH, len(lines) // 20):
            continue
        part = _learn_part(lines, above + 1, below)
        counts = Counter(candidate.key for candidate in part.values())
        if len(part) >= 4 and sum(count > 1 for count in counts.values()) >= 2:
            labels |= part
    return labels


def _learn_part(lines: Sequence[Line], first: int, end: int) -> dict[int, Candidate]:
    """Return the labels of the lines from `first` to before `end`, learned from these lines alone."""
    lines = lines[:end]
    by_style: dict[Style, list[tuple[int, Candidate]]] = defaultdict(list)
    for number in range(first, len(lines)):
        for candidate in lines[number].candidates:
            if candidate.shape or candidate.style is Style.COLON:
                by_style[candidate.style].append((number, candidate))
    _fold_numbered_questions(by_style)
    _fold_numbered_turns(by_style)
    _fold_asides(by_style)
    small = SmallWords(lines)
    best: dict[int, Candidate] = {}
    for style in _COVERAGE:
        candidates = by_style.get(style, [])
        chosen = _learn_style(style, candidates, lines, first, small)
        if len(chosen) > len(best):
            best = chosen
    return dict(sorted(_joined_by_others(best, by_style, lines).items())) if best else {}


def _fold_numbered_questions(by_style: dict[Style, list[tuple[int, Candidate]]]) -> None:
    """Take "Q1:", "A1:", "Question 2:" ... for Q, A and Question, when each number comes but once or twice."""
    for candidates in by_style.values():
        numbered = Counter(
            candidate.key for _, candidate in candidates if _NUMBERED_QUESTION.fullmatch(candidate.key)
        )
        questions = sum(bool((match := _NUMBERED_QUESTION.fullmatch(key)) and match[1]) for key in numbered)
        if questions >= 3 and max(numbered.values()) <= 2:
            candidates[:] = [
                (number, _unnumbered_question(one)) if one.key in numbered else (number, one)
                for number, one in candidates
            ]


def _unnumbered_question(candidate: Candidate) -> Candidate:
    """Return "Question" for "Question 2", as sure a label as with its number."""
    return replace(_without_number(candidate), shape=candidate.shape)


def _fold_numbered_turns(by_style: dict[Style, list[tuple[int, Candidate]]]) -> None:
    """Take "I1:", "R1:", "I2:", "R2:" ... for I and R: the turns of each are numbered, not the people."""
    for candidates in by_style.values():
        numbered = [
            (match[1], int(match[2]))
            for _, candidate in candidates
            if (match := _NUMBERED_TURN.fullmatch(candidate.key)) and candidate.shape >= Shape.CODE
        ]
        if _in_step(numbered):
            candidates[:] = [
                (number, _without_number(candidate))
                if candidate.shape >= Shape.CODE and _NUMBERED_TURN.fullmatch(candidate.key)
                else (number, candidate)
                for number, candidate in candidates
            ]


def _in_step(numbered: Sequence[tuple[str, int]]) -> bool:
    """Tell whether one who asks and one other take turns, and the numbers of each go up by one from 1."""
    stems = list(dict.fromkeys(stem for stem, _ in numbered))
    if (
        len(stems) != 2
        or _NUMBERED_PEOPLE & set(stems)
        or not set(stems) & (INTERVIEWER_WORDS | ASKING_LETTERS)
    ):
        return False
    return len(numbered) >= 2 * _MANY_TURNS and all(
        stem == stems[place % 2] and number == place // 2 + 1 for place, (stem, number) in enumerate(numbered)
    )


def _without_number(candidate: Candidate) -> Candidate:
    label = candidate.label.rstrip("0123456789 .#-")
    return replace(candidate, label=label, key=candidate.key.rstrip("0123456789 "), shape=shape_of(label))


def _fold_asides(by_style: dict[Style, list[tuple[int, Candidate]]]) -> None:
    """Take "Ida Moss (Harbour) (Lab)" and "Ida Moss" for one, where the name has one kind of bracket behind it."""
    for candidates in by_style.values():
        asides: dict[str, set[str]] = defaultdict(set)
        for _, candidate in candidates:
            name, aside = name_and_aside(candidate.label)
            asides[name].add(aside)
        candidates[:] = [
            (number, replace(candidate, key=name_and_aside(candidate.label)[0]))
            if candidate.shape is Shape.NAME
            and name_and_aside(candidate.label)[1]
            and len(asides[name_and_aside(candidate.label)[0]] - {""}) == 1
            else (number, candidate)
            for number, candidate in candidates
        ]


def _learn_style(
    style: Style,
    candidates: list[tuple[int, Candidate]],
    lines: Sequence[Line],
    first: int,
    small: SmallWords,
) -> dict[int, Candidate]:
    """Return the accepted labels of one style by line; empty when the style does not hold."""
    candidates = _one_per_line(candidates)
    starts = paragraph_starts(candidates, lines, first)
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    for number, candidate in candidates:
        if _may_speak(style, candidate, lines, number):
            groups[candidate.key].append(Occurrence(number, candidate, number in starts))
    for key in _PROBES & groups.keys():
        if sum("?" in lines[occurrence.line].text for occurrence in groups[key]) < 2:
            del groups[key]
    accepted = {key for key, group in groups.items() if _repeats(group)}
    if style in (Style.MARK, Style.COMMA):
        accepted = {key for key in accepted if key not in small}
    if style in SINGLES or style in RARE_SINGLES:
        accepted |= accepted_singles(style, groups, accepted, starts, small)
    if style is Style.STOP and len(accepted) > 1:
        # The form of these is plain enough where others of it are speakers.
        accepted |= {key for key, group in groups.items() if all(occurrence.starts for occurrence in group)}
    if style is Style.COLON:
        accepted |= _numbers(groups, accepted)
    chosen = {occurrence.line: occurrence.candidate for key in accepted for occurrence in groups[key]}
    return chosen if _holds(style, groups, accepted, len(starts)) else {}


def _numbers(groups: Groups, accepted: set[str]) -> set[str]:
    """Return the bare numbers that speak in a group beside labels of roles and codes ("M: ...", "3: ...")."""
    numbers = {key for key, group in groups.items() if key.isdigit() and all(one.starts for one in group)}
    again = sum(len(groups[key]) > 1 for key in numbers)
    known = any(groups[key][0].candidate.shape >= Shape.CODE for key in accepted)
    return numbers if known and len(numbers) > 1 and again > 1 else set()


def _one_per_line(candidates: list[tuple[int, Candidate]]) -> list[tuple[int, Candidate]]:
    """Choose between the label up to the first colon and longer ones: the longer when all its lines have one."""
    by_line: dict[int, list[Candidate]] = defaultdict(list)
    for number, candidate in candidates:
        by_line[number].append(candidate)
    chosen = dict.fromkeys(by_line, 0)
    for depth in range(max(map(len, by_line.values()), default=1) - 1):
        alike: dict[str, list[int]] = defaultdict(list)
        for number, readings in by_line.items():
            if chosen[number] == depth:
                alike[readings[depth].key].append(number)
        for numbers in alike.values():
            if _has_inner_colon([by_line[number][depth:] for number in numbers]):
                chosen.update(dict.fromkeys(numbers, depth + 1))
    return [(number, readings[chosen[number]]) for number, readings in by_line.items()]


def _has_inner_colon(all_readings: list[list[Candidate]]) -> bool:
    """Tell a name with a colon inside ("Site A: Nurse:") from a name before a sentence with one."""
    if len(all_readings) < 2 or any(len(readings) < 2 for readings in all_readings):
        return False
    whole = Counter(readings[1].key for readings in all_readings)
    tails = [readings[1].label[len(readings[0].label) :].strip(" :：\xa0") for readings in all_readings]
    return len(whole) <= len(all_readings) / 1.5 and all(
        shape_of(tail) >= Shape.NAME or tail.isdigit() for tail in tails
    )


def _may_speak(style: Style, candidate: Candidate, lines: Sequence[Line], number: int) -> bool:
    line = lines[number]
    if style is Style.BRACKET and is_remark(candidate.label):
        return False
    if style in (Style.OWN_LINE, Style.OWN_STAMP):
        return _leads_words(style, candidate, lines, number)
    if style is Style.DOT and (
        candidate.key in ABBREVIATIONS or (candidate.shape < Shape.CODE and len(candidate.label) > 4)
    ):
        return False
    if style is Style.STOP and (last := candidate.key.split()[-1]) and (last in TITLES or len(last) == 1):
        return False
    if style is Style.STOP and not _followed_by_a_sentence(candidate, line):
        return False
    if style in (Style.SIGN, Style.SLIP, Style.MARK, Style.COMMA) and candidate.shape < Shape.NAME:
        return False
    if style in (Style.MARK, Style.COMMA) and not _begins_a_sentence(candidate, line):
        return False
    if style is Style.BARE:
        return candidate.shape >= Shape.CODE and len(candidate.key) > 1 and line.after_gap
    if style is Style.BOLD and not line.text[candidate.words_start :].strip():
        return _leads_words(Style.OWN_LINE, candidate, lines, number)
    return True


def _followed_by_a_sentence(candidate: Candidate, line: Line) -> bool:
    """Tell a name before a statement from a sentence that happens to be short."""
    words = re.sub(r"^\s*[\[(][^\])]*[\])]\.?", "", line.text[candidate.words_start :]).lstrip(" [(\"“'‘")
    return not words or not words[0].islower()


def _begins_a_sentence(candidate: Candidate, line: Line) -> bool:
    """Tell a name before a sentence from one spoken to ("Mary, could you") and from an author ("Moss, I.")."""
    words = line.text[candidate.words_start :].lstrip("(\"“'‘«[")
    return bool(words) and not words[0].islower() and not re.match(r"\w\.", words)


def _leads_words(style: Style, candidate: Candidate, lines: Sequence[Line], number: int) -> bool:
    """Tell whether a name on a line of its own stands before somebody's words."""
    if style is Style.OWN_LINE and candidate.shape < Shape.NAME:
        return False
    for line in lines[number + 1 : number + 4]:
        if not line.blank and not line.only_stamp:
            return not line.kind
    return False


def _repeats(group: Sequence[Occurrence]) -> bool:
    """Tell whether a line start comes often enough, and at paragraphs, to be a speaker by itself."""
    candidate, times = group[0].candidate, len(group)
    starting = sum(occurrence.starts for occurrence in group)
    if is_header_key(candidate.key):
        return times >= 3 and starting >= 0.8 * times and bool(set(candidate.key.split()) & EITHER_WORDS)
    if ":" in candidate.label or "：" in candidate.label:
        return times >= 2
    if candidate.shape is Shape.NONE:
        return is_description(candidate.label) and times >= 3 and starting >= 0.8 * times
    needed, share = (3, 0.8) if candidate.shape <= Shape.WEAK else (2, 0.5)
    return times >= needed and starting >= share * times


def _holds(
    style: Style, groups: Mapping[str, Sequence[Occurrence]], accepted: set[str], paragraphs: int
) -> bool:
    """Tell whether a style's labels lead enough of the file's paragraphs to be believed."""
    if not accepted:
        return False
    led = sum(len(groups[key]) for key in accepted)
    needed = _COVERAGE[style]
    best = max(groups[key][0].candidate.shape for key in accepted)
    if style is Style.COLON and best < Shape.CODE:
        needed = 0.2
    if style in (
        Style.DOT,
        Style.STOP,
        Style.SIGN,
        Style.SLIP,
        Style.BARE,
        Style.SPACES,
        Style.DASH,
        Style.BRACKET,
        Style.OWN_LINE,
        Style.TAB,
        Style.MARK,
        Style.COMMA,
    ) and (len(accepted) < 2 and best < Shape.ROLE):
        return False
    return led >= needed * paragraphs


def _joined_by_others(
    best: dict[int, Candidate],
    by_style: Mapping[Style, Sequence[tuple[int, Candidate]]],
    lines: Sequence[Line],
) -> dict[int, Candidate]:
    """Add the same speakers' labels in other styles: typists slip ("P01; Yes", "INT - So")."""
    known = {candidate.key for candidate in best.values()}
    main = next(iter(best.values())).style
    joined = dict(best)
    if main is Style.DOT:
        # In a court's record questions and answers alternate; all others have their names before a colon.
        joined |= {
            number: candidate
            for number, candidate in by_style.get(Style.COLON, ())
            if number not in best and _IN_COURT.fullmatch(candidate.label)
        }
    for style in _TRUSTED:
        for number, candidate in by_style.get(style, ()) if style is not main else ():
            if number in joined or candidate.key not in known:
                continue
            # Inside a paragraph "F1 – what do you think?" speaks to F1.
            loose = style in _LOOSE and (candidate.shape < Shape.CODE or not lines[number].after_gap)
            if not loose:
                joined[number] = candidate
    return joined
