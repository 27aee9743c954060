"""Exports of a study: what they hold is what stands, and what they cannot hold is said."""

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from coder.codebook import Code, Codebook
from coder.errors import CoderError, InputError, OutputError
from coder.exchange.read import read_codings
from coder.exchange.values import DRAFT_USER, without_drafts
from coder.store import Study
from coder.store.values import Decision, Proposal, ProposedCode
from coder.workflow.coded_files import coded_excerpts
from coder.workflow.study.export import Exported, ExportRequest, export_study
from coder.workflow.study.import_codings import import_codings
from coder.workflow.study.report_data import Names, read_data
from tests.study_making import CODEBOOK, TALK, add_talk, small_study

NS = "{urn:QDA-XML:project:1.0}"
EMOJI = TALK.replace("The sun", "🙂 The sun")


def suggest(study: Study, utterances: list[int]) -> None:
    model = study.models.add_shipped("starter", {}, "hash")
    run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
    codes = (
        ProposedCode("sun", "facilitator", 0.8, 0.7, True, "light"),
        ProposedCode("rain", None, 0.2, None, False),
    )
    study.suggestions.add_proposals(run, [Proposal(key, 0.9, 0.1, codes) for key in utterances])


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with small_study(tmp_path / "s.coder") as made:
        key = add_talk(made, "talk", EMOJI)
        units = {unit.text: unit for unit in made.texts.utterances(key, codable_only=True)}
        rained, sun, wind, roof = (
            next(unit for text, unit in units.items() if word in text)
            for word in ("rained", "sun", "only", "roof")
        )
        rain = Decision(rained.id, "add", "rain", "barrier", memo="wet\nvery")
        made.acts.decide("Ann", [rain, Decision(sun.id, "nothing")], mode="blind")
        span = (wind.start, roof.end)
        made.acts.decide(
            "Ann",
            [Decision(unit.id, "add", "wind", "facilitator", span=span) for unit in (wind, roof)],
            mode="blind",
        )
        made.acts.decide("Ben", [Decision(rained.id, "add", "rain", None)], mode="blind")
        suggest(made, [roof.id, units["We laughed."].id])
        made.people.link(key, "P", "Pia")
        made.people.set_attribute("participant", "Pia", "age group", ["30", "old"])
        made.people.add_coder("Cleo")
        made.memos.write("Cleo", "a memo 🙂", transcript=key)
        made.memos.write("Cleo", "another", transcript=key)
        made.memos.write("Cleo", "on these words", utterance=sun.id)
        made.memos.write("Cleo", "on rain", code="rain")
        made.people.set_attribute("transcript", made.texts.all()[0].uid, "set", ["first wave"])
        yield made


def export(study: Study, out: Path, **options: Any) -> Exported:
    return export_study(study, ExportRequest(out, **options))


def stands(study: Study) -> set[tuple[str, int, tuple[tuple[str, str | None], ...]]]:
    return {(item.coder, item.utterance, item.codes) for item in study.confirmed()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("name", "polarity"),
    [
        ("out.qdpx", "leaf"), ("out.qdpx", "branch"), ("out.csv", "leaf"), ("out.xlsx", "leaf"),
        ("out.jsonl", "leaf"), ("out.parquet", "leaf"),
    ],
)  # fmt: skip
def test_what_goes_out_comes_back(study: Study, tmp_path: Path, name: str, polarity: str) -> None:
    export(study, tmp_path / name, polarity=polarity)
    with small_study(tmp_path / "back.coder") as back:
        add_talk(back, "talk", EMOJI)
        report = import_codings(back, tmp_path / name)
        assert report.problems == []
        wanted = {item for item in stands(study) if item[2] or not name.endswith("qdpx")}
        assert stands(back) == wanted
        again = export(back, tmp_path / f"again{Path(name).suffix}", polarity=polarity)
        first, second = read_codings(tmp_path / name), read_codings(again.out)
        facts = [
            {(c.code, c.text, c.coder, c.polarity, c.start, c.end) for c in x.codings}
            for x in (first, second)
        ]
        assert facts[0] == facts[1]


