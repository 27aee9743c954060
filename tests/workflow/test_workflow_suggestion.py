"""One transcript, one answer: every command that codes says the same of it with the same model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder import precode
from coder.codebook import Code, Codebook, load_codebook
from coder.coded_tables.excerpts import excerpts_of, training_set
from coder.exchange.study_tables import coding_rows
from coder.learning import Model, blank_model, load_model
from coder.learning.dataset import Batch
from coder.learning.evaluation.report import Guess
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.study import model_comparison
from coder.workflow.study.export import study_content, suggestion_rows
from coder.workflow.study.held_out import HeldOut
from coder.workflow.study.import_all import ImportRequest, import_all
from coder.workflow.study.import_transcripts import import_transcripts
from coder.workflow.study.suggest import suggest
from coder.workflow.study.training_data import lessons, spoken
from coder.workflow.study.training_data import training_set as study_material
from tests.small_model import LetterEncoder

SAMPLE = Path(__file__).parents[2] / "data/sample/transcripts"
Answers = dict[tuple[str, int], set[str]]  # codes by transcript and start


def of_rows(frame: pd.DataFrame) -> Answers:
    found: Answers = {}
    for transcript, start, code in zip(frame["transcript"], frame["start"], frame["code"], strict=True):
        found.setdefault((str(transcript), int(start)), set()).update(
            {code} if isinstance(code, str) else set()
        )
    return found


def of_table(frame: pd.DataFrame, model: Model) -> Answers:
    """Return what is evaluated of the rows of a transcript, as if people had found nothing to code in it."""
    rows = frame.drop_duplicates(["transcript", "start"]).assign(code=None, polarity=None)
    excerpts, _ = excerpts_of(rows)
    guess = Guess.by(model, training_set(excerpts, model.codebook))
    codes = np.array(model.codebook.ids)
    return {
        (str(item.cells["transcript"]), int(item.cells["start"])): set(codes[chosen].tolist())
        for item, chosen in zip(excerpts, guess.selected, strict=True)
    }


def of_study(study: Study) -> Answers:
    names = {item.id: Path(item.name).stem for item in study.texts.all()}
    units = [unit for _, found in study.texts.each(codable_only=False) for unit in found]
    told = study.suggestions.newest([unit.id for unit in units])
    return {
        (names[unit.transcript], unit.start): {item.code for item in told[unit.id] if item.selected}
        for unit in units
        if unit.role != "interviewer"
    }


def of_trial(study: Study, model: Model, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Return what the trial of a retrained model compares, with every other utterance settled by people."""
    names = {item.id: Path(item.name).stem for item in study.texts.all()}
    study.people.add_coder("Ann")
    for _, units in study.texts.each():
        study.acts.decide("Ann", [Decision(unit.id, "nothing") for unit in units[::2]], mode="blind")
    tests = [item for item in lessons(study) if item.known]
    seen: list[Guess] = []
    plain = Guess.rows

    def watched(guess: Guess, rows: np.ndarray) -> Guess:
        seen.append(plain(guess, rows))
        return seen[-1]

    monkeypatch.setattr(Guess, "rows", watched)
    model_comparison.compare(study, model, model, tests, HeldOut())
    units = sorted((item.utterance for item in tests), key=lambda unit: (unit.transcript, unit.number))
    order = list(dict.fromkeys(item.utterance.transcript for item in tests))
    units.sort(key=lambda unit: order.index(unit.transcript))
    codes = np.array(model.codebook.ids)
    return {
        (names[unit.transcript], unit.start): set(codes[chosen].tolist())
        for unit, chosen in zip(units, seen[0].selected, strict=True)
    }


