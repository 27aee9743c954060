"""What is said about an installation is true: extras, lines that install them, the sample, caches."""

import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from coder import installation
from coder.errors import InstallationError

ROOT = Path(__file__).parent.parent


def test_the_extras_are_those_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra, modules in installation.EXTRAS.items():
        assert sorted(modules.values()) == sorted(project["optional-dependencies"][extra])


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
