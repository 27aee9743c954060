"""Codebooks by name or file, described for people, and converted."""

import os
from pathlib import Path

from coder.codebook import Codebook
from coder.errors import CodebookError
from coder.exchange.codebooks import SUFFIXES, notes_on, read_codebook, read_with_notes, write_codebook

__all__ = [
    "SUFFIXES", "advice", "described", "notes_on", "read_codebook", "read_given", "read_with_notes", "write_codebook",
]  # fmt: skip


def read_given(path: Path) -> tuple[Codebook, list[str]]:
    """Read a codebook that was sent to a page, with the notes on it; messages name the file without its folder.

    Raises CodebookError listing every problem.
    """
    folder = f"{path.parent}{os.sep}"
    try:
        book, notes = read_with_notes(path)
    except CodebookError as error:
        raise CodebookError(str(error).replace(folder, "")) from error
    return book, [line.replace(folder, "") for line in notes]


def described(codebook: Codebook) -> str:
    """Return the codebook as text for reading: components, codes, definitions, rules, sub-themes."""
    lines = [f"{codebook.name}, version {codebook.version}: {len(codebook.codes)} codes"]
    if codebook.source:
        lines.append(f"Source: {codebook.source}")
    lines.append(f"Polarity: {', '.join(codebook.polarity) or 'not used'}")
    parent: str | None = None
    for code in codebook.codes:
        if code.parent and code.parent != parent:
            lines += ["", code.parent.upper()]
        parent = code.parent
        lines += ["", f"{code.label}  ({code.id})", f"  {code.definition or 'No definition yet.'}"]
        lines += [f"  + {rule}" for rule in code.include]
        lines += [f"  - {rule}" for rule in code.exclude]
        for sub in code.subthemes:
            lines.append(f"  · {sub.label}" + (f" [{sub.polarity}]" if sub.polarity else ""))
    return "\n".join(lines)


def advice(codebook: Codebook) -> list[str]:
    """Return what would make the codebook work better: thin codes, each with what is missing."""
    thin = []
    for code in codebook.codes:
        if not code.definition:
            thin.append(f"{code.id} has no definition: without excerpts, its label is all a model can read.")
        elif not (code.subthemes or code.include or code.examples):
            thin.append(
                f"{code.id} has no sub-themes, include rules or examples: a few make suggestions better."
            )
    return thin
