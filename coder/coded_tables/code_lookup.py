"""Which code a name in a table means: spellings to ids, names that are one but for case, names nearly alike."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coder.codebook import Codebook, load_codebook
from coder.coded_tables.grammar import (
    blank,
    examples,
    folded,
    names_in,
    stands_for_nothing,
    text_of,
    with_polarity,
)
from coder.domain import one_polarity
from coder.phrasing import counted, few

SLIPS = 2  # letters by which a misspelt name is off (1 in short ones)
SHORT = 4  # letters; shorter names are not judged
MOST_COMPARED = 600  # names compared with each other for slips; above, the number of pairs makes it slow
SHOWN = 6
_LEVEL_MARKS = (" > ", "\\", ".")  # between the levels of a code's name: MAXQDA and NVivo, NVivo, Taguette
_OTHER_JOINS = re.compile(r"[,|]")

Given = tuple[str, str | None]  # a code and the polarity written behind it


@dataclass(frozen=True, slots=True)
class CodeLookup:
    """Names of codes to ids: by id and label, case, spaces, hyphens and underscores aside.

    `closed` lookups know all codes there are: any other name is unknown. `by_path` has the codes of a codebook by
    component and label.
    """

    ids: tuple[str, ...]
    by_fold: Mapping[str, str]
    closed: bool = True
    codebook: Codebook | None = None
    by_path: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """Return the id that a name means, or a path such as `Opportunity > Time` or `Opportunity.Time`; or None."""
        found = self.by_fold.get(folded(name))
        if found is not None or not self.by_path:
            return found
        paths = [name.split(mark) for mark in _LEVEL_MARKS if mark in name]
        ends = [(folded(parts[0]), folded(parts[-1])) for parts in paths]
        return next((self.by_path[pair] for pair in ends if pair in self.by_path), None)

    def nearest(self, name: str) -> str | None:
        """Return the id that a misspelt name most likely means, or None."""
        if self.codebook is not None:
            return self.codebook.nearest_id(name)
        return next((code for code in self.ids if _slip(name, code)), None)

    def codes_of(self, name: str) -> tuple[Given, ...] | None:
        """Return the codes of a name with their polarity: itself, `code:polarity`, or several joined by , or |.

        What a comma or a bar joins is parted only if every part is known. None if the name is not known.
        """
        one = self._one(name)
        if one is not None:
            return (one,)
        parts = [part.strip() for part in _OTHER_JOINS.split(name) if part.strip()]
        several = [self._one(part) for part in parts if not stands_for_nothing(part)]
        return tuple(item for item in several if item) if len(parts) > 1 and None not in several else None

    def _one(self, name: str) -> Given | None:
        code = self.find(name)
        if code is not None:
            return code, None
        head, polarity = with_polarity(name)
        code = self.find(head) if polarity else None
        return (code, polarity) if code is not None else None


def lookup_in(codebook: Codebook) -> CodeLookup:
    """Return the lookup of a codebook's codes, by id, label and path; a path that several codes have means none."""
    labels = {folded(code.label): code.id for code in codebook.codes}
    paths = [((folded(code.parent or ""), folded(code.label)), code.id) for code in codebook.codes]
    several = Counter(path for path, _ in paths)
    by_path = {path: code for path, code in paths if several[path] == 1 and path[0]}
    by_fold = labels | {folded(name): name for name in codebook.ids}
    return CodeLookup(codebook.ids, by_fold, True, codebook, by_path)


def lookup_among(names: Sequence[str]) -> CodeLookup:
    """Return the lookup of a list of categories."""
    return CodeLookup(tuple(names), {folded(name): name for name in reversed(names)})


