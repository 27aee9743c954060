"""Every way of setting off a speaker, in every layout of lines, gives the same turns back."""

import itertools
import textwrap
from collections.abc import Sequence

import pytest

from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble

STYLES = [
    "{L}: {w}",
    "{L}:\t{w}",
    "{L}\t{w}",
    "{L}\u00a0: {w}",
    "{L}：{w}",
    "{L}:{w}",
    "[{L}] {w}",
    "[{L}]: {w}",
    "<{L}> {w}",
    "**{L}:** {w}",
    "**{L}**: {w}",
    "- {L}: {w}",
    "{L} - {w}",
    "{L} – {w}",
    "{L}> {w}",
    "{L}:\n{w}",
    "{L}\n{w}",
    "### {L}\n\n{w}",
    "{L}    {w}",
    "{L}  {t}\n{w}",
    "{L}, {t}\n{w}",
    "{L} | {t}\n{w}",
    "{L} ({t}):\n{w}",
    "{L} [{T}]\n{w}",
    "{T} {L}\n{w}",
    "[{T}] {L}\n{w}",
    "[{T}] - {L}\n{w}",
    "{t}\n{L}\n{w}",
    "{L}\n{t}\n{w}",
    "{T} --> {T}\n{L}\n{w}",
    "[{T}] {L}: {w}",
    "({t}) {L}: {w}",
    "#{T}# {L}: {w}",
    "{t} {L}: {w}",
    "{L} [{T}]: {w}",
    "{L} ({t}): {w}",
    "{L}: [{T}] {w}",
    "{L} {T} {w}",
    "{L}: {w} #{T}#",
]
CASTS = [
    ("INTERVIEWER", "P01", "P01"),
    ("I", "R", "R"),
    ("Interviewer 1", "Participant 12", "Participant 12"),
    ("SPEAKER_00", "SPEAKER_01", "SPEAKER_01"),
    ("MODERATOR", "F1", "M2"),
    ("Jane Doe", "Okoro, Ada", "Dr O’Brien"),
    ("Åse", "Tom", "Ng"),
]
TALK = [
    "So how did you first hear about the walking group, was it the poster?",
    "Two things: the bus, and my knee. I'd say the bus is worse, because it is never there when you want it.",
    "And what happened then?",
    "I went at 10:30 and nobody was there. (laughs) So I left again, and that was that for the year.",
    "Mm.",
    "It was Dr. Jones who said it – the tall one – and I thought, well, fine. I'd give it a go for a month or so.",
    "Who else goes, would you say?",
    "Noted: that's what she wrote. There is a page, https://example.org/help: no answer, obviously. I rang as well.",
]
HEADERS = [
    "",
    "Title: Interview 4\nDate: 3 May 2023\nTime: 10:30\n\n",
    "Interview with a member of the public\n\n",
]


