"""Coded excerpts: tables of text and human codes made ready for training and evaluation.

A table has `text`, and `code` or `codes` (several joined by `;`, or a JSON list; empty = looked at, nothing to
code); optional `polarity`, `question`, `coder`, `study`, and a column that names the group of a row for held-out
splits. Rows that say the same of one passage are joined: its codes add up, and where several coders coded it, what
at least half of them said stands and the row weighs by how far they agree.
"""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Code, Codebook
from coder.domain import POLARITIES
from coder.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from coder.learning import TrainingSet

GROUP_COLUMNS = ("transcript", "document", "participant", "study")
POLARITY_WORDS: dict[str, str] = {
    **{name: name for name in POLARITIES},
    "enabler": "facilitator", "enabling": "facilitator", "facilitating": "facilitator", "barriers": "barrier",
    "facilitators": "facilitator", "both": "mixed", "neutral": "", "none": "", "nan": "", "null": "",
}  # fmt: skip
CODABLE_AT = 0.5  # the share of a passage's coders who must have given a code for it to stand


@dataclass(frozen=True)
class Excerpt:
    """One passage with what people said of it, and the table's row it came from."""

    row: int
    text: str
    codes: frozenset[str]
    polarity: str | None
    question: str | None
    group: str
    study: str
    coders: tuple[str, ...] = ()
    weight: float = 1.0
    cells: Mapping[str, Any] = field(default_factory=dict)


def read_excerpts(paths: Sequence[str | Path], group: str | None = None) -> tuple[list[Excerpt], list[str]]:
    """Read coded excerpts from tables; returns them with notes on what was joined or left out.

    Raises TableError if a table lacks its columns, or no row can be used.
    """
    from coder.reading.tables import read_table

    excerpts: list[Excerpt] = []
    notes: list[str] = []
    for path in map(Path, paths):
        frame = read_table(path, needed=["text"])
        found, said = excerpts_of(frame, where=str(path), group=group, study=path.stem)
        excerpts += found
        notes += said
    return excerpts, notes


def excerpts_of(
    frame: "pd.DataFrame", *, where: str = "the table", group: str | None = None, study: str = ""
) -> tuple[list[Excerpt], list[str]]:
    """Turn a frame of coded excerpts into values; `study` names the topic of rows that do not say theirs.

    Raises TableError.
    """
    column = "codes" if "codes" in frame else "code"
    missing = [name for name in ("text", column) if name not in frame]
    if missing:
        has = ", ".join(map(str, frame.columns))
        raise TableError(
            f"{where} has no column {' and '.join(missing)} (it has: {has}). Rename the columns."
        )
    grouping = _group_column(frame, group, where)
    first_row = int(frame.attrs.get("first_row", 2))
    notes: list[str] = []
    problems: list[str] = []
    found = []
    for row, cells in enumerate(frame.to_dict("records"), start=first_row):
        excerpt = _excerpt(cells, row, column, grouping, study, problems)
        if excerpt:
            found.append(excerpt)
    if problems:
        notes.append(f"{where}: {len(problems)} rows left out: " + " ".join(problems[:10]))
    if not found:
        raise TableError(f"{where} has no row with a text.", problems[:20])
    joined = _joined(found, grouping is not None)
    if len(joined) < len(found):
        notes.append(
            f"{where}: {len(found)} rows speak of {len(joined)} passages; rows of one passage were joined."
        )
    return joined, notes


def _group_column(frame: "pd.DataFrame", wanted: str | None, where: str) -> str | None:
    if wanted is not None:
        if wanted not in frame:
            has = ", ".join(map(str, frame.columns))
            raise TableError(f"{where} has no column '{wanted}' to group by (it has: {has}).")
        return wanted
    return next((name for name in GROUP_COLUMNS if name in frame), None)


