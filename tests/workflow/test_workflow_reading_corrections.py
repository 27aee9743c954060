"""Corrections of how a transcript was read: the text stays, decided utterances stay, the study remembers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coder.errors import InputError, StudyError
from coder.store import Study
from coder.store.values import Decision
from coder.workflow.study.decide import decide
from coder.workflow.study.import_transcripts import ImportOptions, import_transcripts
from coder.workflow.study.reading_corrections import (
    as_before,
    correct_role,
    corrections_of,
    is_speech,
    left_out,
    not_a_speaker,
    study_reading,
    was_corrected,
)
from tests.study_making import cut, small_study

TEXT = """\
Notes of the interview in the north of the country

INTERVIEWER: What was the weather like?

P01: It rained all day. The sun came later.

P02: it was wet.

INTERVIEWER: And at night?

P01: Wind, only wind. It took the roof off.

P02: we laughed.
"""


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder") as opened:
        yield opened


@pytest.fixture
def talk(study: Study, tmp_path: Path) -> int:
    return bring(study, tmp_path, TEXT)


def bring(study: Study, tmp_path: Path, text: str, *, new_version: bool = False) -> int:
    path = tmp_path / "talk.txt"
    path.write_text(text, encoding="utf-8")
    report = import_transcripts(study, [path], ImportOptions(new_version=new_version, cut=cut))
    assert not report.refused, report.refused
    return report.added[0].id


def speakers(study: Study, transcript: int) -> list[str | None]:
    return [turn.speaker for turn in study.texts.turns(transcript)]


def covered(study: Study, transcript: int) -> bool:
    read = study.texts.transcript(transcript)
    places = sorted([(t.start, t.end) for t in read.turns] + [(s.start, s.end) for s in read.furniture])
    ends = [0, *(end for _, end in places)]
    return all(start == end for (start, _), end in zip(places, ends, strict=False)) and ends[-1] == len(TEXT)


def test_a_label_that_is_none_gives_its_words_to_whoever_spoke_before(study: Study, talk: int) -> None:
    assert "P02" in speakers(study, talk) and covered(study, talk)
    new = not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)
    assert speakers(study, new) == ["INTERVIEWER", "P01", "INTERVIEWER", "P01"]
    assert study.texts.turns(new)[1].text == "It rained all day. The sun came later.\n\nP02: it was wet."
    assert study.texts.text(new) == TEXT and covered(study, new)
    assert [item.id for item in study.texts.all()] == [new]
    assert {item.id for item in study.texts.all(superseded=True)} == {talk, new}


def test_lines_left_out_become_a_turn(study: Study, talk: int) -> None:
    [(start, words)] = left_out(study.texts.transcript(talk))
    assert words.startswith("Notes of the interview")
    new = is_speech(study, talk, start, coder="Ann", cut=cut)
    assert study.texts.turns(new)[0].text == words and speakers(study, new)[0] is None
    assert not left_out(study.texts.transcript(new)) and covered(study, new)


def test_the_first_reading_comes_back_and_can_be_corrected_once_more(study: Study, talk: int) -> None:
    first = speakers(study, talk)
    new = not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)
    assert was_corrected(study, new) and not was_corrected(study, talk)
    back = as_before(study, new, coder="Ann", cut=cut)
    assert speakers(study, back) == first
    assert corrections_of(study, "talk.txt").not_speakers == ()
    again = not_a_speaker(study, back, "P02", coder="Ann", cut=cut)
    assert speakers(study, again) == speakers(study, new)
    assert [item.id for item in study.texts.all()] == [again]


def test_what_people_decided_is_never_cut_anew_even_if_undone(study: Study, talk: int) -> None:
    unit = study.texts.utterances(talk, codable_only=True)[0]
    saved = decide(study, "Ann", [Decision(unit.id, "add", "rain")], mode="blind")
    assert saved
    study.acts.undo("Ann")
    with pytest.raises(StudyError, match="not cut anew"):
        not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)
    with pytest.raises(StudyError, match="not cut anew"):
        is_speech(study, talk, 0, coder="Ann", cut=cut)
    assert [item.id for item in study.texts.all()] == [talk]
    correct_role(study, talk, "P02", "interviewer", coder="Ann")  # roles cut nothing
    assert [t.role for t in study.texts.turns(talk) if t.speaker == "P02"] == ["interviewer"] * 2


def test_a_memo_keeps_the_cut_too(study: Study, talk: int) -> None:
    study.memos.write("Ann", "odd", utterance=study.texts.utterances(talk)[0].id)
    with pytest.raises(StudyError, match="not cut anew"):
        not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)


def test_a_stale_page_is_a_sentence(study: Study, talk: int) -> None:
    with pytest.raises(InputError, match="No speaker 'Nobody'"):
        not_a_speaker(study, talk, "Nobody", coder="Ann", cut=cut)
    with pytest.raises(InputError, match="Nothing was left out"):
        is_speech(study, talk, 3, coder="Ann", cut=cut)
    with pytest.raises(InputError, match="was not corrected"):
        as_before(study, talk, coder="Ann", cut=cut)
    not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)
    with pytest.raises(StudyError, match="not the reading"):
        not_a_speaker(study, talk, "P01", coder="Ann", cut=cut)


def test_corrections_hold_when_the_file_is_read_again(study: Study, talk: int, tmp_path: Path) -> None:
    correct_role(study, talk, "P01", "interviewer", coder="Ann")
    correct_role(study, talk, "INTERVIEWER", "participant", coder="Ann")
    new = not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)
    assert [turn.role for turn in study.texts.turns(new)][:2] == ["participant", "interviewer"]
    [(start, _)] = left_out(study.texts.transcript(new))
    is_speech(study, new, start, coder="Ann", cut=cut)
    third = bring(study, tmp_path, TEXT + "\nINTERVIEWER: Thank you.\n", new_version=True)
    roles = {turn.speaker: turn.role for turn in study.texts.turns(third)}
    assert roles["P01"] == "interviewer" and roles["INTERVIEWER"] == "participant" and "P02" not in roles
    assert study.texts.turns(third)[0].text.startswith("Notes of the interview")
    assert "Read with the corrections kept in this study." in study.texts.transcript(third).notes


def test_participants_and_attributes_come_along(study: Study, talk: int) -> None:
    study.people.link(talk, "P01", "Ida")
    new = not_a_speaker(study, talk, "P02", coder="Ann", cut=cut)
    assert study.people.participants(new) == {"P01": "Ida"}


def test_the_worst_reading_comes_first(study: Study, talk: int, tmp_path: Path) -> None:
    path = tmp_path / "a good one.txt"
    path.write_text("INTERVIEWER: How?\n\nP02: So.\n\nINTERVIEWER: Why?\n\nP02: Because it rained.\n")
    import_transcripts(study, [path], ImportOptions(cut=cut))
    for speaker in ("P01", "P02"):
        correct_role(study, talk, speaker, "interviewer", coder="Ann")
    report = study_reading(study)
    assert [info.name for info, _ in report] == ["talk", "a good one"]
    assert [read.participant_words for _, read in report] == [0, 4]
