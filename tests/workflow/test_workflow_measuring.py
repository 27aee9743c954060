"""Training on excerpts: what cannot be learned or measured is said, and coders' own agreement stands beside it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Code, Codebook
from coder.coded_tables.excerpts import excerpts_of
from coder.errors import TableError
from coder.learning.persistence.card import HeldOut, StoredCard
from coder.reporting.cards import card_text, held_out_text
from coder.workflow.modelling.train import Trained, TrainingOptions, reached_by_coders, train_on
from tests.small_model import LetterEncoder

BOOK = Codebook("b", (Code("jazz", "Jazz", "Jazz and buzz."), Code("oboe", "Oboe", "Oboes and cocoa.")))
WORDS = {"jazz": "jazz buzz fizz", "oboe": "oboe cocoa boo"}


@pytest.fixture(autouse=True)
def small_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.encoding.get_encoder", lambda *_, **__: LetterEncoder())


def rows(n: int, groups: int = 6, **columns: Any) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    found = []
    for row in range(n):
        code = BOOK.ids[row % 2]
        text = " ".join(
            [*rng.choice(WORDS[code].split(), 2), *rng.choice(["pill", "hill", "king", "sun"], 2)]
        )
        found.append(
            {
                "text": f"{text} n{row}", "code": code, "transcript": f"t{row % groups}",
                "polarity": ("barrier", "facilitator")[(row // 2) % 2], **columns,
            }
        )  # fmt: skip
    return pd.DataFrame(found)


def trained(frame: pd.DataFrame, **options: Any) -> Trained:
    excerpts, notes = excerpts_of(frame)
    return train_on(excerpts, TrainingOptions(codebook=BOOK, base=None, **options), notes=notes)


def test_one_verdict_one_kappa(tmp_path: Any) -> None:
    done = trained(rows(120))
    reports = done.model.card.measured
    assert reports and reports.by_group and reports.learning_curve
    for verdict in done.model.card.codes:
        assert verdict.kappa == pytest.approx(reports.by_group.codes[verdict.code].kappa.value)
    assert str(done.model.card.held_out.measured_on).startswith("held-out groups")
    assert done.model.card.training.measured and not done.model.card.training.fine_tuned
    assert reports.learning_curve.parts == 3
    assert any("No row was left empty" in note for note in done.notes)
    plain = trained(rows(120), measure=False)
    assert plain.to_dict().keys() == {"held_out", "verdicts"} and not plain.model.card.training.measured
    assert plain.model.card.held_out.measured_on == "groups held out while training"


def test_one_interview_is_measured_on_its_parts_and_said_to_be() -> None:
    done = trained(rows(80, groups=1))
    assert not {"by_group", "by_study"} & done.to_dict().keys()
    assert (done.model.card.held_out.measured_on or "").startswith("parts of one group")
    told = held_out_text(done.model.card)
    assert "On parts of one group" in told and "no held-out interviews" in told and "kappa of codes" in told
    assert any("All excerpts are of one group" in note for note in done.notes)
    named = {
        "name": "m",
        "codebook": {"name": "b"},
        "codebook_hash": "",
        "encoder": {"weights": "", "id": ""},
    }
    card = card_text(StoredCard.from_dict(done.model.card.to_dict() | named))
    assert "## Performance on parts of one group" in card and "Held-out performance" not in card


def test_too_few_to_measure_is_a_reason_and_no_crash() -> None:
    done = trained(rows(12))
    assert any("are left to learn from; 10 are needed" in why for why in done.to_dict()["why_not"])
    done = trained(rows(60))
    (why,) = [why for why in done.to_dict()["why_not"] if "learning curve" in why]
    assert "120 coded excerpts" in why and "60 in 6" in why


def test_one_row_has_no_held_out_figures() -> None:
    done = trained(rows(1))
    assert done.model.card.held_out == HeldOut(why_not="only 1 coded excerpt")
    assert not any("held out" in note.lower() for note in done.notes)


def test_no_code_at_all_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.coded_tables.excerpts.training_set", lambda *_: pytest.fail("it worked"))
    with pytest.raises(TableError, match="No row has a code"):
        trained(rows(20).assign(code=""))


def two_coders(n: int) -> pd.DataFrame:
    """Two coders who agree on nine rows in ten."""
    first, second = rows(n).assign(coder="R1"), rows(n).assign(coder="R2")
    swapped = np.arange(n) % 10 == 3
    second.loc[swapped, "code"] = second.loc[swapped, "code"].map({"jazz": "oboe", "oboe": "jazz"})
    return pd.concat([first, second], ignore_index=True)


def test_coders_who_coded_the_same_excerpts_set_a_ceiling() -> None:
    excerpts, _ = excerpts_of(two_coders(200))
    assert len(excerpts) == 200
    assert excerpts[0].votes == {"R1": frozenset({"jazz"}), "R2": frozenset({"jazz"})}
    reached = reached_by_coders(excerpts, BOOK)
    assert reached["jazz"] == pytest.approx(0.8, abs=0.01)
    done = trained(two_coders(200), measure=False)
    verdict = done.model.card.codes[0]
    assert verdict.coders == pytest.approx(reached["jazz"])
    assert verdict.why.endswith(f"; coders reach {reached['jazz']:.2f}")


def test_few_shared_excerpts_or_unnamed_coders_set_none() -> None:
    assert reached_by_coders(excerpts_of(two_coders(19))[0], BOOK) == {}
    assert reached_by_coders(excerpts_of(two_coders(60).drop(columns="coder"))[0], BOOK) == {}
    assert reached_by_coders(excerpts_of(rows(60))[0], BOOK) == {}
