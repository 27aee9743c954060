"""The whole loop with the real reader, segmenter, encoder and starter model on the sample interviews."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from coder.store import Study
from coder.workflow.study.decide import decide
from coder.workflow.study.import_codings import import_codings
from coder.workflow.study.import_transcripts import import_transcripts
from coder.workflow.study.open import Decision, begin_study
from coder.workflow.study.retrain import RetrainReport, retrain
from coder.workflow.study.status import status
from coder.workflow.study.suggest import suggest
from tests.study_making import shown as suggestions_shown

SAMPLE = Path(__file__).parent.parent.parent / "data" / "sample"
FIRST = ("c01_gp", "fg1_public", "p02_public_parent")
LATER = ("c02_midwife", "fg2_clinicians", "p01_public_longterm")
Truth = dict[tuple[str, int], list[tuple[str, str | None]]]


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with begin_study(tmp_path / "s.coder") as opened:
        report = import_transcripts(opened, [SAMPLE / "transcripts"])
        assert len(report.added) == 6 and not report.refused
        yield opened


def codings_of(names: tuple[str, ...], path: Path) -> Path:
    header, *rows = (SAMPLE / "codings.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.split(",")[0] in names and ",R1," in row]
    path.write_text("\n".join([header, *kept]), encoding="utf-8")
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    """What coder R1 says of every utterance, by transcript and start."""
    with begin_study(tmp_path / "truth.coder") as whole:
        import_transcripts(whole, [SAMPLE / "transcripts"])
        report = import_codings(whole, codings_of(FIRST + LATER, tmp_path / "all.csv"), complete=True)
        assert report.problems == [] and report.used > 300
        found = {}
        for item in whole.texts.all():
            units = whole.texts.utterances(item.id, codable_only=True)
            states = whole.acts.states("R1", [unit.id for unit in units])
            for unit in units:
                found[item.name, unit.start] = [(code.code, code.polarity) for code in states[unit.id].codes]
    return found


def confirm(study: Study, name: str, truth: Truth, poison: random.Random | None = None) -> None:
    """Go through a transcript in assisted mode as R1 would; poisoned: codes at random."""
    units = study.texts.utterances(study.texts.find(name), codable_only=True)
    study.people.add_coder("Ann")
    shown = suggestions_shown(study, "Ann", "assisted", [unit.id for unit in units])
    for unit in units:
        codes = truth[name, unit.start]
        if poison is not None:
            codes = (
                [(poison.choice(study.codebooks.current().ids), "barrier")] if poison.random() < 0.7 else []
            )
        known = {item.code: item.id for item in shown[unit.id] if item.selected}
        choices = [
            Decision(unit.id, "add", code, polarity, suggestion=known.get(code)) for code, polarity in codes
        ]
        decide(study, "Ann", choices or [Decision(unit.id, "nothing")], mode="assisted")


def in_use(report: RetrainReport) -> float:
    assert report.trial is not None
    figure = report.trial.overall.new if report.accepted else report.trial.overall.old
    assert figure is not None
    return figure


@pytest.mark.slow
def test_the_loop_learns_and_refuses_a_poisoned_round(study: Study, truth: Truth, tmp_path: Path) -> None:
    import_codings(study, codings_of(FIRST, tmp_path / "half.csv"), complete=True)
    assert suggest(study).looked_at > 100
    figures = [in_use(retrain(study))]
    for name in LATER[:2]:
        confirm(study, name, truth)
        report = retrain(study)
        assert set(report.held_out) <= set(FIRST)
        figures.append(in_use(report))
        if report.accepted:
            assert suggest(study).model == report.model
    assert figures == sorted(figures)
    confirm(study, LATER[2], truth, random.Random(1))
    poisoned = retrain(study)
    assert not poisoned.accepted
    held = status(study)
    answered = sum(item.answered for item in held.figures.codes)
    assert answered > 30
    assert held.figures.decided == held.figures.utterances
    assert {item.name: dict(item.decided) for item in held.transcripts if item.name in FIRST} == {
        name: {"R1": sum(key[0] == name for key in truth)} for name in FIRST
    }
