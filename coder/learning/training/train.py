"""`train_model`: from coded excerpts to a model, with held-out figures, thresholds and verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.arrays import Floats
from coder.codebook import Codebook
from coder.encoding import Encoder
from coder.learning.dataset import (
    NOTHING_SEEN,
    Fingerprints,
    Folds,
    Repeats,
    TrainingSet,
    fingerprints,
    folds_of,
    repeats,
)
from coder.learning.estimators.calibration import FittedCalibration, Thresholds, fit_calibration
from coder.learning.estimators.ensemble import (
    ENOUGH,
    QUESTION,
    TAUGHT,
    LinearHead,
    Member,
    Stack,
    with_neighbours,
)
from coder.learning.estimators.ensemble import taught as teachable
from coder.learning.explanation import Examples
from coder.learning.features.blocks import ASKED, BRANCH, BRANCH_ASKED, Signals, read_vectors
from coder.learning.features.wording import NGrams, unread
from coder.learning.model import Model, Parts, blank_model, with_codebook
from coder.learning.persistence.card import CodeVerdict
from coder.learning.training.model_card import (
    Learned,
    as_before,
    better_views,
    described,
    taught_languages,
    verdicts_of,
)
from coder.learning.training.recipes import Comparison, Labelled, Recipe, applicable, codability, fit_stack

FEW = 10  # rows; with fewer there is nothing to learn from
ALWAYS = ("plain", "centred", "distinct", "cues", "reading", "leaning", "prints", "origin")
TAUGHT_WEIGHT = 0.5
NEAREST = "nearest excerpts"
KEPT = 4000  # excerpts kept as evidence
REFERENCE = 200  # excerpts whose vectors are kept to tell how loudly another codebook speaks


@dataclass(frozen=True)
class Taught:
    """What was learned together with the encoder: a layer of polarity, and maybe one of codes with its weight.

    `held_out` (n, 3) is what the former says of rows it had not seen. The latter is added to what the codebook says.
    """

    head: LinearHead
    held_out: Floats
    codes: LinearHead | None = None
    codes_weight: float = 1.0


@dataclass(frozen=True)
class Recipes:
    """The views to try; a block that the material lacks is left out, and a recipe without any is not tried."""

    themes: tuple[Recipe | Comparison, ...]
    polarity: tuple[Recipe | Comparison, ...]
    words: bool = True
    questions: bool = True
    thresholds: Thresholds = "usual"
    taught: Taught | None = None  # further views, or the only ones


USUAL_RECIPES = Recipes(
    (
        Recipe("excerpts without topic", {"centred": 1.0}, 8.0),
        Recipe("words and meaning", {"plain": 2.0, "words": 1.0}, 6.0),
        Recipe("words and meaning, margins", {"plain": 1.0, "words": 1.0}, 0.25, "hinge"),
        Recipe("meaning as an answer", {ASKED: 2.0}, 6.0),
        Comparison(NEAREST, "centred"),
    ),
    (
        Recipe("meaning and wording", {"plain": 1.5, "cues": 1.0, "base polarity": 0.5, "leaning": 0.3}, 4.0),
        Recipe("words", {"plain": 1.0, "words": 1.0, "cues": 0.5}, 4.0),
        Recipe(
            "words, margins", {"plain": 1.0, "words": 1.0, "cues": 0.5, "base polarity": 0.3}, 0.5, "hinge"
        ),
        Recipe("meaning", {"plain": 3.0}, 3.0),
        Comparison(NEAREST, "distinct"),
    ),
)


@dataclass(frozen=True)
class Material:
    """A training set with its feature blocks (rows cut together), its folds, and the copies among its texts.

    `questions` are the fingerprints of those that many of its texts answer.
    """

    data: TrainingSet
    blocks: Mapping[str, Any]
    folds: Folds
    copies: Repeats
    questions: Fingerprints


def train_model(
    data: TrainingSet,
    codebook: Codebook,
    *,
    base: Model,
    recipes: Recipes = USUAL_RECIPES,
    name: str = "model",
    encoder: Encoder | None = None,
) -> Model:
    """Train a model of a codebook on coded excerpts, starting from what `base` knows (see `blank_model`).

    Which views count, and how much beside the codebook's own text, is decided on held-out groups of `data`.
    `encoder` defaults to the base's. Raises InputError for an impossible training set.
    """
    from threadpoolctl import threadpool_limits

    data = data.rows(np.flatnonzero(np.asarray(data.codable, dtype=bool)))
    with threadpool_limits(limits=1):  # the same sums in the same order, on any machine however busy
        return _trained(data, codebook, base, recipes, name, encoder)


def _trained(
    data: TrainingSet,
    codebook: Codebook,
    base: Model,
    recipes: Recipes,
    name: str,
    encoder: Encoder | None,
) -> Model:
    base = with_codebook(base, codebook)
    reader = _reader(data, base, encoder or base.encoder)
    founded, start = None if base.blank else base, base.parts.calibration
    looked = [data.texts[int(row)] for row in np.flatnonzero(data.looked_at)]
    ngrams = NGrams.fitted(looked) if recipes.words and len(looked) >= FEW else None
    material = gathered(data, reader, founded, ngrams, recipes)
    themes, theme_logits = _themes(material, recipes)
    theme_logits = with_neighbours(theme_logits, data.batch)  # as in Model.predict
    polarity, polarity_logits = _polarity(material, recipes)
    codable = codability(data, material.blocks, material.folds, founded.parts if reader is founded else None)
    languages = taught_languages(looked)
    unread_ones = unread(data.texts, data.questions, data.studies, reader.encoder.id, languages)
    read = np.array([name is None for name in unread_ones], dtype=bool)

    def judged(logits: Floats) -> tuple[FittedCalibration, list[CodeVerdict]]:
        fitted = fit_calibration(data, logits, codable, material.folds, start, thresholds=recipes.thresholds)
        tested = np.repeat(fitted.tested[:, None], len(codebook.codes), axis=1)
        selected, whole = fitted.selected & read[:, None], material.folds.whole
        return fitted, as_before(verdicts_of(data, codebook, selected, tested, whole=whole), founded)

    if founded is None:
        fitted, verdicts = judged(theme_logits)
    else:
        first = with_neighbours(np.asarray(material.blocks["base codes"], dtype=np.float64), data.batch)
        themes, theme_logits, fitted, verdicts = better_views(themes, theme_logits, first, judged)
    usable = [verdict.usable for verdict in verdicts]
    calibration = replace(fitted.calibration, usable=np.array(usable, dtype=bool))
    parts = Parts(
        reader.parts.known_mean, themes, polarity, codable.head, calibration, ngrams,
        _examples(data, material.blocks) if recipes.words else None,
        np.unique(fingerprints(looked)), _reference(data, material.blocks), material.questions,
        reader.parts.in_context,
    )  # fmt: skip
    learned = Learned(
        data, material.folds, material.copies, verdicts, theme_logits, polarity_logits, fitted, read, languages,
    )  # fmt: skip
    card = described(learned, codebook, founded or reader, parts, reader.encoder.id)
    card = replace(card, training=replace(card.training, thresholds=recipes.thresholds))
    return Model(name, codebook, reader.encoder, parts, card, founded)


def _reader(data: TrainingSet, base: Model, encoder: Encoder) -> Model:
    """Return what turns texts into features: the base model, or one with the encoder that has learned nothing."""
    same = encoder.id == base.encoder.id
    if same and not base.blank:
        return base
    mean, in_context = usual_mean(data, encoder), same and base.parts.in_context
    return blank_model(base.codebook, encoder, mean, in_context=in_context)


def usual_mean(data: TrainingSet, encoder: Encoder) -> Floats:
    """Return the mean of the studies' mean vectors, (d,): what a text of an unknown study is centred by."""
    vectors = encoder.encode(list(data.texts))
    studies = np.asarray([str(study) for study in data.studies])
    means = [vectors[studies == study].mean(axis=0) for study in sorted(set(studies.tolist()))]
    return np.mean(means, axis=0) if means else np.zeros(encoder.dimension)


