"""Files of other programs: each command says what they are and what to export, by what it was given them as."""

from pathlib import Path

import pytest

from coder.errors import CodebookError, FormatError, InputError
from coder.exchange.codebooks import read_codebook
from coder.exchange.read import read_codings
from coder.reading import MAX_FILE_BYTES, about_others, other_files, read_transcript
from coder.reading.safety.other_programs import advice_on_name
from coder.reading.tables.read import read_table


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.nvpx", "an NVivo project"), ("a.NVP", "an NVivo project"), ("a.mx24", "a MAXQDA project"),
        ("a.mex22", "a MAXQDA exchange file"), ("a.atlproj24", "an ATLAS.ti project"), ("a.hpr7", "an ATLAS.ti"),
        ("a.f4p", "an f4analyse project"), ("a.qde", "what lies in a REFI-QDA project"), ("a.sav", "an SPSS file"),
        ("a.RData", "a file of R"), ("a.heic", "a picture"), ("a.mp3", "an audio or video recording"),
        ("a.pptx", "a presentation"), ("a.7z", "a packed archive"), ("a.msg", "an e-mail"), ("a.coder", "a study"),
    ],
)  # fmt: skip
def test_it_is_said_what_a_file_is_wherever_it_is_given(tmp_path: Path, name: str, what: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00\x01\x99")
    for read, error in (
        (read_transcript, FormatError), (read_codings, FormatError), (read_table, FormatError),
        (read_codebook, CodebookError),
    ):  # fmt: skip
        with pytest.raises(error, match=f"{name}: this is {what}"):
            read(path)


def test_the_advice_fits_what_is_wanted() -> None:
    assert "as Word or text files" in str(advice_on_name("a.nvpx", "transcript"))
    assert "codes' references" in str(advice_on_name("a.nvpx", "codings"))
    assert "codebook from NVivo as .qdc" in str(advice_on_name("a.nvpx", "codebook"))
    assert "codebook as .qdc" in str(advice_on_name("a.qdpx", "codebook"))
    assert "save it as .xlsx" in str(advice_on_name("a.xls", "table"))
    assert ".qdc or" not in str(advice_on_name("a.dedoose", "codebook"))  # Dedoose writes no REFI-QDA


@pytest.mark.parametrize(
    "name",
    [
        "a.mxl", "a.mxf", "a.mxd2", "a.f4v", "a.nvram", "a.hprc", "a.mexican", "a.yaml", "a.xyz", "nvpx", "a.csv",
        "a.docx", "a.txt", "a.json", "a.parquet", "codes v1.2", "a.savings",
    ],
)  # fmt: skip
def test_other_names_are_not_taken_for_a_program(name: str) -> None:
    assert advice_on_name(name, "codings") is None and advice_on_name(name, "codebook") is None


def test_a_large_film_is_said_to_be_one_and_a_missing_file_to_be_missing(tmp_path: Path) -> None:
    film = tmp_path / "talk.mp4"
    with film.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(FormatError, match="transcribe it first"):
        read_transcript(film)
    with pytest.raises(InputError, match="does not exist"):
        read_transcript(tmp_path / "none.mp4")
    with pytest.raises(CodebookError, match="There is no codebook"):
        read_codebook(tmp_path / "none.nvpx")


def test_files_of_other_kinds_in_a_folder_are_listed_without_hidden_ones(tmp_path: Path) -> None:
    own = ("desktop.ini", "Thumbs.db", "s.coder-wal", "s.coder-shm")
    for name in ("a.txt", "b.doc", "deep/c.mp3", ".DS_Store", "~$d.doc", "e.html", *own):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("P: x\n", encoding="utf-8")
    assert [path.name for path in other_files(tmp_path)] == ["b.doc", "c.mp3", "e.html"]


def test_of_many_other_files_those_that_may_be_wanted_are_named() -> None:
    names = ["a.css", "b.exe", "c.js", "d.ttf", "e.xyz", "talk.mp3", "z.DOC", "shm.coder-wal.txt"]
    assert about_others([Path(name) for name in names]) == (
        "8 files of other kinds not read: z.DOC, talk.mp3, a.css, b.exe, c.js and 3 more."
    )