def lookup_by_use(used: Mapping[str, int]) -> tuple[CodeLookup, dict[str, list[str]]]:
    """Return the lookup of names as a table uses them (name -> rows), and the spellings of names that are one.

    Of spellings that differ only in case or spaces the most frequent stands for all. A name with a comma or bar is
    a code of its own unless its parts stand alone elsewhere, or are COM-B's.
    """
    single = {name: count for name, count in used.items() if not _OTHER_JOINS.search(name)}
    heads: Counter[str] = Counter()
    for name, count in single.items():
        heads[with_polarity(name)[0]] += count
    spellings: dict[str, list[str]] = {}
    for name in heads:
        spellings.setdefault(folded(name), []).append(name)
    by_fold = {fold: max(names, key=lambda name: heads[name]) for fold, names in spellings.items()}
    if len(single) < len(used):
        comb = lookup_in(load_codebook("comb"))
        by_fold = dict(comb.by_fold) | by_fold
    alike = {by_fold[fold]: names for fold, names in spellings.items() if len(names) > 1}
    known = CodeLookup(tuple(dict.fromkeys(by_fold[fold] for fold in spellings)), by_fold, closed=False)
    whole = [name for name in used if name not in single and known.codes_of(name) is None]
    return replace(known, by_fold={folded(name): name for name in reversed(whole)} | by_fold), alike


@dataclass(frozen=True, slots=True)
class ReadCodes:
    """The codes of a column, row by row, each with the polarity written behind it.

    `unknown` names (to the rows that have them, as places) are kept in `rows` as they are written. `nothing` counts
    the words that were read as "no code", `parted` the rows whose codes a comma or bar joined, `alike` has the
    spellings that were taken as one code.
    """

    rows: list[tuple[Given, ...]]
    unknown: dict[str, list[int]] = field(default_factory=dict)
    nothing: Counter[str] = field(default_factory=Counter)
    parted: int = 0
    alike: Mapping[str, list[str]] = field(default_factory=dict)

    def notes(self, where: str) -> list[str]:
        """Return sentences on what was understood beyond the letter."""
        sentences = []
        words = [(word, count) for word, count in self.nothing.most_common() if word not in ("-", "–", "—")]
        if words:
            listed = ", ".join(f"'{word}' ({counted(count, 'row')})" for word, count in words[:SHOWN])
            sentences.append(f"{where}: read as nothing to code: {listed}.")
        if self.parted:
            sentences.append(
                f"{where}: codes joined by a comma or bar ({counted(self.parted, 'row')}) were read as several,"
                " like 'a;b'."
            )
        if self.alike:
            pairs = [" = ".join(f"'{name}'" for name in names) for names in self.alike.values()]
            more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
            sentences.append(
                f"{where}: codes that differ only in case or spaces were taken as one:"
                f" {'; '.join(pairs[:SHOWN])}{more}."
            )
        return sentences


def read_codes(cells: Sequence[Any], lookup: CodeLookup | None = None) -> ReadCodes:
    """Read a column of codes; without a lookup the names are codes as the column uses them.

    Each distinct cell is read once, so that long tables with few codes are quick.
    """
    keys = [cell if isinstance(cell, str) else _key(cell) for cell in cells]
    times = Counter(keys)
    names: dict[str, list[str]] = {}
    nothing: Counter[str] = Counter()
    for key, count in times.items():
        in_cell = names_in(key)
        empty = [name for name in in_cell if stands_for_nothing(name) and not _declared(name, lookup)]
        nothing.update(dict.fromkeys(empty, count))
        names[key] = [name for name in in_cell if name not in empty]
    alike: dict[str, list[str]] = {}
    if lookup is None:
        used: Counter[str] = Counter()
        for key, in_cell in names.items():
            used.update(dict.fromkeys(in_cell, times[key]))
        lookup, alike = lookup_by_use(used)
    read: dict[str, tuple[Given, ...]] = {}
    strange: dict[str, None] = {}
    parted = 0
    for key, in_cell in names.items():
        codes: dict[Given, None] = {}
        for name in in_cell:
            known = lookup.codes_of(name)
            parted += times[key] if known is not None and len(known) > 1 else 0
            if known is None and lookup.closed:
                strange[name] = None
            codes |= dict.fromkeys((_as_written(name, lookup),) if known is None else known)
        read[key] = tuple(codes)
    rows = [read[key] for key in keys]
    unknown: dict[str, list[int]] = {}
    for index, row in enumerate(rows if strange else []):
        for name, _ in row:
            if name in strange:
                unknown.setdefault(name, []).append(index)
    return ReadCodes(rows, unknown, nothing, parted, alike)


