"""Projects for other tools: 200,000 codings written, read back, and brought into a study with their texts."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.measuring import Table

SENTENCE = "The bus is late today, and nobody came. "
TEXTS = 100


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the table of projects."""
    from coder.codebook import load_codebook
    from coder.exchange.read import read_codings
    from coder.exchange.refi_writer import write_project
    from coder.store import Study
    from coder.workflow.study.import_project import import_project

    count = 20_000 if quick else 200_000
    content = _content(count // TEXTS)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "p.qdpx"
        start = process_time()
        write_project(content, out)
        written = process_time()
        found = read_codings(out)
        read = process_time()
        with Study.create(Path(folder) / "s.coder", load_codebook("comb")) as study:
            report = import_project(study, out)
        done = process_time()
        size = out.stat().st_size / 1e6
    taken = (written - start, read - written, done - read)
    assert report.codings is not None and len(found.codings) == report.codings.used == count
    yield Table(
        "Projects of other tools",
        ["codings", "texts", ".qdpx MB", "written, CPU s", "read, CPU s", "brought into a study with texts, CPU s"],
        [[f"{count:,}", str(TEXTS), f"{size:.1f}", *(f"{seconds:.1f}" for seconds in taken)]],
        "Every coding read back is on the words it was on. Bringing in reads the file again and cuts the texts.",
    )  # fmt: skip


def _content(each: int):  # type: ignore[no-untyped-def]
    from coder.codebook import load_codebook
    from coder.exchange.study_content import DocumentContent, Passage, StudyContent

    book = load_codebook("comb")
    codes = [code.id for code in book.codes]
    lines = [f"{'I' if at % 5 == 0 else 'P'}: {SENTENCE.strip()}\n" for at in range(each)]
    passages, documents = [], []
    for number in range(TEXTS):
        text = f"Interview {number}\n" + "".join(lines)
        documents.append(DocumentContent(f"u{number}", f"talk {number}", text, "2026-01-01T00:00:00"))
        at = text.index("\n") + 1
        for place, line in enumerate(lines):
            spoken = place if line.startswith("P") else None
            start, at = at + 3, at + len(line)
            for coder in ("Ann", "Ben") if spoken is not None else ():
                code = codes[place % len(codes)]
                passages.append(Passage(f"u{number}", start, at - 1, code, "barrier", coder))
    wanted = each * TEXTS
    more = [
        Passage(item.document, item.start, item.end, codes[(at + 1) % len(codes)], "facilitator", item.coder)
        for at, item in enumerate(passages)
        if item.code != codes[(at + 1) % len(codes)]
    ]
    kept = tuple([*passages, *more][:wanted])
    return StudyContent("uid", "bench", "2026-01-01T00:00:00", book, tuple(documents), kept)
