"""Codes merged, split, moved or retired with everybody's codings: previewed, done at once, undone, redone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coder.codebook import Code, Codebook, Example, SubTheme, component_named
from coder.errors import InputError, StudyError
from coder.phrasing import counted
from coder.store import Study
from coder.store.codebooks import CodebookChange
from coder.store.decisions import StandingRow
from coder.store.values import Decision
from coder.workflow.study.codebook_edit import change_codebook, extended, next_version, used_since

Kind = Literal["merge", "split", "move", "retire", "subtheme"]
KINDS: tuple[Kind, ...] = ("merge", "split", "move", "retire", "subtheme")
EXAMPLES = 3  # quotes that a new sub-theme keeps as examples, and that a preview shows


@dataclass(frozen=True, slots=True)
class Reshape:
    """What is to be done with a code.

    merge     its codings become `into`'s, and it leaves the codebook
    split     the codings of `quotes` (utterance ids) become those of `into`, or of a new code called `label`
    move      it goes under the component `parent` ('': none), with the codes of a component that it heads; its
              codings stay
    retire    its codings are withdrawn, and it leaves the codebook
    subtheme  it gets a sub-theme called `label` (of `polarity`, if given), with words of `quotes` as examples; its
              codings stay
    """

    kind: Kind
    code: str
    into: str = ""
    label: str = ""
    parent: str = ""
    quotes: tuple[int, ...] = ()
    polarity: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: the new codebook, the codings it touches by coder, and some of their words.

    `sizes` has label, and number of codings before and after, of each code that gains or loses codings.
    """

    what: str
    codebook: Codebook
    target: str | None
    rows: tuple[StandingRow, ...]
    already: int
    examples: tuple[str, ...]
    sizes: tuple[tuple[str, int, int], ...]

    @property
    def mixes(self) -> bool:
        """Whether a barrier and a facilitator that come together become mixed: the codebook has to know mixed."""
        return "mixed" in self.codebook.polarity

    @property
    def coders(self) -> dict[str, int]:
        """How many codings of each coder are touched."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.coder] = counts.get(row.coder, 0) + 1
        return counts


def preview(study: Study, change: Reshape) -> Preview:
    """Return what a change would do; nothing is written. Raises InputError for what makes no sense."""
    codebook = study.codebooks.current()
    if change.code not in codebook.by_id:
        raise InputError("This code is not in the codebook any more; reload the page.")
    code = codebook.by_id[change.code]
    new, target, what = _planned(codebook, code, change)
    standing = study.acts.standing_rows(change.code)
    rows = _touched(standing, change)
    if change.kind in {"split", "subtheme"} and not rows:
        raise InputError("Tick the quotes that are meant; none of them has this code now.")
    there = {(row.coder, row.utterance) for row in study.acts.standing_rows(target)} if target else set()
    spoken = study.texts.by_id(list(dict.fromkeys(row.utterance for row in rows))[:EXAMPLES])
    if change.kind == "subtheme":
        new = _with_examples(new, change.code, [item.text for item in spoken.values()])
    recoded = () if change.kind in {"move", "subtheme"} else tuple(rows)
    already = sum((row.coder, row.utterance) in there for row in recoded)
    sizes = []
    if recoded:
        sizes.append((code.label, len(standing), len(standing) - len(recoded)))
    if recoded and target:
        sizes.append((new.by_id[target].label, len(there), len(there) + len(recoded) - already))
    return Preview(
        what=what,
        codebook=new,
        target=target,
        rows=recoded,
        already=already,
        examples=tuple(item.text for item in spoken.values()),
        sizes=tuple(sizes),
    )


Plan = tuple[
    Codebook, str | None, str
]  # the new codebook, the code that codings go to (None: none), in a sentence


def _planned(codebook: Codebook, code: Code, change: Reshape) -> Plan:
    plans = {
        "merge": _merged,
        "split": _split,
        "move": _moved,
        "subtheme": _with_subtheme,
        "retire": _retired,
    }
    return plans[change.kind](codebook, code, change)


def _another(codebook: Codebook, code: Code, change: Reshape) -> Code:
    if change.into not in codebook.by_id or change.into == code.id:
        raise InputError("Choose another code for these codings.")
    return codebook.by_id[change.into]


def _merged(codebook: Codebook, code: Code, change: Reshape) -> Plan:
    into = _another(codebook, code, change)
    return _without(codebook, code.id), into.id, f"{code.label} merged into {into.label}"


def _retired(codebook: Codebook, code: Code, change: Reshape) -> Plan:
    return _without(codebook, code.id), None, f"{code.label} retired"


def _moved(codebook: Codebook, code: Code, change: Reshape) -> Plan:
    others = replace(codebook, codes=tuple(item for item in codebook.codes if item.id != code.id))
    component, headed = component_named(others, change.parent)
    if component == code.parent:
        raise InputError(f"{code.label} is there already.")
    # A code that is called like its component heads it; left behind, its codes would follow it when the file is read.
    along = {item.id for item in others.codes if item.parent == code.parent == code.label}
    if along and component is None:
        raise InputError(
            f"{code.label} heads the component of {counted(len(along), 'code')}. Move them to another first."
        )
    heads = headed.by_id
    codes = tuple(
        replace(item, parent=component) if item.id in {code.id, *along} else heads[item.id]
        for item in codebook.codes
    )
    moved = next_version(replace(codebook, codes=codes))
    also = f", with its {counted(len(along), 'code')}" if along else ""
    return moved, None, f"{code.label} moved to {component or 'no component'}{also}"


def _with_subtheme(codebook: Codebook, code: Code, change: Reshape) -> Plan:
    label = change.label.strip()
    if not label:
        raise InputError("Give the sub-theme a name.")
    if (label, change.polarity) in {(item.label, item.polarity) for item in code.subthemes}:
        raise InputError(f"{code.label} has a sub-theme '{label}' already.")
    more = replace(code, subthemes=(*code.subthemes, SubTheme(label, change.polarity)))
    return _with(codebook, more), None, f"{code.label}: sub-theme {label}"


def _split(codebook: Codebook, code: Code, change: Reshape) -> Plan:
    if change.into:
        into = _another(codebook, code, change)
        return codebook, into.id, f"Quotes of {code.label} moved to {into.label}"
    new = extended(codebook, {"label": change.label.strip(), "parent": code.parent or ""})
    target = next(item.id for item in new.codes if item.id not in codebook.by_id)
    return new, target, f"{change.label.strip()} split off {code.label}"


def _touched(standing: Sequence[StandingRow], change: Reshape) -> list[StandingRow]:
    if change.kind not in {"split", "subtheme"}:
        return list(standing)
    wanted = set(change.quotes)
    passages = {(row.transcript, row.start, row.end) for row in standing if row.utterance in wanted}
    return [row for row in standing if (row.transcript, row.start, row.end) in passages]


def reshape(study: Study, change: Reshape, *, coder: str) -> str:
    """Do it: a new codebook version and, for every coder, one act that recodes; return the change in a sentence.

    All or nothing. Everybody's history keeps what they decided. Raises InputError for what makes no sense.
    """
    with study.db.write():
        plan = preview(study, change)
        before = study.codebooks.current_id()
        new_code = plan.target is not None and plan.target not in study.codebooks.current().by_id
        if new_code:  # before its first coding
            change_codebook(study, plan.codebook, note=plan.what, coder=coder)
        standing = study.acts.standing_rows(plan.target) if plan.target else []
        there = {(row.coder, row.utterance): row for row in standing}
        acts = [
            study.acts.recode(coder, owner, _decisions(plan, change.code, owner, there), note=plan.what)
            for owner in plan.coders
        ]
        if not new_code:
            change_codebook(study, plan.codebook, note=plan.what, coder=coder)
        after = study.codebooks.current_id()
        study.codebooks.record_change(change.kind, plan.what, (before, after), acts, coder=coder)
    return plan.what


def _decisions(
    plan: Preview, code: str, owner: str, there: Mapping[tuple[str, int], StandingRow]
) -> list[Decision]:
    """Return what recodes one coder's utterances; `there` are the codings of the target by coder and utterance."""
    decisions = []
    for row in plan.rows:
        if row.coder != owner:
            continue
        decisions.append(Decision(row.utterance, "withdraw", code=code))
        if plan.target is None:
            continue
        other = there.get((owner, row.utterance))
        if other is None:
            held = row.polarity, (row.start, row.end), row.memo
        elif _opposed(plan.codebook, row, other):  # one code was a barrier here, the other a facilitator
            span = (min(row.start, other.start), max(row.end, other.end))
            held = "mixed", span, "\n".join(filter(None, dict.fromkeys((other.memo, row.memo))))
        else:
            continue  # the other code is there already and stays as it is
        polarity, span, memo = held
        decisions.append(
            Decision(row.utterance, "add", code=plan.target, polarity=polarity, span=span, memo=memo)
        )
    return decisions


