"""Reports of made-up predictions as `coder evaluate` and `coder train` give them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from coder.codebook import Code, Codebook
from coder.learning.evaluation.metrics import forced_choice, polarity_choice
from coder.learning.evaluation.performance import Baseline, EvaluationReport, HeldOutReports, Split
from coder.learning.evaluation.report import Guess, Truth, by_attribute, performance
from coder.learning.persistence.card import (
    CodebookName,
    CodeVerdict,
    EncoderName,
    HeldOut,
    StoredCard,
    ThemeFigures,
    TrainingData,
)
from coder.statistics import ClusterBootstrap


def made_report(
    codes: Sequence[str] = ("time", "people", "body"), *, rows: int = 120, groups: int = 12, idle: int = 0
) -> EvaluationReport:
    """Return the report of predictions that are right three times in four; the last `idle` codes never occur."""
    k, used = len(codes), len(codes) - idle
    truth = np.arange(rows) % used
    best = np.where(np.arange(rows) % 4 == 0, (truth + 1) % used, truth)
    labels, forced = np.eye(k, dtype=np.int8)[truth], 0.1 + 0.8 * np.eye(k)[best]
    forced[:, 0] += np.linspace(0, 0.05, rows)
    names = [f"g{row * groups // rows}" for row in range(rows)]
    polarity = ["barrier", "facilitator", None] * rows
    right = np.tile([[0.7, 0.2, 0.1], [0.2, 0.7, 0.1], [0.4, 0.4, 0.2]], (rows, 1))[:rows]
    held = Truth(labels, polarity[:rows], names)
    guess = Guess(forced, forced, forced > 0.5, right)
    book = Codebook("made", tuple(Code(code, code.title()) for code in codes))
    values = [
        "nurse" if row % 3 else "a patient with a very long description of the role" for row in range(rows)
    ]
    boot = ClusterBootstrap.over(names)
    simple = Baseline(
        themes=forced_choice(labels == 1, forced[::-1], boot)[0],
        polarity=polarity_choice(polarity[:rows], right[::-1], boot),
        parts=dict.fromkeys(set(names), 0.25),
    )
    return replace(
        performance(held, guess, book, "mine"),
        by=Split("role", by_attribute(held, guess, values)),
        baselines=dict.fromkeys(("majority", "tfidf_svm", "frozen_lr"), simple),
        notes=(),
    )


def verdict(code: str, positives: int, kappa: float | None, **more: Any) -> CodeVerdict:
    """Return a verdict as it stands in a card."""
    return replace(CodeVerdict(code, positives, kappa, kappa, True, "", ""), **more)


FAILED = verdict(
    "body", 20, 0.1, usable=False, why="held-out kappa 0.10, hardly better than chance", mend="code 30 more"
)
WHY_NOT = "Held-out studies were not measured: there is only 1."


def made_card(report: EvaluationReport, **measured: Any) -> StoredCard:
    """Return a card as `coder train` writes it, measured on held-out groups; `measured` adds to what was measured."""
    reports = HeldOutReports((WHY_NOT,), by_group=replace(report, folds=5, repeated_texts=0))
    return StoredCard(
        name="mine",
        limits="It suggests; a person decides.",
        codebook=CodebookName("made"),
        codebook_hash="0" * 64,
        encoder=EncoderName("words", "words"),
        data=TrainingData(120, groups=12, studies=1, coders={"unnamed": 120}),
        codes=(verdict("time", 40, 0.8), verdict("people", 4, None), FAILED),
        held_out=HeldOut(themes=ThemeFigures(120, 0.6543, 0.91), calibration_error=0.0123),
        measured=replace(reports, **measured),
    )
