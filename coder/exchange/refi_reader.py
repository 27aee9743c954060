"""REFI-QDA projects (`.qdpx`) of any tool: codings with coder, document and verified place.

Source: REFI-QDA standard 1.5. Read are text sources, the texts of PDFs and their selections, cases and variables,
sets of sources, memos and comments; pictures, sound and film are named and left out. The archive is read in memory,
within limits, and no entity of its XML is ever resolved.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from coder.coded_tables.grammar import examples
from coder.errors import FormatError, UnsafeFileError
from coder.exchange.refi_memos import OURS, comments_of, memos_of, notes_about, notes_placed
from coder.exchange.refi_offsets import Placed, placed
from coder.exchange.refi_project import Project, Source, parse_project
from coder.exchange.values import (
    MAX_BYTES,
    SET,
    WRITTEN,
    ExternalCase,
    ExternalCoding,
    ExternalCodings,
    ExternalDocument,
    ExternalMemo,
)
from coder.phrasing import counted
from coder.reading.safety.containers import Archive

_MEDIA = {"PictureSource": "picture", "PDFSource": "PDF", "AudioSource": "sound", "VideoSource": "film"}
_WORDS = {
    "PictureSelection": ("coding of a picture", "codings of pictures"),
    "PDFSelection": ("coding of an area of a PDF", "codings of areas of a PDF"),
    "AudioSelection": ("coding of sound", "codings of sound"),
    "VideoSelection": ("coding of film", "codings of film"),
    "TranscriptSelection": ("coding of a stretch of a recording", "codings of stretches of a recording"),
    "Coding of a memo": ("coding of a memo", "codings of memos"),
    "Coding of a whole document": ("coding of a whole document", "codings of whole documents"),
    "PlainTextSelection without positions": ("coding without positions", "codings without positions"),
    "Graph": ("map (graph)", "maps (graphs)"),
    "SelectionRef": ("reference of a case to a passage", "references of cases to passages"),
    "CodeRef of a case": ("code given to a case", "codes given to cases"),
    "Description": ("description of something that is not read", "descriptions of what is not read"),
}  # what is left out, by kind: one, many


def read_project(path: Path) -> ExternalCodings:
    """Read a `.qdpx`. Raises FormatError or UnsafeFileError."""
    archive, project = _opened(path)
    files = {PurePosixPath(name.replace("\\", "/")).name.lower(): name for name in archive.members}
    names = _names(project)
    for note in project.notes:
        note.content = _text(note, archive, files)
    homeless = notes_placed(project)
    persons, about = _case_codings(project), notes_about(project)
    codings: list[ExternalCoding] = []
    documents: list[ExternalDocument] = []
    comments: list[ExternalMemo] = []
    placings: list[tuple[str, Placed]] = []
    lost: list[Source] = []
    first = 0  # selections of the sources before
    for source in project.sources:
        raw = _text(source, archive, files)
        if raw is None:
            lost.append(source)
            continue
        name = names[source.guid]
        placement = placed(raw, source.selections, standard=project.origin.startswith(OURS))
        documents.append(_document(project, source, name, placement.text))
        placings.append((name, placement))
        codings += _codings(project, name, source, placement, first)
        first += len(source.selections)
        comments += comments_of(project, about, name, source, placement)
    notes = [
        *_placing_noted(placings),
        *_left_out(project, lost),
        *_taken_otherwise(project, persons, homeless),
    ]
    cases = {case.guid for case in project.cases}
    held = [code for guid, code in project.codes.items() if guid not in cases]
    codes = {code: project.descriptions.get(code, "") for code in held}
    origin = f" of {project.origin}" if project.origin else ""
    return ExternalCodings(
        path.name, f"REFI-QDA project{origin}", tuple(codings), tuple(notes), tuple(documents), codes,
        _cases(project, names), (*comments, *memos_of(project, names)),
        {code: guid for guid, code in project.codes.items() if guid not in cases and held.count(code) == 1},
    )  # fmt: skip


def _taken_otherwise(project: Project, persons: int, homeless: int) -> list[str]:
    """Say how many codings were taken for what they say of cases, and how many notes lost what they are about."""
    notes = []
    if project.skipped.get("NoteRef of a case"):
        about = project.skipped["NoteRef of a case"]
        notes.append(f"{counted(len(about), 'memo')} on cases: kept, without the case: {_examples(about)}.")
    if persons:
        notes.append(
            f"{counted(persons, 'coding')} that say where a case speaks read as that, not as codings."
        )
    if homeless:
        notes.append(
            f"{counted(homeless, 'note')} on a passage of a document that is not named: kept as a note."
        )
    return notes


def _left_out(project: Project, lost: Sequence[Source]) -> list[str]:
    """Say which sources have no text, and what else of the project is not read."""
    notes = []
    if lost:
        codings = sum(len(item.codings) for source in lost for item in source.selections)
        apart = f", with {counted(codings, 'coding')}" if codings else ""
        named = examples([source.name for source in lost])
        notes.append(f"{counted(len(lost), 'source')} without a text in the file left out{apart}: {named}.")
    if project.media:
        kinds = [f"{name or 'unnamed'} ({_MEDIA[kind]})" for kind, name in project.media]
        notes.append(
            f"{counted(len(kinds), 'source')} of which there is no text left out: {examples(kinds)}."
        )
    notes += [
        f"{counted(len(project.skipped[kind]), *words)} left out: {_examples(project.skipped[kind])}."
        for kind, words in _WORDS.items()
        if kind in project.skipped
    ]
    others = sum(item.others for item in project.sets)
    if others:
        named = _examples([item.name for item in project.sets if item.others])
        notes.append(
            f"{counted(others, 'code')} or notes that lie in sets: that they do is left out: {named}."
        )
    joined = [name or "unnamed" for name, *ends in project.links if not _is_of_a_note(project, ends)]
    if joined:
        notes.append(
            f"{counted(len(joined), 'link')} between passages, codes or texts left out: {_examples(joined)}."
        )
    wordless = [note.name or "unnamed" for note in project.notes if not (note.content or note.description)]
    if wordless:
        notes.append(
            f"{counted(len(wordless), 'memo')} without plain text in the file left out: {_examples(wordless)}."
        )
    return notes


def _is_of_a_note(project: Project, ends: Sequence[str]) -> bool:
    return any(note.guid in ends for note in project.notes)


def _examples(names: Sequence[str]) -> str:
    return examples(list(dict.fromkeys(names)))


def _case_codings(project: Project) -> int:
    """Take codings by codes that are cases for what they are in NVivo, the case's text; return how many there are."""
    cases = {case.guid: case for case in project.cases if case.guid in project.codes}
    count = 0
    for source in project.sources if cases else ():
        for item in source.selections:
            mine = {code for code, _ in item.codings if code in cases}
            for code in mine:
                if source.guid not in cases[code].sources:
                    cases[code].sources.append(source.guid)
            count += len(mine)
            item.codings = [(code, user) for code, user in item.codings if code not in cases]
    return count


