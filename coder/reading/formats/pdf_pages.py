"""Print the lines of a PDF's pages as JSON: a program of its own, so that a hostile file can be stopped.

It reads the PDF from its standard input and is started by `pdf.py` as a script, never imported: the limits
below hold for it alone. One line of JSON per page: [[text, x, y, bold characters at its start, pieces, struck], ...]:
a piece is [place in the text, x, whether there is a gap before it] of what was placed by itself in the line, struck
what has a line drawn through it; or
{"error": "locked"} (a password is needed), {"error": "protected"} (its cipher is not available).
"""

import io
import json
import math
import os
import sys
import threading
import time
from typing import Any

MEMORY_LIMIT = 260 * 1024 * 1024
CPU_SECONDS = 15
MOST_PAGES = 3_000
# Letters are taken for so wide, in sizes of the font, that few words are wider: what begins behind them stands apart.
WIDTH, GAP = 0.6, 1.0
# A line through words is drawn so far above their feet, in sizes of the font, and is thinner than this (points).
THROUGH, THIN = (0.15, 0.5), 2.0
MOST_STROKES = 50_000
# Points; what is larger, or no number, stands on no page.
FARTHEST = 20_000


def limit_itself() -> None:
    """Let the system end this process when it takes too much; where that has no limits, let it end itself."""
    try:
        import resource
    except ImportError:  # Windows
        threading.Thread(target=_watch, daemon=True).start()
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def _watch() -> None:
    """End this process when it has computed for too long; waiting for a busy machine does not count."""
    while time.process_time() < CPU_SECONDS:
        time.sleep(0.2)
    os.write(2, b"TimeIsUp")
    os._exit(1)


class Lines:
    """Receives a page's text piece by piece, with where it stands and in which font, and cuts it into lines."""

    def __init__(self) -> None:
        self.lines: list[list[Any]] = []
        self.placed: list[tuple[int, str, float, float, float]] = []
        self.strokes: dict[int, list[tuple[float, float, float]]] = {}
        self.drawn = 0
        self.point = (0.0, 0.0)
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
                self.placed.append((len(self.lines), part.strip(), x, y, em))
                self.all_bold = self.all_bold and heavy
                if self.all_bold:
                    self.bold = len(self.text) + len(part)
            self.text += part

    def end(self) -> None:
        """End a line."""
        if self.text.strip():
            x, y = self.place or (0.0, 0.0)
            text = self.text.rstrip()
            self.lines.append([text, round(x, 1), round(y, 1), min(self.bold, len(text)), self.pieces, ""])
        self.start()

    def draw(self, operator: bytes, operands: list[Any], outer: list[float], _: list[float]) -> None:
        """Take a line or thin bar that lies across the page."""
        if operator not in (b"m", b"l", b"re") or self.drawn > MOST_STROKES:
            return
        try:
            x, y, width, height = (float(value) for value in [*operands, 0, 0][:4])
        except (TypeError, ValueError):
            return
        left, low = x * outer[0] + y * outer[2] + outer[4], x * outer[1] + y * outer[3] + outer[5]
        if operator == b"re" and abs(height * outer[3]) < THIN:
            self._stroke(left, left + width * outer[0], low + height * outer[3] / 2)
        elif operator == b"l" and abs(low - self.point[1]) < 0.1:
            self._stroke(self.point[0], left, low)
        self.point = (left, low)

    def _stroke(self, left: float, right: float, y: float) -> None:
        self.drawn += 1
        if not abs(y) < FARTHEST:
            return
        self.strokes.setdefault(int(y), []).append((min(left, right), max(left, right), y))

    def strike(self) -> None:
        """Note of each line which of its words have a stroke through them from their first letter on."""
        for number, text, x, y, em in self.placed if self.strokes else ():
            if not (abs(y) < FARTHEST and em < FARTHEST):
                continue
            low, high = y + THROUGH[0] * em, y + THROUGH[1] * em
            near = (
                stroke for height in range(int(low), int(high) + 1) for stroke in self.strokes.get(height, ())
            )
            through = any(
                low <= at <= high and left <= x + em / 4 and right > x + em / 2 for left, right, at in near
            )
            if through and number < len(self.lines):
                self.lines[number][5] = f"{self.lines[number][5]} {text}".strip()


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
        page.extract_text(visitor_text=lines.visit, visitor_operand_before=lines.draw)
        lines.end()
        lines.strike()
        print(json.dumps(lines.lines), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
