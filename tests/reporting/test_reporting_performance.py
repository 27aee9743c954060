"""Evaluation reports, held-out figures and cards as text: whole, explained, within 100 columns."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coder.learning.evaluation.performance import CurvePoint, EvaluationReport, LearningCurve
from coder.learning.persistence.card import StoredCard, TrainingSettings, ViewWeights
from coder.reporting.cards import card_text, failed_lines, held_out_text, list_text, verdict_block
from coder.reporting.performance import performance_text
from coder.statistics import Estimate
from tests.reporting.made_reports import FAILED, made_card, made_report, verdict

INTERVAL = r"-?\d\.\d\d \[-?\d\.\d\d, -?\d\.\d\d\]"
SHIPPED = Path(__file__).parent.parent.parent / "models/starter-small/card.json"
OLD = {  # what the first version wrote: no settings, no intervals, no notes, not what the figures are of
    "name": "old", "codebook": {"name": "COM-B", "codes": []}, "codebook_hash": "0", "format": 1,
    "arrays_sha256": "0", "encoder": {"weights": "w", "id": "w/x"},
    "base": {"name": "blank", "encoder": "w"}, "limits": "It suggests.",
    "data": {
        "n": 1234, "groups": 9, "studies": 1, "repeated_across_groups": 0, "coders": {"unnamed": 1234},
        "codes": {"time": 12}, "polarity": {}, "nothing_to_code": 0, "texts_sha256": "0",
    },
    "codes": [
        {"code": "time", "positives": 12, "kappa": 0.5, "f1": 0.4, "usable": True, "why": "held-out", "mend": ""}
    ],
    "held_out": {
        "themes": {"n": 90, "kappa": 0.61, "top2": 0.8, "coverage": [{"coverage": 1.0, "risk": 0.3}]},
        "polarity": {"n": 80, "kappa": None, "order": ["barrier", "facilitator"]}, "calibration_error": 0.05,
    },
    "weights": {"themes": {"reading": 1.0}, "polarity": {"leaning": 1}},
}  # fmt: skip
FORTY = [f"code_{number}_of_a_codebook_with_long_names" for number in range(40)]


def lines_of(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip().startswith(start)]


def test_every_figure_of_a_code_stands_with_its_interval() -> None:
    found = lines_of(performance_text(made_report()), "people ")
    assert [len(re.findall(INTERVAL, line)) for line in found[:2]] == [3, 3]


@pytest.mark.parametrize(
    "report",
    [made_report(), made_report(FORTY, idle=10), made_report(groups=2), made_report(rows=12, groups=3)],
    ids=["three codes", "forty codes", "two groups", "hardly any"],
)
def test_reports_fit_a_terminal_and_show_no_false_precision(report: EvaluationReport) -> None:
    for text in (performance_text(report), held_out_text(made_card(report)), card_text(made_card(report))):
        assert max(map(len, text.splitlines())) <= 100
        assert not re.search(r"\d\.\d{3}", text)
        assert "nan" not in text and "None" not in text


def test_terms_are_explained_where_they_are_used() -> None:
    text = performance_text(made_report())
    for gloss in (
        "0 = no better than chance",
        "Precision: share",
        "should be right",
        "resampling whole groups",
    ):
        assert gloss in " ".join(text.split()), gloss


def test_codes_that_nobody_uses_are_named_and_not_given_figures() -> None:
    text = performance_text(made_report(["time", "people", "never"], idle=1))
    assert "Neither given by people nor suggested: never." in text
    assert not lines_of(text, "never ")


def test_baselines_say_what_they_were_trained_on() -> None:
    report = made_report()
    assert "of these very excerpts and tested on the rest" in " ".join(performance_text(report).split())
    card = " ".join(card_text(made_card(report)).split())
    assert "trained and tested on the same parts as the model" in card
    assert "12 groups were held out in 5 parts" in card and "other groups of these" not in card


def test_figures_of_known_excerpts_are_called_so() -> None:
    report = replace(made_report(), seen_share=0.3, notes=("NOT HELD OUT: ...",))
    assert "NOT HELD OUT (30 %" in performance_text(report).splitlines()[0]
    text = " ".join(held_out_text(made_card(made_report(), seen_share=0.5)).split())
    assert "NOT HELD OUT from the base model, which learned from 50 %" in text


def test_values_of_a_column_stand_with_error_rate_difference_and_mark() -> None:
    report = made_report()
    (nurse,) = lines_of(performance_text(report), "nurse ")
    assert re.search(r"\d+ % \[\d+, \d+\] +[+-]\d+ \[[+-]\d+, [+-]\d+\] +" + INTERVAL + "$", nurse)
    assert report.by
    values = {**report.by.values, "nurse": replace(report.by.values["nurse"], too_few=True)}
    text = performance_text(replace(report, by=replace(report.by, values=values)))
    (nurse,) = lines_of(text, "nurse ")
    assert re.search(r"\d+ % \[\d+, \d+\] +too few +" + INTERVAL + "$", nurse)
    assert "Too few: under 5 groups" in text


def test_repeated_texts_are_counted_aloud() -> None:
    card = made_card(made_report())
    assert "word for word" not in held_out_text(card)
    report = replace(made_report(), folds=5, repeated_texts=7)
    card = made_card(report, by_group=report)
    for text in (held_out_text(card), card_text(card)):
        assert "7 excerpts repeat a text of another group word for word" in " ".join(text.split())


def test_held_out_studies_stand_beside_the_others_and_one_by_one() -> None:
    report = made_report()
    assert report.by
    study = replace(report.by.values["nurse"], too_few=False)
    by_study = replace(report, folds=3, n_groups=3, repeated_texts=0, studies={"g1": study, "g2": study})
    text = held_out_text(made_card(report, by_study=by_study))
    (glance,) = lines_of(text, "kappa of codes")
    assert len(re.findall(INTERVAL, glance)) == 2
    assert "each of the 3 studies was held out in turn" in " ".join(text.split())
    (one,) = lines_of(text, "g1 ")
    assert re.search(INTERVAL + r"    0\.25 ", one)


def test_what_failed_is_named_with_what_would_mend_it() -> None:
    text = held_out_text(made_card(made_report()))
    verdicts = " ".join(text[text.index("WHAT IT MAY SUGGEST") :].split())
    assert "NOT suggested: 1 of 3 codes." in verdicts
    assert "body: held-out kappa 0.10, hardly better than chance. To mend it: code 30 more." in verdicts
    assert "All other 2 codes may be suggested. 1 of them was not tested for want of excerpts" in verdicts
    assert verdicts.endswith("unproven: people 4.")
    assert verdict_block([verdict("time", 40, 0.8)] * 2).words == "All 2 codes may be suggested."


def test_an_unmeasured_model_says_so_and_gives_its_verdicts() -> None:
    text = held_out_text(replace(made_card(made_report()), measured=None))
    assert "NOT MEASURED" in text and "--no-measure" in text and "NOT suggested: 1 of 3" in text


def test_failed_codes_are_named_at_the_end_of_a_run() -> None:
    assert failed_lines({}) == []
    said = failed_lines({"Body": FAILED})
    assert "does not suggest 1 code" in said[0]
    assert said[1].strip().startswith("Body: held-out kappa 0.10")


def test_a_card_says_each_thing_once_and_nothing_empty() -> None:
    text = card_text(made_card(made_report()))
    assert "languages" not in text and "unnamed" not in text
    assert text.count("held-out kappa 0.10") == 1
    assert re.search(r"time +40 +0\.80 +0\.80 +yes\n", text)
    assert re.search(r"people +4 +– +– +untested\n", text)
    assert "\n- body: held-out kappa 0.10, hardly better than chance. To mend it: code 30 more.\n" in text


def test_a_card_shows_all_that_newer_ones_know() -> None:
    card = made_card(made_report())
    first = replace(card.codes[0], ci_low=0.7, ci_high=0.9, threshold=0.3456, coders=0.75)
    card = replace(
        card,
        codes=(first, *card.codes[1:]),
        data=replace(card.data, per_study={"ward": 70, "home": 50}, nothing_to_code=3),
        training=TrainingSettings("starter", "words", thresholds="macro-f1"),
        weights=ViewWeights({"reading": 1.0, "words": 0.25}),
        remarks=("Too few.", "Only one."),
        training_notes=("Only one.",),
        held_out=replace(card.held_out, measured_on="parts of one group"),
    )
    text = card_text(card)
    assert re.search(r"time +40 +0\.80 \[0\.70, 0\.90\] +0\.80 +0\.35 +0\.75 +yes\n", text)
    for line in (
        "- excerpts per study: ward 70, home 50",
        "- fine tuned: no",
        "- thresholds: macro-f1",
        "On parts of one group:",
    ):
        assert line in text
    assert "views on codes, with their weights: reading 1.00; words 0.25" in text
    assert text.count("Only one.") == 1 and "- Too few." in text


def test_a_curve_says_what_more_would_bring_or_why_it_cannot() -> None:
    points = (CurvePoint(50, Estimate(0.2), Estimate(None)),)
    curve = LearningCurve(
        points=points, parts=3, tested_on=90, more=200, gain=0.0321, gain_low=0.0, gain_high=0.06
    )
    text = held_out_text(made_card(made_report(), learning_curve=curve))
    assert "200 more excerpts would raise kappa of codes by about 0.03 [0.00, 0.06]." in text
    assert "on 3 held-out parts (90 excerpts)" in text
    noisy = replace(curve, gain=None, why="Too noisy to tell.")
    assert "Too noisy to tell." in held_out_text(made_card(made_report(), learning_curve=noisy))


def test_a_shipped_card_can_be_shown_and_listed() -> None:
    document = json.loads(SHIPPED.read_text(encoding="utf-8"))
    card = StoredCard.from_dict(document)
    text = card_text(card)
    assert all(code["id"] in text for code in document["codebook"]["codes"])
    assert max(len(line) for line in text.splitlines()) <= 120  # fingerprints are not cut
    assert re.search(r"starter-small +COM-B +[\d,]+ +0\.\d\d  /here", list_text([(card, "/here")]))


def test_a_card_of_the_first_models_can_be_shown() -> None:
    text = card_text(StoredCard.from_dict(OLD))
    for line in ("- base: blank", "- excerpts: 1,234", "time +12 +0\\.50 +0\\.40 +yes"):
        assert re.search(line, text), line
    assert "kappa of codes 0.61 on 90 excerpts with one code" in " ".join(text.split())


def test_a_model_that_cannot_be_read_is_listed_as_such() -> None:
    card = StoredCard.from_dict(json.loads(SHIPPED.read_text(encoding="utf-8")))
    text = list_text([(card, "/here")], ["/x/card.json is damaged."])
    assert "name any other by its folder" in text
    assert "starter" in text and "Cannot be used: /x/card.json is damaged." in text
