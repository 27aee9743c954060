"""Names of codes in another tool -> codes of a codebook with polarity: by name, by sub-theme, by an edited table."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from coder.codebook import Codebook
from coder.coded_tables.code_lookup import CodeLookup, lookup_in
from coder.coded_tables.grammar import (
    POLARITY_WORDS,
    CodedTable,
    examples,
    folded,
    names_in,
    polarities_of,
    stands_for_nothing,
    text_of,
    with_polarity,
)
from coder.errors import TableError
from coder.phrasing import counted, few, shortened

YOURS = "your mapping"
POLARITY_ONLY = "polarity of the other codes of the passage"
_AXIS = frozenset(
    {"polarity", "valence", "barriers and facilitators"}
)  # headings of codes that are polarities
COLUMNS = ("name", "code", "polarity", "codings", "how")
_LEVELS = re.compile(r"\s*(?:>|\\|/|::|»|→)\s*")
_PARTS = re.compile(r"\s+[-–—]\s+|\s*[:(\[,)\]]\s*")
SHOWN = 6
SHORT = 60  # characters of a passage that a note quotes
# Words that say a polarity in the name of a code; "positive" and "both" may name something else within a longer name.
_SIDES = frozenset(
    word for word, side in POLARITY_WORDS.items() if side and word.isalpha() and word != "both"
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a name means: `code` None = no code of the codebook is known for it; `how` says by what it was found.

    `implied`: the name itself says no polarity; it comes from the sub-theme or the edited table, and counts least.
    """

    code: str | None
    polarity: str | None = None
    how: str = ""
    implied: bool = False

    @property
    def sure(self) -> bool:
        """Whether the mapping may be used without asking: a guess is only drafted."""
        return self.code is not None and not self.how.startswith("guess")

    @property
    def cell(self) -> list[str]:
        """The mapping as a cell of codes."""
        if self.code is None:
            return []
        return [f"{self.code}:{self.polarity}" if self.polarity else self.code]


