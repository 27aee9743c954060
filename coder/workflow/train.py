"""Training a model from human-coded excerpts, with honest held-out figures beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import InputError, OutputError

if TYPE_CHECKING:
    import pandas as pd

    from coder.learning import Model, TrainingSet
    from coder.workflow.excerpts import Excerpt

Progress = Callable[[str], None]
MORE = 200  # excerpts for which the gain is forecast
CURVE_FROM = 120  # excerpts below which a learning curve says nothing


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
    by: str | None = None,
    name: str = "model",
    progress: Progress | None = None,
) -> "Model":
    """Train a model on a frame of coded excerpts (columns as in `coder train`); its card holds the figures.

    `by` names a column to split the held-out figures by. Raises TableError, CodebookError.
    """
    from coder.workflow.excerpts import excerpts_of

    excerpts, notes = excerpts_of(frame, group=group)
    options = {"base": base, "measure": measure, "by": by, "name": name, "progress": progress}
    return train_on(excerpts, _book(codebook), notes=notes, **options).model  # type: ignore[arg-type]


def train_files(
    paths: Sequence[Path],
    out: Path,
    *,
    codebook: str | Path | None = None,
    group: str | None = None,
    base: str | None = "starter",
    measure: bool = True,
    fine_tune: bool = False,
    encoder: str | None = None,
    by: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Trained:
    """Train on tables of coded excerpts and write the model, its card and its plot into the folder `out`.

    `fine_tune` also tunes the encoder, and uses that only if it wins on held-out groups. `encoder` is the folder or
    installed name of a sentence-transformers model to use in place of the default (which cannot be tuned). `by` names
    a column to split the held-out figures by.
    Raises InputError for options that exclude each other, OutputError before any work if `out` exists (without
    `force`), TableError, CodebookError.
    """
    from tempfile import TemporaryDirectory

    from coder.workflow.cards import save_with_card
    from coder.workflow.excerpts import read_excerpts

    if encoder and fine_tune:
        raise InputError("Only the default encoder can be tuned: give --encoder or --fine-tune, not both.")
    if by and not measure:
        raise InputError(
            "Figures by a column are measured on held-out groups: leave out --by or --no-measure."
        )
    check_folder(out, force=force)
    excerpts, notes = read_excerpts(paths, group)
    with TemporaryDirectory() as folder:
        trained = train_on(
            excerpts, _book(codebook), notes=notes, base=base, measure=measure,
            tune_into=Path(folder) if fine_tune else None, encoder=encoder, by=by, name=out.name,
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
    encoder: str | None = None,
    by: str | None = None,
    name: str = "model",
    progress: Progress | None = None,
) -> Trained:
    """Train on excerpts, and measure on held-out studies and held-out groups where there are enough.

    `encoder` names another one than the base model's; `tune_into` is a folder for changes to the encoder, if it is
    to be tuned; `by` is a column to split the held-out figures by. The report has the verdicts, too.
    """
    from coder.encoding import get_encoder
    from coder.learning import blank_model, train_model
    from coder.learning.starting import NAMED
    from coder.workflow.evaluate import seen_warning
    from coder.workflow.excerpts import codebook_for, training_set
    from coder.workflow.models import open_model
    from coder.workflow.splitting import values_of

    column = None if by is None else (by, values_of(excerpts, by))
    book, said = codebook_for(excerpts, codebook)
    data = training_set(excerpts, book)
    named = get_encoder(encoder) if encoder else None
    founded = open_model(base) if base else blank_model(book, named or get_encoder())

    def trainer(part: "TrainingSet") -> "Model":
        return train_model(part, book, base=founded, name=name, encoder=named)

    foreign = _language_warning(data.texts) if named is None else []
    said = [*said, *seen_warning(founded, data.texts), *foreign]
    tell(progress, f"Training on {len(data)} excerpts")
    model = trainer(data)
    seen = founded.seen_share(data.texts)
    report = measured(data, book, trainer, progress, column=column, seen=seen) if measure else {}
    model.card["measured"] = report
    if encoder:
        model.card[NAMED] = str(Path(encoder).resolve()) if Path(encoder).exists() else encoder
    adapter = None
    if tune_into is not None:
        model, adapter, told = tuned(data, book, model, base, tune_into, progress)
        said = [*said, told]
    model.card["training_notes"] = [*notes, *said]
    return Trained(model, {**report, "verdicts": model.card["codes"]}, [*notes, *said], adapter)


def _language_warning(texts: Sequence[str]) -> list[str]:
    from coder.learning.languages import other_languages, unread_words

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
    from coder.learning.finetune import fine_tuned_model
    from coder.learning.starting import adapter_of, folder_of

    tell(progress, "Fine-tuning the encoder (three runs; minutes to hours, by the number of excerpts)")
    start = adapter_of(folder_of(base)) if base else None
    found = fine_tuned_model(data, codebook, plain, start=start, folder=folder, progress=progress)
    told = f"{found.told} The figures by study and by group are of the model without fine-tuning."
    if not found.better:
        return plain, None, told
    found.model.card["measured"] = plain.card.get("measured", {})
    return found.model, found.adapter, told


def tell(progress: Progress | None, text: str) -> None:
    """Report a stage of the work."""
    if progress:
        progress(text)


def measured(
    data: "TrainingSet",
    codebook: Codebook,
    trainer: "Callable[[TrainingSet], Model]",
    progress: Progress | None = None,
    *,
    column: tuple[str, Sequence[str | None]] | None = None,
    seen: float = 0.0,
) -> dict[str, Any]:
    """Return held-out reports: by study (a study never seen) and by group (another interview), and baselines.

    A part that needs more studies or groups than there are is left out; `why_not` says so. `column` (name, values)
    splits the figures of each by its values; `seen` is the share of the texts that the base model learned from.
    """
    from coder.encoding import get_encoder
    from coder.learning.baselines import baselines
    from coder.learning.crossval import cross_validated, gain_forecast, learning_curve, split

    report: dict[str, Any] = {"why_not": [], "seen_share": seen}
    for key, names, words in (
        ("by_study", data.studies, "studies"),
        ("by_group", data.groups, "groups (transcripts or participants)"),
    ):
        count = len(set(names))
        if count < 2:
            report["why_not"].append(f"Held-out {words} were not measured: there is only {count}.")
            continue
        if key == "by_group" and list(names) == list(data.studies):
            report["why_not"].append("Groups and studies are the same here: one report serves both.")
            continue
        tell(progress, f"Measuring on held-out {words}")
        parts = data.studies if key == "by_study" else None
        splits = {"studies": parts, "by": None if column is None else column[1]}
        report[key] = cross_validated(data, codebook, names, trainer, splits=splits)
        folds, _ = split(data, names)
        vectors = get_encoder().encode(data.texts)
        report[key]["baselines"] = baselines(data, vectors, folds, names, parts=parts)
        if column is not None:
            report[key]["by"] = {"column": column[0], "values": report[key]["by"]}
    names = data.groups if len(set(data.groups)) >= 4 else data.studies
    if len(data) >= CURVE_FROM and len(set(names)) >= 4:
        tell(progress, "Measuring the learning curve")
        curve = learning_curve(data, names, trainer)
        report["learning_curve"] = {"points": curve, "more": MORE, "gain": gain_forecast(curve, MORE)}
    return report
