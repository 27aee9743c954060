"""The cut of a transcript into the utterances of a study: alike whatever roles turn out to be."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from coder.domain import Transcript, Utterance

Cut = Callable[[Transcript], Sequence[Utterance]]


def cut_utterances(transcript: Transcript) -> Sequence[Utterance]:
    """Cut a transcript into the units that are coded."""
    from coder.segmentation import segment

    return segment(transcript)


def as_participants(transcript: Transcript) -> Transcript:
    """Return the transcript with every turn a participant's: it is cut alike whatever roles turn out to be."""
    return replace(transcript, turns=tuple(replace(turn, role="participant") for turn in transcript.turns))
