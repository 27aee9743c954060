"""The lean backend: BERT's graph built straight from the weights, run by OpenVINO, without torch.

Computes in bfloat16 where the processor has instructions for it (twice the speed; mean cosine to float32
over 0.9999, kept by a test), in float32 elsewhere. Threads are independent streams that never wait for each
other, so a busy neighbour slows one of them down, not all, and the thread count cannot change a result.
"""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coder.encoding.batches import MAX_TOKENS, Batch
from coder.encoding.weights import Weights

if TYPE_CHECKING:
    import openvino as ov

LAYERS, HEADS, WIDTH, HEAD_WIDTH = 6, 12, 384, 32
LAYER_NORM_EPSILON = 1e-12
MASKED = -10_000.0  # added to the score of an empty place: its share after softmax is exactly 0


class OpenVINOBackend:
    """Runs batches on as many independent streams as there are threads."""

    def __init__(self, weights: Weights, threads: int) -> None:
        self._compiled = _core().compile_model(
            GraphBuilder(weights).model(),
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
        """Yield each batch with its rows' vectors of length 1, (rows, 384)."""
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

    Inputs: ids (rows, length) int32, mask (rows, length) float32 of 0 and 1. Output: (rows, 384) float32.
    """

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
        wide = op.unsqueeze(mask, self._integers(1, 2))  # rows, 1, 1, length
        bias = op.multiply(op.subtract(op.constant(np.float32(1)), wide), op.constant(np.float32(MASKED)))
        for number in range(LAYERS):
            state = self._layer(state, bias, f"encoder.layer.{number}")
        kept = op.multiply(state, op.unsqueeze(mask, self._integers(2)))
        total = op.reduce_sum(kept, self._integers(1), keep_dims=False)  # the mean, but for its length
        vectors = op.normalize_l2(total, self._integers(1), 1e-12, "max")
        return ov.Model([op.result(vectors)], [ids, mask], "all-MiniLM-L6-v2")

    def _embedded(self, ids: Any) -> Any:
        op, zero = self._op, self._op.constant(np.int64(0))
        words = op.gather(self._weight("embeddings.word_embeddings.weight"), ids, zero)
        table = (
            self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        length = op.gather(op.shape_of(ids), self._integers(1), zero)
        step = self._integers(1)
        places = op.slice(self._constant(table[None]), self._integers(0), length, step, step)
        return self._normalised(op.add(words, places), "embeddings.LayerNorm")

    def _layer(self, state: Any, bias: Any, name: str) -> Any:
        op = self._op
        attended = self._linear(self._attention(state, bias, name), f"{name}.attention.output.dense")
        state = self._normalised(op.add(state, attended), f"{name}.attention.output.LayerNorm")
        inner = op.gelu(self._linear(state, f"{name}.intermediate.dense"), "erf")
        outer = self._linear(inner, f"{name}.output.dense")
        return self._normalised(op.add(state, outer), f"{name}.output.LayerNorm")

    def _attention(self, state: Any, bias: Any, name: str) -> Any:
        op = self._op
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        joined = self._linear(state, *parts)  # one product instead of three
        query, key, value = (
            op.transpose(
                op.reshape(part, self._integers(0, 0, HEADS, HEAD_WIDTH), special_zero=True),
                self._integers(0, 2, 1, 3),
            )
            for part in op.split(joined, op.constant(np.int64(2)), 3).outputs()
        )
        scores = op.multiply(
            op.matmul(query, key, False, True), op.constant(np.float32(1 / np.sqrt(HEAD_WIDTH)))
        )
        shares = op.softmax(op.add(scores, bias), 3)
        context = op.transpose(op.matmul(shares, value, False, False), self._integers(0, 2, 1, 3))
        return op.reshape(context, self._integers(0, 0, WIDTH), special_zero=True)

    def _linear(self, state: Any, *names: str) -> Any:
        op = self._op
        matrix = np.concatenate([self._weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in names])
        return op.add(op.matmul(state, self._constant(matrix), False, True), self._constant(bias))

    def _normalised(self, state: Any, name: str) -> Any:
        op = self._op
        centred = op.mvn(state, self._integers(-1), True, LAYER_NORM_EPSILON, "inside_sqrt")
        scaled = op.multiply(centred, self._weight(f"{name}.weight"))
        return op.add(scaled, self._weight(f"{name}.bias"))

    def _weight(self, name: str) -> Any:
        return self._constant(self._weights[name])

    def _constant(self, array: NDArray[np.float32]) -> Any:
        """Return the array as part of the graph, not copied: the weights would lie in memory twice."""
        return self._op.constant(array, shared_memory=True)

    def _integers(self, *values: int) -> Any:
        return self._op.constant(np.array(values, dtype=np.int64))