class CodeMapper:
    """Maps names to a codebook's codes: the edited table goes first, then names, then sub-themes."""

    def __init__(self, codebook: Codebook, table: Mapping[str, Mapped] | None = None) -> None:
        self._codebook = codebook
        self._lookup: CodeLookup = lookup_in(codebook)
        self._table = {folded(name): mapped for name, mapped in (table or {}).items()}
        self._by_words: dict[frozenset[str], str] = {}
        for code in codebook.codes:
            self._by_words.setdefault(_words(code.label), code.id)
        themes: dict[str, set[tuple[str, str | None]]] = {}
        for code in codebook.codes:
            for theme in code.subthemes:
                themes.setdefault(folded(theme.label), set()).add((code.id, theme.polarity))
        self._themes = {name: next(iter(codes)) for name, codes in themes.items() if len(codes) == 1}
        self._theme_words = [  # code id, words of the sub-theme as written, words without joining words
            (code.id, _words(theme.label), _gist(theme.label))
            for code in codebook.codes
            for theme in code.subthemes
        ]
        self._components: dict[frozenset[str], set[str]] = {}
        # A sub-theme such as "goals: a goal I want to reach" is of the domain "goals".
        self._domains: dict[frozenset[str], set[str]] = {}
        for code in codebook.codes:
            if code.parent:
                self._components.setdefault(_gist(code.parent), set()).add(code.id)
            for theme in code.subthemes:
                domain, colon, _ = theme.label.partition(":")
                if colon:
                    self._domains.setdefault(_gist(domain), set()).add(code.id)

    def map(self, name: str) -> Mapped:
        """Return what a name or path means, such as "COM-B > Opportunity - social > barrier"."""
        levels = [_polarity_in(level) for level in _LEVELS.split(name) if level.strip()]
        polarity = next((side for _, side in reversed(levels) if side), None)
        asked = self._asked(name, polarity)
        if asked is not None:
            return asked
        code = self._lookup.by_fold.get(folded(name))
        if code is not None:
            return Mapped(code, None, "name")
        plain = [rest for rest, _ in levels if rest]
        code = self._lookup.find(name) or self._lookup.find(" > ".join(plain))
        if code is not None:  # of codes of one name the path says which
            return Mapped(code, polarity, "name")
        for level in reversed(plain):
            code = self._lookup.find(level) or self._by_words.get(_words(level))
            if code is not None:
                return Mapped(code, polarity, "name")
            theme = self._themes.get(folded(level))
            if theme is not None:
                return Mapped(theme[0], polarity or theme[1], "sub-theme", implied=polarity is None)
        if polarity and all(folded(level) in _AXIS for level in plain):
            return Mapped(None, polarity, POLARITY_ONLY)
        return self._guess(plain, polarity)

    def _asked(self, name: str, polarity: str | None) -> Mapped | None:
        """Return what the edited table says of a name; `polarity` is what the name itself says."""
        asked = self._table.get(folded(name))
        if asked is not None:
            return replace(asked, implied=polarity is None)
        head, side = with_polarity(name)
        asked = self._table.get(folded(head)) if side else None
        # The table names the code, the cell its polarity: "time:barrier".
        return None if asked is None else replace(asked, polarity=side)

    def of_one_name(self, name: str) -> list[str]:
        """Return the ids of several codes whose label a name is; none for an id, or if the edited table has it."""
        if name in self._codebook.by_id or folded(name) in self._table:
            return []
        alike = [code.id for code in self._codebook.codes if folded(code.label) == folded(name)]
        return alike if len(alike) > 1 else []

    def _guess(self, plain: Sequence[str], polarity: str | None) -> Mapped:
        """Return the likeliest code: a joined pair of levels ("Opportunity > Social"), a domain, a misspelt name."""
        for first, second in pairwise(plain):
            code = self._by_words.get(_words(f"{first} {second}"))
            if code is not None:
                return Mapped(code, polarity, "name")
        for words in (*(_gist(level) for level in reversed(plain)), _gist(" ".join(plain))):
            likely, how = self._domain(words), "a domain"
            if likely is None:
                likely, how = self._theme_of_component(words), "part of a sub-theme of that component"
            if likely is not None:
                return Mapped(likely, polarity, f"guess: {how}")
        for level in reversed(plain):
            if _gist(level) in self._components:
                continue  # "Opportunity" alone is nearly spelt as two codes of it, and means neither
            likely = self._codebook.nearest_id(level)
            if likely is not None:
                return Mapped(likely, polarity, "guess: spelt nearly so")
            level_words = _words(level)
            within = {code for code, words, _ in self._theme_words if level_words < words}
            if len(within) == 1:
                return Mapped(within.pop(), polarity, "guess: part of a sub-theme")
        return Mapped(None, polarity)

    def _domain(self, words: frozenset[str]) -> str | None:
        """Return the only code with a domain of these words: "Goals", "Motivation - Goals"."""
        for component in (frozenset[str](), *self._components):
            codes = self._domains.get(words - component, set()) if component <= words else set()
            if len(codes) == 1:
                return next(iter(codes))
        return None

    def _theme_of_component(self, words: frozenset[str]) -> str | None:
        """Return the only code of a component with a sub-theme of the other words: "Opportunity - Time"."""
        for component, codes in self._components.items():
            rest = words - component
            if component <= words and rest:
                matches = {code for code, _, gist in self._theme_words if code in codes and rest <= gist}
                if len(matches) == 1:
                    return next(iter(matches))
        return None


def _gist(name: str) -> frozenset[str]:
    """Return the words of a name without joining words and plural s, spelt in one way."""
    words = _words(name.replace("ehavior", "ehaviour")) - {"or", "and", "of", "the", "tdf", "com", "b"}
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in words)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", folded(name)))


def _polarity_in(level: str) -> tuple[str, str | None]:
    """Part a level such as "social: barrier" or "Barriers" into its name and its polarity."""
    parts = [part for part in _PARTS.split(level) if part]
    side = None
    for at in (-1, 0):
        if parts and parts[at].casefold() in _SIDES:
            side = POLARITY_WORDS[parts.pop(at).casefold()]
            break
    words = " ".join(parts).split()
    if side is None and len(words) > 1 and words[-1].casefold() in _SIDES:
        side = POLARITY_WORDS[words.pop().casefold()]
    return " ".join(words), side


