"""Names of codes that are paths, as other programs write them in their tables of codes."""

import re
from collections import Counter
from collections.abc import Sequence

from coder.codebook import Code
from coder.coded_tables.grammar import examples
from coder.exchange.values import PATH

_LEVEL_STOP = re.compile(
    r"(?<=\S)(?<!\d)\.(?=\S)|(?<=\d)\.(?=[^\s\d])"
)  # not that of 1.2, nor before a blank
Parts = tuple[str, ...]  # the names of the levels down to a code


def part_paths(rows: Sequence[dict[str, str]], *, dotted: bool) -> tuple[list[Parts], list[str]]:
    """Part paths into a code and the topmost level above it, its parent; return the levels of each row, and notes.

    Paths are names such as `Codes\\\\Opportunity\\Time` (NVivo; with `dotted` also `Opportunity.Time`, Taguette) and
    parents such as `Opportunity > Time` (MAXQDA).
    """
    labels = [row.get("label", "") for row in rows]
    tags = _parted_tags(labels) if dotted else {}
    paths: list[Parts] = []
    parted, whole = [], [tag for tag in tags if "." in tag.rstrip(".") and len(tags[tag]) == 1]
    for row, label in zip(rows, labels, strict=True):
        found = re.fullmatch(r"(?:Codes|Nodes)\\{2}(.+)", label)
        levels = _levels(found[1].split("\\")) if found else tags.get(label, (label,))
        above = _levels(row.get("parent", "").split(PATH))
        row["label"] = levels[-1] if levels else ""
        paths.append((*above, row["label"]) if above else levels)
        if len(above) > 1 or (len(levels) > 1 and not above):
            row["parent"] = paths[-1][0]
            parted.append(f"{row['label']} under {PATH.join(paths[-1][:-1])}")
    notes = (
        [f"names that are paths, read as a code under its parent: {examples(parted, 3)}."] if parted else []
    )
    if whole:
        notes.append(f"tags with a full stop, read as one name each and not as paths: {examples(whole, 3)}.")
    return paths, notes


def _levels(parts: Sequence[str]) -> Parts:
    return tuple(part.strip() for part in parts if part.strip())


def _parted_tags(tags: Sequence[str]) -> dict[str, Parts]:
    """Return the levels of Taguette's tags.

    A full stop parts levels only if what stands before it is a tag or begins several: in `No. of visits`, `1.2 Time`
    and `e.g.this` it does not.
    """
    stops = {tag: [found.start() for found in _LEVEL_STOP.finditer(tag)] for tag in tags}
    begun = Counter(tag[:stop] for tag, places in stops.items() for stop in places)
    parted = {}
    for tag, places in stops.items():
        ends = [stop for stop in places if tag[:stop] in stops or begun[tag[:stop]] > 1]
        starts = [0, *(stop + 1 for stop in ends)]
        parted[tag] = _levels([tag[start:end] for start, end in zip(starts, [*ends, None], strict=True)])
    return parted


def above_by_path(codes: Sequence[Code], paths: Sequence[Parts]) -> tuple[dict[str, str], list[str]]:
    """Return, by code id, the id of the code above it in its path ('': no row has one), and the levels without a row.

    A path of two is often a plain parent: it is left out where no row has the parent's path.
    """
    folded = [tuple(part.casefold() for part in path) for path in paths]
    by_path = {path: code.id for code, path in reversed(list(zip(codes, folded, strict=True)))}
    above: dict[str, str] = {}
    missing: dict[str, None] = {}
    for code, path, names in zip(codes, folded, paths, strict=True):
        over = [path[:depth] for depth in range(len(path) - 1, 0, -1)]
        known = next((by_path[part] for part in over if part in by_path), "")
        if known or len(path) > 2:
            above[code.id] = known
        missing |= {PATH.join(names[: len(part)]): None for part in over[:-1] if part not in by_path}
    return above, list(missing)
