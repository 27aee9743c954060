"""How transcripts were read: turns, speakers, roles and doubts, to be looked at before anything is coded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder.domain import Role, Transcript
from coder.errors import CoderError, InputError
from coder.reading import about_others, other_files, read_transcript, transcript_paths
from coder.workflow.coded_results import why_no_transcript

_OPENING_WORDS = 8


@dataclass(frozen=True, slots=True)
class SpeakerSummary:
    """One speaker of a transcript; `share` is the part of all words, `opening` how the first turn begins."""

    speaker: str | None
    role: Role | None
    turns: int
    words: int
    share: float
    opening: str


@dataclass(frozen=True, slots=True)
class TurnsReport:
    """A transcript as read, with its speakers in order of appearance."""

    path: Path
    transcript: Transcript
    speakers: tuple[SpeakerSummary, ...]

    @property
    def participant_words(self) -> int:
        """Return how many words there are to code: all but the interviewers'."""
        return sum(who.words for who in self.speakers if who.role != "interviewer")

    def named(self, *roles: Role | None) -> tuple[str, ...]:
        """Return the labels of the speakers who have one of the roles."""
        return tuple(who.speaker for who in self.speakers if who.role in roles and who.speaker)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON: file, format, encoding, turns and notes."""
        transcript = self.transcript
        return {
            "file": str(self.path),
            "format": transcript.format,
            "encoding": transcript.encoding,
            "turns": [
                {
                    "speaker": turn.speaker,
                    "role": turn.role,
                    "text": transcript.words_of(turn),
                    "start": turn.time,
                }
                for turn in transcript.turns
            ],
            "notes": list(transcript.notes),
        }

    def summary_json(self) -> dict[str, Any]:
        """Return what a report on many files says of this one: the speakers instead of the turns."""
        return {
            "file": str(self.path),
            "format": self.transcript.format,
            "encoding": self.transcript.encoding,
            "turns": len(self.transcript.turns),
            "speakers": [
                {"speaker": who.speaker, "role": who.role, "turns": who.turns, "words": who.words}
                for who in self.speakers
            ],
            "participant_words": self.participant_words,
            "doubts": list(self.transcript.doubts),
            "notes": list(self.transcript.notes),
        }


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """How the files of a folder were read.

    `files` are those that were read, doubtful ones first; `refused` has (path, sentence) for those that could
    not be, `left_out` for tables of codings and suggestions; `others` are files of kinds that are not read.
    """

    files: tuple[TurnsReport, ...]
    refused: tuple[tuple[Path, str], ...] = ()
    left_out: tuple[tuple[Path, str], ...] = ()
    others: tuple[Path, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "files": [file.summary_json() for file in self.files],
            "refused": [{"file": str(path), "problem": problem} for path, problem in self.refused],
            "left_out": [{"file": str(path), "reason": reason} for path, reason in self.left_out],
            "not_read": [str(path) for path in self.others],
        }

    def about_others(self) -> str:
        """Say which files of the folder are not read, since they are of other kinds."""
        return about_others(self.others)


def summarised(path: Path, transcript: Transcript) -> TurnsReport:
    """Return a transcript with its speakers summed up."""
    total = sum(len(transcript.words_of(turn).split()) for turn in transcript.turns)
    speakers = []
    for speaker, role in dict.fromkeys((turn.speaker, turn.role) for turn in transcript.turns):
        said = [turn for turn in transcript.turns if (turn.speaker, turn.role) == (speaker, role)]
        words = sum(len(transcript.words_of(turn).split()) for turn in said)
        opening = transcript.words_of(said[0]).split()
        shortened = " ".join(opening[:_OPENING_WORDS]) + (" …" if len(opening) > _OPENING_WORDS else "")
        share = words / total if total else 0.0
        speakers.append(SpeakerSummary(speaker, role, len(said), words, share, shortened))
    return TurnsReport(path, transcript, tuple(speakers))


def show_turns(path: Path, interviewer: Sequence[str] = ()) -> TurnsReport:
    """Read a transcript and sum up its speakers; raises InputError for what cannot be read, and for codings."""
    other = why_no_transcript(path)
    if other:
        raise InputError(other)
    return summarised(path, read_transcript(path, interviewer=interviewer))


def reading_report(folder: Path) -> ReadingReport:
    """Read every transcript of a folder and say how: doubtful files first, then by name.

    Most doubtful is a file without a word of a participant, then the one with most doubts. Raises InputError for a
    folder without a file that can be read.
    """
    files: list[TurnsReport] = []
    refused: list[tuple[Path, str]] = []
    left_out: list[tuple[Path, str]] = []
    for path in transcript_paths([folder]):
        other = why_no_transcript(path)
        if other:
            left_out.append((path, other))
            continue
        try:
            files.append(summarised(path, read_transcript(path)))
        except CoderError as error:
            refused.append((path, str(error)))
    files.sort(key=lambda file: (file.participant_words > 0, -len(file.transcript.doubts), str(file.path)))
    return ReadingReport(tuple(files), tuple(refused), tuple(left_out), tuple(other_files(folder)))


def check_single(interviewer: Sequence[str], path: Path) -> None:
    """Raise InputError when an interviewer is named for a whole folder."""
    if interviewer and path.is_dir():
        raise InputError(
            f"{path} is a folder: --interviewer holds for one file. Give the file whose interviewer it is."
        )
