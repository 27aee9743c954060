"""Coded excerpts from tables: every form codes come in, rows of one passage joined, problems told by row."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coder.codebook import Code, Codebook
from coder.coded_tables.excerpts import Excerpt, codebook_for, excerpts_of, training_set
from coder.errors import TableError
from coder.workflow.coded_files import coded_excerpts


def read(rows: list[dict[str, Any]], **options: Any) -> list[Excerpt]:
    return excerpts_of(pd.DataFrame(rows), **options)[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a", {"a"}),
        ("a; b;", {"a", "b"}),
        ('["a", "b"]', {"a", "b"}),
        ("['a', 'b']", {"a", "b"}),
        (["a", "b"], {"a", "b"}),
        ("", set()),
        ("-", set()),
        (None, set()),
        (float("nan"), set()),
        ("N/A", set()),
        ("none; b", {"b"}),
        ("No code", set()),
        (7.0, {"7"}),
    ],
)
def test_codes_in_every_form(cell: Any, expected: set[str]) -> None:
    assert read([{"text": "words", "codes": cell}])[0].codes == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Enabler", "facilitator"), ("positive", "facilitator"), ("Pos", "facilitator"),
        ("negative", "barrier"), ("neg", "barrier"), ("BARRIERS", "barrier"),
        ("both", "mixed"), ("ambivalent", "mixed"), (None, None), ("neutral", None),
    ],
)  # fmt: skip
def test_polarity_words_of_other_teams_are_understood(said: str | None, expected: str | None) -> None:
    assert read([{"text": "one", "code": "a", "polarity": said}])[0].polarity == expected


def test_a_word_that_says_neither_yes_nor_no_is_named() -> None:
    rows = [
        {"text": str(at), "code": "time", "written": cell}
        for at, cell in enumerate(["x", "1.0", "", "perhaps"])
    ]
    excerpts, notes = excerpts_of(pd.DataFrame(rows))
    assert [item.written for item in excerpts] == [True, True, False, False]
    assert "the table: 'written' should say yes or no; taken as no: 'perhaps'." in notes


def test_each_survey_of_an_exported_study_has_a_topic_of_its_own() -> None:
    rows = [
        {"text": f"{home} {at}", "code": "a", "transcript": home, "speaker": f"R{at}", "written": written}
        for home, written in (("parking", "yes"), ("food", "yes"), ("interview", "no"), ("other", "no"))
        for at in range(2)
    ]
    data = training_set(read(rows, study="pilot"), Codebook("book", (Code("a", "A"),)))
    assert data.batch.studies == ["pilot: parking"] * 2 + ["pilot: food"] * 2 + ["pilot"] * 4
    assert set(data.studies) == {"pilot"}  # one study all the same, where studies are held out
    people = [{"text": str(at), "code": "a", "participant": f"P{at}", "written": "yes"} for at in range(3)]
    assert set(training_set(read(people, study="s"), Codebook("book", (Code("a", "A"),))).topics) == {"s"}


def test_signs_are_polarities_where_the_column_leaves_no_doubt() -> None:
    def polarities(*said: object) -> list[str | None]:
        return [
            item.polarity
            for item in read(
                [{"text": str(at), "code": "a", "polarity": word} for at, word in enumerate(said)]
            )
        ]

    assert polarities("+", "-", "+/-", "−") == ["facilitator", "barrier", "mixed", "barrier"]
    assert polarities(1.0, -1.0, 0.0) == ["facilitator", "barrier", None]
    assert polarities("+1", "-1") == ["facilitator", "barrier"]
    assert polarities("-", "barrier", "1") == [None, "barrier", None]


def test_an_unknown_polarity_costs_no_row_and_is_told_once_with_its_count() -> None:
    rows = [{"text": f"words {at}", "code": "a", "polarity": "sideways"} for at in range(3)]
    excerpts, notes = excerpts_of(pd.DataFrame(rows))
    assert [(set(item.codes), item.polarity) for item in excerpts] == [({"a"}, None)] * 3
    said = [note for note in notes if "polarity" in note]
    assert len(said) == 1 and "polarity 'sideways' (3 rows) is not barrier, facilitator or mixed" in said[0]


def test_columns_are_known_whatever_their_case() -> None:
    row = {
        "Participant ID": "P1",
        "TEXT": "x",
        "Codes": "a",
        "Polarity": "barrier",
        "Study": "S",
        "Question": "Why?",
    }
    (found,) = read([row])
    assert (found.group, set(found.codes), found.polarity) == ("P1", {"a"}, "barrier")
    assert (found.study, found.question) == ("S", "Why?")
    assert read([{"text": "x", "code": "a", "Site": "north"}], group="site")[0].group == "north"


def test_of_code_and_codes_the_second_is_used_and_that_is_said() -> None:
    excerpts, notes = excerpts_of(pd.DataFrame({"text": ["x"], "Code": ["a"], "Codes": ["b"]}))
    assert excerpts[0].codes == {"b"}
    assert notes == ["the table has both 'Codes' and 'Code': 'Codes' was used."]


def test_words_for_no_code_are_told_with_their_count() -> None:
    _, notes = excerpts_of(pd.DataFrame({"text": ["x", "y", "z"], "code": ["N/A", "N/A", "a"]}))
    assert "read as nothing to code: 'N/A' (2 rows)" in " ".join(notes)


def test_codes_joined_by_a_comma_or_bar_are_parted_if_they_are_all_known() -> None:
    excerpts, notes = excerpts_of(pd.DataFrame({"text": list("xyzw"), "code": ["a", "b", "a, b", "b|a"]}))
    assert [item.codes for item in excerpts[2:]] == [{"a", "b"}] * 2
    assert "codes joined by a comma or bar (2 rows) were read" in " ".join(notes)
    (comb,) = read([{"text": "x", "codes": "physical_opportunity, Social opportunity"}])
    assert comb.codes == {"physical_opportunity", "social_opportunity"}
    one = read([{"text": "x", "code": "pain, fear"}])
    assert one[0].codes == {"pain, fear"}
    book = Codebook("mine", (Code("pain", "Pain"), Code("fear", "Fear")))
    assert training_set(one, book).labels.tolist() == [[1, 1]]
    with pytest.raises(TableError, match=r"joined by ';', and 'fright' is not one"):
        training_set(read([{"text": "x", "code": "pain, fright"}]), book)


def test_rows_without_text_are_told_and_the_rest_is_kept() -> None:
    excerpts, notes = excerpts_of(pd.DataFrame({"text": ["good", "  ", None], "code": ["a", "a", "a"]}))
    assert len(excerpts) == 1
    assert "Row 3 has no text. Row 4 has no text." in " ".join(notes)
    with pytest.raises(TableError, match="no row with a text"):
        excerpts_of(pd.DataFrame({"text": [""], "code": ["a"]}))


def test_missing_columns_are_told_with_those_there_are() -> None:
    with pytest.raises(TableError, match=r"no column text and code.*words, subject"):
        excerpts_of(pd.DataFrame({"words": ["x"], "subject": ["y"]}))
    with pytest.raises(TableError, match="no column 'site' to group by"):
        excerpts_of(pd.DataFrame({"text": ["x"], "code": ["y"]}), group="site")


def test_group_is_the_first_known_column_or_the_whole_table() -> None:
    row = {"text": "x", "code": "a", "participant": "P1", "study": "S"}
    assert (read([row])[0].group, read([row])[0].study) == ("P1", "S")
    assert read([row], group="study")[0].group == "S"
    plain = read([{"text": "No.", "code": "a"}, {"text": "No.", "code": "b"}], study="survey")
    assert [item.group for item in plain] == ["survey", "survey"]
    assert {item.study for item in plain} == {"survey"}


def test_ids_are_kept_apart_by_study_where_several_studies_or_files_come_together(tmp_path: Path) -> None:
    rows = [{"text": f"x{study}", "code": "a", "participant": "P1", "study": study} for study in "AB"]
    assert [item.group for item in read(rows)] == ["A: P1", "B: P1"]
    assert [item.group for item in read(rows, group="study")] == ["A", "B"]
    assert {item.group for item in read([{**row, "site": "north"} for row in rows], group="site")} == {
        "north"
    }
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "coded.csv").write_text(
            f"participant,text,code\nP1,{folder},a\n", encoding="utf-8"
        )
    excerpts, _ = coded_excerpts([tmp_path / "one/coded.csv", tmp_path / "two/coded.csv"])
    assert [item.group for item in excerpts] == ["one/coded: P1", "two/coded: P1"]


def test_equal_answers_in_one_study_are_not_joined_for_being_in_one_study() -> None:
    rows = [{"text": "Nothing.", "code": code, "study": "S"} for code in ("a", "b")]
    assert [item.codes for item in read(rows)] == [{"a"}, {"b"}]
    assert [item.codes for item in read([{**row, "unit": "7"} for row in rows])] == [{"a", "b"}]
    people = [{**row, "participant": f"P{at}", "site": "north"} for at, row in enumerate(rows)]
    assert len(read(people, group="site")) == 2
    assert len(read([{**row, "transcript": "t"} for row in rows], group="study")) == 1


def test_sentences_that_come_again_in_other_groups_are_told_with_an_example() -> None:
    text = "we waited for hours in that corridor"
    rows = [{"text": text, "code": "a", "participant": f"P{at}"} for at in range(3)]
    short = [{"text": "Nothing.", "code": "a", "participant": f"P{at}"} for at in range(3)]
    _, notes = excerpts_of(pd.DataFrame(rows + short))
    assert len(notes) == 1 and notes[0].startswith("2 excerpts repeat word for word")
    assert f"“{text}” (P0 and P1)" in notes[0]
    assert excerpts_of(pd.DataFrame(short))[1] == []
    one = [{"text": text, "code": code, "study": "S"} for code in "ab"]
    assert excerpts_of(pd.DataFrame(one))[1][0].startswith("1 row with the text of another row of the group")
    assert excerpts_of(pd.DataFrame([{**row, "unit": at} for at, row in enumerate(one)]))[1] == []


def test_two_rows_of_one_passage_are_two_codes() -> None:
    rows = [{"text": "same", "code": code, "transcript": "t", "polarity": "barrier"} for code in "ab"]
    joined = read(rows)
    assert [item.codes for item in joined] == [{"a", "b"}]
    assert joined[0].polarity == "barrier"


def test_two_coders_of_one_passage_are_one_example_weighted_by_agreement() -> None:
    rows = [
        {"text": "same", "code": "a", "transcript": "t", "coder": "R1", "polarity": "barrier"},
        {"text": "same", "code": "b", "transcript": "t", "coder": "R1", "polarity": "barrier"},
        {"text": "same", "code": "a", "transcript": "t", "coder": "R2", "polarity": "facilitator"},
        {"text": "same", "code": "c", "transcript": "t", "coder": "R3", "polarity": "barrier"},
    ]
    (joined,) = read(rows)
    assert joined.codes == {"a"}
    assert joined.polarity == "mixed"
    assert joined.coders == ("R1", "R2", "R3")
    assert joined.weight == pytest.approx((2 / 3 + 1 / 3 + 1 / 3) / 3)


def test_codebook_is_given_or_comb_or_made() -> None:
    comb = read([{"text": "x", "code": "physical_opportunity"}])
    assert codebook_for(comb, None)[0].name == "COM-B"
    made, notes = codebook_for(read([{"text": "x", "code": "b"}, {"text": "y", "code": "a"}]), None)
    assert made.ids == ("a", "b")
    assert made.polarity == ()
    assert "made one of the 2 codes" in notes[0]
    mine = Codebook("mine", (Code("z", "Z"),))
    assert codebook_for(comb, mine) == (mine, [])


def test_unknown_codes_are_named_with_file_row_and_the_id_meant(tmp_path: Path) -> None:
    book = Codebook("mine", (Code("waiting", "Waiting"),))
    with pytest.raises(TableError, match=r"'wating' \(row 2 of the table\); did you mean 'waiting'"):
        training_set(read([{"text": "x", "code": "wating"}]), book)
    (tmp_path / "a.csv").write_text(
        "a list\n\ntext,code\nx,waiting\n,waiting\ny,wating\nz,wating\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text(
        "transcript,text,code\nt,same,waiting\nt,same,Waiting\nt,same,wating\n", encoding="utf-8"
    )
    excerpts, _ = coded_excerpts([tmp_path / "a.csv", tmp_path / "b.csv"])
    rows = rf"\(rows 6, 7 of {tmp_path}/a.csv; row 4 of {tmp_path}/b.csv\)"
    with pytest.raises(TableError, match=rf"(?s)--codebook FILE.*'wating' {rows}; did you mean"):
        training_set(excerpts, book)


def test_a_misspelt_comb_code_does_not_make_a_codebook_of_its_own() -> None:
    ids = ("physical_opportunity", "social_opportunity", "reflective_motivation")
    good = [{"text": f"x{code}", "code": code} for code in ids]
    for wrong in ("physical_oportunity", "weather"):
        with pytest.raises(
            TableError, match=rf"'COM-B' does not have.*--codebook FILE(?s:.*)'{wrong}' \(row 5"
        ):
            codebook_for(read([*good, {"text": "y", "code": wrong}]), None)
    with pytest.raises(TableError, match="did you mean 'physical_opportunity'"):
        codebook_for(read([{"text": "y", "code": code} for code in ("weather", "physical_oportunity")]), None)
    own = [{"text": code, "code": code} for code in ("weather", "theme 1", "theme 2", "physical_ability")]
    assert codebook_for(read([*good[:1], *own]), None)[0].name == "codes of the table"
    labels = [{"text": "x", "code": "Physical opportunity"}]
    assert codebook_for(read(labels), None)[0].name == "COM-B"


def test_codes_of_a_made_codebook_that_are_spelt_almost_alike_are_told() -> None:
    rows = [{"text": code, "code": code} for code in ("care_received", "Care recieved", "theme 1", "theme 2")]
    notes = codebook_for(read(rows), None)[1]
    assert notes[1].startswith(
        "Codes spelt nearly alike: 'Care recieved' and 'care_received'. Is each pair one"
    )


def test_files_name_the_study_of_rows_that_do_not(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.csv").write_text("text,code\nsome words,a\n", encoding="utf-8")
    excerpts, _ = coded_excerpts([tmp_path / "first.csv", tmp_path / "second.csv"])
    assert [item.study for item in excerpts] == ["first", "second"]


def test_a_table_that_does_not_tell_interviews_apart_is_one_group_and_that_is_said() -> None:
    rows = [{"text": f"words {at}", "code": "ab"[at % 2]} for at in range(80)]
    excerpts, notes = excerpts_of(pd.DataFrame(rows), where="rows.csv")
    assert len({item.group for item in excerpts}) == 1
    (said,) = [note for note in notes if "no column tells" in note]
    assert "all 80 rows count as one group" in said and "--group" in said


def test_interviews_are_told_apart_by_a_heading_in_any_language() -> None:
    for heading in ("Interview", "Transkript", "Entretien", "Fall", "Archivo", "Deelnemer"):
        excerpts, notes = excerpts_of(
            pd.DataFrame({"text": ["a b", "c d"], "code": ["x", "y"], heading: ["1", "2"]})
        )
        assert [item.group for item in excerpts] == ["1", "2"], heading
        assert notes == []


def test_columns_that_were_not_read_are_named() -> None:
    _, notes = excerpts_of(
        pd.DataFrame({"text": ["a"], "code": ["x"], "transcript": ["t"], "Wetter": ["sun"]})
    )
    assert notes == ["the table: columns that were not read: 'Wetter' (--by COLUMN splits figures by one)."]


def test_codes_that_differ_in_case_or_spaces_are_one_code_and_that_is_said() -> None:
    frame = pd.DataFrame(
        {"text": list("abc"), "code": ["Money", "money ", "Money"], "transcript": list("stu")}
    )
    excerpts, notes = excerpts_of(frame)
    assert {code for item in excerpts for code in item.codes} == {"Money"}
    assert "'Money' = 'money'" in notes[0]


def test_polarity_may_stand_behind_the_code() -> None:
    (item,) = read([{"text": "x", "code": "time: barrier; money"}])
    assert (set(item.codes), item.polarity) == ({"time", "money"}, "barrier")
    assert read([{"text": "x", "code": "time:barrier; money:facilitator"}])[0].polarity == "mixed"


def test_passages_marked_in_label_studio_are_excerpts_of_their_own() -> None:
    cell = '[{"start": 0, "end": 4, "text": "late", "labels": ["Time"]}, {"start": 5, "end": 9, "labels": ["Bus"]}]'
    frame = pd.DataFrame({"text": ["late bus.", "no mark"], "label": [cell, None], "file": ["i1", "i1"]})
    excerpts, notes = excerpts_of(frame)
    assert [(item.text, set(item.codes)) for item in excerpts] == [
        ("late", {"Time"}), ("bus.", {"Bus"}), ("no mark", set()),
    ]  # fmt: skip
    assert any("1 row with passages marked in Label Studio, read as 3 rows" in note for note in notes)
    (choice,) = read(
        [{"text": "x", "sentiment": '{"choices": ["a", "b"]}', "code": '{"choices": ["a", "b"]}'}]
    )
    assert choice.codes == {"a", "b"}


def test_where_somebody_adjudicated_that_alone_counts() -> None:
    said = [("A", "a"), ("B", "b"), ("adjudicated", "c")]
    rows = [{"transcript": "t", "text": "one", "coder": coder, "code": code} for coder, code in said]
    [excerpt] = read(rows)
    assert excerpt.codes == {"c"} and excerpt.coders == ("adjudicated",) and excerpt.weight == 1.0


def test_what_was_adjudicated_holds_where_a_coder_marked_other_words() -> None:
    said = [
        ("A", "t", "fine day", 4, 12, "a"),
        ("B", "t", "one fine day", 0, 12, "b"),
        ("adjudicated", "t", "one fine day", 0, 12, "b"),
        ("A", "t", "next", 12, 16, "a"),
        ("A", "u", "fine day", 4, 12, "a"),
        ("A", "t", "no place", None, None, "a"),
    ]
    rows = [
        dict(zip(("coder", "transcript", "text", "start", "end", "code"), row, strict=True)) for row in said
    ]
    excerpts, notes = excerpts_of(pd.DataFrame(rows))
    assert [(item.home, item.text, *item.codes, item.row) for item in excerpts] == [
        ("t", "one fine day", "b", 4), ("t", "next", "a", 5), ("u", "fine day", "a", 6), ("t", "no place", "a", 7),
    ]  # fmt: skip
    assert any("2 rows of coders left out" in note for note in notes)
    nowhere = [{key: value for key, value in row.items() if key != "transcript"} for row in rows]
    assert not any("adjudicated" in note for note in excerpts_of(pd.DataFrame(nowhere))[1])
