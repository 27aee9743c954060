"""Files of speech recognisers and annotation tools: Whisper, ELAN, CHAT, Praat, Transcriber, EXMARaLDA."""

import json
from pathlib import Path
from typing import Any

import pytest

from coder.errors import FormatError, UnsafeFileError
from tests.reading.office_making import said, timed, transcript

TALK = [
    ("INT", 1.0, "How did it start?"),
    ("P01", 4.2, "Well, by chance."),
    ("INT", 62.0, "And then?"),
    ("P01", 70.5, "I stayed."),
]
NO_NAMES = " ".join(words for _, _, words in TALK)


def segments(scale: float = 1, *, named: bool = True) -> list[dict[str, Any]]:
    rows = [
        {"start": start * scale, "end": (start + 1) * scale, "text": f" {words}"} for _, start, words in TALK
    ]
    return [{**row, "speaker": who} for row, (who, _, _) in zip(rows, TALK, strict=True)] if named else rows


JSON: dict[str, Any] = {
    "WhisperX": {
        "segments": [{**s, "words": [{"word": "x", "start": 0}]} for s in segments()],
        "word_segments": [],
    },
    "plain list": segments(),
    "milliseconds": {"id": "x", "status": "completed", "utterances": segments(1000)},
    "camel case": [{"speakerName": w, "startTime": s, "content": t} for w, s, t in TALK],
    "clock times": [
        {"name": w, "time": f"0:{int(s) // 60:02}:{s % 60:04.1f}", "utterance": t} for w, s, t in TALK
    ],
    "nested": {"results": {"transcript": {"turns": segments()}}},
    "speaker objects": [{"speaker": {"id": 1, "name": w}, "start": s, "text": t} for w, s, t in TALK],
    "single words beside": {
        "words": [
            {"text": "How", "start": 1.0, "speaker": "X"},
            {"text": "did", "start": 1.2, "speaker": "X"},
        ],
        "utterances": segments(1000),
    },
    "whole text beside": {
        "results": {
            "transcripts": [{"transcript": NO_NAMES}],
            "audio_segments": [
                {"transcript": t, "start_time": str(s), "speaker_label": w} for w, s, t in TALK
            ],
        }
    },
    "monologues": {
        "monologues": [
            {
                "speaker": w,
                "elements": [{"type": "text", "value": t[:3], "ts": s}, {"type": "text", "value": t[3:]}],
            }
            for w, s, t in TALK
        ]
    },
}


@pytest.mark.parametrize("form", JSON)
def test_json_with_speakers_gives_turns(form: str, tmp_path: Path) -> None:
    assert timed(transcript(tmp_path, "a.json", json.dumps(JSON[form]))) == TALK


@pytest.mark.parametrize(
    "content",
    [
        {"text": NO_NAMES, "segments": segments(named=False), "language": "en"},
        {"text": NO_NAMES},
        {
            "transcription": [
                {"timestamps": {"from": f"00:00:0{n},000"}, "text": f" {w}"}
                for n, (_, _, w) in enumerate(TALK)
            ]
        },
    ],
    ids=["Whisper", "text alone", "whisper.cpp"],
)
def test_json_without_speakers_is_one_talk(content: Any, tmp_path: Path) -> None:
    found = transcript(tmp_path, "a.json", json.dumps(content))
    assert " ".join(words for _, words in said(found)) == NO_NAMES
    assert {turn.speaker for turn in found.turns} == {None}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": [1, 2', "not valid JSON"),
        ('{"a": 1}', "no list of segments"),
        ("[" * 90_000, "nested"),
        ("Hello", "not valid"),
    ],
)
def test_json_without_segments_is_refused(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=why):
        transcript(tmp_path, "a.json", text)


def test_json_of_a_million_pieces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFileError, match="too many pieces"):
        transcript(tmp_path, "a.json", "[" + "[]," * 600_000 + "[]]")


def eaf(*, reference: bool = False) -> str:
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{int(start * 1000)}"/>'
        for n, (_, start, _) in enumerate(TALK)
    )
    tiers = ""
    for tier in ("P01", "INT"):
        items = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="ts{n}" TIME_SLOT_REF2="ts{n}">'
            f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, (who, _, words) in enumerate(TALK)
            if who == tier
        )
        tiers += f'<TIER TIER_ID="{tier}" LINGUISTIC_TYPE_REF="u">{items}</TIER>'
    if reference:
        items = "".join(
            f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="r{n}" ANNOTATION_REF="a{n}">'
            f"<ANNOTATION_VALUE>Übersetzung</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
            for n, (who, _, _) in enumerate(TALK)
            if who == "P01"
        )
        tiers = f'<TIER TIER_ID="P01-de" PARENT_REF="P01">{items}</TIER>' + tiers
    order = f"<TIME_ORDER>{slots}</TIME_ORDER>"
    return f'<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT>{order}{tiers}</ANNOTATION_DOCUMENT>'


def test_elan_tiers_are_ordered_by_time(tmp_path: Path) -> None:
    assert timed(transcript(tmp_path, "a.eaf", eaf())) == TALK


