"""Writes lines of csv that any reader splits as they were meant and in which no spreadsheet finds a formula.

Python's own writer leaves a bare carriage return unquoted, so that a reader may begin a new row in the middle of a
participant's words. A spreadsheet with `;` as its separator cuts a quoted cell of a comma file at `;` and at line
ends, so a formula is disarmed there too, not only at the start of a cell (OWASP, "CSV Injection").
"""

import re
from collections.abc import Iterable
from typing import Any

_BREAKS = r"[;\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
_FORMULA = re.compile(rf"(^[\s\"']*|{_BREAKS}[\s\"']*)(?=[=+\-@＝＋－＠])")
_DISARMED = re.compile(rf"(^[\s\"]*|{_BREAKS}[\s\"]*)'(?=[\s\"']*[=+\-@＝＋－＠])")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # readers stop at NUL; half a surrogate pair cannot be encoded
_QUOTED = re.compile('[",;\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]|^\\s|\\s$')


def disarmed(text: str) -> str:
    """Return a text with an apostrophe before all that a spreadsheet would take for a formula."""
    return _FORMULA.sub(r"\1'", text)


def armed(text: str) -> str:
    """Return the text that `disarmed` was given."""
    return _DISARMED.sub(r"\1", text)


def csv_line(cells: Iterable[Any]) -> str:
    """Return one line of csv with its line end: None is an empty cell, texts are disarmed."""
    line = ",".join(_cell(value) for value in cells)
    return (line or '""') + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = disarmed(_NO_TEXT.sub("�", value))
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
