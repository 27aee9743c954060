"""The starters' heads: what is codable, probabilities and thresholds, beside what their encoders tell.

They are learned from real conversations, focus groups and survey answers that are held out from the encoder. Themes
are read from the codebook alone, direction is told by the layer learned with the encoder, for written answers
together with what their question asks for, which is learned here.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from real_material import (
    COMMENTS,
    GROUPS,
    HELD_TRUST,
    LAST,
    PODCAST,
    SMOKERS,
    SOURCES,
    SURVEY,
    Row,
    agreement,
    lines,
    mapped_survey,
    once_coded,
    talk,
)  # fmt: skip
from sklearn.linear_model import LogisticRegression
from starter_material import (
    COMB,
    EXCERPTS,
    SMALL,
    STARTER,
    TRAINING,
    asked_rows,
    comb_rows,
    newest_rows,
    other_books,
    transcript_rows,
)
from starter_material import training_set as made_up_set

from coder.encoding import Encoder, get_encoder
from coder.learning import Model, TrainingSet, blank_model, label_matrix, save_model, train_model
from coder.learning.dataset import fingerprints
from coder.learning.estimators.ensemble import LinearHead, apply_linear
from coder.learning.features.blocks import BRANCH, BRANCH_ASKED, EXPECTED
from coder.learning.persistence.card import CodeVerdict
from coder.learning.training.model_card import verdicts_of
from coder.learning.training.train import Recipes, Taught

# Talk about work and patients' comments are for measuring alone: they hardly speak of physical capability, and
# two thirds of the talk is coded, which taught the other sets too high a share (off by .062 for .047 on published
# decisions).
HEADS = (SURVEY, GROUPS, PODCAST, SMOKERS)

# What a question asks for, and what its bare answer is then; one that asks what should be better names what is wrong.
QUESTIONS = "questions"
ASKS = {"barrier": 0, "improve": 0, "help": 1, "wish": 1, "neutral": 2}
# See docs/learning.md, "What a question asks for", for what these were chosen on.
# The share of what question and answer tell together; the rest is of the answer alone.
ANSWER_SHARE = {STARTER: 0.5, SMALL: 0.3}
# By how much a question that surely asks what helps moves the log odds of a facilitator.
EXPECTED_WEIGHT = {STARTER: 1.0, SMALL: 1.5}
REGULAR = 10.0
CODES_WEIGHT = 1.0  # of what the branch tells of codes, beside what the codebook says


def codes_of(row: Row) -> list[str] | None:
    """Return the codes both coders gave; None where they disagree."""
    if row.codable is None or (row.codable and not row.codes):
        return None
    return list(row.codes)


def training_set(rows: list[Row]) -> TrainingSet:
    spoken = [row.source in (PODCAST, SMOKERS) for row in rows]
    return TrainingSet(
        [row.text for row in rows],
        label_matrix([codes_of(row) for row in rows], COMB),
        [row.side for row in rows],
        [row.before for row in rows],
        [row.group for row in rows],
        [row.source for row in rows],
        transcripts=[row.group if said else "" for row, said in zip(rows, spoken, strict=True)],
        turns=[row.id.rpartition(":")[0] if row.source == PODCAST else row.id for row in rows],
    )


def train(folder: Path, home: Path, *, in_context: bool) -> None:
    """Fit the model `home` on the real texts of a folder, and write it."""
    encoder = get_encoder(adapter=home / "encoder")
    layer, codes = layers(home)
    coded = [row for row in talk(folder) if row.later < LAST]
    rows = [row for row in coded + mapped_survey(folder) if row.held and row.source in HEADS]
    data = training_set(rows)
    blank = blank_model(COMB, encoder, in_context=in_context)
    blank.parts = replace(blank.parts, asks=asks_of(encoder))
    said = apply_linear(layer, blank.signals(data.batch))
    model = train_model(
        data, COMB, base=blank, name=home.name,
        recipes=Recipes((), (), words=False, questions=False, taught=Taught(layer, said, codes, CODES_WEIGHT)),
    )  # fmt: skip
    every = [row.text for row in coded + mapped_survey(folder) + once_coded(folder, set())]
    every += [row["text"] for row in lines(folder, COMMENTS) if row["trust"] != HELD_TRUST]
    invented = (comb_rows(), newest_rows(), asked_rows(), *(part for _, part in other_books()))
    every += [row["text"] for part in invented for row in part]
    parts = replace(model.parts, seen=np.unique(fingerprints(every)), asks=blank.parts.asks)
    card = replace(model.card, training_notes=(*model.card.training_notes, *sources(), *taught_by(home)))
    finished = Model(home.name, COMB, encoder, parts, card)
    verdicts = tested_on_interviews(finished)
    untested = [f"{found.code}: {found.why}." for found in verdicts if found.kappa is None]
    finished.card = replace(card, codes=verdicts, training_notes=(*card.training_notes, *untested))
    save_model(finished, home, adapter=home / "encoder")
    themes = card.held_out.themes if card.held_out else None
    print(f"{home} written; kappa of themes held out: {themes.kappa if themes else None}")


def asks_of(encoder: Encoder) -> NDArray[np.float32]:
    """Return what tells from a question's vector what it asks for, (d, 3); see `Reader`."""
    told = lines(EXCERPTS, QUESTIONS)
    vectors = encoder.encode([row["question"] for row in told])
    known = LogisticRegression(C=REGULAR, fit_intercept=False, max_iter=3000)
    known.fit(vectors, [ASKS[row["asks"]] for row in told])
    return np.asarray(known.coef_.T, dtype=np.float32)


