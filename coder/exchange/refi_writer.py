"""A study as a REFI-QDA project (`.qdpx`) that other tools read.

Source: REFI-QDA standard 1.5. What is written so because a tool needs it: texts as files, UTF-8 with LF and no byte
order mark; code names unique in the whole tree, since QualCoder loses codings of names that come twice; one selection
per passage, coder and code, with the coder on the selection and on the coding. A memo on an utterance is a selection
with a description and no coding, and a memo on a text a note joined to it by a link: notes that a text refers to are
lost in QualCoder, which also stops at two notes of one name. GUIDs and times are made from the study, so that two
exports of the same study are the same file.
"""

import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from coder import __version__
from coder.codebook import Code
from coder.exchange.code_guids import code_guid, leaf_guid
from coder.exchange.codebooks import code_description
from coder.exchange.study_content import Drafts, MemoContent, Passage, PolarityAs, StudyContent
from coder.exchange.values import DRAFT_CODE, DRAFT_USER, SET, WRITTEN, clean
from coder.phrasing import counted

NAMESPACE = "urn:QDA-XML:project:1.0"
_NOT_IN_NAMES = re.compile(r'[/:?*"<>|\\\r\n\t]+')  # QualCoder makes files of these names
_EPOCH = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest time of a zip archive; the true one differs from export to export
POLARITY_CATEGORY = "Polarity"


def write_project(
    study: StudyContent, path: Path, *, drafts: Drafts = "omit", polarity: PolarityAs = "leaf"
) -> list[str]:
    """Write a study's texts, codebook, people, codings and memos; return what could not travel.

    `drafts`: unconfirmed suggestions are left out, or given to a user of their own, or put under codes of their own
    ("branch"), which is safe where a tool forgets users. `polarity`: a leaf code each ("X: barrier"), or codes of
    their own beside the code.
    """
    writer = _Writer(study, drafts, polarity)
    xml = writer.project()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "project.qde", xml)
        for name, text in writer.files.items():
            _add(archive, f"sources/{name}", text.encode("utf-8", errors="replace"))
    return writer.notes()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)