@pytest.mark.parametrize("name", ["out.csv", "out.qdpx"])
def test_passages_of_one_code_that_overlap_with_two_polarities_keep_them(tmp_path: Path, name: str) -> None:
    """One passage was given to two utterances, and in one of them its polarity was changed later."""
    with small_study(tmp_path / "s.coder") as made:
        key = add_talk(made, "talk")
        first, second, third = made.texts.utterances(key, codable_only=True)[:3]
        span = (first.start, second.end)
        both = [Decision(unit.id, "add", "rain", "barrier", span=span) for unit in (first, second)]
        alike = [
            Decision(unit.id, "add", "sun", None, span=(first.start + 3, second.end))
            for unit in (first, second)
        ]
        made.acts.decide("Ann", [*both, *alike, Decision(third.id, "add", "sun", None)], mode="blind")
        made.acts.decide("Ann", [Decision(second.id, "add", "rain", "mixed", span=span)], mode="blind")
        export(made, tmp_path / name)
        coded = read_codings(tmp_path / name).codings
        of_rain = [(item.text, item.start, item.end) for item in coded if "rain" in item.code.casefold()]
        assert sorted(of_rain) == sorted((unit.text, unit.start, unit.end) for unit in (first, second))
        of_sun = {(item.start, item.end) for item in coded if "sun" in item.code.casefold()}
        assert of_sun == {(first.start + 3, second.end), (third.start, third.end)}  # left as they are
        with small_study(tmp_path / "back.coder") as back:
            add_talk(back, "talk")
            assert import_codings(back, tmp_path / name).problems == []
            assert stands(back) == stands(made)


@pytest.mark.parametrize("name", ["out.csv", "out.qdpx"])
def test_a_passage_is_cut_around_an_utterance_of_another_polarity_and_this_is_said(
    tmp_path: Path, name: str
) -> None:
    with small_study(tmp_path / "s.coder") as made:
        key = add_talk(made, "talk")
        units = made.texts.utterances(key, codable_only=True)[:5]
        span = (units[0].start + 2, units[4].end)
        made.acts.decide(
            "Ann", [Decision(unit.id, "add", "rain", "barrier", span=span) for unit in units], mode="blind"
        )
        made.acts.decide(
            "Ann", [Decision(units[3].id, "add", "rain", "facilitator", span=span)], mode="blind"
        )
        exported = export(made, tmp_path / name)
        places = {(item.start, item.end, item.polarity) for item in read_codings(tmp_path / name).codings}
        assert {place[:2] for place in places} == {
            (span[0], units[2].end), (units[3].start, units[3].end), (units[4].start, units[4].end),
        }  # fmt: skip
        assert any(note.startswith("2 passages cut to the utterances") for note in exported.notes)
        assert not any("cut to" in note for note in export(made, tmp_path / "x.csv", matrix=True).notes)
        with small_study(tmp_path / "back.coder") as back:
            add_talk(back, "talk")
            assert import_codings(back, tmp_path / name).problems == []
            assert stands(back) == stands(made)


def test_words_that_reach_into_an_utterance_of_another_polarity_stay_where_import_does_not_count_them(
    tmp_path: Path,
) -> None:
    with small_study(tmp_path / "s.coder") as made:
        key = add_talk(made, "talk")
        first, second, third = made.texts.utterances(key, codable_only=True)[:3]
        decisions = [
            Decision(first.id, "add", "rain", "barrier", span=(first.start, second.start + 5)),
            Decision(second.id, "add", "rain", "facilitator", span=(second.start, second.end)),
            Decision(third.id, "add", "sun", None, span=(second.start, third.end)),
        ]
        made.acts.decide("Ann", decisions, mode="blind")
        exported = export(made, tmp_path / "out.csv")
        assert {(int(row["start"]), int(row["end"])) for row in rows(tmp_path / "out.csv")} == {
            item.span for item in decisions
        }
        assert not any("cut to" in note for note in exported.notes)


