"""What is said about an installation is true: extras, lines that install them, the sample."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from coder import installation
from coder.codebook import load_codebook
from coder.errors import InstallationError
from coder.exchange.study_content import StudyContent
from coder.exchange.study_spss import write_spss
from coder.reading.tables.read import read_table
from coder.reading.tables.stream import row_count, stream_table
from coder.reporting.rows import open_rows

ROOT = Path(__file__).parent.parent


def test_the_extras_are_those_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra, modules in installation.EXTRAS.items():
        assert sorted(modules.values()) == sorted(project["optional-dependencies"][extra])


def test_both_setups_and_the_lock_ask_for_the_same_extras() -> None:
    asked = {
        name: re.search(r"\.\[([a-z,]+)", (ROOT / "scripts" / name).read_text(encoding="utf-8"))
        for name in ("setup", "setup.ps1")
    }
    extras = {name: found and found[1].split(",") for name, found in asked.items()}
    lock = (ROOT / "scripts" / "lock").read_text(encoding="utf-8")
    line = next(line for line in lock.splitlines() if line.endswith("> requirements.lock"))
    assert extras["setup"] == extras["setup.ps1"] == re.findall(r"--extra ([a-z]+)", line)


def without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    monkeypatch.setattr(installation, "find_spec", lambda name: None if name in modules else find_spec(name))


def test_what_is_missing_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "dask")
    with pytest.raises(
        InstallationError, match=r'^Many machines needs .* -m pip install "dask\[dataframe\]>='
    ):
        installation.require("dask", "Many machines")


def test_on_linux_the_line_takes_the_small_build_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "torch", "transformers")
    monkeypatch.setattr(sys, "platform", "linux")
    first, second = installation.install_line("tune").split(" && ")
    assert "whl/cpu" in first and first.endswith(" torch")
    assert second.endswith('"transformers>=5.3"')
    monkeypatch.setattr(sys, "platform", "win32")
    assert "whl/cpu" not in installation.install_line("tune")


def test_without_pip_the_line_uses_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pip")
    assert installation.add_line("torch").startswith("uv pip install --python ")


def test_fine_tuning_without_its_packages_is_refused_before_any_work(tmp_path: Path) -> None:
    code = (
        "import sys; from importlib.machinery import PathFinder as P; found = P.find_spec\n"
        "P.find_spec = classmethod(lambda c, n, *a: None if n.startswith('torch') else found(n, *a))\n"
        "from coder.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "train", "missing.csv", "-o", "m", "--fine-tune"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("coder: Fine-tuning needs packages") and "pip install" in done.stderr


@pytest.mark.parametrize("read", [read_table, row_count, lambda path: next(stream_table(path))])
def test_a_parquet_table_without_its_package_is_refused_by_name(
    read: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.parquet"
    pd.DataFrame({"text": ["I have no time."]}).to_parquet(path)
    without(monkeypatch, "pyarrow")
    with pytest.raises(InstallationError, match=r"^The parquet table answers\.parquet .* \"pyarrow>=15\"$"):
        read(path)


def test_no_parquet_file_is_begun_without_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "pyarrow")
    with (
        pytest.raises(InstallationError, match=r"^The parquet file out\.parquet needs packages .* install"),
        open_rows(tmp_path / "out.parquet", ["text"]),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_spss_file_without_its_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pyreadstat")
    empty = StudyContent("u", "s", "2026-11-29", load_codebook("comb"), (), ())
    with pytest.raises(InstallationError, match=r"SPSS opens \.csv too.*pyreadstat"):
        write_spss(empty, tmp_path / "out.sav")
