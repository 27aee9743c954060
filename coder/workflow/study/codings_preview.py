"""What a file of codings would bring into a study, before anything is brought in."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from coder.coded_tables.code_mapping import CodeMapper, Mapped
from coder.exchange.code_guids import known_names
from coder.exchange.read import read_codings
from coder.exchange.values import without_drafts
from coder.safe_csv import csv_line
from coder.store import Study
from coder.workflow.study.transcript_names import since_renamed


@dataclass(frozen=True, slots=True)
class CodingsPreview:
    """Documents (name, codings, whether the study has it), coders, and what each name of a code seems to mean.

    `texts` are the documents that could become transcripts, since the file holds their texts and the study does not;
    `cases` and `memos` would come with them.
    """

    file: str
    format: str
    documents: tuple[tuple[str, int, bool], ...]
    coders: tuple[str, ...]
    codes: tuple[tuple[str, int, Mapped], ...]
    notes: tuple[str, ...]
    texts: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    memos: int = 0

    @property
    def codings(self) -> int:
        """How many codings the file holds."""
        return sum(count for _, count, _ in self.codes)

    @property
    def homeless(self) -> int:
        """How many codings are of documents that the study does not have."""
        return sum(
            count for name, count, in_study in self.documents if not in_study and name not in self.texts
        )


def preview_codings(study: Study, path: Path) -> CodingsPreview:
    """Read a file of codings and say what it would bring. Raises the readers' errors."""
    project = read_codings(path)
    codings, drafts = without_drafts(project.codings)
    book = study.codebooks.current()
    known = {name: Mapped(*meaning, "GUID") for name, meaning in known_names(project, book).items()}
    mapper = CodeMapper(book, known)
    documents = Counter(item.document for item in codings)
    documents.update({item.name: 0 for item in project.documents})
    codes = Counter(item.code for item in codings)
    return CodingsPreview(
        file=path.name,
        format=project.format,
        documents=tuple(
            (name, count, not name or bool(study.texts.matching(name) or since_renamed(study, name)))
            for name, count in documents.most_common()
        ),
        coders=tuple(sorted({item.coder for item in codings if item.coder})),
        codes=tuple((name, count, mapper.map(name)) for name, count in codes.most_common()),
        notes=(*project.notes, *drafts),
        texts=tuple(item.name for item in project.documents if not study.texts.matching(item.name)),
        cases=tuple(case.name for case in project.cases),
        memos=len(project.memos),
    )


def write_mapping(path: Path, chosen: list[tuple[str, str, str]]) -> None:
    """Write what was chosen for each name (name, code, polarity) as a mapping that the import reads."""
    lines = [csv_line(("name", "code", "polarity")), *(csv_line(row) for row in chosen)]
    path.write_text("".join(lines), encoding="utf-8", newline="")
