"""Training a model from human-coded excerpts, with honest held-out figures beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import InputError, OutputError, TableError
from coder.installation import require
from coder.workflow.modelling.cross_validation_report import Measured, measured, tell

if TYPE_CHECKING:
    import pandas as pd

    from coder.coded_tables.values import Excerpt
    from coder.learning import Model, TrainingSet
    from coder.learning.estimators.calibration_fit import Thresholds
    from coder.workflow.coded_files import CodedReading

Progress = Callable[[str], None]


@dataclass
class Trained:
    """A trained model with what was measured and what is worth telling."""

    model: "Model"
    report: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    adapter: Path | None = None


def train(
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
    options = {
        "base": base,
        "measure": measure,
        "thresholds": thresholds,
        "by": by,
        "name": name,
        "progress": progress,
    }
    return train_on(excerpts, _book(codebook), notes=notes, **options).model  # type: ignore[arg-type]


def train_files(
    paths: Sequence[Path],
    out: Path,
    *,
    codebook: str | Path | None = None,
    base: str | None = "starter",
    measure: bool = True,
    fine_tune: bool = False,
    thresholds: "Thresholds" = "usual",
    encoder: str | None = None,
    by: str | None = None,
    force: bool = False,
    reading: "CodedReading | None" = None,
    progress: Progress | None = None,
) -> Trained:
    """Train on tables of coded excerpts and write the model, its card and its plot into the folder `out`.

    `thresholds` "macro-f1" suggests rare codes sooner. `fine_tune` also tunes the encoder, and uses that only if
    it wins on held-out groups. `encoder` is the folder or
    installed name of a sentence-transformers model to use in place of the default (which cannot be tuned). `by` names
    a column to split the held-out figures by; `reading` says how tables of unknown headings and names are read.
    Raises InputError for options that exclude each other, OutputError before any work if `out` exists (without
    `force`), TableError, CodebookError.
    """
    from tempfile import TemporaryDirectory

    from coder.workflow.codebooks import codebook_notes
    from coder.workflow.coded_files import coded_excerpts
    from coder.workflow.modelling.report_files import save_with_card

    if encoder and fine_tune:
        raise InputError("Only the default encoder can be tuned: give --encoder or --fine-tune, not both.")
    if fine_tune:
        require("tune", "Fine-tuning")
    if by and not measure:
        raise InputError(
            "Figures by a column are measured on held-out groups: leave out --by or --no-measure."
        )
    check_folder(out, force=force)
    book = _book(codebook)
    excerpts, notes = coded_excerpts(paths, reading, codebook=book)
    notes += codebook_notes(codebook) if codebook else []
    with TemporaryDirectory() as folder:
        trained = train_on(
            excerpts, book, notes=notes, base=base, measure=measure,
            tune_into=Path(folder) if fine_tune else None, encoder=encoder, by=by, name=out.name,
            thresholds=thresholds,
            progress=progress,
        )  # fmt: skip
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


def train_on(
    excerpts: Sequence["Excerpt"],
    codebook: Codebook | None,
    *,
    notes: Sequence[str] = (),
    base: str | None = "starter",
    measure: bool = True,
    tune_into: Path | None = None,
    thresholds: "Thresholds" = "usual",
    encoder: str | None = None,
    by: str | None = None,
    name: str = "model",
    progress: Progress | None = None,
) -> Trained:
    """Train on excerpts, and measure on held-out studies and held-out groups where there are enough.

    `encoder` names another one than the base model's; `tune_into` is a folder for changes to the encoder, if it is
    to be tuned; `by` is a column to split the held-out figures by. The report has the verdicts and
    the main figures, too. Raises TableError if no excerpt has a code.
    """
    from coder.coded_tables.excerpts import codebook_for, training_set
    from coder.encoding import get_encoder
    from coder.learning import blank_model, train_model
    from coder.learning.training.train import USUAL_RECIPES
    from coder.workflow.modelling.by_column import values_of
    from coder.workflow.modelling.evaluate import seen_warning
    from coder.workflow.modelling.model_lookup import open_model

    if not any(excerpt.codes for excerpt in excerpts):
        raise TableError("No row has a code. At least some excerpts must be coded.")
    column = None if by is None else (by, values_of(excerpts, by))
    book, said = codebook_for(excerpts, codebook)
    data = training_set(excerpts, book)
    named = get_encoder(encoder) if encoder else None
    founded = open_model(base) if base else blank_model(book, named or get_encoder())

    recipes = replace(USUAL_RECIPES, thresholds=thresholds)

    def trainer(part: "TrainingSet") -> "Model":
        return train_model(part, book, base=founded, recipes=recipes, name=name, encoder=named)

    seen = founded.seen_share(data.texts)
    said = [*said, *seen_warning(founded, seen), *([] if named else _language_warning(data.texts))]
    tell(progress, f"Training on {len(data)} excerpt{'' if len(data) == 1 else 's'}")
    model = trainer(data)
    tested = Measured({})
    if measure:
        tested = measured(data, book, trainer, progress, column=column, seen=seen)
    model.card["measured"] = tested.report
    said += model.card["remarks"]
    adapter = None
    if tune_into is not None:
        model, adapter, told = tuned(data, book, model, base, tune_into, progress)
        said = [*said, told]
    _finish(model, excerpts, tested if adapter is None else Measured({}), encoder)
    model.card["training"] |= {"fine_tuned": adapter is not None, "measured": measure}
    model.card["training_notes"] = [*notes, *said]
    report = {**tested.report, "held_out": model.card["held_out"], "verdicts": model.card["codes"]}
    return Trained(model, report, [*notes, *said], adapter)


def _finish(model: "Model", excerpts: Sequence["Excerpt"], tested: Measured, encoder: str | None) -> None:
    """Put the verdicts of held-out groups in place of training's own, beside what coders reach; name the encoder."""
    from coder.encoding import weights_of
    from coder.encoding.named import remember
    from coder.learning.persistence.model_card import judged_anew, verdicts_in
    from coder.learning.persistence.model_files import NAMED
    from coder.learning.training.code_verdicts import beside_people
    from coder.workflow.modelling.human_agreement import reached_by_coders

    verdicts = tested.verdicts or verdicts_in(model.card)
    reached = reached_by_coders(excerpts, model.codebook)
    judged_anew(model, beside_people(verdicts, reached), tested.report.get(tested.finest or ""))
    if encoder:
        model.card[NAMED] = Path(encoder).resolve().name if Path(encoder).exists() else encoder
        if Path(encoder).exists():
            remember(weights_of(model.encoder.id), Path(encoder))


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
    found.model.card["measured"] = plain.card.get("measured", {})
    return found.model, found.adapter, told
