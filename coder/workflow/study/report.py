"""One report of a study, written as HTML, Word or Excel, with its pictures as files on request."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from coder import __version__
from coder.errors import InputError, OutputError
from coder.reporting.rows import check_new, written_whole
from coder.reporting.study.contents import Contents, Picture, Table
from coder.reporting.study.values import Group, ReportOptions, StudyData
from coder.store import Study
from coder.store.values import Withheld
from coder.workflow.study.passage_groups import study_groups
from coder.workflow.study.report_data import FIELD, THE_NAME, Names, read_data
from coder.workflow.study.report_groups import (
    MOST_PASSAGES,
    Encode,
    propose_groups,
    read_groups,
    with_subthemes,
    write_groups,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.agreement.report import AgreementReport
    from coder.encoding import Encoder

FORMATS = (".html", ".docx", ".xlsx")
APART = ("group", "role", "type", "sample", "arm")  # attributes that usually tell kinds of participants apart
MOST_APART = 6  # values; an attribute with more is no way to split a table


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What `coder report` was asked for; see `ReportOptions` for what it takes.

    `coder`: one coder's codings alone; `withheld` ones are left out. `groups` is a table of sub-themes that a person
    edited, `write_groups` where to write one; `keep_groups` also adds the edited names to the study's codebook.
    `figures` is a folder for the pictures.
    """

    out: Path | None
    options: ReportOptions = field(default_factory=ReportOptions)
    coder: str | None = None
    withheld: Withheld | None = None
    label: str | None = None
    groups: Path | None = None
    write_groups: Path | None = None
    keep_groups: bool = False
    figures: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """What was written, and what the person should know of it."""

    data: StudyData
    contents: Contents
    written: tuple[Path, ...]
    remarks: tuple[str, ...]


def write_report(study: Study, request: ReportRequest, *, encode: Encode | None = None) -> WrittenReport:
    """Make the report and write its files. `encode` turns texts into vectors; default: the study's encoder.

    Raises OutputError if a file exists already or cannot be written, InputError for an attribute that the study does
    not have, TableError for a table of groups that cannot be used.
    """
    _check(request)
    data, groups, options, remarks = report_parts(study, request, encode or encode_texts)
    if request.coder is None:
        data = replace(data, agreement=_agreement(study))
    from coder.reporting.study.report import report_contents

    contents = report_contents(data, groups, options, remarks)
    written: list[Path] = []
    if request.out is not None:
        _write(request.out, contents, data)
        written.append(request.out)
    if request.write_groups is not None:
        write_groups(request.write_groups, groups, data, force=request.force)
        written.append(request.write_groups)
    if request.figures is not None:
        written += _write_figures(request.figures, contents, force=request.force)
    if request.keep_groups:
        remarks.append(_keep(study, groups))
    return WrittenReport(data, contents, tuple(written), tuple(remarks))


def report_file(study: Study, request: ReportRequest, suffix: str, *, encode: Encode | None = None) -> bytes:
    """Return a report as the content of an .html, .docx or .xlsx file. Raises as `write_report` does."""
    with TemporaryDirectory(prefix="coder-report-") as folder:
        path = Path(folder) / f"report{suffix}"
        write_report(study, replace(request, out=path), encode=encode)
        return path.read_bytes()


def report_preview(
    study: Study, request: ReportRequest, *, encode: Encode | None = None
) -> tuple[StudyData, list[Table], list[str]]:
    """Return the data, the tables that most readers look at first, and what must be known of them."""
    from coder.reporting.study.participants import participant_tables
    from coder.reporting.study.themes import subthemes_table, themes_table

    data, groups, options, remarks = report_parts(study, request, encode or encode_texts)
    if not data.codings:
        return data, [], remarks
    tables = [subthemes_table(data, groups), themes_table(data, groups, options)]
    return data, [*tables, *participant_tables(data, options)], remarks


def report_parts(
    study: Study, request: ReportRequest, encode: Encode
) -> tuple[StudyData, list[Group], ReportOptions, list[str]]:
    """Return what the report is made from: data without agreement, groups, options filled in, and remarks."""
    names = Names(request.label, pseudonyms=request.options.pseudonymised)
    data = read_data(study, names, coder=request.coder, withheld=request.withheld, version=__version__)
    options = _filled(request.options, data)
    _check_label(request.label, data)
    remarks: list[str] = []
    if request.groups is not None:
        groups, remarks = read_groups(request.groups, data)
    else:
        # Groups that colleagues named show how they see the codings: one coder's report has proposals alone.
        alone = request.coder is not None
        groups = propose_groups(data, encode) if alone else study_groups(study, data, encode)
        if len(data.codings) > MOST_PASSAGES:
            remarks.append(
                f"More than {MOST_PASSAGES:,} codings: no groups of similar passages are proposed."
            )
    return data, groups, options, [*remarks, *_cautions(data, options)]


