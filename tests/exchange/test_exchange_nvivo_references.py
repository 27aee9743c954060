"""NVivo's list of a code's references, as it is saved in every version and menu language."""

from pathlib import Path

import pytest

from coder.errors import FormatError
from coder.exchange.read import read_codings

LIST = """<Files\\\\Interview 1> - § 2 references coded [2.31% Coverage]

Reference 1 - 1.11% Coverage

I never have time.

Reference 7 - 3.00% Coverage, the form said.
Reference 2 - 1.20% Coverage

The bus is late
<Files\\\\Folder\\\\Interview 2> - § 1 reference coded [3.90% Coverage]

Reference 1 - 3.90% Coverage

My sister drives me.
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_references_of_a_code_are_read(tmp_path: Path, encoding: str, ends: str) -> None:
    path = tmp_path / "Time_ barrier.txt"
    path.write_bytes(LIST.replace("\n", ends).encode(encoding))
    found = read_codings(path)
    assert [(item.document, item.code) for item in found.codings] == [
        ("Interview 1", "Time_ barrier"), ("Interview 1", "Time_ barrier"), ("Interview 2", "Time_ barrier"),
    ]  # fmt: skip
    first, second, third = (item.text for item in found.codings)
    # A speaker quoted what looks like the head of a reference: it stays text.
    assert first == "I never have time.\n\nReference 7 - 3.00% Coverage, the form said."
    assert (second, third) == ("The bus is late", "My sister drives me.")


@pytest.mark.parametrize(
    ("header", "item"),
    [
        ("Internals\\\\i1 - § 1 reference coded [ 3.90% Coverage]", "Reference 1 - 3.90% Coverage"),
        ("<Dateien\\\\i1> - § 1 codierte Referenz [3,90% Abdeckung]", "Referenz 1 - 3,90% Abdeckung"),
        ("<Fichiers\\\\i1> - § 1 référence encodée [3,90% Couverture]", "Référence 1 - 3,90% Couverture"),
        ("<Archivos\\\\i1> - § 1 referencia codificada [3,90% Cobertura]", "Referencia 1 - 3,90% Cobertura"),
    ],
)
def test_versions_and_menu_languages(tmp_path: Path, header: str, item: str) -> None:
    path = tmp_path / "Time.txt"
    path.write_text(f"{header}\n{item}\nno time\n", encoding="utf-8")
    (coding,) = read_codings(path).codings
    assert (coding.document, coding.text) == ("i1", "no time")


def test_a_count_that_does_not_hold_is_said(tmp_path: Path) -> None:
    path = tmp_path / "Time.txt"
    path.write_text(LIST.replace("§ 2 references", "§ 5 references"), encoding="utf-8")
    assert any("5 references promised, 2 found" in note for note in read_codings(path).notes)
    path.write_text(LIST.replace("Reference 2 -", "References 2-3 -").replace("§ 2", "§ 3"), encoding="utf-8")
    found = read_codings(path)
    assert len(found.codings) == 3
    assert not any("promised" in note for note in found.notes)


def test_a_transcript_is_no_list_of_references(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("INT: Hello\nP1: Reference 1 - 5% Coverage, they said.\n", encoding="utf-8")
    with pytest.raises(FormatError, match="no list of coded references"):
        read_codings(path)


@pytest.mark.parametrize("name", ["a.nvpx", "a.atlproj23", "a.mx24", "a.mex24", "a.xyz"])
def test_closed_formats_are_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FormatError, match=r"export|Export|read from"):
        read_codings(tmp_path / name)