def _cases(project: Project, names: dict[str, str]) -> tuple[ExternalCase, ...]:
    return tuple(
        ExternalCase(
            case.name.strip(),
            {**case.values, **({"description": case.description} if case.description else {})},
            tuple(names[guid] for guid in case.sources if guid in names),
        )
        for case in project.cases
        if case.name.strip()
    )


def _opened(path: Path) -> tuple[Archive, Project]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnsafeFileError(
                f"{path.name} is over {MAX_BYTES // 1_000_000_000} GB. Export the project without media."
            )
        archive = Archive(path.read_bytes(), path.name)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror or error}).") from error
    members = sorted((name for name in archive.members if name.lower().endswith(".qde")), key=len)
    if not members:
        raise FormatError(
            f"{path.name}: the archive holds no .qde, so it is no REFI-QDA project. Export it again."
        )
    project = parse_project(archive.stream(members[0]), f"{path.name}, {members[0]}")
    return archive, project


def _names(project: Project) -> dict[str, str]:
    """Return each source's name; where several bear one name they are numbered."""
    seen: dict[str, int] = {}
    names = {}
    for source in project.sources:
        name = source.name or "unnamed"
        seen[name] = seen.get(name, 0) + 1
        names[source.guid] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


def _text(source: Source, archive: Archive, files: dict[str, str]) -> str | None:
    """Return a source's text as it lies in the file; None if the archive lacks it."""
    if source.content is not None:
        return source.content
    member = files.get(PurePosixPath(source.path.replace("\\", "/").removeprefix("internal://")).name.lower())
    if not source.path or member is None:
        return None
    data = archive.read(member)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{archive.name}: the text of '{source.name}' is not UTF-8, as the standard wants. Export it again."
        ) from error


def _document(project: Project, source: Source, name: str, text: str) -> ExternalDocument:
    known = _attributes(project, source)
    written = project.origin.startswith(OURS) and known.get(WRITTEN) == "yes"
    if written:
        del known[WRITTEN]
    return ExternalDocument(name, text, known, written)


def _attributes(project: Project, source: Source) -> dict[str, str]:
    """Return what is known of a source: its own values, those of a case without a name, and the sets it is in."""
    values = dict(source.values)
    for case in project.cases:
        if not case.name.strip() and source.guid in case.sources:
            values |= case.values
    sets = [item.name for item in project.sets if source.guid in item.sources and item.name]
    return values | ({SET: "; ".join(sets)} if sets else {})


def _placing_noted(placings: list[tuple[str, Placed]]) -> list[str]:
    """Say how the places were read: once for sources that are read alike, apart for those with doubts."""
    alike: dict[str, list[Placed]] = {}
    notes = []
    for name, placement in placings:
        outside = sum(span is None for span in placement.spans)
        if placement.unclear:
            notes.append(
                f"{name}: two ways of counting characters fit equally well, so the places are not sure. Look at a few"
                " passages before you use them."
            )
        if outside:
            notes.append(f"{name}: {counted(outside, 'selection')} outside the text left out.")
        if placement.spans and placement.verified == placement.named and not outside:
            alike.setdefault(placement.how, []).append(placement)
        elif placement.spans:
            said = f"{name}: {counted(len(placement.spans), 'selection')} read as {placement.how}"
            notes.append(f"{said}; {placement.verified} of {placement.named} verified by their names.")
    for how, group in alike.items():
        selections, named = sum(len(item.spans) for item in group), sum(item.named for item in group)
        notes.append(
            f"{counted(len(group), 'source')}: {counted(selections, 'selection')} read as {how}; {named} of"
            f" {named} verified by their names" + (", the others have none." if named < selections else ".")
        )
    return notes


def _codings(
    project: Project, name: str, source: Source, placement: Placed, first: int
) -> list[ExternalCoding]:
    codings: list[ExternalCoding] = []
    for number, (item, span) in enumerate(zip(source.selections, placement.spans, strict=True), start=1):
        if span is None:
            continue
        for code, user in item.codings:
            codings.append(
                ExternalCoding(
                    name,
                    project.codes.get(code, code),
                    placement.text[slice(*span)],
                    project.users.get(user),
                    None,
                    *span,
                    item.description,
                    first + number,
                )
            )
    return codings