def composed(
    style: str, cast: tuple[str, str, str], join: str, wrap: int | None
) -> tuple[str, list[list[str]]]:
    written, spoken = [], []
    for number, words in enumerate(TALK * 2):
        label = cast[0] if number % 2 == 0 else cast[1 + number // 2 % 2]
        seconds = 7 * number
        lines = style.format(
            L=label,
            w=words,
            t=f"{seconds // 60}:{seconds % 60:02}",
            T=f"00:{seconds // 60:02}:{seconds % 60:02}",
        ).split("\n")
        if wrap:
            lines = [
                textwrap.fill(line, wrap, break_on_hyphens=False, replace_whitespace=False, expand_tabs=False)
                for line in lines
            ]
        written.append("\n".join(lines))
        spoken.append([label, words])
    return join.join(written) + "\n", spoken


LAYOUTS = list(itertools.product(CASTS, ("\n", "\n\n"), (None, 72), HEADERS))


def check_layouts(style: str, layouts: Sequence[tuple[tuple[str, str, str], str, int | None, str]]) -> None:
    for cast, join, wrap, header in layouts:
        text, spoken = composed(style, cast, join, wrap)
        transcript = assemble(document_of(header + text, "x.txt", "utf-8"), "x.txt", b"")
        found = [[turn.speaker, " ".join(transcript.words_of(turn).split())] for turn in transcript.turns]
        assert found == spoken, f"{style!r}, {cast}, {join!r}, {wrap}, {header!r}"
        asking = {turn.speaker for turn in transcript.turns if turn.role == "interviewer"}
        assert asking == {cast[0]}
        if "{t}" in style or "{T}" in style.split("{w}")[0]:
            assert [turn.time for turn in transcript.turns] == [7.0 * number for number in range(len(spoken))]


@pytest.mark.parametrize("number", range(len(STYLES)), ids=STYLES)
def test_a_style_is_read_in_many_layouts(number: int) -> None:
    # Every fifth, from another one for each style: all casts, joins, wraps and headers for every style.
    check_layouts(STYLES[number], LAYOUTS[number % 5 :: 5])


@pytest.mark.slow
def test_every_style_is_read_in_every_layout() -> None:
    for style in STYLES:
        check_layouts(style, LAYOUTS)


ODD = [
    "{L} {T}: {L}: {w}",
    "[{T}] {L}: {L}: {w}",
    "{L} ({t}): {L}: {w}",
    "{L} - {t} - {L}: {w}",
    "{L}: {L}: {w}",
    "_{L}:_ {w}",
    "*{L}:* {w}",
    "_{L}_: {w}",
    "`{L}:` {w}",
    "=={L}:== {w}",
    "~~{L}:~~ {w}",
    "'''{L}:''' {w}",
    "[b]{L}:[/b] {w}",
    "<b>{L}:</b> {w}",
    '<span style="color:red">{L}:</span> {w}',
    r"\*\*{L}:\*\* {w}",
    "1. **{L}:** {w}",
    "**{L}** — {w}",
    "_{t}_ **{L}:** {w}",
    "[{L}:] {w}",
    "{L}\n: {w}",
    "{L}/ {w}",
    "{L} = {w}",
    "{L} | {w}",
    "{L} » {w}",
    "{L}) {w}",
    "{L}; {w}",
    "<w>{L}:</w> {w}",
    '<w id="1">{L}</w>: {w}',
    r"\textbf{{{L}:}} {w}",
    r"\speak{{{L}}} {w}",
    r"\item[{L}] {w}",
    "{L} (PSE). – {w}",
    "{L}, on behalf of the Harbour Group. – {w}",
    "{L} [v] {w}".replace("[v] ", "[v]\t"),
]
ASKED = ["How do you get here?", "And when it rains?", "Who helps you?", "Would a bus do?"]
TOLD = [
    "I walk along the canal.",
    "My sister drives me then.",
    "Nobody but her.",
    "It would, at ten past six.",
]


@pytest.mark.parametrize(
    "cast", [("Mary", "Omar"), ("Int", "P07"), ("Helen Marsh", "Tom Adu")], ids=lambda c: c[0]
)
@pytest.mark.parametrize("style", ODD)
def test_labels_in_mark_up_in_odd_signs_or_doubled(style: str, cast: tuple[str, str]) -> None:
    talk = [turn for pair in zip(ASKED, TOLD, strict=True) for turn in zip(cast, pair, strict=True)]
    lines = [
        style.format(L=label, w=words, t=f"0{n}:1{n}", T=f"00:0{n}:1{n}")
        for n, (label, words) in enumerate(talk)
    ]
    read = assemble(document_of("\n\n".join(lines), "x.md", "utf-8"), "x.md", b"")
    assert [(turn.speaker, read.words_of(turn)) for turn in read.turns] == talk
    assert {turn.role for turn in read.turns if turn.speaker == cast[0]} == {"interviewer"}


@pytest.mark.parametrize("cast", [("Mary", "Omar"), ("Int", "P07")], ids=lambda c: c[0])
@pytest.mark.parametrize("style", ["#{L} {w}", "@{L} {w}", "*{L} {w}", "{L}, {w}"])
def test_single_names_behind_a_sign_or_before_a_comma(style: str, cast: tuple[str, str]) -> None:
    talk = [turn for pair in zip(ASKED, TOLD, strict=True) for turn in zip(cast, pair, strict=True)]
    text = "\n".join(style.format(L=label, w=words) for label, words in talk)
    read = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [(turn.speaker, read.words_of(turn)) for turn in read.turns] == talk
    assert any("before a comma" in doubt for doubt in read.doubts) == (style == "{L}, {w}")


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Yes / no is all they ask.",
            "Hot / cold, it is the same.",
            "Yes / no again.",
            "Hot / cold, as I said.",
        ],
        ["Pain = no walking for me.", "Money = freedom.", "Then he lost it.", "We moved into one room."],
        ["Honestly; I never went back.", "Sometimes; it depends.", "I said so.", "Nothing came of it."],
        ["*Really*, nobody came.", "I waited.", "*Really*, that is how it was.", "Then they let me in."],
        ["I have <3 hours.", "That is <b>not</b> enough.", "My sister has <5.", "So it goes."],
        ["*Use soap.", "*Dry your hands.", "*Use water.", "*Dry your nails."],
        ["#bus Never comes.", "#knee Always hurts.", "#bus Late again.", "#knee Worse again."],
        ["Mary, could you open it?", "Omar, would you sit?", "Mary, did you?", "Omar, you did."],
        [
            "Moss, I. (2019). Sinks.",
            "Adu, T. (2020). Beds.",
            "Moss, I. (2021). Soap.",
            "Adu, T. (2022). Gel.",
        ],
        ["Luckily, I came.", "Sadly, I fell.", "Luckily, I rose.", "Sadly, I was luckily, or sadly, alone."],
        ["Transport. – It is late.", "Money. – We have none.", "Staff. – Two people.", "Time. – Too little."],
        [r"\cite{moss2019} says so.", r"\cite{adu2020} does not.", "I am torn.", "We shall see."],
    ],
    ids=[
        "slash",
        "equals",
        "semicolon",
        "italics",
        "less than",
        "list",
        "hashtags",
        "spoken to",
        "references",
        "adverbs",
        "headings",
        "citations",
    ],
)
def test_signs_among_words_make_nobody_a_speaker(lines: list[str]) -> None:
    read = assemble(document_of("\n\n".join(lines), "x.md", "utf-8"), "x.md", b"")
    assert [turn.speaker for turn in read.turns] == [None] * 4
    assert [read.words_of(turn) for turn in read.turns] == lines


