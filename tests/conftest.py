"""Fixtures that the tests of several packages share."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from coder.store import Study
from tests.study_making import small_study

# Each decision is on the disk when its call returns, which takes most of the time of a test; in memory it takes none.
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

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
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Derive keys from passphrases in few rounds; in this process alone, so not for files that another opens."""
    sqlcipher = pytest.importorskip("sqlcipher3").dbapi2
    monkeypatch.setattr("coder.pseudonyms.sealed.ROUNDS", 2**4)
    with contextlib.closing(sqlcipher.connect(":memory:")) as any_database:
        (rounds,) = any_database.execute("PRAGMA cipher_default_kdf_iter").fetchone()
        any_database.execute("PRAGMA cipher_default_kdf_iter = 1000")
        yield
        any_database.execute(f"PRAGMA cipher_default_kdf_iter = {rounds}")


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave pictures out of the reports of studies; drawing takes most of their time."""
    monkeypatch.setattr("coder.reporting.study.report.pictures", lambda data, options: [])


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder", "p1", "p2") as opened:
        yield opened
