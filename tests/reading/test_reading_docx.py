"""Word documents: every layout gives the same turns, and only the final text is read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coder.errors import FormatError
from coder.reading.formats.docx import read
from tests.reading.office_making import (
    BREAK,
    TAB,
    bold,
    cell,
    docx,
    p,
    run,
    said,
    table,
    timed,
    transcript,
    zipped,
)

QUESTION = "How did you hear about it?"
ANSWER = "My neighbour told me, she goes every week."
QUESTION_2 = "And what made you stay?"
ANSWER_2 = "The people. It’s a long way, though."
TALK = [("INT", QUESTION), ("P01", ANSWER), ("INT", QUESTION_2), ("P01", ANSWER_2)]
TIMES = ["0:03", "0:07", "1:02", "1:10"]
SECONDS = [3, 7, 62, 70]
DELETED = '<w:del w:id="1"><w:r><w:delText>gone </w:delText></w:r></w:del>'


def rows(*order: str, header: bool = False) -> list[tuple[str, ...]]:
    columns = {"speaker": [who for who, _ in TALK], "text": [words for _, words in TALK], "time": TIMES}
    names = {"speaker": "Speaker", "text": "Text", "time": "Timestamp"}
    body = [tuple(columns[name][k] for name in order) for k in range(len(TALK))]
    return [tuple(names[name] for name in order), *body] if header else body


HEADING_STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:styleId="Rede"><w:name w:val="Speaker Name"/><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:styleId="Fragend"><w:name w:val="Interviewer"/></w:style>'
    '<w:style w:styleId="Antwortend"><w:name w:val="Respondent"/></w:style>'
    '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>'
)

LAYOUTS = {
    "labels": "".join(p(f"{who}: {words}") for who, words in TALK),
    "bold label and tab": "".join(p(bold(who), TAB, words) for who, words in TALK),
    "bold label with colon": "".join(p(bold(f"{who}: "), words) for who, words in TALK),
    "label cut into runs": "".join(
        p(run(who[:1]), run(who[1:]), run(":"), run(f" {words}")) for who, words in TALK
    ),
    "heading": "".join(p(who, style="berschrift2") + p(words) for who, words in TALK),
    "speaker style": "".join(p(who, style="Rede") + p(words) for who, words in TALK),
    "table": table(*rows("speaker", "text")),
    "table, words first": table(*rows("text", "speaker")),
    "table, three columns": table(*rows("speaker", "time", "text")),
    "table, named": table(*rows("time", "text", "speaker", header=True)),
    "table, named in a language that is not known": table(("Kuka", "Mitä"), *rows("speaker", "text")),
    "table, numbered": table(*[(str(n), *row) for n, row in enumerate(rows("speaker", "text"), start=1)]),
    "table in a table": table((cell(table(*rows("speaker", "text")) + p("")),)),
    "two tables": table(*rows("speaker", "text", header=True)[:3])
    + p("")
    + table(*rows("speaker", "text", header=True)[3:]),
    "table, time below the name": table(
        *((f"{who} {time}", words) for (who, words), time in zip(TALK, TIMES, strict=True))
    ),
    "in content controls": "".join(
        f"<w:sdt><w:sdtPr/><w:sdtContent>{p(f'{who}: {words}')}</w:sdtContent></w:sdt>" for who, words in TALK
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_turns(layout: str, tmp_path: Path) -> None:
    body = p("Interview with P01, a carer", style="Titel") + LAYOUTS[layout]
    found = transcript(tmp_path, "p01.docx", docx(body, styles_xml=HEADING_STYLES))
    assert said(found) == TALK
    assert [turn.role for turn in found.turns] == ["interviewer", "participant"] * 2


def test_styles_named_after_the_parties_name_the_speakers(tmp_path: Path) -> None:
    styles = {"INT": "Fragend", "P01": "Antwortend"}
    body = "".join(p(words, style=styles[who]) for who, words in TALK)
    found = transcript(tmp_path, "p01.docx", docx(body, styles_xml=HEADING_STYLES))
    names = {"INT": "Interviewer", "P01": "Respondent"}
    assert said(found) == [(names[who], words) for who, words in TALK]


@pytest.mark.parametrize("order", [("time", "speaker", "text"), ("text", "time", "speaker")])
@pytest.mark.parametrize("header", [True, False])
def test_times_in_tables_are_read(order: tuple[str, ...], header: bool, tmp_path: Path) -> None:
    found = transcript(tmp_path, "p01.docx", docx(table(*rows(*order, header=header))))
    assert [turn.time for turn in found.turns] == SECONDS
    assert said(found) == TALK


def test_nvivo_tables_of_timespans_name_the_start(tmp_path: Path) -> None:
    lines = [
        ("Timespan", "Content", "Speaker"),
        ("0:00.0 - 0:04.2", QUESTION, "Anna"),
        ("0:04.2 - 0:09.9", ANSWER, "P01"),
    ]
    found = transcript(tmp_path, "p01.docx", docx(table(*lines)))
    assert timed(found) == [("Anna", 0.0, QUESTION), ("P01", 4.2, ANSWER)]


def test_nvivo_tables_without_speakers_keep_times_and_learn_labels(tmp_path: Path) -> None:
    lines = [("Timespan", "Content")]
    lines += [(f"0:{second:02}.0 - 0:59.0", f"{who}: {words}") for second, (who, words) in enumerate(TALK)]
    found = transcript(tmp_path, "p01.docx", docx(table(*lines)))
    assert timed(found) == [(who, float(second), words) for second, (who, words) in enumerate(TALK)]


def test_a_form_of_questions_and_answers_is_talk(tmp_path: Path) -> None:
    body = p("Interview by e-mail") + table(
        ("Question", "Answer"), (QUESTION, ANSWER), (QUESTION_2, cell(ANSWER_2, "So."))
    )
    found = transcript(tmp_path, "p01.docx", docx(body))
    assert said(found) == [
        ("Question", QUESTION),
        ("Answer", ANSWER),
        ("Question", QUESTION_2),
        ("Answer", ANSWER_2),
        ("Answer", "So."),
    ]
    assert [turn.role for turn in found.turns] == [
        "interviewer",
        "participant",
        "interviewer",
        "participant",
        "participant",
    ]


def test_a_table_cell_of_several_paragraphs_is_one_speakers(tmp_path: Path) -> None:
    body = table(
        ("Speaker", "Text"), ("INT", QUESTION), ("P01", cell(ANSWER, "", ANSWER_2)), ("", "And more.")
    )
    found = transcript(tmp_path, "p01.docx", docx(body))
    assert said(found) == [("INT", QUESTION), ("P01", ANSWER), ("P01", ANSWER_2), ("P01", "And more.")]


def test_lines_around_a_table_of_turns_are_no_turns(tmp_path: Path) -> None:
    body = p("Interview 7") + table(("Date", "3 May 2024"), ("Place", "Library")) + p("")
    body += table(*rows("speaker", "text", header=True)) + p("End of recording")
    found = transcript(tmp_path, "p01.docx", docx(body))
    assert said(found) == TALK


def test_old_teams_transcripts(tmp_path: Path) -> None:
    body = p("0:0:0.0 --> 0:0:2.510", BREAK, "Jane Doe", BREAK, QUESTION)
    body += p("0:0:3.40 --> 0:0:8.0", BREAK, "Murphy, Pat (Guest)", BREAK, ANSWER)
    body += p("0:1:2.0 --> 0:1:3.0", BREAK, "Jane Doe", BREAK, QUESTION_2)
    found = transcript(tmp_path, "teams.docx", docx(body))
    assert timed(found) == [
        ("Jane Doe", 0.0, QUESTION),
        ("Murphy, Pat (Guest)", 3.4, ANSWER),
        ("Jane Doe", 62.0, QUESTION_2),
    ]


@pytest.mark.parametrize("apart", [True, False], ids=["own paragraphs", "line breaks"])
def test_new_teams_transcripts(apart: bool, tmp_path: Path) -> None:
    body = p("Interview P01-20240312_100412-Meeting Recording") + p("March 12, 2024, 10:04AM") + p("36m 22s")
    body += p("Jane Doe started transcription")
    for who, time, words in [("Jane Doe", "0:03", QUESTION), ("Pat Murphy", "1:02:03", ANSWER)]:
        head = [bold(who), run(f"   {time}")]
        body += p(*head) + p(words) if apart else p(*head, BREAK, words)
    body += p("Jane Doe stopped transcription")
    found = transcript(tmp_path, "teams.docx", docx(body))
    assert timed(found) == [("Jane Doe", 3.0, QUESTION), ("Pat Murphy", 3723.0, ANSWER)]


@pytest.mark.parametrize("sign", ["|", "–", "·", ""])
def test_names_and_times_above_the_words_may_have_a_sign_between(tmp_path: Path, sign: str) -> None:
    talk = [
        ("Ida Moss", "How was it?"),
        ("Kay", "It was cold."),
        ("Ida Moss", "And then?"),
        ("Kay", "I left."),
    ]
    body = "".join(p(bold(f"{who} {sign} 00:0{n}")) + p(words) for n, (who, words) in enumerate(talk))
    assert timed(transcript(tmp_path, "t.docx", docx(body))) == [
        (w, float(n), x) for n, (w, x) in enumerate(talk)
    ]


@pytest.mark.parametrize("asked", ["Question", "Interview question", "Leitfrage"])
def test_a_table_of_questions_beside_responses_is_talk(tmp_path: Path, asked: str) -> None:
    rows = [("How was it?", "It was cold."), ("And then?", "I left.")]
    found = transcript(tmp_path, "t.docx", docx(table((asked, "Response"), *rows)))
    assert [(turn.role, found.words_of(turn)) for turn in found.turns] == [
        (role, words) for row in rows for role, words in zip(("interviewer", "participant"), row, strict=True)
    ]


def test_headings_that_stand_once_are_no_speakers(tmp_path: Path) -> None:
    heads = [p(who, style="berschrift2") + p(words) for who, words in TALK]
    topic = p("Part 2: what made a difference to them", style="berschrift2")
    body = "".join(heads[:2]) + topic + "".join(heads[2:]) + p("Third", style="berschrift2") + p("Me too.")
    found = transcript(tmp_path, "p01.docx", docx(body, styles_xml=HEADING_STYLES))
    assert said(found) == [*TALK, ("Third", "Me too.")]


def test_trint_headings_of_name_and_time(tmp_path: Path) -> None:
    body = "".join(
        p(bold(f"{who} "), run(f"[00:0{minute}:02]")) + p(words)
        for minute, (who, words) in enumerate([("Speaker 1", QUESTION), ("Pat", ANSWER)] * 2)
    )
    found = transcript(tmp_path, "trint.docx", docx(body))
    assert timed(found) == [
        (who, 60.0 * minute + 2, words)
        for minute, (who, words) in enumerate([("Speaker 1", QUESTION), ("Pat", ANSWER)] * 2)
    ]


CHANGES = {
    "insertion": (p("A ", f'<w:ins w:id="1">{run("kept ")}</w:ins>', "word"), "A kept word"),
    "deletion": (p("A ", DELETED, "word"), "A word"),
    "moved": (
        p("A ", f"<w:moveFrom>{run('gone ')}</w:moveFrom>", f"<w:moveTo>{run('came ')}</w:moveTo>", "word"),
        "A came word",
    ),
    "deletion in an insertion": (p("A ", f"<w:ins>{DELETED}</w:ins>", "word"), "A word"),
    "deleted paragraph mark": (
        f"<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>{run('A ')}</w:p>" + p("word"),
        "A word",
    ),
    "old formatting": (
        f"<w:p><w:pPr><w:pPrChange><w:pPr><w:pStyle w:val='x'/></w:pPr></w:pPrChange></w:pPr>{run('A word')}</w:p>",
        "A word",
    ),
    "hyperlink": (p("A ", f"<w:hyperlink>{run('linked ')}</w:hyperlink>", "word"), "A linked word"),
    "smart tag": (p("A ", f"<w:smartTag>{run('tagged ')}</w:smartTag>", "word"), "A tagged word"),
    "inline control": (
        p("A ", f"<w:sdt><w:sdtPr/><w:sdtContent>{run('chosen ')}</w:sdtContent></w:sdt>", "word"),
        "A chosen word",
    ),
    "unfilled control": (
        p(
            "A ",
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Click')}</w:sdtContent></w:sdt>",
            "word",
        ),
        "A word",
    ),
    "field": (
        p("A ", '<w:r><w:instrText>HYPERLINK "http://x"</w:instrText></w:r>', "word"),
        "A word",
    ),
    "simple field": (
        p("A ", f"<w:fldSimple w:instr='DATE'>{run('dated ')}</w:fldSimple>", "word"),
        "A dated word",
    ),
    "special characters": (
        p(
            "A",
            TAB,
            "x",
            BREAK,
            "y",
            "<w:r><w:noBreakHyphen/><w:softHyphen/><w:t>z</w:t></w:r>",
        ),
        "A\tx\ny\u2011z",
    ),
    "symbol": (p('<w:r><w:t>A</w:t><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', " word"), "A☺ word"),
    "spaces and quotes": (p("A\xa0“word”\u2011 ‘x’ …"), "A\xa0“word”\u2011 ‘x’ …"),
    "hidden": (p("A ", run("hidden ", "<w:vanish/>"), "word"), "A word"),
    "ruby": (
        p(f"<w:r><w:ruby><w:rt>{run('small')}</w:rt><w:rubyBase>{run('A word')}</w:rubyBase></w:ruby></w:r>"),
        "A word",
    ),
    "equation": (p("A ", "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", " word"), "A x=1 word"),
    "note marks": (
        p(
            "A",
            '<w:r><w:footnoteReference w:id="2"/></w:r>',
            '<w:r><w:commentReference w:id="1"/></w:r>',
            " word",
        ),
        "A word",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_the_final_text_is_read(change: str) -> None:
    body, text = CHANGES[change]
    assert [paragraph.text for paragraph in read(docx(body), "x.docx").paragraphs] == [text]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
    choice = f"<mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
    both = f"{choice}<mc:Fallback><v:textbox>{box}</v:textbox></mc:Fallback>"
    body = p("Before ", f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>", "after")
    found = read(docx(body), "x.docx")
    assert [paragraph.text for paragraph in found.paragraphs] == ["Before after", "In the box"]
    assert found.notes == ("1 text box was read as words behind the paragraph beside it.",)


def test_deleted_table_rows_are_left_out() -> None:
    body = table(*rows("speaker", "text", header=True)).replace(
        "<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 2
    )
    body = body.replace("<w:tr><w:trPr><w:del/></w:trPr>", "<w:tr>", 1)
    assert [paragraph.speaker for paragraph in read(docx(body), "x.docx").paragraphs[1:]] == [
        "P01",
        "INT",
        "P01",
    ]


def test_what_was_left_out_is_counted() -> None:
    header = f'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{p("Confidential")}</w:hdr>'
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = p("A ", DELETED, "b", mark) + p("c", mark, '<w:r><w:commentReference w:id="1"/></w:r>')
    notes = read(docx(body, header1_xml=header, header2_xml=header), "x.docx").notes
    assert set(notes) == {
        "1 comment was left out.",
        "1 deletion was left out.",
        "2 footnotes were left out.",
        "1 page header was left out.",
    }


def test_the_strict_form_of_the_format_is_read() -> None:
    parts = {
        "_rels/.rels": '<Relationships xmlns="x"><Relationship Type="http://purl.oclc.org/ooxml/officeDocument/relationships'
        '/officeDocument" Target="/word/document2.xml"/></Relationships>',
        "word/document2.xml": '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
        "<w:p><w:r><w:t>hello</w:t></w:r></w:p></w:body></w:document>",
    }
    assert [item.text for item in read(zipped(parts), "x.docx").paragraphs] == ["hello"]


@pytest.mark.parametrize(
    ("data", "said_of_it"),
    [
        (b"", "empty"),
        (b"INT: Hello", "plain text"),
        (b"{\\rtf1 hello}", "rich text"),
        (b"%PDF-1.4", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "old kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (zipped({"xl/workbook.xml": "<x/>"}), "Excel"),
        (
            zipped({"content.xml": "<x/>", "mimetype": "application/vnd.oasis.opendocument.text"}),
            "OpenDocument",
        ),
        (docx(p("x"))[:-30], "cut off"),
        (zipped({"word/document.xml": "<w:document"}), "damaged"),
    ],
)
def test_other_files_named_docx_are_refused_by_what_they_are(data: bytes, said_of_it: str) -> None:
    with pytest.raises(FormatError, match=rf"^x\.docx: .*{said_of_it}"):
        read(data, "x.docx")


def test_a_document_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"x\.docx holds no speech"):
        transcript(tmp_path, "x.docx", docx(p("") + p("")))


def test_headings_are_known_without_a_list_of_styles(tmp_path: Path) -> None:
    body = p("Training", style="Heading1") + "".join(p(f"{who}: {words}") for who, words in TALK[:2])
    body += p("Support", style="Heading1") + "".join(p(f"{who}: {words}") for who, words in TALK[2:])
    assert said(transcript(tmp_path, "sections.docx", docx(body))) == TALK


COVER = table(
    ("Project", "Walking"), ("Participant", "P07"), ("Date", "3 May"), ("Interviewer", "Jane Smith")
)
SHORT_TALK = [("INT", "Where did you go?"), ("P07", "Up the hill."), ("INT", "Alone?"), ("P07", "With her.")]


@pytest.mark.parametrize("form", ["table", "paragraphs"])
def test_a_cover_table_is_no_talk(form: str, tmp_path: Path) -> None:
    talk = (
        table(*SHORT_TALK) if form == "table" else "".join(p(f"{who}: {words}") for who, words in SHORT_TALK)
    )
    assert said(transcript(tmp_path, "a.docx", docx(COVER + p("") + talk))) == SHORT_TALK


def test_a_cover_table_names_the_interviewer(tmp_path: Path) -> None:
    talk = "".join(
        p(f"{who}: {words}")
        for who, words in [("JS", "So."), ("BC", "Why?"), ("JS", "I see."), ("BC", "Do you?")]
    )
    found = transcript(tmp_path, "a.docx", docx(COVER + talk))
    assert {turn.speaker for turn in found.turns if turn.role == "interviewer"} == {"JS"}


def test_an_empty_speaker_cell_is_the_speakers_above(tmp_path: Path) -> None:
    rows = [
        ("Jane", "Where did you go?"),
        ("", "And with whom?"),
        ("Bilal", "Up the hill."),
        ("", "With her."),
    ]
    assert [who for who, _ in said(transcript(tmp_path, "a.docx", docx(table(*rows))))] == [
        "Jane",
        "Jane",
        "Bilal",
        "Bilal",
    ]


NUMBERED = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>{}</w:p>'


@pytest.mark.parametrize(
    "printed",
    [
        lambda words: p(run(words, "<w:i/>")),
        lambda words: p(run(words, '<w:color w:val="1F4E79"/>')),
        lambda words: p(run(words, '<w:u w:val="single"/>')),
        lambda words: p(run(words, '<w:highlight w:val="yellow"/>')),
        lambda words: NUMBERED.format(run(words)),
        lambda words: p(bold(words)),
        lambda words: p(f"1. {words}"),
    ],
    ids=["italic", "coloured", "underlined", "highlighted", "numbered", "bold", "typed number"],
)
def test_questions_printed_in_their_own_way_are_the_interviewers(
    printed: Callable[[str], str], tmp_path: Path
) -> None:
    body = (
        printed("Where did you go?")
        + p("Up the hill.")
        + p("It rained.")
        + printed("Alone?")
        + p("With her.")
    )
    found = transcript(tmp_path, "a.docx", docx(body))
    roles = ["interviewer", "participant", "participant", "interviewer", "participant"]
    assert [turn.role for turn in found.turns] == roles


def test_a_bold_question_and_its_answer_may_share_a_paragraph(tmp_path: Path) -> None:
    talk = [("Where did you go?", "Up the hill. It rained."), ("Alone?", "With her."), ("Why?", "So.")]
    body = "".join(p(bold(asked), BREAK, run(answer)) for asked, answer in talk)
    found = transcript(tmp_path, "a.docx", docx(body))
    said_so = [(turn.role, found.words_of(turn)) for turn in found.turns]
    assert said_so == [pair for q, a in talk for pair in (("interviewer", q), ("participant", a))]


def test_a_few_bold_words_between_turns_are_a_heading_and_quoted(tmp_path: Path) -> None:
    talk = [p(f"{who}: {words}") for who, words in TALK]
    body = "".join([*talk[:2], p(bold("Barriers to cooking")), *talk[2:], p(bold("My only bold words."))])
    found = transcript(tmp_path, "a.docx", docx(body))
    assert not any("Barriers" in found.words_of(turn) for turn in found.turns)
    assert "My only bold words." in found.words_of(found.turns[-1])
    assert "1 heading not taken as speech: 'Barriers to cooking'." in found.notes


@pytest.mark.parametrize("end", ["", "."])
def test_bold_words_are_no_headings_where_turns_are_bold(end: str, tmp_path: Path) -> None:
    body = "".join(
        [
            p("Interviewer: What did you feel?"),
            p("Participant: ", bold("I felt that nobody listened"), run(end)),
            p(bold("Nobody at all")),
            p("Interviewer: And now?"),
            p("Participant: ", bold("Now it is better"), run(end)),
        ]
    )
    found = transcript(tmp_path, "a.docx", docx(body))
    assert any("Nobody at all" in found.words_of(turn) for turn in found.turns)


def test_columns_beside_the_turns_of_a_table_are_named(tmp_path: Path) -> None:
    cells = [
        ("Line", "Speaker", "Transcript", "English"),
        *((str(n), *turn, "So") for n, turn in enumerate(TALK)),
    ]
    found = transcript(tmp_path, "a.docx", docx(table(*cells)))
    assert "Columns that were not read: 'Line', 'English'." in found.notes
