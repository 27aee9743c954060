"""`coder train`, `coder evaluate`, `coder models`: learning from human codes and measuring it."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from coder.cli.coded_options import ExcerptOptions
from coder.cli.console import note
from coder.cli.options import with_options

Excerpts = Annotated[
    list[Path],
    typer.Argument(
        help="Tables of coded excerpts (csv, xlsx, jsonl, parquet) with text and code, or exports of another tool"
        " (see coder codings)."
    ),
]
TrainBook = Annotated[
    str | None,
    typer.Option(
        "--codebook", help="A shipped codebook's name or a file. Default: COM-B if it has all codes used."
    ),
]
Book = Annotated[
    str | None,
    typer.Option(
        "--codebook",
        help="A shipped codebook's name or a file. Default: the model's own.",
    ),
]
SharedBook = Annotated[
    str | None,
    typer.Option(
        "--codebook",
        help="A shipped codebook's name or a file, for both. Default: each model's own, and the codes both have.",
    ),
]
By = Annotated[
    str | None,
    typer.Option(help="Column to split the figures by, such as role or site: is the model worse for some?"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]

Thresholds = Literal["usual", "macro-f1"]

models_group = typer.Typer(
    no_args_is_help=True, help="List, describe and compare models.", rich_markup_mode=None
)


def train(
    excerpts: Excerpts,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write the model to.")],
    codebook: TrainBook = None,
    base: Annotated[
        str, typer.Option(help="A model to build on; 'none' to learn from these excerpts alone.")
    ] = "starter",
    measure: Annotated[
        bool,
        typer.Option("--measure/--no-measure", help="Measure on held-out studies and groups (trains again)."),
    ] = True,
    fine_tune: Annotated[
        bool,
        typer.Option("--fine-tune", help="Also tune the encoder (slow); used only if it wins held out."),
    ] = False,
    thresholds: Annotated[
        Thresholds,
        typer.Option(
            help="From which confidence codes are suggested: usual, or macro-f1, which suggests rare codes sooner."
        ),
    ] = "usual",
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Folder or installed name of a sentence-transformers model, such as one for another language."
            " Default: the base model's."
        ),
    ] = None,
    by: By = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the model if the folder holds one.")
    ] = False,
    as_json: AsJson = False,
    *,
    options: ExcerptOptions,
) -> None:
    """Train a model on human-coded excerpts and report how well it does on what it has not seen.

    The folder holds plain data, a card (card.md) and plots. It contains your excerpts: keep it as confidential as
    they are. Example: coder train coded.xlsx -o my-model --codebook my-codebook.yaml
    """
    from coder.workflow.modelling.report_files import held_out_text
    from coder.workflow.modelling.train import train_files

    trained = train_files(
        excerpts, out, codebook=codebook,
        base=None if base == "none" else base, measure=measure, fine_tune=fine_tune, thresholds=thresholds,
        encoder=encoder, by=by, force=force, reading=options.reading(), progress=note,
    )  # fmt: skip
    for line in trained.notes:
        note(line)
    typer.echo(
        json.dumps(trained.report, indent=1, ensure_ascii=False)
        if as_json
        else held_out_text(trained.model.card)
    )
    note(f"Model written to {out}, with its card (card.md)")


def evaluate(
    model: Annotated[str, typer.Argument(help="A model's name or folder, or 'none' with --codebook.")],
    excerpts: Excerpts,
    codebook: Book = None,
    by: By = None,
    baselines: Annotated[
        bool,
        typer.Option(
            "--baselines/--no-baselines", help="Also train simple methods on these very excerpts, to compare."
        ),
    ] = True,
    plot: Annotated[Path | None, typer.Option(help="Also draw the figures: .svg, .png, .pdf.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the plot if it exists.")] = False,
    as_json: AsJson = False,
    *,
    options: ExcerptOptions,
) -> None:
    """Measure a model against human codes: which code, what is suggested, polarity, code by code, with intervals.

    Example: coder evaluate starter coded.csv --by profession
    """
    from coder.workflow.modelling.evaluate import evaluate_files
    from coder.workflow.modelling.report_files import check_plot, draw, performance_text

    if plot:
        check_plot(plot, force=force)
    report = evaluate_files(
        model, excerpts, codebook=codebook, by=by, with_baselines=baselines, reading=options.reading()
    )
    for line in report["notes"]:
        note(line)
    typer.echo(json.dumps(report, indent=1, ensure_ascii=False) if as_json else performance_text(report))
    if plot:
        draw(report, plot, force=force)
        note(f"Plot written to {plot}")


@models_group.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models that can be used by name: shipped ones and those in ./models.

    Example: coder models list
    """
    from coder.workflow.modelling.model_lookup import known_models
    from coder.workflow.modelling.report_files import list_text

    found = known_models()
    typer.echo(json.dumps(found, indent=1, ensure_ascii=False) if as_json else list_text(found))


@models_group.command("show")
def show_model(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")], as_json: AsJson = False
) -> None:
    """Print a model's card: what it was trained on, how well it does, its limits.

    Example: coder models show starter
    """
    from coder.workflow.modelling.model_lookup import model_card
    from coder.workflow.modelling.report_files import card_text

    card = model_card(model)
    typer.echo(json.dumps(card, indent=1, ensure_ascii=False) if as_json else card_text(card))


def compare_models(
    first: Annotated[str, typer.Argument(help="A model's name or folder.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
    excerpts: Excerpts,
    codebook: SharedBook = None,
    as_json: AsJson = False,
    *,
    options: ExcerptOptions,
) -> None:
    """Compare two models on the same coded excerpts, per code, with paired intervals over groups.

    The excerpts should be new to both. Example: coder models compare starter my-model held-out.csv
    """
    from coder.workflow.modelling.compare import compare_files
    from coder.workflow.modelling.report_files import comparison_text

    report = compare_files(first, second, excerpts, codebook=codebook, reading=options.reading())
    for line in report["notes"]:
        note(line)
    typer.echo(json.dumps(report, indent=1, ensure_ascii=False) if as_json else comparison_text(report))


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("train", no_args_is_help=True)(with_options(train, ExcerptOptions))
    app.command("evaluate", no_args_is_help=True)(with_options(evaluate, ExcerptOptions))
    models_group.command("compare")(with_options(compare_models, ExcerptOptions))
    app.add_typer(models_group, name="models")
