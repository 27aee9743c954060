"""Speakers as recorders, captions and speech services write them: in cue identifiers, word by word, by marks."""

import json
from pathlib import Path

import pytest

from coder.domain import Transcript
from coder.reading import read_transcript


def read(folder: Path, name: str, content: str) -> Transcript:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return read_transcript(path)


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, transcript.words_of(turn)) for turn in transcript.turns]


def vtt(*cues: tuple[str, str]) -> str:
    """Write (identifier, words) as cues of a second each."""
    return "WEBVTT\n\n" + "\n\n".join(
        f"{identifier}\n00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n{words}".lstrip("\n")
        for n, (identifier, words) in enumerate(cues)
    )


@pytest.mark.parametrize(
    ("one", "other", "speakers"),
    [
        ('{n} "Mina Sol" (3251)', '{n} "Tor Beck" (1098)', ("Mina Sol", "Tor Beck")),
        ("Speaker 1", "Speaker 2", ("Speaker 1", "Speaker 2")),
        ("{n} - Mina Sol", "{n} - Tor Beck", ("Mina Sol", "Tor Beck")),
    ],
)
def test_cue_identifiers_name_speakers(
    tmp_path: Path, one: str, other: str, speakers: tuple[str, str]
) -> None:
    cues = [(one, "Why walk?"), (other, "My knee."), (one, "Does it help?"), (other, "A little.")]
    text = vtt(*((name.format(n=n), words) for n, (name, words) in enumerate(cues, start=1)))
    found = said(read(tmp_path, "x.vtt", text))
    assert found == [(speakers[n % 2], words) for n, (_, words) in enumerate(cues)]


@pytest.mark.parametrize("identifiers", ["1234", ("a3f2-0", "b41c-1", "c07e-2", "d9d1-3")])
def test_numbers_and_codes_of_cues_are_no_speakers(tmp_path: Path, identifiers: str) -> None:
    words = ("Why walk?", "My knee.", "And?", "It helps.")
    transcript = read(tmp_path, "x.vtt", vtt(*zip(identifiers, words, strict=True)))
    assert {turn.speaker for turn in transcript.turns} == {None}


def test_a_voice_holds_until_the_next_and_that_is_said(tmp_path: Path) -> None:
    cues = (
        ("", "<v INT>Why?"),
        ("", "<v AB>It is long,"),
        ("", "because of him."),
        ("", "<v INT>And?"),
        ("", "<v >(pause)"),
    )
    transcript = read(tmp_path, "x.vtt", vtt(*cues))
    assert said(transcript) == [
        ("INT", "Why?"),
        ("AB", "It is long, because of him."),
        ("INT", "And?"),
        (None, "(pause)"),
    ]
    assert "1 cue without a name read as the speaker's before." in transcript.notes


def test_labels_and_stamps_repeated_in_cues_are_no_words(tmp_path: Path) -> None:
    cues = [
        ("", f"<v S0{n % 2}>{words}")
        for n in range(4)
        for words in (f"Sprecher {n % 2}:", f"[00:00:1{n}]", "Ja.")
    ]
    assert said(read(tmp_path, "x.vtt", vtt(*cues))) == [(f"S0{n % 2}", "Ja.") for n in range(4)]


def test_marks_of_a_change_of_speaker_cut_turns(tmp_path: Path) -> None:
    captions = vtt(("", ">> GOOD EVENING."), ("", "WHY NOT? >> I SAY NO,"), ("", "NOT NOW."), ("", ">> AND?"))
    transcript = read(tmp_path, "x.vtt", captions)
    assert said(transcript) == [
        (None, "GOOD EVENING. WHY NOT?"),
        (None, "I SAY NO, NOT NOW."),
        (None, "AND?"),
    ]
    assert not any("No speaker labels" in note for note in transcript.notes)
    named = read(
        tmp_path,
        "y.vtt",
        vtt(("", ">> ANNA: WHY?"), ("", ">> BO: SO."), ("", ">> ANNA: AND?"), ("", ">> BO: NO.")),
    )
    assert [speaker for speaker, _ in said(named)] == ["ANNA", "BO"] * 2
    whisper = {
        "transcription": [
            {"offsets": {"from": 0}, "text": " Why? [SPEAKER_TURN]"},
            {"offsets": {"from": 900}, "text": " So."},
        ]
    }
    assert said(read(tmp_path, "z.json", json.dumps(whisper))) == [(None, "Why?"), (None, "So.")]


