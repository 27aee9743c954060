"""A text has one vector: whatever its company, order, thread count and process."""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np

from coder.arrays import Vectors
from coder.encoding.backends import BATCH_TOKENS, BUCKETS, MAX_TOKENS, Tokeniser, batches_of
from coder.encoding.transformer import MiniLM


def test_alone_or_in_company(lean: MiniLM, texts: list[str], vectors: Vectors) -> None:
    for place in range(0, len(texts), 7):
        assert (lean.encode([texts[place]])[0] == vectors[place]).all(), texts[place]


def test_in_any_order(lean: MiniLM, texts: list[str], vectors: Vectors) -> None:
    order = list(range(len(texts)))
    random.Random(3).shuffle(order)
    assert (lean.encode([texts[place] for place in order]) == vectors[order]).all()


def test_in_every_row_of_a_batch_of_every_bucket(lean: MiniLM) -> None:
    for length in BUCKETS:
        text = " ".join(["far"] * (length - 2))
        rows = BATCH_TOKENS // length
        others = [" ".join([word] * (length - 2)) for word in ("near", "help", "never")]
        alone = lean.encode([text])[0]
        for row in {0, 1, rows // 2, rows - 1} - {rows}:
            batch = [others[place % 3] for place in range(rows)]
            batch[row] = text
            assert (lean.encode(batch)[row] == alone).all(), (length, row)


def test_with_any_number_of_threads(texts: list[str], vectors: Vectors) -> None:
    assert (MiniLM(2, None).encode(texts) == vectors).all()


def test_in_another_process(texts: list[str], vectors: Vectors, tmp_path: Path) -> None:
    target = tmp_path / "vectors.npy"
    code = (
        "import sys, numpy; from coder.encoding import get_encoder;"
        "numpy.save(sys.argv[1], get_encoder(threads=1).encode(sys.argv[2:]))"
    )
    environment = {**os.environ, "CODER_CACHE": "off"}
    subprocess.run([sys.executable, "-c", code, target, *texts[:20]], check=True, env=environment)
    assert (np.load(target) == vectors[:20]).all()


def test_batches_hold_every_window_once_in_fixed_shapes(texts: list[str]) -> None:
    windows = Tokeniser().windows(texts)
    batches = list(batches_of(windows))
    assert sorted(place for batch in batches for place in batch.places) == list(range(len(windows)))
    for batch in batches:
        rows, length = batch.ids.shape
        assert length in BUCKETS
        assert rows == BATCH_TOKENS // length
        for row, place in enumerate(batch.places):
            assert batch.ids[row][batch.mask[row] == 1].tolist() == windows[place].ids
    assert max(BUCKETS) == MAX_TOKENS
