"""What is installed here, where the program keeps its files, and which line installs what is missing."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from coder.errors import InstallationError

PACKAGE = Path(__file__).parent
DISTRIBUTION = "precoder"
EXTRAS = {  # what each optional group of pyproject.toml asks for, with the module that shows it is there
    "tune": {
        "sentence_transformers": "sentence-transformers>=6",
        "torch": "torch>=2.6",
        "transformers": "transformers>=5.3",
    },
    "dask": {"dask": "dask[dataframe]>=2024.4", "distributed": "distributed>=2024.4"},
    "parquet": {"pyarrow": "pyarrow>=15"},
    "sav": {"pyreadstat": "pyreadstat>=1.2.7"},
    "encrypted": {"sqlcipher3": "sqlcipher3>=0.6.2", "cryptography": "cryptography>=44"},
}
CPU_TORCH = (
    "--index-url https://download.pytorch.org/whl/cpu"  # the default build on Linux brings 3 GB of CUDA
)


def is_installed(extra: str) -> bool:
    """Return whether all modules of an extra can be found; nothing is imported."""
    return all(find_spec(module) is not None for module in EXTRAS[extra])


def require(extra: str, purpose: str) -> None:
    """Raise InstallationError if an extra is not installed.

    `purpose` is what needs it and begins the sentence, such as "Fine-tuning".
    """
    if not is_installed(extra):
        raise InstallationError(
            f"{purpose} needs packages that are not installed here. Install them with: {install_line(extra)}"
        )


def install_line(extra: str) -> str:
    """Return the command that adds what is missing of an extra to this installation."""
    missing = [wanted for module, wanted in EXTRAS[extra].items() if find_spec(module) is None]
    line = add_line(*missing)
    if sys.platform == "linux" and any(wanted.startswith("torch") for wanted in missing):
        first = add_line("torch", options=CPU_TORCH)
        rest = [wanted for wanted in missing if not wanted.startswith("torch")]
        line = f"{first} && {add_line(*rest)}" if rest else first
    return line


def add_line(*packages: str, options: str = "") -> str:
    """Return the command that adds packages to this installation, by the tool that made it."""
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").is_file():
        tool = f"pipx runpip {DISTRIBUTION} install"
    elif find_spec("pip") is None:
        tool = f'uv pip install --python "{sys.executable}"'
    else:
        tool = f'"{sys.executable}" -m pip install'
    wanted = [f'"{package}"' if set(package) & set("<>[]") else package for package in packages]
    return " ".join([tool, *([options] if options else []), *wanted])


def sample_folder() -> Path:
    """Return the folder of the sample study: inside the installed package, or in the source tree.

    Raises InstallationError if it is not there.
    """
    for folder in (PACKAGE / "_sample", PACKAGE.parent / "data" / "sample"):
        if (folder / "transcripts").is_dir():
            return folder
    raise InstallationError(
        f"The sample study is missing from this installation. Install {DISTRIBUTION} again."
    )


def data_folder() -> Path:
    """Return the folder of what the program keeps for this user, without creating it; CODER_DATA names another."""
    from platformdirs import user_data_path

    return Path(os.environ.get("CODER_DATA") or user_data_path("coder", appauthor=False))
