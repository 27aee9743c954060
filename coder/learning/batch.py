"""What a model is asked about: texts with everything around them that its answer depends on."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from coder.errors import InputError
from coder.learning.features.topic_centering import Topics

T = TypeVar("T")


class Spoken(Protocol):
    """An utterance as it was cut, or as a study keeps it."""

    @property
    def text(self) -> str:
        """Its words."""
        ...

    @property
    def question(self) -> str | None:
        """What the interviewer said last before."""
        ...

    @property
    def turn(self) -> int:
        """Its turn within the transcript."""
        ...

    @property
    def transcript(self) -> Hashable:
        """Its transcript."""
        ...


@dataclass(frozen=True)
class Batch:
    """Texts to be coded together, one per row, in the order they were spoken or written.

    `questions` is what was asked before (None: nothing known). `turns` names the turn of each row: rows that share
    one and follow each other are neighbours. `transcripts` names the transcript of each row, empty where the text
    belongs to none; a transcript is given whole, as its texts together tell its topic. `studies` names what else
    shares a topic. `topics` are the means of studies of which only a part is here, measured before.
    """

    texts: Sequence[str]
    questions: Sequence[str | None]
    turns: Sequence[Hashable]
    transcripts: Sequence[str]
    studies: Sequence[str]
    topics: Topics | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        n = len(self.texts)
        for name in ("questions", "turns", "transcripts", "studies"):
            if len(getattr(self, name)) != n:
                raise InputError(f"There are {n} texts but {len(getattr(self, name))} {name}.")

    def __len__(self) -> int:
        return len(self.texts)

    @classmethod
    def of_utterances(cls, utterances: Sequence[Spoken]) -> "Batch":
        """Return the codable utterances of whole transcripts as a batch; each transcript is a topic of its own."""
        names = [str(item.transcript) for item in utterances]
        turns = [(item.transcript, item.turn) for item in utterances]
        return cls(
            [item.text for item in utterances], [item.question for item in utterances], turns, names, names
        )

    @classmethod
    def of_texts(
        cls,
        texts: Sequence[str],
        questions: Sequence[str | None] | None = None,
        studies: Sequence[str] | None = None,
        *,
        topics: Topics | None = None,
    ) -> "Batch":
        """Return texts that stand alone, such as answers in a survey; without `studies` all share one topic."""
        n = len(texts)
        return cls(texts, questions or [None] * n, range(n), [""] * n, studies or [""] * n, topics)

    @property
    def first_of_unit(self) -> NDArray[np.bool_]:
        """Whether a row is the first of its utterance, (n,): one that several people coded has several rows.

        These repeat the text before them in one turn.
        """
        keys = list(zip(self.transcripts, self.turns, self.texts, strict=True))
        return np.array([at == 0 or keys[at] != keys[at - 1] for at in range(len(keys))], dtype=bool)

    def rows(self, places: NDArray[np.integer] | Sequence[int]) -> "Batch":
        """Return the rows at `places`; topics that were measured before stay, others are of these rows alone."""

        def cut(values: Sequence[T]) -> list[T]:
            return [values[int(at)] for at in places]

        return Batch(
            cut(self.texts),
            cut(self.questions),
            cut(self.turns),
            cut(self.transcripts),
            cut(self.studies),
            self.topics,
        )
