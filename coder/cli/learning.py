"""`coder train`, `coder evaluate`, `coder models`: learning from human codes and measuring it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from coder.cli.console import note, print_json, progress_bar, show
from coder.cli.options import AsJson, ExcerptOptions, Force, spread

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

Thresholds = Literal["usual", "macro-f1"]

models_group = typer.Typer(
    no_args_is_help=True, help="List, describe and compare models.", rich_markup_mode=None
)


@dataclass(frozen=True, kw_only=True)
class Training:
    """What is learned from, and how."""

    excerpts: Excerpts
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write the model to.")]
    codebook: TrainBook = None
    base: Annotated[
        str, typer.Option(help="A model to build on; 'none' to learn from these excerpts alone.")
    ] = "starter"
    measure: Annotated[
        bool,
        typer.Option("--measure/--no-measure", help="Measure on held-out studies and groups (trains again)."),
    ] = True
    fine_tune: Annotated[
        bool,
        typer.Option(
            "--fine-tune",
            help="Also tune the small encoder (slow), with --base starter-small; used only if it wins held out.",
        ),
    ] = False
    thresholds: Annotated[
        Thresholds,
        typer.Option(
            help="From which confidence codes are suggested: usual, or macro-f1, which suggests rare codes sooner."
        ),
    ] = "usual"
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Folder or installed name of a sentence-transformers model, such as one for another language."
            " Default: the base model's."
        ),
    ] = None
    by: By = None
    force: Force = False
    as_json: AsJson = False


def train(asked: Training, tables: ExcerptOptions) -> None:
    """Train a model on human-coded excerpts and report how well it does on what it has not seen.

    The folder holds plain data, a card (card.md) and plots. It contains your excerpts: keep it as confidential as
    they are. Example: coder train coded.xlsx -o my-model --codebook my-codebook.yaml
    """
    from coder.reporting.cards import held_out_text
    from coder.workflow.modelling.train import TrainingOptions, train_files

    options = TrainingOptions(
        codebook=asked.codebook, base=None if asked.base == "none" else asked.base, measure=asked.measure,
        fine_tune=asked.fine_tune, thresholds=asked.thresholds, encoder=asked.encoder, by=asked.by,
    )  # fmt: skip
    trained = train_files(
        asked.excerpts, asked.out, options, force=asked.force, reading=tables.reading(), progress=note
    )
    for line in trained.notes:
        note(line)
    show(asked.as_json, trained.to_dict(), lambda: held_out_text(trained.model.card))
    note(f"Model written to {asked.out}, with its card (card.md)")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What is measured, on what, and how the figures are shown."""

    model: Annotated[str, typer.Argument(help="A model's name or folder, or 'none' with --codebook.")]
    excerpts: Excerpts
    codebook: Book = None
    by: By = None
    baselines: Annotated[
        bool,
        typer.Option(
            "--baselines/--no-baselines", help="Also train simple methods on these very excerpts, to compare."
        ),
    ] = True
    plot: Annotated[Path | None, typer.Option(help="Also draw the figures: .svg, .png, .pdf.")] = None
    force: Force = False
    as_json: AsJson = False


def evaluate(asked: Evaluation, tables: ExcerptOptions) -> None:
    """Measure a model against human codes: which code, what is suggested, polarity, code by code, with intervals.

    Example: coder evaluate starter coded.csv --by profession
    """
    from coder.reporting.performance import performance_text
    from coder.reporting.plots import Drawing, check_plot, performance_plot
    from coder.workflow.modelling.evaluate import EvaluationOptions, evaluate_files

    if asked.plot:
        check_plot(asked.plot, force=asked.force)
    options = EvaluationOptions(codebook=asked.codebook, by=asked.by, baselines=asked.baselines)
    with progress_bar("Reading excerpts") as advance:
        report = evaluate_files(
            asked.model, asked.excerpts, options, reading=tables.reading(), progress=advance
        )
    for line in report.notes or ():
        note(line)
    show(asked.as_json, report.to_dict(), lambda: performance_text(report))
    if asked.plot:
        performance_plot(Drawing(report), asked.plot)
        note(f"Plot written to {asked.plot}")


@models_group.command("list", short_help="List the models that can be used by name.")
def list_models(as_json: AsJson = False) -> None:
    """List the models that can be used by name: shipped ones and those in ./models.

    Example: coder models list
    """
    from coder.reporting.cards import list_text
    from coder.workflow.modelling.models import known_models

    models = known_models()
    if as_json:
        print_json([model.to_dict() for model in models])
        return
    typer.echo(
        list_text(
            [(model.card, str(model.path)) for model in models if model.card],
            [model.problem for model in models if model.problem],
        )
    )


@models_group.command("show", short_help="Print a model's card.")
def show_model(
    model: Annotated[str, typer.Argument(help="A model's name or folder.")], as_json: AsJson = False
) -> None:
    """Print a model's card: what it was trained on, how well it does, its limits.

    Example: coder models show starter
    """
    from coder.reporting.cards import card_text
    from coder.workflow.modelling.models import described_model

    described = described_model(model)
    if as_json:
        print_json(described.to_dict())
    elif described.card:
        typer.echo(card_text(described.card))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Which models are compared, on what."""

    first: Annotated[str, typer.Argument(help="A model's name or folder.")]
    second: Annotated[str, typer.Argument(help="Another one.")]
    excerpts: Excerpts
    codebook: SharedBook = None
    as_json: AsJson = False


def compare_models(asked: Comparison, tables: ExcerptOptions) -> None:
    """Compare two models on the same coded excerpts, per code, with paired intervals over groups.

    The excerpts should be new to both. Example: coder models compare starter my-model held-out.csv
    """
    from coder.reporting.cards import comparison_text
    from coder.workflow.modelling.compare import compare_files

    with progress_bar("Reading excerpts") as advance:
        report = compare_files(
            asked.first, asked.second, asked.excerpts, codebook=asked.codebook, reading=tables.reading(),
            progress=advance,
        )  # fmt: skip
    for line in report.notes:
        note(line)
    show(asked.as_json, report.to_dict(), lambda: comparison_text(report))


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("train", no_args_is_help=True)(spread(train, Training, ExcerptOptions))
    app.command("evaluate", no_args_is_help=True)(spread(evaluate, Evaluation, ExcerptOptions))
    short = "Compare two models on the same coded excerpts."
    models_group.command("compare", short_help=short)(spread(compare_models, Comparison, ExcerptOptions))
    app.add_typer(models_group, name="models")