def _check(request: ReportRequest) -> None:
    if request.out is None and request.write_groups is None and request.figures is None:
        raise InputError("Say where the report goes: -o report.html, report.docx or report.xlsx.")
    if request.out is not None:
        if request.out.suffix.lower() not in FORMATS:
            raise OutputError(
                f"{request.out}: a report is written to a name that ends in {', '.join(FORMATS)}."
            )
        check_new(request.out, force=request.force)
    if request.keep_groups and request.groups is None:
        raise InputError("--keep-groups needs the table of groups that you edited: --groups groups.csv.")


def check_attributes(options: ReportOptions, attributes: Sequence[str]) -> None:
    """Raise InputError if the options name an attribute that is not among those of the participants."""
    for name in (*options.by, *filter(None, [options.apart])):
        if name not in attributes:
            known = ", ".join(attributes) or "none"
            raise InputError(f"The study has no attribute '{name}' of participants; it has: {known}.")


def _filled(options: ReportOptions, data: StudyData) -> ReportOptions:
    """Return the options with `apart` taken from the attributes where it was left open."""
    check_attributes(options, data.attributes)
    if options.apart is not None:
        return options
    plain = {name.casefold(): name for name in data.attributes}
    for usual in APART:
        values = {value for case in data.cases.values() for value in case.values(plain.get(usual, ""))}
        if 2 <= len(values) <= MOST_APART:
            return replace(options, apart=plain[usual])
    return options


def _check_label(label: str | None, data: StudyData) -> None:
    """Raise InputError for braces that do not pair and for names that are no attribute of participants."""
    if label is None:
        return
    if set("{}") & set(FIELD.sub("", label)):
        raise InputError(
            f"--label '{label}': each attribute stands in one pair of braces, such as {{profession}}."
        )
    plain = {name.casefold() for name in (*data.attributes, *THE_NAME)}
    wrong = [name for name in FIELD.findall(label) if name.strip().casefold() not in plain]
    if wrong:
        known = ", ".join(data.attributes) or "none"
        raise InputError(
            f"--label: the study has no attribute '{wrong[0]}' of participants; it has: {known}."
        )


def _cautions(data: StudyData, options: ReportOptions) -> list[str]:
    """Say what a reader of the report must know before the figures."""
    found = []
    if not data.codings:
        found.append(
            "Nothing is coded yet, so the report has no themes. Only what people decided counts, no suggestion:"
            " decide on the page (coder review), or import codings (coder import --codings)."
        )
    if data.codings and data.decided < data.utterances:
        found.append(
            f"Coding is not finished: {data.utterances - data.decided:,} of {data.utterances:,} utterances have no"
            " decision yet and are in no figure."
        )
    if options.min_cell:
        found.append(
            f"Counts of fewer than {options.min_cell} participants are hidden. Quotes with the labels of their"
            " speakers, the framework matrix and the list of codings still describe single participants: read them"
            " before you pass the report on."
        )
    if options.pseudonymised:
        found.append(
            "Speakers and transcripts have pseudonyms. Names inside quotes are not changed: read the quotes before"
            " you pass the report on."
        )
    return found


def _agreement(study: Study) -> "AgreementReport | None":
    from coder.workflow.study.coding_rows import agreement_so_far

    return agreement_so_far(study.path, resamples=2000)


def encode_texts(texts: Sequence[str]) -> "NDArray[np.float64]":
    """Return a vector for each text by the small encoder, by which passages are grouped."""
    import numpy as np

    return np.asarray(_small_encoder().encode(list(texts)), dtype=np.float64)


@cache
def _small_encoder() -> "Encoder":
    """Return the encoder; it is kept, since each that is made anew builds its network anew at the first new text."""
    from coder.encoding import get_encoder

    return get_encoder()


def _write(path: Path, contents: Contents, data: StudyData) -> None:
    suffix = path.suffix.lower()
    if suffix == ".html":
        from coder.reporting.study.files import write_html

        write_html(path, contents, data, made=date.today())
    elif suffix == ".docx":
        from coder.reporting.study.word import write_word

        write_word(path, contents)
    else:
        from coder.reporting.study.files import write_excel

        write_excel(path, contents, data)


def _write_figures(folder: Path, contents: Contents, *, force: bool) -> list[Path]:
    """Write each picture as svg and png into a folder, which is made if needed."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror or error}.") from error
    written = []
    pictures = [part for section in contents.sections for part in section.parts if isinstance(part, Picture)]
    for picture in pictures:
        for suffix, content in ((".svg", picture.svg), (".png", picture.png)):
            path = folder / f"{picture.name}{suffix}"
            check_new(path, force=force)
            with written_whole(path) as temporary:
                temporary.write_bytes(content)
            written.append(path)
    return written


def _keep(study: Study, groups: Sequence[Group]) -> str:
    book = study.codebooks.current()
    new = with_subthemes(book, groups)
    count = sum(len(code.subthemes) for code in new.codes) - sum(len(code.subthemes) for code in book.codes)
    if count:
        study.codebooks.add(new, note=f"{count} sub-themes from groups of passages")
    return f"{count} new sub-themes are in the study's codebook now."
