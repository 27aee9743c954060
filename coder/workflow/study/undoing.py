"""Undo and redo, one for all that a coder does: decisions, memos, groups, codebook, good quotes, roles, names, plan.

Nothing is ever taken out: undoing is one more row, redoing another. `undo` takes back what the coder did last, of
whatever kind, or what is named. A change that others have built on since cannot be taken back: of the codebook, the
groups of a code, the plan of double coding and the name of a transcript only the newest.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from sqlite3 import Row
from typing import Literal, get_args

from coder.errors import StudyError
from coder.store import Study
from coder.store.confirmed_codings import reverse_mark
from coder.store.reversals import Reversals
from coder.store.values import SHORTEST_UID, Saved, UnitState
from coder.workflow.study.double_coding import SETTING, plan_in_words
from coder.workflow.study.reading_corrections import reverse_role
from coder.workflow.study.reshape import hindrance, redo_change, undo_change

Kind = Literal["decision", "memo", "groups", "codebook", "quote", "role", "transcript", "plan"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be taken back, or done again: the uid that names it, when it was made or undone, in words.

    `reverse` takes it back, or does it again. It refuses while there is a `hindrance`: a sentence that says what to
    do first.
    """

    uid: str
    time: str
    what: str
    reverse: Callable[[], Saved | None]
    hindrance: str = ""

    @property
    def waiting(self) -> str:
        """What has to wait, and why."""
        named = self.what in self.hindrance
        return self.hindrance if named else f"“{self.what}” has to wait: {self.hindrance}"


@dataclass(frozen=True, slots=True)
class LastChanges:
    """What a page names on its buttons: what a coder did last, and what they undid last."""

    undoable: Deed | None
    redoable: Deed | None


def last_changes(study: Study, coder: str, *kinds: Kind) -> LastChanges:
    """Return what the coder did last, and undid last, of some kinds."""

    def last(*, undoing: bool) -> Deed | None:
        deeds = _deeds(study, coder, undoing=undoing, kinds=kinds).values()
        return max(deeds, key=lambda deed: deed.time, default=None)

    return LastChanges(last(undoing=True), last(undoing=False))


def undoable(study: Study, coder: str) -> dict[Kind, Deed]:
    """Return what the coder did last of each kind, where it can be taken back."""
    return _deeds(study, coder, undoing=True)


def redoable(study: Study, coder: str) -> dict[Kind, Deed]:
    """Return what the coder undid last of each kind, where it can be done again."""
    return _deeds(study, coder, undoing=False)


def _deeds(study: Study, coder: str, *, undoing: bool, kinds: Collection[Kind] = KINDS) -> dict[Kind, Deed]:
    finders: dict[Kind, Callable[..., Deed | None]] = {
        "decision": _decision, "memo": _memo, "groups": _groups, "codebook": _codebook, "quote": _quote,
        "role": _role, "transcript": _transcript, "plan": _plan,
    }  # fmt: skip
    found = {kind: finders[kind](study, coder, undoing=undoing) for kind in kinds}
    return {kind: deed for kind, deed in found.items() if deed is not None}


def undo(study: Study, coder: str, named: str | None = None) -> Saved | None:
    """Take back what the coder did last, or what is `named` by (the beginning of) its uid; None: nothing to undo.

    Raises StudyError if what is named is not the coder's, is undone already, or was built on since, and if nothing is
    left but what has to wait for something else (see `Deed.hindrance`).
    """
    with study.db.write():
        if named is None:
            return _newest(undoable(study, coder).values())
        deed = _of_any_time(study, coder, named) or _among(undoable(study, coder), named)
        if deed is not None:
            return deed.reverse()
        _refuse_older(study, named)
        return _undo_act(study, coder, named)


def redo(study: Study, coder: str, named: str | None = None) -> Saved | None:
    """Bring back what the coder undid last, unless they did something since; None: nothing to redo.

    What is `named` (as `redoable` names it) comes back whatever was done since. Raises StudyError if it cannot, or if
    nothing is left but what has to wait for something else.
    """
    with study.db.write():
        deeds = redoable(study, coder)
        if named is not None:
            deed = _among(deeds, named)
            return deed.reverse() if deed else study.acts.redo(coder, named)
        done = max(
            study.acts.last_made(coder), *(item.last_made(coder) for item in reversals(study).values())
        )
        return _newest(deed for deed in deeds.values() if deed.time > done)