def gathered(
    data: TrainingSet, reader: Model, base: Model | None, ngrams: NGrams | None, recipes: Recipes
) -> Material:
    """Compute the feature blocks of a training set, and folds that keep its groups whole.

    `reader` has the encoder and reads the codebook; `base` (if any) says what it knows already. Only for layers
    learned with the encoder its branch reads the texts after their questions, too.
    """
    texts = list(data.texts)
    rows = read_vectors(data.batch, reader.encoder, in_context=reader.parts.in_context)
    vectors = rows[:, : reader.encoder.dimension]
    known = common_questions(data) if recipes.questions else NOTHING_SEEN
    extra: dict[str, Any] = {}
    if base is not None:
        extra = dict(base.opinions(data.batch, rows if reader is base else None))
        if ASKED in extra and (len(known) or (extra[ASKED] != vectors).any(axis=1).sum() < ENOUGH):
            del extra[ASKED]  # questions have odds of their own, or hardly any is known
    signals = Signals(data.batch, replace(reader.reader, questions=known), vectors=rows, extra=extra)
    blocks: dict[str, Any] = {name: signals[name] for name in (*ALWAYS, *extra)}
    if signals.branch.shape[1]:
        blocks |= {BRANCH: signals.branch} | ({BRANCH_ASKED: signals.branch_asked} if recipes.taught else {})
    if ngrams is not None:
        blocks["words"] = ngrams.matrix(texts)
    if len(known):
        blocks[QUESTION] = signals.question
    main = (
        np.where(data.labels.max(axis=1) > 0, data.labels.argmax(axis=1) + 1, 0)
        if len(data)
        else np.zeros(0, int)
    )
    copies = repeats(texts, data.groups)
    folds = folds_of(texts, data.groups, main.astype(np.intp), 5 if len(data) <= 400 else 3, copies)
    return Material(data, blocks, folds, copies, known)


