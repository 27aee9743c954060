"""Training a model from human-coded excerpts, with honest held-out figures beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import InputError, OutputError, TableError
from coder.installation import require
from coder.phrasing import counted

if TYPE_CHECKING:
    import pandas as pd

    from coder.coded_tables.excerpts import Excerpt
    from coder.encoding import Encoder
    from coder.learning.dataset import TrainingSet
    from coder.learning.estimators.calibration import Thresholds
    from coder.learning.evaluation.performance import EvaluationReport, HeldOutReports
    from coder.learning.model import Model
    from coder.learning.persistence.card import CodeVerdict
    from coder.workflow.coded_files import CodedReading


Progress = Callable[[str], None]
GROUPS = "groups (transcripts or participants)"
SHARED = 20  # excerpts that several coders coded; with fewer their kappa says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """How a model is trained and measured.

    `base` is the model to build on, None to learn from the excerpts alone. `measure` trains again without held-out
    studies and groups. `fine_tune` also tunes the small encoder, if the base reads with that, and uses it only if it
    wins on held-out groups. `thresholds` "macro-f1" suggests rare codes sooner. `encoder` is the folder or installed
    name of a sentence-transformers model to use in place of the base model's (which cannot be tuned). `by` names a
    column to split the held-out figures by.
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
            raise InputError("Only the small encoder can be tuned: give --encoder or --fine-tune, not both.")
        if self.fine_tune:
            self._check_tuning()
        if self.by and not self.measure:
            raise InputError(
                "Figures by a column are measured on held-out groups: leave out --by or --no-measure."
            )

    def _check_tuning(self) -> None:
        from coder.learning.persistence.model_files import SMALL, on_large_encoder

        if self.base and on_large_encoder(self.base):
            raise InputError(
                f"--fine-tune tunes the small encoder, but '{self.base}' reads with the large one, and where this was"
                f" tried, tuning gained nothing beside it. Train without --fine-tune, or add --base {SMALL}."
            )
        require("tune", "Fine-tuning")


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

    from coder.exchange.codebooks import notes_on
    from coder.workflow.coded_files import coded_excerpts
    from coder.workflow.modelling.models import save_with_card

    options.check()
    check_folder(out, force=force)
    book = _book(options.codebook)
    excerpts, notes = coded_excerpts(paths, reading, codebook=book)
    if isinstance(options.codebook, str | Path):
        notes += notes_on(options.codebook)
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
    from coder.exchange.codebooks import read_codebook

    return codebook if codebook is None or isinstance(codebook, Codebook) else read_codebook(codebook)


@dataclass(frozen=True)
class Measured:
    """The held-out reports, and by the finest of them: the report and the verdicts that codes are judged by."""

    reports: "HeldOutReports | None" = None
    finest: "EvaluationReport | None" = None
    verdicts: "tuple[CodeVerdict, ...]" = ()


def measured(
    data: "TrainingSet",
    codebook: Codebook,
    trainer: "Callable[[TrainingSet], Model]",
    progress: Progress | None = None,
    *,
    column: tuple[str, Sequence[str | None]] | None = None,
    seen: float = 0.0,
) -> Measured:
    """Return held-out reports: by study (a study never seen) and by group (another interview), and baselines.

    A part that needs more studies, groups or excerpts than there are is left out; `why_not` says so. `column` (name,
    values) splits the figures of each by its values; `seen` is the share of texts that the base model learned from.
    """
    from coder.encoding import get_encoder
    from coder.learning.evaluation import learning_curve as curve
    from coder.learning.evaluation.baselines import baselines
    from coder.learning.evaluation.performance import HeldOutReports
    from coder.learning.training.cross_validation import cross_validated

    frozen = cache(lambda: get_encoder().encode(data.texts))
    missing: list[str] = []
    reports: dict[str, EvaluationReport] = {}
    for key, names, words in (("by_study", data.studies, "studies"), ("by_group", data.groups, GROUPS)):
        why = _why_not(data, key, names)
        if why:
            missing.append(why)
            continue
        tell(progress, f"Measuring on held-out {words}")
        studies = data.studies if key == "by_study" else None
        validated = cross_validated(data, codebook, names, trainer, studies=studies, column=column)
        simple = baselines(data, frozen(), validated.folds, names, parts=studies)
        reports[key] = replace(validated.report, baselines=simple)
        finest = names, validated
    if not reports:
        return Measured(HeldOutReports(tuple(missing), seen))
    names, validated = finest
    drawn, why = None, curve.too_few(data, names)
    if why:
        missing.append(why)
    else:
        tell(progress, "Measuring the learning curve")
        drawn = curve.learning_curve(data, names, trainer, validated)
    held_out = HeldOutReports(tuple(missing), seen, **reports, learning_curve=drawn)
    return Measured(held_out, list(reports.values())[-1], tuple(validated.verdicts))


