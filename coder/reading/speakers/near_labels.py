"""Labels that only resemble known ones: misspelt, closed by another sign, or a shorter form of one name."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from coder.phrasing import counted, quoted
from coder.reading.speakers.header import heads_notes
from coder.reading.speakers.inner_labels import often_inside, told_inside
from coder.reading.speakers.labels import Candidate, Style
from coder.reading.speakers.lines import Line, ends_sentence
from coder.reading.speakers.vocabulary import (
    ASIDE,
    DEVICE,
    FIELD_NOTES,
    INTERVIEWER_WORDS,
    MAX_LABEL,
    PARTICIPANT_WORDS,
    ROLE_WORDS,
    TELLERS,
    TITLES,
    Shape,
    initials_of,
    is_header_key,
    is_note_key,
    key_of,
    shape_of,
)

Labels = dict[int, Candidate]

_NEAR_STYLES = frozenset({Style.COLON, Style.SLIP, Style.STAMPED, Style.OWN_STAMP, Style.TAB})
# Text recognition takes letters inside a word for digits: "RESP0NDENT".
_IN_A_WORD = re.compile(r"(?<=[^\W\d_]{2})[015](?=[^\W\d_])")
_MISREAD_AS = {"0": "o", "1": "l", "5": "s"}
# A slip of one letter in five, two in eight: "Interveiwer", "Particpant", but not "Anna" and "Anne".
_ONE_SLIP, _TWO_SLIPS = 5, 8
_SHOWN = 4
_NAME_LINES = frozenset({Style.OWN_LINE, Style.OWN_STAMP})
# Roles that people do not call each other by, so that a line which begins with one has lost its colon.
_NEVER_SAID = frozenset({"participant", "respondent", "interviewee", "informant"})
_TOPICS = frozenset({"topic", "theme", "section"})
# Short forms of the two parts, each of which stands for words of its own part alone.
_SHORT_ASKING = frozenset({"i", "int", "intv", "mod", "fac", "facil"})
_SHORT_ANSWERING = frozenset({"p", "part", "r", "resp"})
_LONG_PART = 7  # letters
# Words before a colon that come so often at paragraphs' starts may be somebody: "Hope:", "Lady at the back:".
_OFTEN, _LONGEST_DESCRIPTION = 3, 4
# More speakers than this are no speakers of a talk; comparing each with each would take too long.
_MOST_SPEAKERS = 150


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters must be changed, added, left out or swapped with a neighbour; above `most`, most + 1.

    The restricted edit distance of Damerau (1964).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def nearest(key: str, known: Sequence[str]) -> str | None:
    """Return the one known key that `key` is a misspelling of; None if it is none, or could be of several."""
    if all(word in ROLE_WORDS or word.isdigit() for word in key.split()) or len(key) < _ONE_SLIP:
        return None
    if len(known) > _MOST_SPEAKERS:
        return None
    key = _IN_A_WORD.sub(lambda sign: _MISREAD_AS[sign[0]], key)
    if key in known:
        return key
    digits = re.sub(r"\D", "", key)
    scored: dict[int, list[str]] = defaultdict(list)
    for other in known:
        most = 2 if min(len(key), len(other)) >= _TWO_SLIPS else 1
        if len(other) >= _ONE_SLIP and re.sub(r"\D", "", other) == digits:
            slips = distance(key, other, most)
            if 0 < slips <= most:
                scored[slips].append(other)
    best = scored[min(scored)] if scored else []
    return best[0] if len(best) == 1 else None


def with_near_labels(labels: Labels, lines: Sequence[Line], first: int) -> tuple[Labels, list[str]]:
    """Add lines that begin with a known label in another dress, and take rare misspellings for what they mean.

    `first` is the first line behind the header. Returns the labels and notes on what was taken for what.
    """
    counts = Counter(candidate.key for candidate in labels.values())
    joined = dict(labels)
    meant: Counter[tuple[str, str]] = Counter()
    spelled = {candidate.key: candidate for candidate in labels.values()}
    # By how often a rare label occurs: those that occur often enough to be what it means.
    usual = {rare: [key for key, count in counts.items() if count >= max(2, 2 * rare)] for rare in (1, 2)}
    for number, candidate in labels.items():
        right = nearest(candidate.key, usual.get(counts[candidate.key], ()))
        if right:
            joined[number] = replace(candidate, key=right, label=spelled[right].label)
            meant[candidate.label, spelled[right].label] += 1
    for number in range(first, len(lines)):
        if number in labels or lines[number].blank or lines[number].kind or not begins(lines, number):
            continue
        for candidate in lines[number].candidates:
            known = _known(candidate, lines[number], spelled)
            if known is not None:
                joined[number] = replace(candidate, key=known.key, label=known.label)
                meant[_shown(candidate, lines[number]), known.label] += 1
                break
    notes = [
        f"{counted(count, 'line')} with the label {wrong!r} taken for {right}'s."
        for (wrong, right), count in meant.items()
    ]
    return joined, notes[:_SHOWN]


def _known(candidate: Candidate, line: Line, spelled: Mapping[str, Candidate]) -> Candidate | None:
    """Return the known label that a candidate of a line without a label stands for."""
    known = spelled.get(candidate.key)
    if candidate.style is Style.BARE:
        words = line.text[candidate.words_start :]
        plain = known is not None and (
            (known.shape is Shape.ROLE and candidate.key in INTERVIEWER_WORDS | _NEVER_SAID)
            or (known.shape is Shape.CODE and any(map(str.isdigit, known.label)))
            # Somebody spoken to is not in capitals ("Anna I told you"), unless all of the talk is.
            or (
                len(known.label) > 1
                and known.label.isupper()
                and candidate.label == known.label
                and not words.isupper()
            )
        )
        return known if plain and words[:1].isupper() else None
    if candidate.style not in _NEAR_STYLES:
        return None
    if known is not None:
        return known if candidate.style in (Style.COLON, Style.SLIP) else None
    right = nearest(candidate.key, list(spelled)) if candidate.shape >= Shape.WEAK else None
    return spelled[right] if right else None


def _shown(candidate: Candidate, line: Line) -> str:
    return line.text[line.lead.end : candidate.words_start].strip() or candidate.label


def begins(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a paragraph can begin at a line: behind a gap, or where the line before ends a sentence."""
    line = lines[number]
    above = lines[number - 1] if number else None
    return line.after_gap or above is None or (line.first and ends_sentence(above.text))


