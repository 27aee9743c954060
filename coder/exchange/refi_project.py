"""The XML of a REFI-QDA project (`*.qde`), as it stands: users, codes, cases, sources and their selections.

Source: REFI-QDA standard 1.5 (namespace `urn:QDA-XML:project:1.0`). Elements that are not known are passed over, so
that a vendor's extras do no harm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coder.errors import FormatError
from coder.exchange.values import PATH
from coder.reading.safety.containers import parse_xml

_TEXT_SOURCES = frozenset({"TextSource", "Representation", "Transcript"})
_OTHER_SELECTIONS = frozenset(
    {"PictureSelection", "PDFSelection", "AudioSelection", "VideoSelection", "TranscriptSelection"}
)
_VALUES = frozenset({"TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"})
_MEDIA = frozenset({"PictureSource", "PDFSource", "AudioSource", "VideoSource"})


@dataclass(slots=True)
class Selection:
    """A stretch of a text source with the codes given to it: (code's guid, user's guid); a comment has none."""

    start: int
    end: int
    name: str
    user: str
    codings: list[tuple[str, str]] = field(default_factory=list)
    description: str = ""
    guid: str = ""


@dataclass(slots=True)
class Source:
    """A text source; its text lies in the archive (`path`) or in the XML (`content`)."""

    guid: str
    name: str
    path: str = ""
    content: str | None = None
    selections: list[Selection] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    description: str = ""
    user: str = ""


@dataclass(slots=True)
class Case:
    """A case (a person or a document) with its attributes and the sources it stands for."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    guid: str = ""
    description: str = ""


@dataclass(slots=True)
class SourceSet:
    """A set (a group of documents, codes or notes): the guids of its sources, and how many others it has."""

    name: str
    sources: list[str] = field(default_factory=list)
    others: int = 0


@dataclass(slots=True)
class Project:
    """A project: guids are in lower case and without braces. `skipped` names what is not read, by kind, once each.

    `notes` are memos with a text of their own; `about` says what a note is about (its guid -> guids of others).
    `media` names sources of which there is no text, by kind; `texts_of` has the texts of the others, guid -> guids.
    `links` are (name, guid, guid).
    """

    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    notes: list[Source] = field(default_factory=list)
    about: dict[str, list[str]] = field(default_factory=dict)
    sets: list[SourceSet] = field(default_factory=list)
    media: list[tuple[str, str]] = field(default_factory=list)
    texts_of: dict[str, list[str]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=dict)
    origin: str = ""
    description: str = ""


def parse_project(pieces: Iterable[bytes], name: str) -> Project:
    """Parse the XML of a project. Raises FormatError, UnsafeFileError."""
    handler = _Handler()
    parse_xml(pieces, name, handler)
    if handler.root != "Project":
        raise FormatError(f"{name}: this is no REFI-QDA project (its root is {handler.root or 'missing'}).")
    project = handler.project
    # What is said of a PDF or a recording is said of its text.
    for case in project.cases:
        case.sources = _texts(case.sources, project)
    for group in project.sets:
        group.sources = _texts(group.sources, project)
    return project


def _texts(sources: Sequence[str], project: Project) -> list[str]:
    return [text for guid in sources for text in project.texts_of.get(guid) or [guid]]


def guid_of(text: str | None) -> str:
    """Return a GUID as it is compared: case and braces aside."""
    return (text or "").strip().strip("{}").lower()