def _why_not(data: "TrainingSet", key: str, names: Sequence[str]) -> str | None:
    """Return why held-out studies or groups are not measured, or None."""
    from coder.learning.training.cross_validation import untestable

    words = "studies" if key == "by_study" else GROUPS
    if len(set(names)) < 2:
        return f"Held-out {words} were not measured: there is only one."
    if key == "by_group" and list(names) == list(data.studies):
        return "Groups and studies are the same here: one report serves both."
    why = untestable(data, names)
    return f"Held-out {words} were not measured: {why}." if why else None


def tell(progress: Progress | None, text: str) -> None:
    """Report a stage of the work."""
    if progress:
        progress(text)


def reached_by_coders(excerpts: Sequence["Excerpt"], codebook: Codebook) -> dict[str, float]:
    """Return, by code, the kappa of coders with each other (the mean over pairs of coders, Light 1971).

    Empty with fewer than SHARED excerpts that two or more named coders coded; a code is left out if its kappa is not
    defined.
    """
    from coder.agreement import coefficients
    from coder.coded_tables.code_lookup import lookup_in, resolved

    shared = [item.votes for item in excerpts if len(item.votes) > 1]
    if len(shared) < SHARED:
        return {}
    known = lookup_in(codebook)
    coders = sorted({coder for votes in shared for coder in votes})
    given = [{coder: resolved(codes, known) for coder, codes in votes.items()} for votes in shared]
    kappas = {}
    for code in codebook.ids:
        ratings = [
            [int(code in votes[coder]) if coder in votes else None for coder in coders] for votes in given
        ]
        reached = coefficients(ratings, categories=[0, 1], resamples=0)["light_kappa"].value
        if reached is not None:
            kappas[code] = reached
    return kappas


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
    from coder.coded_tables.excerpts import codebook_for, training_set, values_of
    from coder.encoding import get_encoder
    from coder.learning.model import blank_model
    from coder.workflow.modelling.models import open_model, seen_warning

    if not any(excerpt.codes for excerpt in excerpts):
        raise TableError("No row has a code. At least some excerpts must be coded.")
    column = None if options.by is None else (options.by, values_of(excerpts, options.by))
    book, notes = codebook_for(excerpts, _book(options.codebook))
    data = training_set(excerpts, book)
    named = get_encoder(options.encoder) if options.encoder else None
    base = open_model(options.base) if options.base else blank_model(book, named or get_encoder())
    seen = base.seen_share(data.texts)
    notes = [*notes, *seen_warning(base, seen), *([] if named else _language_warning(data.texts))]
    trainer = partial(_trained, codebook=book, base=base, encoder=named, options=options)
    return _Prepared(data, book, trainer, column, seen, notes)


def _trained(
    data: "TrainingSet",
    codebook: Codebook,
    base: "Model",
    encoder: "Encoder | None",
    options: TrainingOptions,
) -> "Model":
    from coder.learning.training.train import USUAL_RECIPES, train_model

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
    tell(progress, f"Training on {counted(len(data), 'excerpt')}")
    model = given.train(data)
    tested = Measured()
    if options.measure:
        tested = measured(data, book, given.train, progress, column=given.column, seen=given.seen)
    model.card = replace(model.card, measured=tested.reports)
    remarks = [*given.notes, *model.card.remarks]
    adapter = None
    if tune_into is not None:
        model, adapter, comparison = tuned(data, book, model, options.base, tune_into, progress)
        remarks.append(comparison)
    _judge(model, excerpts, tested if adapter is None else Measured())
    if options.encoder:
        _name_encoder(model, options.encoder)
    settings = replace(model.card.training, fine_tuned=adapter is not None, measured=options.measure)
    model.card = replace(model.card, training=settings, training_notes=(*notes, *remarks))
    return Trained(model, [*notes, *remarks], adapter)


def _judge(model: "Model", excerpts: Sequence["Excerpt"], tested: Measured) -> None:
    """Put the verdicts of held-out groups in place of training's own, beside what coders reach."""
    from coder.learning.training.model_card import beside_people, judged_anew

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
    from coder.learning.features.wording import other_languages, unread_words

    sentence = unread_words(other_languages(texts), len(texts), "excerpts")
    return [f"{sentence}: it learns little from them beyond their very words."] if sentence else []


def tuned(
    data: "TrainingSet",
    codebook: Codebook,
    plain: "Model",
    base: str | None,
    folder: Path,
    progress: Progress | None = None,
) -> "tuple[Model, Path | None, str]":
    """Return the model on a tuned encoder with its adapter if that won on held-out groups, else `plain`."""
    from coder.learning.persistence.model_files import adapter_of
    from coder.learning.training.finetune import fine_tuned_model

    tell(progress, "Fine-tuning the small encoder (three runs; minutes to hours, by the number of excerpts)")
    start = adapter_of(base) if base else None
    fine_tuned = fine_tuned_model(data, codebook, plain, start=start, folder=folder, progress=progress)
    comparison = (
        f"{fine_tuned.comparison} The figures by study and by group are of the model without fine-tuning."
    )
    if not fine_tuned.better:
        return plain, None, comparison
    fine_tuned.model.card = replace(fine_tuned.model.card, measured=plain.card.measured)
    return fine_tuned.model, fine_tuned.adapter, comparison