class _Writer:
    """Builds the XML of one project."""

    def __init__(self, study: StudyContent, drafts: Drafts, polarity: PolarityAs) -> None:
        self._study, self._drafts, self._polarity = study, drafts, polarity
        self._passages = [*study.coded, *(study.drafts if drafts != "omit" else ())]
        self._names: set[str] = set()  # names of codes that are taken
        self._codes: dict[tuple[str, str | None, bool], str] = {}  # code, polarity, draft -> guid
        self._sides: dict[str, str] = {}  # polarity -> guid, where polarities are codes
        self.files: dict[str, str] = {}

    def guid(self, *parts: str) -> str:
        """Return the GUID of a thing: the same in every export of the study."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("coder", self._study.uid, *parts))))

    def project(self) -> bytes:
        """Return the XML; its children stand in the order of the schema."""
        study = self._study
        root = ET.Element(
            "Project",
            {
                "xmlns": NAMESPACE, "name": clean(study.name) or "study", "origin": f"coder {__version__}",
                "creationDateTime": _time(study.created),
            },
        )  # fmt: skip
        users = ET.SubElement(root, "Users")
        people = sorted({*study.coders, *(memo.coder for memo in study.memos)})
        names = [*people, *([DRAFT_USER] if self._drafts != "omit" and study.drafts else [])]
        for name in names or ["coder"]:
            ET.SubElement(users, "User", {"guid": self.guid("user", name), "name": clean(name)})
        self._codebook(ET.SubElement(ET.SubElement(root, "CodeBook"), "Codes"))
        variables = self._variables()
        if variables:
            holder = ET.SubElement(root, "Variables")
            for name in variables:
                ET.SubElement(
                    holder, "Variable",
                    {"guid": self.guid("variable", name), "name": clean(name), "typeOfVariable": "Text"},
                )  # fmt: skip
        self._cases(root)
        sources = ET.SubElement(root, "Sources") if study.documents else None
        if sources is not None:
            self._sources(sources)
        self._notes(root)
        self._sets(root)
        ET.indent(root, " ")
        return (
            b'<?xml version="1.0" encoding="utf-8"?>\n'
            + ET.tostring(root, encoding="unicode").encode()
            + b"\n"
        )

    def _unique(self, name: str) -> str:
        """Return a name that no code has yet, case aside, and take it."""
        plain = " ".join(clean(name).split()) or "unnamed"
        unique, number = plain, 2
        while unique.casefold() in self._names:
            unique, number = f"{plain} ({number})", number + 1
        self._names.add(unique.casefold())
        return unique

    def _code(
        self, under: ET.Element, name: str, guid: str, *, codable: bool, like: Code | None = None
    ) -> ET.Element:
        attributes = {
            "guid": guid,
            "name": self._unique(name),
            "isCodable": str(codable).lower(),
        }
        if like is not None and like.colour:
            attributes["color"] = like.colour
        element = ET.SubElement(under, "Code", attributes)
        if like is not None:
            _description(element, code_description(like, subthemes=True))
        return element

    def _codebook(self, codes: ET.Element) -> None:
        self._tree(codes, draft=False)
        if self._drafts == "branch" and self._study.drafts:
            branch = self._code(codes, DRAFT_CODE, self.guid("code", "draft"), codable=False)
            self._tree(branch, draft=True)
        if self._polarity == "branch" and self._study.codebook.polarity:
            holder = self._code(codes, POLARITY_CATEGORY, self.guid("code", "polarity"), codable=False)
            for side in self._study.codebook.polarity:
                element = self._code(holder, side, self.guid("code", "polarity", side), codable=True)
                self._sides[side] = element.attrib["guid"]

    def _tree(self, codes: ET.Element, *, draft: bool) -> None:
        """Write components, codes and, as leaves, their polarities."""
        book = self._study.codebook
        mine = [item for item in self._passages if self._as_branch(item) == draft]
        used = {(item.code, item.polarity) for item in mine}
        start = f"{DRAFT_CODE} " if draft else ""
        mark = ("draft",) if draft else ()
        known = [
            code for code in book.codes if not draft or any(code.id == used_code for used_code, _ in used)
        ]
        known += [Code(name, name) for name in sorted({code for code, _ in used} - set(book.by_id))]
        parents: dict[str, ET.Element] = {}
        for code in known:
            under = codes
            if code.parent:
                if code.parent not in parents:
                    guid = self.guid("code", *mark, "component", code.parent)
                    parents[code.parent] = self._code(codes, start + code.parent, guid, codable=False)
                under = parents[code.parent]
            leaves = self._leaves(code, used, draft=draft)
            guid = self.guid("code", *mark, code.id) if draft else code_guid(book, code)
            holder = self._code(under, start + code.label, guid, codable=None in leaves, like=code)
            for memo in self._study.memos if not draft else ():
                if memo.code == code.id:
                    ET.SubElement(holder, "NoteRef", {"targetGUID": self.guid("memo", memo.uid)})
            for side in leaves:
                element = holder
                if side is not None:
                    label = f"{start}{code.label}: {side}"
                    element = self._code(holder, label, leaf_guid(guid, side), codable=True, like=_leaf(code))
                self._codes[code.id, side, draft] = element.attrib["guid"]

    def _leaves(self, code: Code, used: set[tuple[str, str | None]], *, draft: bool) -> list[str | None]:
        """Return the polarities that are leaves of a code; None is the code itself, for codings without polarity."""
        if self._polarity == "branch" or not self._study.codebook.polarity:
            return [None]
        sides = {side for name, side in used if name == code.id}
        usual = set() if draft else {"barrier", "facilitator"} & set(self._study.codebook.polarity)
        order: list[str | None] = [
            side for side in ("barrier", "facilitator", "mixed") if side in sides | usual
        ]
        return [None, *order] if None in sides else order

    def _as_branch(self, item: Passage) -> bool:
        return item.draft and self._drafts == "branch"

    def _variables(self) -> list[str]:
        facts = [*self._study.people.values(), *(document.facts for document in self._study.documents)]
        written = {WRITTEN} if any(document.written for document in self._study.documents) else set()
        return sorted({name for attributes in facts for name in attributes} - {SET} | written)

    def _cases(self, root: ET.Element) -> None:
        """Write a case per participant, with attributes and the texts in which the participant speaks."""
        speaks: dict[str, list[str]] = {name: [] for name in self._study.people}
        for document in self._study.documents:
            for name in document.participants.values():
                speaks.setdefault(name, []).append(document.uid)
        if not speaks:
            return
        holder = ET.SubElement(root, "Cases")
        for name, documents in sorted(speaks.items()):
            case = ET.SubElement(holder, "Case", {"guid": self.guid("case", name), "name": clean(name)})
            self._values(case, self._study.people.get(name, {}))
            for uid in dict.fromkeys(documents):
                ET.SubElement(case, "SourceRef", {"targetGUID": self.guid("source", uid)})

    def _values(self, holder: ET.Element, facts: Mapping[str, tuple[str, ...]]) -> None:
        for name, values in facts.items():
            value = ET.SubElement(holder, "VariableValue")
            ET.SubElement(value, "VariableRef", {"targetGUID": self.guid("variable", name)})
            ET.SubElement(value, "TextValue").text = clean("; ".join(values))

    def _sources(self, holder: ET.Element) -> None:
        by_document: dict[str, list[Passage]] = {}
        for item in self._passages:
            by_document.setdefault(item.document, []).append(item)
        names: set[str] = set()
        for document in self._study.documents:
            guid = self.guid("source", document.uid)
            name = " ".join(_NOT_IN_NAMES.sub(" ", clean(document.name)).split()) or "transcript"
            name = _free(name, names)
            self.files[f"{guid}.txt"] = document.text
            source = ET.SubElement(
                holder, "TextSource",
                {
                    "guid": guid, "name": name, "plainTextPath": f"internal://{guid}.txt",
                    "creationDateTime": _time(document.added),
                },
            )  # fmt: skip
            for item in by_document.get(document.uid, []):
                self._selection(source, item, document.text)
            for memo in self._study.memos:
                if memo.document == document.uid and memo.start is not None:
                    self._comment(source, memo, document.text)
            facts = {key: value for key, value in document.facts.items() if key != SET}
            self._values(source, facts | ({WRITTEN: ("yes",)} if document.written else {}))

    def _selection(self, source: ET.Element, item: Passage, text: str) -> None:
        user = self.guid("user", DRAFT_USER if item.draft else item.coder)
        key = (
            item.document,
            str(item.start),
            str(item.end),
            item.coder,
            item.code,
            item.polarity or "",
            str(item.draft),
        )
        made = {"creatingUser": user, "creationDateTime": _time(item.time)}
        selection = ET.SubElement(
            source, "PlainTextSelection",
            {
                "guid": self.guid("selection", *key), "name": clean(text[item.start : item.end]),
                "startPosition": str(item.start), "endPosition": str(item.end), **made,
            },
        )  # fmt: skip
        _description(selection, _said(item))
        for code in self._targets(item):
            coding = ET.SubElement(selection, "Coding", {"guid": self.guid("coding", *key, code), **made})
            ET.SubElement(coding, "CodeRef", {"targetGUID": code})

    def _comment(self, source: ET.Element, memo: MemoContent, text: str) -> None:
        """Write a memo on an utterance as a selection without a coding."""
        selection = ET.SubElement(
            source, "PlainTextSelection",
            {
                "guid": self.guid("memo", memo.uid), "name": clean(text[memo.start : memo.end]),
                "startPosition": str(memo.start), "endPosition": str(memo.end),
                "creatingUser": self.guid("user", memo.coder), "creationDateTime": _time(memo.time),
            },
        )  # fmt: skip
        _description(selection, memo.text)

    def _targets(self, item: Passage) -> Iterator[str]:
        draft = self._as_branch(item)
        if self._polarity == "branch" or not self._study.codebook.polarity:
            yield self._codes[item.code, None, draft]
            if item.polarity in self._sides:
                yield self._sides[str(item.polarity)]
        else:
            yield self._codes[item.code, item.polarity, draft]

    def _notes(self, root: ET.Element) -> None:
        """Write memos on codes, texts and the study, and the links to the texts."""
        memos = [memo for memo in self._study.memos if memo.text and memo.start is None]
        if not memos:
            return
        holder = ET.SubElement(root, "Notes")
        names: set[str] = set()
        for memo in memos:
            guid = self.guid("memo", memo.uid)
            self.files[f"{guid}.txt"] = memo.text
            ET.SubElement(
                holder, "Note",
                {
                    "guid": guid, "name": _free(_memo_name(memo), names), "plainTextPath": f"internal://{guid}.txt",
                    "creatingUser": self.guid("user", memo.coder), "creationDateTime": _time(memo.time),
                },
            )  # fmt: skip
        about = [memo for memo in memos if memo.document is not None]
        if not about:
            return
        links = ET.SubElement(root, "Links")
        for memo in about:
            ET.SubElement(
                links, "Link",
                {
                    "guid": self.guid("link", memo.uid), "direction": "OneWay",
                    "originGUID": self.guid("memo", memo.uid),
                    "targetGUID": self.guid("source", str(memo.document)),
                },
            )  # fmt: skip

    def _sets(self, root: ET.Element) -> None:
        """Write sets of sources, which are an attribute of transcripts here."""
        members: dict[str, list[str]] = {}
        for document in self._study.documents:
            for name in document.facts.get(SET, ()):
                members.setdefault(name, []).append(document.uid)
        if not members:
            return
        holder = ET.SubElement(root, "Sets")
        for name, documents in sorted(members.items()):
            element = ET.SubElement(holder, "Set", {"guid": self.guid("set", name), "name": clean(name)})
            for uid in documents:
                ET.SubElement(element, "MemberSource", {"targetGUID": self.guid("source", uid)})

    def notes(self) -> list[str]:
        """Return what of the study the file does not hold, or holds only in words."""
        sentences = []
        confirmed = sum(item.confidence is not None for item in self._study.coded)
        if confirmed:
            sentences.append(
                f"The confidence of {confirmed} confirmed suggestions is in .qdpx in words only;"
                " it is a number in .jsonl."
            )
        nothing = sum(not item.code for item in self._study.passages)
        if nothing:
            sentences.append(
                f"{nothing} utterances that were read and have nothing to code are not in .qdpx;"
                " they are in .csv and .jsonl."
            )
        if self._study.drafts and self._drafts == "omit":
            sentences.append(
                f"{len(self._study.drafts)} unconfirmed suggestions are not in the file (--drafts user or"
                " branch writes them)."
            )
        written = sum(document.written for document in self._study.documents)
        if written:
            sentences.append(
                f"The questions of {counted(written, 'text')} of written answers are not in .qdpx;"
                " they are in .csv and .jsonl."
            )
        wide = sum(max(document.text, default="") > "\uffff" for document in self._study.documents)
        if wide:
            sentences.append(
                f"{wide} texts have emoji or other rare characters: a tool that counts in UTF-16 shifts"
                " codings after them."
            )
        return sentences


def _leaf(code: Code) -> Code:
    return Code(code.id, code.label, colour=code.colour)


def _description(element: ET.Element, text: str) -> None:
    if text:
        ET.SubElement(element, "Description").text = clean(text)


def _said(item: Passage) -> str:
    """Return a selection's description: the memo, and where the coding comes from."""
    if item.draft:
        return (
            f"DRAFT, not confirmed. Confidence {item.confidence or 0:.2f} (calibrated), model {item.model}."
        )
    source = ""
    if item.confidence is not None:
        day = item.time[:10]
        source = (
            f"Confirmed by {item.coder} {day} from suggestion {item.confidence:.2f} (model {item.model})."
        )
    return "\n".join(filter(None, [item.memo, source]))


def _free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet, case aside, and take it."""
    while name.casefold() in taken:
        name += "_"
    taken.add(name.casefold())
    return name


def _memo_name(memo: MemoContent) -> str:
    return clean(f"{memo.about} ({memo.coder} {memo.time[:19].replace(':', '.')})")


def _time(stamp: str) -> str:
    """Return a time as xs:dateTime in UTC, to the second."""
    return f"{stamp[:19]}Z" if len(stamp) >= 19 else "1970-01-01T00:00:00Z"