def read_mapping(path: Path, codebook: Codebook | None = None) -> dict[str, Mapped]:
    """Read an edited mapping: a column `name` (or code name), `code` and, if wanted, `polarity`.

    An empty code leaves the codings of that name out. Raises TableError for codes that the `codebook` (if one is
    given) does not have, for words that are no polarity, and for a name with two meanings.
    """
    from coder.reading.tables.read import read_table

    frame = read_table(path, needed=["name", "code"])
    mapping: dict[str, Mapped] = {}
    problems = []
    lookup = lookup_in(codebook) if codebook else None
    rows: dict[str, tuple[int, Mapped]] = {}
    for row, cells in zip(frame.attrs["row_numbers"], frame.to_dict("records"), strict=True):
        name, code = text_of(cells["name"]).strip(), text_of(cells["code"]).strip()
        side = text_of(cells.get("polarity")).strip().casefold()
        if not name:
            continue
        if side and side not in POLARITY_WORDS:
            problems.append(f"row {row}: polarity '{side}' is not barrier, facilitator or mixed.")
        code = "" if stands_for_nothing(code) else code
        if code and lookup is not None and lookup.codes_of(code) is None:
            likely = lookup.nearest(code)
            hint = f"; did you mean {likely}?" if likely else "."
            problems.append(f"row {row}: '{code}' is no code of the codebook{hint}")
        mapped = Mapped(code or None, POLARITY_WORDS.get(side) or None, YOURS)
        first, before = rows.setdefault(folded(name), (row, mapped))
        if before != mapped:
            problems.append(f"row {row}: '{name}' has another code or polarity in row {first}.")
        mapping[name] = mapped
    if problems:
        raise TableError(f"{path.name} cannot be used as a mapping:", problems)
    return mapping


def draft_rows(counts: Mapping[str, int], mapper: CodeMapper) -> list[dict[str, Any]]:
    """Return the rows of a mapping to edit: each name with the code it seems to mean, the most frequent first."""
    rows = []
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        mapped = mapper.map(name)
        how = mapped.how or "not known: fill in a code, or leave empty to leave these codings out"
        rows.append(
            {
                "name": name,
                "code": mapped.code or "",
                "polarity": mapped.polarity or "",
                "codings": count,
                "how": how,
            }
        )
    return rows


def mapped_table(table: CodedTable, mapper: CodeMapper) -> CodedTable:
    """Return the table with every name that surely means a code replaced by it; the others stay as they are.

    Names that the edited mapping leaves out are taken away. A name that is a polarity and nothing else gives it to
    the other codes of its row, or else of the passage (see `_Sides`). Notes say what was mapped, and list the rest.
    """
    import pandas as pd

    from coder.reading.tables.read import light_numbers

    column = table.columns.get("code")
    if column is None:
        return table
    cells = [names_in(cell) for cell in table.frame[column].tolist()]
    known = dict.fromkeys(name for cell in cells for name in cell if not stands_for_nothing(name))
    meaning = {name: mapper.map(name) for name in known}
    sides = _Sides.of(table, cells, meaning)
    columns = polarities_of(table.cells("polarity"), Counter())
    new_cells: list[Any] = []
    rows: list[int] = []
    for row, cell in enumerate(cells):
        side, in_column = sides.at(row), columns[row]
        new = [part for name in cell for part in _as_cell(name, meaning.get(name), side, in_column)]
        if new or not cell:  # a row that says nothing else any more is no "looked at, nothing to code"
            rows.append(row)
            new_cells.append(new)
    frame = table.frame.iloc[rows].copy()
    frame[column] = pd.Series(new_cells, index=frame.index, dtype=object)
    numbers = table.row_numbers()
    frame.attrs = {
        **table.frame.attrs,
        "row_numbers": light_numbers([numbers[row] for row in rows]),
    }
    times = Counter(name for cell in cells for name in cell)
    notes = [*_notes(table.where, meaning, times), *_of_one_name(table.where, mapper, times), *sides.notes()]
    return replace(table, frame=frame, notes=(*table.notes, *notes))


def _as_cell(name: str, mapped: Mapped | None, side: str | None, in_column: str | None) -> list[str]:
    """Return what stands for a name in the mapped table: its code, itself if it is not known, or nothing.

    `side` is the polarity that stands beside it as a name of its own, `in_column` that of the row.
    """
    if mapped is None:
        return [name]
    if mapped.how == POLARITY_ONLY or (mapped.how == YOURS and mapped.code is None):
        return []
    if not mapped.sure:
        return [name]
    implied = mapped.polarity if mapped.implied and not in_column else None
    own = None if mapped.implied else mapped.polarity
    return replace(mapped, polarity=own or side or implied).cell