def layers(home: Path) -> tuple[LinearHead, LinearHead]:
    """Return the heads learned with the branch of the encoder: of direction, and of codes.

    Of direction tell the text alone, the text after its question, and what the question asks for.
    """
    expected = EXPECTED_WEIGHT[home] / 2 * np.array([[-1, 1, 0]], dtype=np.float32)
    share = ANSWER_SHARE[home]
    name = "branch_layer_small.npz" if home == SMALL else "branch_layer.npz"
    taught = np.load(TRAINING / name, allow_pickle=False)
    layer, intercept = taught["layer"], taught["intercept"]
    read = {BRANCH_ASKED: share * layer, BRANCH: (1 - share) * layer}
    sides = {name: table[:, :3] for name, table in read.items()}
    codes = {name: table[:, 4:] for name, table in read.items()}
    return LinearHead(sides | {EXPECTED: expected}, intercept[:3]), LinearHead(codes, intercept[4:])


def tested_on_interviews(model: Model) -> tuple[CodeVerdict, ...]:
    """Return the card's codes; of one that no real text held out has, what the sample interviews say."""
    data = made_up_set(transcript_rows())
    everything = np.ones(data.labels.shape, dtype=bool)
    verdicts = verdicts_of(data, COMB, model.predict(data.batch).selected, everything)
    told = {found.code: f"on the made-up sample interviews: {found.why}" for found in verdicts}
    return tuple(
        found
        if found.kappa is not None
        else replace(found, why=f"no real text held out has it; {told[found.code]}", mend="")
        for found in model.card.codes
    )


def taught_by(home: Path) -> list[str]:
    """Return what the card says of an encoder that learned from another one."""
    return (
        ["Its encoder learned from what the starter's encoder says of these texts."] if home == SMALL else []
    )


def sources() -> list[str]:
    """Return what the card says of the material."""
    kappas = [
        f"{source} {found['codable']:.2f} whether to code, {found['first code']:.2f} first code, "
        f"{found['direction']:.2f} direction ({found['n']})"
        for source, found in agreement().items()
    ]
    return [
        "The encoder was tuned on made-up excerpts (data/sample/README.md) and on real texts, all else learned from"
        " real texts held out from the encoder; no text is kept, only ids and labels (scripts/training).",
        *(f"Real texts: {told}." for told in SOURCES.values()),
        "Talk, quotes and most survey answers were coded by two second coders, both language models, each alone with"
        f" codebook, question and text. Their kappa with each other: {'; '.join(kappas)}.",
    ]