def _excerpt(
    cells: Mapping[Hashable, Any],
    row: int,
    column: str,
    grouping: str | None,
    study: str,
    problems: list[str],
) -> Excerpt | None:
    text = _text(cells.get("text"))
    if not text.strip():
        problems.append(f"Row {row} has no text.")
        return None
    said = _text(cells.get("polarity")).strip().lower()
    polarity = POLARITY_WORDS.get(said, "" if not said else None)
    if polarity is None:
        problems.append(f"Row {row}: polarity '{said}' is not {', '.join(POLARITIES)}.")
        return None
    own_study = _text(cells.get("study")) or study
    return Excerpt(
        row=row,
        text=text,
        codes=frozenset(_codes(cells.get(column))),
        polarity=polarity or None,
        question=_text(cells.get("question")) or None,
        group=(_text(cells.get(grouping)) if grouping else "") or f"row {row} of {study}",
        study=own_study,
        coders=tuple(filter(None, [_text(cells.get("coder"))])),
        cells={str(name): value for name, value in cells.items()},
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None or value != value else str(value)


def _codes(value: Any) -> list[str]:
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.strip().strip("[]").replace("'", "").replace(",", ";")
    parts: Iterable[Any] = value.split(";") if isinstance(value, str) else value if _is_list(value) else []
    names = [str(part).strip() for part in parts]
    return [name for name in names if name and name != "-"]


def _is_list(value: Any) -> bool:
    return hasattr(value, "__iter__") and not isinstance(value, (str, bytes))


def _joined(excerpts: Sequence[Excerpt], grouped: bool) -> list[Excerpt]:
    """Join rows of one passage; without groups two equal answers may be two people's, and stay apart."""
    passages: dict[Hashable, list[Excerpt]] = {}
    for item in excerpts:
        unit = _text(item.cells.get("unit") or item.cells.get("utterance_id"))
        key: Hashable = item.row
        if unit or grouped:
            key = (item.study, item.group, unit or item.text, item.question, item.cells.get("start"))
        passages.setdefault(key, []).append(item)
    return [items[0] if len(items) == 1 else _merged(items) for items in passages.values()]


def _merged(items: Sequence[Excerpt]) -> Excerpt:
    by_coder: dict[str, set[str]] = {}
    for item in items:
        by_coder.setdefault("".join(item.coders), set()).update(item.codes)
    votes = {
        code: sum(code in codes for codes in by_coder.values())
        for codes in by_coder.values()
        for code in codes
    }
    standing = frozenset(code for code, count in votes.items() if count / len(by_coder) >= CODABLE_AT)
    agreed = [count / len(by_coder) for count in votes.values()]
    polarities = {item.polarity for item in items if item.polarity}
    first = items[0]
    return Excerpt(
        row=first.row, text=first.text, codes=standing,
        polarity=polarities.pop() if len(polarities) == 1 else "mixed" if polarities else None,
        question=first.question, group=first.group, study=first.study,
        coders=tuple(sorted(by_coder)) if any(by_coder) else (),
        weight=sum(agreed) / len(agreed) if agreed else 1.0, cells=first.cells,
    )  # fmt: skip


def codebook_for(excerpts: Sequence[Excerpt], codebook: Codebook | None) -> tuple[Codebook, list[str]]:
    """Return the given codebook, else COM-B if it has all codes used, else one made of the codes' names.

    A made codebook has no definitions, so a model can only learn from the excerpts: the note says so.
    """
    from coder.codebook import load_codebook

    if codebook is not None:
        return codebook, []
    used = sorted({code for excerpt in excerpts for code in excerpt.codes})
    comb = load_codebook("comb")
    if set(used) <= set(comb.ids):
        return comb, []
    if not used:
        raise TableError("No row has a code. At least some excerpts must be coded.")
    axis = tuple(POLARITIES) if any(excerpt.polarity for excerpt in excerpts) else ()
    made = Codebook(
        "codes of the table", tuple(Code(name, name.replace("_", " ")) for name in used), polarity=axis
    )
    return made, [
        f"No codebook given: made one of the {len(used)} codes used."
        " A codebook with definitions (--codebook FILE) makes models better."
    ]


def training_set(excerpts: Sequence[Excerpt], codebook: Codebook) -> "TrainingSet":
    """Return excerpts as a training set; raises TableError naming unknown codes with the nearest known id."""
    from coder.learning import TrainingSet, label_matrix

    return TrainingSet(
        texts=[item.text for item in excerpts],
        labels=label_matrix([sorted(item.codes) for item in excerpts], codebook),
        polarity=[item.polarity for item in excerpts],
        questions=[item.question for item in excerpts],
        groups=[item.group for item in excerpts],
        studies=[item.study for item in excerpts],
        weights=[item.weight for item in excerpts],
        coders=[" & ".join(item.coders) or None for item in excerpts],
    )
