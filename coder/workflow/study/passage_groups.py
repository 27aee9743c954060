"""Groups of passages in a study: what people made of the proposals, by naming, merging, moving, discarding."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coder.errors import InputError
from coder.phrasing import counted
from coder.reporting.study.values import Coding, Group, Passage, StudyData, passages_of
from coder.store import Study
from coder.store.passage_groups import Member
from coder.workflow.study.report_groups import Encode, propose_groups

Kind = Literal["rename", "merge", "move", "discard"]
KINDS: tuple[Kind, ...] = ("rename", "merge", "move", "discard")
UNGROUPED = "not grouped"
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class GroupEdit:
    """What is to be done with the groups of a code and polarity.

    rename   `group` is called `label`; it is a person's from then on
    merge    the passages of `group` go to the group `into`
    move     the passages whose first utterances are `passages` go to `into`, or to a new group called `label`
    discard  the passages of `group` are in no group
    """

    kind: Kind
    code: str
    polarity: str | None
    group: str = ""
    into: str = ""
    label: str = ""
    passages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupPreview:
    """What a change of groups would do.

    what     the change in a sentence
    moving   the passages that get another group
    sizes    name, and number of passages before and after, of each group that gains or loses passages
    """

    what: str
    moving: tuple[Passage, ...]
    sizes: tuple[tuple[str, int, int], ...]


def study_groups(study: Study, data: StudyData, encode: Encode) -> list[Group]:
    """Return the groups of all codings: people's where they made any, else proposals.

    Under a code and polarity that somebody has grouped, passages coded since are in no group.
    """
    cells = {(coding.code, coding.polarity) for coding in data.codings}
    made = {cell: members for cell in cells if (members := study.groups.members(*cell))}
    rest = [coding for coding in data.codings if (coding.code, coding.polarity) not in made]
    groups = propose_groups(replace(data, codings=rest), encode)
    for (code, polarity), members in sorted(made.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        mine = [item for item in data.codings if (item.code, item.polarity) == (code, polarity)]
        groups += _made(code, polarity, passages_of(mine), members)
    return groups


def cell_groups(
    study: Study, data: StudyData, code: str, polarity: str | None, encode: Encode
) -> list[Group]:
    """Return the groups of one code and polarity; proposals are named by what tells them from all other codings."""
    mine = [item for item in data.codings if (item.code, item.polarity) == (code, polarity)]
    members = study.groups.members(code, polarity)
    if members:
        return _made(code, polarity, passages_of(mine), members)
    return propose_groups(data, encode, only=(code, polarity))


def _made(
    code: str, polarity: str | None, passages: Sequence[Passage], members: Mapping[int, Member]
) -> list[Group]:
    by_name: dict[str, list[Passage]] = {}
    proposed: dict[str, bool] = {}
    for passage in passages:
        member = members.get(passage.first.utterance, Member("", True))
        name = member.name or UNGROUPED
        by_name.setdefault(name, []).append(passage)
        proposed[name] = proposed.get(name, True) and (member.proposed or not member.name)
    groups = [
        Group(name, code, polarity, tuple(items), proposed=proposed[name]) for name, items in by_name.items()
    ]
    return sorted(groups, key=lambda item: (item.name == UNGROUPED, item.proposed, -len(item.passages)))


def nearest_first(groups: Sequence[Group], name: str, encode: Encode) -> list[Group]:
    """Return the groups with the passages of all but `name` in order of likeness to that group's mean (cosine)."""
    mean = encode([passage.text for passage in _of(groups, name).passages]).mean(axis=0)
    ordered = []
    for group in groups:
        near = encode([passage.text for passage in group.passages]) @ mean
        order = sorted(range(len(near)), key=lambda at: -float(near[at]))
        ordered.append(
            group
            if group.name == name
            else replace(group, passages=tuple(group.passages[at] for at in order))
        )
    return ordered


