"""Reports of made-up predictions in the shape that `coder evaluate` and `coder train` give them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from coder.codebook import Code, Codebook
from coder.learning.evaluation.metrics import forced_choice, polarity_choice
from coder.learning.evaluation.report import Guess, Truth, by_attribute, performance
from coder.statistics import ClusterBootstrap


def made_report(
    codes: Sequence[str] = ("time", "people", "body"), *, rows: int = 120, groups: int = 12, idle: int = 0
) -> dict[str, Any]:
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
    simple = {
        "themes": forced_choice(labels == 1, forced[::-1], boot)[0],
        "polarity": polarity_choice(polarity[:rows], right[::-1], boot),
        "parts": dict.fromkeys(set(names), 0.25),
    }
    return {
        **performance(held, guess, book, "mine"),
        "by": {"column": "role", "values": by_attribute(held, guess, values)},
        "baselines": dict.fromkeys(("majority", "tfidf_svm", "frozen_lr"), simple),
        "notes": [],
    }


def verdict(code: str, positives: int, kappa: float | None, **more: Any) -> dict[str, Any]:
    """Return a verdict as it stands in a card."""
    found = {
        "code": code,
        "positives": positives,
        "kappa": kappa,
        "f1": kappa,
        "usable": True,
        "why": "",
        "mend": "",
    }
    return {**found, **more}


FAILED = verdict(
    "body", 20, 0.1, usable=False, why="held-out kappa 0.10, hardly better than chance", mend="code 30 more"
)


def made_card(report: dict[str, Any], **measured: Any) -> dict[str, Any]:
    """Return a card as `coder train` writes it, measured on held-out groups."""
    return {
        "name": "mine",
        "limits": "It suggests; a person decides.",
        "codebook": {"name": "made"},
        "codebook_hash": "0" * 64,
        "encoder": {"id": "words"},
        "data": {"n": 120, "groups": 12, "studies": 1, "coders": {"unnamed": 120}, "languages": {}},
        "codes": [verdict("time", 40, 0.8), verdict("people", 4, None), FAILED],
        "held_out": {"themes": {"n": 120, "kappa": 0.6543, "top2": 0.91}, "calibration_error": 0.0123},
        "measured": {
            "by_group": {**report, "folds": 5, "repeated_texts": 0},
            "why_not": ["Held-out studies were not measured: there is only 1."],
            **measured,
        },
    }