def one_label_a_person(labels: Labels) -> tuple[Labels, list[str]]:
    """Give a person who is named in several ways one label, the fullest: "IDA MOSS, HOST" and "MOSS".

    Names are joined only where the shorter one fits a single other person of the file.
    """
    spelled = {candidate.key: candidate for candidate in reversed(labels.values())}
    forms = {key: candidate for key, candidate in spelled.items() if candidate.shape is not Shape.ROLE}
    counts = Counter(candidate.key for candidate in labels.values())
    if len(forms) > _MOST_SPEAKERS:
        return labels, []
    names = {key: _name(candidate.label) for key, candidate in forms.items()}
    doubted = {key: key.rstrip("? ") for key in counts if key.endswith("?") and key.rstrip("? ") in counts}
    fuller = doubted | _differently_spaced(labels, counts) | _abbreviated(list(counts))
    fuller |= _introduced(list(spelled.values()))
    forms |= {
        candidate.key: candidate
        for candidate in labels.values()
        if candidate.key in {*fuller, *fuller.values()}
    }
    for key, name in names.items():
        others = [other for other, long in names.items() if other != key and _is_short_for(name, long)]
        alike = [other for other in others if names[other] == name and len(other) > len(key)]
        longer = alike or [other for other in others if len(names[other]) > len(name)]
        if len(longer) == 1 and key == " ".join(name) and key not in fuller:
            fuller[key] = longer[0]
    joined = {
        number: replace(candidate, key=fuller[candidate.key], label=spelled[fuller[candidate.key]].label)
        if candidate.key in fuller
        else candidate
        for number, candidate in labels.items()
    }
    notes = [
        f"{spelled[key].label!r} ({counted(counts[key], 'line')}) taken for {spelled[full].label!r}."
        for key, full in fuller.items()
    ]
    return joined, notes