def amazon() -> object:
    def item(word: str, speaker: str, start: float) -> dict[str, object]:
        kind = "punctuation" if word in ".?" else "pronunciation"
        times = {} if kind == "punctuation" else {"start_time": str(start)}
        return {"type": kind, "alternatives": [{"content": word}], "speaker_label": speaker, **times}

    items = [
        item("why", "A", 0.5),
        item("go", "A", 1.0),
        item("?", "A", 1.1),
        item("so", "B", 2.0),
        item(".", "B", 2.1),
    ]
    return {"results": {"transcripts": [{"transcript": "why go? so."}], "items": items}}


def amazon_by_time() -> object:
    content = json.loads(json.dumps(amazon()))
    labels = []
    for item in content["results"]["items"]:
        speaker = item.pop("speaker_label")
        if "start_time" in item:
            labels.append({"start_time": item["start_time"], "speaker_label": speaker})
    content["results"]["speaker_labels"] = {"segments": [{"items": labels}]}
    return content


def google() -> object:
    words = [("why", 1), ("go?", 1), ("so.", 2)]
    return {
        "results": [
            {"alternatives": [{"transcript": "why go? so."}]},
            {
                "alternatives": [
                    {"words": [{"word": w, "startTime": "1s", "speakerTag": s} for w, s in words]}
                ]
            },
        ]
    }


def deepgram() -> object:
    words = [("why", "Why", 0), ("go", "go?", 0), ("so", "So.", 1)]
    listed = [
        {"word": w, "punctuated_word": p, "start": n, "speaker": s} for n, (w, p, s) in enumerate(words)
    ]
    return {"results": {"channels": [{"alternatives": [{"transcript": "why go so", "words": listed}]}]}}


def elevenlabs() -> object:
    words = [("Why", "a"), (" ", "a"), ("go?", "a"), (" ", "a"), ("So.", "b")]
    return {
        "text": "Why go? So.",
        "words": [{"text": w, "type": "spacing" if w == " " else "word", "speaker_id": s} for w, s in words],
    }


def watson() -> object:
    words = [("why", 0.1, 0), ("go", 0.3, 0), ("so", 1.1, 1)]
    return {
        "results": [
            {
                "alternatives": [
                    {"timestamps": [[w, t, t + 0.1] for w, t, _ in words], "transcript": "why go so"}
                ]
            }
        ],
        "speaker_labels": [{"from": t, "to": t + 0.1, "speaker": s} for _, t, s in words],
    }


@pytest.mark.parametrize("made", [amazon, amazon_by_time, google, deepgram, elevenlabs, watson])
def test_words_of_speech_services_become_turns(tmp_path: Path, made: "type[object]") -> None:
    found = said(read(tmp_path, "x.json", json.dumps(made())))
    assert [words.lower().strip(".?") for _, words in found] == ["why go", "so"]
    assert len({speaker for speaker, _ in found} - {None}) == 2


def whisperx(names: "tuple[str | None, ...]") -> str:
    """Segments of WhisperX of which the second has no speaker; `names` are those of its words."""
    segments = [
        {"start": 0.0, "text": "Why do you go there?", "speaker": "SPEAKER_00"},
        {"start": 2.0, "text": "It is near.", "words": [{"word": "It", "speaker": name} for name in names]},
        {"start": 4.0, "text": "And is it good?", "speaker": "SPEAKER_00"},
    ]
    return json.dumps({"segments": segments})


def test_a_segment_without_a_speaker_is_that_of_its_words(tmp_path: Path) -> None:
    found = read(tmp_path, "x.json", whisperx(("SPEAKER_01", None, "SPEAKER_01")))
    assert [speaker for speaker, _ in said(found)] == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"]
    assert not any("without a speaker" in doubt for doubt in found.doubts)
    assert "1 segment without a speaker given to the one whom the single words name." in found.notes


@pytest.mark.parametrize(
    "names", [(), ("SPEAKER_00", "SPEAKER_01"), (None, "SPEAKER_01", None)], ids=["nobody", "several", "few"]
)
def test_turns_without_a_speaker_among_others_are_a_doubt(tmp_path: Path, names: tuple[str, ...]) -> None:
    found = read(tmp_path, "x.json", whisperx(names))
    assert said(found)[1] == (None, "It is near.")
    assert any("1 turn of 3 without a speaker" in d and "'It is near.'" in d for d in found.doubts)


