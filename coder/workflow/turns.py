"""How a transcript was read: its turns, speakers and roles, to be looked at before anything is coded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder.domain import Role, Transcript
from coder.reading import read_transcript

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


def show_turns(path: Path, interviewer: Sequence[str] = ()) -> TurnsReport:
    """Read a transcript and summarise its speakers; raises InputError for what cannot be read."""
    transcript = read_transcript(path, interviewer=interviewer)
    total = sum(len(transcript.words_of(turn).split()) for turn in transcript.turns)
    speakers = []
    for speaker in dict.fromkeys(turn.speaker for turn in transcript.turns):
        said = [turn for turn in transcript.turns if turn.speaker == speaker]
        words = sum(len(transcript.words_of(turn).split()) for turn in said)
        opening = transcript.words_of(said[0]).split()
        shortened = " ".join(opening[:_OPENING_WORDS]) + (" …" if len(opening) > _OPENING_WORDS else "")
        speakers.append(
            SpeakerSummary(
                speaker, said[0].role, len(said), words, words / total if total else 0.0, shortened
            )
        )
    return TurnsReport(path, transcript, tuple(speakers))
