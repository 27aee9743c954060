"""Codebooks as tables (csv, Excel) and as REFI-QDA `.qdc`, to and from `Codebook`.

Source of the `.qdc` shape: REFI-QDA standard 1.5, section 5 (namespace `urn:QDA-XML:codebook:1.0`).
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from coder.codebook import (
    CODE_KEYS,
    GUID_PATTERN,
    ID_PATTERN,
    LIST_KEYS,
    SIZE_LIMIT,
    Code,
    Codebook,
    SubTheme,
    deeper_words,
    headed,
    load_with_notes,
    shipped_name,
    to_yaml,
)
from coder.coded_tables.grammar import examples, text_of
from coder.errors import CodebookError, OutputError, TableError
from coder.exchange.code_guids import code_guid, made_guid
from coder.exchange.code_paths import above_by_path, part_paths
from coder.phrasing import counted
from coder.reading.safety.other_programs import advice_on_name
from coder.reading.tables.columns import plain_name
from coder.reading.tables.read import read_table, read_word_tables
from coder.safe_csv import armed, csv_line

if TYPE_CHECKING:
    from pandas import DataFrame

NAMESPACE = "urn:QDA-XML:codebook:1.0"
# By role, the headings that name it, as `plain_name` writes them; of several the first is read.
HEADINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "code id", "codeid"),
    "label": (
        "label", "name", "code name", "code", "tag", "theme", "node", "codename", "bezeichnung", "kode", "thema",
        "nom", "etiquette", "codigo", "nombre", "etiqueta", "tema", "naam", "code label", "codes", "themes",
    ),
    "parent": (
        "parent", "parent code", "parent name", "component", "category", "group", "obercode", "oberkategorie",
        "ubercode", "kategorie", "komponente", "gruppe", "code parent", "categorie", "groupe", "codigo padre",
        "categoria", "grupo", "bovenliggende code", "groep", "domain", "overarching theme", "main theme", "theme",
        "themes", "thema", "tema",
    ),
    "definition": (
        "definition", "description", "beschreibung", "definicion", "descripcion", "definitie", "omschrijving",
        "beschrijving", "meaning", "bedeutung", "comment", "code definition", "code description", "full definition",
        "operational definition", "brief definition", "explanation",
    ),
    "memo": ("memo", "code memo", "notes", "note", "kommentar", "notiz", "commentaire", "comentario", "opmerking"),
    "include": (
        "include", "inclusion", "inclusion criteria", "when to use", "use when", "einschluss", "regel", "kodierregel",
    ),
    "exclude": ("exclude", "exclusion", "exclusion criteria", "when not to use", "do not use", "ausschluss"),
    "subthemes": ("subthemes", "sub themes", "subtheme", "unterthemen", "sous themes", "subtemas", "subthemas"),
    "examples": (
        "examples", "example", "anchor example", "beispiel", "beispiele", "ankerbeispiel", "exemple", "exemples",
        "ejemplo", "ejemplos", "voorbeeld", "voorbeelden", "example quote", "example quotes", "example text",
        "illustrative quote", "illustrative quotes", "sample quote", "quote", "quotes", "quotation", "zitat",
        "zitate",
    ),
    "colour": ("colour", "color", "farbe", "couleur", "kleur"),
    "guid": ("guid",),
}  # fmt: skip
# Headings over cells that people merge, or fill once for the rows below; a program's own "parent" stands in each row.
FILLED_ONCE = frozenset(
    {"theme", "themes", "main theme", "overarching theme", "domain", "category", "thema", "tema", "kategorie"}
    | {"categorie", "categoria"}
)
# Columns in which other programs count what was coded.
COUNTS = frozenset(
    {"number of highlights", "number of documents", "files", "references", "frequency", "grounded"}
)
DEPTH_LIMIT = 20
OURS = "coder"  # the origin of a .qdc that this program wrote
ID_NOTE = "id in coder:"  # how the comment begins that has a code's id; a hyphen is written as %2D
TABLES = (".csv", ".tsv", ".xlsx", ".docx")
SUFFIXES = (".yaml", ".yml", *TABLES, ".qdc")  # the files that a codebook is read from


def read_codebook(name_or_path: str | Path) -> Codebook:
    """Read a codebook from YAML, a table (csv, tsv, xlsx) or qdc, by the file's suffix, or a shipped one by name.

    Raises CodebookError listing every problem.
    """
    return read_with_notes(name_or_path)[0]


def notes_on(name_or_path: str | Path) -> list[str]:
    """Return sentences on what of a codebook's file was not read, or not as it stands. Raises CodebookError."""
    return read_with_notes(name_or_path)[1]


