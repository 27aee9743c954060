"""Batches of fixed shapes, and what computes their vectors: OpenVINO without torch, or torch as the reference.

Arithmetic in a matrix product can depend on the product's shape. So that a text's vector never depends on its
company, every text is computed in the one shape that its own length decides: lengths are rounded up to a bucket, and
a bucket's batches always have the same number of rows, the last one filled up with empty rows. Sorting by length
keeps the rounding small (about 1 token in 16 instead of 1 in 2 for mixed batches).

The lean backend builds the encoder's graph straight from the weights, and OpenVINO runs it. It computes in bfloat16
where the processor has instructions for it (twice the speed; mean cosine to float32 over 0.9999, kept by a test), in
float32 elsewhere. Threads are independent streams that never wait for each other, so a busy neighbour slows one of
them down, not all, and the thread count cannot change a result.

The reference computes in float32: exact, slow to start, and without need of a special processor.
"""

import platform
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coder.encoding.adapter import BRANCH, layer_of
from coder.encoding.weights import Weights, model_folder
from coder.installation import require

if TYPE_CHECKING:
    import openvino as ov

MAX_TOKENS = 256  # as the original encoder, [CLS] and [SEP] included
BATCH_TOKENS = 256  # larger batches are 4 % faster but waste more on the last, part-filled one
BUCKETS = (*range(4, 32, 4), *range(32, 64, 8), *range(64, 128, 16), *range(128, MAX_TOKENS + 1, 32))
MASKED = -10_000.0  # added to the score of an empty place: its share after softmax is exactly 0


CLS, SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Window:
    """Up to MAX_TOKENS tokens of one text: the whole of nearly every text, a stretch of a very long one."""

    text: int
    ids: list[int]
    first: bool = True


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of one bucket, by their places in the list; `ids` and `mask` are (rows, length).

    Rows beyond the windows are empty.
    """

    places: list[int]
    ids: NDArray[np.int32]
    mask: NDArray[np.float32]


class Tokeniser:
    """Cuts texts into the encoder's word pieces."""

    def __init__(self, file: Path | None = None, first: int = CLS, last: int = SEP) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(file or model_folder() / "tokenizer.json"))
        self._around = first, last
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def windows(self, texts: Sequence[str]) -> list[Window]:
        """Return each text's windows; a text over MAX_TOKENS is cut into equal windows without overlap."""
        clean = [text if text.isascii() else text.encode("utf-8", "replace").decode() for text in texts]
        windows = []
        for number, encoding in enumerate(self._tokenizer.encode_batch_fast(clean)):
            ids = encoding.ids
            if len(ids) <= MAX_TOKENS:
                windows.append(Window(number, ids))
            else:
                windows += [
                    Window(number, piece, not start)
                    for start, piece in enumerate(_cut(ids[1:-1], *self._around))
                ]
        return windows


def _cut(ids: list[int], first: int, last: int) -> list[list[int]]:
    pieces = -(-len(ids) // (MAX_TOKENS - 2))
    step = -(-len(ids) // pieces)
    return [[first, *ids[start : start + step], last] for start in range(0, len(ids), step)]


def batches_of(windows: Sequence[Window]) -> Iterator[Batch]:
    """Yield the windows in batches of fixed shapes, shortest first."""
    lengths = np.array([len(window.ids) for window in windows])
    buckets: dict[int, list[int]] = defaultdict(list)
    for index, bucket in enumerate(np.searchsorted(BUCKETS, lengths)):
        buckets[BUCKETS[bucket]].append(index)
    for length in sorted(buckets):
        rows = BATCH_TOKENS // length
        for start in range(0, len(buckets[length]), rows):
            yield _batch(windows, buckets[length][start : start + rows], rows, length)


def _batch(windows: Sequence[Window], indices: list[int], rows: int, length: int) -> Batch:
    ids = np.zeros((rows, length), dtype=np.int32)
    mask = np.zeros((rows, length), dtype=np.float32)
    mask[:, 0] = 1  # an empty row keeps one token, so that its mean exists
    for row, index in enumerate(indices):
        tokens = windows[index].ids
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return Batch(indices, ids, mask)


class OpenVINOBackend:
    """Runs batches on as many independent streams as there are threads."""

    def __init__(self, weights: Weights, threads: int, graph: "type[GraphBuilder] | None" = None) -> None:
        self._compiled = _core().compile_model(
            (graph or GraphBuilder)(weights).model(),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": _precision(),
                "NUM_STREAMS": threads,
                "INFERENCE_NUM_THREADS": threads,
                "ENABLE_CPU_PINNING": False,  # two runs on one machine must not fight for one core
            },
        )
        self._streams = threads

    @staticmethod
    def described(threads: int) -> tuple[str, str]:
        """Return version and precision for the encoder's id, and the processor; threads decide nothing."""
        version = _core().get_versions("CPU")["CPU"].build_number.split("-")[0]
        return f"openvino-{version}-{_precision()}", str(_core().get_property("CPU", "FULL_DEVICE_NAME"))

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, NDArray[np.float32]]]:
        """Yield each batch with its rows' vectors of length 1, (rows, dimension)."""
        free = [self._compiled.create_infer_request() for _ in range(self._streams + 1)]
        running: deque[tuple[Batch, Any]] = deque()
        for batch in batches:
            if not free:
                yield _finished(running, free)
            request = free.pop()
            request.start_async([batch.ids, batch.mask])
            running.append((batch, request))
        while running:
            yield _finished(running, free)


