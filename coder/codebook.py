"""Codebooks: the codes, their definitions and sub-themes, as data that people own and edit.

`load_codebook` reads YAML by path or by the name of a shipped codebook; every problem of a broken file is
reported at once, with its line (that of the YAML nodes: plain loaded data has forgotten them). Tables (csv) and
REFI-QDA `.qdc` are read by `coder.exchange`.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.domain import POLARITIES
from coder.errors import CodebookError
from coder.phrasing import counted, few

if TYPE_CHECKING:
    from yaml import CSafeLoader, SafeLoader

SHIPPED = Path(__file__).parent / "codebooks"
SIZE_LIMIT = 5_000_000  # bytes; the largest published codebooks are under 1 MB
TOP_KEYS = {"name", "version", "source", "codes", "polarity"}
CODE_KEYS = (
    "id", "label", "parent", "definition", "include", "exclude", "subthemes", "examples", "colour", "guid",
)  # fmt: skip
LIST_KEYS = ("include", "exclude", "subthemes", "examples")
ID_PATTERN = re.compile(r"[\w.-]+")
GUID_PATTERN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
COLOUR_PATTERN = re.compile(r"#[0-9a-fA-F]{6}")
DEPTH_LIMIT = 12
BRACKET_LIMIT = 100
SHOWN = 3  # codes that a note names
Lines = dict[tuple[Any, ...], int]


@dataclass(frozen=True, slots=True)
class SubTheme:
    """A finer idea under a code; `polarity` where the codebook files it as barrier or facilitator."""

    label: str
    polarity: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A passage that the codebook's authors give as typical of a code."""

    text: str
    polarity: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """One code; `parent` names the component it belongs to: a heading, or the label of the code that heads it.

    `guid` is the GUID by which another tool knows it, in small letters and without braces.
    """

    id: str
    label: str
    definition: str = ""
    parent: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    subthemes: tuple[SubTheme, ...] = ()
    examples: tuple[Example, ...] = ()
    colour: str | None = None
    guid: str | None = None


@dataclass(frozen=True)
class Codebook:
    """A set of codes with unique ids, and the polarity axis (empty: the codebook does not use it)."""

    name: str
    codes: tuple[Code, ...]
    version: str = "1"
    source: str = ""
    polarity: tuple[str, ...] = field(default=tuple(POLARITIES))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The code ids in order."""
        return tuple(code.id for code in self.codes)

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """The codes by id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The codes' labels by id."""
        return {code.id: code.label for code in self.codes}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The components of the codes that have one, by the code's id."""
        return {code.id: code.parent for code in self.codes if code.parent}

    @cached_property
    def components(self) -> tuple[str, ...]:
        """The parents in order of first use; empty where no code has one."""
        return tuple(dict.fromkeys(code.parent for code in self.codes if code.parent))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content: changes with any wording, not with layout or comments of the file."""
        content = json.dumps(to_dict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def nearest_id(self, wrong: str) -> str | None:
        """Return the code id that a mistyped id or label most likely means, or None."""
        from difflib import get_close_matches

        spellings = {code.id.lower(): code.id for code in self.codes}
        spellings |= {code.label.lower(): code.id for code in self.codes}
        found = get_close_matches(wrong.strip().lower(), spellings, n=1, cutoff=0.75)
        return spellings[found[0]] if found else None


def to_dict(codebook: Codebook) -> dict[str, Any]:
    """Return the codebook in the shape of its YAML file, empty fields left out."""
    data = asdict(codebook)
    data["polarity"] = list(codebook.polarity)
    data["codes"] = [_lean(code) for code in data["codes"]]
    return data


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lean(item) for key, item in value.items() if item not in (None, "", (), [])}
    if isinstance(value, (list, tuple)):
        return [_lean(item) for item in value]
    return value


def to_yaml(codebook: Codebook) -> str:
    """Return the codebook as YAML text that `load_codebook` reads back to an equal codebook."""
    import yaml

    text: str = yaml.safe_dump(to_dict(codebook), sort_keys=False, allow_unicode=True, width=100)
    return text


def shipped_names() -> list[str]:
    """Return the names of the codebooks that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def shipped_name(name: str | Path) -> str | None:
    """Return the shipped codebook that is meant, however it is spelled: 'COM-B' is comb. A file goes first.

    >>> shipped_name("COM-B")
    'comb'
    """
    if str(name) in shipped_names():
        return str(name)
    plain = re.sub(r"[\s_\-\u2010-\u2015]", "", str(name)).casefold()  # dashes of every length
    return plain if plain in shipped_names() and not Path(name).is_file() else None