def check_sameness(files: list[Path], model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Answers:
    frame = precode(files)
    together = of_rows(frame)
    assert of_rows(pd.concat([precode(file) for file in files])) == together
    assert of_table(frame, model) == together
    with Study.create(folder / "s.coder", model.codebook) as study:
        import_transcripts(study, files)
        suggest(study)
        assert of_study(study) == together
        said = of_trial(study, model, monkeypatch)
        assert len(said) > len(together) / 5 and said == {key: together[key] for key in said}
        asked = {unit.text: unit.question for item in study.texts.all() for unit in spoken(study, item.id)}
        assert asked == {row.text: row.question for row in frame.itertuples() if row.text in asked}
    return together


@pytest.mark.slow
def test_every_command_says_the_same_of_an_interview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model("starter", codebook=load_codebook("comb"))
    together = check_sameness(sorted(SAMPLE.iterdir()), model, tmp_path, monkeypatch)
    assert sum(map(bool, together.values())) > 100


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model that knows nothing but its codebook, in the place of every model that is opened."""
    codes = (
        Code("time", "Time", "clock hours minutes"),
        Code("people", "People", "friends family neighbours"),
    )
    model = blank_model(Codebook("small", codes), LetterEncoder())
    monkeypatch.setattr("coder.workflow.modelling.models.open_model", lambda *_, **__: model)
    monkeypatch.setattr("coder.learning.persistence.model_files.load_model", lambda *_, **__: model)
    return model


def test_a_table_of_excerpts_is_pre_coded_as_it_is_evaluated(small_model: Model, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    words = ["clock", "hours", "minutes", "friends", "family", "neighbours", "rain", "wind", "tired", "glad"]

    def said(row: int) -> str:
        return "Mm." if row % 9 == 5 else f"{' '.join(rng.choice(words, 5))} {row}"

    rows = [
        {"transcript": f"t{row // 25}", "turn": row // 3, "start": row, "text": said(row)}
        for row in range(60)
    ]
    table = pd.DataFrame(rows).assign(code="")
    table.to_csv(tmp_path / "t.csv", index=False)
    frame = precode(tmp_path / "t.csv", unit="row").drop(columns=["transcript", "start"])
    frame = frame.rename(columns={"transcript_given": "transcript", "start_given": "start"})
    assert of_rows(frame) == of_table(table, small_model)
    alone = precode(table_without(tmp_path, table, ["transcript", "turn"]), unit="row")
    assert alone["confidence"].tolist() != frame["confidence"].tolist()


def table_without(folder: Path, table: pd.DataFrame, columns: list[str]) -> Path:
    table.drop(columns=columns).to_csv(folder / "without.csv", index=False)
    return folder / "without.csv"


def test_every_command_says_the_same_of_a_short_talk(
    small_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    words = ["clock", "hours", "minutes", "friends", "family", "neighbours", "rain", "wind", "tired", "glad"]
    for name in ("one", "two", "three"):
        turns = []
        for turn in range(30):
            asked = (
                f"Interviewer: What about {rng.choice(words)} then, number {turn}?\n" if turn % 4 == 0 else ""
            )
            turns.append(f"{asked}P1: {' '.join(rng.choice(words, 6))} {name}{turn}.\nP2: Mm.\n")
        (tmp_path / f"{name}.txt").write_text("".join(turns), encoding="utf-8")
    together = check_sameness(sorted(tmp_path.glob("*.txt")), small_model, tmp_path, monkeypatch)
    assert set().union(*together.values()) == {"time", "people"} and set() in together.values()


PARKING = """\
participant,question,text
P1,What could be better?,Parking
P2,What could be better?,"The waiting time in the afternoon was far too long and nobody told us why. I also think\
 that the signs to the ward could be clearer for people who have never been there before. My mother got lost\
 twice on the way to the ward and had to ask a porter."
P1,What was good?,Parking
P2,What was good?,Good
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(PARKING, encoding="utf-8")
    return path


def sides(frame: pd.DataFrame) -> dict[str, set[str]]:
    """Return the polarities suggested for "Parking", by question."""
    parking = frame[frame["text"] == "Parking"]
    return {str(question): set(rows["polarity"].dropna()) for question, rows in parking.groupby("question")}


def test_every_command_asks_what_the_question_of_a_written_answer_asks_for(
    answers: Path, tmp_path: Path
) -> None:
    expected = {"What could be better?": {"barrier"}, "What was good?": {"facilitator"}}
    rows, turns = (precode(answers, "starter-small", unit=unit) for unit in ("row", "turn"))
    ours = ["text", "question", "code", "polarity", "confidence", "polarity_confidence"]
    assert rows[ours].equals(turns[ours]) and sides(rows) == expected
    cut = precode(answers, "starter-small")
    assert sides(cut) == expected
    long = cut[cut["turn"] == 2]
    assert long["utterance"].nunique() == 2 and set(long["question"]) == {"What could be better?"}
    with Study.create(tmp_path / "s.coder", load_codebook("comb")) as study:
        brought = import_all(study, ImportRequest((answers,))).text()
        assert brought == "answers: a survey, 4 answers of 2 people, 5 utterances to code."
        suggest(study, model="starter-small")
        suggested = pd.DataFrame(suggestion_rows(study))
        kept = cut.dropna(subset="code").reset_index(drop=True)
        assert suggested[ours[:-2]].equals(kept[ours[:-2]].astype(suggested[ours[:-2]].dtypes))
        study.people.add_coder("Ann")
        units = spoken(study, 1)
        assert [unit.text for unit in units if unit.question == "What was good?"] == ["Parking", "Good"]
        study.acts.decide("Ann", [Decision(unit.id, "nothing") for unit in units], mode="blind")
        material = study_material(study, lessons(study), study.codebooks.current())
        model = load_model("starter-small", codebook=load_codebook("comb"))
        told, alone = (
            model.predict(batch).polarity for batch in (material.batch, Batch.of_utterances(units))
        )
        assert not any(material.spoken) and np.array_equal(told, alone)
        columns, rows = coding_rows(study_content(study))
        exported, _ = excerpts_of(pd.DataFrame(list(rows), columns=columns))
        again = model.predict(training_set(exported, study.codebooks.current()).batch)
        assert np.array_equal(again.polarity, told)


def test_a_table_coded_row_by_row_has_its_question_once(small_model: Model, tmp_path: Path) -> None:
    rows = pd.DataFrame([{"id": "7", "question": "Why?", "speaker": "P1", "text": "clock hours"}])
    for name in ("question", "Question", "Frage"):
        rows.set_axis(["id", name, "speaker", "text"], axis=1).to_csv(tmp_path / "a.csv", index=False)
        frame = precode(tmp_path / "a.csv", unit="row")
        assert frame["question"].tolist() == ["Why?"]
        ours = frame.columns[frame.columns.get_loc("transcript") :]
        assert list(frame.columns.difference(ours, sort=False)) == [
            "id", *([name] if name != "question" else []), "speaker_given",
        ]  # fmt: skip
    assert not frame["speaker"].any() and frame["speaker_given"].tolist() == ["P1"]


SURVEY = """\
Timestamp,Email address,How do you get here?,What would help you to come?
2024-05-01 10:00,a@b.org,"I walk for hours, the clock says so, tired",neighbours who come along with the family
2024-05-01 11:00,c@d.org,my friends and family drive me minutes away,more hours on the clock would do it all
2024-05-01 12:00,e@f.org,rain and wind make the family wait for hours,glad friends and neighbours who have minutes
2024-05-01 13:00,g@h.org,by bus in forty minutes when the wind is calm,if the family were less tired of the rain
"""


def test_every_command_says_the_same_of_the_answers_to_a_survey(
    small_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(SURVEY, encoding="utf-8")
    together = check_sameness([path], small_model, tmp_path, monkeypatch)
    assert len(together) == 8 and set().union(*together.values()) == {"time", "people"}
    with Study.open(tmp_path / "s.coder") as study:
        asked = [unit.question for unit in study.texts.utterances(1)]
        assert asked == ["How do you get here?", "What would help you to come?"] * 4
        one = study.texts.utterances(1)[0]
        assert study.texts.by_id([one.id])[one.id] == one
