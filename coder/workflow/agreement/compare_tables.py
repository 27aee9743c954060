"""Agreement between coders: tables (or rows from elsewhere) in, a report out, and the report as files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from coder.agreement.codings import Codings
from coder.agreement.coefficients import Level
from coder.agreement.passages import codings_of, unitizing_alphas
from coder.agreement.report import OWN_UNITS, AgreementReport, Options
from coder.agreement.report_builder import agreement_report
from coder.agreement.software_views import Tool, view
from coder.codebook import Codebook
from coder.coded_tables.grammar import CodedTable, examples
from coder.coded_tables.passages import holds_passages, passages_of, used_polarities
from coder.coded_tables.rating_rows import NO_TRANSCRIPT, Problems, RatingOptions, cells_of, joined
from coder.coded_tables.ratings import arranged, codings_of_frame, known_categories
from coder.domain import ADJUDICATED
from coder.errors import CoderError, InputError, TableError
from coder.exchange.codebooks import TABLES, notes_on, read_codebook
from coder.phrasing import counted, few
from coder.workflow.agreement.from_study import UNIT, study_table
from coder.workflow.agreement.passages_by_words import comparable
from coder.workflow.agreement.transcripts_asked import of_transcripts
from coder.workflow.coded_files import CodedReading, open_coded_file
from coder.workflow.study.folder import SUFFIX

if TYPE_CHECKING:
    from pandas import DataFrame

By = Literal["code", "component", "polarity"]
SHOWN_CODERS = 3
PLAIN_LISTS = (".txt", ".json", ".csv", ".tsv", ".xlsx", ".jsonl")


@dataclass(frozen=True, slots=True)
class AgreementRequest:
    """What `coder agreement` was asked for."""

    paths: tuple[Path, ...]
    by: By = "code"
    categories: str | None = None
    coders: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()
    resample: str | None = None
    model_coder: str | None = None
    transcripts: tuple[str, ...] = ()
    level: Level = "nominal"
    resamples: int = 2000
    seed: int = 0
    half_width: float = 0.1
    most_disagreements: int = 200
    unit: str = OWN_UNITS
    reading: CodedReading | None = None

    @property
    def options(self) -> Options:
        """The part of the request that concerns the statistics."""
        return Options(
            level=self.level, resamples=self.resamples, seed=self.seed, half_width=self.half_width,
            most_disagreements=self.most_disagreements, model_coder=self.model_coder, unit=self.unit,
            ordered=self.categories is not None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgreementOutcome:
    """The report, the codings it is about, and the files that could not be read (path -> why)."""

    report: AgreementReport
    codings: Codings
    refused: Mapping[str, str]

    def as_counted_by(self, tool: Tool) -> dict[str, Any]:
        """Return the figures that another program would print for the same codings, and why they differ."""
        return view(self.codings, tool)


def run(
    request: AgreementRequest, *, out: Path | None = None, plot: Path | None = None, force: bool = False
) -> AgreementOutcome:
    """Do what `coder agreement` does: refuse files that cannot be written, compute, write report and plot."""
    from coder.reporting.agreement import check_file, write_files
    from coder.reporting.agreement_plot import forest_plot
    from coder.reporting.plots import check_plot

    if out is not None:
        check_file(out, force=force)
    if plot is not None:
        check_plot(plot, force=force)
    outcome = agree(request)
    if out is not None:
        write_files(outcome.report, out, force=force)
    if plot is not None:
        forest_plot(outcome.report, plot, force=force)
    return outcome


def agree(request: AgreementRequest) -> AgreementOutcome:
    """Read tables of codings, or a study, and return the agreement report.

    Rows that cannot be used are named in `report.problems`; the others count. Raises TableError (or the
    reader's error) if no coding is left, InputError if the request does not fit the table.
    """
    if [path.suffix.lower() for path in request.paths] == [SUFFIX]:
        return _of_study(request.paths[0], request)
    if any(path.suffix.lower() == SUFFIX for path in request.paths):
        raise InputError(
            "A study is compared alone. Join copies of one study first (coder merge A.coder B.coder -o both.coder);"
            " to compare a study with tables, write its codings first (coder export STUDY.coder -o codings.csv)."
        )
    options, problems = rating_options(request), Problems()
    tables: list[CodedTable] = []
    first: CoderError | None = None
    for path in request.paths:
        try:
            tables.append(
                open_coded_file(
                    path, "unit", where=path.name, codebook=options.codebook, reading=request.reading
                )
            )
        except CoderError as error:
            first = first or error
            problems.refused[str(path)] = str(error)
    if not tables and first is not None:
        raise first
    try:
        return _of_tables(tables, options, problems, request)
    except CoderError as error:
        if not problems.refused:
            raise
        # A file that was not read may be why, as where it has the coder who is missed.
        raise TableError(str(error), [f"not read: {why}" for why in problems.refused.values()]) from error


def _of_tables(
    tables: Sequence[CodedTable], options: RatingOptions, problems: Problems, request: AgreementRequest
) -> AgreementOutcome:
    """Return the report over the tables that could be read."""
    tables, names = of_transcripts(tables, request.transcripts)
    request = replace(request, transcripts=names)
    tables, left_out = comparable(tables, request.coders)
    problems.notes += left_out
    if all(map(holds_passages, tables)):
        return _of_passages(tables, options, problems, request)
    parts = [cells_of(table, options, problems) for table in tables]
    return _outcome(arranged(joined(parts), options, problems), problems, request)


def _of_study(path: Path, request: AgreementRequest) -> AgreementOutcome:
    """Return the report of a study, with its own codebook unless another is asked for."""
    table = study_table(path, request.coders, request.transcripts)
    options = rating_options(request)
    if options.codebook is None and not options.categories:
        options = replace(options, codebook=table.codebook)
    codings, problems = codings_of_frame(table.frame, options)
    problems.notes += table.notes
    model = request.model_coder or table.model
    return _outcome(
        codings, problems, replace(request, unit=UNIT, model_coder=model, transcripts=table.transcripts)
    )


def _of_passages(
    tables: Sequence[CodedTable], options: RatingOptions, problems: Problems, request: AgreementRequest
) -> AgreementOutcome:
    """Return the report over characters, with the unitizing alphas, for passages with boundaries of their own."""
    import pandas as pd

    frames = [table.by_role() for table in tables]
    frame = pd.concat(frames, ignore_index=True)
    frame.attrs["row_numbers"] = [
        number for part in frames for number in part.attrs.get("row_numbers", range(1, len(part) + 1))
    ]
    frame.attrs["lengths"] = _lengths(frames, problems)
    together = CodedTable.of(frame, " and ".join(table.where for table in tables))
    passages = passages_of(together, options, problems)
    book = options.codebook
    codings = replace(
        codings_of(passages, used_polarities(passages)),
        parents=book.parents if book else {},
        labels=book.labels if book else {},
    )
    outcome = _outcome(
        codings, problems, replace(request, unit="character of text, boundaries by the coders")
    )
    if len({*passages.coders} - {ADJUDICATED}) < 2:  # alphas of whole transcripts, which nobody adjudicated
        return outcome
    return replace(outcome, report=replace(outcome.report, unitizing=unitizing_alphas(passages)))


def _lengths(frames: "Sequence[DataFrame]", problems: Problems) -> dict[str, int]:
    """Return how long the texts of the documents are, where their files hold them."""
    known: dict[str, int] = {}
    unlike: dict[str, None] = {}
    for frame in frames:
        for name, length in frame.attrs.get("lengths", {}).items():
            if known.setdefault(name, length) != length:
                unlike[name] = None
                known[name] = max(known[name], length)
    if unlike:
        problems.notes.append(
            f"{counted(len(unlike), 'document')} whose text is not equally long in the files, so that places may not"
            f" be the same: {examples(unlike)}."
        )
    return known


def rating_options(request: AgreementRequest) -> RatingOptions:
    """Return which codes, coders and columns the request asks for. Raises CodebookError, TableError."""
    book: Codebook | None = None
    plain: tuple[str, ...] = ()
    first = ""
    if request.categories is not None:
        path = Path(request.categories)
        if _is_codebook_file(path):
            book = read_codebook(request.categories)
        else:
            plain, first = _plain_list(path)
    return RatingOptions(book, plain, request.coders, request.assisted, request.resample, first)


def _is_codebook_file(path: Path) -> bool:
    return path.suffix.lower() not in PLAIN_LISTS or _is_codebook(path)


def _is_codebook(path: Path) -> bool:
    """Return whether a table is a codebook (has labels, definitions or parents) and no plain list of codes."""
    from coder.reading.tables.read import read_table

    if path.suffix.lower() not in TABLES:
        return False
    names = {str(name).strip().casefold() for name in read_table(path).columns}
    return bool(names & {"label", "definition", "parent"})


def _plain_list(path: Path) -> tuple[tuple[str, ...], str]:
    """Read categories from a text file (one a line), a JSON list, or a table (column code, id, or the first).

    Also return the first line of a table's only column, which may be a category or a heading.
    """
    if path.suffix.lower() not in (".txt", ".json"):
        from coder.reading.tables.read import read_table

        return known_categories(read_table(path), path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = json.loads(text) if path.suffix.lower() == ".json" else text.splitlines()
    except (OSError, ValueError, RecursionError) as error:
        raise TableError(f"{path} cannot be read as a list of categories: {error}.") from error
    if not isinstance(lines, list):
        raise TableError(f'{path} is no JSON list of categories, such as ["low", "middle", "high"].')
    return tuple(dict.fromkeys(str(line).strip() for line in lines if str(line).strip())), ""


def _outcome(codings: Codings, problems: Problems, request: AgreementRequest) -> AgreementOutcome:
    shown = _by(codings, request.by)
    report = agreement_report(shown, request.options)
    notes = (*report.notes, *problems.notes, *_component_notes(request), *_remarks(report, shown))
    report = replace(report, notes=notes, problems=tuple(problems.rows), only_transcripts=request.transcripts)
    return AgreementOutcome(report, shown, problems.refused)


def _component_notes(request: AgreementRequest) -> list[str]:
    """Say which codes count in another component than they stand under, where components are compared."""
    path = request.categories
    if request.by != "component" or path is None or not _is_codebook_file(Path(path)):
        return []
    return notes_on(path)


def _by(codings: Codings, by: By) -> Codings:
    if by == "component":
        if not codings.parents:
            raise InputError(
                "Agreement by component needs a codebook whose codes have parents: --categories CODEBOOK.yaml."
            )
        return codings.components()
    if by == "polarity":
        if not codings.polarities:
            raise InputError(
                "Agreement by polarity needs a column 'polarity' (or codes written code:barrier)."
            )
        return codings.with_polarity()
    return codings


def _remarks(report: AgreementReport, codings: Codings) -> Sequence[str]:
    """Say what keeps the whole report from having figures, or makes them better than they should be."""
    if len(report.coders) == 1:
        return [f"Only one coder, {next(iter(report.coders))}: agreement needs a second."]
    if report.n_compared == 0:
        return [f"No unit was coded by two coders, so nothing can be compared.{_no_common_ground(codings)}"]
    settled = [_about_adjudicated(codings)] if ADJUDICATED in report.coders else []
    alone = report.n_units - report.n_compared
    if not alone or (settled and len(report.coders) == 2):
        return settled
    remark = f"{counted(alone, 'unit was', 'units were')} coded by one coder only and left out."
    if len(set(codings.mark_cell.tolist())) < int((codings.state > 0).sum()):
        return [*settled, remark]
    return [
        *settled,
        f"{remark} Nowhere is it said that a coder read a unit and found nothing to code. If the coders read all"
        " units, these figures are too high: give such units a row with an empty code (in a wide table '-'); for a"
        " study, import the codings with --complete.",
    ]


def _no_common_ground(codings: Codings) -> str:
    """Say that no two coders' tables name one and the same transcript; '' where that is not what keeps them apart."""
    rated, ids = codings.rated(), codings.clusters
    if ids is None:
        return ""
    by_coder = [set(ids[rated[:, at]].tolist()) for at in range(len(codings.coders))]
    unnamed = codings.transcripts.index(NO_TRANSCRIPT) if NO_TRANSCRIPT in codings.transcripts else -1
    if any(one & other for at, one in enumerate(by_coder) for other in by_coder[at + 1 :]):
        return ""
    named = [
        f"{coder} names {'none' if theirs == {unnamed} else repr(codings.transcripts[min(theirs - {unnamed})])}"
        for coder, theirs in zip(codings.coders, by_coder, strict=True)
        if theirs
    ]
    return (
        f" The coders have no transcript in common: {few(named, SHOWN_CODERS)}. If they coded the same ones, give"
        " these the same names in a column 'transcript' of each table."
    )


def _about_adjudicated(codings: Codings) -> str:
    """Say what a comparison with the adjudicated codes means, and on how many units there are any."""
    meaning = (
        "What is adjudicated was settled in sight of the coders' codes: agreement with it says how near a coder is to"
        " the final codes and is no reliability."
    )
    rated = codings.rated()
    if len(codings.coders) > 2:
        meaning += (
            " Figures over all codes and per code mix both comparisons here: see the pairs, and for the coders alone"
            f" leave --coder {ADJUDICATED} out."
        )
    settled = rated[:, codings.coders.index(ADJUDICATED)]
    by_coders = np.delete(rated, codings.coders.index(ADJUDICATED), axis=1).any(axis=1)
    places = codings.weights is not None
    size = np.ones(len(settled)) if codings.weights is None else codings.weights
    return (
        f"{meaning} Adjudicated are {int(size[settled & by_coders].sum()):,} of the"
        f" {counted(int(size[by_coders].sum()), 'character' if places else 'unit')} that these coders"
        f" {'read' if places else 'coded'}; only there are they compared with it. If"
        " only disagreements were settled, a coder is compared where coders differed, and the figures are far lower"
        " than with final codes for all units."
    )
