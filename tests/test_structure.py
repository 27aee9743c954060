"""What a stranger can rely on in this code: sizes, no import circles, declared dependencies."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.parsed_source import imports, parsed

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "coder"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
MOST_LINES = 500
MOST_FUNCTION_LINES = 40  # the body, without signature and docstring


def imports_of(name: str) -> set[str]:
    """Our own modules that a module imports anywhere."""
    found: set[str] = set()
    for node in imports(MODULES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {inner if inner in MODULES else node.module for inner in within}
    return (found & set(MODULES)) - {name}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Strongly connected components of more than one node (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            component = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(component)

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles({"a": {"b"}, "b": set()}) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    found = circles({name: imports_of(name) for name in MODULES})
    assert not found, [sorted(circle) for circle in found]


def too_long(name: str) -> Iterator[str]:
    lines = len(MODULES[name].read_text(encoding="utf-8").splitlines())
    if lines > MOST_LINES:
        yield f"{name} has {lines} lines"
    for node in ast.walk(parsed(MODULES[name])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1
            if lines > MOST_FUNCTION_LINES:
                yield f"{name}.{node.name} has {lines} lines"


def test_modules_and_functions_are_short_enough_to_read() -> None:
    assert [found for name in MODULES for found in too_long(name)] == []


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def declared(*groups: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for group in groups:
        wanted += project["optional-dependencies"][group]
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in wanted}  # type: ignore[index]


def imported(paths: list[Path]) -> set[str]:
    names: set[str] = set()
    for path in paths:
        for node in imports(path):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif node.module and not node.level:
                names.add(node.module.split(".")[0])
    local = {path.stem for path in paths} | {path.parent.name for path in paths} | {"coder"}
    return names - set(sys.stdlib_module_names) - local


def extras() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["optional-dependencies"])


@pytest.mark.parametrize("folder", ["coder", "tests"])
def test_everything_imported_is_declared(folder: str) -> None:
    known = declared(*(name for name in extras() if folder == "tests" or name != "test"))
    owners = packages_distributions()
    for name in sorted(imported(sorted((ROOT / folder).rglob("*.py")))):
        distributions = {normal(owner) for owner in owners.get(name, [name])}
        assert distributions & known, f"{folder} imports {name}, which pyproject.toml does not declare"