@dataclass(frozen=True, slots=True)
class _Sides:
    """The polarities that are names of their own, by the place in the file and by the passage they stand at.

    Rows of one number that follow each other and have one passage are one place, as a project's selection that a
    coder gave several codes. Sheets of a workbook may have the same numbers for different places. Two polarities of
    one code are "mixed"; which of several codes has which of several polarities nobody knows, so they get none.
    """

    where: str
    places: list[Any]
    passages: list[Any]
    sides: dict[Any, dict[str, None]]
    codes: dict[Any, dict[str, None]]
    texts: list[str]

    @classmethod
    def of(cls, table: CodedTable, cells: Sequence[list[str]], meaning: Mapping[str, Mapped]) -> "_Sides":
        """Take the names of a table apart: polarities and codes, by place and by passage."""
        if all(mapped.how != POLARITY_ONLY for mapped in meaning.values()):
            return cls(table.where, [], [], {}, {}, [])
        sides: dict[Any, dict[str, None]] = defaultdict(dict)
        codes: dict[Any, dict[str, None]] = defaultdict(dict)
        passages = _passages(table)
        places = _places(table, passages)
        for place, passage, cell in zip(places, passages, cells, strict=True):
            for name in cell:
                mapped = meaning.get(name)
                only = mapped is not None and mapped.how == POLARITY_ONLY
                for key in (place, passage):
                    if not only:
                        codes[key][name] = None
                    elif mapped is not None and mapped.polarity:
                        sides[key][mapped.polarity] = None
        texts = [text_of(text) for text in table.cells("text")]
        return cls(table.where, places, passages, sides, codes, texts)

    def at(self, row: int) -> str | None:
        """Return the polarity of the codes of a row."""
        if not self.sides:
            return None
        key = self._key(row)
        sides = self.sides.get(key, {})
        if len(sides) < 2:
            return next(iter(sides), None)
        return "mixed" if len(self.codes.get(key, {})) < 2 else None

    def notes(self) -> list[str]:
        """Say at how many passages several codes and several polarities stand."""
        unclear = {
            self.passages[row]: shortened(self.texts[row], SHORT)
            for row in range(len(self.places))
            if len(self.sides.get(key := self._key(row), {})) > 1 and len(self.codes.get(key, {})) > 1
        }
        if not unclear:
            return []
        return [
            f"{self.where}: {counted(len(unclear), 'passage')} with several codes and several polarities, of which it"
            f" is not said which go together: the polarities are left out ({examples(list(unclear.values()), 2)})."
        ]

    def _key(self, row: int) -> Any:
        return self.places[row] if self.sides.get(self.places[row]) else self.passages[row]


def _passages(table: CodedTable) -> list[Any]:
    """Return, row by row, which passage of which coder it is about."""
    roles = ("transcript", "participant", "unit", "text", "start", "end", "coder")
    columns = [table.cells(role) for role in roles if role in table.columns]
    return list(zip(*columns, strict=True)) if columns else list(range(len(table)))


def _places(table: CodedTable, passages: Sequence[Any]) -> list[Any]:
    """Return, row by row, which run of rows of one number and which passage it belongs to."""
    runs = [run for run, (_, rows) in enumerate(groupby(table.row_numbers())) for _ in rows]
    return [("place", *pair) for pair in zip(runs, passages, strict=True)]


def _notes(where: str, meaning: Mapping[str, Mapped], times: Counter[str]) -> list[str]:
    changed = [
        f"{name} -> {item.code}{f', {item.polarity}' if item.polarity else ''}"
        for name, item in meaning.items()
        if item.sure and name != item.code
    ]
    notes = [f"{where}: codes mapped: {examples(sorted(changed), 3)}."] if changed else []
    open_names = {name: item for name, item in meaning.items() if not item.sure and item.how != POLARITY_ONLY}
    dropped = Counter({name: times[name] for name, item in open_names.items() if item.how == YOURS})
    unmapped = Counter({name: times[name] for name, item in open_names.items() if item.how != YOURS})
    if dropped:
        notes.append(f"{where}: left out by your mapping: {_counts(dropped)}.")
    if unmapped:
        notes.append(
            f"{where}: {sum(unmapped.values())} codings of names that no code of the codebook has:"
            f" {_counts(unmapped)}. 'coder codings FILE --codebook NAME --draft-mapping map.csv' drafts a mapping to"
            " edit; give it with --mapping."
        )
    return notes


def _of_one_name(where: str, mapper: CodeMapper, times: Counter[str]) -> list[str]:
    several = {name: codes for name in times if (codes := mapper.of_one_name(name))}
    said = [
        f"'{name}' ({times[name]}; of {', '.join(codes)} taken as {mapper.map(name).code})"
        for name, codes in several.items()
    ]
    if not said:
        return []
    return [
        f"{where}: names that several codes have: {few(said, SHOWN)}. Give the id or the path of the one meant,"
        " or use --mapping."
    ]


def _counts(names: Counter[str]) -> str:
    return few([f"'{name}' ({count})" for name, count in names.most_common()], SHOWN)
