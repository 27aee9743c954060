"""What exhausts memory or time, never ends, or cannot be written in any encoding, is refused or mended first."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coder.errors import FormatError, UnsafeFileError
from coder.reading import read_transcript
from coder.reading.formats.plain import document_of
from coder.reading.safety.content import without_surrogates
from coder.reading.speakers.assemble import assemble
from coder.reading.tables.read import read_table
from coder.reading.tables.stream import stream_table

LONG = "x" * 1_300_000


def repeated(value: str | bytes, times: int = 5_000) -> pa.Array:
    """Return one long value many times, which a parquet file keeps once."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([value]))


def listed(times: int = 5_000) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(range(times + 1), pa.int32()), repeated(LONG, times))


@pytest.mark.parametrize("kind", ["text", "bytes", "lists"])
@pytest.mark.parametrize("way", ["whole", "stream"])
def test_a_parquet_table_that_repeats_a_long_text_is_refused(kind: str, way: str, tmp_path: Path) -> None:
    column = {"text": repeated(LONG), "bytes": repeated(LONG.encode()), "lists": listed()}[kind]
    path = tmp_path / "small.parquet"
    table = pa.table({"text": pa.array(["a"] * 5_000), "other": column})
    pq.write_table(table, path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 5_000
    with pytest.raises(UnsafeFileError, match=r"small\.parquet: it holds more text"):
        read_table(path) if way == "whole" else list(stream_table(path))


def test_a_parquet_table_of_repeated_words_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    codes = pa.array([["a", "b"], None, []])
    pq.write_table(pa.table({"text": pa.array(["one", None, "one"]), "codes": codes}), path)
    assert read_table(path).to_numpy().tolist() == [["one", ["a", "b"]], [None, None], ["one", []]]
    assert [row for piece in stream_table(path) for row in piece] == [
        {"text": "one", "codes": ["a", "b"]},
        {"text": None, "codes": None},
        {"text": "one", "codes": []},
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are a matter of Unix")
@pytest.mark.parametrize("name", ["talk.txt", "talk.docx", "table.csv", "table.parquet", "table.jsonl"])
def test_pipes_and_devices_are_refused_at_once(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    os.mkfifo(path)
    with pytest.raises(FormatError, match=r"not a file but a pipe or device|of a kind that is not read"):
        read_transcript(path)
    if name.startswith("table"):
        with pytest.raises(FormatError, match="not a file"):
            read_table(path)
        with pytest.raises(FormatError, match="not a file"):
            list(stream_table(path))


def test_halves_of_characters_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        r'[{"speaker": "A\ud800", "text": "so \udc00 it"}, {"speaker": "B", "text": "\ud83d\ude00 ok"}]'
    )
    transcript = read_transcript(path)
    transcript.text.encode()
    assert [(turn.speaker, transcript.words_of(turn)) for turn in transcript.turns] == [
        ("A\ufffd", "so \ufffd it"),
        ("B", "\U0001f600 ok"),
    ]
    table = tmp_path / "x.jsonl"
    table.write_text(r'{"text": "so \udc00 it", "codes": ["\ud800"]}' + "\n")
    assert read_table(table).to_numpy().tolist() == [["so \ufffd it", ["\ufffd"]]]
    assert without_surrogates("\U0001f600 stays") == "\U0001f600 stays"


@pytest.mark.parametrize("ends", ["\r", "\r\n", "\n"])
def test_every_line_end_is_one(ends: str, tmp_path: Path) -> None:
    talk = ends.join(["INT: Why?", "P1: So.", "INT: And?", "P1: No.", ""])
    (tmp_path / "a.txt").write_bytes(talk.encode())
    assert len(read_transcript(tmp_path / "a.txt").turns) == 4
    (tmp_path / "a.csv").write_bytes(ends.join(["text,code", "one,a", "two,b", ""]).encode())
    assert read_table(tmp_path / "a.csv").to_numpy().tolist() == [["one", "a"], ["two", "b"]]
    assert sum(map(len, stream_table(tmp_path / "a.csv"))) == 2


def test_a_cell_longer_than_the_csv_modules_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,code\n" + "word " * 60_000 + ",a\n")
    assert len(read_table(path)["text"][0]) == 299_999 + 1


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"Ida M{n % 26}{n}: x\n" * 2 for n in range(1_500)),
        "".join(f"A{n} B. C{n}: x\n\n" for n in range(1_500)),
        "INT: Why? P1: So. " * 1_500,
        "INT: x\n" * 3_000,
    ],
    ids=["names", "inner names", "one line", "equal labels"],
)
def test_many_labels_take_no_longer_than_as_many_lines(text: str) -> None:
    # Comparing each label with each would take minutes here.
    assert assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"").turns


def test_many_elan_tiers_are_read(tmp_path: Path) -> None:
    annotation = (
        '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="t"><ANNOTATION_VALUE>hello'
        "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )
    tiers = "".join(f'<TIER TIER_ID="T{n}">{annotation.format(n=n)}</TIER>' for n in range(5_000))
    slot = '<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="1"/></TIME_ORDER>'
    (tmp_path / "x.eaf").write_text(
        f'<?xml version="1.0"?><ANNOTATION_DOCUMENT>{slot}{tiers}</ANNOTATION_DOCUMENT>'
    )
    assert len(read_transcript(tmp_path / "x.eaf").turns) == 5_000
