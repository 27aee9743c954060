"""Counts with their noun, and texts cut to a length: for the messages of every package."""


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 excerpt, 2,000 excerpts."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def shortened(text: str, width: int) -> str:
    """Return a text on one line of at most `width` characters, cut at a word with an ellipsis if it is longer.

    A text without blanks, such as a code's id, is cut within the word.
    """
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    whole = line[:width].rsplit(" ", 1)[0] if " " in line[width // 2 : width] else line[: width - 1]
    return whole.rstrip(" ,;:") + "…"
