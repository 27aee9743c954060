r"""NVivo's "reference view" of one code, saved as text, Word, RTF or PDF: one file per code, named after it.

    <Files\\Interview 1> - § 3 references coded [2.31% Coverage]
    Reference 1 - 1.11% Coverage
    text, which may hold blank lines

The shape is that of public parsers of these files. Menus in other languages change the words, so the words between
the signs are not looked at: a header has "§ N" and a share in brackets, an item a number and a share.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coder.coded_tables.grammar import examples
from coder.errors import FormatError
from coder.exchange.values import ExternalCoding, ExternalCodings
from coder.phrasing import counted

_HEADER = re.compile(
    r"^\s*<?(?P<folder>[^\W\d_][\w ]*\\{1,2}.+?|[^\W\d_][^§\\]*?)>?\s+[-–]\s+§\s*(?P<count>\d+)\s+"
    r"\D*\[\s*[\d.,]+\s*%[^\]]*\]\s*$"
)
_ITEM = re.compile(
    r"^\s*[^\W\d_]{3,20}\s+(?P<first>\d+)(?:\s*-\s*(?P<last>\d+))?\s+[-–]\s+[\d.,]+\s*%[^%\d]*$"
)


@dataclass
class _Source:
    name: str
    promised: int
    items: list[tuple[int, int, list[str]]] = field(default_factory=list)  # first and last number, lines

    @property
    def found(self) -> int:
        return sum(last - first + 1 for first, last, _ in self.items)


def looks_like_references(lines: Sequence[str]) -> bool:
    """Tell whether a text is NVivo's list of a code's references: a header soon followed by a first item."""
    places = [at for at, line in enumerate(lines[:200]) if _HEADER.match(line)]
    return any(any(_ITEM.match(line) for line in lines[at + 1 : at + 6]) for at in places)


def read_references(lines: Sequence[str], path: Path) -> ExternalCodings:
    """Read the references of one code. Raises FormatError if the text is no such list.

    The number of references that a header promises is checked: a speaker may quote a line that looks like one.
    """
    if not looks_like_references(lines):
        raise FormatError(
            f"{path.name}: this is no list of coded references. Open a code in NVivo, choose Export > Export Code as"
            " txt or docx, one file per code; transcripts are read with 'coder turns'."
        )
    sources = _sources(lines)
    code = path.stem
    codings = [
        ExternalCoding(source.name, code, "\n".join(words).strip(), row=first)
        for source in sources
        for first, _, words in source.items
        if "\n".join(words).strip()
    ]
    notes = [
        f"The code is the file's name, '{code}'; NVivo writes _ for : / \\ ? in it. Coders and places are not in this"
        " export."
    ]
    wrong = [
        source
        for source in sources
        if sum(last - first + 1 for first, last, _ in source.items) != source.promised
    ]
    notes += [
        f"{source.name}: {counted(source.promised, 'reference')} promised, {source.found} found. Look at the file."
        for source in wrong[:6]
    ]
    together = sum(last > first for source in sources for first, last, _ in source.items)
    if together:
        notes.append(f"{counted(together, 'group')} of references to one passage (such as 2-3) taken once.")
    names = list(dict.fromkeys(source.name for source in sources))
    notes.append(
        f"{counted(len(codings), 'reference')} in {counted(len(names), 'document')}: {examples(names)}."
    )
    return ExternalCodings(path.name, "NVivo references", tuple(codings), tuple(notes))


def _sources(lines: Sequence[str]) -> list[_Source]:
    sources: list[_Source] = []
    expected = 1
    for line in lines:
        header = _HEADER.match(line)
        if header:
            sources.append(_Source(re.split(r"\\+", header["folder"])[-1].strip(), int(header["count"])))
            expected = 1
            continue
        item = _ITEM.match(line) if sources else None
        # Items are numbered: a line of the transcript that looks like one has, as a rule, another number.
        if item and int(item["first"]) == expected and expected <= sources[-1].promised:
            last = int(item["last"] or item["first"])
            sources[-1].items.append((int(item["first"]), last, []))
            expected = last + 1
        elif sources and sources[-1].items:
            sources[-1].items[-1][2].append(line)
    return sources
