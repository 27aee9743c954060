"""Codes that come back under another name are known by their GUID."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from coder.codebook import Code, Codebook, load_codebook, parse_codebook, to_yaml
from coder.errors import CodebookError
from coder.exchange.code_guids import code_guid, with_known_ids
from coder.exchange.codebooks import read_codebook, to_csv, to_qdc, write_codebook
from coder.exchange.read import read_codings
from coder.store.values import Decision
from coder.workflow.study.codebook_edit import change_codebook
from coder.workflow.study.codings_preview import preview_codings
from coder.workflow.study.export import ExportRequest, export_study
from coder.workflow.study.import_codings import import_codings
from tests.study_making import CODEBOOK, small_study

THEIRS = "1b4e28ba-2fa1-11d2-883f-0016d3cca427"


def in_qde(path: Path, out: Path, *changes: tuple[str, str]) -> Path:
    """Write a project anew with changes in its XML, as another tool in which somebody renamed codes."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w") as changed:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "project.qde":
                text = data.decode()
                for old, new in changes:
                    assert old in text
                    text = text.replace(old, new)
                data = text.encode()
            changed.writestr(name, data)
    return out


def test_a_code_that_was_renamed_in_another_tool_is_the_same_code(tmp_path: Path) -> None:
    with small_study(tmp_path / "s.coder", "talk") as study:
        rained, sun, *_ = study.texts.utterances(study.texts.find("talk"), codable_only=True)
        study.acts.decide("Ann", [Decision(rained.id, "add", "rain", "barrier")], mode="blind")
        study.acts.decide("Ann", [Decision(sun.id, "add", "sun")], mode="blind")
        export_study(study, ExportRequest(tmp_path / "out.qdpx"))
    renamed = in_qde(
        tmp_path / "out.qdpx", tmp_path / "renamed.qdpx",
        ('name="Rain: barrier"', 'name="Getting wet"'), ('name="Wind"', 'name="Gale"'), ('name="Sun"', 'name="Wind"'),
    )  # fmt: skip
    with small_study(tmp_path / "back.coder", "talk") as back:
        preview = preview_codings(back, renamed)
        assert {meaning.code for _, _, meaning in preview.codes} == {"rain", "sun"}
        report = import_codings(back, renamed)
        assert report.problems == []
        [note] = [line for line in report.notes if "known by their GUID" in line]
        assert "'Rain > Getting wet' is 'rain'" in note and "is 'sun'" in note
        assert {item.codes for item in back.confirmed()} == {(("rain", "barrier"),), (("sun", None),)}
        again = export_study(back, ExportRequest(tmp_path / "again.qdpx"))
    guids = [read_codings(path).guids for path in (tmp_path / "out.qdpx", again.out)]
    assert guids[0] == guids[1]


def test_a_mapping_by_hand_goes_before_the_guid(tmp_path: Path) -> None:
    with small_study(tmp_path / "s.coder", "talk") as study:
        [first, *_] = study.texts.utterances(study.texts.find("talk"), codable_only=True)
        study.acts.decide("Ann", [Decision(first.id, "add", "sun")], mode="blind")
        export_study(study, ExportRequest(tmp_path / "out.qdpx"))
    (tmp_path / "map.csv").write_text("name,code\nsun,wind\n", encoding="utf-8")
    with small_study(tmp_path / "back.coder", "talk") as back:
        from coder.workflow.coded_files import CodedReading

        import_codings(back, tmp_path / "out.qdpx", reading=CodedReading(mapping=tmp_path / "map.csv"))
        assert {item.codes for item in back.confirmed()} == {(("wind", None),)}


