"""Columns in five languages, cells in every form, words for polarity and for nothing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.coded_tables.grammar import (
    CodedTable,
    blind_of,
    columns_of,
    examples,
    folded,
    is_missing,
    names_in,
    open_table,
    polarities_of,
    spans_in,
    stands_for_nothing,
    with_polarity,
)


@pytest.mark.parametrize(
    ("column", "noted"),
    [
        (("1-1", "2-Mar", "4-40"), "such as '2-Mar' (row 3)"),
        (("A1", "A2", "Mär 24"), "such as 'Mär 24' (row 4)"),
        (("A1", "A2", "2024-03-01"), "such as '2024-03-01' (row 4)"),
        (("2024-03-01", "2024-03-02", "pilot"), ""),  # named after dates
        (("1.2.10", "march", "May"), ""),
        (("A1", "A2", "02. Mrz"), "such as '02. Mrz' (row 4)"),
        (("A1", "A2", "1-Sept"), "such as '1-Sept' (row 4)"),
        (("A1", "A2", "January 02"), "such as 'January 02' (row 4)"),
        *((("A1", "A2", name), "") for name in ("Maria 01", "Martin 01", "Marie 12", "Decker 12", "Nova 10")),
        *((("A1", "A2", name), "") for name in ("12 Mark", "1 Marketing", "2 Mayor", "3 Augsburg")),
    ],
)
def test_a_date_among_names_is_named(tmp_path: Path, column: tuple[str, ...], noted: str) -> None:
    rows = "".join(f"{unit},Ann,a\n" for unit in column)
    (tmp_path / "t.csv").write_text(f"unit,coder,code\n{rows}", encoding="utf-8")
    notes = open_table(tmp_path / "t.csv", "unit", where="t.csv").notes
    assert [noted in note for note in notes] == ([True] if noted else [])


@pytest.mark.parametrize(
    "headings",
    [
        ("Transcript ID", "Excerpt", "Code Name", "Coder", "Polarity", "Comment"),
        ("Transkript", "Textstelle", "Kategorie", "Codiererin", "Polarität", "Kommentar"),
        ("Entretien", "Extrait", "Étiquette", "Codeuse", "Polarité", "Commentaire"),
        ("Entrevista", "Fragmento", "Código", "Codificado por", "Polaridad", "Comentario"),
        ("Gesprek", "Citaat", "Thema", "Gecodeerd door", "Polariteit", "Opmerking"),
    ],
)
def test_headings_are_known_in_five_languages(headings: tuple[str, ...]) -> None:
    found = columns_of(headings)
    wanted = ("transcript", "text", "code", "coder", "polarity", "memo")
    assert found.by_role == dict(zip(wanted, headings, strict=True))
    assert found.unread == () and found.passed_over == ()


def test_columns_without_a_meaning_and_second_choices_are_named() -> None:
    found = columns_of(["text", "Codes", "code", "Site", "id", "Interview", "Dokument"])
    assert found.unread == ("Site",)
    assert found.passed_over == (("code", "code"), ("transcript", "Dokument"))
    assert (found.get("code"), found.get("transcript")) == ("Codes", "Interview")


def test_answers_are_the_text_where_nothing_else_is() -> None:
    assert columns_of(["Comment", "Code"]).by_role == {"text": "Comment", "code": "Code"}
    assert columns_of(["Comment", "Quote", "Code"]).get("memo") == "Comment"


def test_a_column_that_is_named_goes_before_its_heading() -> None:
    found = columns_of(["text", "remarks", "code"], {"text": "remarks"})
    assert found.get("text") == "remarks"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ('{"choices": ["Time", "Money"]}', ["Time", "Money"]),
        ({"choices": ["Time"]}, ["Time"]),
        ('[{"start": 0, "end": 4, "text": "late", "labels": ["Time"]}]', ["Time"]),
        ('[{"taxonomy": [["Opportunity", "Time"], ["Money"]]}]', ["Opportunity > Time", "Money"]),
        ("Time\nMoney", ["Time", "Money"]),
        ("[unclear", ["[unclear"]),
        ("{curly}", ["{curly}"]),
        ([1.0, None, "b"], ["1", "b"]),
    ],
)
def test_cells_of_codes_in_every_form(cell: Any, names: list[str]) -> None:
    assert names_in(cell) == names


def test_spans_of_label_studio_have_places_and_words() -> None:
    first = '{"start": 3, "end": 7, "text": "late", "labels": ["Time", "Bus"]}'
    cell = f'[{first}, {{"start": 0, "end": 2, "labels": ["I"]}}]'
    assert spans_in(cell) == [(3, 7, "late", ["Time", "Bus"]), (0, 2, "", ["I"])]
    assert spans_in('["a", "b"]') is None
    assert spans_in("[start]") is None
    assert spans_in('[{"start": "x", "end": 2}]') is None


def test_words_for_nothing_and_for_missing() -> None:
    for word in ("N/A", "NA", "None", "NULL", ".", "nan", "missing", "not coded", "Uncoded", "#N/A"):
        assert stands_for_nothing(word) and is_missing(word), word
    for word in ("-", "–", "no code"):
        assert stands_for_nothing(word) and not is_missing(word), word
    assert not stands_for_nothing("nothing helps") and not is_missing(None)


def test_polarity_behind_a_code() -> None:
    assert with_polarity("time: Barriers") == ("time", "barrier")
    assert with_polarity("time:money") == ("time:money", None)
    assert with_polarity(": barrier") == (": barrier", None)


def test_polarity_words_in_five_languages() -> None:
    unknown: Counter[str] = Counter()
    said = [
        "Barriere",
        "Förderfaktor",
        "frein",
        "facilitateur",
        "Barrera",
        "facilitador",
        "belemmering",
        "sideways",
    ]
    assert polarities_of(said, unknown) == [
        "barrier", "facilitator", "barrier", "facilitator", "barrier", "facilitator", "barrier", None,
    ]  # fmt: skip
    assert unknown == {"sideways": 1}


@pytest.mark.parametrize(
    ("cell", "polarity"),
    [
        ("barrier; facilitator", "mixed"),
        ("Facilitator/Barrier", "mixed"),
        ("barrier and enabler", "mixed"),
        ("both", "mixed"),
        ("+/-", "mixed"),
        ("barrier; barrier", "barrier"),
        ("barrier; perhaps", None),
        ("barrier of time", None),
        ("n/a", None),
    ],
)
def test_a_cell_of_several_polarities_is_mixed(cell: str, polarity: str | None) -> None:
    unknown: Counter[str] = Counter()
    assert polarities_of([cell], unknown) == [polarity]
    assert bool(unknown) == (polarity is None and cell != "n/a")


@pytest.mark.parametrize(
    ("heading", "cells", "read"),
    [
        ("Direction", ["barrier", "Facilitator", None], True),
        ("Barrier/Facilitator", ["barrier", "facilitator", "mixed"], True),
        ("Barriers and facilitators", ["barrier", "enabler", "both"], True),
        ("Direction", ["north", "barrier", "south"], False),
        ("Barriers and facilitators", ["The bus was late.", "barrier", None], False),
        ("Direction", [None, None, None], False),
        ("Result", ["positive", "negative", "positive"], False),
    ],
)
def test_a_column_is_polarity_by_what_stands_in_it(heading: str, cells: list[str | None], read: bool) -> None:
    frame = pd.DataFrame({"text": ["a", "b", "c"], "code": ["x", "y", "z"], heading: cells}, dtype=object)
    columns = CodedTable.of(frame, "t").columns
    assert columns.get("polarity") == (heading if read else None)
    assert (heading in columns.unread) is not read


def test_blind_is_yes_no_or_not_known() -> None:
    assert [blind_of(word) for word in (None, "ja", "No", "perhaps")] == [True, True, False, None]


def test_ratings_below_zero_keep_their_sign() -> None:
    assert folded("-1") != folded("1")
    assert folded("Bad_Luck") == folded("bad-luck") == folded(" bad  luck ")
    assert folded("Mu\u0308de") == folded("Müde")


def test_long_lists_are_cut() -> None:
    assert examples("abcdefgh", 3) == "'a', 'b', 'c' and 5 more"


names = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters=";\n[]{}", exclude_categories=["C"]), min_size=1)
)


@given(names)
def test_lists_of_names_read_back_however_they_are_joined(found: list[str]) -> None:
    wanted = [name.strip() for name in found if name.strip()]
    assert names_in(found) == names_in(json.dumps(found)) == wanted
    assert names_in(";".join(found)) == wanted


@given(st.text())
def test_any_cell_is_read_without_an_error(cell: str) -> None:
    assert all(name == name.strip() and name for name in names_in(cell))
    spans_in(cell)
