"""How the study's transcripts were read, and what people corrected of it; the text itself never changes.

A role may be corrected at any time. Turns are laid out anew only while nobody has decided anything in a
transcript: the corrected reading becomes the version in use, the one before stays on record. Corrections are
kept by file name and used when a file of that name is read again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast
from unicodedata import normalize

from coder.domain import Corrections, Role, Span, Transcript, Turn, Utterance
from coder.errors import InputError, NotFoundError, StudyError
from coder.store import Study
from coder.store.values import TranscriptInfo
from coder.workflow.study.double_coding import double_coding
from coder.workflow.turns import TurnsReport, summarised

# Kinds of left-out lines that somebody may have said; the reader quotes the same in its notes.
MAYBE_SPEECH = frozenset({"header", "title", "footer", "running head", "note"})
_BEGINNING = 60  # characters by which the reader finds a line again
_BETWEEN = frozenset({"label", "gap"})  # what may become words when two turns are joined

Change = Callable[[Transcript], tuple[Transcript, Corrections]]
Cut = Callable[[Transcript], Sequence[Utterance]]


def cut_utterances(transcript: Transcript) -> Sequence[Utterance]:
    """Cut a transcript into the units that are coded."""
    from coder.segmentation import segment

    return segment(transcript)


def as_participants(transcript: Transcript) -> Transcript:
    """Return the transcript with every turn a participant's: it is cut alike whatever roles turn out to be."""
    return replace(transcript, turns=tuple(replace(turn, role="participant") for turn in transcript.turns))


def study_reading(study: Study) -> list[tuple[TranscriptInfo, TurnsReport]]:
    """Return how each transcript was read, worst first.

    Worst is one without a word of a participant, then one with turns whose role is not known, then the one with
    most doubts of the reader, then with most remarks.
    """
    readings = [
        (info, summarised(Path(info.source), study.texts.transcript(info.id))) for info in study.texts.all()
    ]
    return sorted(
        readings,
        key=lambda item: (
            item[1].participant_words > 0,
            all(who.role for who in item[1].speakers),
            -len(item[1].transcript.doubts),
            -len(item[0].notes),
            item[0].name,
        ),
    )


def left_out(transcript: Transcript) -> list[tuple[int, str]]:
    """Return (start, words) of the lines that were left out and may be something said."""
    lines = [
        (span.start, " ".join(transcript.text[span.start : span.end].split()))
        for span in sorted(transcript.furniture, key=lambda span: span.start)
        if span.kind in MAYBE_SPEECH
    ]
    return [(start, words) for start, words in lines if any(map(str.isalnum, words))]


def corrections_of(study: Study, source: str) -> Corrections:
    """Return what people corrected of the reading of a file with this name."""
    return _corrections(study.settings.get(_setting(source), "{}"))


def _corrections(stored: str) -> Corrections:
    return Corrections(**{name: tuple(labels) for name, labels in json.loads(stored).items()})


def correct_role(study: Study, transcript: int, speaker: str | None, role: Role, *, coder: str) -> None:
    """Correct the role of a speaker (None: the turns without a label); nothing is cut anew.

    Raises StudyError if nobody of that name speaks there.
    """
    with study.db.write():
        study.people.set_role(transcript, speaker, role, coder=coder)
        _keep_role(study, transcript, speaker, role, coder)


def reverse_role(study: Study, uid: str, *, coder: str) -> None:
    """Take back the correction of a role, or its undoing; what is kept for the file's name goes back with it."""
    with study.db.write():
        change = study.people.reverse_role(uid, coder=coder)
        role = study.people.corrected_role(change.transcript, change.speaker)
        if role is None:  # nobody's correction stands here: what the file's name had before holds again
            source = _info(study, change.transcript).source
            before = _corrections(study.settings.before(_setting(source), change.first, "{}"))
            kept = {"interviewer": before.interviewers, "participant": before.participants}
            role = next((cast(Role, name) for name, who in kept.items() if change.speaker in who), None)
        _keep_role(study, change.transcript, change.speaker, role, coder)


