"""The vector cache: no text twice, bounded, private, shared by runs, and never in the way."""

import os
import sqlite3
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.encoding.caching import CachingEncoder, FileStore, MemoryStore, NoStore, Store, open_store
from coder.encoding.encoder import Progress


class LengthEncoder:
    """Encodes a text by its length and first letter; remembers what it was asked."""

    id = "lengths/test"
    fingerprint = "lengths/test/here"
    dimension = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        self.asked += texts
        if progress:
            progress(len(texts))
        return np.array([[len(text), ord(text[0])] for text in texts], dtype=np.float32)


@pytest.fixture(params=["file", "memory", "none"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    stores: dict[str, Store] = {
        "file": FileStore(tmp_path / "v.sqlite", 2),
        "memory": MemoryStore(),
        "none": NoStore(),
    }
    return stores[request.param]


def test_duplicates_are_encoded_once_and_rows_keep_their_order(store: Store) -> None:
    inner = LengthEncoder()
    encoder = CachingEncoder(inner, store)
    found = encoder.encode(["ab", "c", "ab", "ddd", "c"])
    assert found[:, 0].tolist() == [2, 1, 2, 3, 1]
    assert inner.asked == ["ab", "c", "ddd"]


def test_progress_adds_up_to_the_number_of_texts(store: Store) -> None:
    steps: list[int] = []
    encoder = CachingEncoder(LengthEncoder(), store)
    encoder.encode(["ab", "c", "ab"], progress=steps.append)
    encoder.encode(["ab", "e"], progress=steps.append)
    assert sum(steps) == 5


def test_what_was_encoded_before_comes_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "v.sqlite"
    first = CachingEncoder(LengthEncoder(), FileStore(path, 2)).encode(["ab", "c"])
    inner = LengthEncoder()
    again = CachingEncoder(inner, FileStore(path, 2)).encode(["c", "new", "ab"])
    assert inner.asked == ["new"]
    assert (again[[2, 0]] == first).all()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_texts_themselves_are_not_kept(tmp_path: Path) -> None:
    CachingEncoder(LengthEncoder(), FileStore(tmp_path / "v.sqlite", 2)).encode(["a secret of one person"])
    assert all(b"secret" not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_only_the_newest_are_kept(kind: str, tmp_path: Path) -> None:
    bounded: Store = FileStore(tmp_path / "v.sqlite", 2, kept=3) if kind == "file" else MemoryStore(kept=3)
    for number in range(5):
        bounded.put([bytes([number])], np.full((1, 2), number, dtype=np.float32))
    assert sorted(bounded.get([bytes([number]) for number in range(5)])) == [b"\x02", b"\x03", b"\x04"]


def test_only_the_encoders_used_last_have_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODER_CACHE", str(tmp_path))
    for number in range(6):
        open_store(f"encoder {number}", 2).put([b"k"], np.full((1, 2), number, dtype=np.float32))
        for path in tmp_path.iterdir():
            os.utime(path, (path.stat().st_atime - 10, path.stat().st_mtime - 10))
    assert len(list(tmp_path.glob("*.sqlite"))) == 4
    assert open_store("encoder 1", 2).get([b"k"]) == {}
    assert open_store("encoder 5", 2).get([b"k"])[b"k"][0] == 5


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CODER_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert isinstance(open_store("encoder", 2), NoStore)


def test_a_damaged_file_is_done_without_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    path.write_bytes(b"not a database, but long enough to look like a file with pages in it" * 20)
    encoder = CachingEncoder(LengthEncoder(), FileStore(path, 2))
    assert encoder.encode(["ab"])[0, 0] == 2
    encoder.encode(["ab"])
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (1,)


def test_vectors_of_another_size_are_not_used(tmp_path: Path) -> None:
    FileStore(tmp_path / "v.sqlite", 3).put([b"k"], np.ones((1, 3), dtype=np.float32))
    assert FileStore(tmp_path / "v.sqlite", 2).get([b"k"]) == {}


def test_a_place_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    encoder = CachingEncoder(LengthEncoder(), FileStore(tmp_path / "file" / "v.sqlite", 2))
    assert encoder.encode(["ab"])[0, 0] == 2


def test_many_runs_may_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"

    def run(number: int) -> NDArray[np.float32]:
        encoder = CachingEncoder(LengthEncoder(), FileStore(path, 2))
        return encoder.encode([f"{letter}{'x' * place}" for place in range(50) for letter in "ab"])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(run, range(8)))
    assert all((vectors == found[0]).all() for vectors in found)
    assert len(FileStore(path, 2).get([])) == 0
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (100,)


def test_where_the_cache_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODER_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    open_store("one", 2).put([b"k"], np.ones((1, 2), dtype=np.float32))
    assert [file.parent.name for file in tmp_path.rglob("*.sqlite")] == ["coder"]
    assert open_store("other", 2).get([b"k"]) == {}
    monkeypatch.setenv("CODER_CACHE", "off")
    assert isinstance(open_store("one", 2), NoStore)
    monkeypatch.setenv("CODER_CACHE", "memory")
    assert isinstance(open_store("one", 2), MemoryStore)
