"""Training a model from human-coded excerpts, with honest held-out figures beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import InputError, OutputError, TableError
from coder.installation import require
from coder.workflow.modelling.cross_validation_report import Measured, measured, tell

if TYPE_CHECKING:
    import pandas as pd

    from coder.coded_tables.values import Excerpt
    from coder.encoding import Encoder
    from coder.learning import Model, TrainingSet
    from coder.learning.estimators.calibration_fit import Thresholds
    from coder.workflow.coded_files import CodedReading

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """How a model is trained and measured.

    `base` is the model to build on, None to learn from the excerpts alone. `measure` trains again without held-out
    studies and groups. `fine_tune` also tunes the encoder, and uses that only if it wins on held-out groups.
    `thresholds` "macro-f1" suggests rare codes sooner. `encoder` is the folder or installed name of a
    sentence-transformers model to use in place of the base model's (which cannot be tuned). `by` names a column to
    split the held-out figures by.
    """

    codebook: str | Path | Codebook | None = None
    base: str | None = "starter"
    measure: bool = True
    fine_tune: bool = False
    thresholds: "Thresholds" = "usual"
    encoder: str | None = None
    by: str | None = None
    name: str = "model"

    def check(self) -> None:
        """Raise InputError for options that exclude each other or need what is not installed."""
        if self.encoder and self.fine_tune:
            raise InputError(
                "Only the default encoder can be tuned: give --encoder or --fine-tune, not both."
            )
        if self.fine_tune:
            require("tune", "Fine-tuning")
        if self.by and not self.measure:
            raise InputError(
                "Figures by a column are measured on held-out groups: leave out --by or --no-measure."
            )


@dataclass
class Trained:
    """A trained model with what is worth telling."""

    model: "Model"
    notes: list[str] = field(default_factory=list)
    adapter: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what `coder train --json` prints: held-out reports, main figures, verdicts."""
        card = self.model.card
        return {
            **(card.measured.to_dict() if card.measured else {}),
            "held_out": card.held_out.to_dict(),
            "verdicts": [verdict.to_dict() for verdict in card.codes],
        }


def train(  # noqa: PLR0913 (the keywords of a notebook)
    frame: "pd.DataFrame",
    codebook: str | Path | Codebook | None = None,
    *,
    group: str | None = None,
    base: str | None = "starter",
    measure: bool = True,
    thresholds: "Thresholds" = "usual",
    by: str | None = None,
    name: str = "model",
    progress: Progress | None = None,
) -> "Model":
    """Train a model on a frame of coded excerpts (columns as in `coder train`); its card holds the figures.

    `thresholds` "macro-f1" suggests rare codes sooner; `by` names a column to split the held-out figures by.
    Raises TableError, CodebookError.
    """
    from coder.coded_tables.excerpts import excerpts_of

    excerpts, notes = excerpts_of(frame, group=group)
    options = TrainingOptions(
        codebook=codebook, base=base, measure=measure, thresholds=thresholds, by=by, name=name
    )
    return train_on(excerpts, options, notes=notes, progress=progress).model


def train_files(
    paths: Sequence[Path],
    out: Path,
    options: TrainingOptions,
    *,
    force: bool = False,
    reading: "CodedReading | None" = None,
    progress: Progress | None = None,
) -> Trained:
    """Train on tables of coded excerpts and write the model, its card and its plot into the folder `out`.

    The model is called as its folder. `reading` says how tables of unknown headings and names are read. Raises
    InputError for options that exclude each other, OutputError before any work if `out` exists (without `force`),
    TableError, CodebookError.
    """
    from tempfile import TemporaryDirectory

    from coder.workflow.codebooks import codebook_notes
    from coder.workflow.coded_files import coded_excerpts
    from coder.workflow.modelling.report_files import save_with_card

    options.check()
    check_folder(out, force=force)
    book = _book(options.codebook)
    excerpts, notes = coded_excerpts(paths, reading, codebook=book)
    if isinstance(options.codebook, str | Path):
        notes += codebook_notes(options.codebook)
    options = replace(options, codebook=book, name=out.name)
    with TemporaryDirectory() as folder:
        tune_into = Path(folder) if options.fine_tune else None
        trained = train_on(excerpts, options, notes=notes, tune_into=tune_into, progress=progress)
        save_with_card(trained.model, out, adapter=trained.adapter)
    return trained


def check_folder(out: Path, *, force: bool) -> None:
    """Raise OutputError unless a model may be written to the folder; only a model is ever replaced."""
    if not out.parent.is_dir():
        raise OutputError(f"The folder {out.parent} does not exist; make it first.")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / "card.json").is_file():
        raise OutputError(f"{out} exists and is not a model; choose another name.")
    if not force:
        raise OutputError(f"{out} exists already. Choose another name, or add --force to replace it.")


def _book(codebook: str | Path | Codebook | None) -> Codebook | None:
    from coder.workflow.codebooks import open_codebook

    return codebook if codebook is None or isinstance(codebook, Codebook) else open_codebook(codebook)


@dataclass(frozen=True)
class _Prepared:
    """Excerpts ready to learn from: how to train on a part of them, and what is worth telling before."""

    data: "TrainingSet"
    codebook: Codebook
    train: "Callable[[TrainingSet], Model]"
    column: tuple[str, Sequence[str | None]] | None
    seen: float
    notes: list[str]


