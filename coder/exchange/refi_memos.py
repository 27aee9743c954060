"""Memos and comments of a REFI-QDA project: notes with what they are about, and descriptions of places and texts.

The standard has notes that other elements refer to. Tools write more: NVivo joins a note and a place by a link,
MAXQDA gives a place a description and no coding, QualCoder gives a note the place of the text that it is about.
"""

from collections.abc import Iterator, Mapping

from coder.exchange.refi_offsets import Placed
from coder.exchange.refi_project import Project, Selection, Source
from coder.exchange.values import ExternalMemo

OURS = "coder "  # how the origin of a project begins that this program wrote


def notes_placed(project: Project) -> int:
    """Give notes that bear a place to their source, as comments; return how many have a place and no source.

    A place without a source is that of the only text, if there is one only. QualCoder names the source of one
    note of each text.
    """
    sources = {source.guid: source for source in project.sources}
    abouts = _subjects(project)
    homeless, unplaced = 0, []
    for note in project.notes:
        if not note.selections:
            unplaced.append(note)
            continue
        homes = [sources[guid] for guid in abouts.get(note.guid, []) if guid in sources]
        if not homes and len(project.sources) == 1:
            homes = project.sources
        if not homes:
            homeless += 1
            unplaced.append(note)
            continue
        for item in note.selections:
            homes[0].selections.append(
                Selection(item.start, item.end, item.name, note.user, [], _text(project, note))
            )
    project.notes = unplaced
    return homeless


def notes_about(project: Project) -> dict[str, list[Source]]:
    """Return the notes by the guid of what they are about."""
    notes = {note.guid: note for note in project.notes}
    about: dict[str, list[Source]] = {}
    for guid, subjects in project.about.items():
        for subject in subjects if guid in notes else ():
            about.setdefault(subject, []).append(notes[guid])
    return about


def comments_of(
    project: Project, about: Mapping[str, list[Source]], name: str, source: Source, placed: Placed
) -> Iterator[ExternalMemo]:
    """Yield the comments on places of a source: descriptions without a coding, and notes that are about a place."""
    if source.description:
        yield ExternalMemo(source.description, project.users.get(source.user), name)
    for item, span in zip(source.selections, placed.spans, strict=True):
        if span is None:
            continue
        if item.description and not item.codings:
            yield ExternalMemo(item.description, project.users.get(item.user), name, *span)
        for note in about.get(item.guid, ()) if item.guid else ():
            if _text(project, note):
                yield ExternalMemo(_text(project, note), project.users.get(note.user), name, *span)


def memos_of(project: Project, names: dict[str, str]) -> Iterator[ExternalMemo]:
    """Yield the notes that are about a text, a code or the whole, and the description of the project."""
    if project.description:
        yield ExternalMemo(project.description)
    places = {item.guid for source in project.sources for item in source.selections if item.guid}
    abouts = _subjects(project)
    for note in project.notes:
        subjects = abouts.get(note.guid, [])
        text = _text(project, note)
        if not text or any(guid in places for guid in subjects):
            continue
        document = next((names[guid] for guid in subjects if guid in names), None)
        code = next((project.codes[guid] for guid in subjects if guid in project.codes), None)
        yield ExternalMemo(text, project.users.get(note.user), document, code=None if document else code)


def _subjects(project: Project) -> dict[str, list[str]]:
    """Return what each note is about; a note on a PDF is about the PDF's text."""
    texts: dict[str, list[str]] = {}
    for source in project.sources:
        for guid in project.about.get(source.guid, []):
            texts.setdefault(guid, []).append(source.guid)
    return {
        note.guid: [
            subject for guid in project.about.get(note.guid, []) for subject in (guid, *texts.get(guid, []))
        ]
        for note in project.notes
    }


def _text(project: Project, note: Source) -> str:
    """Return a note's words, below its name; names that this program gave say nothing."""
    words = "\n".join(
        filter(None, [note.description, (note.content or "").replace("\r\n", "\n").strip("\ufeff \n")])
    )
    named = note.name and words and not project.origin.startswith(OURS) and note.name not in words
    return f"{note.name}\n{words}" if named else words