def _newest(deeds: Iterable[Deed]) -> Saved | None:
    """Reverse the newest that nothing hinders: what is beside a change that has to wait is still the coder's."""
    passed: list[str] = []
    for deed in sorted(deeds, key=lambda deed: deed.time, reverse=True):
        if not deed.hindrance:
            saved = deed.reverse()
            return None if saved is None else replace(saved, passed=tuple(passed))
        passed.append(deed.waiting)
    if passed:
        raise StudyError(passed[0])
    return None


def _among(deeds: Mapping[Kind, Deed], named: str) -> Deed | None:
    if len(named) < SHORTEST_UID:
        return None
    return next((deed for deed in deeds.values() if deed.uid.startswith(named)), None)


def _of_any_time(study: Study, coder: str, named: str) -> Deed | None:
    """Return what is named of the kinds of which any can be taken back, not only the coder's newest."""
    if len(named) < SHORTEST_UID:
        return None
    found = (kind(study, coder, undoing=True, named=named) for kind in (_quote, _role, _transcript))
    return next((deed for deed in found if deed is not None), None)


def reversals(study: Study) -> dict[Kind, Reversals]:
    """Return the tables of all kinds but decisions."""
    return {
        "memo": study.memos.reversals, "groups": study.groups.reversals, "codebook": study.codebooks.reversals,
        "quote": Reversals(study.db, "good_quote"), "role": study.people.role_reversals,
        "transcript": study.transcript_changes.reversals, "plan": study.settings.reversals(SETTING),
    }  # fmt: skip


def _decision(study: Study, coder: str, *, undoing: bool) -> Deed | None:
    found = study.acts.undoable(coder) if undoing else study.acts.redoable(coder)
    if found is None:
        return None
    reverse = partial(_undo_act, study, coder, found[0]) if undoing else partial(study.acts.redo, coder)
    return Deed(*found, "a decision", reverse)


def _undo_act(study: Study, coder: str, named: str) -> Saved | None:
    """Take back an act by (the beginning of) its uid; say if the same stands without it, as after a merge."""
    rows = study.db.rows(
        "SELECT DISTINCT d.utterance, who.name FROM decision d JOIN act ON act.id = d.act"
        " JOIN coder who ON who.id = act.owner WHERE act.uid BETWEEN ?1 AND ?1 || 'g'",  # uids are hexadecimal
        (named,),
    )
    before = study.acts.states(rows[0]["name"], [row["utterance"] for row in rows]) if rows else {}
    saved = study.acts.undo(coder, named)
    if saved is None or not saved.states:
        return saved
    if any(_held(before.get(key)) != _held(state) for key, state in saved.states.items()):
        return saved
    return replace(saved, what="a decision, but the same stands without it")


def _held(state: UnitState | None) -> tuple[object, ...]:
    if state is None:
        return ()
    codes = {(item.code, item.polarity, item.start, item.end, item.memo) for item in state.codes}
    return codes, set(state.rejected), state.state, state.flagged, state.coder


def _refuse_older(study: Study, named: str) -> None:
    """Raise StudyError if something but a decision is named: then it is not the newest of its kind, or undone."""
    tables = ("memo", "group_change", "codebook_change", "transcript_change", "setting")
    sql = "SELECT 1 FROM {} WHERE reverses IS NULL AND substr(uid, 1, ?) = ?"
    if len(named) >= SHORTEST_UID and any(study.db.value(sql.format(t), (len(named), named)) for t in tables):
        raise StudyError(
            "There is no such act of this coder to undo any more: of memos, groups, the codebook, the plan of double"
            " coding and a transcript's name only the newest change can be taken back, by whoever made it."
        )


def _memo(study: Study, coder: str, *, undoing: bool) -> Deed | None:
    memos = study.memos.reversals
    row = memos.undoable(coder) if undoing else memos.redoable(coder)
    if row is None:
        return None

    def reverse() -> Saved:
        memo = study.memos.reverse(row["uid"])
        about = [] if memo.utterance is None else [memo.utterance]
        return Saved(row["uid"], study.acts.states(coder, about), memo)

    return Deed(row["reverses"] or row["uid"], row["time"], "a memo", reverse)