def load_codebook(name_or_path: str | Path) -> Codebook:
    """Read a shipped codebook by name, or a YAML file; codes named as a parent head their component.

    Raises CodebookError listing every problem with its line.
    """
    return load_with_notes(name_or_path)[0]


def load_with_notes(name_or_path: str | Path) -> tuple[Codebook, list[str]]:
    """Read a codebook as `load_codebook` does; return with it sentences on what counts elsewhere than it stands."""
    path = Path(name_or_path)
    if shipped := shipped_name(name_or_path):
        path = SHIPPED / f"{shipped}.yaml"
    if not path.is_file():
        raise CodebookError(
            f"There is no codebook '{name_or_path}'. Give a file (yaml, csv, xlsx, docx, qdc), or one of the shipped"
            f" names: {', '.join(shipped_names())}."
        )
    if path.stat().st_size > SIZE_LIMIT:
        raise CodebookError(f"{path} is over {SIZE_LIMIT // 1_000_000} MB, too large for a codebook.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError(
            f"{path} is not UTF-8 text. A codebook is YAML text in UTF-8, a table (csv, tsv, xlsx) or .qdc."
        ) from error
    return headed(parse_codebook(text, str(path)), path)


def headed(
    codebook: Codebook, where: Path, known: Mapping[str, str] | None = None
) -> tuple[Codebook, list[str]]:
    """Return a codebook in which codes that others name as their `parent` head components, and notes on `where`.

    People name the parent by its label or by its id. There is one level of components: a code belongs to the
    topmost above it, which is called by its label. A code that heads a component belongs to it too, so that what it
    was given to counts there; the codes of a component stand together. Notes name the codes that a level lies
    above which is no component. `known` has, by id, the id of the code above ('': a heading) where a file says more
    than a name. Raises CodebookError where codes are each other's parent, and for a parent's name that several have.
    """
    above = {code.id: _heads(code, codebook, where, known or {}) for code in codebook.codes}
    heads = {chain[-1].id for chain in above.values() if chain}
    if not heads:
        return codebook, []

    def component(code: Code) -> str | None:
        top = above[code.id][-1] if above[code.id] else code
        return top.parent or (top.label if top.id in heads else None)

    codes = [replace(code, parent=component(code)) for code in codebook.codes]
    order = list(dict.fromkeys(code.parent or code.id for code in codes))
    together = sorted(codes, key=lambda code: order.index(code.parent or code.id))
    below = [
        (code.label, above[code.id][0].label, component(code) or "")
        for code in codebook.codes
        if above[code.id] and above[code.id][0].parent
    ]
    return replace(codebook, codes=tuple(together)), deeper_words(below, where)


def deeper_words(below: Sequence[tuple[str, str, str]], where: Path) -> list[str]:
    """Say which codes stand deeper than components go: (code, the one above it, component) of each."""
    if not below:
        return []
    said = few([f"'{code}' (below '{above}') in {top}" for code, above, top in below], SHOWN)
    many = counted(len(below), "code that stands deeper counts", "codes that stand deeper count")
    return [f"{where}: there is one level of components; {many} in the topmost: {said}."]


def _heads(code: Code, codebook: Codebook, where: Path, known: Mapping[str, str]) -> list[Code]:
    """Return the codes above a code, the nearest first. Raises CodebookError where they stand in a circle."""
    chain: list[Code] = []
    while head := _head_of(chain[-1] if chain else code, codebook, where, known):
        if head in (code, *chain):
            names = ", ".join(f"'{one.label}'" for one in dict.fromkeys((code, *chain)))
            raise CodebookError(
                f"{where}: codes cannot be each other's parent: {names}. Take one parent out."
            )
        chain.append(head)
    return chain


def _head_of(code: Code, codebook: Codebook, where: Path, known: Mapping[str, str]) -> Code | None:
    if code.id in known:
        return codebook.by_id.get(known[code.id])
    try:
        return _head(code.parent, codebook.codes)
    except CodebookError as error:
        raise CodebookError(f"{where}, parent of '{code.label}': {error}") from error


def component_named(codebook: Codebook, name: str) -> tuple[str | None, Codebook]:
    """Return the component that a name means, and the codebook, in which a code of that name heads it from now on.

    A code, by id or label, means the component that it is in, or heads; any other name is a heading; '' is none.
    """
    head = _head(name, codebook.codes)
    if head is None or head.parent:
        return (head.parent if head else name or None), codebook
    codes = tuple(replace(code, parent=code.label) if code == head else code for code in codebook.codes)
    return head.label, replace(codebook, codes=codes)


