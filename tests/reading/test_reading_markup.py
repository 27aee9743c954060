"""HTML where plain text should be: its tags and entities are no words, what they lay out stays."""

import json
from pathlib import Path

import pytest

from coder.domain import Transcript
from coder.reading import read_transcript
from coder.reading.formats.markup import is_html, lines_of_html, without_markup

TALK = [
    ("Int", "How do you get here?"),
    ("P1", "I walk along the canal."),
    ("Int", "And when it rains?"),
    ("P1", "My sister & I take the car."),
]


def said(read: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, read.words_of(turn)) for turn in read.turns]


@pytest.mark.parametrize(
    "pattern",
    [
        "<p><b>{}:</b> {}</p>",
        "<p><strong>{}</strong> {}</p>",
        "<b>{}:</b> {}<br>",
        '<div class="turn"><span class="who">{}:</span> <span>{}</span></div>',
        '<div class="who">{}</div>\n<div>{}</div>',
        "{}:&nbsp;{}",
        f"<p><b>{{}}:</b> {{}}</p><p><img src='data:image/png;base64,{'iVBORw0KGgo' * 4_000}'></p>",
        "<dt>{}</dt><dd>{}</dd>",
        f"<p style='{'margin:auto;' * 90}'><b><span style='{'color:red;' * 90}'>{{}}:</span></b> {{}}</p>",
    ],
)
def test_a_page_is_read_as_it_looks(pattern: str, tmp_path: Path) -> None:
    lines = [pattern.format(who, words.replace("&", "&amp;")) for who, words in TALK]
    path = tmp_path / "page.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    read = read_transcript(path)
    assert said(read) == TALK
    assert any("HTML" in note for note in read.notes)


@pytest.mark.parametrize("name", ["talk.otr", "talk.json"])
def test_otranscribes_own_files_are_read(name: str, tmp_path: Path) -> None:
    text = "".join(
        f'<p><span class="timestamp" data-timestamp="{n}.5">0{n}:01</span>&nbsp;{who}: {words}</p>'
        for n, (who, words) in enumerate(TALK)
    )
    path = tmp_path / name
    path.write_text(json.dumps({"text": text, "media": "a.mp3", "media-time": 3.5}), encoding="utf-8")
    read = read_transcript(path)
    assert said(read) == TALK and [turn.time for turn in read.turns] == [1, 61, 121, 181]


def test_json_lines_and_lists_of_words_are_read(tmp_path: Path) -> None:
    path = tmp_path / "lines.json"
    path.write_text("\n".join(json.dumps({"speaker": who, "text": words}) for who, words in TALK), "utf-8")
    assert said(read_transcript(path)) == TALK
    records = [{"speaker": who, "words": [{"word": word} for word in words.split()]} for who, words in TALK]
    path.write_text(json.dumps({"segments": records}), encoding="utf-8")
    assert said(read_transcript(path)) == TALK


def test_pairs_of_question_and_answer_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    words = [words for _, words in TALK]
    pairs = [dict(zip(("q", "a"), words[n : n + 2], strict=True)) for n in (0, 2)]
    path.write_text(json.dumps({"interview": {"id": 7, "items": pairs}}), encoding="utf-8")
    read = read_transcript(path)
    assert said(read) == list(zip("qaqa", words, strict=True))
    assert [turn.role for turn in read.turns] == ["interviewer", "participant"] * 2
    named = [
        {"Question": ask, "Answer": tell, "participant": "P7"}
        for ask, tell in zip(words[::2], words[1::2], strict=True)
    ]
    path.write_text(json.dumps(named), encoding="utf-8")
    assert [turn.speaker for turn in read_transcript(path).turns] == ["Question", "P7"] * 2


def test_what_is_no_page_stays_as_it_is() -> None:
    assert not is_html("I have <3 hours.\nThat is <b>not</b> enough.\n<laughs>\n")
    assert not is_html("Write <p> before it.\n" + "A line of words.\n" * 9 + "And </p> behind <project>.\n")
    assert is_html("<p>One</p>\n<p>Two</p>")
    assert lines_of_html("<style>p {}</style><p>a</p><!-- b --><p>c<script>d()</script>") == "a\n\nc"
    assert lines_of_html("<p>a</p><style>" * 3 + "<!-- " * 3).count("a") == 3
    assert lines_of_html("<html><head><title>x</title></head><p>a &lt; b</p></html>") == "a < b"
    assert without_markup("<p>one</p><p>two &#39;three&#39;</p>") == "one\ntwo 'three'"
    assert (
        lines_of_html("<p>a<o:p></o:p></p><p>b<v:shape id=c></v:shape> <st1:place>d</st1:place></p>")
        == "a\n\nb d"
    )
    assert lines_of_html("<p>a <Ida: b></p>") == "a <Ida: b>"
