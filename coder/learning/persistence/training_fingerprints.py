"""Which texts a model has learned from, as fingerprints: enough to say that a figure is not held out.

Fingerprints are 8 bytes of a hash of the text in lower case with single spaces; the texts themselves cannot be
read back from them.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Fingerprints = NDArray[np.uint64]
NOTHING_SEEN: Fingerprints = np.zeros(0, dtype=np.uint64)


def plain_words(text: str) -> str:
    """Return a text by which it is told to be the same as another: lower case, single blanks."""
    return " ".join(text.lower().split())


def fingerprints(texts: Sequence[str]) -> Fingerprints:
    """Return one fingerprint per text, (n,)."""
    digests = [hashlib.blake2b(plain_words(text).encode(), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def seen_share(texts: Sequence[str], seen: Fingerprints) -> float:
    """Return the share of texts among `seen`; 0 for no texts."""
    return float(np.isin(fingerprints(texts), seen).mean()) if len(texts) else 0.0
