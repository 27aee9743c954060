"""Where the large encoder's one-time preparation is shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown_by(announce: Callable[[str], Callable[[int, int], None]]) -> Iterator[None]:
    """Let `announce`, given what is prepared, return what is told how many bytes of how many are done."""
    from coder.encoding import large_weights

    usual, large_weights.announce = large_weights.announce, announce
    try:
        yield
    finally:
        large_weights.announce = usual
