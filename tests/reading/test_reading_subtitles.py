"""Subtitles as Zoom, Teams, YouTube and editors write them."""

from pathlib import Path

import pytest

from coder.domain import Transcript
from coder.errors import FormatError
from coder.reading import read_transcript

ZOOM = """WEBVTT

1
00:00:02.340 --> 00:00:05.000
Ruth Ellis: Hello. Can you hear me all right?

2
00:00:05.900 --> 00:00:08.000
Sam (he/him): Yes, fine. So I was saying

3
00:00:08.100 --> 00:00:11.000
about the clinic: it's at 10:30, and

4
00:00:11.200 --> 00:00:13.000
the bus is at eleven.

5
00:00:14.000 --> 00:00:15.500
Ruth Ellis: Which bus would you take?

6
00:00:16.000 --> 00:00:17.000
Sam (he/him): The nine.
"""
TEAMS = """\ufeffWEBVTT

NOTE duration:"00:21:04"

STYLE
::cue { color: lime }

3f2c1a5e-0b1d-4c69-9f0a-1f2a3b4c5d6e/12-0
00:00:03.000 --> 00:00:06.120 align:start position:0%
<v Ellis, Ruth>Shall we start? What&#39;s the best
part of the week?</v>

3f2c1a5e-0b1d-4c69-9f0a-1f2a3b4c5d6e/12-1
00:00:06.500 --> 00:00:09.000
<v Hughes, Sam (Guest)>Fish &amp; chips, &lt;laughs&gt; honestly.</v>

3f2c1a5e-0b1d-4c69-9f0a-1f2a3b4c5d6e/13-0
00:00:09.500 --> 00:00:12.000
<v Hughes, Sam (Guest)>And the walk home.</v>

NOTE Confidence: 0.91

3f2c1a5e-0b1d-4c69-9f0a-1f2a3b4c5d6e/14-0
00:00:13.000 --> 00:00:15.000
<v Ellis, Ruth>Why the walk?</v>
"""
SRT = """1
00:00:00,500 --> 00:00:03,000
I've had <i>two</i> operations

2
00:00:03,100 --> 00:00:06,000
and I'd have a third.

3
00:00:07,000 --> 00:00:09,000
- Really?
- Tomorrow.
"""
SRT_NAMES = """1
00:00:00,500 --> 00:00:03,000
[Speaker 1]: What did they

2
00:00:03,100 --> 00:00:06,000
tell you?

3
00:00:07,000 --> 00:00:09,000
[Speaker 2]: Two things: rest,

4
00:00:09,000 --> 00:00:11,000
and more rest.
Speaker 3: Rest!
"""
ROLLING = """WEBVTT
Kind: captions
Language: en

00:00.000 --> 00:02.000
so<00:00:00.400><c> the</c><00:00:00.800><c> clinic</c>

00:02.000 --> 00:04.000
was shut.
"""


def merged(transcript: Transcript) -> list[tuple[str | None, str, float | None]]:
    turns: list[tuple[str | None, str, float | None]] = []
    for turn in transcript.turns:
        if turns and turns[-1][0] == turn.speaker:
            turns[-1] = (turn.speaker, f"{turns[-1][1]} {transcript.words_of(turn)}", turns[-1][2])
        else:
            turns.append((turn.speaker, transcript.words_of(turn), turn.time))
    return turns


def read(tmp_path: Path, name: str, content: str) -> Transcript:
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8"))
    return read_transcript(path)


def test_zoom_cues_without_a_name_go_on_with_the_speaker_before(tmp_path: Path) -> None:
    transcript = read(tmp_path, "zoom.vtt", ZOOM)
    assert merged(transcript) == [
        ("Ruth Ellis", "Hello. Can you hear me all right?", 2.34),
        (
            "Sam (he/him)",
            "Yes, fine. So I was saying about the clinic: it's at 10:30, and the bus is at eleven.",
            5.9,
        ),
        ("Ruth Ellis", "Which bus would you take?", 14.0),
        ("Sam (he/him)", "The nine.", 16.0),
    ]
    assert [turn.role for turn in transcript.turns][:2] == ["interviewer", "participant"]


def test_teams_voices_entities_and_notes(tmp_path: Path) -> None:
    transcript = read(tmp_path, "teams.vtt", TEAMS)
    assert merged(transcript) == [
        ("Ellis, Ruth", "Shall we start? What's the best part of the week?", 3.0),
        ("Hughes, Sam (Guest)", "Fish & chips, <laughs> honestly. And the walk home.", 6.5),
        ("Ellis, Ruth", "Why the walk?", 13.0),
    ]
    assert transcript.encoding == "utf-8-sig"
    assert "3 comment or style blocks left out." in transcript.notes


def test_subtitles_without_speakers_are_running_speech(tmp_path: Path) -> None:
    transcript = read(tmp_path, "talk.srt", SRT)
    assert transcript.format == "srt"
    words = " ".join(transcript.words_of(turn) for turn in transcript.turns)
    assert words == "I've had two operations and I'd have a third. Really? Tomorrow."
    assert [transcript.words_of(turn) for turn in transcript.turns][1:] == ["Really?", "Tomorrow."]
    assert {turn.speaker for turn in transcript.turns} == {None}


def test_names_in_srt_are_learned_also_inside_a_cue(tmp_path: Path) -> None:
    assert merged(read(tmp_path, "named.srt", SRT_NAMES)) == [
        ("Speaker 1", "What did they tell you?", 0.5),
        ("Speaker 2", "Two things: rest, and more rest.", 7.0),
        ("Speaker 3", "Rest!", None),
    ]