def test_qdc_keeps_ids_and_guids_of_codes_whose_label_was_changed(tmp_path: Path) -> None:
    codes = (Code("a--b-", "Time", guid=THEIRS), Code("money", "Costs of it", parent="Means"))
    book = Codebook("mine", codes)
    text = to_qdc(book)
    assert f'guid="{THEIRS}"' in text
    (tmp_path / "other name.qdc").write_text(text.replace('name="Time"', 'name="Hours"'), encoding="utf-8")
    again = read_codebook(tmp_path / "other name.qdc")
    assert [(code.id, code.label, code.guid) for code in again.codes] == [
        ("a--b-", "Hours", THEIRS), ("money", "Costs of it", code_guid(book, codes[1])),
    ]  # fmt: skip
    assert re.findall('guid="([^"]+)" name="(?:Hours|Costs of it)"', to_qdc(again)) == re.findall(
        'guid="([^"]+)" name="(?:Time|Costs of it)"', text
    )
    (tmp_path / "x.csv").write_text(to_csv(again), encoding="utf-8")
    assert read_codebook(tmp_path / "x.csv").codes == again.codes
    assert parse_codebook(to_yaml(again)).codes == again.codes


def test_a_codebook_that_comes_back_from_another_tool_keeps_the_codes_in_use(tmp_path: Path) -> None:
    with small_study(tmp_path / "s.coder", "talk") as study:
        [first, *_] = study.texts.utterances(study.texts.find("talk"), codable_only=True)
        study.acts.decide("Ann", [Decision(first.id, "add", "sun")], mode="blind")
        write_codebook(study.codebooks.current(), tmp_path / "book.qdc")
        text = (tmp_path / "book.qdc").read_text(encoding="utf-8")
        text = re.sub("<!--.*?-->", "", text).replace('name="Sun"', 'name="Sunshine"')  # tools drop comments
        (tmp_path / "book.qdc").write_text(text, encoding="utf-8")
        change_codebook(study, read_codebook(tmp_path / "book.qdc"), note="back", coder="Ann")
        assert [(code.id, code.label) for code in study.codebooks.current().codes][1] == ("sun", "Sunshine")


def test_two_codes_never_leave_with_one_guid() -> None:
    book = Codebook(
        "mine", (Code("a", "Time", guid=THEIRS), Code("b", "Money", guid=THEIRS), Code("c", "Trust"))
    )
    guids = [code_guid(book, code) for code in book.codes]
    assert guids[0] == THEIRS and len(set(guids)) == 3


def test_a_guid_of_another_shape_is_refused_in_yaml_and_passed_over_in_tables(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="line 4: `guid` must be a GUID"):
        parse_codebook("name: n\ncodes:\n- id: a\n  guid: x\n")
    (tmp_path / "t.csv").write_text("label,guid\nTime,x\n", encoding="utf-8")
    assert read_codebook(tmp_path / "t.csv").codes[0].guid is None
    assert replace(CODEBOOK.codes[0]).guid is None and load_codebook("comb").codes[0].guid is None


def test_ids_that_were_noted_go_before_those_made_of_labels_and_comments_cut_no_description(
    tmp_path: Path,
) -> None:
    text = to_qdc(
        Codebook("mine", (Code("x", "Time", "what lasts long"), Code("time", "Money"), Code("Y", "Y")))
    )
    text = text.replace("<!-- id in coder: x -->", "").replace("id in coder: Y", "id in coder: TIME")
    (tmp_path / "b.qdc").write_text(text.replace("what lasts", "what <!-- hm -->lasts"), encoding="utf-8")
    book = read_codebook(tmp_path / "b.qdc")
    assert [(code.id, code.label) for code in book.codes] == [
        ("time_2", "Time"),
        ("time", "Money"),
        ("y", "Y"),
    ]
    assert book.codes[0].definition == "what lasts long"


def test_one_code_of_each_guid_gets_the_known_id_and_whoever_has_it_another() -> None:
    present = Codebook("mine", (Code("time", "Time", guid=THEIRS), Code("time_2", "Second")))
    for new, ids in (
        ((Code("hours", "Hours", guid=THEIRS), Code("Time", "Time")), ["time", "Time_3"]),
        ((Code("hours", "Hours", guid=THEIRS), Code("days", "Days", guid=THEIRS)), ["time", "days"]),
        ((Code("hours", "Hours", guid=THEIRS), Code("time", "Time", guid=THEIRS)), ["hours", "time"]),
    ):
        known = with_known_ids(Codebook("mine", new), present)
        assert [code.id for code in known.codes] == ids
