"""Checks a codebook's YAML before it is used: every problem, each with its line.

Lines come from the YAML nodes, since plain loaded data has forgotten them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from coder.domain import POLARITIES
from coder.errors import CodebookError

TOP_KEYS = {"name", "version", "source", "codes", "polarity"}
CODE_KEYS = {"id", "label", "parent", "definition", "include", "exclude", "subthemes", "examples", "colour"}
LIST_KEYS = ("include", "exclude", "subthemes", "examples")
ID_PATTERN = re.compile(r"[\w.-]+")
COLOUR_PATTERN = re.compile(r"#[0-9a-fA-F]{6}")
DEPTH_LIMIT = 12
BRACKET_LIMIT = 100
Lines = dict[tuple[Any, ...], int]


def parsed_yaml(text: str, where: str) -> tuple[Any, Lines]:
    """Return the loaded data and the line of each path in it; aliases are refused (they can explode)."""
    import yaml

    _refuse_bracket_towers(text, where)
    try:
        _refuse_traps(yaml.parse(text, Loader=yaml.SafeLoader), where)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "it is not valid YAML"
        raise CodebookError(f"{where}{line}: {reason}. Check the indentation and quotes there.") from error
    except ValueError as error:  # an impossible date or number, which the loader turns into values
        raise CodebookError(f"{where} cannot be read as YAML: {str(error)[:80]}.") from error
    return data, dict(_lines(node, ()))


def _refuse_bracket_towers(text: str, where: str) -> None:
    """Raise CodebookError for towers of open brackets, over which the YAML scanner takes quadratic time."""
    depth = 0
    for mark in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if mark in "[{" else max(depth - 1, 0)
        if depth > BRACKET_LIMIT:
            raise CodebookError(
                f"{where} is nested deeper than any codebook (over {BRACKET_LIMIT} open brackets)."
            )


def _refuse_traps(events: Iterable[Any], where: str) -> None:
    """Raise CodebookError for aliases and deep nesting, both of which can blow up a small file."""
    import yaml

    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise CodebookError(
                f"{where} uses YAML aliases (*name), which codebooks may not; write the text out."
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_LIMIT:
            raise CodebookError(f"{where} is nested deeper than any codebook ({DEPTH_LIMIT} levels).")


def _lines(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], int]]:
    import yaml

    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))


def checked(data: Any, lines: Lines) -> list[str]:
    """Return every problem of a codebook's data as a sentence that starts with its line."""
    if not isinstance(data, dict):
        return ["line 1: a codebook starts with `name:` and `codes:`."]
    problems = [f"{_at(lines, (key,))}unknown key '{key}'." for key in data if key not in TOP_KEYS]
    problems += _polarity_problems(data.get("polarity", []), lines, ("polarity",))
    codes = data.get("codes")
    if not isinstance(codes, list) or not codes:
        return [*problems, f"{_at(lines, ('codes',))}`codes` must be a list of at least one code."]
    seen: dict[str, int] = {}
    for index, code in enumerate(codes):
        problems += _code_problems(code, lines, ("codes", index), seen)
    return problems


def _code_problems(code: Any, lines: Lines, path: tuple[Any, ...], seen: dict[str, int]) -> Iterator[str]:
    at = _at(lines, path)
    if not isinstance(code, dict):
        yield f"{at}each code is a block with `id`, `label` and `definition`."
        return
    for key in code:
        if key not in CODE_KEYS:
            yield f"{_at(lines, (*path, key))}unknown key '{key}'; codes have {', '.join(sorted(CODE_KEYS))}."
    identity = code.get("id")
    if not isinstance(identity, str) or not ID_PATTERN.fullmatch(identity):
        yield f"{at}`id` must be one word of letters, digits, _ . or - (found {identity!r})."
    elif identity.lower() in seen:
        yield f"{at}id '{identity}' was used before, on line {seen[identity.lower()]}."
    else:
        seen[identity.lower()] = lines.get(path, 0)
    for key in ("label", "definition", "parent"):
        if not isinstance(code.get(key) or "", str):
            yield f"{_at(lines, (*path, key))}`{key}` must be text."
    colour = code.get("colour")
    if colour and not (isinstance(colour, str) and COLOUR_PATTERN.fullmatch(colour)):
        yield f'{_at(lines, (*path, "colour"))}`colour` must look like "#1f77b4", in quotes.'
    for key in LIST_KEYS:
        yield from _list_problems(code.get(key), key, lines, (*path, key))


def _list_problems(items: Any, key: str, lines: Lines, path: tuple[Any, ...]) -> Iterator[str]:
    if items is None:
        return
    if not isinstance(items, list):
        yield f"{_at(lines, path)}`{key}` must be a list (lines that start with `- `)."
        return
    inner = {"subthemes": "label", "examples": "text"}.get(key)
    for index, item in enumerate(items):
        at = _at(lines, (*path, index))
        if isinstance(item, str) and item.strip():
            continue
        if not inner or not isinstance(item, dict) or not isinstance(item.get(inner), str):
            yield f"{at}each entry of `{key}` is text{f' or a block with `{inner}`' if inner else ''}."
        elif item.get("polarity") is not None:
            yield from _polarity_problems([item["polarity"]], lines, (*path, index, "polarity"))


def _polarity_problems(values: Any, lines: Lines, path: tuple[Any, ...]) -> list[str]:
    if values is None or values == []:
        return []
    allowed = ", ".join(POLARITIES)
    if not isinstance(values, list):
        return [f"{_at(lines, path)}`polarity` must be a list of {allowed}, or [] to switch it off."]
    return [
        f"{_at(lines, path)}polarity '{value}' is not one of {allowed}."
        for value in values
        if value not in POLARITIES
    ]


def _at(lines: Lines, path: tuple[Any, ...]) -> str:
    while path and path not in lines:
        path = path[:-1]
    return f"line {lines.get(path, 1)}: "
