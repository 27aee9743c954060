"""Models on disk: whatever is saved is read back, a model is replaced whole or not at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coder.codebook import Codebook
from coder.errors import ModelError, OutputError
from coder.learning import Batch, Model, blank_model, save_model, train_model
from coder.learning.persistence import model_files
from coder.learning.persistence.model_files import packed, read_model, unpacked
from tests.learning.conftest import WordEncoder
from tests.learning.made_excerpts import excerpts
from tests.present import present

TEXTS = ["clock diary", "sister mate", "knee fever never"]


@pytest.fixture
def blank(codebook: Codebook, encoder: WordEncoder) -> Model:
    return blank_model(codebook, encoder)


@pytest.fixture
def model(codebook: Codebook, blank: Model) -> Model:
    return train_model(excerpts(codebook), codebook, base=blank, name="mine")


def scores(model: Model) -> NDArray[np.float64]:
    return model.predict(Batch.of_texts(TEXTS)).scores


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_model_saved_over_another_leaves_nothing_of_it(
    model: Model, blank: Model, codebook: Codebook, encoder: WordEncoder, tmp_path: Path
) -> None:
    above = train_model(excerpts(codebook, 30, seed=4), codebook, base=model, name="above")
    save_model(above, tmp_path / "m")
    (tmp_path / "m/notes.txt").write_text("mine")
    assert "base/card.json" in names(tmp_path / "m")
    save_model(model, tmp_path / "m")
    assert names(tmp_path / "m") == {"card.json", "model.npz", "notes.txt"}
    assert names(tmp_path) == {"m", "m/card.json", "m/model.npz", "m/notes.txt"}
    assert np.allclose(scores(read_model(tmp_path / "m", encoder)), scores(model), atol=1e-6)


def test_a_model_that_cannot_be_written_leaves_the_old_one(
    model: Model, blank: Model, encoder: WordEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_model(model, tmp_path / "m")
    before = {path.name: path.read_bytes() for path in (tmp_path / "m").iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_files, "write_arrays", full)
    with pytest.raises(OutputError, match="No space left"):
        save_model(blank, tmp_path / "m")
    assert {path.name: path.read_bytes() for path in (tmp_path / "m").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@given(
    seed=st.integers(0, 2**16),
    firm=st.floats(0.01, 100),
    texts=st.lists(
        st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable()), min_size=1, max_size=5
    ),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_packed_is_unpacked_as_it_was(
    model: Model, seed: int, firm: float, texts: list[str]
) -> None:
    rng = np.random.default_rng(seed)
    parts, k = model.parts, 3
    themes = replace(
        parts.themes,
        bias=rng.normal(size=k).astype(np.float32),
        kept=rng.random(k).astype(np.float32),
        firm=firm,
    )
    calibration = replace(
        parts.calibration, thresholds=rng.random(k), offsets=rng.normal(size=k), usable=rng.random(k) > 0.5
    )
    known = replace(
        present(parts.examples), texts=texts, vectors=rng.normal(size=(len(texts), 64)).astype(np.float16),
        labels=rng.integers(0, 2, (len(texts), k)).astype(np.int8), studies=texts[::-1],
    )  # fmt: skip
    given_parts = replace(parts, themes=themes, calibration=calibration, examples=known)
    arrays, shape = packed(given_parts)
    found = unpacked(arrays, shape, 64, k)
    again, told = packed(found)
    assert told == shape and set(again) == set(arrays)
    assert all((again[name] == arrays[name]).all() for name in arrays)
    assert found.examples is not None and list(found.examples.texts) == texts


@given(place=st.integers(0, 10**6), value=st.integers(1, 255))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_is_noticed(
    model: Model, encoder: WordEncoder, tmp_path: Path, place: int, value: int
) -> None:
    folder = tmp_path / "m"
    if not folder.exists():
        save_model(model, folder)
    content = bytearray((folder / "model.npz").read_bytes())
    kept = bytes(content)
    content[place % len(content)] ^= value
    (folder / "model.npz").write_bytes(content)
    with pytest.raises(ModelError, match="changed or damaged"):
        read_model(folder, encoder)
    (folder / "model.npz").write_bytes(kept)
