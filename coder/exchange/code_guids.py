"""The GUIDs by which other tools know a code: kept with the code, or made from the codebook's name and the code's id.

Tools keep a code's GUID when its name is changed, so that a code that comes back under another name is still known.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import count

from coder.codebook import Code, Codebook
from coder.coded_tables.grammar import examples, folded
from coder.exchange.values import ExternalCodings
from coder.phrasing import counted

Meaning = tuple[str, str | None]  # a code's id and a polarity


def made_guid(codebook: Codebook, key: str) -> str:
    """Return the GUID of a thing of a codebook that has none of its own: the same in every file."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"coder/{codebook.name}/{key}"))


def code_guid(codebook: Codebook, code: Code) -> str:
    """Return a code's GUID: its own unless another code has it before, or one made from its id."""
    first = next((other.id for other in codebook.codes if other.guid == code.guid), code.id)
    return code.guid if code.guid and first == code.id else made_guid(codebook, code.id)


def leaf_guid(guid: str, side: str) -> str:
    """Return the GUID of a code's polarity where that is a code of its own ("Time: barrier")."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{guid}/{side}"))


def meanings(codebook: Codebook) -> dict[str, Meaning]:
    """Return what each GUID means, of codes and of their polarities."""
    known: dict[str, Meaning] = {}
    for code in codebook.codes:
        guid = code_guid(codebook, code)
        known[guid] = (code.id, None)
        known |= {leaf_guid(guid, side): (code.id, side) for side in codebook.polarity}
    return known


def with_known_ids(new: Codebook, present: Codebook) -> Codebook:
    """Return a codebook in which codes that the present one knows by GUID have its ids, whatever their labels.

    Of several with one GUID only one is known: that has the id already, or is the first. Another code that has such
    an id gets a new one.
    """
    known = {code_guid(present, code): code.id for code in present.codes}
    wanted: dict[str, str] = {}
    for code in sorted(new.codes, key=lambda code: code.id != known.get(code.guid or "")):
        name = known.get(code.guid or "")
        if name is not None and name not in wanted.values():
            wanted[code.id] = name
    given = {name.lower() for name in wanted.values()}
    taken = given | {code.id.lower() for code in (*new.codes, *present.codes)}
    codes = []
    for code in new.codes:
        name = wanted.get(code.id) or (_new_id(code.id, taken) if code.id.lower() in given else code.id)
        codes.append(replace(code, id=name))
    return replace(new, codes=tuple(codes))


def _new_id(name: str, taken: set[str]) -> str:
    number = next(number for number in count(2) if f"{name}_{number}".lower() not in taken)
    taken.add(f"{name}_{number}".lower())
    return f"{name}_{number}"


def known_names(project: ExternalCodings, codebook: Codebook) -> dict[str, Meaning]:
    """Return what the names of a project's codes mean whose GUID the codebook knows."""
    known = meanings(codebook)
    return {name: known[guid] for name, guid in project.guids.items() if guid in known}


def by_guid(
    project: ExternalCodings, codebook: Codebook, mapped: Collection[str] = ()
) -> tuple[ExternalCodings, dict[str, str]]:
    """Return a project in which codes that the codebook knows by GUID have its ids, and name -> id of those renamed.

    Names that are `mapped` by hand stay. A polarity that is a code of its own becomes the polarity of the codings.
    """
    by_hand = {folded(name) for name in mapped}
    found = {
        name: meaning
        for name, meaning in known_names(project, codebook).items()
        if folded(name) not in by_hand
    }
    codings = tuple(
        replace(item, code=found[item.code][0], polarity=item.polarity or found[item.code][1])
        if item.code in found
        else item
        for item in project.codings
    )
    renamed = {
        name: code
        for name, (code, side) in found.items()
        if codebook.by_id[code].label not in _plain(name, side)
    }
    return replace(project, codings=codings), renamed


def _plain(name: str, side: str | None) -> tuple[str, ...]:
    """Return what of a path may be the code's label: its last level, with and without the polarity."""
    last = name.rsplit(" > ", 1)[-1]
    return (last, last.removesuffix(f": {side}")) if side else (last,)


def renamed_note(renamed: Mapping[str, str]) -> list[str]:
    """Say which codes have another name in a file than in the codebook."""
    if not renamed:
        return []
    shown = examples([f"{name}' is '{code}" for name, code in renamed.items()])
    return [f"{counted(len(renamed), 'code')} known by their GUID, under another name in the file: {shown}."]
