"""Whatever a study holds, its project reads back alike: any letters, names that come twice, codes that are cut."""

import tempfile
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.codebook import Code, Codebook
from coder.exchange.read import read_codings
from coder.exchange.refi_writer import write_project
from coder.exchange.study_content import DocumentContent, MemoContent, Passage, StudyContent

BOOK = Codebook("book", (Code("a", "Time"), Code("b", "time"), Code("c", "Time: barrier", parent="Time")))
ODD = "ab .\n🙂👩🏽\u0301\u200d\ufeffé\x0b\x85\u2028"
LETTERS = st.text(
    st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"])), min_size=1, max_size=60
).map(lambda text: text.replace("\r", "\n").removeprefix("\ufeff") or "x")


@st.composite
def contents(draw: st.DrawFn) -> StudyContent:
    texts = draw(st.lists(LETTERS, min_size=1, max_size=3))
    names = st.sampled_from(["one", "ONE", "a/b: c", "\x01", "two"])
    documents = tuple(
        DocumentContent(f"u{at}", draw(names), text, "2026-01-01T00:00:00") for at, text in enumerate(texts)
    )
    passages = {}
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(texts) - 1))
        start = draw(st.integers(0, len(texts[at]) - 1))
        end = draw(st.integers(start + 1, len(texts[at])))
        code, side = draw(st.sampled_from("abc")), draw(st.sampled_from(["barrier", "mixed", None]))
        coder, memo = draw(st.sampled_from(["Ann", "Bea & <Co>"])), draw(LETTERS)
        passages[at, start, end, code, side, coder] = Passage(
            f"u{at}", start, end, code, side, coder, memo=memo
        )
    about = MemoContent("m", "Ann", "2026-01-01T00:00:00", "words 🙂", "Memo", "u0")
    return StudyContent(
        "uid", "a study", "2026-01-01T00:00:00", BOOK, documents, tuple(passages.values()), memos=(about,)
    )


@settings(max_examples=60, deadline=None)
@given(contents(), st.sampled_from(["leaf", "branch"]))
def test_any_study_reads_back(content: StudyContent, polarity: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "p.qdpx"
        write_project(content, out, polarity=polarity)  # type: ignore[arg-type]
        found = read_codings(out)
    assert [item.text for item in found.documents] == [item.text for item in content.documents]
    assert len({item.name.casefold() for item in found.documents}) == len(content.documents)
    texts = {item.name: item.text for item in found.documents}
    assert all(texts[item.document][item.start : item.end] == item.text for item in found.codings)
    order = {item.name: f"u{at}" for at, item in enumerate(found.documents)}
    read = {(order[item.document], item.start, item.end, item.coder) for item in found.codings}
    assert read == {(item.document, item.start, item.end, item.coder) for item in content.coded}
    sides = sum(item.polarity is not None for item in content.coded) if polarity == "branch" else 0
    assert len(found.codings) == len(content.coded) + sides
    assert [memo.text for memo in found.memos] == ["words 🙂"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_keep_their_form(form: Literal["NFC", "NFD"], tmp_path: Path) -> None:
    text = unicodedata.normalize(form, "Voilà, déjà vu")
    document = DocumentContent("u", "one", text, "2026-01-01T00:00:00")
    passage = Passage("u", 0, len(text), "a", None, "Ann")
    content = StudyContent("uid", "s", "2026-01-01T00:00:00", BOOK, (document,), (passage,))
    write_project(content, tmp_path / "p.qdpx")
    found = read_codings(tmp_path / "p.qdpx")
    assert (found.documents[0].text, found.codings[0].text) == (text, text)
