"""From texts to batches of fixed shapes.

Arithmetic in a matrix product can depend on the product's shape. So that a text's vector never depends on
its company, every text is computed in the one shape that its own length decides: lengths are rounded up to a
bucket, and a bucket's batches always have the same number of rows, the last one filled up with empty rows.
Sorting by length keeps the rounding small (about 1 token in 16 instead of 1 in 2 for mixed batches).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coder.encoding.weights import model_folder

MAX_TOKENS = 256  # as the original encoder, [CLS] and [SEP] included
BATCH_TOKENS = 256  # larger batches are 4 % faster but waste more on the last, part-filled one
BUCKETS = (*range(4, 32, 4), *range(32, 64, 8), *range(64, 128, 16), *range(128, MAX_TOKENS + 1, 32))
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
        found = []
        for number, encoding in enumerate(self._tokenizer.encode_batch_fast(clean)):
            ids = encoding.ids
            if len(ids) <= MAX_TOKENS:
                found.append(Window(number, ids))
            else:
                found += [
                    Window(number, piece, not start)
                    for start, piece in enumerate(_cut(ids[1:-1], *self._around))
                ]
        return found


def _cut(ids: list[int], first: int, last: int) -> list[list[int]]:
    pieces = -(-len(ids) // (MAX_TOKENS - 2))
    step = -(-len(ids) // pieces)
    return [[first, *ids[start : start + step], last] for start in range(0, len(ids), step)]


def batches_of(windows: Sequence[Window]) -> Iterator[Batch]:
    """Yield the windows in batches of fixed shapes, shortest first."""
    lengths = np.array([len(window.ids) for window in windows])
    buckets: dict[int, list[int]] = defaultdict(list)
    for place, bucket in enumerate(np.searchsorted(BUCKETS, lengths)):
        buckets[BUCKETS[bucket]].append(place)
    for length in sorted(buckets):
        rows = BATCH_TOKENS // length
        for start in range(0, len(buckets[length]), rows):
            yield _batch(windows, buckets[length][start : start + rows], rows, length)


def _batch(windows: Sequence[Window], places: list[int], rows: int, length: int) -> Batch:
    ids = np.zeros((rows, length), dtype=np.int32)
    mask = np.zeros((rows, length), dtype=np.float32)
    mask[:, 0] = 1  # an empty row keeps one token, so that its mean exists
    for row, place in enumerate(places):
        tokens = windows[place].ids
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return Batch(places, ids, mask)
