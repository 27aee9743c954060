"""Names and paths as Windows writes them, wherever a file or a tool of another system says one."""

from pathlib import Path, PureWindowsPath

import pytest

from coder.codebook import Code, Codebook
from coder.exchange.nvivo_references import read_references
from coder.exchange.read import read_codings
from coder.exchange.refi_writer import write_project
from coder.exchange.study_content import DocumentContent, StudyContent
from tests.refi_making import qde, qdpx, selection, source

RESERVED = '<>:"/\\|?*'


@pytest.mark.parametrize(
    "path", ["internal://d1.txt", "internal:\\\\D1.TXT", "internal://sources\\d1.txt", "internal:///d1.txt"]
)
@pytest.mark.parametrize("member", ["sources/d1.txt", "Sources\\D1.txt", "sources\\d1.txt"])
def test_a_text_is_found_whatever_the_slashes(tmp_path: Path, path: str, member: str) -> None:
    xml = qde(sources=source(selection(0, 4, "late"), path=path))
    found = read_codings(qdpx(tmp_path / "p.qdpx", xml, {member: b"late bus"}))
    assert [item.text for item in found.codings] == ["late"]


@pytest.mark.parametrize(
    "name", ["C:\\Users\\Zoë\\inter view.docx", "\\\\server\\share\\a.txt", "a/b: c?", "CON.", "..."]
)
def test_documents_of_any_name_become_names_that_windows_can_store(tmp_path: Path, name: str) -> None:
    book = Codebook("b", (Code("a", "A"),))
    document = DocumentContent("u", name, "late bus", "2026-01-01T00:00:00")
    write_project(StudyContent("uid", "s", "2026-01-01T00:00:00", book, (document,), ()), tmp_path / "p.qdpx")
    (found,) = read_codings(tmp_path / "p.qdpx").documents
    assert not set(found.name) & set(RESERVED) and found.name.strip()
    assert PureWindowsPath(found.name).name == found.name


def test_folders_of_nvivo_are_left_out_of_a_document_s_name() -> None:
    lines = [
        "<Files\\\\Round 1\\\\Interview 1> - § 1 reference coded [2,31% Coverage]",
        "",
        "Reference 1 - 2,31% Coverage",
        "late",
    ]
    (coding,) = read_references(lines, Path("Time.txt")).codings
    assert (coding.document, coding.code) == ("Interview 1", "Time")
