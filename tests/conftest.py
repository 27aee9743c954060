"""Fixtures that the tests of several packages share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from coder.store import Study
from tests.study_making import small_study

# A busy machine is slow at times; no test measures time against a limit.
settings.register_profile("coder", deadline=None)
settings.load_profile("coder")


@pytest.fixture(scope="session", autouse=True)
def no_trace_at_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the vectors of tests out of the user's cache, also in processes that tests start."""
    os.environ["CODER_CACHE"] = str(tmp_path_factory.getbasetemp() / "vectors")
    os.environ["CODER_DATA"] = str(tmp_path_factory.getbasetemp() / "data")


@pytest.fixture(scope="session", autouse=True)
def the_small_starter() -> None:
    """Let `starter` be the small model, which needs a sixth of the time; tests of the large one name it by folder."""
    os.environ["CODER_STARTER"] = "starter-small"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder", "p1", "p2") as opened:
        yield opened