def test_elan_tiers_that_depend_on_others_are_left_out_and_named(tmp_path: Path) -> None:
    found = transcript(tmp_path, "a.eaf", eaf(reference=True))
    assert timed(found) == TALK
    assert any("P01-de" in note for note in found.notes)


def test_elan_reference_annotations_are_read_where_their_parents_hold_only_numbers(tmp_path: Path) -> None:
    text = eaf(reference=True)
    for number, (who, _, words) in enumerate(TALK):
        if who == "P01":
            text = text.replace(f">{words}<", f">{number}<")
    assert [turn for turn in timed(transcript(tmp_path, "a.eaf", text)) if turn[0] != "INT"] == [
        ("P01-de", 4.2, "Übersetzung"),
        ("P01-de", 70.5, "Übersetzung"),
    ]


def test_elan_files_that_are_no_xml_or_hostile_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="plain text"):
        transcript(tmp_path, "a.eaf", "INT: hello")
    with pytest.raises(UnsafeFileError, match="document type"):
        transcript(tmp_path, "a.eaf", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
    with pytest.raises(FormatError, match="damaged"):
        transcript(tmp_path, "a.eaf", eaf()[:-40])
    with pytest.raises(FormatError, match="no annotation"):
        transcript(tmp_path, "a.eaf", "<ANNOTATION_DOCUMENT/>")


CHAT = """@UTF8
@Begin
@Languages:\teng
@Participants:\tINV Investigator, PAR Participant
@ID:\teng|corpus|PAR|72;||||Participant|||
*INV:\tHow did it start? \x151000_4000\x15
%mor:\tadv:int|how v|do-PAST
*PAR:\tWell, by
\tchance. \x154200_5000\x15
%com:\tlaughs
*INV:\tAnd then? \x1562000_63000\x15
*PAR:\tI stayed. \x1570500_71000\x15
@End
"""


def test_chat_lines_with_their_continuations_and_bullets(tmp_path: Path) -> None:
    found = transcript(tmp_path, "a.cha", CHAT)
    codes = {"INT": "INV", "P01": "PAR"}
    assert timed(found) == [(codes[who], start, words) for who, start, words in TALK]
    assert "2 dependent tiers left out." in found.notes and "6 header lines left out." in found.notes
    assert [turn.role for turn in found.turns][:2] == ["interviewer", "participant"]


def test_text_that_is_not_chat_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no CHAT transcript"):
        transcript(tmp_path, "a.cha", "INT: Hello there")


def textgrid(*, long: bool) -> str:
    """Two tiers that cover all the time; intervals where nobody speaks are empty."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", *(["0", "100"]), "<exists>", "2"]
    for tier in ("INT", "P01"):
        intervals: list[tuple[float, float, str]] = []
        last = 0.0
        for who, start, words in TALK:
            if who == tier:
                intervals += [(last, start, ""), (start, start + 1, words)]
                last = start + 1
        intervals.append((last, 100.0, "<sil>"))
        if long:
            lines += [
                "item [1]:",
                '    class = "IntervalTier"',
                f'    name = "{tier}"',
                "    xmin = 0",
                "    xmax = 100",
            ]
            lines.append(f"    intervals: size = {len(intervals)}")
            for number, (start, end, words) in enumerate(intervals, start=1):
                lines += [
                    f"    intervals [{number}]:",
                    f"        xmin = {start}",
                    f"        xmax = {end}",
                    f'        text = "{words}"',
                ]
        else:
            lines += ['"IntervalTier"', f'"{tier}"', "0", "100", str(len(intervals))]
            lines += [
                str(part) if isinstance(part, float) else f'"{part}"' for row in intervals for part in row
            ]
    text = "\n".join(lines)
    return (
        text.replace(
            "\n0\n100\n<exists>\n2\n", "\nxmin = 0\nxmax = 100\ntiers? <exists>\nsize = 2\nitem []:\n"
        )
        if long
        else text
    )


@pytest.mark.parametrize("long", [True, False], ids=["long", "short"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp1252"])
def test_textgrids_of_both_forms(long: bool, encoding: str, tmp_path: Path) -> None:
    data = textgrid(long=long).encode(encoding)
    data = b"\xfe\xff" + data if encoding == "utf-16-be" else data
    assert timed(transcript(tmp_path, "a.TextGrid", data)) == TALK


def test_textgrid_quotation_marks_and_numbers_in_words(tmp_path: Path) -> None:
    text = textgrid(long=True).replace("And then?", 'And ""then"" 3 4?')
    assert said(transcript(tmp_path, "a.TextGrid", text))[2] == ("INT", 'And "then" 3 4?')


def test_textgrid_tiers_of_words_and_sounds_are_left_out(tmp_path: Path) -> None:
    text = textgrid(long=False).replace("<exists>\n2", "<exists>\n3")
    text += '\n"IntervalTier"\n"P01 - words"\n0\n100\n1\n4.2\n4.5\n"well"'
    found = transcript(tmp_path, "a.TextGrid", text)
    assert timed(found) == TALK
    assert any("P01 - words" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "why"), [("INT: Hello", "not a Praat"), (textgrid(long=True)[:-300], "cut off")]
)
def test_broken_textgrids_are_refused(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=why):
        transcript(tmp_path, "a.TextGrid", text)


TRS = (
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE Trans SYSTEM "trans-14.dtd">\n<Trans version="3">\n'
    '<Speakers><Speaker id="spk1" name="INT"/><Speaker id="spk2" name="P01"/></Speakers><Episode><Section>\n'
    '<Turn speaker="spk1" startTime="1" endTime="4"><Sync time="1"/>\nHow did it start?\n</Turn>\n'
    '<Turn speaker="spk2" startTime="4.2" endTime="62"><Sync time="4.2"/>\nWell,<Event desc="b" type="noise"/>\n'
    '<Sync time="5"/>\nby chance.\n</Turn>\n'
    '<Turn startTime="60" endTime="62"><Sync time="60"/>\n</Turn>\n'
    '<Turn speaker="spk2 spk1" startTime="62" endTime="80"><Sync time="62"/>\n<Who nb="2"/>\nAnd then?\n'
    '<Sync time="70.5"/><Who nb="1"/>\nI stayed.<Comment desc="caf\u00e9"/>\n</Turn>\n</Section></Episode></Trans>\n'
)


@pytest.mark.parametrize("name", ["a.trs", "a.txt"])
def test_transcriber_turns_with_several_speakers(name: str, tmp_path: Path) -> None:
    found = transcript(tmp_path, name, TRS.encode("latin-1"))
    assert timed(found) == TALK
    assert (
        "1 event (a noise, a pronunciation) left out." in found.notes and "1 comment left out." in found.notes
    )


def test_transcriber_events_over_words_are_counted_once(tmp_path: Path) -> None:
    marked = '<Event desc="pi" type="pronounce" extent="begin"/>Well,<Event desc="pi" extent="end"/>'
    found = transcript(tmp_path, "a.trs", TRS.replace("Well,", marked).encode("latin-1"))
    assert timed(found) == TALK
    assert "2 events (noises, pronunciations) left out." in found.notes


def test_transcriber_files_that_are_none_or_define_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="not a Transcriber file"):
        transcript(tmp_path, "a.trs", "INT: hello")
    with pytest.raises(UnsafeFileError, match="document type"):
        transcript(tmp_path, "a.trs", '<!DOCTYPE Trans [<!ENTITY b "c">]><Trans>&b;</Trans>')
    with pytest.raises(FormatError, match="no turn with words"):
        transcript(tmp_path, "a.trs", "<Trans/>")


def exb() -> str:
    points = "".join(f'<tli id="T{n}" time="{start}"/>' for n, (_, start, _) in enumerate(TALK))
    tiers = ""
    for who in ("P01", "INT"):
        events = "".join(
            f'<event start="T{n}" end="T{n + 1}">{words}</event>'
            for n, (speaker, _, words) in enumerate(TALK)
            if speaker == who
        )
        tiers += f'<tier id="{who}t" speaker="S{who}" category="v" type="t" display-name="{who} [v]">{events}</tier>'
    tiers += '<tier id="de" speaker="SP01" type="a" display-name="P01 [de]"><event start="T1">Zufall</event></tier>'
    names = "".join(
        f'<speaker id="S{who}"><abbreviation>{who}</abbreviation></speaker>' for who in ("INT", "P01")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><basic-transcription><head>'
        f"<speakertable>{names}</speakertable></head><basic-body><common-timeline>{points}</common-timeline>{tiers}</basic-body></basic-transcription>"
    )


@pytest.mark.parametrize("name", ["a.exb", "a.txt"])
def test_exmaralda_tiers_are_ordered_by_time(name: str, tmp_path: Path) -> None:
    found = transcript(tmp_path, name, exb())
    assert timed(found) == TALK
    assert any("were left out: P01 [de]" in note for note in found.notes)


@pytest.mark.parametrize(
    ("shown", "names"), [("{} [v]", ["INT", "P01"]), ("X [v]", ["SINT", "SP01"]), ("", ["SINT", "SP01"])]
)
def test_exmaralda_speakers_with_one_abbreviation_stay_apart(
    shown: str, names: list[str], tmp_path: Path
) -> None:
    text = exb()
    for who in ("INT", "P01"):
        text = text.replace(f"<abbreviation>{who}<", "<abbreviation>X<").replace(
            f'"{who} [v]"', f'"{shown.format(who)}"'
        )
    found = timed(transcript(tmp_path, "a.exb", text))
    assert [words for _, _, words in found] == [words for _, _, words in TALK]
    assert list(dict.fromkeys(who for who, _, _ in found)) == names


def test_exmaralda_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="not an EXMARaLDA"):
        transcript(tmp_path, "a.exb", "INT: hello")
    with pytest.raises(FormatError, match="damaged"):
        transcript(tmp_path, "a.exb", exb()[:-40])
    with pytest.raises(FormatError, match="no words of a speaker"):
        transcript(tmp_path, "a.exb", "<basic-transcription/>")
