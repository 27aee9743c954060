"""Codebooks: every problem at once with its line, and nothing lost on the way through a file."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.codebook import (
    Code,
    Codebook,
    Example,
    SubTheme,
    component_named,
    headed,
    load_codebook,
    parse_codebook,
    shipped_name,
    shipped_names,
    to_yaml,
)
from coder.errors import CodebookError

GOOD = """\
name: Test
codes:
  - id: time
    label: Time
    definition: Having time.
    parent: Opportunity
    subthemes: [short visits, {label: long visits, polarity: facilitator}]
    examples:
      - {text: "There is no time.", polarity: barrier}
"""


def test_reads_what_stands_there() -> None:
    book = parse_codebook(GOOD)
    code = book.by_id["time"]
    assert book.ids == ("time",)
    assert book.components == ("Opportunity",)
    assert code.subthemes == (SubTheme("short visits"), SubTheme("long visits", "facilitator"))
    assert code.examples == (Example("There is no time.", "barrier"),)
    assert book.polarity == ("barrier", "facilitator", "mixed")


@pytest.mark.parametrize("named", ["org", "Organisation", "organisation"])
def test_a_code_named_as_a_parent_heads_its_component(named: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "codes:\n  - {id: org, label: Organisation}\n  - {id: rel, label: Relations}\n"
        f"  - {{id: time, label: Time, parent: {named}}}\n  - {{id: trust, label: Trust, parent: rel}}\n"
        f"  - {{id: staff, label: Staff, parent: {named}}}\n",
        encoding="utf-8",
    )
    book = load_codebook(path)
    assert [(code.id, code.parent) for code in book.codes] == [
        ("org", "Organisation"), ("time", "Organisation"), ("staff", "Organisation"),
        ("rel", "Relations"), ("trust", "Relations"),
    ]  # fmt: skip
    assert book.components == ("Organisation", "Relations")
    path.write_text(to_yaml(book), encoding="utf-8")
    assert load_codebook(path) == book


def test_a_heading_is_no_code_because_one_below_it_is_called_so() -> None:
    book = Codebook("own", (Code("trust", "Trust", parent="trust"), Code("doubt", "Doubt", parent="trust")))
    assert headed(book, Path("x")) == (book, [])


def test_codes_of_three_levels_count_in_the_topmost_component_and_it_is_said() -> None:
    codes = (Code("d", "D", parent="c"), Code("a", "Work"), Code("c", "Sub", parent="Work"), Code("z", "Z"))
    book, notes = headed(Codebook("own", codes), Path("own.yaml"))
    assert [(code.id, code.parent) for code in book.codes] == [
        ("d", "Work"), ("a", "Work"), ("c", "Work"), ("z", None),
    ]  # fmt: skip
    assert notes == [
        "own.yaml: there is one level of components; 1 code that stands deeper counts in the topmost:"
        " 'D' (below 'Sub') in Work."
    ]
    under = (Code("a", "A", parent="Top"), Code("b", "B", parent="a"))
    book, notes = headed(Codebook("own", under), Path("x"))
    assert [code.parent for code in book.codes] == ["Top", "Top"] and "'B' (below 'A') in Top" in notes[0]


def test_codes_that_are_each_others_parent_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "codes:\n  - {id: a, label: A, parent: b}\n  - {id: b, label: B, parent: a}\n", encoding="utf-8"
    )
    with pytest.raises(CodebookError, match=r"each other's parent: 'A', 'B'\. Take one parent out"):
        load_codebook(path)


def test_a_component_is_named_by_a_code_of_it_or_by_a_heading() -> None:
    book = Codebook("b", (Code("work", "Work"), Code("c", "C", parent="Top")))
    named, headed_by = component_named(book, "work")
    assert named == "Work" and headed_by.by_id["work"].parent == "Work"
    assert component_named(book, "C") == ("Top", book)
    assert component_named(book, "Sky") == ("Sky", book)
    assert component_named(book, "") == (None, book)


def test_empty_polarity_switches_the_axis_off() -> None:
    assert parse_codebook(GOOD + "polarity: []\n").polarity == ()


def test_every_problem_is_named_with_its_line() -> None:
    broken = """\