def _opposed(codebook: Codebook, one: StandingRow, other: StandingRow) -> bool:
    sides = {one.polarity, other.polarity}
    return (
        None not in sides and len(sides) == 2 and other.polarity != "mixed" and "mixed" in codebook.polarity
    )


def undo_change(study: Study, change: CodebookChange, *, coder: str) -> None:
    """Take back a change of the codebook with all its recoding.

    Raises StudyError unless it is the newest, or if a code that would go has been used since.
    """
    with study.db.write():
        newest = study.codebooks.undoable_change()
        if newest is None or newest.uid != change.uid:
            raise StudyError("The codebook was changed after that; only the newest change can be taken back.")
        _refuse_used(study, change, change.before)
        for act in change.acts:
            study.acts.undo(change.coder, act)
        change_codebook(study, study.codebooks.get(change.before), note=f"undone: {change.what}", coder=coder)
        study.codebooks.record_change(
            change.kind, f"undone: {change.what}", (change.after, change.before), [], coder=coder,
            reverses=change.uid,
        )  # fmt: skip


def redo_change(study: Study, change: CodebookChange, undoing: str, *, coder: str) -> None:
    """Bring back a change that was undone, with all its recoding; `undoing` is the uid of what undid it.

    Raises StudyError if a code that would go has been used since.
    """
    with study.db.write():
        _refuse_used(study, change, change.after)
        before = study.codebooks.current_id()
        for act in change.acts:
            study.acts.redo(coder, act)
        change_codebook(study, study.codebooks.get(change.after), note=f"redone: {change.what}", coder=coder)
        study.codebooks.record_change(
            change.kind, f"redone: {change.what}", (before, study.codebooks.current_id()), [], coder=coder,
            reverses=undoing,
        )  # fmt: skip


