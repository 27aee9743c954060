"""Adapters change the weights as written down, are named in the id, and are refused when they do not fit."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from coder.encoding import whole
from coder.encoding.adapter import BRANCH, read_adapter, write_branch
from coder.encoding.caching import CachingEncoder, MemoryStore
from coder.encoding.transformer import MiniLM
from coder.encoding.weights import SHA256, Weights, base_weights
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


def test_a_branch_leaves_the_vectors_alone_and_has_its_own(write: Write, lean: MiniLM) -> None:
    texts = ["far away", "I never have the time to go", "and so on " * 400]
    main = {f"{QUERY}.lora_A": LOW_RANK[f"{QUERY}.lora_A"], f"{QUERY}.lora_B": LOW_RANK[f"{QUERY}.lora_B"]}
    apart = {f"{BRANCH}{BIAS}.delta": LOW_RANK[f"{BIAS}.delta"]}
    plain = MiniLM(1, write(main)).encode(texts)
    joined = MiniLM(1, write(LOW_RANK)).encode(texts)
    encoder = MiniLM(1, write(main | apart))
    rows = encoder.whole(texts)
    assert rows.shape == (3, encoder.width) == (3, 768)
    np.testing.assert_allclose(rows[:, :384], plain, atol=0.002)  # a graph that parts is rounded elsewhere
    assert (encoder.encode(texts) == rows[:, :384]).all()
    np.testing.assert_allclose(rows[:, 384:], joined, atol=0.002)
    np.testing.assert_allclose(np.linalg.norm(rows[:, 384:], axis=1), 1, atol=1e-4)
    assert lean.width == lean.dimension


def test_a_branch_below_a_layer_that_it_does_not_name_is_that_of_the_encoder(write: Write) -> None:
    lower = "encoder.layer.4.output.dense.bias"
    encoder = MiniLM(1, write({f"{BRANCH}{lower}.delta": np.zeros(384, np.float32)}))
    rows = encoder.whole(["far away"])
    assert (rows[:, 384:] == rows[:, :384]).all()


def test_a_written_branch_is_read_as_it_was_tuned(write: Write) -> None:
    base, folder = base_weights(), write(LOW_RANK, scale=1.0)
    merged = read_adapter(folder).merged(base)
    steps = np.outer(np.ones(384), np.arange(384) / 384).astype(np.float32)
    tuned: Weights = {QUERY: merged[QUERY] + steps, BIAS: merged[BIAS] - 1}
    for _ in range(2):  # a branch that is there is replaced
        write_branch(tuned, base, folder, rank=2)
        found = read_adapter(folder).merged(base)
        for name in tuned:
            np.testing.assert_allclose(found[BRANCH + name], tuned[name], atol=0.005)
            assert (found[name] == merged[name]).all()


@pytest.mark.parametrize("name", ["embeddings.LayerNorm.bias", "encoder.layer.9.output.dense.bias"])
def test_a_branch_is_of_layers_alone(write: Write, name: str) -> None:
    adapter = read_adapter(write({f"{BRANCH}{name}.delta": np.zeros(384, np.float32)}))
    with pytest.raises(ModelError, match="does not have"):
        adapter.merged(base_weights())


def test_the_cache_keeps_whole_rows(write: Write) -> None:
    inner = MiniLM(1, write({f"{BRANCH}{BIAS}.delta": LOW_RANK[f"{BIAS}.delta"]}))
    encoder = CachingEncoder(inner, MemoryStore())
    rows = whole(encoder, ["far away", "near", "far away"])
    assert (rows == inner.whole(["far away", "near", "far away"])).all()
    assert (encoder.encode(["near"]) == rows[1:2, :384]).all()