class _Handler:
    """Builds the project while the XML is read."""

    def __init__(self) -> None:
        self.project = Project()
        self.root = ""
        self._stack: list[str] = []
        self._codes: list[tuple[str, str]] = []  # guid and name of the codes that are open
        self._sources: list[Source] = []
        self._selection: Selection | None = None
        self._coding: dict[str, str] | None = None
        self._case: Case | None = None
        self._set: SourceSet | None = None
        self._note: Source | None = None
        self._texts = 0  # texts met before the source of media that is open
        self._variable = ""
        self._value: dict[str, str] | None = None
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        """Take the start of an element."""
        name = tag.rpartition(":")[2]
        if not self._stack:
            self.root = name
            self.project.origin = attributes.get("origin", "")
        self._stack.append(name)
        opened = getattr(self, f"_start_{name}", None)
        if opened is not None:
            opened(attributes)
        elif name in _TEXT_SOURCES:
            self._open_source(attributes)
        elif name in _OTHER_SELECTIONS:
            self._skip(name, attributes.get("name") or self._above())
        if name in ("Description", "PlainTextContent") or name in _VALUES:
            self._text = []

    def text(self, text: str, /) -> None:
        """Take text."""
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str, /) -> None:
        """Take the end of an element."""
        name = self._stack.pop()
        if name in ("Description", "PlainTextContent") or name in _VALUES:
            text, self._text = "".join(self._text or []), None
            self._said(name, text)
        closed = getattr(self, f"_end_{name}", None)
        if closed is not None:
            closed()
        elif name in _TEXT_SOURCES and self._sources:
            source = self._sources.pop()
            if source.selections or source.path or source.content is not None:
                self.project.sources.append(source)
        elif name in _MEDIA and self._sources:
            self._close_media(name, self._sources.pop())

    def _close_media(self, kind: str, source: Source) -> None:
        """Note a source of media of which no text was met, and keep what is said of it with its text."""
        texts = self.project.sources[self._texts :]
        if not texts:
            self.project.media.append((kind, source.name))
        self.project.texts_of[source.guid] = [text.guid for text in texts]
        for text in texts:
            text.values = {**source.values, **text.values}
            self.project.about.setdefault(text.guid, []).append(source.guid)

    def _parent(self) -> str:
        return self._stack[-2] if len(self._stack) > 1 else ""

    def _open_source(self, attributes: Mapping[str, str]) -> None:
        above = self._sources[-1].name if self._sources else ""
        self._sources.append(
            Source(
                guid_of(attributes.get("guid")),
                attributes.get("name") or above,
                attributes.get("plainTextPath", ""),
                user=_user(attributes),
            )
        )

    def _start_PDFSource(self, attributes: Mapping[str, str]) -> None:  # noqa: N802 (the standard's names)
        # The text of a PDF is a Representation within; the PDF itself gives its name.
        self._sources.append(Source(guid_of(attributes.get("guid")), attributes.get("name", "")))
        self._texts = len(self.project.sources)

    _start_AudioSource = _start_VideoSource = _start_PictureSource = _start_PDFSource  # noqa: N815

    def _start_Note(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        self._note = Source(
            guid_of(attributes.get("guid")), attributes.get("name", ""), attributes.get("plainTextPath", ""),
            user=_user(attributes),
        )  # fmt: skip
        self.project.notes.append(self._note)

    def _end_Note(self) -> None:  # noqa: N802
        self._note = None

    def _start_NoteRef(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._selection is not None:
            about = self._selection.guid
        elif self._sources:
            about = self._sources[-1].guid
        elif self._codes:
            about = self._codes[-1][0]
        elif self._case is not None:
            self._skip("NoteRef of a case", self._case.name)
            return
        else:
            return  # about the project, or about another note
        self._link(guid_of(attributes.get("targetGUID")), about)

    def _start_Link(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        ends = guid_of(attributes.get("originGUID")), guid_of(attributes.get("targetGUID"))
        self.project.links.append((attributes.get("name", ""), *ends))
        self._link(*ends)
        self._link(*reversed(ends))

    def _link(self, note: str, about: str) -> None:
        self.project.about.setdefault(note, []).append(about)

    def _start_Set(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        self._set = SourceSet(attributes.get("name", "").strip())
        self.project.sets.append(self._set)

    def _end_Set(self) -> None:  # noqa: N802
        self._set = None

    def _start_MemberSource(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._set is not None:
            self._set.sources.append(guid_of(attributes.get("targetGUID")))

    def _start_MemberCode(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._set is not None:
            self._set.others += 1

    _start_MemberNote = _start_MemberCode  # noqa: N815

    def _start_User(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        guid = guid_of(attributes.get("guid"))
        self.project.users[guid] = attributes.get("name") or attributes.get("id") or guid

    def _start_Code(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        guid = guid_of(attributes.get("guid"))
        self._codes.append((guid, attributes.get("name", "").strip()))
        self.project.codes[guid] = PATH.join(name for _, name in self._codes)

    def _end_Code(self) -> None:  # noqa: N802
        self._codes.pop()

    def _start_Variable(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        self.project.variables[guid_of(attributes.get("guid"))] = attributes.get("name", "")

    def _start_Case(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        self._case = Case(attributes.get("name", ""), guid=guid_of(attributes.get("guid")))
        self.project.cases.append(self._case)

    def _end_Case(self) -> None:  # noqa: N802
        self._case = None

    def _start_SourceRef(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._case is not None:
            self._case.sources.append(guid_of(attributes.get("targetGUID")))

    def _start_VariableValue(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        holder: Any = self._case or (self._sources[-1] if self._sources else None)
        self._value = holder.values if holder is not None else None

    def _end_VariableValue(self) -> None:  # noqa: N802
        self._value = None

    def _start_VariableRef(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        self._variable = guid_of(attributes.get("targetGUID"))

    def _start_PlainTextSelection(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        try:
            start, end = int(attributes["startPosition"]), int(attributes["endPosition"])
        except (KeyError, ValueError):
            self._skip("PlainTextSelection without positions", attributes.get("name") or self._above())
            return
        self._selection = Selection(
            start, end, attributes.get("name", ""), _user(attributes), guid=guid_of(attributes.get("guid"))
        )

    def _end_PlainTextSelection(self) -> None:  # noqa: N802
        # Within a note it is the place of the text that the note is about (so QualCoder writes its annotations).
        selection, self._selection = self._selection, None
        holder = self._note or (self._sources[-1] if self._sources else None)
        if selection is None or holder is None:
            return
        # With codings it is words of the note itself.
        if holder is self._note and selection.codings:
            for _ in selection.codings:
                self._skip("Coding of a memo", holder.name)
        else:
            holder.selections.append(selection)

    def _start_Coding(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._selection is not None:
            self._coding = {"user": guid_of(attributes.get("creatingUser")) or self._selection.user}
        elif self._parent() in _TEXT_SOURCES | _MEDIA:
            self._skip("Coding of a whole document", self._above())
        elif self._note is not None:
            self._skip("Coding of a memo", self._note.name)

    def _start_Graph(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        self._skip("Graph", attributes.get("name", ""))

    def _start_SelectionRef(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._case is not None:
            self._skip("SelectionRef", self._case.name)

    def _skip(self, kind: str, example: str) -> None:
        self.project.skipped.setdefault(kind, []).append(example or "unnamed")

    def _above(self) -> str:
        return self._sources[-1].name if self._sources else ""

    def _start_CodeRef(self, attributes: Mapping[str, str]) -> None:  # noqa: N802
        if self._case is not None:
            self._skip("CodeRef of a case", self._case.name)
        if self._coding is not None and self._selection is not None:
            self._selection.codings.append((guid_of(attributes.get("targetGUID")), self._coding["user"]))

    def _end_Coding(self) -> None:  # noqa: N802
        self._coding = None

    def _said(self, name: str, text: str) -> None:
        parent = self._stack[-1] if self._stack else ""
        if name in _VALUES:
            if self._value is not None:
                self._value[self.project.variables.get(self._variable, self._variable)] = text.strip()
        elif name == "PlainTextContent":
            holder = self._note or (self._sources[-1] if self._sources and parent in _TEXT_SOURCES else None)
            if holder is not None:
                holder.content = text
        elif name == "Description":
            self._described(parent, text.strip())

    def _described(self, parent: str, text: str) -> None:
        if parent == "Code" and self._codes:
            self.project.descriptions[self.project.codes[self._codes[-1][0]]] = text
        elif parent == "PlainTextSelection" and self._selection is not None:
            self._selection.description = text
        elif parent == "Case" and self._case is not None:
            self._case.description = text
        elif parent == "Project":
            self.project.description = text
        elif parent == "Note" and self._note is not None:
            self._note.description = text
        elif parent in _TEXT_SOURCES | _MEDIA and self._sources:
            self._sources[-1].description = text
        elif text:
            self._skip("Description", f"{parent}: {text[:60]}")


def _user(attributes: Mapping[str, str]) -> str:
    """Return the guid of who made a thing; some tools name only who changed it last."""
    return guid_of(attributes.get("creatingUser") or attributes.get("modifyingUser"))
