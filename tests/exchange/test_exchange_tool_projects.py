"""Invented projects in the manner of each program: what comes in and goes out again, and that losses are said."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coder.exchange.read import read_codings
from coder.store import Study
from coder.workflow.study.export import ExportRequest, export_study
from coder.workflow.study.import_project import ProjectReport, import_project
from coder.workflow.study.import_transcripts import ImportOptions
from tests.refi_making import NAMESPACE, qde, qdpx, selection, source
from tests.study_making import CODEBOOK, cut

WORDS = "I: What was the weather like?\nP: It rained all day. The sun came later.\n"
RAIN = (WORDS.index("It rained"), WORDS.index(" The sun"))
SUN = (WORDS.index("The sun"), WORDS.index("\n", WORDS.index("The sun")))


def guid(number: int, *, upper: bool = False) -> str:
    text = f"0a1b2c3d-0000-4000-8000-{number:012}"
    return text.upper() if upper else text


U, RAIN_CODE, SUN_CODE, TEXT, CASE, NOTE, OTHER = range(1, 8)


def project(body: str, *, origin: str, users: str = "", upper: bool = False) -> str:
    users = users or f'<User guid="{guid(U, upper=upper)}" name="Anna"/>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="{NAMESPACE}" name="p" origin="{origin}">'
        f"<Users>{users}</Users>{body}</Project>"
    )


def codebook(inner: str = "", *, upper: bool = False) -> str:
    return (
        f'<CodeBook><Codes><Code guid="{guid(RAIN_CODE, upper=upper)}" name="Rain" isCodable="true"/>'
        f'<Code guid="{guid(SUN_CODE, upper=upper)}" name="Sun" isCodable="true"/>{inner}</Codes></CodeBook>'
    )


def coded(span: tuple[int, int], code: int, *, upper: bool = False, more: str = "", **given: str) -> str:
    named = "".join(f' {name}="{value}"' for name, value in given.items())
    return (
        f'<PlainTextSelection guid="{guid(span[0] + 100 * code, upper=upper)}" startPosition="{span[0]}"'
        f' endPosition="{span[1]}" creatingUser="{guid(U, upper=upper)}"{named}>{more}'
        f'<Coding guid="{guid(span[0] + 100 * code + 50_000, upper=upper)}" creatingUser="{guid(U, upper=upper)}">'
        f'<CodeRef targetGUID="{guid(code, upper=upper)}"/></Coding></PlainTextSelection>'
    )


def text_source(
    inner: str, *, name: str = "Interview 1", path: str = "t.txt", key: int = TEXT, upper: bool = False
) -> str:
    return (
        f'<TextSource guid="{guid(key, upper=upper)}" name="{name}" plainTextPath="internal://{path}"'
        f' richTextPath="internal://t.docx">{inner}</TextSource>'
    )


@dataclass(frozen=True)
class Made:
    """A project's file, its codings (code, words), and the words of every note that must be said of it."""

    path: Path
    codings: set[tuple[str, str]]
    said: tuple[str, ...] = ()


BOTH = {("rain", "It rained all day."), ("sun", "The sun came later.")}


def nvivo_windows(folder: Path) -> Made:
    """CRLF counted twice, no names of selections, the case as a code, a film with codings, a map."""
    raw = WORDS.replace("\n", "\r\n")
    spans = [(raw.index("It rained"), raw.index(" The sun")), (raw.index("The sun"), raw.rindex("\r\n"))]
    case = coded(spans[0], CASE)
    film = (
        '<VideoSource guid="v" name="ward round"><VideoSelection guid="vs" begin="0" end="9"/></VideoSource>'
    )
    body = (
        codebook(f'<Code guid="{guid(CASE)}" name="P" isCodable="true"/>')
        + f'<Cases><Case guid="{guid(CASE)}" name="P"><SourceRef targetGUID="{guid(TEXT)}"/></Case></Cases>'
        + f"<Sources>{text_source(coded(spans[0], RAIN_CODE) + coded(spans[1], SUN_CODE) + case)}{film}</Sources>"
        + '<Graphs><Graph guid="g" name="Mind map"/></Graphs>'
    )  # fmt: skip
    path = qdpx(folder / "nvivo.qdpx", project(body, origin="NVivo 14"), {"sources/t.txt": raw.encode()})
    return Made(
        path, BOTH,
        (
            "1 coding that say where a case speaks", "1 coding of film left out: 'ward round'",
            "1 map (graph) left out: 'Mind map'", "'ward round (film)'", "CRLF counted twice",
        ),
    )  # fmt: skip


