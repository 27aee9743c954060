"""The lean encoder is all-MiniLM-L6-v2: it agrees with the formulas in float64 and with sentence-transformers."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erf

from coder.encoding import backends
from coder.encoding.backends import MAX_TOKENS, Tokeniser
from coder.encoding.transformer import MiniLM
from coder.encoding.weights import Weights, base_weights, model_folder

MEAN_COSINE, WORST_COSINE = 0.999, 0.997
Array = NDArray[np.float64]


def cosines(found: NDArray[np.floating], expected: NDArray[np.floating]) -> Array:
    products: Array = (found.astype(np.float64) * expected).sum(axis=1)
    return products


def normalised(state: Array, weights: Weights, name: str) -> Array:
    centred = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    scaled: Array = centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return scaled


def linear(state: Array, weights: Weights, name: str) -> Array:
    return state @ weights[f"{name}.weight"].T.astype(np.float64) + weights[f"{name}.bias"]


def attention(state: Array, weights: Weights, name: str) -> Array:
    query, key, value = (
        linear(state, weights, f"{name}.{part}").reshape(-1, 12, 32).transpose(1, 0, 2)
        for part in ("query", "key", "value")
    )
    scores = np.exp(query @ key.transpose(0, 2, 1) / math.sqrt(32))
    heads: Array = scores / scores.sum(axis=-1, keepdims=True) @ value
    return heads.transpose(1, 0, 2).reshape(-1, 384)


def bert(ids: Sequence[int], weights: Weights) -> Array:
    """Encode one text by the book, in float64 and without any batching."""
    state = weights["embeddings.word_embeddings.weight"][list(ids)].astype(np.float64)
    state = state + weights["embeddings.position_embeddings.weight"][: len(ids)]
    state = normalised(
        state + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm"
    )
    for layer in (f"encoder.layer.{number}" for number in range(6)):
        attended = attention(state, weights, f"{layer}.attention.self")
        attended = linear(attended, weights, f"{layer}.attention.output.dense")
        state = normalised(state + attended, weights, f"{layer}.attention.output.LayerNorm")
        inner = linear(state, weights, f"{layer}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / math.sqrt(2)))
        outer = linear(inner, weights, f"{layer}.output.dense")
        state = normalised(state + outer, weights, f"{layer}.output.LayerNorm")
    mean: Array = state.mean(axis=0)
    unit: Array = mean / np.linalg.norm(mean)
    return unit


def test_the_graph_computes_bert_as_published(lean: MiniLM, texts: list[str]) -> None:
    weights = base_weights()
    short = [text for text in texts if len(text) < 300][:12]
    expected = np.array([bert(window.ids, weights) for window in Tokeniser().windows(short)])
    found = cosines(lean.encode(short), expected)
    assert found.mean() >= MEAN_COSINE
    assert found.min() >= WORST_COSINE


def test_without_bfloat16_the_vectors_are_exact(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "_precision", lambda: "f32")
    exact = MiniLM(1, None)
    assert exact.id.endswith("-f32")
    weights = base_weights()
    short = texts[:6]
    expected = np.array([bert(window.ids, weights) for window in Tokeniser().windows(short)])
    assert cosines(exact.encode(short), expected).min() > 0.999999
    assert (exact.encode(short[::-1])[::-1] == exact.encode(short)).all()


def test_a_very_long_text_is_the_mean_of_its_windows(lean: MiniLM, texts: list[str]) -> None:
    windows = Tokeniser().windows([texts[-1]])
    assert len(windows) > 2
    assert all(len(window.ids) <= MAX_TOKENS for window in windows)
    weights = base_weights()
    mean = np.sum([len(window.ids) * bert(window.ids, weights) for window in windows], axis=0)
    found = cosines(lean.encode([texts[-1]]), mean[None] / np.linalg.norm(mean))
    assert found.min() >= WORST_COSINE


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_both_backends_agree_with_sentence_transformers(lean: MiniLM, texts: list[str]) -> None:
    from sentence_transformers import SentenceTransformer

    short = [text for text, count in zip(texts, tokens(texts), strict=True) if count <= MAX_TOKENS]
    original = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
    expected = original.encode(short, show_progress_bar=False).astype(np.float64)
    found = cosines(lean.encode(short), expected)
    assert found.mean() >= MEAN_COSINE
    assert found.min() >= WORST_COSINE
    reference = MiniLM(1, None, backend="torch")
    assert cosines(reference.encode(short), expected).min() > 0.99999
    assert cosines(lean.encode(texts), reference.encode(texts)).min() >= WORST_COSINE


def tokens(texts: list[str]) -> list[int]:
    counts = [0] * len(texts)
    for window in Tokeniser().windows(texts):
        counts[window.text] += len(window.ids)
    return counts
