"""Long tables come in pieces, with the same cells as from `read_table`."""

import json
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from coder.errors import FormatError, TableError
from coder.reading.tables.read import read_table
from coder.reading.tables.stream import row_count, stream_table

ROWS = [
    {
        "id": str(number),
        "text": f"Answer {number}: “too far”, he\nsaid; 'no'",
        "study": "ab"[number % 2] * (number % 3),
    }
    for number in range(23)
]


def csv_of(separator: str, encoding: str, before: str = "") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        text = pd.DataFrame(ROWS).to_csv(sep=separator, index=False, lineterminator="\n")
        path.write_bytes((before + text).encode(encoding))

    return write


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.csv": csv_of(",", "utf-8"),
    "b.csv": csv_of(";", "cp1252"),
    "c.csv": csv_of(";", "utf-16", before="sep=;\n"),
    "d.csv": csv_of(",", "utf-8-sig", before="Survey of 2024,,\n\n"),
    "e.tsv": csv_of("\t", "utf-8"),
    "f.jsonl": lambda path: path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8"),
    "g.parquet": lambda path: pd.DataFrame(ROWS).to_parquet(path),
    "h.xlsx": lambda path: pd.DataFrame(ROWS).to_excel(path, index=False),
}


@pytest.mark.parametrize("name", list(WRITERS))
def test_pieces_hold_what_the_whole_table_holds(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    pieces = list(stream_table(path, needed=["text"], rows=5))
    assert [len(piece) for piece in pieces] == [5, 5, 5, 5, 3]
    frame = read_table(path, needed=["text"])
    assert list(chain.from_iterable(pieces)) == frame.to_dict("records")
    assert row_count(path) == (23 if name.endswith("parquet") else None)


def test_a_stray_quotation_mark_far_down_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    lines = [
        "id,text",
        *(f'{number},"words, words"' for number in range(60_000)),
        '60000,five" wide',
        "60001,end",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    rows = list(chain.from_iterable(stream_table(path, needed=["text"])))
    assert len(rows) == 60_002
    assert rows[-1] == {"id": "60001", "text": "end"}


def test_columns_match_without_regard_to_case(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ID;Text\n1;a\n2;b\n3;c\n")
    assert [row["text"] for row in chain.from_iterable(stream_table(path, needed=["text"], rows=2))] == [
        "a",
        "b",
        "c",
    ]


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,words\n1,a\n")
    with pytest.raises(TableError, match=r"'text' is missing.*id, words"):
        next(stream_table(path, needed=["text"]))
    (tmp_path / "b.parquet").write_bytes(b"%PDF-1.4 something")
    with pytest.raises(FormatError, match="not a parquet table"):
        next(stream_table(tmp_path / "b.parquet"))
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(FormatError, match="damaged"):
        row_count(tmp_path / "c.parquet")
    with pytest.raises(FormatError, match="tables are read from"):
        next(stream_table(tmp_path / "d.docx"))
    (tmp_path / "e.csv").write_text("id,text\n")
    with pytest.raises(TableError, match="no rows"):
        next(stream_table(tmp_path / "e.csv", needed=["text"]))


def test_every_broken_line_is_listed_after_the_good_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\nnonsense\n[1]\n\n{"text": "b"}\n')
    pieces = stream_table(path, needed=["text"], rows=1)
    assert [next(pieces), next(pieces)] == [[{"text": "a"}], [{"text": "b"}]]
    with pytest.raises(TableError) as caught:
        next(pieces)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["row 2", "row 3"]
