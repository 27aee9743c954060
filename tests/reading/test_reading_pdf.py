"""PDFs: wrapped lines are paragraphs again, what only the page says is left out, hopeless files are refused."""

import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pypdf
import pytest

from coder.errors import FormatError, UnsafeFileError
from coder.reading import formats
from coder.reading.formats.pdf import read
from tests.reading.office_making import said, transcript
from tests.reading.pdf_making import Printed, pdf

pdf_pages = Path(formats.__file__).with_name("pdf_pages.py")
TALK = [
    (
        "INT",
        "How did you hear about the group, and what did you think it would be when you first heard of it?",
    ),
    (
        "P01",
        "My neighbour told me. She goes every week and she kept saying, come along, come along, so in the end I "
        "went with her. It’s a well-known place – the old library – and the bus stops right outside. "
        "I didn't think I would stay as long as I did.",
    ),
    ("INT", "What made you stay?"),
    ("P01", "The people. And the tea."),
] * 8


def printed(*, gap: float, header: str = "", numbered: bool = False, bold: bool = False) -> bytes:
    """Print the talk with so much space between paragraphs, as word processors do."""
    pages: list[list[Printed]] = [[]]
    y = 780.0
    for who, words in TALK:
        for number, line in enumerate(textwrap.wrap(f"{who}: {words}", 76, break_on_hyphens=True)):
            if y < 80:
                pages.append([])
                y = 780.0
            pages[-1].append(Printed(line, y, bold=len(who) + 1 if bold and not number else 0))
            y -= 14
        y -= gap
    for number, page in enumerate(pages, start=1):
        if header:
            page.insert(0, Printed(header, 815))
        if numbered:
            page.append(Printed(f"Page {number} of {len(pages)}", 40, x=280))
    assert len(pages) > 1
    return pdf(pages)


@pytest.mark.parametrize("gap", [0, 6, 14], ids=["no gaps", "small gaps", "blank lines"])
@pytest.mark.parametrize("bold", [True, False])
def test_wrapped_lines_are_joined_to_turns(gap: float, bold: bool, tmp_path: Path) -> None:
    data = printed(gap=gap, header="Interview P01 - confidential", numbered=True, bold=bold)
    found = transcript(tmp_path, "p01.pdf", data)
    assert said(found) == TALK
    assert any("page headers, footers and page numbers were left out" in note for note in found.notes)


def test_plain_page_numbers_are_left_out_but_numbers_that_are_said_are_not(tmp_path: Path) -> None:
    pages = [
        [
            Printed("INT: How many were there?", 700),
            Printed("P01: I think there were", 680),
            Printed("1", 40, 290),
        ],
        [Printed("12 people or so.", 780), Printed("INT: Thanks.", 760), Printed("2", 40, 290)],
        [Printed("P01: Welcome.", 780), Printed("3", 40, 290)],
    ]
    found = transcript(tmp_path, "p01.pdf", pdf(pages))
    assert said(found) == [
        ("INT", "How many were there?"),
        ("P01", "I think there were 12 people or so."),
        ("INT", "Thanks."),
        ("P01", "Welcome."),
    ]


def test_numbers_before_the_lines_are_left_out(tmp_path: Path) -> None:
    lines = [f"{who}: {line}" for who, words in TALK[:4] for line in [words[:60]]]
    page = [Printed(f"{number} {line}", 780 - 20 * number) for number, line in enumerate(lines, start=1)]
    found = transcript(tmp_path, "p01.pdf", pdf([page]))
    assert said(found) == [(who, words[:60].strip()) for who, words in TALK[:4]]


NUMBERED = [
    (("INT", "P01")[place % 2], f"{word} was it, I think.")
    for place, word in enumerate(("Bus", "Tram", "Rain", "Snow", "Hope", "Fear", "Bread", "Soup"))
]


def numbers_printed_apart(numbers: Iterable[int], *, x: float = 50) -> bytes:
    """Two pages of talk whose line numbers were printed behind each page's words, the last two of empty lines."""
    counted, pages = iter(numbers), []
    for page in (NUMBERED[:4], NUMBERED[4:]):
        words = [Printed(f"{who}: {words}", 780 - 20 * place) for place, (who, words) in enumerate(page)]
        pages.append([*words, *(Printed(str(next(counted)), 780 - 20 * place, x) for place in range(6))])
    return pdf(pages)


@pytest.mark.parametrize("numbers", [range(1, 13), [*range(1, 7), *range(1, 7)]], ids=["going on", "by page"])
def test_numbers_printed_behind_a_pages_words_are_left_out(tmp_path: Path, numbers: Iterable[int]) -> None:
    found = transcript(tmp_path, "p01.pdf", numbers_printed_apart(numbers))
    assert said(found) == NUMBERED
    assert "12 line numbers were left out." in found.notes