def _keep_role(study: Study, transcript: int, speaker: str | None, role: Role | None, coder: str) -> None:
    """Keep the role of a speaker for the file's name (None: none); turns without a label have none to keep."""
    info = _info(study, transcript)
    if speaker is None:
        return
    corrections = corrections_of(study, info.source)
    interviewers = [name for name in corrections.interviewers if name != speaker]
    participants = [name for name in corrections.participants if name != speaker]
    if role is not None:
        (interviewers if role == "interviewer" else participants).append(speaker)
    corrections = replace(corrections, interviewers=tuple(interviewers), participants=tuple(participants))
    _keep(study, info.source, corrections, coder)


def not_a_speaker(study: Study, transcript: int, speaker: str, *, coder: str, cut: Cut | None = None) -> int:
    """Say that a label is none: its turns go to whoever spoke before. Return the number of the new reading.

    Raises StudyError while the transcript cannot be laid out anew, InputError if nobody has that label.
    """

    def change(read: Transcript) -> tuple[Transcript, Corrections]:
        if all(turn.speaker != speaker for turn in read.turns):
            raise InputError(f"No speaker '{speaker}' in {read.id}; reload the page.")
        return without_speaker(read, speaker), Corrections(not_speakers=(speaker,))

    return _reread(study, transcript, change, coder, cut)


def is_speech(study: Study, transcript: int, start: int, *, coder: str, cut: Cut | None = None) -> int:
    """Say that the left-out lines at `start` (see `left_out`) were said. Return the number of the new reading.

    They become a turn of whoever spoke before, or of nobody named. Raises StudyError while the transcript cannot
    be laid out anew, InputError if nothing was left out there.
    """

    def change(read: Transcript) -> tuple[Transcript, Corrections]:
        words = dict(left_out(read)).get(start)
        if words is None:
            raise InputError(f"Nothing was left out at this place of {read.id}; reload the page.")
        return with_speech(read, start), Corrections(speech=(words[:_BEGINNING],))

    return _reread(study, transcript, change, coder, cut)


def as_before(study: Study, transcript: int, *, coder: str, cut: Cut | None = None) -> int:
    """Go back to how a transcript was first read, without what was corrected but roles. Return its new number.

    Raises StudyError while it cannot be laid out anew, InputError if its reading was not corrected.
    """
    first = _first_reading(study, transcript)
    if first is None:
        raise InputError("The reading of this transcript was not corrected.")
    roles = {turn.speaker: turn.role for turn in study.texts.turns(transcript)}

    def change(read: Transcript) -> tuple[Transcript, Corrections]:
        before = study.texts.transcript(first)
        turns = tuple(replace(turn, role=roles.get(turn.speaker, turn.role)) for turn in before.turns)
        return replace(before, id=read.id, turns=turns), Corrections()

    return _reread(study, transcript, change, coder, cut, forget=True)


def was_corrected(study: Study, transcript: int) -> bool:
    """Tell whether a reading follows another one of the same text."""
    return _first_reading(study, transcript) is not None


def _first_reading(study: Study, transcript: int) -> int | None:
    readings = study.texts.readings(transcript)
    return readings[0] if len(readings) > 1 else None


def _reread(
    study: Study, transcript: int, change: Change, coder: str, cut: Cut | None, *, forget: bool = False
) -> int:
    with study.db.write():
        info = _info(study, transcript)
        _check_untouched(study, info)
        read, corrected = change(study.texts.transcript(transcript))
        utterances = (cut or cut_utterances)(as_participants(read))
        new = study.texts.add(read, utterances, source=info.source, replaces=transcript, again=True)
        corrections = corrections_of(study, info.source)
        nobody = () if forget else (*corrections.not_speakers, *corrected.not_speakers)
        speech = () if forget else (*corrections.speech, *corrected.speech)
        _keep(study, info.source, replace(corrections, not_speakers=nobody, speech=speech), coder)
    return new