def test_karaoke_tags_and_header_lines_are_not_speech(tmp_path: Path) -> None:
    [turn] = merged(read(tmp_path, "yt.vtt", ROLLING))
    assert turn == (None, "so the clinic was shut.", 0.0)


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    assert merged(read(tmp_path, "a.vtt", ZOOM)) == merged(
        read(tmp_path, "b.vtt", ZOOM.replace("\n", "\r\n"))
    )


def test_subtitles_named_txt_are_told_by_their_content(tmp_path: Path) -> None:
    transcript = read(tmp_path, "zoom.txt", ZOOM)
    assert transcript.format == "vtt"
    assert len(transcript.turns) == 4


def test_a_long_speech_becomes_turns_that_end_with_sentences(tmp_path: Path) -> None:
    cues = "".join(
        f"00:{second // 60:02}:{second % 60:02}.000 --> 00:{second // 60:02}:{second % 60:02}.900\n"
        f"{'Ann: ' if not second else ''}We talked about the ward and the food, and then it was over.\n\n"
        for second in range(120)
    )
    transcript = read(tmp_path, "long.vtt", f"WEBVTT\n\n{cues}")
    assert {turn.speaker for turn in transcript.turns} <= {"Ann", None}
    assert len(transcript.turns) > 5
    assert all(transcript.words_of(turn).endswith(".") for turn in transcript.turns)
    assert [turn.time for turn in transcript.turns] == sorted(turn.time or 0.0 for turn in transcript.turns)


def test_a_blank_line_inside_a_cue_loses_nothing(tmp_path: Path) -> None:
    cues = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nAnn: Well.\n\nSo there.\n\n2\n00:02.000 --> 00:03.000\nBob: Hi?\n"
    assert merged(read(tmp_path, "blank.vtt", cues)) == [("Ann", "Well. So there.", 1.0), ("Bob", "Hi?", 2.0)]


def test_cues_without_blank_lines_between_them(tmp_path: Path) -> None:
    cues = "".join(
        f"{number}\n00:00:0{number},000 --> 00:00:0{number},900\n{words}\n"
        for number, words in enumerate(("I am", "42", "soon."), start=1)
    )
    assert merged(read(tmp_path, "tight.srt", cues)) == [(None, "I am 42 soon.", 1.0)]


@pytest.mark.parametrize("content", ["WEBVTT\n\n", "WEBVTT\n\n00:01.000 --> 00:02.000\n\n"])
def test_subtitles_without_words_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(FormatError, match="no subtitles with words"):
        read(tmp_path, "empty.vtt", content)


@pytest.mark.parametrize(
    "pattern", ["- {}\n- {}", "-{}\n-{}", "– {}\n– {}", "- {} - {}", "<i>- {}</i>\n<i>- {}</i>"]
)
@pytest.mark.parametrize("name", ["talk.srt", "talk.vtt"])
def test_two_dashes_in_a_cue_are_two_voices(pattern: str, name: str, tmp_path: Path) -> None:
    cues = [
        pattern.format("Are you there?", "Yes, by the door."),
        "Mind the step.",
        pattern.format("Tea?", "No."),
    ]
    times = [f"00:00:0{n},000 --> 00:00:0{n + 1},000" for n in range(3)]
    if name.endswith("vtt"):
        times = [time.replace(",", ".") for time in times]
    top = "WEBVTT\n\n" if name.endswith("vtt") else ""
    text = top + "\n\n".join(
        f"{n + 1}\n{time}\n{cue}" for n, (time, cue) in enumerate(zip(times, cues, strict=True))
    )
    (tmp_path / name).write_text(text, encoding="utf-8")
    read = read_transcript(tmp_path / name)
    said = ["Are you there?", "Yes, by the door.", "Mind the step.", "Tea?", "No."]
    assert [read.words_of(turn) for turn in read.turns] == said


def test_one_dash_in_a_cue_is_a_dash(tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:03,000\n- and then we left.\n\n"
        "2\n00:00:03,000 --> 00:00:06,000\nNobody spoke - not one.\n"
    )
    (tmp_path / "talk.srt").write_text(text, encoding="utf-8")
    read = read_transcript(tmp_path / "talk.srt")
    assert [read.words_of(turn) for turn in read.turns] == ["- and then we left. Nobody spoke - not one."]


def test_two_names_in_a_cue_are_two_speakers(tmp_path: Path) -> None:
    cues = ["MARY: Are you there?\nOMAR: By the door.", "MARY: Come in.\nOMAR: It is dark.", "MARY: Wait."]
    text = "\n\n".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{cue}" for n, cue in enumerate(cues, start=1)
    )
    (tmp_path / "talk.srt").write_text(text, encoding="utf-8")
    assert [turn.speaker for turn in read_transcript(tmp_path / "talk.srt").turns] == ["MARY", "OMAR"] * 2 + [
        "MARY"
    ]


def test_changes_of_speaker_without_a_name_are_one_doubt(tmp_path: Path) -> None:
    talk = ["INT: Who cooks?", "My son.", "Ida: Mine, too.", "INT: Who shops?", "We both.", "Ida: I do."]
    cues = "".join(f"00:0{n}:00.000 --> 00:0{n}:30.000\n>> {words}\n\n" for n, words in enumerate(talk))
    (tmp_path / "p01.vtt").write_text(f"WEBVTT\n\n{cues}")
    doubts = read_transcript(tmp_path / "p01.vtt").doubts
    assert sum("without a" in doubt for doubt in doubts) == 1