def test_a_project_has_the_order_of_the_schema_and_is_the_same_every_time(
    study: Study, tmp_path: Path
) -> None:
    exported = export(study, tmp_path / "a.qdpx", drafts="branch")
    export(study, tmp_path / "b.qdpx", drafts="branch")
    assert (tmp_path / "a.qdpx").read_bytes() == (tmp_path / "b.qdpx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        xml = archive.read("project.qde")
        texts = {name: archive.read(name) for name in archive.namelist() if name.startswith("sources/")}
    root = ET.fromstring(xml)
    kinds = [child.tag.removeprefix(NS) for child in root]
    assert kinds == ["Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets"]
    notes = [note.get("name") for note in root.iter(f"{NS}Note")]
    assert len(notes) == len(set(notes)) == 3
    code = root.find(f".//{NS}Code[@name='Rain']")
    assert code is not None and [child.tag.removeprefix(NS) for child in code][:2] == [
        "Description",
        "NoteRef",
    ]
    assert [user.get("name") for user in root.iter(f"{NS}User")] == ["Ann", "Ben", "Cleo", DRAFT_USER]
    names = [code.get("name", "").casefold() for code in root.iter(f"{NS}Code")]
    assert len(names) == len(set(names))
    source = root.find(f".//{NS}TextSource")
    assert source is not None and not xml.startswith(b"\xef\xbb\xbf")
    order = [child.tag.removeprefix(NS) for child in source]
    assert order == sorted(order, key=["PlainTextSelection", "NoteRef", "VariableValue"].index)
    text = texts[f"sources/{source.get('guid')}.txt"].decode()
    assert text == EMOJI and "\r" not in text
    guids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(guids) == len(set(guids))
    targets = {element.get("targetGUID") for element in root.iter() if element.get("targetGUID")}
    assert targets <= set(guids)
    for selection in root.iter(f"{NS}PlainTextSelection"):
        assert selection.get("creatingUser") in guids
        assert text[
            int(selection.get("startPosition", 0)) : int(selection.get("endPosition", 0))
        ] == selection.get("name")
    assert any("UTF-16" in line for line in exported.left_out)


def test_drafts_are_never_mixed_with_codings(study: Study, tmp_path: Path) -> None:
    codings = {}
    for drafts in ("omit", "user", "branch"):
        exported = export(study, tmp_path / f"{drafts}.qdpx", drafts=drafts)
        codings[drafts] = read_codings(exported.out).codings
        assert len(without_drafts(codings[drafts])[0]) == len(codings["omit"])
    assert {item.code for item in codings["branch"] if item.coder == DRAFT_USER} == {
        "DRAFT > DRAFT Sun"
    } or all(item.code.startswith("DRAFT > ") for item in codings["branch"] if item.coder == DRAFT_USER)
    assert len(codings["user"]) == len(codings["branch"]) == len(codings["omit"]) + 1  # roof is decided
    assert any("1 unconfirmed suggestions" in line for line in export(study, tmp_path / "o.qdpx").left_out)
    _, notes = coded_excerpts([tmp_path / "user.qdpx"], codebook=CODEBOOK)
    assert any("1 unconfirmed suggestions of this program (drafts) were left out" in note for note in notes)


def test_the_table_has_a_row_a_coding_with_facts_beside_it(study: Study, tmp_path: Path) -> None:
    export(study, tmp_path / "out.csv")
    held = rows(tmp_path / "out.csv")
    assert [(row["coder"], row["code"], row["polarity"]) for row in held] == [
        ("Ann", "rain", "barrier"), ("Ann", "", ""), ("Ann", "wind", "facilitator"), ("Ben", "rain", ""),
    ]  # fmt: skip
    wind = held[2]
    assert (wind["text"], wind["participant"], wind["age group"]) == (
        "Wind, only wind. It took the roof off.", "Pia", "30; old",
    )  # fmt: skip
    assert held[0]["memo"] == "wet\nvery"
    assert all(EMOJI[int(row["start"]) : int(row["end"])] == row["text"] for row in held)
    only = export(study, tmp_path / "ben.csv", coders=("Ben",))
    assert {row["coder"] for row in rows(only.out)} == {"Ben"}


def test_passages_and_codings_are_counted_side_by_side_and_as_the_report_counts_them(
    study: Study, tmp_path: Path
) -> None:
    exported = export(study, tmp_path / "out.csv")
    assert exported.counts == ("4 rows", "3 coded passages", "1 utterance with nothing to code")
    passages, report = exported.notes
    assert "3 passages are 4 codings (an utterance with a code of one coder)" in passages
    reported = len(read_data(study, Names()).codings)  # Ann and Ben gave one utterance the same code
    assert reported == 3 and "The report counts 3 of these 4 codings" in report
    assert export(study, tmp_path / "out.qdpx").counts[1] == "3 coded passages"
    assert export(study, tmp_path / "ben.csv", coders=("Ben",)).notes == ()


def test_the_matrix_has_a_row_an_utterance_and_coder(study: Study, tmp_path: Path) -> None:
    export(study, tmp_path / "m.csv", matrix=True)
    held = rows(tmp_path / "m.csv")
    assert [(row["coder"], row["rain"], row["rain_barrier"], row["wind_facilitator"]) for row in held] == [
        ("Ann", "1", "1", "0"), ("Ann", "0", "0", "0"), ("Ann", "0", "0", "1"), ("Ann", "0", "0", "1"),
        ("Ben", "1", "0", "0"),
    ]  # fmt: skip
    assert [row["text"] for row in held[2:4]] == ["Wind, only wind.", "It took the roof off."]
    assert {row["age group"] for row in held} == {"30; old"}


def test_suggestions_have_the_columns_of_precoding(study: Study, tmp_path: Path) -> None:
    export(study, tmp_path / "s.jsonl", suggestions=True)
    (row,) = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (row["text"], row["code"], row["status"], row["transcript"]) == (
        "We laughed.",
        "sun",
        "suggested",
        "talk",
    )


def test_word_has_a_comment_a_coding_by_its_coder(study: Study, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    exported = export(study, tmp_path / "out.docx")
    made = docx.Document(str(exported.out))
    assert [(item.author, item.text) for item in made.comments] == [
        ("Ann", "Rain: barrier\nwet\nvery"), ("Ann", "Wind: facilitator"), ("Ben", "Rain"),
    ]  # fmt: skip
    spoken = [paragraph.text for paragraph in made.paragraphs]
    assert "P: It rained all day. 🙂 The sun came later. Mm." in spoken
    assert any("1 utterances that have nothing to code" in line for line in exported.left_out)


def test_spss_has_labels_of_variables_and_of_what_is_known_of_people(study: Study, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    study.people.set_attribute("participant", "Pia", "with", ["ward nurse"])  # a word of SPSS's own language
    study.people.set_attribute("participant", "Pia", "years", ["7.5"])
    study.people.set_attribute("participant", "Quin", "with", ["matron"])
    study.people.set_attribute("participant", "Quin", "years", ["12"])
    add_talk(study, "other", TALK + "P: Once more.\n")
    other = study.texts.utterances(study.texts.find("other"), codable_only=True)[0]
    study.acts.decide("Ben", [Decision(other.id, "add", "wind", "barrier")], mode="blind")
    assert export(study, tmp_path / "out.sav").left_out == ()
    frame, meta = pyreadstat.read_sav(str(tmp_path / "out.sav"))
    assert frame["rain"].tolist() == [0, 1, 0, 0, 0, 1]
    assert meta.variable_value_labels["rain"] == {0: "no", 1: "yes"}
    labels = meta.column_names_to_labels
    assert (labels["wind_barrier"], labels["with_"], labels["years"]) == ("Wind: barrier", "with", "years")
    assert meta.variable_value_labels["with_"] == {1: "matron", 2: "ward nurse"}
    assert meta.variable_measure["years"] == "scale" and meta.variable_measure["with_"] == "nominal"
    assert frame["years"].isna().tolist() == [True, False, False, False, False, False]
    assert frame["with_"].dropna().unique().tolist() == [2] and frame["years"].max() == 7.5
    # Pia has two values of "age group": one 0/1 variable for each, not stated where nothing is known.
    assert (labels["age_group_30"], labels["age_group_old"]) == ("age group: 30", "age group: old")
    assert frame["age_group_old"].dropna().unique().tolist() == [1]
    named, _ = pyreadstat.read_sav(str(tmp_path / "out.sav"), apply_value_formats=True)
    assert set(named["with_"].dropna()) == {"ward nurse"}
    assert frame["set"].isna().tolist() == [True, False, False, False, False, False]
    study.people.set_attribute(
        "participant", "Quin", "ward", ["7a"]
    )  # Quin does not speak: a column without values
    export(study, tmp_path / "none.sav", coders=("Cleo",))
    empty, meta = pyreadstat.read_sav(str(tmp_path / "none.sav"))
    assert len(empty) == 0 and meta.variable_value_labels["ward"] == {1: "7a"}


def test_spss_keeps_second_values_and_numbers_as_they_are_written(study: Study, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    for name, pia in (("visits", ["1", "2"]), ("ticket", ["007"]), ("sum", ["1_000"])):
        study.people.set_attribute("participant", "Pia", name, pia)
    for number in range(3, 50):  # so many that they are no 0/1 variables
        study.people.set_attribute("participant", f"N{number}", "visits", [str(number)])
    export(study, tmp_path / "out.sav")
    frame, meta = pyreadstat.read_sav(str(tmp_path / "out.sav"))
    assert set(frame["visits"].dropna()) - {""} == {"1; 2"}
    assert meta.variable_value_labels["ticket"] == {1: "007"} and meta.variable_value_labels["sum"] == {
        1: "1_000"
    }


def test_variables_have_names_that_no_other_has_and_spss_takes(study: Study, tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    codes = [Code("a-b", "One"), Code("a_b", "Two"), Code("9" * 90, "Long"), Code("to", "Word")]
    study.codebooks.add(Codebook("odd", tuple(codes)), note="odd")
    unit = study.texts.utterances(study.texts.find("talk"), codable_only=True)[0]
    study.acts.decide("Ben", [Decision(unit.id, "add", "a_b", "barrier")], mode="blind")
    export(study, tmp_path / "out.sav")
    export(study, tmp_path / "out.csv", matrix=True)
    frame, meta = pyreadstat.read_sav(str(tmp_path / "out.sav"))
    assert [meta.column_names_to_labels[name] for name in ("a_b", "a_b_2", "to_")] == ["One", "Two", "Word"]
    assert (frame["a_b"].sum(), frame["a_b_2"].sum()) == (0, 1)
    assert max(len(name.encode()) for name in frame.columns) <= 64
    assert sum(int(row["a_b_2"]) for row in rows(tmp_path / "out.csv")) == 1


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("out.doc", {}, OutputError),
        ("out.qdpx", {"suggestions": True}, InputError),
        ("out.docx", {"matrix": True}, InputError),
        ("out.csv", {"drafts": "user"}, InputError),
        ("out.csv", {"polarity": "branch"}, InputError),
        ("out.csv", {"suggestions": True, "matrix": True}, InputError),
        ("no/out.csv", {}, OutputError),
    ],
)
def test_what_does_not_fit_is_refused(
    study: Study, tmp_path: Path, name: str, options: dict[str, Any], error: type[CoderError]
) -> None:
    with pytest.raises(error):
        export(study, tmp_path / name, **options)


def test_a_file_is_not_replaced_unasked(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "out.qdpx"
    export(study, out)
    with pytest.raises(OutputError, match="--force"):
        export(study, out)
    export(study, out, force=True)


def test_codes_of_one_name_and_names_of_components_stay_apart(tmp_path: Path) -> None:
    book = Codebook(
        "twins",
        (Code("a", "Rain", parent="Rain"), Code("b", "rain", parent="Sun"), Code("c", "Rain: barrier")),
    )
    with Study.create(tmp_path / "t.coder", book) as study:
        study.people.add_coder("Ann")
        key = add_talk(study, "talk")
        unit = study.texts.utterances(key, codable_only=True)[0]
        study.acts.decide("Ann", [Decision(unit.id, "add", code, "barrier") for code in "abc"], mode="blind")
        found = read_codings(export(study, tmp_path / "t.qdpx").out)
        assert len({item.code for item in found.codings}) == 3
