"""Adapters change the weights as written down, are named in the id, and are refused when they do not fit."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from coder.encoding.adapter import read_adapter
from coder.encoding.transformer import MiniLM
from coder.encoding.weights import SHA256, base_weights
from coder.errors import ModelError

QUERY = "encoder.layer.3.attention.self.query.weight"
BIAS = "encoder.layer.5.output.dense.bias"
Write = Callable[..., Path]
RANDOM = np.random.default_rng(5)
LOW_RANK: dict[str, NDArray[np.float32]] = {
    f"{QUERY}.lora_A": RANDOM.normal(size=(4, 384)).astype(np.float32),
    f"{QUERY}.lora_B": RANDOM.normal(size=(384, 4)).astype(np.float32),
    f"{BIAS}.delta": np.full(384, 0.25, dtype=np.float32),
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(arrays: dict[str, NDArray[np.float32]], **card: object) -> Path:
        save_file(arrays, tmp_path / "adapter.safetensors")
        content = {"format": 1, "base": SHA256, "scale": 0.5, **card}
        (tmp_path / "adapter.json").write_text(json.dumps(content))
        return tmp_path

    return written


def test_low_rank_and_full_changes_are_added(write: Write) -> None:
    base = base_weights()
    merged = read_adapter(write(LOW_RANK)).merged(base)
    change: NDArray[np.float32] = LOW_RANK[f"{QUERY}.lora_B"] @ LOW_RANK[f"{QUERY}.lora_A"]
    expected = base[QUERY] + 0.5 * change
    np.testing.assert_allclose(merged[QUERY], expected, atol=1e-5)
    np.testing.assert_allclose(merged[BIAS], base[BIAS] + 0.25, atol=1e-6)
    unchanged = set(base) - {QUERY, BIAS}
    assert all(merged[name] is base[name] for name in unchanged)


def test_an_adapted_encoder_differs_and_says_so(write: Write, lean: MiniLM) -> None:
    folder = write(LOW_RANK)
    adapted = MiniLM(1, folder)
    assert f"+adapter:{read_adapter(folder).sha[:12]}/" in adapted.id
    assert (adapted.encode(["far away"]) * lean.encode(["far away"])).sum() < 0.99


def test_an_adapter_of_nothing_changes_no_bit(write: Write, lean: MiniLM) -> None:
    zero = write({f"{BIAS}.delta": np.zeros(384, dtype=np.float32)})
    assert (MiniLM(1, zero / "adapter.safetensors").encode(["far away"]) == lean.encode(["far away"])).all()


@pytest.mark.parametrize(
    ("arrays", "card", "message"),
    [
        ({f"{QUERY}.lora_A": np.ones((4, 384), np.float32)}, {}, "neither a .delta nor half"),
        ({"what": np.ones(3, np.float32)}, {}, "neither"),
        ({f"{BIAS}.delta": np.full(384, np.nan, np.float32)}, {}, "not numbers"),
        ({f"{BIAS}.delta": np.ones(384, np.float32)}, {"base": "other"}, "other base weights"),
        ({f"{BIAS}.delta": np.ones(384, np.float32)}, {"format": 9}, "format 1"),
        ({f"{BIAS}.delta": np.ones(384, np.float32)}, {"scale": "much"}, "scale must be a number"),
        (
            {
                f"{QUERY}.lora_A": np.ones((4, 384), np.float32),
                f"{QUERY}.lora_B": np.ones((384, 3), np.float32),
            },
            {},
            "do not fit",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    write: Write, arrays: dict[str, NDArray[np.float32]], card: dict[str, object], message: str
) -> None:
    folder = write(arrays, **card)
    with pytest.raises(ModelError, match=message):
        read_adapter(folder)


@pytest.mark.parametrize("name", ["encoder.layer.9.output.dense.bias", BIAS])
def test_weights_that_do_not_exist_or_have_another_shape(write: Write, name: str) -> None:
    adapter = read_adapter(write({f"{name}.delta": np.ones(12, np.float32)}))
    with pytest.raises(ModelError, match="does not have"):
        adapter.merged(base_weights())


def test_missing_and_damaged_files(tmp_path: Path, write: Write) -> None:
    with pytest.raises(ModelError, match=r"has no adapter\.json"):
        read_adapter(tmp_path / "nowhere")
    folder = write(LOW_RANK)
    (folder / "adapter.safetensors").write_bytes(b"\x80broken")
    with pytest.raises(ModelError, match="damaged"):
        read_adapter(folder)
    (folder / "adapter.json").write_text("{")
    with pytest.raises(ModelError, match="not JSON"):
        read_adapter(folder)