def nvivo_mac(folder: Path) -> Made:
    """Nested codes, a memo in rich text only, a memo linked to a case, sets with codes."""
    body = (
        codebook(f'<Code guid="{guid(OTHER)}" name="Wards" isCodable="true"/>')
        + f'<Cases><Case guid="{guid(CASE)}" name="Clinic"><SourceRef targetGUID="{guid(TEXT)}"/>'
        + f'<NoteRef targetGUID="{guid(NOTE)}"/></Case></Cases>'
        + f"<Sources>{text_source(coded(RAIN, RAIN_CODE) + coded(SUN, SUN_CODE))}</Sources>"
        + f'<Notes><Note guid="{guid(NOTE)}" name="About the clinic" creatingUser="{guid(U)}">'
        + "<PlainTextContent>small rooms</PlainTextContent></Note>"
        + f'<Note guid="{guid(NOTE + 90)}" name="Styled" richTextPath="internal://n.docx"'
        + f' creatingUser="{guid(U)}"/></Notes>'
        + f'<Sets><Set guid="s" name="Search set"><MemberCode targetGUID="{guid(OTHER)}"/></Set></Sets>'
    )  # fmt: skip
    path = qdpx(folder / "mac.qdpx", project(body, origin="NVivo for Mac"), {"sources/t.txt": WORDS.encode()})
    return Made(
        path, BOTH,
        (
            "1 memo on cases: kept, without the case: 'Clinic'",
            "1 memo without plain text in the file left out: 'Styled'",
            "1 code or notes that lie in sets: that they do is left out: 'Search set'",
            "1 code without a coding not brought in, since the study keeps its own codebook: 'Wards'", "'Clinic'",
        ),
    )  # fmt: skip


def atlas_ti(folder: Path) -> Made:
    """GUIDs in capitals, the project named by its title, hyperlinks between quotations, a comment without a code."""
    comment = (
        f'<PlainTextSelection guid="{guid(900, upper=True)}" name="later" startPosition="{SUN[1] - 6}"'
        f' endPosition="{SUN[1] - 1}" creatingUser="{guid(U, upper=True)}"><Description>when?</Description>'
        "</PlainTextSelection>"
    )
    inner = (
        coded(RAIN, RAIN_CODE, upper=True, name="It rained all...")
        + coded(SUN, SUN_CODE, upper=True)
        + comment
    )
    ends = [guid(RAIN[0] + 100 * RAIN_CODE, upper=True), guid(SUN[0] + 100 * SUN_CODE, upper=True)]
    body = (
        codebook(upper=True) + f"<Sources>{text_source(inner, upper=True)}</Sources>"
        + f'<Links><Link guid="L" name="contradicts" originGUID="{ends[0]}" targetGUID="{ends[1]}"/></Links>'
        + '<Sets><Set guid="s" name="Group 1"><Description>the first wave</Description>'
        + f'<MemberSource targetGUID="{guid(TEXT, upper=True)}"/></Set></Sets>'
    )  # fmt: skip
    xml = project(body, origin="ATLAS.ti", upper=True)
    path = qdpx(folder / "atlas.qdpx", xml, {"sources/t.txt": WORDS.encode()}, member="Weather study.qde")
    return Made(
        path, BOTH,
        (
            "1 link between passages, codes or texts left out: 'contradicts'",
            "1 description of something that is not read left out: 'Set: the first wave'",
        ),
    )  # fmt: skip