def hindrance(study: Study, change: CodebookChange, version: int) -> str:
    """Say why the codebook cannot go back (or on) to the version before (or after) a change; '' if it can."""
    used = used_since(study, study.codebooks.get(version), but_for=change.acts)
    return f"“{change.what}” has to wait: {used}" if used else ""


def _refuse_used(study: Study, change: CodebookChange, version: int) -> None:
    used = hindrance(study, change, version)
    if used:
        raise StudyError(used)


def _without(codebook: Codebook, code: str) -> Codebook:
    others = tuple(item for item in codebook.codes if item.id != code)
    if not others:
        raise InputError("This is the only code of the codebook.")
    return next_version(replace(codebook, codes=others))


def _with(codebook: Codebook, code: Code) -> Codebook:
    return next_version(
        replace(codebook, codes=tuple(code if item.id == code.id else item for item in codebook.codes))
    )


def _with_examples(codebook: Codebook, code: str, texts: Sequence[str]) -> Codebook:
    edited = codebook.by_id[code]
    known = {item.text for item in edited.examples}
    fresh = tuple(Example(text) for text in texts if text not in known)
    codes = tuple(
        replace(item, examples=(*item.examples, *fresh)) if item.id == code else item
        for item in codebook.codes
    )
    return replace(codebook, codes=codes)