def edit_groups(study: Study, groups: Sequence[Group], edit: GroupEdit, *, coder: str) -> str:
    """Change the groups of a code and polarity as shown in `groups`; return what was done in a sentence.

    The whole grouping is kept with the change, so that proposals which were not touched stay as they were shown.
    Raises InputError for what makes no sense.
    """
    members = {
        coding.utterance: Member("" if group.name == UNGROUPED else group.name, group.proposed)
        for group in groups
        for coding in group.codings
    }
    changed, what = _planned(groups, edit)
    study.groups.change(coder, edit.code, edit.polarity, members | changed, what=what)
    return what


def preview_groups(groups: Sequence[Group], edit: GroupEdit) -> GroupPreview:
    """Return what `edit_groups` would do; nothing is written. Raises InputError for what makes no sense."""
    changed, what = _planned(groups, edit)
    before = Counter({group.name: len(group.passages) for group in groups})
    after = before.copy()
    moving = []
    for group in groups:
        for passage in group.passages:
            member = changed.get(passage.first.utterance)
            name = group.name if member is None else member.name or UNGROUPED
            if name != group.name:
                moving.append(passage)
                after[group.name] -= 1
                after[name] += 1
    sizes = ((name, before[name], count) for name, count in after.items() if count != before[name])
    return GroupPreview(what, tuple(moving), tuple(sizes))


Plan = tuple[dict[int, Member], str]  # the members that change, and the change in a sentence


def _planned(groups: Sequence[Group], edit: GroupEdit) -> Plan:
    plans = {"rename": _renamed, "merge": _merged, "move": _moved, "discard": _discarded}
    return plans[edit.kind](groups, edit)


def _of(groups: Sequence[Group], name: str) -> Group:
    named = next((group for group in groups if group.name == name), None)
    if named is None:
        raise InputError(f"There is no group '{name}' any more; reload the page.")
    return named


def _to(codings: Sequence[Coding], name: str) -> dict[int, Member]:
    return {coding.utterance: Member(name, proposed=False) for coding in codings}


def _new_name(groups: Sequence[Group], label: str) -> str:
    name = " ".join(label.split())
    if not name or len(name) > LONGEST_NAME:
        raise InputError(f"Give the group a name of 1 to {LONGEST_NAME} characters.")
    if name == UNGROUPED or name in {group.name for group in groups}:
        raise InputError(f"There is a group '{name}' already; merge them, or choose another name.")
    return name


def _renamed(groups: Sequence[Group], edit: GroupEdit) -> Plan:
    group = _of(groups, edit.group)
    label = " ".join(edit.label.split())
    # The same name again confirms a proposal: the group is a person's then.
    name = label if label == group.name and group.proposed else _new_name(groups, label)
    what = f"Group “{name}” kept" if name == group.name else f"Group “{group.name}” renamed “{name}”"
    return _to(group.codings, name), what


def _merged(groups: Sequence[Group], edit: GroupEdit) -> Plan:
    group, into = _of(groups, edit.group), _of(groups, edit.into)
    if group is into or UNGROUPED in (group.name, into.name):
        raise InputError("Choose another group to merge this one into.")
    return _to([*group.codings, *into.codings], into.name), f"Group “{group.name}” merged into “{into.name}”"


def _discarded(groups: Sequence[Group], edit: GroupEdit) -> Plan:
    group = _of(groups, edit.group)
    return _to(group.codings, ""), f"Group “{group.name}” discarded; its passages stay coded"


def _moved(groups: Sequence[Group], edit: GroupEdit) -> Plan:
    wanted = set(edit.passages)
    chosen = [item for group in groups for item in group.passages if item.first.utterance in wanted]
    if not chosen:
        raise InputError("Tick the passages that are meant first.")
    name = _of(groups, edit.into).name if edit.into else _new_name(groups, edit.label)
    codings = [coding for passage in chosen for coding in passage.codings]
    what = f"{counted(len(chosen), 'passage')} moved to “{name}”"
    return _to(codings, "" if name == UNGROUPED else name), what
