"""Names of other tools' codes to a codebook's: by name, path, sub-theme, and by an edited table."""

from pathlib import Path

import pandas as pd
import pytest

from coder.codebook import Code, Codebook, SubTheme, load_codebook
from coder.coded_tables.code_mapping import YOURS, CodeMapper, Mapped, draft_rows, mapped_table, read_mapping
from coder.coded_tables.grammar import CodedTable
from coder.errors import TableError

BOOK = Codebook(
    "mine",
    (
        Code(
            "social",
            "Social opportunity",
            subthemes=(SubTheme("Family support", "facilitator"), SubTheme("Twice")),
        ),
        Code(
            "physical",
            "Physical opportunity",
            subthemes=(SubTheme("Lack of time", "barrier"), SubTheme("Twice")),
        ),
    ),
)


@pytest.mark.parametrize(
    ("name", "code", "polarity"),
    [
        ("Social opportunity", "social", None),
        ("COM-B > Social opportunity > Barrier", "social", "barrier"),
        ("COM-B\\Opportunity - social\\facilitators", "social", "facilitator"),
        ("Opportunity – social: barrier", "social", "barrier"),
        ("Physical opportunity (enabler)", "physical", "facilitator"),
        ("Opportunity > Physical", "physical", None),
        ("Barriers > Physical opportunity", "physical", "barrier"),
        ("COM-B > Lack of time", "physical", "barrier"),
        ("Family support", "social", "facilitator"),
        ("Twice", None, None),
        ("Weather", None, None),
    ],
)
def test_names_and_paths_of_other_tools(name: str, code: str | None, polarity: str | None) -> None:
    found = CodeMapper(BOOK).map(name)
    assert (found.code if found.sure else None, found.polarity) == (code, polarity)


def test_guesses_are_drafted_and_never_used(tmp_path: Path) -> None:
    mapper = CodeMapper(BOOK)
    assert mapper.map("Time").how.startswith("guess")
    assert mapper.map("Sociall opportunity").how.startswith("guess")
    rows = draft_rows({"Time": 3, "Weather": 9}, mapper)
    assert [(row["name"], row["code"], row["codings"]) for row in rows] == [
        ("Weather", "", 9),
        ("Time", "physical", 3),
    ]
    table = CodedTable.of(pd.DataFrame({"text": ["a"], "code": ["Time"]}), "t")
    assert mapped_table(table, mapper).frame["code"].tolist() == [["Time"]]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Opportunity - Time", "physical_opportunity"),
        ("COM-B > Opportunity > Time > barrier", "physical_opportunity"),
        ("Motivation: Fear", None),
        ("Motivation - Habits", "automatic_motivation"),
        ("Opportunity", None),
        ("Goals", "reflective_motivation"),
        ("TDF > Emotion", "automatic_motivation"),
        ("Social/professional role and identity", "reflective_motivation"),
        ("Behavioral regulation", "psychological_capability"),
        ("Environmental context and resources", "physical_opportunity"),
        ("Opportunity - Social influences", "social_opportunity"),
        ("Skills", None),
    ],
)
def test_domains_and_parts_of_components_are_guessed(name: str, code: str | None) -> None:
    found = CodeMapper(load_codebook("comb")).map(name)
    assert found.code == code and not found.sure
    assert found.polarity == ("barrier" if name.endswith("barrier") else None)