def common_questions(data: TrainingSet) -> Fingerprints:
    """Return the fingerprints of the questions that ENOUGH texts or more answer; none where there is only one."""
    asked = [question for question in data.questions if question and question.strip()]
    prints, counts = np.unique(fingerprints(asked), return_counts=True)
    common = prints[counts >= ENOUGH]
    return common if len(common) > 1 else NOTHING_SEEN


def _cut(blocks: Mapping[str, Any], rows: NDArray[np.intp]) -> dict[str, Any]:
    return {name: block[rows] for name, block in blocks.items()}


def fitting(recipes: Sequence[Recipe | Comparison], blocks: Mapping[str, Any]) -> list[Recipe | Comparison]:
    """Return the recipes over the blocks there are, those without any left out."""
    fitting_recipes = [
        recipe
        if isinstance(recipe, Comparison)
        else replace(recipe, blocks={name: by for name, by in recipe.blocks.items() if name in blocks})
        for recipe in recipes
    ]
    return [recipe for recipe in fitting_recipes if isinstance(recipe, Comparison) or recipe.blocks]


def _themes(material: Material, recipes: Recipes) -> tuple[Stack, Floats]:
    """Return the theme stack, and held-out logits of every row (those without a code get the stack's own).

    Without recipes the codebook is read as it is: how common codes are in this material says nothing of another.
    """
    data, k = material.data, material.data.labels.shape[1]
    rows = np.flatnonzero((data.labels == 1).any(axis=1))
    given = "base codes" if "base codes" in material.blocks else "reading"
    only = Stack((Member(given),), np.ones(1, dtype=np.float32), np.zeros(k, dtype=np.float32))
    if not recipes.themes and recipes.taught is not None and recipes.taught.codes is not None:
        members = (Member(given), Member(TAUGHT, recipes.taught.codes))
        only = replace(only, members=members, weights=np.array([1, recipes.taught.codes_weight], np.float32))
    positive = (data.labels[rows] == 1).astype(np.float64)
    if not recipes.themes or len(rows) < FEW or not teachable(positive > 0, positive == 0).any():
        return only, only.logits(material.blocks)
    targets = positive / positive.sum(axis=1, keepdims=True)
    weights = np.asarray(data.weights, dtype=np.float64)[rows] * balance(targets)
    heads = fitting(recipes.themes, material.blocks)
    labelled = Labelled(_cut(material.blocks, rows), targets, weights, material.folds.rows(rows))
    stack, honest = fit_stack(heads, {given: 1.0}, labelled, keep=True)
    logits = np.asarray(stack.logits(applicable(material.blocks)), dtype=np.float64)
    logits[rows] = honest
    return stack, logits