def _prepared(excerpts: Sequence["Excerpt"], options: TrainingOptions) -> _Prepared:
    """Read the codes of excerpts and open the model to start from. Raises TableError if no excerpt has a code."""
    from coder.coded_tables.excerpts import codebook_for, training_set
    from coder.encoding import get_encoder
    from coder.learning import blank_model
    from coder.workflow.modelling.by_column import values_of
    from coder.workflow.modelling.evaluate import seen_warning
    from coder.workflow.modelling.model_lookup import open_model

    if not any(excerpt.codes for excerpt in excerpts):
        raise TableError("No row has a code. At least some excerpts must be coded.")
    column = None if options.by is None else (options.by, values_of(excerpts, options.by))
    book, said = codebook_for(excerpts, _book(options.codebook))
    data = training_set(excerpts, book)
    named = get_encoder(options.encoder) if options.encoder else None
    base = open_model(options.base) if options.base else blank_model(book, named or get_encoder())
    seen = base.seen_share(data.texts)
    said = [*said, *seen_warning(base, seen), *([] if named else _language_warning(data.texts))]
    trainer = partial(_trained, codebook=book, base=base, encoder=named, options=options)
    return _Prepared(data, book, trainer, column, seen, said)


def _trained(
    data: "TrainingSet",
    codebook: Codebook,
    base: "Model",
    encoder: "Encoder | None",
    options: TrainingOptions,
) -> "Model":
    from coder.learning import train_model
    from coder.learning.training.train import USUAL_RECIPES

    recipes = replace(USUAL_RECIPES, thresholds=options.thresholds)
    return train_model(data, codebook, base=base, recipes=recipes, name=options.name, encoder=encoder)


def train_on(
    excerpts: Sequence["Excerpt"],
    options: TrainingOptions,
    *,
    notes: Sequence[str] = (),
    tune_into: Path | None = None,
    progress: Progress | None = None,
) -> Trained:
    """Train on excerpts, and measure on held-out studies and held-out groups where there are enough.

    `tune_into` is a folder for changes to the encoder, if it is to be tuned. Raises TableError if no excerpt has a
    code.
    """
    given = _prepared(excerpts, options)
    data, book = given.data, given.codebook
    tell(progress, f"Training on {len(data)} excerpt{'' if len(data) == 1 else 's'}")
    model = given.train(data)
    tested = Measured()
    if options.measure:
        tested = measured(data, book, given.train, progress, column=given.column, seen=given.seen)
    model.card = replace(model.card, measured=tested.reports)
    said = [*given.notes, *model.card.remarks]
    adapter = None
    if tune_into is not None:
        model, adapter, told = tuned(data, book, model, options.base, tune_into, progress)
        said.append(told)
    _judge(model, excerpts, tested if adapter is None else Measured())
    if options.encoder:
        _name_encoder(model, options.encoder)
    settings = replace(model.card.training, fine_tuned=adapter is not None, measured=options.measure)
    model.card = replace(model.card, training=settings, training_notes=(*notes, *said))
    return Trained(model, [*notes, *said], adapter)


def _judge(model: "Model", excerpts: Sequence["Excerpt"], tested: Measured) -> None:
    """Put the verdicts of held-out groups in place of training's own, beside what coders reach."""
    from coder.learning.persistence.model_card import judged_anew
    from coder.learning.training.code_verdicts import beside_people
    from coder.workflow.modelling.human_agreement import reached_by_coders

    reached = reached_by_coders(excerpts, model.codebook)
    judged_anew(model, beside_people(tested.verdicts or model.card.codes, reached), tested.finest)


def _name_encoder(model: "Model", encoder: str) -> None:
    """Put the encoder's name into the card; a folder is remembered on this machine, its path goes nowhere."""
    from coder.encoding import weights_of
    from coder.encoding.named import remember

    folder = Path(encoder)
    name = folder.resolve().name if folder.exists() else encoder
    model.card = replace(model.card, encoder_name=name)
    if folder.exists():
        remember(weights_of(model.encoder.id), folder)


def _language_warning(texts: Sequence[str]) -> list[str]:
    from coder.learning.features.language import other_languages, unread_words

    said = unread_words(other_languages(texts), len(texts), "excerpts")
    return [f"{said}: it learns little from them beyond their very words."] if said else []


def tuned(
    data: "TrainingSet",
    codebook: Codebook,
    plain: "Model",
    base: str | None,
    folder: Path,
    progress: Progress | None = None,
) -> "tuple[Model, Path | None, str]":
    """Return the model on a tuned encoder with its adapter if that won on held-out groups, else `plain`."""
    from coder.learning.persistence.model_files import small_adapter_of
    from coder.learning.training.finetune import fine_tuned_model

    tell(progress, "Fine-tuning the encoder (three runs; minutes to hours, by the number of excerpts)")
    start = small_adapter_of(base) if base else None
    found = fine_tuned_model(data, codebook, plain, start=start, folder=folder, progress=progress)
    told = f"{found.told} The figures by study and by group are of the model without fine-tuning."
    if not found.better:
        return plain, None, told
    found.model.card = replace(found.model.card, measured=plain.card.measured)
    return found.model, found.adapter, told
