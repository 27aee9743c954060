"""Print the lines of a PDF's pages as JSON: a program of its own, so that a hostile file can be stopped.

It reads the PDF from its standard input and is started by `pdf.py` as a script, never imported: the limits
below hold for it alone. One line of JSON per page: [[text, x, y, bold characters at its start, pieces], ...], a piece
being [place in the text, x, whether there is a gap before it] of what was placed by itself in the line; or
{"error": "locked"} (a password is needed), {"error": "protected"} (its cipher is not available).
"""

import io
import json
import math
import sys
from typing import Any

MEMORY_LIMIT = 260 * 1024 * 1024
CPU_SECONDS = 11
MOST_PAGES = 3_000
# Letters are taken for so wide, in sizes of the font, that few words are wider: what begins behind them stands apart.
WIDTH, GAP = 0.6, 1.0


def limit_itself() -> None:
    """Let the system end this process when it takes too much; Windows has no such limits, only the clock."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


class Lines:
    """Receives a page's text piece by piece, with where it stands and in which font, and cuts it into lines."""

    def __init__(self) -> None:
        self.lines: list[list[Any]] = []
        self.start()

    def start(self) -> None:
        """Begin a line."""
        self.text = ""
        self.place: tuple[float, float] | None = None
        self.bold = 0
        self.all_bold = True
        self.reach = 0.0
        self.pieces: list[tuple[int, float, bool]] = []

    def visit(self, text: str, outer: list[float], inner: list[float], font: Any, size: float) -> None:
        """Take a piece of text; line ends come as pieces of their own or within them."""
        name = str(font.get("/BaseFont", "")) if font else ""
        heavy = any(sign in name.lower() for sign in ("bold", "black", "heavy", "-bd"))
        for number, part in enumerate(text.split("\n")):
            if number:
                self.end()
            if not part:
                continue
            if part.strip():
                x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
                y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
                em = abs(size or 1.0) * math.hypot(inner[0], inner[1]) * math.hypot(outer[0], outer[1])
                if self.place is None:
                    self.place = (x, y)
                else:
                    self.pieces.append((len(self.text), round(x, 1), x > self.reach + GAP * em))
                self.reach = x + WIDTH * em * len(part)
                self.all_bold = self.all_bold and heavy
                if self.all_bold:
                    self.bold = len(self.text) + len(part)
            self.text += part

    def end(self) -> None:
        """End a line."""
        if self.text.strip():
            x, y = self.place or (0.0, 0.0)
            text = self.text.rstrip()
            self.lines.append([text, round(x, 1), round(y, 1), min(self.bold, len(text)), self.pieces])
        self.start()


def main() -> None:
    """Read, extract, print; whatever goes wrong ends the program with a traceback and a bad exit status."""
    limit_itself()
    data = sys.stdin.buffer.read()
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        try:
            opened = bool(reader.decrypt(""))
        except DependencyError:
            print(json.dumps({"error": "protected"}))  # noqa: T201 - the result of this program
            return
        if not opened:
            print(json.dumps({"error": "locked"}))  # noqa: T201
            return
    for page in reader.pages[:MOST_PAGES]:
        lines = Lines()
        page.extract_text(visitor_text=lines.visit)
        lines.end()
        print(json.dumps(lines.lines), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