def maxqda(folder: Path) -> Made:
    """No times, variables of documents in a case without a name, answers of a survey as sources of one name."""
    second = "P: Wind, only wind.\n"
    sources = text_source(coded(RAIN, RAIN_CODE) + coded(SUN, SUN_CODE), name="Answer") + text_source(
        f'<Coding guid="w"><CodeRef targetGUID="{guid(SUN_CODE)}"/></Coding>',
        name="Answer",
        path="u.txt",
        key=OTHER,
    )
    body = (
        codebook() + f'<Variables><Variable guid="{guid(80)}" name="Site" typeOfVariable="Text">'
        + "<Description>where</Description></Variable></Variables>"
        + f'<Cases><Case guid="{guid(CASE)}"><VariableValue><VariableRef targetGUID="{guid(80)}"/>'
        + f'<TextValue>North</TextValue></VariableValue><SourceRef targetGUID="{guid(TEXT)}"/></Case></Cases>'
        + f"<Sources>{sources}</Sources>"
    )  # fmt: skip
    files = {"sources/t.txt": WORDS.encode(), "sources/u.txt": second.encode()}
    path = qdpx(folder / "maxqda.qdpx", project(body, origin="MAXQDA 24"), files)
    return Made(
        path, BOTH,
        (
            "1 coding of a whole document left out: 'Answer'",
            "1 description of something that is not read left out: 'Variable: where'",
        ),
    )  # fmt: skip


def qualcoder(folder: Path) -> Made:
    """A BOM before the XML and the text, `Sources/`, the whole words as names, two users of one passage."""
    users = f'<User guid="{guid(U)}" name="Anna"/><User guid="{guid(90)}" name="Ben"/>'
    inner = coded(RAIN, RAIN_CODE, name="It rained all day.") + coded(
        SUN, SUN_CODE, name="The sun came later."
    )
    bens = (
        coded(RAIN, RAIN_CODE, name="It rained all day.")
        .replace(guid(U), guid(90))
        .replace("0a1b", "0a1c", 1)
    )
    body = codebook() + f"<Sources>{text_source(inner + bens)}</Sources>"
    xml = "\ufeff" + project(body, origin="QualCoder-3.8.2", users=users)
    files = {"Sources/t.txt": b"\xef\xbb\xbf" + WORDS.encode()}
    return Made(qdpx(folder / "qualcoder.qdpx", xml.encode(), files), BOTH, ("verified by their names",))


def paper(folder: Path) -> Made:
    """A PDF with a text and areas, a picture, a text that is not in the archive, a code given to a case."""
    pdf = (
        '<PDFSource guid="f" name="Leaflet" path="internal://f.pdf"><PDFSelection guid="a" page="0" name="logo"/>'
        f'<Representation guid="r" plainTextPath="internal://r.txt">{coded(RAIN, RAIN_CODE)}{coded(SUN, SUN_CODE)}'
        '</Representation></PDFSource><PictureSource guid="g" name="Poster"><PictureSelection guid="h"/>'
        "</PictureSource>"
    )
    body = (
        codebook() + f'<Cases><Case guid="{guid(CASE)}" name="Site A"><CodeRef targetGUID="{guid(RAIN_CODE)}"/>'
        + '<SourceRef targetGUID="r"/><SelectionRef targetGUID="x"/></Case></Cases>'
        + f"<Sources>{pdf}{text_source('', name='Gone', path='gone.txt')}</Sources>"
    )  # fmt: skip
    path = qdpx(folder / "paper.qdpx", project(body, origin="NVivo 15"), {"sources/r.txt": WORDS.encode()})
    return Made(
        path, BOTH,
        (
            "1 coding of an area of a PDF left out: 'logo'", "1 coding of a picture left out: 'Poster'",
            "1 source without a text in the file left out: 'Gone'", "1 code given to a case left out: 'Site A'",
            "1 reference of a case to a passage left out: 'Site A'",
        ),
    )  # fmt: skip


@pytest.fixture(params=[nvivo_windows, nvivo_mac, atlas_ti, maxqda, qualcoder, paper])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Made]:
    yield request.param(tmp_path)


def brought(study: Study, path: Path) -> tuple[ProjectReport, str]:
    report = import_project(study, path, ImportOptions(cut=cut))
    notes = report.codings.notes if report.codings else []
    return report, " ".join([*report.notes, *notes])