@pytest.mark.parametrize("words", ["[Music]", "♪ la la ♪", "(a door bangs)"])
def test_sounds_that_nobody_says_are_no_doubt(tmp_path: Path, words: str) -> None:
    found = read(tmp_path, "x.json", whisperx(()).replace("It is near.", words))
    assert not any("without a speaker" in doubt for doubt in found.doubts)


def test_a_title_above_the_talk_is_no_doubt(tmp_path: Path) -> None:
    talk = [
        {"text": "Interview with a nurse"},
        {"speaker": "A", "text": "Why?"},
        {"speaker": "B", "text": "So."},
    ]
    assert not any("without" in doubt for doubt in read(tmp_path, "x.json", json.dumps(talk)).doubts)


def test_authors_and_phrases(tmp_path: Path) -> None:
    messages = {"messages": [{"author": "Ida", "text": "Why?"}, {"author": "Per", "text": "So."}]}
    assert said(read(tmp_path, "a.json", json.dumps(messages))) == [("Ida", "Why?"), ("Per", "So.")]
    azure = {
        "recognizedPhrases": [
            {"speaker": n, "nBest": [{"display": words}]} for n, words in ((1, "Why?"), (2, "So."))
        ]
    }
    assert said(read(tmp_path, "b.json", json.dumps(azure))) == [("1", "Why?"), ("2", "So.")]


def test_label_tracks_and_headerless_elan_exports_named_txt(tmp_path: Path) -> None:
    track = "0.000000\t2.500000\tINT: Where?\n2.500000\t6.100000\tP1: Up.\n6.100000\t8.000000\tINT: Alone?\n"
    assert said(read(tmp_path, "a.txt", track)) == [("INT", "Where?"), ("P1", "Up."), ("INT", "Alone?")]
    rows = [
        ("INT", "00:00:01.000", "Where did you go?"),
        ("PAR", "00:00:03.500", "Up the hill, to the chapel."),
    ] * 2
    elan = "".join(f"{who}\t\t{start}\t1.0\t{start}\t3.0\t{words}\n" for who, start, words in rows)
    assert said(read(tmp_path, "e.txt", elan)) == [(who, words) for who, _, words in rows]


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Night shift\ntags:\n  - a\n  - b\npub_date: '\n\n  July 15th'\nurl: https://x.org\n---\n",
        '+++\ntitle = "Night shift"\ndate = 2021-07-15\n+++\n',
        "---\nTitle: A talk\nDate: 3 May\n...\n",
    ],
)
def test_front_matter_is_not_speech(tmp_path: Path, front: str) -> None:
    transcript = read(tmp_path, "x.md", front + "\nWe sleep in the store room.\n\nNobody asked us.\n")
    assert said(transcript) == [(None, "We sleep in the store room."), (None, "Nobody asked us.")]


def test_talk_between_rules_is_no_front_matter(tmp_path: Path) -> None:
    transcript = read(tmp_path, "x.md", "---\nINT: Why?\nP1: So.\nINT: And?\nP1: No.\n---\n")
    assert len(transcript.turns) == 4


def test_closing_lines_and_breaks_are_not_speech(tmp_path: Path) -> None:
    talk = "Anna: Why?\nBo: So.\n\nBreak\n\nAnna: And?\nBo: No.\n\n"
    end = "Transcription ended after 00:06:10\n\nThis editable transcript was computer generated.\n"
    assert said(read(tmp_path, "x.txt", talk + end)) == [
        ("Anna", "Why?"),
        ("Bo", "So."),
        ("Anna", "And?"),
        ("Bo", "No."),
    ]


def test_markup_in_cells_is_not_speech(tmp_path: Path) -> None:
    table = (
        'speaker,text\nINT,"<p>Who &amp; why?</p>"\nP&amp;R,"I do.<br>Mostly &lt;3"\n'
        "INT,And?\nP&amp;R,5 < 6 and x > y\n"
    )
    assert said(read(tmp_path, "x.csv", table)) == [
        ("INT", "Who & why?"),
        ("P&R", "I do.\nMostly <3"),
        ("INT", "And?"),
        ("P&R", "5 < 6 and x > y"),
    ]


@pytest.mark.parametrize("name", ["x.sbv", "x.txt"])
def test_youtubes_own_captions(tmp_path: Path, name: str) -> None:
    text = "0:00:01.000,0:00:03.000\nwhat happened\n\n0:00:03.000,0:00:06.000\nit rained\n"
    assert said(read(tmp_path, name, text)) == [(None, "what happened it rained")]
