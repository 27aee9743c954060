"""Codebooks as csv and qdc: round trips, other tools' files, hostile and broken input."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from coder.codebook import Code, Codebook, SubTheme, load_codebook
from coder.errors import CodebookError, OutputError
from coder.exchange.codebooks import NAMESPACE, notes_on, read_codebook, to_csv, to_qdc, write_codebook


@pytest.mark.parametrize("name", ["comb", "coproduction"])
def test_csv_keeps_the_codes(name: str, tmp_path: Path) -> None:
    book = load_codebook(name)
    path = tmp_path / "book.csv"
    write_codebook(book, path)
    assert read_codebook(path).codes == book.codes


def test_qdc_keeps_tree_labels_and_colours(tmp_path: Path) -> None:
    book = load_codebook("comb")
    path = tmp_path / "book.qdc"
    write_codebook(book, path)
    again = read_codebook(path)
    assert [(code.label, code.parent, code.colour) for code in again.codes] == [
        (code.label, code.parent, code.colour) for code in book.codes
    ]
    assert again.codes[0].definition.startswith(book.codes[0].definition[:40])
    assert again.codes[0].subthemes[0] == book.codes[0].subthemes[0]


def test_qdc_is_the_standard_shape_and_the_same_every_time() -> None:
    text = to_qdc(load_codebook("coproduction"))
    assert text == to_qdc(load_codebook("coproduction"))
    root = ET.fromstring(text.encode())
    codes = root.findall(f".//{{{NAMESPACE}}}Code")
    assert root.tag == f"{{{NAMESPACE}}}CodeBook"
    assert all(set(code.attrib) >= {"guid", "name", "isCodable"} for code in codes)
    assert len({code.get("guid") for code in codes}) == len(codes)
    for code in codes:  # the schema wants Description before nested codes
        kinds = [child.tag.rpartition("}")[2] for child in code]
        assert kinds == sorted(kinds, key=["Description", "Code"].index)


def test_qdc_of_another_tool_with_a_bom_and_another_namespace(tmp_path: Path) -> None:
    path = tmp_path / "nvivo.qdc"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>'
        '<Code guid="A" name="Barriers" isCodable="false"><Code guid="B" name="Time &amp; money" isCodable="true">'
        "<Description>Being  short\n of it</Description></Code></Code>"
        '<Code guid="C" name="Time &amp; money" isCodable="true" color="#12ab34"/></Codes></CodeBook>',
        encoding="utf-8-sig",
    )
    first, second = read_codebook(path).codes
    assert (first.id, first.label, first.parent, first.definition) == (
        "time_money", "Time & money", "Barriers", "Being short of it",
    )  # fmt: skip
    assert (second.id, second.parent, second.colour) == ("time_money_2", None, "#12ab34")


NVIVO = (
    '<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="NVivo"><Codes><Code guid="A" name="Work" isCodable="true">'
    '<Code guid="B" name="Time" isCodable="true"><Code guid="C" name="Visits" isCodable="true"/>'
    '<Code guid="D" name="Breaks" isCodable="true"/></Code></Code><Code guid="E" name="Trust" isCodable="true"/>'
    "</Codes></CodeBook>"
)


def test_every_code_of_another_tools_qdc_is_a_code_in_the_topmost_component(tmp_path: Path) -> None:
    path = tmp_path / "nvivo.qdc"
    path.write_text(NVIVO, encoding="utf-8")
    assert [(code.label, code.parent) for code in read_codebook(path).codes] == [
        ("Work", "Work"), ("Time", "Work"), ("Visits", "Work"), ("Breaks", "Work"), ("Trust", None),
    ]  # fmt: skip
    assert notes_on(path) == [
        f"{path}: there is one level of components; 2 codes that stand deeper count in the topmost:"
        " 'Visits' (below 'Time') in Work, 'Breaks' (below 'Time') in Work."
    ]
    path.write_text(
        NVIVO.replace("NVivo", "coder"), encoding="utf-8"
    )  # below a code of ours are its sub-themes
    work, trust = read_codebook(path).codes
    assert [item.label for item in work.subthemes] == ["Time", "Visits", "Breaks"] and trust.parent is None
    assert notes_on(path) == []


def test_taguette_gets_the_columns_it_imports(tmp_path: Path) -> None:
    book = Codebook("b", (Code("t", "Time. Money", "short\nof it", "Opportunity"), Code("u", "=Odd")))
    write_codebook(book, tmp_path / "tags.csv", taguette=True)
    text = (tmp_path / "tags.csv").read_text(encoding="utf-8")
    assert text.startswith('tag,description\nOpportunity.Time  Money,"short\nof it"\n')
    with pytest.raises(OutputError, match="Taguette"):
        write_codebook(book, tmp_path / "tags.qdc", taguette=True)


def test_taguette_table_gives_codes(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("tag,description\nTrust,Believing staff\n,\nWaiting,\n", encoding="utf-8")
    assert [(code.id, code.definition) for code in read_codebook(path).codes] == [
        ("trust", "Believing staff"), ("waiting", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "headings",
    [
        "Obercode;Code;Beschreibung;Memo", "Catégorie;Étiquette;Description;Commentaire",
        "Categoría;Código;Definición;Memo", "Groep;Naam;Omschrijving;Notes",
    ],
)  # fmt: skip
def test_tables_of_codes_in_five_languages(headings: str, tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(f"{headings};Wetter\nLast;Müdigkeit;Zu müde;Siehe auch Kosten;sun\n".encode("cp1252"))
    (code,) = read_codebook(path).codes
    assert (code.label, code.parent, code.definition) == ("Müdigkeit", "Last", "Zu müde\nSiehe auch Kosten")
    assert notes_on(path) == [f"{path}: columns that were not read: 'Wetter'."]
    assert notes_on("comb") == []


def test_a_theme_that_stands_once_above_its_codes_is_theirs(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text(
        "Theme,Code,Description,Example quote\nStaff,Training,Courses,nobody showed us\n,Stress,,\nPlace,Rooms,,\n",
        encoding="utf-8",
    )
    codes = read_codebook(path).codes
    assert [(code.label, code.parent) for code in codes] == [
        ("Training", "Staff"), ("Stress", "Staff"), ("Rooms", "Place"),
    ]  # fmt: skip
    assert [example.text for example in codes[0].examples] == ["nobody showed us"]
    assert notes_on(path) == [
        f"{path}: 1 empty cell of the column 'Theme' taken as the cell above: 'Stress under Staff'."
    ]


def test_nvivos_codebook_in_word_is_read_with_the_tables_of_all_its_folders(tmp_path: Path) -> None:
    import docx

    made = docx.Document()
    made.add_heading("Codebook", 0)
    for rows in ([("Time", "never enough"), ("Rooms", "")], [("Money", "what it costs")]):
        table = made.add_table(rows=1, cols=4)
        for cell, name in zip(
            table.rows[0].cells, ("Name", "Description", "Files", "References"), strict=True
        ):
            cell.text = name
        for row in rows:
            for cell, words in zip(table.add_row().cells, (*row, "2", "4"), strict=True):
                cell.text = words
    path = tmp_path / "codebook.docx"
    made.save(str(path))
    codes = read_codebook(path).codes
    assert [(code.label, code.definition) for code in codes] == [
        ("Time", "never enough"), ("Rooms", ""), ("Money", "what it costs"),
    ]  # fmt: skip
    assert notes_on(path) == []


def test_a_list_in_word_is_refused_with_what_to_do(tmp_path: Path) -> None:
    import docx

    made = docx.Document()
    made.add_paragraph("Time: never enough", style="List Bullet")
    path = tmp_path / "codebook.docx"
    made.save(str(path))
    with pytest.raises(
        CodebookError, match=r"holds no table\. List the codes in one, .*Convert Text to Table"
    ):
        read_codebook(path)


def test_names_that_are_paths_are_parted_and_said(tmp_path: Path) -> None:
    path = tmp_path / "nvivo.csv"
    rows = "Codes\\\\Opportunity,\nCodes\\\\Opportunity\\Time,never enough\n"
    path.write_text(f"Name,Description\n{rows}", encoding="utf-8")
    assert [(code.label, code.parent) for code in read_codebook(path).codes] == [
        ("Opportunity", "Opportunity"), ("Time", "Opportunity"),
    ]  # fmt: skip
    assert any("'Time under Opportunity'" in note for note in notes_on(path))
    tags = tmp_path / "tags.csv"
    write_codebook(load_codebook("comb"), tags, taguette=True)
    assert {(code.label, code.parent) for code in read_codebook(tags).codes} == {
        (code.label, code.parent) for code in load_codebook("comb").codes
    }


def components(path: Path) -> list[tuple[str, str | None]]:
    return [(code.label, code.parent) for code in read_codebook(path).codes]


def test_codes_of_one_name_stand_under_the_level_that_their_path_names(tmp_path: Path) -> None:
    nvivo, maxqda = tmp_path / "nvivo.csv", tmp_path / "maxqda.csv"
    levels = ["Barriers", "Barriers\\Time", "Barriers\\Time\\Job", "Help", "Help\\Time", "Help\\Time\\Job"]
    nvivo.write_text(
        "Name,Description\n" + "".join(f"Codes\\\\{name},\n" for name in levels), encoding="utf-8"
    )
    maxqda.write_text(
        "Code,Parent code\nBarriers,\nTime,Barriers\nHelp,\nTime,Help\nJob,Barriers > Time\nJob,Help > Time\n",
        encoding="utf-8",
    )
    for path in (nvivo, maxqda):
        assert components(path) == [
            ("Barriers", "Barriers"), ("Time", "Barriers"), ("Job", "Barriers"),
            ("Help", "Help"), ("Time", "Help"), ("Job", "Help"),
        ]  # fmt: skip
        assert "'Job' (below 'Time') in Barriers, 'Job' (below 'Time') in Help" in notes_on(path)[-1]
        write_codebook(read_codebook(path), path.with_suffix(".yaml"), force=True)
        assert read_codebook(path.with_suffix(".yaml")).codes == read_codebook(path).codes
    nvivo.write_text("Name\nCodes\\\\Help\\Time\nCodes\\\\Time\nCodes\\\\Time\\Job\n", encoding="utf-8")
    assert components(nvivo) == [("Time", "Help"), ("Time", "Time"), ("Job", "Time")]


def test_levels_that_are_no_codes_of_the_table_are_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "maxqda.csv"
    path.write_text("label,parent\nJob,Barriers > Time\nHoliday,Help > Time\n", encoding="utf-8")
    assert components(path) == [("Job", "Barriers"), ("Holiday", "Help")]
    assert (
        f"{path}: levels that are no codes of the table, left out: 'Barriers > Time', 'Help > Time'."
        in notes_on(path)
    )


@pytest.mark.parametrize("name", ["Time", "time"])
def test_a_parent_that_is_the_name_of_several_codes_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        f"label,parent\nBarriers,\n{name},Barriers\nJob,{name}\nHelp,\n{name},Help\nRest,Barriers\n",
        encoding="utf-8",
    )
    with pytest.raises(
        CodebookError, match=r"parent of 'Job': '[Tt]ime' is the name of 2 codes \(in Barriers, in"
    ):
        read_codebook(path)
    path.write_text(
        path.read_text(encoding="utf-8").replace(f"Job,{name}", f"Job,Help > {name}"), encoding="utf-8"
    )
    assert ("Job", "Help") in components(path)


def test_a_full_stop_within_a_tag_is_no_path(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    tags = [
        "No. of visits",
        "St.John",
        "1.2 Time",
        "1.3 Cost",
        "Work.Time",
        "Work.Pay",
        "Help",
        "Help.Family",
    ]
    path.write_text("tag,description\n" + "".join(f"{tag},\n" for tag in tags), encoding="utf-8")
    assert components(path) == [
        ("No. of visits", None), ("St.John", None), ("1.2 Time", None), ("1.3 Cost", None),
        ("Time", "Work"), ("Pay", "Work"), ("Help", "Help"), ("Family", "Help"),
    ]  # fmt: skip
    assert any(
        "read as one name each" in note and "'No. of visits', 'St.John'" in note for note in notes_on(path)
    )


def test_a_code_without_a_parent_in_our_own_table_keeps_none(tmp_path: Path) -> None:
    book = Codebook("b", (Code("a", "A", "", "Top"), Code("c", "C")))
    write_codebook(book, tmp_path / "b.csv")
    assert [code.parent for code in read_codebook(tmp_path / "b.csv").codes] == ["Top", None]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "subject,words\nx,y\n", "no column `label`"),
        ("a.csv", "id,label\nx,A\nx,B\n", "row 3: id 'x' was used before"),
        ("a.csv", "id,label\nTime,A\ntime,B\n", r"row 3: id 'time' was used before, in row 2"),
        ("a.csv", "label,definition\n", "no rows"),
        ("a.qdc", "not xml", "not a readable"),
        ("a.qdc", "<html/>", "not a REFI-QDA codebook"),
        (
            "a.qdc",
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CodeBook>&e;</CodeBook>',
            "not a readable",
        ),
        ("a.qdc", '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>', "no codes"),
    ],
)
def test_broken_files_are_refused_with_the_reason(
    name: str, content: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CodebookError, match=expected):
        read_codebook(path)


def test_a_yaml_codebook_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "codes.f4"
    path.write_text("name: Mine\ncodes:\n  - id: time\n", encoding="utf-8")
    assert read_codebook(path).ids == ("time",)
    for other in (b"<f4><code>time</code></f4>", b"\x00\xff\xfe", b"", b"codes: ["):
        path.write_bytes(other)
        with pytest.raises(CodebookError, match="f4analyse"):
            read_codebook(path)


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    write_codebook(load_codebook("comb"), path)
    with pytest.raises(OutputError, match="--force"):
        write_codebook(load_codebook("comb"), path)
    write_codebook(load_codebook("coproduction"), path, force=True)
    assert load_codebook(path).codes == load_codebook("coproduction").codes


def test_a_spreadsheet_does_not_execute_a_label(tmp_path: Path) -> None:
    book = Codebook("x", (Code("a", "=1+1", subthemes=(SubTheme("@b"),)),))
    assert "\na,'=1+1," in to_csv(book)
    path = tmp_path / "x.csv"
    write_codebook(book, path)
    assert read_codebook(path).codes == book.codes
