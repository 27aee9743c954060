"""Codebooks: the codes, their definitions and sub-themes, as data that people own and edit.

`load_codebook` reads YAML by path or by the name of a shipped codebook; every problem of a broken file is
reported at once, with its line. Tables (csv) and REFI-QDA `.qdc` are read by `coder.exchange`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from coder.domain import POLARITIES
from coder.errors import CodebookError

SHIPPED = Path(__file__).parent / "codebooks"
SIZE_LIMIT = 5_000_000  # bytes; the largest published codebooks are under 1 MB


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
    """One code; `parent` names the component it belongs to (a plain heading, not a code)."""

    id: str
    label: str
    definition: str = ""
    parent: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    subthemes: tuple[SubTheme, ...] = ()
    examples: tuple[Example, ...] = ()
    colour: str | None = None


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


def load_codebook(name_or_path: str | Path) -> Codebook:
    """Read a shipped codebook by name, or a YAML file.

    Raises CodebookError listing every problem with its line.
    """
    path = Path(name_or_path)
    if str(name_or_path) in shipped_names():
        path = SHIPPED / f"{name_or_path}.yaml"
    if not path.is_file():
        known = ", ".join(shipped_names())
        raise CodebookError(
            f"There is no codebook '{name_or_path}'. Give a YAML file, or one of the shipped names: {known}."
        )
    if path.stat().st_size > SIZE_LIMIT:
        raise CodebookError(f"{path} is over {SIZE_LIMIT // 1_000_000} MB, too large for a codebook.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    return parse_codebook(text, str(path))


def parse_codebook(text: str, where: str = "codebook") -> Codebook:
    """Build a codebook from YAML text; `where` names the source in messages.

    Raises CodebookError listing every problem with its line.
    """
    from coder._codebook_checks import checked, parsed_yaml

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
    )


def _worded(item: Any, key: str) -> tuple[str, str | None]:
    if isinstance(item, str):
        return item, None
    return str(item[key]), item.get("polarity")
