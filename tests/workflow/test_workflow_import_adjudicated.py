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
    report = import_adjudicated(study, disagreements_kept(tmp_path, "sun"), "Cleo")
    assert report.text().startswith("Adjudicated by Cleo: 1 utterance (1 of them anew)")
    assert list(settled(study).values()) == [[("sun", None)]]


def disagreements_kept(folder: Path, agreed: str) -> Path:
    """Change the first cell of the list that was written before."""
    path = folder / "disagreements.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["disagreements"]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("agreed") + 1, agreed)
    book.save(path)
    return path


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
