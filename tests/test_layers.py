"""Packages import only downwards, and nothing heavy is imported by merely starting."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parsed_source import imports

ROOT = Path(__file__).parent.parent / "coder"
FOUNDATION = {
    "arrays",
    "domain",
    "errors",
    "codebook",
    "statistics",
    "safe_csv",
    "installation",
    "passphrases",
    "phrasing",
    "plain",
}
MIDDLE = {
    "reading",
    "coded_tables",
    "segmentation",
    "encoding",
    "learning",
    "agreement",
    "store",
    "reporting",
    "exchange",
    "pseudonyms",
}
ALLOWED = {
    **dict.fromkeys(MIDDLE, FOUNDATION),
    "learning": FOUNDATION | {"encoding", "agreement"},
    "exchange": FOUNDATION | {"coded_tables", "reading"},
    "coded_tables": FOUNDATION | {"agreement", "learning", "reading", "segmentation"},
    "workflow": FOUNDATION | MIDDLE,
    "reporting": FOUNDATION | {"agreement", "learning"},  # the values it prints
    "cli": FOUNDATION | {"workflow", "review", "reporting"},
    "review": FOUNDATION | {"workflow", "reporting"},
    "arrays": set(),
    "domain": set(),
    "errors": set(),
    "statistics": {"arrays", "errors"},
    "phrasing": {"domain", "statistics"},
    "plain": {"statistics"},
    "safe_csv": set(),
    "installation": {"errors"},
    "passphrases": {"errors"},
    "codebook": {"errors", "domain", "phrasing"},
}
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem in ALLOWED)


def package_of(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else ""


def imported_packages(path: Path) -> set[str]:
    names = [alias.name for node in imports(path) if isinstance(node, ast.Import) for alias in node.names]
    for node in imports(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names if node.module == "coder"]
    return {package_of(name) for name in names if name.startswith("coder.")} & set(ALLOWED)


def test_a_package_imports_only_the_packages_below_it() -> None:
    assert len(MODULES) > 100
    wrong = []
    for path in MODULES:
        relative = path.relative_to(ROOT)
        package = relative.parts[0].removesuffix(".py")
        if forbidden := imported_packages(path) - ALLOWED[package] - {package}:
            wrong.append(f"{relative} imports {sorted(forbidden)}")
    assert wrong == []


@pytest.mark.parametrize("statement", ["import coder", "import coder.cli.main"])
def test_starting_imports_nothing_heavy(statement: str) -> None:
    heavy = [
        "torch",
        "spacy",
        "sklearn",
        "pandas",
        "sentence_transformers",
        "transformers",
        "onnxruntime",
        "openvino",
        "scipy",
    ]
    code = f"{statement}, sys; print([name for name in {heavy} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