def _key(cell: Any) -> str:
    if blank(cell):
        return ""
    if hasattr(cell, "__iter__"):
        return json.dumps(cell if isinstance(cell, dict) else list(cell), default=str, ensure_ascii=False)
    return text_of(cell)


def _declared(name: str, lookup: CodeLookup | None) -> bool:
    """Tell whether a word such as "NA" is a code of its own here."""
    return lookup is not None and lookup.closed and lookup.find(name) is not None


def _as_written(name: str, lookup: CodeLookup) -> Given:
    return (name, None) if lookup.closed else with_polarity(name)


def resolved(names: Iterable[str], lookup: CodeLookup) -> frozenset[str]:
    """Return names as ids, those joined by a comma or bar parted; unknown names stay as they are."""
    ids: set[str] = set()
    for name in names:
        known = lookup.codes_of(name)
        ids.update([name] if known is None else [code for code, _ in known])
    return frozenset(ids)


def meant_for(codebook: Codebook, used: Sequence[str]) -> bool:
    """Return whether codes, not all of them a codebook's, are meant for it: most are its own, or one nearly is."""
    strange = [name for name in used if name not in codebook.by_id]
    spelled = [(name, code) for name in strange for code in lookup_in(codebook).by_fold]
    return 2 * len(strange) < len(used) or any(_slip(name, code) for name, code in spelled)


def nearly_alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of names that differ by no more than a slip of the pen."""
    if len(names) > MOST_COMPARED:
        return []
    return [(name, other) for at, name in enumerate(names) for other in names[at + 1 :] if _slip(name, other)]


def alike_note(names: Sequence[str], where: str = "") -> list[str]:
    """Return the question whether codes spelt nearly alike are one code, if there are any."""
    pairs = [f"{first}' and '{second}" for first, second in nearly_alike(names)]
    if not pairs:
        return []
    start = f"{where}: codes" if where else "Codes"
    return [
        f"{start} spelt nearly alike: {examples(pairs, SHOWN)}. Is each pair one code? Then spell it alike in the"
        " table."
    ]


def _slip(name: str, other: str) -> bool:
    from difflib import SequenceMatcher

    first, second = (" ".join(re.split(r"[\W_]+", each.casefold())) for each in (name, other))
    shorter = min(len(first), len(second))
    if shorter < SHORT or abs(len(first) - len(second)) > SLIPS or first == second:
        return shorter >= SHORT and first == second
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return False  # "theme 1" and "theme 2"
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    limit = SLIPS if shorter >= 2 * SHORT else 1
    if matcher.quick_ratio() < 1 - 2 * limit / (len(first) + len(second)) - 0.05:
        return False
    off = sum(max(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")
    return off <= limit


def sided(codes: Sequence[Given], polarity: str | None) -> dict[str, str | None]:
    """Return the codes of a row with their polarities; `polarity` is the row's own, from a column.

    What is written behind a code (`time:barrier`) is that code's, whatever the column says, which holds for the
    others. Two of one code are "mixed".
    """
    given: dict[str, list[str | None]] = {}
    for code, side in codes:
        given.setdefault(code, []).append(side)
    return {code: one_polarity(sides) or polarity for code, sides in given.items()}


def contradictions(
    rows: Sequence[Sequence[Given]], polarities: Sequence[str | None], numbers: Sequence[int], where: str
) -> list[str]:
    """Say in how many rows a polarity behind a code differs from that of the row, and that it counts."""
    found = [
        f"row {number} ('{code}:{side}' beside '{polarity}')"
        for codes, polarity, number in zip(rows, polarities, numbers, strict=True)
        for code, side in codes
        if side and polarity and side != polarity
    ]
    if not found:
        return []
    return [
        f"{where}: {counted(len(found), 'code')} with another polarity behind it than in the column; the one behind"
        f" the code counts: {few(found, SHOWN)}."
    ]
