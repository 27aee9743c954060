"""Codebooks as tables (csv) and as REFI-QDA `.qdc`, to and from `Codebook`.

Source of the `.qdc` shape: REFI-QDA standard 1.5, section 5 (namespace `urn:QDA-XML:codebook:1.0`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from coder.codebook import (
    CODE_KEYS,
    GUID_PATTERN,
    ID_PATTERN,
    SIZE_LIMIT,
    Code,
    Codebook,
    SubTheme,
    load_codebook,
    shipped_names,
    to_yaml,
    with_headings,
)
from coder.coded_tables.grammar import examples, text_of
from coder.errors import CodebookError, OutputError, TableError
from coder.exchange.code_guids import code_guid, made_guid
from coder.phrasing import counted
from coder.reading.tables.columns import plain_name
from coder.reading.tables.read import read_table
from coder.safe_csv import armed, csv_line

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
LISTS = ("include", "exclude", "subthemes", "examples")
DEPTH_LIMIT = 20
ID_NOTE = "id in coder:"  # how the comment begins that has a code's id; a hyphen is written as %2D
TABLES = (".csv", ".tsv", ".xlsx")


def read_codebook(name_or_path: str | Path) -> Codebook:
    """Read a codebook from YAML, a table (csv, tsv, xlsx) or qdc, by the file's suffix, or a shipped one by name.

    Raises CodebookError listing every problem.
    """
    path = Path(name_or_path)
    if str(name_or_path) in shipped_names() or path.suffix.lower() not in (*TABLES, ".qdc"):
        return load_codebook(name_or_path)
    if not path.is_file():
        raise CodebookError(f"There is no file {path}. Check the spelling.")
    if path.stat().st_size > SIZE_LIMIT:
        raise CodebookError(f"{path} is over {SIZE_LIMIT // 1_000_000} MB, too large for a codebook.")
    return from_table(path)[0] if path.suffix.lower() in TABLES else from_qdc(path.read_bytes(), path)


def notes_on(name_or_path: str | Path) -> list[str]:
    """Return sentences on what of a codebook's file was not read. Raises CodebookError."""
    path = Path(name_or_path)
    is_table = path.suffix.lower() in TABLES and str(name_or_path) not in shipped_names()
    return from_table(path)[1] if is_table else []


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

    Headings may be English, German, French, Spanish or Dutch. Several sub-themes, rules or examples in one cell are
    separated by `|`. A theme that stands once above its codes is theirs. Notes name the columns that were not read.
    Raises CodebookError with every problem.
    """
    try:
        frame = read_table(path)
    except TableError as error:
        raise CodebookError(str(error)) from error
    roles, unread = _roles([str(name) for name in frame.columns])
    if "label" not in roles and "id" not in roles:
        raise CodebookError(
            f"{path} has no column `label` (or code, name, tag): name the codes in one. It has:"
            f" {', '.join(map(str, frame.columns))}."
        )
    taken: set[str] = set()
    lines: dict[str, int] = {}  # id in small letters -> row
    codes, problems = [], []
    cells_of = frame.to_dict("records")
    rows = [
        {role: _unguarded(text_of(cells[column])) for role, column in roles.items()} for cells in cells_of
    ]
    notes = [f"{path}: columns that were not read: {examples(unread)}."] if unread else []
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
    return with_headings(Codebook(name=path.stem, codes=tuple(codes))), notes


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
        key: tuple(part.strip() for part in row.get(key, "").split("|") if part.strip()) for key in LISTS
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


def from_qdc(data: bytes, where: Path) -> Codebook:
    """Build a codebook from REFI-QDA: codable codes become codes, what they sit under becomes the parent.

    A code's own children, if it is codable, become its sub-themes. Codes keep their GUID, and their id where this
    program wrote it. Raises CodebookError for broken or unsafe XML.
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
    written = _written_ids(root)
    taken = {name.lower() for name in written.values()}
    codes = tuple(_qdc_codes(root, None, written, taken, 0))
    if not codes:
        raise CodebookError(f"{where} holds no codes.")
    return Codebook(name=where.stem, source=root.get("origin") or "", codes=codes)


def _qdc_children(element: Any) -> Iterator[Any]:
    for child in element:
        name = _tag(child)
        if name == "Codes":
            yield from _qdc_children(child)
        elif name == "Code":
            yield child


def _qdc_codes(
    element: Any, parent: str | None, written: Mapping[Any, str], taken: set[str], depth: int
) -> Iterator[Code]:
    if depth > DEPTH_LIMIT:
        raise CodebookError(f"The codebook is nested more than {DEPTH_LIMIT} deep.")
    for child in _qdc_children(element):
        label = (child.get("name") or "").strip() or "unnamed"
        children = list(_qdc_children(child))
        if child.get("isCodable", "true").lower() in ("false", "0"):
            yield from _qdc_codes(child, label, written, taken, depth + 1)
            continue
        texts = [_around_comments(node) for node in child if _tag(node) == "Description"]
        colour = child.get("color")
        yield Code(
            id=written.get(child) or identifier(label, taken),
            label=label,
            parent=parent,
            definition=" ".join(" ".join(texts).split()),
            subthemes=tuple(SubTheme((sub.get("name") or "").strip()) for sub in children if sub.get("name")),
            colour=colour if colour and re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else None,
            guid=_guid(child.get("guid")),
        )


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
    root = ET.Element(f"{{{NAMESPACE}}}CodeBook", origin="coder")
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