def test_an_edited_mapping_goes_first_and_may_leave_codes_out(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text(
        "name,code,polarity\nTime,physical,Barriere\nsocial opportunity,,\nWeather,-,\n", encoding="utf-8"
    )
    mapper = CodeMapper(BOOK, read_mapping(path))
    assert mapper.map("Time").cell == ["physical:barrier"]
    assert mapper.map("Time: facilitator").cell == [
        "physical:facilitator"
    ]  # what a cell says itself goes first
    assert mapper.map("Social opportunity:barrier").code is None
    frame = pd.DataFrame(
        {"text": list("abcd"), "code": ["Time", "Social opportunity", "Weather;Time", "Odd"]}
    )
    table = mapped_table(CodedTable.of(frame, "t"), mapper)
    assert table.frame["code"].tolist() == [["physical:barrier"], ["physical:barrier"], ["Odd"]]
    assert list(table.row_numbers()) == [2, 4, 5]
    said = " ".join(table.notes)
    assert "Time -> physical, barrier" in said
    assert "left out by your mapping: 'Social opportunity' (1), 'Weather' (1)" in said
    assert "1 codings of names that no code of the codebook has: 'Odd' (1)" in said
    path.write_text("name,code,polarity\nTime,physical,sideways\n", encoding="utf-8")
    with pytest.raises(TableError, match="row 2: polarity 'sideways'"):
        read_mapping(path)


def test_slips_in_an_edited_mapping_are_named_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    rows = "Time,physcal\nMoney,weather\nmoney,social\nFriends,Social opportunity\n"
    path.write_text(f"name,code\n{rows}", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_mapping(path, BOOK)
    said = str(caught.value)
    assert "row 2: 'physcal' is no code of the codebook; did you mean physical?" in said
    assert "row 3: 'weather' is no code of the codebook." in said
    assert "row 4: 'money' has another code or polarity in row 3." in said
    assert "row 5" not in said, "a label will do for a code"


def test_a_polarity_that_is_a_code_of_its_own_goes_to_the_other_codes_of_the_passage() -> None:
    frame = pd.DataFrame(
        {
            "transcript": ["i1"] * 4, "text": ["a", "a", "b", "b"], "coder": ["A", "A", "A", "B"],
            "code": ["Social opportunity", "Polarity > barrier", "Physical opportunity", "Barriers"],
        }
    )  # fmt: skip
    table = mapped_table(CodedTable.of(frame, "t"), CodeMapper(BOOK))
    assert table.frame["code"].tolist() == [["social:barrier"], ["physical"]]


def mapped(
    rows: list[tuple[str, str]], numbers: list[int] | None = None
) -> tuple[list[list[str]], list[str]]:
    """Map rows of (text, code) of one coder; return the cells of codes, and the notes on polarities."""
    frame = pd.DataFrame(rows, columns=["text", "code"]).assign(transcript="i1", coder="A")
    if numbers is not None:
        frame.attrs["row_numbers"] = numbers
    table = mapped_table(CodedTable.of(frame, "t"), CodeMapper(BOOK))
    return table.frame["code"].tolist(), [note for note in table.notes if "several polarities" in note]


def test_two_polarities_of_a_passage_are_mixed_or_said_to_be_unclear() -> None:
    social, physical = "Social opportunity", "Physical opportunity"
    both = [("a", "Barriers"), ("a", "Facilitators")]
    assert mapped([("a", social), *both]) == ([["social:mixed"]], [])
    cells, notes = mapped([("a", social), ("a", physical), *both, ("b", social), ("b", "Barriers")])
    assert cells == [["social"], ["physical"], ["social:barrier"]]
    assert len(notes) == 1 and "t: 1 passage with several codes" in notes[0] and "'a'" in notes[0]
    assert mapped([("a", social), ("a", physical), both[0]]) == (
        [["social:barrier"], ["physical:barrier"]],
        [],
    )


def test_a_polarity_goes_to_the_code_of_its_own_row_first() -> None:
    """A selection of a project has rows of one number: two of them on the same words are kept apart."""
    rows = [
        ("a", "Social opportunity"),
        ("a", "Barriers"),
        ("a", "Physical opportunity"),
        ("a", "Facilitators"),
    ]
    assert mapped(rows, [1, 1, 2, 2]) == ([["social:barrier"], ["physical:facilitator"]], [])
    assert mapped([("a", "Social opportunity; Barriers"), ("a", "Physical opportunity; Facilitators")]) == (
        [["social:barrier"], ["physical:facilitator"]], [],
    )  # fmt: skip


def test_rows_of_one_number_on_other_passages_or_apart_are_other_places() -> None:
    """Sheets of a workbook number their rows each from the top, in an order that means nothing."""
    social, physical, barrier, helps = (
        "Social opportunity",
        "Physical opportunity",
        "Barriers",
        "Facilitators",
    )
    rows = [("c", physical), ("a", physical), ("b", social), ("a", barrier), ("b", helps)]
    assert mapped(rows, [2, 3, 2, 2, 2])[0] == [["physical"], ["physical:barrier"], ["social:facilitator"]]
    crossed = [("a", social), ("b", social), ("b", barrier), ("a", helps)]
    assert mapped(crossed, [2, 3, 2, 3])[0] == [["social:facilitator"], ["social:barrier"]]
    apart = [("a", social), ("b", physical), ("a", physical), ("a", barrier), ("b", barrier), ("a", helps)]
    cells, notes = mapped(apart, [2, 3, 4, 4, 2, 2])
    assert cells == [["social"], ["physical:barrier"], ["physical:barrier"]]
    assert "'a'" in notes[0], "the row 2 of another sheet is no place of the first one's"


def test_coders_of_one_selection_keep_their_own_polarities() -> None:
    rows = [
        ("A", "Social opportunity"),
        ("A", "Barriers"),
        ("B", "Social opportunity"),
        ("B", "Facilitators"),
    ]
    for given in (rows, [rows[0], rows[2], rows[1], rows[3]]):
        frame = pd.DataFrame(given, columns=["coder", "code"]).assign(transcript="i1", text="a")
        frame.attrs["row_numbers"] = [1] * 4
        table = mapped_table(CodedTable.of(frame, "t"), CodeMapper(BOOK))
        assert table.frame["code"].tolist() == [["social:barrier"], ["social:facilitator"]]
    frame = pd.DataFrame(rows[:3], columns=["coder", "code"]).assign(transcript="i1", text="a")
    frame.attrs["row_numbers"] = [1] * 3
    table = mapped_table(CodedTable.of(frame, "t"), CodeMapper(BOOK))
    assert table.frame["code"].tolist() == [["social:barrier"], ["social"]]


@pytest.mark.parametrize(
    ("code", "column", "cell"),
    [
        ("Family support", "barrier", ["social"]), ("Family support", "", ["social:facilitator"]),
        ("Family support", "neutral", ["social:facilitator"]),
        ("Family support; Barriers", "", ["social:barrier"]),
        ("Family support: barrier", "facilitator", ["social:barrier"]),
        ("Work", "facilitator", ["physical"]), ("Work", None, ["physical:barrier"]),
        ("Work: facilitator", "mixed", ["physical:facilitator"]),
        ("Help (facilitator)", "barrier", ["social:facilitator"]),
        ("Social opportunity > barrier", "facilitator", ["social:barrier"]),
        ("Family support; Work", "mixed", ["social", "physical"]),
    ],
)  # fmt: skip
def test_a_polarity_that_a_name_only_implies_counts_least(
    code: str, column: str | None, cell: list[str]
) -> None:
    """What the cell says goes before the column of polarities, and both before a sub-theme's or a mapping's."""
    table = {
        "Work": Mapped("physical", "barrier", YOURS),
        "Help (facilitator)": Mapped("social", "facilitator", YOURS),
    }
    frame = pd.DataFrame({"text": ["a"], "code": [code], "polarity": [column]})
    assert mapped_table(CodedTable.of(frame, "t"), CodeMapper(BOOK, table)).frame["code"].tolist() == [cell]


def test_the_shipped_codebooks_know_their_own_names() -> None:
    for name in ("comb", "coproduction"):
        codebook = load_codebook(name)
        mapper = CodeMapper(codebook)
        for code in codebook.codes:
            assert mapper.map(f"{code.parent} > {code.label} > barrier").code == code.id


@pytest.mark.parametrize(
    ("name", "code", "polarity"),
    [
        ("Help > Time", "time_2", None), ("Help > Time > barrier", "time_2", "barrier"),
        ("Help > Facilitators > Time", "time_2", "facilitator"), ("Barriers > Time", "time", "barrier"),
        ("Barriers > Work > Time", "time", "barrier"),
    ],
)  # fmt: skip
def test_of_codes_of_one_name_the_path_says_which_and_polarity_is_kept(
    name: str, code: str, polarity: str | None
) -> None:
    book = Codebook("own", (Code("time", "Time", parent="Barriers"), Code("time_2", "Time", parent="Help")))
    found = CodeMapper(book).map(name)
    assert (found.code, found.polarity) == (code, polarity)


def test_a_name_that_several_codes_have_is_said() -> None:
    book = Codebook("own", (Code("time", "Time", parent="Barriers"), Code("time_2", "Time", parent="Help")))
    frame = pd.DataFrame({"text": ["a", "b", "c"], "code": ["Time", "Help > Time", "time_2"]})
    [_, note] = mapped_table(CodedTable.of(frame, "t"), CodeMapper(book)).notes
    assert note.startswith("t: names that several codes have: 'Time' (1; of time, time_2 taken as time).")