def _polarity(material: Material, recipes: Recipes) -> tuple[Stack, Floats | None]:
    """Return the polarity stack; with too few labels, the base's.

    Without recipes a layer learned with the encoder tells it alone: a bias would hold what is usual in this material.
    """
    places = material.data.polarity_places()
    rows = np.flatnonzero(places >= 0)
    taught = recipes.taught
    if taught is not None and not recipes.polarity:
        alone = Stack((Member(TAUGHT, taught.head),), np.ones(1, np.float32), np.zeros(3, np.float32))
        return alone, np.where(places[:, None] >= 0, taught.held_out, np.nan)
    given = "base polarity" if "base polarity" in material.blocks else "leaning"
    only = Stack((Member(given),), np.ones(1, dtype=np.float32), np.zeros(3, dtype=np.float32))
    if len(rows) < FEW or len(set(places[rows].tolist())) < 2:
        return only, None
    targets = np.eye(3)[places[rows]]
    weights = np.asarray(material.data.weights, dtype=np.float64)[rows]
    heads = fitting(recipes.polarity, material.blocks)
    blocks, given_blocks = _cut(material.blocks, rows), {given: 1.0}
    if taught is not None:
        blocks[TAUGHT], given_blocks[TAUGHT] = taught.held_out[rows], TAUGHT_WEIGHT
    labelled = Labelled(blocks, targets, weights, material.folds.rows(rows))
    stack, honest = fit_stack(heads, given_blocks, labelled)
    if taught is not None:
        members = [Member(m.name, taught.head) if m.name == TAUGHT else m for m in stack.members]
        stack = replace(stack, members=tuple(members))
    logits = np.full((len(places), 3), np.nan)
    logits[rows] = honest
    return stack, logits


def balance(targets: Floats) -> Floats:
    """Return row weights that lift rare codes part of the way (square root), of mean 1."""
    counts = targets.sum(axis=0)
    lift = np.sqrt(counts.sum() / np.maximum(counts, 1.0) / len(counts))
    weights = targets @ lift
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def _examples(data: TrainingSet, blocks: Mapping[str, Any]) -> Examples | None:
    coded = np.flatnonzero((data.labels == 1).any(axis=1))
    if not len(coded):
        return None
    chosen = coded[np.linspace(0, len(coded) - 1, min(KEPT, len(coded))).astype(int)]
    return Examples(
        [data.texts[at] for at in chosen], blocks["centred"][chosen].astype(np.float16),
        (data.labels[chosen] == 1).astype(np.int8), [data.studies[at] for at in chosen],
    )  # fmt: skip


def _reference(data: TrainingSet, blocks: Mapping[str, Any]) -> NDArray[np.float16]:
    coded = np.flatnonzero((data.labels == 1).any(axis=1))
    chosen = coded[np.linspace(0, len(coded) - 1, min(REFERENCE, len(coded))).astype(int)]
    return np.asarray(blocks["centred"][chosen], dtype=np.float16)
