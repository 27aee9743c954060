"""Adjudicated codes from a table: the list of disagreements filled in, an export read back, and what is left out."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from coder.errors import StudyError, TableError
from coder.store import Study
from coder.store.values import ADJUDICATED, Decision
from coder.workflow.agreement.compare_tables import AgreementRequest, run
from coder.workflow.study.decide import decide
from coder.workflow.study.import_adjudicated import import_adjudicated
from coder.workflow.study.import_all import ImportRequest, import_all
from coder.workflow.study.import_codings import import_codings
from tests.study_making import add_talk, small_study


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """Two coders who differ on the first three utterances and agree on the fourth."""
    with small_study(tmp_path / "s.coder") as opened:
        key = add_talk(opened, "talk")
        units = [item.id for item in opened.texts.utterances(key, codable_only=True)]
        for coder, codes in (
            ("Ann", ("rain", "sun", "wind", "wind")),
            ("Ben", ("sun", "rain", None, "wind")),
        ):
            opened.people.add_coder(coder)
            for unit, code in zip(units, codes, strict=False):
                verdict = Decision(unit, "add", code, "barrier") if code else Decision(unit, "nothing")
                decide(opened, coder, verdict, mode="blind")
        yield opened


def settled(study: Study) -> dict[str, list[tuple[str, str | None]]]:
    """Return the adjudicated codes by the words of the utterance; an empty list is nothing to code."""
    ids = [item for info in study.texts.all() for item in study.texts.utterances(info.id)]
    states = study.acts.states(ADJUDICATED, [item.id for item in ids])
    text = study.texts.text(ids[0].transcript)
    return {
        text[item.start : item.end]: [(code.code, code.polarity) for code in states[item.id].codes]
        for item in ids
        if states[item.id].state in ("coded", "nothing")
    }


def disagreements(study: Study, folder: Path, *agreed: str | None) -> Path:
    """Write the workbook of `coder agreement -o` with these cells of `agreed`, top to bottom."""
    path = folder / "disagreements.xlsx"
    run(AgreementRequest(paths=(study.path,), resamples=0), out=path, force=True)
    return filled(path, *agreed)


def filled(path: Path, *agreed: str | None) -> Path:
    """Fill in the cells of `agreed` of a list that was written before, top to bottom."""
    book = openpyxl.load_workbook(path)
    sheet = book["disagreements"]
    column = [cell.value for cell in sheet[1]].index("agreed") + 1
    for row, cell in enumerate(agreed, start=2):
        sheet.cell(row, column, cell)
    book.save(path)
    return path


def test_the_list_of_disagreements_filled_in_is_adjudicated_by_one_act(study: Study, tmp_path: Path) -> None:
    table = disagreements(study, tmp_path, "Rain:facilitator; wind:barrier", "-", None)
    result = import_all(study, ImportRequest(adjudicated=table, coder="Cleo"))
    assert result.text() == "Adjudicated by Cleo: 2 utterances; 1 row without a decision left open."
    assert sorted(settled(study).values()) == [[], [("rain", "facilitator"), ("wind", "barrier")]]
    assert len(study.disagreements()) == 1
    again = import_adjudicated(study, table, "Cleo")
    assert (again.settled, again.unchanged) == (0, 2)
    study.acts.undo("Cleo")
    assert settled(study) == {}
    assert len(study.disagreements()) == 3


def test_what_was_adjudicated_otherwise_before_is_adjudicated_anew(study: Study, tmp_path: Path) -> None:
    import_adjudicated(study, disagreements(study, tmp_path, "rain"), "Cleo")
    report = import_adjudicated(study, filled(tmp_path / "disagreements.xlsx", "sun"), "Cleo")
    assert any("adjudicated anew: row 2 (rain before, now sun)." in note for note in report.notes)
    assert report.text().startswith("Adjudicated by Cleo: 1 utterance (1 of them anew)")
    assert list(settled(study).values()) == [[("sun", None)]]


def test_rows_that_cannot_be_used_are_named_and_the_others_count(study: Study, tmp_path: Path) -> None:
    table = tmp_path / "settled.csv"
    table.write_text(
        "transcript,text,code\ntalk,It rained all day.,rain\ntalk,The sun came later.,sunn\ntalk,It snowed.,rain\n"
        "talk,We laughed.,sun\n",
        encoding="utf-8",
    )
    report = import_adjudicated(study, table, "Cleo")
    assert settled(study) == {"It rained all day.": [("rain", None)]}
    assert report.problems == [
        "row 3: 'sunn' is not a code of the codebook; is 'sun' meant?",
        'row 4: its text is not found in the transcript: "It snowed."',
        "row 5: no coder has decided on this utterance; there is nothing to adjudicate",
    ]


def test_adjudicated_rows_of_an_export_come_back_with_the_name_of_who_did_it(
    study: Study, tmp_path: Path
) -> None:
    from coder.workflow.study.export import ExportRequest, export_study

    import_adjudicated(study, disagreements(study, tmp_path, "rain:barrier", "-", "sun:mixed"), "Cleo")
    before = settled(study)
    out = tmp_path / "codings.csv"
    export_study(study, ExportRequest(out))
    study.acts.undo("Cleo")
    assert import_adjudicated(study, out, "Dora").settled == 3
    assert settled(study) == before


def test_it_must_be_known_who_adjudicated_and_where_the_codes_are(study: Study, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("text,final\nIt rained all day.,rain\n", encoding="utf-8")
    with pytest.raises(StudyError, match="--coder NAME"):
        import_adjudicated(study, table, None)
    with pytest.raises(TableError, match="no column 'agreed' or 'code'"):
        import_adjudicated(study, table, "Cleo")


def put(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settled.csv"
    path.write_text(text, encoding="utf-8")
    return path


EXPORT = "transcript,text,coder,code\ntalk,The sun came later.,adjudicated,sun\n"


def test_an_utterance_of_which_one_row_cannot_be_used_stays_as_it_is(study: Study, tmp_path: Path) -> None:
    import_adjudicated(study, put(tmp_path, f"{EXPORT}talk,The sun came later.,adjudicated,rain\n"), "Cleo")
    before = settled(study)
    assert before == {"The sun came later.": [("sun", None), ("rain", None)]}
    report = import_adjudicated(
        study, put(tmp_path, f"{EXPORT}talk,The sun came later.,adjudicated,rian\n"), "Cleo"
    )
    assert (report.settled, settled(study)) == (0, before)
    assert report.problems == [
        "row 3: 'rian' is not a code of the codebook; is 'rain' meant?",
        "row 2: left out, too: the utterance is row 3's as well, which cannot be used",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("talk,The sun came later.,,rain\ntalk,The sun came later.,,-\n", "'rain' and 'nothing to code'"),
        ("talk,The sun came later.,Ann,rain\ntalk,The sun came later.,Ben,sun\n", "'rain' and 'sun'"),
        (
            "talk,The sun came later.,,sun:barrier\ntalk,The sun came later.,,sun:facilitator\n",
            "'sun:barrier' and 'sun:facilitator'",
        ),
    ],
)
def test_rows_that_contradict_each_other_settle_nothing(
    study: Study, tmp_path: Path, rows: str, said: str
) -> None:
    report = import_adjudicated(study, put(tmp_path, f"transcript,text,coder,code\n{rows}"), "Cleo")
    assert settled(study) == {}
    assert report.problems == [
        f"rows 2 and 3: decide one utterance differently ({said}); it is left as it is"
    ]


def test_a_row_of_a_list_that_is_out_of_date_is_left_out(study: Study, tmp_path: Path) -> None:
    table = disagreements(study, tmp_path, "rain:barrier", "rain:barrier", "rain:barrier")
    unit = study.texts.utterances(study.texts.all()[0].id, codable_only=True)[1].id
    decide(study, "Ann", [Decision(unit, "withdraw", "sun"), Decision(unit, "add", "wind")], mode="blind")
    report = import_adjudicated(study, table, "Cleo")
    assert report.settled == 2 and "The sun came later." not in settled(study)
    (problem,) = report.problems
    assert (
        "Ann has decided anew since the list was written (in the list: sun:barrier; by now: wind)" in problem
    )


def test_what_a_coder_changed_after_seeing_others_does_not_make_the_list_old(
    study: Study, tmp_path: Path
) -> None:
    unit = study.texts.utterances(study.texts.all()[0].id, codable_only=True)[1].id
    study.acts.record_exposure("Ann", [unit], "coder")
    decide(study, "Ann", [Decision(unit, "withdraw", "sun"), Decision(unit, "add", "wind")], mode="assisted")
    report = import_adjudicated(study, disagreements(study, tmp_path, "rain", "rain", "rain"), "Cleo")
    assert (report.settled, report.problems) == (3, [])


def test_a_wrong_polarity_is_refused_a_missing_one_counted_and_memos_kept(
    study: Study, tmp_path: Path
) -> None:
    table = put(
        tmp_path,
        "transcript,text,code,polarity,memo,by whom\ntalk,It rained all day.,rain,bariere,,\n"
        'talk,The sun came later.,sun,,because,C\ntalk,"Wind, only wind.",wind,barrier,,\n',
    )
    report = import_adjudicated(study, table, "Cleo")
    assert report.problems == ["row 2: polarity 'bariere' is not one of barrier, facilitator, mixed"]
    assert settled(study) == {
        "The sun came later.": [("sun", None)],
        "Wind, only wind.": [("wind", "barrier")],
    }
    assert "settled.csv: columns that were not read: 'by whom'." in report.notes
    assert any("1 code without a polarity, the first in row 3" in note for note in report.notes)
    units = study.texts.utterances(study.texts.all()[0].id, codable_only=True)
    states = study.acts.states(ADJUDICATED, [unit.id for unit in units])
    assert [code.memo for state in states.values() for code in state.codes] == ["because", ""]
    assert import_adjudicated(study, table, "Cleo").unchanged == 2


def test_coders_called_like_a_heading_do_not_spoil_the_list(tmp_path: Path) -> None:
    with small_study(tmp_path / "s.coder") as study:
        unit = study.texts.utterances(add_talk(study, "talk"), codable_only=True)[0].id
        for coder, code in (("Text", "rain"), ("Code", "sun")):
            study.people.add_coder(coder)
            decide(study, coder, Decision(unit, "add", code, "barrier"), mode="blind")
        report = import_adjudicated(study, disagreements(study, tmp_path, "wind:barrier"), "Cleo")
        assert (report.settled, report.problems, report.notes) == (1, [], [])


def test_a_table_says_the_same_however_it_is_imported(study: Study, tmp_path: Path) -> None:
    """A polarity behind a code holds against the column's, for codings as for what is adjudicated."""
    path = tmp_path / "t.csv"
    path.write_text(
        "text,code,polarity,coder\nIt rained all day.,rain:facilitator;sun,barrier,adjudicated\n"
        "The sun came later.,sun:barrier;sun:facilitator,,adjudicated\n",
        encoding="utf-8",
    )
    wanted = {"It rained all day.": [("rain", "facilitator"), ("sun", "barrier")]}
    wanted["The sun came later."] = [("sun", "mixed")]
    report = import_adjudicated(study, path, "Cleo")
    assert settled(study) == wanted and report.problems == []
    assert any("'rain:facilitator' beside 'barrier'" in note for note in report.notes)
    path.write_text(path.read_text(encoding="utf-8").replace(",adjudicated", ",Dora"), encoding="utf-8")
    codings = import_codings(study, path)
    assert any("'rain:facilitator' beside 'barrier'" in note for note in codings.notes)
    units = {unit.text: unit.id for info in study.texts.all() for unit in study.texts.utterances(info.id)}
    states = study.acts.states("Dora", list(units.values()))
    given = {text: [(item.code, item.polarity) for item in states[key].codes] for text, key in units.items()}
    assert {text: codes for text, codes in given.items() if codes} == wanted