def _check_untouched(study: Study, info: TranscriptInfo) -> None:
    if not info.current:
        raise StudyError(f"This is not the reading of '{info.name}' in use; open it from the Study page.")
    if study.texts.is_worked_on(info.id):
        raise StudyError(
            f"'{info.name}' has decisions or memos, or is held out, so it is not cut anew. Correct the file and"
            " import it as a corrected version: codings of unchanged utterances are carried over."
        )
    if info.id in double_coding(study):
        raise StudyError(f"'{info.name}' is planned for double coding; take it out of the plan first.")


def _info(study: Study, transcript: int) -> TranscriptInfo:
    info = next((item for item in study.texts.all(superseded=True) if item.id == transcript), None)
    if info is None:
        raise NotFoundError(f"There is no transcript number {transcript} in {study.path.name}.")
    return info


def _setting(source: str) -> str:
    return f"reading:{normalize('NFC', source).casefold()}"


def _keep(study: Study, source: str, corrections: Corrections, coder: str) -> None:
    lists = {name: list(dict.fromkeys(cast(tuple[str, ...], v))) for name, v in asdict(corrections).items()}
    study.settings.set(_setting(source), json.dumps(lists, ensure_ascii=False), coder=coder)


# Readings laid out anew over the same text.


def without_speaker(transcript: Transcript, speaker: str) -> Transcript:
    """Return the reading with a label's turns given to whoever spoke before; the label itself becomes words.

    Where a time stamp or a left-out line lies between, the words become a turn of their own and the label stays
    left out. Turns before anybody else spoke have no speaker.
    """
    turns: list[Turn] = []
    for turn in transcript.turns:
        if turn.speaker != speaker:
            turns.append(turn)
            continue
        last = turns[-1] if turns else None
        if last is not None and _only_label_between(transcript, last.end, turn.start):
            turns[-1] = replace(last, end=turn.end)
        else:
            turns.append(_given_to(last, turn))
    return _laid_out(transcript, turns)


def with_speech(transcript: Transcript, start: int) -> Transcript:
    """Return the reading with the left-out line at `start` as a turn of whoever spoke before."""
    span = next(span for span in transcript.furniture if span.start == start and span.kind in MAYBE_SPEECH)
    words = transcript.text[span.start : span.end]
    begin = span.start + len(words) - len(words.lstrip())
    spoken = Turn(0, None, None, begin, begin + len(words.strip()))
    before = [turn for turn in transcript.turns if turn.start < begin]
    after = [turn for turn in transcript.turns if turn.start >= begin]
    return _laid_out(transcript, [*before, _given_to(before[-1] if before else None, spoken), *after])


def _given_to(last: Turn | None, turn: Turn) -> Turn:
    if last is None:
        return replace(turn, speaker=None, role=None)
    return replace(turn, speaker=last.speaker, role=last.role)


def _only_label_between(transcript: Transcript, start: int, end: int) -> bool:
    return all(
        span.kind in _BETWEEN for span in transcript.furniture if span.start < end and span.end > start
    )


def _laid_out(transcript: Transcript, turns: Sequence[Turn]) -> Transcript:
    """Return the reading with these turns, numbered; turns and what was left out still cover the text."""
    furniture: list[Span] = []
    for span in transcript.furniture:
        inside = [turn for turn in turns if turn.start < span.end and turn.end > span.start]
        if not inside:
            furniture.append(span)
            continue
        edges = ((span.start, inside[0].start), (inside[-1].end, span.end))
        furniture += [Span(start, end, "gap") for start, end in edges if start < end]
    numbered = tuple(replace(turn, index=number) for number, turn in enumerate(turns))
    return replace(transcript, turns=numbered, furniture=tuple(furniture))