def test_commands_of_latex_on_lines_of_their_own_are_no_words() -> None:
    said = r"\speak{Ida} Why?|\speak{Per} So.|\speak{Ida} And?|\speak{Per} No."
    text = "\n".join([r"\begin{dialogue}", *said.split("|"), r"\end{dialogue}"])
    read = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [read.words_of(turn) for turn in read.turns] == ["Why?", "So.", "And?", "No."]


def test_mark_up_among_the_words_is_named() -> None:
    text = "Int: Why?\nP1: It was <w>wet</w>.\nInt: And then?\nP1: I went \\emph{home}.\n"
    read = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert read.doubts == ("2 turns hold mark-up, which was kept among the words: '</w>'.",)


def test_emphasis_around_label_and_words_is_no_word() -> None:
    text = "**Int: Why?**\n\nP1: It was *wet*.\n\n**Int: And then?**\n\nP1: I went *home*\n"
    read = assemble(document_of(text, "x.md", "utf-8"), "x.md", b"")
    words = [read.words_of(turn) for turn in read.turns]
    assert words == ["Why?", "It was *wet*.", "And then?", "I went *home*"]


def test_a_tools_label_above_the_words_own_label_is_no_word() -> None:
    words = [f"I have said this {n} times and will say it again." for n in range(6)]
    text = "".join(f"Speaker {n % 2 + 1}  00:0{n}\n{'IP'[n % 2]}: {said}\n\n" for n, said in enumerate(words))
    read = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"")
    assert [(turn.speaker, read.words_of(turn)) for turn in read.turns] == [
        ("IP"[n % 2], said) for n, said in enumerate(words)
    ]
