"""The cells of tables of coded excerpts: columns by name, codes however joined, words for polarity and for none."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.domain import POLARITIES

if TYPE_CHECKING:
    import pandas as pd

HOME_COLUMNS = ("transcript", "document", "participant")  # they say whose words a row has
COLUMNS = (
    *HOME_COLUMNS, "study", "text", "code", "codes", "polarity", "question", "coder", "unit", "utterance_id", "start",
)  # fmt: skip
POLARITY_WORDS: dict[str, str] = {
    **{name: name for name in POLARITIES},
    "enabler": "facilitator", "enablers": "facilitator", "enabling": "facilitator", "facilitating": "facilitator",
    "facilitators": "facilitator", "positive": "facilitator", "pos": "facilitator",
    "barriers": "barrier", "negative": "barrier", "neg": "barrier",
    "both": "mixed", "ambivalent": "mixed", "+/-": "mixed", "±": "mixed",
    "": "", "neutral": "", "none": "", "nan": "", "null": "", "n/a": "",
}  # fmt: skip
SIGNS = {
    "+": "facilitator",
    "+1": "facilitator",
    "1": "facilitator",
    "-": "barrier",
    "-1": "barrier",
    "0": "",
}
PLAIN_SIGNS = frozenset({"+", "+1", "-1"})  # without one of these a "-" or a "1" may mean anything
NO_CODE = frozenset(
    {
        "-",
        "–",
        "—",
        "n/a",
        "na",
        "#n/a",
        "<na>",
        "nan",
        "none",
        "null",
        "uncoded",
        "not coded",
        "no code",
        "no codes",
    }
)
SLIPS, SHORT = (
    2,
    4,
)  # letters by which a misspelt name is off (1 in short ones); names under SHORT are not judged
OTHER_JOINS = re.compile(r"[,|]")


def with_known_names(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return the frame with the columns that mean something here in their usual spelling ("Participant ID" too)."""
    from coder.reading.tables.columns import plain_name

    spelled = {plain_name(name): name for name in COLUMNS}
    spelled |= {f"{name} id": name for name in HOME_COLUMNS}
    taken = {str(name) for name in frame.columns}
    renamed = {}
    for column in frame.columns:
        name = spelled.get(plain_name(str(column)))
        if name and name not in taken:
            renamed[column] = name
            taken.add(name)
    return frame.rename(columns=renamed) if renamed else frame


def columns_named(columns: Iterable[Any], wanted: str) -> list[str]:
    """Return the column of that name and those that differ only in case or underscores, the first of them first."""
    names = dict.fromkeys(str(name) for name in columns)
    alike = [name for name in names if name != wanted and _caseless(name) == _caseless(wanted)]
    return [wanted, *alike] if wanted in names else alike


def _caseless(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())


def text_of(value: Any) -> str:
    """Return a cell as text: nothing for None and NaN, whole numbers without their ".0"."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def rows_said(count: int) -> str:
    """Return "1 row", "2 rows"."""
    return f"{count} row{'' if count == 1 else 's'}"


def codes_of(value: Any, nothing: Counter[str]) -> list[str]:
    """Return the codes of a cell (`a;b`, a list, a JSON list); words that mean "no code" are counted in `nothing`."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.strip().strip("[]").replace("'", "").replace(",", ";")
    parts: Iterable[Any] = value if _is_list(value) else text_of(value).split(";")
    names = [name for part in parts if (name := text_of(part).strip())]
    empty = [name for name in names if name.casefold() in NO_CODE]
    nothing.update(empty)
    return [name for name in names if name not in empty]


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, (str, bytes))


def same_codes(names: Iterable[str], known: Mapping[str, str]) -> frozenset[str]:
    """Return codes by their ids: `known` maps spellings to them.

    What is joined by a comma or a bar is parted if every part is known; unknown names stay as they are.
    """
    found: set[str] = set()
    for name in names:
        parts = [part.strip() for part in OTHER_JOINS.split(name)]
        ids = [_known(part, known) for part in parts]
        if _known(name, known) is None and len(parts) > 1 and None not in ids:
            found.update(code for code in ids if code)
        else:
            found.add(_known(name, known) or name)
    return frozenset(found)


def _known(name: str, known: Mapping[str, str]) -> str | None:
    return known.get(name) or known.get(name.casefold())


def spellings(codebook: Codebook) -> dict[str, str]:
    """Return a codebook's ids by id and, in lower case, by id and label."""
    labels = {code.label.casefold(): code.id for code in codebook.codes}
    return labels | {name.casefold(): name for name in codebook.ids} | {name: name for name in codebook.ids}


def meant_for(codebook: Codebook, used: Sequence[str]) -> bool:
    """Return whether codes, not all of them a codebook's, are meant for it: most are its own, or one nearly is."""
    strange = [name for name in used if name not in codebook.by_id]
    spelled = [(name, code) for name in strange for code in spellings(codebook)]
    return 2 * len(strange) < len(used) or any(_slip(name, code) for name, code in spelled)


def alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of names that differ by no more than a slip of the pen."""
    return [(name, other) for at, name in enumerate(names) for other in names[at + 1 :] if _slip(name, other)]


def _slip(name: str, other: str) -> bool:
    from difflib import SequenceMatcher

    first, second = (" ".join(re.split(r"[\W_]+", said.casefold())) for said in (name, other))
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return False  # "theme 1" and "theme 2"
    shorter = min(len(first), len(second))
    if shorter < SHORT or abs(len(first) - len(second)) > SLIPS:
        return False
    changes = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    off = sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")
    return off <= (SLIPS if shorter >= 2 * SHORT else 1)


def unjoined(rows: Sequence[Sequence[str]]) -> tuple[list[frozenset[str]], int]:
    """Part the codes of a table's rows that a comma or a bar joins, if each stands alone elsewhere or is COM-B's.

    Returns the codes of each row, and how many rows were parted.
    """
    from coder.codebook import load_codebook

    names = {name for row in rows for name in row}
    alone = {name: name for name in names if not OTHER_JOINS.search(name)}
    if len(alone) < len(names):
        alone = spellings(load_codebook("comb")) | alone
    found = [same_codes(row, alone) if set(row) - set(alone) else frozenset(row) for row in rows]
    return found, sum(codes != frozenset(row) for row, codes in zip(rows, found, strict=True))


def polarities_of(values: Sequence[Any], unknown: Counter[str]) -> list[str | None]:
    """Return a column's polarities, None where there is none; words that are not known are counted in `unknown`.

    Signs (+, -, 1, -1) count where the column has one that can mean nothing else.
    """
    said = [_sign(text_of(value)) for value in values]
    words = {**POLARITY_WORDS, **(SIGNS if PLAIN_SIGNS & set(said) else {})}
    unknown.update(word for word in said if word not in words)
    return [words.get(word) or None for word in said]


def _sign(text: str) -> str:
    word = re.sub("[−–—]", "-", text.strip().casefold())
    return re.sub(r"^([+-]?[01])\.0$", r"\1", word)