@pytest.mark.parametrize(
    ("numbers", "x"),
    [
        ([4, 7, 7, 2, 9, 3, 3, 8, 1, 5, 5, 6], 50),
        (range(1, 13), 300),
        (range(1990, 2002), 50),
        ([*range(1, 7), *range(9, 15)], 50),
    ],
    ids=["of no order", "right of the words", "years", "not going on"],
)
def test_other_numbers_beside_the_words_stay(tmp_path: Path, numbers: Iterable[int], x: float) -> None:
    found = transcript(tmp_path, "p01.pdf", numbers_printed_apart(numbers, x=x))
    assert not any("line numbers" in note for note in found.notes)


@pytest.mark.parametrize(("step", "beside"), [(1, 2), (1, 5)])
def test_numbers_beside_some_lines_only_stay(tmp_path: Path, step: int, beside: int) -> None:
    words = [Printed(f"{who}: {words}", 780 - 20 * place) for place, (who, words) in enumerate(NUMBERED * 2)]
    numbers = [Printed(str(step * n), 780 - 20 * beside * (n - 1), 50) for n in range(1, 16 // beside + 1)]
    found = transcript(tmp_path, "p01.pdf", pdf([[*words, *numbers]]))
    assert not any("line numbers" in note for note in found.notes)


def test_a_number_at_every_fifth_line_is_left_out(tmp_path: Path) -> None:
    words = [Printed(f"{who}: {words}", 780 - 20 * place) for place, (who, words) in enumerate(NUMBERED * 3)]
    numbers = [Printed(str(5 * n), 780 - 20 * (5 * n - 1), 50) for n in range(1, 5)]
    found = transcript(tmp_path, "p01.pdf", pdf([[*words, *numbers]]))
    assert said(found) == NUMBERED * 3


def test_a_word_in_small_letters_before_a_colon_goes_on_with_its_sentence(tmp_path: Path) -> None:
    lines, y = [], 780.0
    for n in range(4):
        for line in ("INT: And then?", "P01: My sister told me, and she kept", f"saying: try it, {n}."):
            lines.append(Printed(line, y))
            y -= 14
    found = transcript(tmp_path, "p01.pdf", pdf([lines]))
    told = [("P01", f"My sister told me, and she kept saying: try it, {n}.") for n in range(4)]
    assert said(found) == [turn for answer in told for turn in (("INT", "And then?"), answer)]


@pytest.mark.parametrize(
    "talk",
    [
        [("int", "Tell me about the bus"), ("p1", "It never comes."), ("int", "Never?"), ("p1", "No -")],
        [
            *(
                ("anna", "What is it like"),
                ("ben", "cold and wet -"),
                ("anna", "and then"),
                ("ben", "I left"),
            ),
            *(("anna", "You left"), ("ben", "yes, well")),
        ],
        [("INT", "Tell me about the bus"), ("p1", "It never comes"), ("INT", "Never"), ("p1", "No")],
    ],
)
def test_labels_in_small_letters_begin_lines_below_any_line(
    talk: list[tuple[str, str]], tmp_path: Path
) -> None:
    lines = [Printed(f"{who}: {words}", 780 - 14 * number) for number, (who, words) in enumerate(talk)]
    assert said(transcript(tmp_path, "p01.pdf", pdf([lines]))) == talk


def test_words_broken_at_line_ends_are_mended_as_the_text_spells_them(tmp_path: Path) -> None:
    page = [
        Printed("INT: So this is our second inter-", 700),
        Printed("view, and the first interview was a well-", 686),
        Printed("known one.", 672),
        Printed("INT: Yes.", 640),
    ]
    found = transcript(tmp_path, "p01.pdf", pdf([page]))
    assert (
        said(found)[0][1] == "So this is our second interview, and the first interview was a well-known one."
    )


def test_labels_in_a_column_left_of_the_words_begin_turns(tmp_path: Path) -> None:
    talk = [
        ("KM", ["And the sheet that they", "gave you?"]),
        ("IH", ["It is on the fridge."]),
        ("KM", ["Mm."]),
        ("IH", ["I look at it."]),
        ("Ben", ["So do I, he said", "he would, and then"]),
    ]
    lines, y = [], 780.0
    for who, words in talk:
        lines.append(Printed(who, y))
        for line in words:
            lines.append(Printed(line, y, x=112))
            y -= 14
    assert said(transcript(tmp_path, "p01.pdf", pdf([lines]))) == [(who, " ".join(ws)) for who, ws in talk]


def test_codes_printed_left_of_labelled_talk_are_nobodys_label_and_named(tmp_path: Path) -> None:
    talk = [
        ("", "INT: How was the ward at night?"),
        ("noise", "P1: It was loud and cold, and"),
        ("care", "nobody came when I rang."),
        ("", "INT: And the food?"),
        ("food", "P1: Cold every day, and I was"),
        ("food", "hungry at night."),
        ("", "INT: Why was that?"),
        ("care", "P1: The kitchen is far away."),
    ]
    lines = [Printed(words, 780 - 14 * n, x=130) for n, (_, words) in enumerate(talk)]
    lines += [Printed(code, 780 - 14 * n, x=40) for n, (code, _) in enumerate(talk) if code]
    lines.sort(key=lambda line: (-line.y, line.x))
    found = transcript(tmp_path, "p01.pdf", pdf([lines]))
    assert said(found) == [
        ("INT", "How was the ward at night?"),
        ("P1", "It was loud and cold, and nobody came when I rang."),
        ("INT", "And the food?"),
        ("P1", "Cold every day, and I was hungry at night."),
        ("INT", "Why was that?"),
        ("P1", "The kitchen is far away."),
    ]
    assert any("5 lines beside the talk" in note and "'noise'" in note for note in found.notes)


def test_first_words_before_the_gaps_of_justified_print_are_no_labels(tmp_path: Path) -> None:
    words = [
        "INT: How was the ward at night, and",
        "who came to see you then?",
        "P1: It was loud and cold, and",
        "and|nobody came when I rang the",
        "bell, not once did it help me,",
        "I|was hungry at night, too, so",
        "and|nobody brought me more.",
        "INT: Why?",
        "P1: The kitchen is far from us",
        "I|think, and the nurses are few.",
    ]
    lines, y = [], 780.0
    for line in words:
        first, _, rest = line.partition("|")
        lines.append(Printed(first, y))
        if rest:
            lines.append(Printed(rest, y, x=84 + 7 * len(first)))
        y -= 14
    found = said(transcript(tmp_path, "p01.pdf", pdf([lines])))
    assert [who for who, _ in found] == ["INT", "P1", "INT", "P1"]
    assert found[3][1] == "The kitchen is far from us I think, and the nurses are few."


def test_words_put_together_in_a_table_are_named(tmp_path: Path) -> None:
    rows = [
        ("INT", ["How was it then?"]),
        ("P1", ["I lived in the neigh-", "bourhood hall, all of my", "days."]),
        ("INT", ["And later, who came?"]),
        ("P1", ["My treat-", "ment came in the", "spring."]),
    ]
    lines, y = [Printed("Speaker", 800), Printed("Time", 800, x=150), Printed("Text", 800, x=220)], 780.0
    for number, (who, words) in enumerate(rows):
        lines += [Printed(who, y), Printed(f"0:0{number}", y, x=150)]
        for line in words:
            lines.append(Printed(line, y, x=220))
            y -= 14
        y -= 10
    found = transcript(tmp_path, "p01.pdf", pdf([lines]))
    assert said(found)[3][1] == "My treatment came in the spring."
    assert any("'neighbourhood', 'treatment'" in note for note in found.notes)


def test_a_word_broken_once_is_put_together_and_named(tmp_path: Path) -> None:
    page = [
        Printed("INT: So this is a poor sort of neigh-", 700),
        Printed("bourhood, with a well-", 686),
        Printed("meaning doctor?", 672),
        Printed("INT: Yes.", 640),
    ]
    found = transcript(tmp_path, "p01.pdf", pdf([page]))
    assert said(found)[0][1] == "So this is a poor sort of neighbourhood, with a well-meaning doctor?"
    assert any("'neighbourhood'" in note for note in found.notes)


def test_a_scanned_pdf_is_refused_with_the_reason() -> None:
    with pytest.raises(FormatError, match=r"only pictures of its 2 pages \(it was scanned\)"):
        read(pdf([[], []]), "scan.pdf")


def locked(password: str, data: bytes, folder: Path) -> bytes:
    writer = pypdf.PdfWriter()
    source = folder / "open.pdf"
    source.write_bytes(data)
    writer.append(str(source))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    writer.write(str(folder / "locked.pdf"))
    return (folder / "locked.pdf").read_bytes()


def test_a_pdf_with_a_password_is_refused_and_one_only_kept_from_changes_is_read(tmp_path: Path) -> None:
    data = pdf([[Printed("INT: How are you today?", 700), Printed("P01: Fine, thanks.", 680)]])
    with pytest.raises(FormatError, match="locked with a password"):
        read(locked("secret", data, tmp_path), "x.pdf")
    assert len(read(locked("", data, tmp_path), "x.pdf").paragraphs) == 2


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95])
def test_a_cut_off_pdf_is_refused(kept: float) -> None:
    data = pdf([[Printed("INT: How are you?", 700)]])
    with pytest.raises(FormatError, match="cut off"):
        read(data[: int(len(data) * kept)], "x.pdf")