def _differently_spaced(labels: Labels, counts: Counter[str]) -> dict[str, str]:
    """Return the commoner key for each that differs from it in spaces alone: "P 1" and "P1"."""
    together: dict[str, set[str]] = defaultdict(set)
    for candidate in labels.values():
        if candidate.shape >= Shape.CODE and any(map(str.isdigit, candidate.key)):
            together[candidate.key.replace(" ", "")].add(candidate.key)
    fuller: dict[str, str] = {}
    for keys in together.values():
        usual = max(sorted(keys), key=lambda key: counts[key])
        fuller |= {key: usual for key in keys if key != usual}
    return fuller


def _introduced(labels: Sequence[Candidate]) -> dict[str, str]:
    """Return the key of "Karen Moss (KM)" for "KM", of "Ben (P1)" for "P1", where one label introduces it so.

    Other brackets say something about who speaks: "P2 (M)" is a man, while "M" may moderate.
    """
    keys = {label.key for label in labels}
    found = [
        (key_of(aside[0]), label.key)
        for label in labels
        if (aside := ASIDE.search(label.label))
        and _introduces(label.label[: aside.start()], key_of(aside[0]))
    ]
    times = Counter(short for short, _ in found)
    return {short: key for short, key in found if short in keys and times[short] == 1 and short != key}


def _introduces(name: str, short: str) -> bool:
    """Tell whether letters are the initials of a name of several words, or a code beside a name without one."""
    words = key_of(name).split()
    initials = len(words) > 1 and short == "".join(word[0] for word in words)
    return initials or (bool(words) and any(map(str.isdigit, short)) and not any(map(str.isdigit, name)))


def _abbreviated(keys: Sequence[str]) -> dict[str, str]:
    """Return the one word for a part that a shorter key begins: "int" and "i" of "interviewer", "p" of "participant".

    Only where words for both parts are in the file: beside "Informant" alone "I" asks. "M" beside "Moderator" may be
    a man's, "R" beside "Researcher" the respondent's.
    """
    short = _SHORT_ASKING | _SHORT_ANSWERING
    words = [key for key in keys if key in ROLE_WORDS and key not in short]
    long = {key for key in words if len(key) >= _LONG_PART}
    if long.isdisjoint(INTERVIEWER_WORDS) or long.isdisjoint(PARTICIPANT_WORDS):
        return {}
    fuller: dict[str, str] = {}
    for key in (key for key in keys if key in short):
        part = INTERVIEWER_WORDS if key in _SHORT_ASKING else PARTICIPANT_WORDS
        meant = [word for word in words if word.startswith(key)]
        if len(meant) == 1 and meant[0] in long & part:
            fuller[key] = meant[0]
    return fuller


def _name(label: str) -> tuple[str, ...]:
    """Return the words of a name without what stands behind it in brackets or behind a comma."""
    bare = label if DEVICE.search(label) else ASIDE.sub("", label).partition(",")[0]
    return tuple(key_of(bare or label).split())


