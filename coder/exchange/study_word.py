"""A study's transcripts as one Word document, codes as comments beside the words."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.exchange.study_content import DocumentContent, Passage, StudyContent
from coder.exchange.values import clean
from coder.phrasing import counted

if TYPE_CHECKING:
    from docx.text.run import Run


def write_word(study: StudyContent, path: Path) -> list[str]:
    """Write the transcripts with a comment per coding, by its coder; return what the file does not hold."""
    from docx import Document

    made: Any = Document()
    made.core_properties.title = clean(study.name)
    labels = study.codebook.labels
    lost = 0
    for number, document in enumerate(study.documents):
        if number:
            made.add_page_break()
        made.add_heading(clean(document.name), level=1)
        passages = [item for item in study.coded if item.document == document.uid]
        lost += _transcript(made, document, passages, labels)
    made.save(str(path))
    notes = []
    nothing = sum(not item.code for item in study.passages)
    if nothing:
        notes.append(f"{nothing} utterances that have nothing to code have no comment; they are in .csv.")
    if study.memos:
        notes.append(f"{counted(len(study.memos), 'memo')} left out: they are in .qdpx.")
    if lost:
        notes.append(
            f"{lost} codings of words outside every turn (labels, headings) have no comment; they are in .csv."
        )
    return notes


def _transcript(
    made: Any, document: DocumentContent, passages: Sequence[Passage], labels: Mapping[str, str]
) -> int:
    """Write the turns of a transcript with their comments; return how many codings touch no turn."""
    bounds = sorted({place for item in passages for place in (item.start, item.end)})
    runs: list[tuple[int, int, Run]] = []
    for turn in document.turns:
        paragraph = made.add_paragraph()
        if turn.speaker:
            paragraph.add_run(f"{clean(turn.speaker)}: ").bold = True
        cuts = [turn.start, *(place for place in bounds if turn.start < place < turn.end), turn.end]
        for start, end in pairwise(cuts):
            if start < end:
                runs.append((start, end, paragraph.add_run(clean(document.text[start:end]))))
    lost = 0
    for item in passages:
        covered = [run for start, end, run in runs if start >= item.start and end <= item.end]
        if not covered:
            lost += 1
            continue
        name = labels.get(item.code, item.code) + (f": {item.polarity}" if item.polarity else "")
        initials = "".join(word[0] for word in item.coder.split())[:3]
        comment = made.add_comment(
            [covered[0], covered[-1]], text=clean(name), author=item.coder, initials=initials
        )
        if item.memo:
            comment.add_paragraph(clean(item.memo))
    return lost
