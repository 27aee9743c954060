"""Encodings and line ends of text files, and what is no text at all."""

from pathlib import Path

import pytest

from coder.errors import FormatError, InputError, UnsafeFileError
from coder.reading import READABLE_SUFFIXES, read_transcript, transcript_paths
from coder.reading.safety.content import MAX_LINES, decode

TALK = "INT: Où êtes-vous – “né”?\nP1: Well, it’s a café. Non\u00a0: two.\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, named: str, line_end: str) -> None:
    decoded = decode(TALK.replace("\n", line_end).encode(encoding), "x.txt")
    assert decoded.text == TALK
    assert decoded.encoding == named


def test_guesses_are_said() -> None:
    assert "Windows-1252" in decode(TALK.encode("cp1252"), "x.txt").notes[0]
    assert "UTF-16-LE" in decode(TALK.encode("utf-16-le"), "x.txt").notes[0]
    assert not decode(TALK.encode("utf-8"), "x.txt").notes


def test_old_mac_text() -> None:
    decoded = decode(TALK.replace("\n", "\r").encode("mac_roman"), "x.txt")
    assert (decoded.text, decoded.encoding) == (TALK, "mac_roman")


def test_utf8_with_a_stray_windows_byte_keeps_its_accents() -> None:
    decoded = decode((TALK * 3).encode("utf-8") + b"P1: na\xefve.\n", "x.txt")
    assert decoded.text == TALK * 3 + "P1: naïve.\n"
    assert "1 stray byte" in decoded.notes[0]


def test_a_file_cut_off_inside_a_character_is_read_and_that_is_said() -> None:
    decoded = decode(TALK.encode("utf-8") + "é".encode()[:1], "x.txt")
    assert decoded.text == TALK
    assert "cut off" in decoded.notes[0]


def test_other_scripts_are_recognised() -> None:
    talk = "Интервьюер: Здравствуйте, как вы себя чувствуете сегодня?\nУчастник: Хорошо, спасибо.\n"
    assert decode(talk.encode("cp1251"), "x.txt").text == talk


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \r\n\t\n", "empty"),
        ("zeros.txt", b"\x00" * 500, "NUL"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture"),
        ("word.txt", b"PK\x03\x04" + b"\x00" * 30 + b"word/document.xml", "Word document"),
        (
            "old.txt",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99 + "WordDocument".encode("utf-16-le"),
            ".doc",
        ),
        ("print.txt", b"%PDF-1.7\n" + b"\x00" * 50, "PDF"),
        ("rich.txt", rb"{\rtf1\ansi INT: hello}", ".rtf"),
        ("page.txt", b"<!DOCTYPE html><html><body>INT: hi</body></html>", "web page"),
        ("noise.txt", bytes(range(256)) * 40, "binary"),
        ("packed.txt", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + bytes(range(200)), "archive"),
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FormatError) as refused:
        read_transcript(path)
    assert name in str(refused.value) and told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_letters_that_happen_to_be_a_signature_are_text() -> None:
    assert decode(b"MZ: Hello.\nBM: Hi.\n", "x.txt").text.startswith("MZ")


def test_what_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFileError, match="lines"):
        decode(b"a\n" * (MAX_LINES + 5), "x.txt")
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(UnsafeFileError, match="MB"):
        read_transcript(large)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.doc", ".docx"),
        ("a.pages", ".docx"),
        ("a.mp3", "transcribe it first"),
        ("a.xyz", "not read here"),
        ("noending", "not read here"),
    ],
)
def test_unknown_endings_say_what_is_read(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FormatError, match=told):
        read_transcript(tmp_path / name)


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_transcript(tmp_path / "none.txt")
    with pytest.raises(InputError, match="folder"):
        read_transcript(tmp_path / "..")


def test_folders_give_their_readable_files_sorted_and_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.docx", "~$a.docx", ".hidden.txt", "c.png", "deep/d.vtt", ".git/e.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    names = [path.name for path in transcript_paths([tmp_path, tmp_path / "b.txt"])]
    assert names == ["a.docx", "b.txt", "d.vtt"]
    assert {path.suffix for path in transcript_paths([tmp_path])} <= READABLE_SUFFIXES


def test_missing_paths_and_empty_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        transcript_paths([tmp_path / "none"])
    with pytest.raises(InputError, match="holds no file"):
        transcript_paths([tmp_path])
