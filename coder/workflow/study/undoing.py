"""Undo and redo, one for all that a coder does: decisions, memos, groups, the codebook, good quotes, roles.

Nothing is ever taken out: undoing is one more row, redoing another. `undo` takes back what the coder did last, of
whatever kind, or what is named. A change that others have built on since cannot be taken back: of the codebook and of
the groups of a code only the newest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from coder.errors import StudyError
from coder.store import Study
from coder.store.confirmed_codings import reverse_mark
from coder.store.reversals import Reversals
from coder.store.values import Saved, UnitState
from coder.workflow.study.codebook_edit import codes_lost
from coder.workflow.study.reading_corrections import reverse_role
from coder.workflow.study.reshape import redo_change, undo_change

Kind = Literal["decision", "memo", "groups", "codebook", "quote", "role"]
SHORTEST = 8  # characters of a uid that name something well enough


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be taken back, or done again: the uid that names it, when it was made or undone, in words.

    `reverse` takes it back, or does it again. `in_use`: a code that it added has codings that it did not make, so
    `reverse` refuses.
    """

    uid: str
    time: str
    what: str
    reverse: Callable[[], Saved | None]
    in_use: bool = False


def undoable(study: Study, coder: str) -> dict[Kind, Deed]:
    """Return what the coder did last of each kind, where it can be taken back."""
    return _deeds(study, coder, undoing=True)


def redoable(study: Study, coder: str) -> dict[Kind, Deed]:
    """Return what the coder undid last of each kind, where it can be done again."""
    return _deeds(study, coder, undoing=False)


def _deeds(study: Study, coder: str, *, undoing: bool) -> dict[Kind, Deed]:
    found: dict[Kind, Deed | None] = {
        "decision": _decision(study, coder, undoing=undoing),
        "memo": _memo(study, coder, undoing=undoing),
        "groups": _groups(study, coder, undoing=undoing),
        "codebook": (_codebook_undo if undoing else _codebook_redo)(study, coder),
        "quote": _quote(study, coder, undoing=undoing),
        "role": _role(study, coder, undoing=undoing),
    }
    return {kind: deed for kind, deed in found.items() if deed is not None}


def undo(study: Study, coder: str, named: str | None = None) -> Saved | None:
    """Take back what the coder did last, or what is `named` by (the beginning of) its uid; None: nothing to undo.

    Raises StudyError if what is named is not the coder's, is undone already, or was built on since.
    """
    with study.db.write():
        if named is None:
            # As where others changed the codebook since: what came before it is still the coder's to take back.
            return _newest({kind: deed for kind, deed in undoable(study, coder).items() if not deed.in_use})
        deed = _mark_or_role(study, coder, named) or _among(undoable(study, coder), named)
        if deed is not None:
            return deed.reverse()
        _refuse_older(study, named)
        return _undo_act(study, coder, named)


def redo(study: Study, coder: str, named: str | None = None) -> Saved | None:
    """Bring back what the coder undid last, unless they did something since; None: nothing to redo.

    What is `named` (as `redoable` names it) comes back whatever was done since. Raises StudyError if it cannot.
    """
    with study.db.write():
        deeds = redoable(study, coder)
        if named is not None:
            deed = _among(deeds, named)
            return deed.reverse() if deed else study.acts.redo(coder, named)
        done = max(
            study.acts.last_made(coder), *(item.last_made(coder) for item in reversals(study).values())
        )
        return _newest({kind: deed for kind, deed in deeds.items() if deed.time > done})


def _newest(deeds: Mapping[Kind, Deed]) -> Saved | None:
    newest = max(deeds.values(), key=lambda deed: deed.time, default=None)
    return None if newest is None else newest.reverse()


def _among(deeds: Mapping[Kind, Deed], named: str) -> Deed | None:
    if len(named) < SHORTEST:
        return None
    return next((deed for deed in deeds.values() if deed.uid.startswith(named)), None)


def _mark_or_role(study: Study, coder: str, named: str) -> Deed | None:
    """Return a mark or a role that is named: of these any can be taken back, not only the newest."""
    if len(named) < SHORTEST:
        return None
    return _quote(study, coder, undoing=True, named=named) or _role(study, coder, undoing=True, named=named)


def reversals(study: Study) -> dict[Kind, Reversals]:
    """Return the tables of all kinds but decisions."""
    return {
        "memo": study.memos.reversals, "groups": study.groups.reversals, "codebook": study.codebooks.reversals,
        "quote": Reversals(study.db, "good_quote"), "role": study.people.role_reversals,
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
    """Raise StudyError if a memo or a change of groups or of the codebook is named that is not the newest."""
    tables = ("memo", "group_change", "codebook_change")
    sql = "SELECT 1 FROM {} WHERE reverses IS NULL AND substr(uid, 1, ?) = ?"
    if len(named) >= SHORTEST and any(study.db.value(sql.format(t), (len(named), named)) for t in tables):
        raise StudyError(
            "There is no such act of this coder to undo any more: of memos, groups and the codebook only the newest"
            " change can be taken back, by whoever made it."
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


def _codebook_undo(study: Study, coder: str) -> Deed | None:
    change = study.codebooks.undoable_change(coder)
    if change is None:
        return None

    def reverse() -> Saved:
        undo_change(study, change, coder=coder)
        return Saved(change.uid, {}, what=change.what)

    in_use = bool(codes_lost(study, study.codebooks.get(change.before), but_for=change.acts))
    return Deed(change.uid, change.time, change.what, reverse, in_use)


def _codebook_redo(study: Study, coder: str) -> Deed | None:
    found = study.codebooks.redoable_change(coder)
    if found is None:
        return None
    change, undoing, time = found

    def reverse() -> Saved:
        redo_change(study, change, undoing, coder=coder)
        return Saved(change.uid, {}, what=change.what)

    return Deed(change.uid, time, change.what, reverse)


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


_A_ROLE = {"interviewer": "the interviewer", "participant": "a participant"}
