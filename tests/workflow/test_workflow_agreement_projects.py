"""Agreement straight from two projects, against the numbers that other programs show, worked out letter by letter."""

from pathlib import Path

import pytest

from coder.agreement.software_views import view
from coder.workflow.agreement.compare_tables import AgreementRequest, agree
from tests.refi_making import qde, qdpx, selection, source

TEXT = (
    "I: Why?\nP: My sister 🙂 drives me. The bus is late, voilà, and it is never on time.\nI: Oh. "
    + "Well. " * 30
)
ANNA = [(11, 35), (40, 51), (60, 70)]
BEN = [(11, 24), (40, 60), (80, 95)]


def project(path: Path, spans: list[tuple[int, int]], user: str, name: str) -> Path:
    marks = "".join(
        selection(a, b, TEXT[a:b], user=f"aaaa0000-0000-0000-0000-00000000000{user}") for a, b in spans
    )
    return qdpx(path, qde(sources=source(marks, name=name)), {"sources/d1.txt": TEXT.encode()})


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    return project(tmp_path / "a.qdpx", ANNA, "1", "i1.docx"), project(tmp_path / "b.qdpx", BEN, "2", "I1")


def letters(spans: list[tuple[int, int]]) -> list[bool]:
    return [any(a <= at < b for a, b in spans) for at in range(len(TEXT))]


def test_nvivo_counts_all_letters_of_the_text(both: tuple[Path, Path]) -> None:
    (row,) = [
        item
        for item in view(agree(AgreementRequest(both)).codings, "nvivo")["rows"]
        if item["file"] == "i1.docx"
    ]
    one, two = letters(ANNA), letters(BEN)
    size = len(TEXT)
    same = sum(a == b for a, b in zip(one, two, strict=True)) / size
    p, q = sum(one) / size, sum(two) / size
    chance = p * q + (1 - p) * (1 - q)
    assert row["size"] == size
    assert row["agreement"] == pytest.approx(same)
    assert row["kappa"] == pytest.approx((same - chance) / (1 - chance))


def test_qualcoder_leaves_out_what_nobody_coded(both: tuple[Path, Path]) -> None:
    rows = view(agree(AgreementRequest(both)).codings, "qualcoder")["rows"]
    one, two = letters(ANNA), letters(BEN)
    coded = sum(a or b for a, b in zip(one, two, strict=True))
    shared = sum(a and b for a, b in zip(one, two, strict=True)) / coded
    p, q = sum(one) / coded, sum(two) / coded
    chance = p * q * (1 - p) * (1 - q)
    assert any(
        value == pytest.approx((shared - chance) / (1 - chance))
        for row in rows for value in row.values() if isinstance(value, float)
    )  # fmt: skip


def test_the_length_of_the_text_is_said_to_count_and_unlike_texts_are_named(tmp_path: Path) -> None:
    first = project(tmp_path / "a.qdpx", ANNA, "1", "i1")
    marks = selection(*BEN[0], TEXT[slice(*BEN[0])], user="aaaa0000-0000-0000-0000-000000000002")
    second = qdpx(tmp_path / "b.qdpx", qde(sources=source(marks)), {"sources/d1.txt": TEXT[:100].encode()})
    notes = " ".join(agree(AgreementRequest((first, second))).report.notes)
    assert "Text that nobody coded counts, to the end of each transcript" in notes
    assert "1 document whose text is not equally long in the files" in notes
