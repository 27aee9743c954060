"""Tables of talk in PDFs, whose columns are known only by where words stand."""

import textwrap
from pathlib import Path

import pytest

from coder.reading.formats.pdf_layout import PdfLine
from coder.reading.formats.pdf_tables import blocks_of
from tests.reading.office_making import said, timed, transcript
from tests.reading.pdf_making import Printed, pdf

TALK = [
    ("INT", "Can you tell me how you found out about the service?"),
    ("P07", "It was a poster, in the pharmacy. I had tried patches before, twice, and it never stuck."),
    ("INT", "What was different this time?"),
    ("P07", "The woman there. She rang me every Friday, and I could not let her down."),
] * 4
PLACES = {2: (90, 200), 3: (90, 180, 270)}


def printed(columns: int, *, header: tuple[str, ...] = (), notes: bool = False) -> bytes:
    """Print the talk as a table, cell by cell, as word processors do."""
    pages: list[list[Printed]] = [[Printed("Interview 7", 800)]]
    y = 770.0
    rows = [header] if header else []
    rows += [(*[f"00:00:{n:02}"][: columns - 2], who, words) for n, (who, words) in enumerate(TALK)]
    for number, row in enumerate(rows):
        if y < 140:
            pages.append([])
            y = 770.0
        lines = textwrap.wrap(row[-1], 30)
        cells = [[cell] for cell in row[:-1]] + [lines]
        for place, cell in zip(PLACES[columns], cells, strict=True):
            pages[-1] += [Printed(line, y - 14 * below, x=place) for below, line in enumerate(cell)]
        if notes and number in (2, 4, 6):
            pages[-1].append(Printed("fear", y, x=450))
        y -= 14 * len(lines)
    return pdf(pages)


@pytest.mark.parametrize("header", [(), ("Speaker", "Text")])
def test_a_table_of_two_columns_is_read_row_by_row(header: tuple[str, ...], tmp_path: Path) -> None:
    found = transcript(tmp_path, "p07.pdf", printed(2, header=header))
    assert said(found) == TALK
    assert any("'Interview 7" in note for note in found.notes)


def test_a_column_of_times_is_no_words(tmp_path: Path) -> None:
    found = transcript(tmp_path, "p07.pdf", printed(3, header=("Time", "Speaker", "Text")))
    assert timed(found) == [(who, float(n), words) for n, (who, words) in enumerate(TALK)]


def test_notes_beside_the_words_are_no_words(tmp_path: Path) -> None:
    assert said(transcript(tmp_path, "p07.pdf", printed(2, notes=True))) == TALK


def test_numbers_before_the_lines_of_a_table_are_left_out(tmp_path: Path) -> None:
    lines: list[Printed] = []
    number, y = 1, 780.0
    for who, words in TALK[:8]:
        for part, line in enumerate(textwrap.wrap(words, 45)):
            lines.append(Printed(str(number), y, x=50))
            lines += [Printed(who, y, x=90)] if part == 0 else []
            lines.append(Printed(line, y, x=150))
            number, y = number + 1, y - 14
    found = transcript(tmp_path, "p07.pdf", pdf([lines]))
    assert said(found) == TALK[:8]
    assert f"{number - 1} line numbers were left out." in found.notes


def test_bold_labels_and_lines_without_gaps_make_no_table() -> None:
    lines = [PdfLine("INT: How?", 90, 700 - n * 14, 4, ((5, 121.0, False),)) for n in range(9)]
    assert blocks_of([lines]) is None
    assert blocks_of([[]]) is None


def test_names_and_times_above_the_words_make_no_table() -> None:
    lines = []
    for n in range(6):
        lines.append(PdfLine("Ida Moss 0:03", 90, 700 - n * 28, 8, ((9, 200.0, True),)))
        lines.append(PdfLine("I went there by bus every day of the week.", 90, 686 - n * 28))
    assert blocks_of([lines]) is None


def hanging(colon: str, wrapped: str) -> bytes:
    """Print labels and words behind a gap, and one line that goes on below them at the left margin."""
    lines: list[Printed] = []
    y = 780
    for number, (who, words) in enumerate(TALK):
        lines += [Printed(f"{who}{colon}", y), Printed(words[:60], y, x=130)]
        if number == 3:
            y -= 14
            lines.append(Printed(wrapped, y))
        y -= 14
    return pdf([lines])


@pytest.mark.parametrize("colon", [":", ""])
def test_lines_that_go_on_at_the_left_margin_are_words(colon: str, tmp_path: Path) -> None:
    wrapped = "and I never told my husband about any of it."
    found = said(transcript(tmp_path, "p07.pdf", hanging(colon, wrapped)))
    assert [who for who, _ in found] == [who for who, _ in TALK]
    assert found[3][1] == f"{TALK[3][1][:60].strip()} {wrapped}"


def test_sentences_outside_a_table_are_named_as_a_doubt(tmp_path: Path) -> None:
    below = "P07 said that she would like to add that the nurse was kind."
    pages = [[], [Printed(below, 780)]]
    y = 790
    for who, words in TALK:
        pages[0].append(Printed(who, y))
        for line in textwrap.wrap(words, 50):
            pages[0].append(Printed(line, y, x=150))
            y -= 14
    found = transcript(tmp_path, "p07.pdf", pdf(pages))
    assert said(found) == TALK
    assert any("outside the table" in doubt and "the nurse" in doubt for doubt in found.doubts)