def read_with_notes(name_or_path: str | Path) -> tuple[Codebook, list[str]]:
    """Return a codebook as `read_codebook` reads it, and the notes on it."""
    path = Path(name_or_path)
    if shipped_name(name_or_path) or path.suffix.lower() not in (*TABLES, ".qdc"):
        try:
            return load_with_notes(name_or_path)  # YAML, whatever the file is called
        except CodebookError as error:
            if path.is_file() and (advice := advice_on_name(path, "codebook")):
                raise CodebookError(f"{path}: {advice}") from error
            raise
    if not path.is_file():
        raise CodebookError(f"There is no file {path}. Check the spelling.")
    if path.stat().st_size > SIZE_LIMIT:
        raise CodebookError(f"{path} is over {SIZE_LIMIT // 1_000_000} MB, too large for a codebook.")
    return from_table(path) if path.suffix.lower() in TABLES else from_qdc(path.read_bytes(), path)


def write_codebook(codebook: Codebook, path: Path, *, force: bool = False, taguette: bool = False) -> None:
    """Write a codebook as .yaml, .csv or .qdc; raises OutputError if the file exists (without force).

    `taguette` writes the csv that Taguette imports in place of ours.
    """
    makers = {".yaml": to_yaml, ".yml": to_yaml, ".csv": to_csv, ".qdc": to_qdc}
    make = makers.get(path.suffix.lower())
    if taguette:
        make = to_taguette if make is to_csv else None
    if make is None:
        kinds = ".csv for Taguette" if taguette else ".yaml, .csv or .qdc"
        raise OutputError(f"{path}: a codebook is written as {kinds}.")
    if path.exists() and not force:
        raise OutputError(f"{path} exists already. Choose another name, or add --force to replace it.")
    try:
        path.write_text(make(codebook), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.") from error


def identifier(label: str, taken: set[str]) -> str:
    """Return an id made of the label's letters and digits that is not taken yet, and take it."""
    base = re.sub(r"\W+", "_", label.strip().lower()).strip("_") or "code"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


def from_table(path: Path) -> tuple[Codebook, list[str]]:
    """Build a codebook from a table with a column `label` (or code, name, tag) and any of CODE_KEYS, and notes.

    Of a Word document the first table with such a column is read, and those of the same headings after it. Headings
    may be English, German, French, Spanish or Dutch. Several sub-themes, rules or examples in one cell are separated
    by `|`. Paths, as NVivo, MAXQDA and Taguette write them, are parted into code and parent. A theme that stands once
    above its codes is theirs. Notes name the columns that were not read. Raises CodebookError with all problems.
    """
    try:
        frame = _word_table(path) if path.suffix.lower() == ".docx" else read_table(path)
    except TableError as error:
        raise CodebookError(str(error)) from error
    roles, unread = _naming_roles([str(name) for name in frame.columns], path)
    taken: set[str] = set()
    lines: dict[str, int] = {}  # id in small letters -> row
    codes, problems = [], []
    cells_of = frame.to_dict("records")
    rows = [
        {role: _unguarded(text_of(cells[column])) for role, column in roles.items()} for cells in cells_of
    ]
    notes = [f"{path}: columns that were not read: {examples(unread)}."] if unread else []
    paths, parted = part_paths(rows, dotted=plain_name(roles.get("label", "")) == "tag")
    notes += [f"{path}: {note}" for note in parted]
    if plain_name(roles.get("parent", "")) in FILLED_ONCE and (filled := _fill_parents(rows)):
        said, under = counted(len(filled), "empty cell"), examples([f"{a} under {b}" for a, b in filled])
        notes.append(f"{path}: {said} of the column '{roles['parent']}' taken as the cell above: {under}.")
    for line, row in zip(frame.attrs["row_numbers"], rows, strict=True):
        label = row.get("label") or row.get("id") or ""
        if not label:
            problems.append(f"row {line}: no label.")
            continue
        wanted = row.get("id") or label
        if row.get("id") and wanted.lower() in taken:
            before = lines[wanted.lower()]
            problems.append(f"row {line}: id '{wanted}' was used before, in row {before} (capitals aside).")
            continue
        kept = row.get("id") if ID_PATTERN.fullmatch(row.get("id", "")) else None
        taken |= {kept.lower()} if kept else set()
        codes.append(_code_of_row(row, kept or identifier(wanted, taken), label))
        lines[codes[-1].id.lower()] = line
    if problems or not codes:
        raise CodebookError(f"{path} cannot be used as a codebook:", problems or ["it has no rows."])
    known, missing = above_by_path(codes, paths) if parted else ({}, [])
    if missing:
        notes.append(f"{path}: levels that are no codes of the table, left out: {examples(missing, 3)}.")
    book, deeper = headed(Codebook(name=path.stem, codes=tuple(codes)), path, known)
    return book, notes + deeper


def _naming_roles(headings: Sequence[str], path: Path) -> tuple[dict[str, str], list[str]]:
    """Return `_roles`; raises CodebookError if no column names the codes."""
    roles, unread = _roles(headings)
    if "label" not in roles and "id" not in roles:
        raise CodebookError(
            f"{path} has no column `label` (or code, name, tag): name the codes in one. It has:"
            f" {', '.join(headings)}."
        )
    return roles, unread


def _roles(headings: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return which column has which role in a table of codes, and the columns that have none."""
    plain = {name: plain_name(name) for name in headings}
    roles: dict[str, str] = {}
    for role, names in HEADINGS.items():
        ranked = [column for name in names for column in headings if plain[column] == name]
        free = [column for column in ranked if column not in roles.values()]
        if free:
            roles[role] = free[0]
    return roles, [name for name in headings if name not in roles.values() and plain[name] not in COUNTS]


def _word_table(path: Path) -> "DataFrame":
    """Return the tables of a Word document that list codes, as one; the first of all where none does."""
    import pandas as pd

    frames = read_word_tables(path)
    if not frames:
        raise CodebookError(
            f"{path}: this Word document holds no table. List the codes in one, a row for each, below the headings"
            " 'label' and 'definition': in Word, mark a list and choose Insert, Table, Convert Text to Table, then"
            " add the row of headings. Or write them in Excel."
        )
    listing = next((frame for frame in frames if "label" in _roles(list(frame.columns))[0]), frames[0])
    alike = [frame for frame in frames if list(frame.columns) == list(listing.columns)]
    whole = pd.concat(alike, ignore_index=True)
    whole.attrs = {"row_numbers": [number for frame in alike for number in frame.attrs["row_numbers"]]}
    return whole


def _fill_parents(rows: Sequence[dict[str, str]]) -> list[tuple[str, str]]:
    """Give codes without a parent that of the row above; return (label, parent) of those that got one."""
    filled, above = [], ""
    for row in rows:
        if not row["parent"] and above and row.get("label"):
            row["parent"] = above
            filled.append((row["label"], above))
        above = row["parent"]
    return filled


def _code_of_row(row: dict[str, str], name: str, label: str) -> Code:
    from coder.codebook import Example

    lists = {
        key: tuple(part.strip() for part in row.get(key, "").split("|") if part.strip()) for key in LIST_KEYS
    }
    return Code(
        id=name,
        label=label,
        definition="\n".join(filter(None, [row.get("definition", ""), row.get("memo", "")])),
        parent=row.get("parent") or None,
        include=lists["include"],
        exclude=lists["exclude"],
        subthemes=tuple(SubTheme(*_with_polarity(part)) for part in lists["subthemes"]),
        examples=tuple(Example(*_with_polarity(part)) for part in lists["examples"]),
        colour=row.get("colour") or None,
        guid=_guid(row.get("guid")),
    )


def _with_polarity(part: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"(.*\S)\s*\[(barrier|facilitator|mixed)\]", part, re.DOTALL)
    return (found[1], found[2]) if found else (part, None)


def _unguarded(cell: str) -> str:
    return armed(cell.strip())


def to_csv(codebook: Codebook) -> str:
    """Return the codebook as a table that `from_table` reads back; polarity of sub-themes as `[barrier]`."""
    lines = [csv_line(CODE_KEYS)]
    for code in codebook.codes:
        cells = [code.id, code.label, code.parent or "", code.definition]
        cells += [" | ".join(code.include), " | ".join(code.exclude)]
        cells.append(" | ".join(_marked(item.label, item.polarity) for item in code.subthemes))
        cells.append(" | ".join(_marked(item.text, item.polarity) for item in code.examples))
        cells += [code.colour or "", code.guid or ""]
        lines.append(csv_line(cells))
    return "".join(lines)


def to_taguette(codebook: Codebook) -> str:
    """Return the codebook as Taguette 1.5 imports it: tag and description, a dot between component and code."""
    lines = [csv_line(("tag", "description"))]
    for code in codebook.codes:
        path = [part.replace(".", " ") for part in (code.parent, code.label) if part]
        lines.append(csv_line((".".join(path), code_description(code))))
    return "".join(lines)


def _marked(text: str, polarity: str | None) -> str:
    return f"{text} [{polarity}]" if polarity else text


def from_qdc(data: bytes, where: Path) -> tuple[Codebook, list[str]]:
    """Build a codebook from REFI-QDA: codable codes become codes, the topmost above them their component; and notes.

    What stands below a codable code is its sub-themes in a file of this program, and codes in one of another. Codes
    keep their GUID, and their id where this program wrote it. Raises CodebookError for broken or unsafe XML.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    try:
        parser = DefusedXMLParser(target=ET.TreeBuilder(insert_comments=True))
        parser.feed(data)
        root = parser.close()
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise CodebookError(f"{where} is not a readable .qdc codebook ({error}). Export it again.") from error
    if not root.tag.startswith("{urn:QDA-XML:") or not root.tag.endswith("}CodeBook"):
        raise CodebookError(f"{where} is XML, but not a REFI-QDA codebook. Export the codebook as .qdc.")
    tree = _QdcTree(root)
    codes = tuple(tree.codes(root))
    if not codes:
        raise CodebookError(f"{where} holds no codes.")
    book = Codebook(name=where.stem, source=root.get("origin") or "", codes=codes)
    return book, deeper_words(tree.below, where)


class _QdcTree:
    """The codes of a .qdc; `below` are (code, the one above it, component) where a level lies between the two."""

    def __init__(self, root: Any) -> None:
        self._written = _written_ids(root)
        self._taken = {name.lower() for name in self._written.values()}
        self._ours = bool(self._written) or root.get("origin") == OURS
        self.below: list[tuple[str, str, str]] = []

    def codes(self, element: Any, above: tuple[str, ...] = ()) -> Iterator[Code]:
        """Yield the codes below an element in order; `above` are the labels over them, the topmost first."""
        if len(above) > DEPTH_LIMIT:
            raise CodebookError(f"The codebook is nested more than {DEPTH_LIMIT} deep.")
        for child in _qdc_children(element):
            label = (child.get("name") or "").strip() or "unnamed"
            is_code = child.get("isCodable", "true").lower() not in ("false", "0")
            inner = list(_qdc_children(child))
            if is_code:
                heads = inner and not self._ours
                yield self._code(child, label, above[0] if above else label if heads else None)
                if len(above) > 1:
                    self.below.append((label, above[-1], above[0]))
            if not (is_code and self._ours):
                yield from self.codes(child, (*above, label))

    def _code(self, element: Any, label: str, component: str | None) -> Code:
        texts = [_around_comments(node) for node in element if _tag(node) == "Description"]
        colour = element.get("color")
        below = [node for node in element.iter() if _tag(node) == "Code"][1:] if self._ours else []
        return Code(
            id=self._written.get(element) or identifier(label, self._taken),
            label=label,
            parent=component,
            definition=" ".join(" ".join(texts).split()),
            subthemes=tuple(SubTheme((sub.get("name") or "").strip()) for sub in below if sub.get("name")),
            colour=colour if colour and re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else None,
            guid=_guid(element.get("guid")),
        )


def _qdc_children(element: Any) -> Iterator[Any]:
    for child in element:
        name = _tag(child)
        if name == "Codes":
            yield from _qdc_children(child)
        elif name == "Code":
            yield child


def _around_comments(node: Any) -> str:
    return "".join([node.text or "", *(inner.tail or "" for inner in node)])


def _tag(node: Any) -> str:
    """Return an element's name without its namespace; of a comment none."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _guid(text: str | None) -> str | None:
    """Return a GUID in small letters and without braces; None for what is none."""
    plain = (text or "").strip().strip("{}").lower()
    return plain if GUID_PATTERN.fullmatch(plain) else None


def _written_ids(root: Any) -> dict[Any, str]:
    """Return the ids that `to_qdc` noted beside codes, by element; of two alike but for capitals the first."""
    written: dict[Any, str] = {}
    taken: set[str] = set()
    for element in root.iter():
        for node in element if _tag(element) == "Code" else ():
            if not isinstance(node.tag, str) and (node.text or "").strip().startswith(ID_NOTE):
                name = unquote(node.text.strip().removeprefix(ID_NOTE).strip())
                if ID_PATTERN.fullmatch(name) and name.lower() not in taken and element not in written:
                    written[element] = name
                    taken.add(name.lower())
    return written


def to_qdc(codebook: Codebook) -> str:
    """Return the codebook as REFI-QDA XML: components hold codes, codes hold their sub-themes.

    Codes have their own GUID, or one made from the id, so that writing the same codebook twice gives the same file.
    The id stands in a comment: a label that was changed does not make another code.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}CodeBook", origin=OURS)
    codes = ET.SubElement(root, f"{{{NAMESPACE}}}Codes")
    parents: dict[str, ET.Element] = {}
    for code in codebook.codes:
        under = codes
        if code.parent:
            if code.parent not in parents:
                guid = made_guid(codebook, f"component/{code.parent}")
                parents[code.parent] = _qdc_code(codes, code.parent, guid, "false")
            under = parents[code.parent]
        element = _qdc_code(under, code.label, code_guid(codebook, code), "true", code.colour)
        element.append(ET.Comment(f" {ID_NOTE} {code.id.replace('-', '%2D')} "))
        description = code_description(code)
        if description:
            ET.SubElement(element, f"{{{NAMESPACE}}}Description").text = description
        for sub in code.subthemes:
            name = _marked(sub.label, sub.polarity)
            _qdc_code(element, name, made_guid(codebook, f"{code.id}/{name}"), "true")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _qdc_code(under: ET.Element, name: str, guid: str, codable: str, colour: str | None = None) -> ET.Element:
    attributes = {"guid": guid, "name": name, "isCodable": codable}
    if colour:
        attributes["color"] = colour
    return ET.SubElement(under, f"{{{NAMESPACE}}}Code", attributes)


def code_description(code: Code, *, subthemes: bool = False) -> str:
    """Return a code's definition and rules in words, for tools that hold no more; with its sub-themes if asked."""
    parts = [code.definition]
    parts += [f"Include: {'; '.join(code.include)}"] if code.include else []
    parts += [f"Exclude: {'; '.join(code.exclude)}"] if code.exclude else []
    if subthemes and code.subthemes:
        parts.append(
            f"Sub-themes: {'; '.join(_marked(item.label, item.polarity) for item in code.subthemes)}"
        )
    return "\n".join(part for part in parts if part)
