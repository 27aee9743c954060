"""What coders did, newest first, of every kind that undo takes back, and what was undone."""

from sqlite3 import Row

from coder.store import Study
from coder.store.values import ActSummary
from coder.workflow.study.double_coding import plan_in_words
from coder.workflow.study.undoing import Kind, name_in_words, reversals

LONGEST = 60  # characters of a memo


def history(study: Study, *, coder: str | None = None, limit: int = 30) -> list[ActSummary]:
    """Return what one coder (or everybody) did, newest first.

    `undo` takes it back by its name; of memos, groups, the codebook, names and plans only the newest.
    """
    lines = study.acts.summaries(coder=coder, limit=limit)
    for kind, table in reversals(study).items():
        lines += [_line(kind, row) for row in table.history(coder, limit)]
    return sorted(lines, key=lambda line: (line.time, line.act), reverse=True)[:limit]


def _line(kind: Kind, row: Row) -> ActSummary:
    reversal = None if row["reverses"] is None else "redo" if row["again"] else "undo"
    what = _what(kind, row)
    return ActSummary(
        row["uid"], reversal or kind, row["by"], row["by"], "", row["time"], bool(row["undone"]),
        int(kind == "quote" or (kind == "memo" and row["utterance"] is not None)),
        f"{kind}: {what}" if reversal else what,
    )  # fmt: skip


def _what(kind: Kind, row: Row) -> str:
    if kind == "memo":
        return row["content"][:LONGEST] or "taken away"
    if kind == "quote":
        return f"{row['code']}: {'good quote' if row['good'] else 'no good quote'}"
    if kind == "role":
        return f"{row['speaker'] or 'no label'}: {row['role']}"
    if kind == "transcript":
        return name_in_words(row)
    if kind == "plan":
        return plan_in_words(row["value"])
    return str(row["what"])
