"""`coder export`: a study's codings, codebook or suggestions in the format of the file's suffix."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import InputError, OutputError
from coder.store import Study
from coder.workflow.study.content import study_content, undecided

if TYPE_CHECKING:
    from coder.exchange.study_content import Drafts, PolarityAs, StudyContent

TABLES = (".csv", ".xlsx", ".jsonl", ".parquet")
SUFFIXES = (".qdpx", ".qdc", ".docx", ".sav", *TABLES)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: codings (the default), suggestions or the 0/1 table; of which coders (empty: all)."""

    out: Path
    suggestions: bool = False
    matrix: bool = False
    drafts: "Drafts" = "omit"
    polarity: "PolarityAs" = "leaf"
    coders: tuple[str, ...] = ()
    force: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written (`counts`: noun -> number), and what the format could not hold."""

    out: Path
    counts: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...] = ()

    def text(self) -> str:
        """Return what was written, for people."""
        said = ", ".join(f"{number} {noun}" for noun, number in self.counts)
        return f"{self.out}: {said}."


def export_study(study: Study, request: ExportRequest) -> Exported:
    """Write what is asked for. Raises OutputError, InputError for options that do not fit, StudyError."""
    from coder.reporting.rows import check_new, written_whole

    suffix = request.out.suffix.lower()
    _check(request, suffix)
    check_new(request.out, force=request.force)
    if request.suggestions:
        return _suggestions(study, request)
    content = study_content(study, coders=request.coders, drafts=suffix == ".qdpx")
    if suffix == ".qdc":
        from coder.exchange.codebooks import write_codebook

        write_codebook(content.codebook, request.out, force=request.force)
        return Exported(request.out, (("codes", len(content.codebook.codes)),))
    if suffix in TABLES:
        return _table(content, request)
    with written_whole(request.out) as temporary:
        left_out = _written(content, request, suffix, temporary)
    counts = [("transcripts", len(content.documents)), ("codings", len(content.coded))]
    if request.drafts != "omit":
        counts.append(("unconfirmed suggestions", len(content.drafts)))
    return Exported(request.out, tuple(counts), tuple(left_out))


def _check(request: ExportRequest, suffix: str) -> None:
    if suffix not in SUFFIXES:
        raise OutputError(
            f"{request.out}: an export is written to a name that ends in {', '.join(SUFFIXES)}."
        )
    if request.suggestions and suffix not in TABLES:
        raise InputError(
            f"Suggestions are written to {', '.join(TABLES)}; in a .qdpx they come with --drafts."
        )
    if request.matrix and suffix not in (*TABLES, ".sav"):
        raise InputError(f"The 0/1 table is written to {', '.join((*TABLES, '.sav'))}.")
    if request.suggestions and request.matrix:
        raise InputError("Give --suggestions or --matrix, not both.")
    if request.drafts != "omit" and suffix != ".qdpx":
        raise InputError("Only a .qdpx holds unconfirmed suggestions beside codings: leave --drafts out.")


def _written(content: "StudyContent", request: ExportRequest, suffix: str, path: Path) -> list[str]:
    if suffix == ".qdpx":
        from coder.exchange.refi_writer import write_project

        return write_project(content, path, drafts=request.drafts, polarity=request.polarity)
    if suffix == ".docx":
        from coder.exchange.study_word import write_word

        return write_word(content, path)
    from coder.exchange.study_spss import write_spss

    return write_spss(content, path)


def _table(content: "StudyContent", request: ExportRequest) -> Exported:
    from coder.exchange.study_tables import coding_rows, matrix_rows
    from coder.reporting.rows import open_rows

    columns, rows = matrix_rows(content) if request.matrix else coding_rows(content)
    written = list(rows)
    with open_rows(request.out, columns, force=request.force) as writer:
        writer.write(written)
    memos = len(content.memos)
    left_out = [f"{memos} memos on transcripts, utterances or codes are not in the table; they are in .qdpx."]
    return Exported(request.out, (("rows", len(written)),), tuple(left_out if memos else ()))


def _suggestions(study: Study, request: ExportRequest) -> Exported:
    from coder.reporting.rows import open_rows
    from coder.workflow.suggestion import COLUMNS

    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        for row in suggestion_rows(study):
            count += 1
            yield row

    with open_rows(request.out, COLUMNS, force=request.force) as writer:
        writer.write(counted())
    return Exported(request.out, (("suggestions", count),))


def suggestion_rows(study: Study) -> Iterator[dict[str, Any]]:
    """Return the machine's standing suggestions, for utterances that nobody has decided, in pre-coding's columns."""
    labels = {code.id: code.label for code in study.codebooks.current().codes}
    for info in study.texts.all():
        units = undecided(study, study.texts.utterances(info.id, codable_only=True))
        newest = study.suggestions.newest([unit.id for unit in units])
        for unit in units:
            best = newest[unit.id]
            rest = [item.code for item in best if not item.selected]
            for item in best:
                if item.selected:
                    yield {
                        "transcript": info.name, "turn": unit.turn + 1, "utterance": unit.number + 1,
                        "start": unit.start, "end": unit.end, "time": unit.seconds, "speaker": unit.speaker,
                        "role": unit.role, "question": unit.question, "text": unit.text, "code": item.code,
                        "label": labels.get(item.code, item.code), "polarity": item.polarity,
                        "confidence": item.score, "polarity_confidence": item.polarity_score,
                        "runner_up": rest[0] if rest else None, "evidence": item.evidence, "status": "suggested",
                        "model": item.model,
                    }  # fmt: skip