def _finished(running: deque[tuple[Batch, Any]], free: list[Any]) -> tuple[Batch, NDArray[np.float32]]:
    batch, request = running.popleft()
    request.wait()
    free.append(request)
    return batch, request.get_output_tensor(0).data.copy()


@cache
def _core() -> Any:
    ov = _openvino()
    return ov.Core()


def _openvino() -> Any:
    """Import OpenVINO without its usage statistics, which it would otherwise load beside its converter.

    Nothing it knows how to send is ever reached: an import that is blocked here is one that its own code expects
    to fail.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes the import fail
    import openvino as ov

    return ov


def _precision() -> str:
    return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


class GraphBuilder:
    """Builds BERT (Devlin et al. 2019) with mean pooling and normalisation as one graph.

    Inputs: ids (rows, length) int32, mask (rows, length) float32 of 0 and 1. Output: (rows, width) float32; with a
    branch (see `coder.encoding.adapter`) twice as wide, its vectors to the right.
    """

    title = "all-MiniLM-L6-v2"
    layers, heads, width = 6, 12, 384
    epsilon = 1e-12  # of the layer norms
    asked = ("attention.self.query", "attention.self.key", "attention.self.value")
    attended = ("attention.output.dense", "attention.output.LayerNorm")

    def __init__(self, weights: Weights) -> None:
        self._op = _openvino().opset13
        self._weights = weights

    def model(self) -> "ov.Model":
        """Return the graph, for any number of rows and any length up to MAX_TOKENS."""
        ov = _openvino()
        op = self._op
        ids = op.parameter([-1, -1], ov.Type.i32, name="ids")
        mask = op.parameter([-1, -1], ov.Type.f32, name="mask")
        state = self._embedded(ids)
        bias = self._bias(ids, mask)
        states = [state]
        for number in range(self.layers):
            states.append(self._layer(states[-1], bias, f"encoder.layer.{number}"))
        vectors = self._pooled(states[-1], mask)
        upper = {layer_of(name.removeprefix(BRANCH)) for name in self._weights if name.startswith(BRANCH)}
        if upper:
            state = states[min(upper)]
            for number in sorted(upper):
                state = self._layer(state, bias, f"{BRANCH}encoder.layer.{number}")
            vectors = op.concat([vectors, self._pooled(state, mask)], 1)
        return ov.Model([op.result(vectors)], [ids, mask], self.title)

    def _pooled(self, state: Any, mask: Any) -> Any:
        """Return the mean of the token vectors, of length 1, (rows, width)."""
        op = self._op
        masked = op.multiply(state, op.unsqueeze(mask, self._integers(2)))
        total = op.reduce_sum(masked, self._integers(1), keep_dims=False)  # the mean, but for its length
        return op.normalize_l2(total, self._integers(1), 1e-12, "max")

    def _places(self) -> NDArray[np.float32]:
        """Return what is added to the word at each place, (MAX_TOKENS, width)."""
        return np.asarray(
            self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )

    def _embedded(self, ids: Any) -> Any:
        op, zero = self._op, self._op.constant(np.int64(0))
        words = op.gather(self._weight("embeddings.word_embeddings.weight"), ids, zero)
        table, step = self._constant(self._places()[None]), self._integers(1)
        places = op.slice(table, self._integers(0), self._length(ids), step, step)
        return self._normalised(op.add(words, places), "embeddings.LayerNorm")

    def _length(self, ids: Any) -> Any:
        op = self._op
        return op.gather(op.shape_of(ids), self._integers(1), op.constant(np.int64(0)))

    def _bias(self, ids: Any, mask: Any) -> Any:
        """Return what is added to the scores of attention, (rows, 1 or heads, 1 or length, length)."""
        op = self._op
        wide = op.unsqueeze(mask, self._integers(1, 2))  # rows, 1, 1, length
        return op.multiply(op.subtract(op.constant(np.float32(1)), wide), op.constant(np.float32(MASKED)))

    def _layer(self, state: Any, bias: Any, name: str) -> Any:
        op = self._op
        dense, norm = self.attended
        attended = self._linear(self._attention(state, bias, name), f"{name}.{dense}")
        state = self._normalised(op.add(state, attended), f"{name}.{norm}")
        inner = op.gelu(self._linear(state, f"{name}.intermediate.dense"), "erf")
        outer = self._linear(inner, f"{name}.output.dense")
        return self._normalised(op.add(state, outer), f"{name}.output.LayerNorm")

    def _attention(self, state: Any, bias: Any, name: str) -> Any:
        op = self._op
        deep = self.width // self.heads
        joined = self._linear(
            state, *(f"{name}.{part}" for part in self.asked)
        )  # one product instead of three
        query, key, value = (
            op.transpose(
                op.reshape(part, self._integers(0, 0, self.heads, deep), special_zero=True),
                self._integers(0, 2, 1, 3),
            )
            for part in op.split(joined, op.constant(np.int64(2)), 3).outputs()
        )
        scores = op.multiply(op.matmul(query, key, False, True), op.constant(np.float32(1 / np.sqrt(deep))))
        shares = op.softmax(op.add(scores, bias), 3)
        context = op.transpose(op.matmul(shares, value, False, False), self._integers(0, 2, 1, 3))
        return op.reshape(context, self._integers(0, 0, self.width), special_zero=True)

    def _linear(self, state: Any, *names: str) -> Any:
        op = self._op
        matrix = np.concatenate([self._weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        return op.add(op.matmul(state, self._constant(matrix), False, True), self._constant(bias))

    def _normalised(self, state: Any, name: str) -> Any:
        op = self._op
        centred = op.mvn(state, self._integers(-1), True, self.epsilon, "inside_sqrt")
        scaled = op.multiply(centred, self._weight(f"{name}.weight"))
        return op.add(scaled, self._weight(f"{name}.bias"))

    def _weight(self, name: str) -> Any:
        return self._constant(self._weights[name])

    def _constant(self, array: NDArray[np.float32]) -> Any:
        """Return the array as part of the graph, not copied: the weights would lie in memory twice."""
        return self._op.constant(array, shared_memory=True)

    def _integers(self, *values: int) -> Any:
        return self._op.constant(np.array(values, dtype=np.int64))


class MPNetGraph(GraphBuilder):
    """Builds MPNet (Song et al. 2020): no token types, and scores that also depend on how far two words are apart."""

    title = "all-mpnet-base-v2"
    layers, heads, width = 12, 12, 768
    epsilon = 1e-5
    asked = ("attention.attn.q", "attention.attn.k", "attention.attn.v")
    attended = ("attention.attn.o", "attention.LayerNorm")
    first_place = 2  # as in the RoBERTa family: place 1 is that of padding
    near, far, farthest = 8, 16, 128

    def _places(self) -> NDArray[np.float32]:
        table = self._weights["embeddings.position_embeddings.weight"]
        return table[self.first_place : self.first_place + MAX_TOKENS]

    def _bias(self, ids: Any, mask: Any) -> Any:
        op, zero, step = self._op, self._integers(0, 0), self._integers(1, 1)
        steps = (
            np.arange(MAX_TOKENS)[None, :] - np.arange(MAX_TOKENS)[:, None]
        )  # from the asking word to the asked
        table = self._weights["encoder.relative_attention_bias.weight"][
            self.bucket(steps)
        ]  # length, length, heads
        whole = self._constant(np.ascontiguousarray(table.transpose(2, 0, 1)[None]))
        length = self._length(ids)
        end, axes = op.concat([length, length], 0), self._integers(2, 3)
        return op.add(op.slice(whole, zero, end, step, axes), super()._bias(ids, mask))

    def bucket(self, steps: NDArray[np.integer]) -> NDArray[np.intp]:
        """Return which of 32 biases a distance has: each near one its own, far ones in logarithmic bands."""
        back = np.abs(steps)
        with np.errstate(divide="ignore"):
            bands = np.log(back.astype(np.float32) / np.float32(self.near)) / np.log(
                self.farthest / self.near
            )
        distant = self.near + np.where(back < self.near, 0, bands * (self.far - self.near)).astype(np.intp)
        buckets = np.where(back < self.near, back, np.minimum(distant, self.far - 1))
        return np.asarray(buckets + np.where(steps > 0, self.far, 0), dtype=np.intp)


class TorchBackend:
    """Runs batches through the official SentenceTransformer pipeline with the given weights."""

    def __init__(self, weights: Weights, threads: int) -> None:
        require("tune", "The encoder 'torch'")
        import torch
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(
            str(model_folder()), device="cpu", local_files_only=True, trust_remote_code=False
        )
        state = {name: torch.from_numpy(array) for name, array in weights.items()}
        self._model[0].auto_model.load_state_dict(state, strict=False)
        self._threads = threads

    @staticmethod
    def described(threads: int) -> tuple[str, str]:
        """Return version and precision for the encoder's id, and what else decides the last bits."""
        import torch

        return f"torch-{torch.__version__.split('+')[0]}-f32", f"{platform.machine()}, {threads} threads"

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, NDArray[np.float32]]]:
        """Yield each batch with its rows' vectors of length 1, (rows, 384)."""
        import torch

        torch.set_num_threads(self._threads)
        for batch in batches:
            features = {
                "input_ids": torch.from_numpy(batch.ids).long(),
                "attention_mask": torch.from_numpy(batch.mask).long(),
            }
            with torch.inference_mode():
                vectors = self._model(features)["sentence_embedding"]
            yield batch, vectors.numpy()
