"""Throughput and fidelity of the encoder against sentence-transformers, on one thread."""

from collections.abc import Iterator
from functools import partial
from statistics import median

import numpy as np

from benchmarks.measuring import Table, interleaved, middle, utterances


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the throughput table."""
    import torch
    from sentence_transformers import SentenceTransformer

    from coder.encoding.transformer import MiniLM
    from coder.encoding.weights import model_folder

    torch.set_num_threads(1)
    texts = utterances(100 if quick else 1000)
    lean = MiniLM(1, None)
    original = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)
    encode = partial(original.encode, texts, batch_size=32, show_progress_bar=False)
    taken = interleaved({"lean": lambda: lean.encode(texts), "torch": encode}, 1 if quick else 5)
    cosines = (lean.encode(texts) * encode()).sum(axis=1)
    ratio = [slow / fast for slow, fast in zip(taken["torch"], taken["lean"], strict=True)]
    rows = [
        [name, middle([seconds / len(texts) * 1000 for seconds in taken[key]]), figure, cosine]
        for name, key, figure, cosine in (
            ("sentence-transformers, torch float32", "torch", "1", "1"),
            (
                f"`coder` ({lean.id.partition('/')[2]})",
                "lean",
                f"**{median(ratio):.1f}** ({min(ratio):.1f}–{max(ratio):.1f})",
                f"{cosines.mean():.5f} / {cosines.min():.5f}",
            ),
        )
    ]
    words = np.mean([len(text.split()) for text in texts])
    yield Table(
        "Encoding",
        [
            "encoder",
            "CPU ms per utterance, median (range)",
            "times as fast",
            "cosine to float32, mean / worst",
        ],
        rows,
        f"{len(texts)} utterances of {words:.0f} words on average, one thread, {len(ratio)} interleaved rounds.",
    )
