"""Which memos a coder may read: a colleague's says how they think of what both are to code independently."""

from collections.abc import Callable, Mapping, Sequence

from coder.store import Study
from coder.store.values import Memo, Mode, StudyUtterance

Coders = tuple[str, ...]


class MemoSight:
    """What one coder may read of the memos of others, in one mode and under the plan of double coding.

    On an utterance that is coded: once both have decided there. On an interviewer's line or a whole transcript
    nobody decides, and what a colleague notes there ("a leading question, so the answer is no barrier") can reveal
    a coding anywhere in that transcript: it is shown once both have finished the transcript. Both are the coder and
    the author, or the two who double-code the transcript; an author who codes nothing there is not waited for.
    In assisted work outside the plan all memos are shown.

    `plan` gives the coders of each double-coded transcript, `utterances_of` the utterances of a transcript.
    """

    def __init__(
        self,
        study: Study,
        plan: Mapping[int, Coders],
        utterances_of: Callable[[int], Sequence[StudyUtterance]],
    ) -> None:
        self._study, self._plan, self._utterances_of = study, plan, utterances_of
        self._decided: dict[tuple[str, int], int] = {}

    def readable(self, coder: str, mode: Mode, memos: Sequence[Memo]) -> list[Memo]:
        """Return those of the memos that the coder may read, in their order."""
        others = [memo for memo in memos if memo.coder != coder]
        if not others or (mode == "assisted" and not any(coder in names for names in self._plan.values())):
            return list(memos)
        homes = self._study.texts.by_id([m.utterance for m in others if m.utterance is not None])
        deciders = self._study.acts.deciders([key for key, item in homes.items() if item.codable])
        return [
            memo
            for memo in memos
            if memo.coder == coder or self._shown(coder, mode, memo, homes.get(memo.utterance or 0), deciders)
        ]

    def _shown(
        self,
        coder: str,
        mode: Mode,
        memo: Memo,
        utterance: StudyUtterance | None,
        deciders: Mapping[int, Sequence[str]],
    ) -> bool:
        transcript = memo.transcript if utterance is None else utterance.transcript
        if transcript is None:  # on a code or the study: it is about no passage in particular
            return mode != "blind"
        # What was written on an earlier version is about what is coded in the version in use.
        transcript = self._study.texts.in_use(transcript) or transcript
        planned = self._plan.get(transcript, ())
        if coder not in planned and mode == "assisted":
            return True
        if utterance is not None and utterance.codable:
            decided = deciders[utterance.id]
            return {coder, memo.coder} <= set(decided) or (
                mode == "assisted" and set(planned) <= set(decided)
            )
        waited_for = {coder, *planned} | ({memo.coder} if self._count(memo.coder, transcript) else set())
        total = sum(item.codable for item in self._utterances_of(transcript))
        return all(self._count(name, transcript) == total for name in waited_for)

    def _count(self, coder: str, transcript: int) -> int:
        if (coder, transcript) not in self._decided:
            self._decided[coder, transcript] = self._study.acts.decided_in(coder, transcript)
        return self._decided[coder, transcript]
