"""`coder agreement`: how well coders agree, with intervals and the most informative disagreements."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coder.cli.console import note, print_json
from coder.cli.options import AsJson, CodedOptions, Force, spread

if TYPE_CHECKING:
    from coder.workflow.agreement.compare_tables import AgreementOutcome

Tool = Literal["nvivo", "qualcoder", "atlasti"]
MOST_PROBLEMS = 20


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared, and how."""

    codings: Annotated[
        list[Path],
        typer.Argument(
            help="A study (STUDY.coder), or tables of codings (csv, tsv, xlsx, jsonl, parquet). Long: unit, coder,"
            " code (empty = looked at, nothing to code), optional polarity, transcript, blind. Wide: unit, a column"
            " per coder (several codes joined by ;, - = nothing to code, empty = not coded). Passages: transcript,"
            " start, end, coder, code. Or projects and exports of other tools (see coder codings)."
        ),
    ]
    by: Annotated[
        Literal["code", "component", "polarity"],
        typer.Option(help="What counts as one code: the code, its component, or code with polarity."),
    ] = "code"
    categories: Annotated[
        str | None,
        typer.Option(
            help="The codebook: a shipped name, a file (yaml, qdc), or a plain list of codes (txt, csv), for ordinal"
            " ratings from lowest to highest. Codes outside it are reported."
        ),
    ] = None
    resample: Annotated[
        str | None,
        typer.Option(help="Column whose values are resampled for the intervals. Default: transcript."),
    ] = None
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of the resamples: the same seed, the same intervals.")
    ] = 0
    resamples: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap resamples; 0 = none.")] = 2000
    level: Annotated[
        Literal["nominal", "ordinal", "interval"],
        typer.Option(help="Whether categories have an order; ordinal adds weighted kappas and AC2."),
    ] = "nominal"
    unit: Annotated[
        str, typer.Option(help="What a unit is, in words, for the report: sentence, utterance, answer.")
    ] = "the table's own units"
    coder: Annotated[
        list[str] | None,
        typer.Option(
            help="Compare only these coders (repeat); 'adjudicated' is what was adjudicated. Default: all but that."
        ),
    ] = None
    transcript: Annotated[
        list[str] | None,
        typer.Option(
            help="Count only these transcripts (repeat), such as those of one round of double coding. Default: all."
        ),
    ] = None
    model_coder: Annotated[
        str | None,
        typer.Option(
            help="The coder that is a model: never counted as a person, compared with people instead."
        ),
    ] = None
    assisted: Annotated[
        list[str] | None,
        typer.Option(
            help="A coder who saw suggestions before coding (repeat), or 'all': figures are labelled."
        ),
    ] = None
    half_width: Annotated[
        float, typer.Option(min=0.001, max=1, help="Plan for intervals of kappa +- this.")
    ] = 0.1
    disagreements: Annotated[
        int, typer.Option(min=0, help="How many disagreements to list in --json and -o.")
    ] = 1000


@dataclass(frozen=True, kw_only=True)
class Output:
    """What is printed and written."""

    as_json: AsJson = False
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Also write the report: .xlsx (with all disagreements), .csv or .json."
        ),
    ] = None
    plot: Annotated[
        Path | None,
        typer.Option(help="Also draw each code's kappa and AC1 with intervals: .svg, .png, .pdf."),
    ] = None
    methods: Annotated[
        bool, typer.Option("--methods", help="Print a paragraph for the methods section instead of tables.")
    ] = False
    as_tool: Annotated[
        Tool | None,
        typer.Option("--as", help="Print the figures that another program would show, and why they differ."),
    ] = None
    force: Force = False


def agreement(asked: Comparison, output: Output, options: CodedOptions) -> None:
    """Say how well coders agree on the same units: over all codes, per code, per pair, per transcript.

    Every figure has a 95 % interval (from resampling transcripts) or the reason why it has no value.
    Example: coder agreement codings.csv --categories comb -o agreement.xlsx --plot agreement.png
    """
    from coder.workflow.agreement import compare_tables as work

    if output.methods and (output.as_json or output.as_tool):
        raise typer.BadParameter("--methods prints a paragraph of text: leave --json and --as out.")
    request = work.AgreementRequest(
        paths=tuple(asked.codings), by=asked.by, categories=asked.categories, coders=tuple(asked.coder or ()),
        transcripts=tuple(asked.transcript or ()),
        assisted=tuple(asked.assisted or ()), resample=asked.resample, model_coder=asked.model_coder,
        level=asked.level, resamples=asked.resamples, seed=asked.seed, half_width=asked.half_width, unit=asked.unit,
        most_disagreements=asked.disagreements, reading=options.reading(),
    )  # fmt: skip
    outcome = work.run(request, out=output.out, plot=output.plot, force=output.force)
    _print(outcome, output)
    for written in filter(None, (output.out, output.plot)):
        note(f"{written} written.")
    problems = outcome.report.problems
    for problem in problems[:MOST_PROBLEMS]:
        note(problem)
    if len(problems) > MOST_PROBLEMS:
        note(f"... and {len(problems) - MOST_PROBLEMS} more rows (all in --json and -o).")
    for path, why in outcome.refused.items():
        note(f"not read: {path}: {why}")
    if outcome.refused:
        raise typer.Exit(3)


def _print(outcome: "AgreementOutcome", output: Output) -> None:
    from coder.reporting.agreement import as_text, methods, view_text

    figures = outcome.as_counted_by(output.as_tool) if output.as_tool else outcome.report.to_dict()
    if output.as_json:
        print_json(figures)
    elif output.as_tool:
        typer.echo(view_text(figures), nl=False)
    elif output.methods:
        typer.echo(methods(outcome.report))
    else:
        typer.echo(as_text(outcome.report), nl=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("agreement")(spread(agreement, Comparison, Output, CodedOptions))
