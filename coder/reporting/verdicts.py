"""Verdicts per code as text: which codes a model does not suggest, why, and what would mend it."""

from collections.abc import Mapping, Sequence

from coder.learning.persistence.card import Verdict
from coder.reporting.numbers import counted
from coder.reporting.text import INDENT, Block, wrapped

ENOUGH = 10  # excerpts with a code; if it is untested with as many, those without it are missing


def verdict_block(verdicts: Sequence[Verdict]) -> Block:
    """Return what a person must know of the codes: those not suggested first, then those that could not be tested."""
    failed = [found for found in verdicts if not found.usable]
    rest = [found for found in verdicts if found.usable]
    blank = [found for found in rest if found.kappa is None]
    always = [found for found in blank if found.positives >= ENOUGH]
    untested = [f"{found.code} {found.positives}" for found in blank if found not in always]
    said = f"All {'other ' if failed else ''}{counted(len(rest), 'code')} may be suggested."
    if len(rest) == 1:
        said = f"{rest[0].code} may be suggested."
    if not rest:
        said = "So the model suggests nothing yet."
    if untested:
        said += (
            f" {counted(len(untested), 'of them was', 'of them were')} not tested for want of excerpts (their number"
            f" stands beside the name): there the codebook's text speaks alone, unproven: {', '.join(untested)}."
        )
    said += "".join(f" {found.code}: {sentence(found.why)}" for found in always)
    title = "WHAT IT MAY SUGGEST"
    if not failed:
        return Block(title, said, top=True)
    words = f"NOT suggested: {len(failed)} of {counted(len(verdicts), 'code')}."
    return Block(title, words, "\n".join(failed_line(found.code, found) for found in failed), said, top=True)


def failed_line(name: str, found: Verdict, first: str = INDENT, indent: str = f"{INDENT}  ") -> str:
    """Return one code that failed: its name, why, and what would mend it."""
    mend = f" To mend it: {found.mend}." if found.mend else ""
    return wrapped(f"{name}: {sentence(found.why)}{mend}", indent, first)


def failed_lines(failed: Mapping[str, Verdict]) -> list[str]:
    """Return the codes that a model does not suggest, by the name to show, for the end of a pre-coding run."""
    if not failed:
        return []
    them = "it" if len(failed) == 1 else "them"
    title = (
        f"This model does not suggest {counted(len(failed), 'code')}, having failed on excerpts that it had not"
        f" learned from; look out for {them} yourself (kappa: agreement with people beyond chance, at most 1):"
    )
    return [wrapped(title), *(failed_line(name, found) for name, found in failed.items())]


def judged(found: Verdict) -> str:
    """Return a code's verdict in a word."""
    if not found.usable:
        return "NO"
    return "yes" if found.kappa is not None else "untested"


def sentence(words: str) -> str:
    """Return words with a full stop, if they have none."""
    return words if words.endswith(".") else f"{words}."