def _is_short_for(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether the words are the same name, or the surname of it with or without a title."""
    if not short or not long or short[0].isdigit():
        return False
    surname = [word for word in short if word not in TITLES]
    whole = [word for word in long if word not in TITLES]
    titles = set(short) & TITLES, set(long) & TITLES
    if list(short) == list(long):
        return True
    return (
        len(surname) == 1
        and len(surname[0]) > 2
        and not any(map(str.isdigit, "".join(long)))
        and whole[-1:] == surname
        and (not titles[0] or titles[0] == titles[1])
        and len(long) > len(short)
    )


def numbered_turns(lines: Sequence[Line], labels: Mapping[int, Candidate]) -> list[str]:
    """Say whose numbers were taken for those of turns: "I1 to I9 taken for turns of I."."""
    taken: dict[str, list[str]] = defaultdict(list)
    for number, label in sorted(labels.items()):
        plain = re.compile(re.escape(label.key) + r" ?\d+")
        written = next((one.label for one in lines[number].candidates if plain.fullmatch(one.key)), "")
        if written:
            taken[label.label].append(written)
    if {label.casefold() for label in taken} <= {"q", "a"}:
        return []
    return [
        f"{found[0]} to {found[-1]} taken for turns of {who}." for who, found in taken.items() if found[1:]
    ]


def initials_above(lines: Sequence[Line], labels: Labels) -> set[int]:
    """Return the lines of a person's initials, if they stand above most of the person's names, and two at least."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, label in labels.items():
        above = lines[number - 1].text.strip() if number and number - 1 not in labels else ""
        if above and label.style in _NAME_LINES and above == initials_of(label.label):
            found[label.key].append(number - 1)
    times = Counter(label.key for label in labels.values())
    often = (numbers for key, numbers in found.items() if len(numbers) > max(1, times[key] / 2))
    return set().union(*often)


# A whole line in brackets: "[Phone rings. The recording was paused.]"; of one or two words it is a sound.
_BRACKETED = re.compile(r"\s*(?:\[[^\[\]]+\]|\(\([^()]+\)\))\s*$")
_FEWEST_IN_BRACKETS = 4  # words
LONGEST_TOPIC = 8  # words of a heading between turns


def _is_topic(lines: Sequence[Line], labels: Labels, number: int) -> bool:
    """Tell whether a line between two turns is a few words and no sentence, as headings are."""
    text = lines[number].text.strip()
    above, below = lines[max(0, number - 2) : number], lines[number + 1 : number + 3]
    return (
        lines[number].after_gap
        and text[:1].isupper()
        and len(text.split()) <= LONGEST_TOPIC
        and text[-1:].isalnum()
        and any(ends_sentence(line.text) for line in above)
        and any(line.after_gap and number + place in labels for place, line in enumerate(below, start=1))
    )


def _is_remark(line: Line, candidate: Candidate | None) -> bool:
    """Tell whether a line is the transcriber's: "Note: ...", "Field notes", "Date: 3 May" in a joined file."""
    if in_brackets(line.text) or heads_notes(line, labelled=True):
        return True
    if candidate is None:
        return False
    value = line.text[candidate.words_start :].rstrip()
    fact = is_header_key(candidate.key) and 0 < len(value.split()) <= 8 and value[-1] not in ".?!"
    known = candidate.key.rstrip("0123456789 ") in _TOPICS or candidate.key in FIELD_NOTES
    return fact or known or is_note_key(candidate.key)


def _comes_like_a_label(candidate: Candidate, lines: Sequence[Line], number: int) -> bool:
    """Tell whether words before a colon that are nobody's name by themselves begin a paragraph as labels do."""
    line = lines[number]
    return (
        candidate.shape < Shape.NAME
        and candidate.label[:1].isupper()
        and len(candidate.key.split()) <= _LONGEST_DESCRIPTION
        and not is_header_key(candidate.key)
        and begins(lines, number)
        and line.text[candidate.words_start : candidate.words_start + 1].isupper()
    )


def _that_come_often(found: Counter[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the first pair of (whose turn, label) and the count of each label that comes often enough."""
    total: Counter[str] = Counter()
    first: dict[str, tuple[str, str]] = {}
    for pair, count in found.items():
        total[pair[1]] += count
        first.setdefault(pair[1], pair)
    for label, count in total.items():
        if count >= (_OFTEN - 1 if shape_of(label.rstrip(" :：")) is Shape.WEAK else _OFTEN):
            yield first[label], count


def overlooked(lines: Sequence[Line], labels: Labels, first: int, *, running: bool) -> Iterator[str]:
    """Name line starts that look like labels and were taken for words, with whose words they were taken for.

    In `running` documents a line that is no sentence is a cue that goes on.
    """
    spelled = [candidate.key for candidate in labels.values()]
    found: Counter[tuple[str, str]] = Counter()
    often: Counter[tuple[str, str]] = Counter()
    near: set[str] = set()
    remarks: list[str] = []
    speaker = ""
    for number in range(first, len(lines)):
        if number in labels:
            speaker = labels[number].label
            continue
        line = lines[number]
        candidate = next((c for c in line.candidates if c.style in (Style.COLON, Style.SLIP)), None)
        if line.blank or line.kind:
            continue
        if _is_remark(line, candidate) or (
            candidate is None and not running and _is_topic(lines, labels, number)
        ):
            remarks.append(line.text.strip())
        elif candidate and _comes_like_a_label(candidate, lines, number):
            often[speaker, _shown(candidate, line)] += 1
        if candidate is None or candidate.shape < Shape.NAME or is_header_key(candidate.key):
            continue
        shown = _shown(candidate, line)
        found[speaker, shown] += 1
        if nearest(candidate.key, spelled):
            near.add(shown)
    telling = [(pair, count) for pair, count in found.items() if count >= 2 or pair[1] in near]
    telling += _that_come_often(often)
    for (whose, label), count in telling[:_SHOWN]:
        where = f"inside {whose}'s turns" if whose else "and are read as words"
        yield f"{count} line{'s look' if count > 1 else ' looks'} like a label {where}: {label!r}."
    yield from said_remarks(remarks)


def said_remarks(remarks: Sequence[str]) -> Iterator[str]:
    """Say that lines were read as words that may be the transcriber's."""
    if remarks:
        many = f"{len(remarks)} lines look" if len(remarks) > 1 else "1 line looks"
        yield f"{many} like a remark, not speech, but read as words: {remarks[0][:60]!r}."


def in_brackets(text: str) -> bool:
    """Tell whether a whole line or cell stands in brackets and is more than a sound."""
    return _BRACKETED.match(text) is not None and len(text.split()) >= _FEWEST_IN_BRACKETS


def told_talk(lines: Sequence[Line], labels: Labels) -> Iterator[str]:
    """Say what looks like a label in the middle of somebody's words and was read as told: "Doctor: you must stop"."""
    speaker = ""
    told: dict[str, list[str]] = defaultdict(list)
    spoken = [n for n in range(min(labels, default=len(lines)), len(lines)) if not lines[n].blank]
    often = often_inside(lines[n].text for n in spoken if not lines[n].kind)
    for number in spoken:
        speaker = labels[number].label if number in labels else speaker
        if not lines[number].kind:
            told[speaker] += told_inside(lines[number].text, often)
    for whose, inside in list(told.items())[:_SHOWN]:
        if inside:
            many = "1 place looks" if len(inside) == 1 else f"{len(inside)} places look"
            yield f"{many} like a label inside what {whose} says, read as words: {quoted(inside)}."


def labelled_notes(labels: Labels) -> Iterator[str]:
    """Say that a label may be that of notes beside the talk ("OBS:"), which nobody said, or of talk that is told.

    Who tells on lines of their own what "Me" and another one said is one of the people with a code.
    """
    people = {label.key: label for label in labels.values()}
    codes = [label.label for label in people.values() if label.shape is Shape.CODE]
    for long in (
        label for label in people.values() if label.shape is Shape.NONE and len(label.label) > MAX_LABEL
    ):
        yield f"{long.label!r} was read as a speaker and may be words that come again."
    if not INTERVIEWER_WORDS.isdisjoint(people) and codes:
        for told in (label for key, label in people.items() if key in TELLERS and not label.label.isupper()):
            yield f"{told.label!r} was read as a speaker beside {codes[0]!r}, who may only tell what was said."
    noted = Counter(label.label for label in labels.values() if label.key == "obs" or is_note_key(label.key))
    for label, count in noted.items():
        yield f"{label!r} ({counted(count, 'line')}) was read as a speaker and may be notes beside the talk."