def _head(parent: str | None, codes: Iterable[Code]) -> Code | None:
    """Return the code that a parent's name means, by id before label; None for a heading that is no code.

    A code that is called like its own component heads it: then the name means no other code. Raises CodebookError
    for a name that codes with different parents have.
    """
    if not parent:
        return None
    listed = list(codes)
    if any(code.label == code.parent == parent for code in listed):
        return None
    others = [code for code in listed if code.parent != parent]
    by_id = next((code for code in others if code.id == parent), None)
    if by_id and not any(code.label == parent for code in others if code is not by_id):
        return by_id
    alike = [code for code in others if code.label.casefold() == parent.casefold()]
    above = dict.fromkeys(f"in {code.parent}" if code.parent else "at the top" for code in alike)
    if len(above) > 1:
        raise CodebookError(
            f"'{parent}' is the name of {len(alike)} codes ({few(list(above), SHOWN)}). Give them different names, or"
            " name the one that is meant by its id, or in a table by its path, like"
            f" '{alike[0].parent or alike[1].parent} > {parent}'."
        )
    return by_id or next(iter(alike), None)


def parse_codebook(text: str, where: str = "codebook") -> Codebook:
    """Build a codebook from YAML text; `where` names the source in messages.

    Raises CodebookError listing every problem with its line.
    """
    data, lines = parsed_yaml(text, where)
    problems = checked(data, lines)
    if problems:
        raise CodebookError(f"{where} cannot be used as a codebook ({len(problems)} to mend):", problems)
    return from_dict(data, name=Path(where).stem)


def from_dict(data: Mapping[str, Any], name: str = "codebook") -> Codebook:
    """Build a codebook from checked data in the shape of its YAML file."""
    return Codebook(
        name=str(data.get("name") or name),
        version=str(data.get("version") or "1"),
        source=str(data.get("source") or ""),
        polarity=tuple(data.get("polarity", POLARITIES) or ()),
        codes=tuple(_code(item) for item in data["codes"]),
    )


def _code(item: Mapping[str, Any]) -> Code:
    def text(key: str) -> str:
        return str(item.get(key) or "").strip()

    return Code(
        id=text("id"),
        label=text("label") or text("id").replace("_", " "),
        definition=text("definition"),
        parent=text("parent") or None,
        include=tuple(str(rule) for rule in item.get("include") or ()),
        exclude=tuple(str(rule) for rule in item.get("exclude") or ()),
        subthemes=tuple(SubTheme(*_worded(sub, "label")) for sub in item.get("subthemes") or ()),
        examples=tuple(Example(*_worded(example, "text")) for example in item.get("examples") or ()),
        colour=text("colour") or None,
        guid=text("guid").lower() or None,
    )


def _worded(item: Any, key: str) -> tuple[str, str | None]:
    if isinstance(item, str):
        return item, None
    return str(item[key]), item.get("polarity")


def parsed_yaml(text: str, where: str) -> tuple[Any, Lines]:
    """Return the loaded data and the line of each path in it; aliases are refused (they can explode)."""
    import yaml

    _refuse_bracket_towers(text, where)
    if hasattr(yaml, "CSafeLoader"):  # libyaml takes a fifteenth of the time
        with contextlib.suppress(yaml.YAMLError, ValueError):  # which the other loader puts in clearer words
            return _loaded(text, where, yaml.CSafeLoader)
    try:
        return _loaded(text, where, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "it is not valid YAML"
        raise CodebookError(f"{where}{line}: {reason}. Check the indentation and quotes there.") from error
    except ValueError as error:  # an impossible date or number, which the loader turns into values
        raise CodebookError(f"{where} cannot be read as YAML: {str(error)[:80]}.") from error


def _loaded(text: str, where: str, loader: "type[SafeLoader | CSafeLoader]") -> tuple[Any, Lines]:
    import yaml

    _refuse_traps(yaml.parse(text, Loader=loader), where)
    node = yaml.compose(text, Loader=loader)
    return yaml.load(text, Loader=loader), dict(_lines(node, ()))


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
    yield from _shape_problems(code, lines, path)
    for key in LIST_KEYS:
        yield from _list_problems(code.get(key), key, lines, (*path, key))


def _shape_problems(code: Mapping[str, Any], lines: Lines, path: tuple[Any, ...]) -> Iterator[str]:
    colour = code.get("colour")
    if colour and not (isinstance(colour, str) and COLOUR_PATTERN.fullmatch(colour)):
        yield f'{_at(lines, (*path, "colour"))}`colour` must look like "#1f77b4", in quotes.'
    guid = code.get("guid")
    if guid and not (isinstance(guid, str) and GUID_PATTERN.fullmatch(guid)):
        yield f"{_at(lines, (*path, 'guid'))}`guid` must be a GUID as another tool writes it, or be left out."


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