def test_a_garbled_pdf_is_said_to_be_damaged() -> None:
    with pytest.raises(FormatError, match="damaged"):
        read(b"%PDF-1.4\n" + bytes(range(256)) * 50 + b"\n%%EOF", "x.pdf")


@pytest.mark.slow
def test_a_pdf_that_keeps_the_reader_busy_is_stopped() -> None:
    busy = b"BT /F1 11 Tf " + b"(a) Tj 1 0 0 1 0 0 Tm " * 700_000 + b" ET"
    with pytest.raises(UnsafeFileError, match="too long or too much memory"):
        read(pdf([], content=[busy] * 12), "x.pdf")


def test_a_pdf_is_stopped_by_its_computing_time_where_the_system_has_no_limit_of_its_own() -> None:
    program = (
        "import runpy, sys, time; sys.modules['resource'] = None; time.process_time = lambda: 1e9;"
        "sys.stdin = None; runpy.run_path(sys.argv[1])['limit_itself'](); time.sleep(60)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(pdf_pages)], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"TimeIsUp")


def test_a_pdf_that_hangs_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.reading.formats.pdf.MOST_SECONDS", 0)
    with pytest.raises(UnsafeFileError, match="takes too long"):
        read(printed(gap=6), "x.pdf")


def test_other_files_named_pdf_are_refused() -> None:
    with pytest.raises(FormatError, match="plain text"):
        read(b"INT: Hello", "x.pdf")


def test_questions_of_several_bold_lines_are_the_interviewers(tmp_path: Path) -> None:
    asked = [
        "And what would you say makes it hard for",
        "you to come?",
        "What would help you most of all, if",
        "anything?",
    ]
    page = [
        Printed("Interview 7", 780, bold=11),
        Printed("3 March, the centre", 750),
        *(Printed(line, 720 - 14 * n, bold=len(line)) for n, line in enumerate(asked[:2])),
        Printed("The bus.", 680),
        *(Printed(line, 650 - 14 * n, bold=len(line)) for n, line in enumerate(asked[2:])),
        Printed("A lift.", 610),
    ]
    found = transcript(tmp_path, "p01.pdf", pdf([page]))
    assert [(turn.role, found.words_of(turn)) for turn in found.turns] == [
        ("interviewer", " ".join(asked[:2])),
        ("participant", "The bus."),
        ("interviewer", " ".join(asked[2:])),
        ("participant", "A lift."),
    ]


def _typeset(drawn: str) -> bytes:
    words = (
        "BT /F1 11 Tf 1 0 0 1 72 700 Tm (INT: How old were they?) Tj ET "
        "BT /F1 11 Tf 1 0 0 1 72 680 Tm (P01: They were ) Tj ET "
        "BT /F1 11 Tf 1 0 0 1 152 680 Tm (twice) Tj ET BT /F1 11 Tf 1 0 0 1 180 680 Tm ( half my age.) Tj ET "
    )
    return pdf([], content=[(words + drawn).encode()])


@pytest.mark.parametrize(
    "drawn",
    ["0.7 w 152 683.1 m 178 683.1 l S", "q 1 0 0 1 152 680 cm 0 3 m 26 3 l S Q", "152 683 26 0.6 re f"],
)
def test_words_that_are_struck_through_are_named(drawn: str, tmp_path: Path) -> None:
    found = transcript(tmp_path, "p01.pdf", _typeset(drawn))
    assert "They were twice half my age." in said(found)[1][1].replace("  ", " ")
    assert any("1 line holds words struck through" in doubt and "'twice'" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "drawn",
    [
        "152 678 m 178 678 l S",
        "72 690 m 500 690 l S",
        "72 683 26 40 re S",
        "152 600 m 152 720 l S",
        "(a) 683 m 1e99 683 l 1 re 9e999 9e999 3 0.1 re f",
    ],
    ids=["underlined", "a rule", "a box", "upright", "no numbers"],
)
def test_other_lines_strike_no_words_through(drawn: str, tmp_path: Path) -> None:
    assert not any("struck" in note for note in transcript(tmp_path, "p01.pdf", _typeset(drawn)).notes)
