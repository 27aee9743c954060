"""Every character of a transcript is somebody's words or named furniture, whatever the text is like."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.domain import Transcript
from coder.errors import FormatError
from coder.reading.document import Document, Paragraph
from coder.reading.formats.plain import document_of
from coder.reading.formats.subtitles import document_of as subtitles_of
from coder.reading.speakers.assemble import assemble
from tests.reading.cases_hard import CASES as HARD_CASES
from tests.reading.cases_plain import CASES, Case

LABELS = (
    "INT: |P1: |P1:\t|Anna (00:03): |[00:00:04] |0:03 |Q. |A. |**Bob:** |Al  0:03|INTERVIEWER|P1 - |<v Ann>"
)
FURNITURE = (
    "# |- |Date: 3 May|10:30 |#00:00:05-1#|1 |2 |3 |---|Page 1|00:01:02,345 --> 00:01:03,000\n|: |:|(|)|\n"
)
WORDS = (
    "Two things: |https://x.org: |[laughs] |田中：|Dr. No said |well, |…|\u00a0|\ufeff|\u2028|\x0c|😀|é|&|x"
)
PIECES = ["\n\n", *f"{LABELS}|{FURNITURE}|{WORDS}".split("|")]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=60).map("".join)


def assert_accounted_for(transcript: Transcript) -> None:
    spans = sorted(
        [(turn.start, turn.end) for turn in transcript.turns]
        + [(span.start, span.end) for span in transcript.furniture]
    )
    position = 0
    for start, end in spans:
        assert start == position, f"{transcript.text[position:start]!r} is held twice or not at all"
        position = end
    assert position == len(transcript.text)
    assert [turn.index for turn in transcript.turns] == list(range(len(transcript.turns)))
    for turn in transcript.turns:
        words = transcript.words_of(turn)
        assert words and words == words.strip()


def written_anew(transcript: Transcript) -> bool:
    """Tell whether line numbers, stamps or the times of cues had to be taken out, which is always said."""
    said = ("line numbers", "joined to sentences", "inside sentences left out")
    return any(sign in note for note in transcript.notes for sign in said)


@pytest.mark.parametrize("case", [*CASES, *HARD_CASES], ids=lambda case: case.name)
def test_text_files_stay_as_they_are(case: Case) -> None:
    document = document_of(case.content, case.file, "utf-8")
    transcript = assemble(document, case.file, b"")
    assert_accounted_for(transcript)
    if not written_anew(transcript):
        assert transcript.text == case.content


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_accounted_for(text: str) -> None:
    document = document_of(text, "x.txt", "utf-8")
    try:
        transcript = assemble(document, "x.txt", b"")
    except FormatError:
        return
    assert_accounted_for(transcript)
    assert written_anew(transcript) or transcript.text == "\n".join(
        paragraph.text for paragraph in document.paragraphs
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_any_subtitles_are_accounted_for(cues: list[str]) -> None:
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:00:{number:02}.000 --> 00:00:{number:02}.900\n{cue}" for number, cue in enumerate(cues)
    )
    try:
        transcript = assemble(subtitles_of(text, "x.vtt", "utf-8"), "x.vtt", b"")
    except FormatError:
        return
    assert_accounted_for(transcript)


PARAGRAPHS = st.builds(
    Paragraph,
    text=TEXTS,
    speaker=st.sampled_from([None, "Anna", " Bob ", ""]),
    time=st.sampled_from([None, 0.0, 3.5]),
    bold=st.integers(0, 12),
    heading=st.booleans(),
    kind=st.sampled_from(["", "", "", "title"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PARAGRAPHS, min_size=1, max_size=10), st.booleans(), st.booleans())
def test_any_document_is_accounted_for(paragraphs: list[Paragraph], labelled: bool, running: bool) -> None:
    document = Document("docx", tuple(paragraphs), labelled=labelled, running=running)
    try:
        transcript = assemble(document, "x.docx", b"")
    except FormatError:
        return
    assert_accounted_for(transcript)
    if not (labelled or running or written_anew(transcript)):
        assert transcript.text == "\n\n".join(paragraph.text for paragraph in paragraphs)