def standing(study: Study) -> set[tuple[str, str]]:
    return {
        (row["code"], row["text"])
        for row in study.db.rows("SELECT code, text FROM coding ORDER BY coder, start")
    }


def test_codings_keep_their_words_and_every_loss_is_said_with_count_and_example(
    made: Made, tmp_path: Path
) -> None:
    with Study.create(tmp_path / "s.coder", CODEBOOK) as study:
        report, said = brought(study, made.path)
        assert standing(study) == made.codings
        assert report.codings is not None and report.codings.problems == []
        for words in made.said:
            assert words in said, said
        assert "When codings and memos were made is not taken over" in said
        exported = export_study(study, ExportRequest(tmp_path / "out.qdpx"))
        before = {
            (item.coder, item.text)
            for item in read_codings(made.path).codings
            if item.code in ("Rain", "Sun")
        }
        assert {(item.coder, item.text) for item in read_codings(exported.out).codings} == before
    with Study.create(tmp_path / "again.coder", CODEBOOK) as again:
        brought(again, tmp_path / "out.qdpx")
        assert standing(again) == made.codings


def test_what_is_said_of_a_pdf_or_a_recording_is_said_of_its_text(tmp_path: Path) -> None:
    sources = (
        '<PDFSource guid="PDF" name="paper.pdf" path="internal://p.pdf"><Representation guid="r1" name="paper"'
        f' plainTextPath="internal://d1.txt">{selection(0, 5, "Hello")}</Representation></PDFSource>'
        '<AudioSource guid="au" name="talk.mp3"><Transcript guid="t1" name="talk" plainTextPath="internal://d2.txt"/>'
        '</AudioSource><PictureSource guid="pic" name="map.png"/>'
    )
    extra = (
        '<Variables><Variable guid="v" name="Age" typeOfVariable="Integer"/></Variables>'
        '<Cases><Case guid="k" name="P1">'
        '<VariableValue><VariableRef targetGUID="v"/><IntegerValue>45</IntegerValue></VariableValue>'
        '<SourceRef targetGUID="pdf"/><SourceRef targetGUID="pic"/></Case></Cases>'
    )
    members = '<MemberSource targetGUID="pdf"/><MemberSource targetGUID="au"/>'
    sets = f'<Sets><Set guid="s" name="Clinic">{members}</Set></Sets>'
    xml = qde(sources=sources, extra=extra).replace("</Project>", f"{sets}</Project>")
    files = {"sources/d1.txt": b"Hello paper.", "sources/d2.txt": b"A: words."}
    project = read_codings(qdpx(tmp_path / "p.qdpx", xml, files))
    assert {item.name: dict(item.attributes) for item in project.documents} == {
        "paper": {"set": "Clinic"}, "talk": {"set": "Clinic"},
    }  # fmt: skip
    assert [(case.name, case.documents) for case in project.cases] == [("P1", ("paper",))]


def test_coded_memos_and_codings_of_texts_that_are_missing_are_counted(tmp_path: Path) -> None:
    notes = (
        '<Notes><Note guid="n1" name="Coded memo"><PlainTextContent>money matters</PlainTextContent>'
        f'{selection(0, 5, "money")}<Coding guid="w"><CodeRef targetGUID="x"/></Coding></Note></Notes>'
    )
    sources = source(selection(0, 5, "Hello")) + source(
        selection(0, 3), name="elsewhere", path="relative:///texts/e.txt"
    ).replace('guid="d1"', 'guid="d9"')
    xml = qde(sources=sources).replace("</Project>", f"{notes}</Project>")
    project = read_codings(qdpx(tmp_path / "p.qdpx", xml, {"sources/d1.txt": b"Hello there."}))
    said = " ".join(project.notes)
    assert "2 codings of memos left out: 'Coded memo'" in said
    assert "1 source without a text in the file left out, with 1 coding: 'elsewhere'" in said
    # The memo itself is kept as one, and its coded words are not taken for a place in the only text.
    assert [(memo.text, memo.start) for memo in project.memos] == [("Coded memo\nmoney matters", None)]
    assert [item.text for item in project.codings] == ["Hello"]
