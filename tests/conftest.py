"""Fixtures that several rooms share; lying here, it also lets tests import the helpers beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from study_making import small_study

from coder.store import Study


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder", "p1", "p2") as opened:
        yield opened