name: Broken
colour: red
polarity: [good]
codes:
  - id: two words
    label: A
  - id: same
    labell: B
  - id: Same
    colour: blue
    subthemes: not a list
  - just text
  - id: e
    examples: [{words: x}, {text: y, polarity: bad}]
"""
    with pytest.raises(CodebookError) as caught:
        parse_codebook(broken, "book.yaml")
    text = str(caught.value)
    for expected in (
        "line 2: unknown key 'colour'", "line 3: polarity 'good'", "line 5: `id` must be one word",
        "line 8: unknown key 'labell'", "line 9: id 'Same' was used before, on line 7", "line 10: `colour`",
        "line 11: `subthemes` must be a list", "line 12: each code is a block", "line 14: each entry of `examples`",
        "line 14: polarity 'bad'",
    ):  # fmt: skip
        assert expected in text
    assert len(caught.value.problems) == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "starts with"),
        ("- a\n- b\n", "starts with"),
        ("name: x\ncodes: []\n", "at least one code"),
        ("name: [unclosed\n", "line 2"),
        ("a: &x [1]\ncodes: [*x, *x]\n", "aliases"),
        ("codes: " + "[" * 5000 + "]" * 5000, "nested deeper"),
        ("codes: 2024-99-99\n", "cannot be read as YAML"),
        ("codes:\n  - {id: a, label: 3.5, definition: [x]}\n", "must be text"),
    ],
)
def test_broken_files_are_a_sentence(text: str, expected: str) -> None:
    with pytest.raises(CodebookError, match=expected):
        parse_codebook(text)


def test_unknown_name_lists_the_shipped_ones() -> None:
    with pytest.raises(CodebookError, match="comb, coproduction"):
        load_codebook("komb")


def test_not_utf8_is_said(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: Café\n".encode("cp1252"))
    with pytest.raises(CodebookError, match="UTF-8"):
        load_codebook(path)


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_codebooks_are_whole(name: str) -> None:
    book = load_codebook(name)
    assert len(book.ids) == 6
    assert book.components == ("Capability", "Opportunity", "Motivation")
    for code in book.codes:
        assert code.definition and code.include and code.exclude and code.subthemes and code.colour


def test_mistyped_id_finds_its_neighbour() -> None:
    comb = load_codebook("comb")
    assert comb.nearest_id("reflective_motivaton") == "reflective_motivation"
    assert comb.nearest_id("Physical Opportunity") == "physical_opportunity"
    assert comb.nearest_id("weather") is None


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(label=WORDS, definition=WORDS, subs=st.lists(WORDS, max_size=3), example=WORDS)
def test_yaml_round_trip_keeps_everything(label: str, definition: str, subs: list[str], example: str) -> None:
    code = Code(
        "a", label, definition, subthemes=tuple(SubTheme(sub, "barrier") for sub in subs),
        examples=(Example(example),),
    )  # fmt: skip
    book = Codebook("round", (code,), polarity=("barrier",))
    again = parse_codebook(to_yaml(book))
    assert again == book
    assert again.hash == book.hash


@pytest.mark.parametrize(
    "name", ["comb", "COM-B", "COM\u2013B", "COM\u2011B", "com b", "Com_B", "CoProduction"]
)
def test_a_shipped_codebook_is_meant_however_it_is_spelled(name: str) -> None:
    meant = "coproduction" if len(name) > 5 else "comb"
    assert load_codebook(name) == load_codebook(meant)


@pytest.mark.parametrize("name", ["com.b", "combs", "COM-B.yaml", "co", "", "models/comb", "TDF"])
def test_another_name_is_no_shipped_codebook(name: str) -> None:
    assert shipped_name(name) is None


def test_a_file_goes_before_a_shipped_codebook_of_another_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("COM-B").write_text("name: Mine\ncodes:\n  - id: time\n", encoding="utf-8")
    assert load_codebook("COM-B").ids == ("time",)
    assert load_codebook("com-b").name == "COM-B"


def test_a_folder_of_its_name_hides_no_shipped_codebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("COM-B").mkdir()
    assert load_codebook("COM-B") == load_codebook("comb")
