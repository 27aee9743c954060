"""Sentences on what a document of a word processor holds beside the words that were read plainly."""

from collections import Counter

from coder.phrasing import counted

# Counted with what is left out, though its words are read: they may be a note beside the talk.
TEXT_BOX = "text box"
_PLURALS = {"table of contents": "tables of contents"}


def sentences(left_out: Counter[str]) -> list[str]:
    """Say what was left out: "2 comments were left out."; of text boxes, that they were read."""
    messages = []
    for kind, count in sorted(left_out.items()):
        if kind == TEXT_BOX and count:
            verb = "was" if count == 1 else "were"
            messages.append(f"{counted(count, kind)} {verb} read as words behind the paragraph beside it.")
        elif kind and count == 1:
            messages.append(f"1 {kind} was left out.")
        elif kind and count:
            messages.append(f"{count} {_PLURALS.get(kind, kind + 's')} were left out.")
    return messages