def _groups(study: Study, coder: str, *, undoing: bool) -> Deed | None:
    change = study.groups.undoable(coder) if undoing else study.groups.redoable(coder)
    if change is None:
        return None

    def reverse() -> Saved:
        study.groups.reverse(coder, change)
        return Saved(change.uid, {}, what=change.what)

    return Deed(change.made, change.time, change.what, reverse)


def _codebook(study: Study, coder: str, *, undoing: bool) -> Deed | None:
    return (_codebook_undo if undoing else _codebook_redo)(study, coder)


def _codebook_undo(study: Study, coder: str) -> Deed | None:
    change = study.codebooks.undoable_change(coder)
    if change is None:
        return None

    def reverse() -> Saved:
        undo_change(study, change, coder=coder)
        return Saved(change.uid, {}, what=change.what)

    return Deed(change.uid, change.time, change.what, reverse, hindrance(study, change, change.before))


def _codebook_redo(study: Study, coder: str) -> Deed | None:
    found = study.codebooks.redoable_change(coder)
    if found is None:
        return None
    change, undoing, time = found

    def reverse() -> Saved:
        redo_change(study, change, undoing, coder=coder)
        return Saved(change.uid, {}, what=change.what)

    return Deed(change.uid, time, change.what, reverse, hindrance(study, change, change.after))


def _quote(study: Study, coder: str, *, undoing: bool, named: str = "") -> Deed | None:
    marks = Reversals(study.db, "good_quote")
    row = marks.undoable(coder, named) if undoing else marks.redoable(coder)
    if row is None:
        return None
    utterance = study.texts.by_id([row["utterance"]])[row["utterance"]]
    what = f"{'good quote' if row['good'] else 'no longer a good quote'}: “{utterance.text[:60]}”"

    def reverse() -> Saved:
        return Saved(row["uid"], {}, what=what, quote=reverse_mark(study.db, row["uid"], coder=coder))

    return Deed(row["reverses"] or row["uid"], row["time"], what, reverse)


def _role(study: Study, coder: str, *, undoing: bool, named: str = "") -> Deed | None:
    roles = study.people.role_reversals
    # In a reading or version that is not in use any more, it would change nothing that anybody sees.
    away = "(SELECT current FROM transcript WHERE id = c.transcript) = 0"
    row = roles.undoable(coder, named, unless=away) if undoing else roles.redoable(coder, unless=away)
    if row is None:
        return None
    who = row["speaker"] or "turns without a label"
    what = f"{who} in {study.texts.name(row['transcript'])} is {_A_ROLE[row['role']]}"

    def reverse() -> Saved:
        reverse_role(study, row["uid"], coder=coder)
        return Saved(row["uid"], {}, what=what, transcript=row["transcript"])

    return Deed(row["reverses"] or row["uid"], row["time"], what, reverse)


def _transcript(study: Study, coder: str, *, undoing: bool, named: str = "") -> Deed | None:
    changes = study.transcript_changes
    row = changes.undoable(coder, named) if undoing else changes.redoable(coder)
    if row is None:
        return None
    what = name_in_words(row)

    def reverse() -> Saved:
        said = what if changes.reverse(row, coder=coder) else f"{what}, but the same stands without it"
        return Saved(row["uid"], {}, what=said, transcript=row["transcript"])

    return Deed(row["reverses"] or row["uid"], row["time"], what, reverse, changes.hindrance(row))


def name_in_words(change: Row) -> str:
    """Return in words that a transcript was renamed, removed or brought back."""
    if change["kind"] == "rename":
        return f"{change['before'] or 'a transcript'} renamed to {change['name']}"
    return f"{change['name']} {'removed' if change['kind'] == 'remove' else 'brought back'}"


def _plan(study: Study, coder: str, *, undoing: bool) -> Deed | None:
    row = (study.settings.undoable if undoing else study.settings.redoable)(SETTING, coder)
    if row is None:
        return None
    what = plan_in_words(row["value"])

    def reverse() -> Saved:
        study.settings.reverse(row, coder=coder)
        return Saved(row["uid"], {}, what=what)

    return Deed(row["reverses"] or row["uid"], row["time"], what, reverse)


_A_ROLE = {"interviewer": "the interviewer", "participant": "a participant"}
