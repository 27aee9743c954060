"""`coder report`: what a study found, as a report for people: HTML, Word or Excel."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import note
from coder.cli.options import Force, spread


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of what the report is, and what is in it."""

    study: Annotated[
        Path | None, typer.Argument(help="The study, one file: STUDY.coder.", metavar="[STUDY.coder]")
    ] = None
    sample: Annotated[
        bool, typer.Option("--sample", help="Report on the sample study, which is made for this in a moment.")
    ] = False
    by: Annotated[
        list[str] | None,
        typer.Option(help="Count codes by this attribute of participants (repeat), such as profession."),
    ] = None
    apart: Annotated[
        str | None,
        typer.Option(
            help="Make a table of participants for each value of this attribute. Default: group, if any."
        ),
    ] = None
    coder: Annotated[
        str | None,
        typer.Option(help="Report the codings of this coder alone. Default: of all, adjudicated first."),
    ] = None
    label: Annotated[
        str | None,
        typer.Option(help="How quotes name the speaker, from attributes: '{setting} {group}, {profession}'."),
    ] = None
    quotes: Annotated[int, typer.Option(min=0, max=20, help="Quotes under each sub-theme.")] = 2
    groups: Annotated[
        Path | None, typer.Option(help="Sub-themes that you named: the table of --write-groups, edited.")
    ] = None
    min_cell: Annotated[
        int,
        typer.Option("--min-cell", min=0, help="Hide counts of fewer participants than this (0: show all)."),
    ] = 0
    pseudonymise: Annotated[
        bool,
        typer.Option("--pseudonymise", help="Number participants and transcripts instead of naming them."),
    ] = False
    with_suggestions: Annotated[
        bool,
        typer.Option("--with-suggestions", help="Add a column of suggestions that nobody has confirmed."),
    ] = False
    interventions: Annotated[
        bool,
        typer.Option(
            "--interventions", help="Add the intervention functions that the Behaviour Change Wheel links."
        ),
    ] = False


@dataclass(frozen=True, kw_only=True)
class Output:
    """Where the report and what belongs to it go."""

    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The report: a name that ends in .html, .docx or .xlsx."),
    ] = None
    write_groups: Annotated[
        Path | None,
        typer.Option("--write-groups", help="Also write the proposed groups as a table (csv, xlsx) to edit."),
    ] = None
    keep_groups: Annotated[
        bool,
        typer.Option(
            "--keep-groups", help="Add the names in --groups to the study's codebook as sub-themes."
        ),
    ] = False
    figures: Annotated[
        Path | None, typer.Option(help="Also write every picture as svg and png into this folder.")
    ] = None
    force: Force = False


def report(asked: Asked, output: Output) -> None:
    """Write what a study found: barriers and facilitators, participants, matrix, pictures, methods.

    Only codings that people made or confirmed count. Example: coder report pilot.coder -o report.html --by profession
    """
    from coder.reporting.study.values import ReportOptions
    from coder.workflow.demo import sample_study
    from coder.workflow.study.open import open_study
    from coder.workflow.study.report import ReportRequest, write_report

    if asked.sample == (asked.study is not None):
        raise typer.BadParameter("Name one study, or use --sample.")
    options = ReportOptions(
        apart=asked.apart, by=tuple(asked.by or ()), quotes=asked.quotes, min_cell=asked.min_cell,
        with_suggestions=asked.with_suggestions, interventions=asked.interventions,
        pseudonymised=asked.pseudonymise,
    )  # fmt: skip
    request = ReportRequest(
        out=output.out, options=options, coder=asked.coder, label=asked.label, groups=asked.groups,
        write_groups=output.write_groups, keep_groups=output.keep_groups, figures=output.figures, force=output.force,
    )  # fmt: skip
    with sample_study() if asked.study is None else open_study(asked.study) as study:
        outcome = write_report(study, request)
    for path in outcome.written:
        typer.echo(str(path))
    for remark in outcome.remarks:
        note(remark)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(spread(report, Asked, Output))
