"""Pseudonymising transcripts: find what identifies people, let a person review the list, write new files.

Only the words of the turns are written. Titles, headers, comments, time stamps, file properties and the other columns
of tables are not copied, since any of them may identify somebody.
"""

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.domain import Corrections, Span, Transcript, Turn
from coder.errors import InputError, OutputError, TableError
from coder.passphrases import PASSPHRASES
from coder.phrasing import typed
from coder.pseudonyms import Item as Item
from coder.pseudonyms import Mention, Replacer, items_of, mentions_in
from coder.pseudonyms.items import KEEP
from coder.pseudonyms.items import REPLACE as REPLACE
from coder.pseudonyms.recognise import names_of_labels
from coder.pseudonyms.sealed import is_sealed, sealed, unsealed
from coder.safe_csv import armed, csv_line

if TYPE_CHECKING:
    from pandas import DataFrame

LIST_COLUMNS = ("item", "kind", "action", "replacement", "count", "files", "context")
ANSWER_COLUMNS = ("participant", "question", "text")
MAPPING_COLUMNS = ("pseudonym", "item", "kind")
HONEST = (
    "Recognition misses some of what identifies people, above all names in lower case, nicknames, rare jobs and"
    " events. A person must read each new text before it is shared."
)
ENCRYPTED = ".encrypted"  # what the name of an encrypted mapping file ends in
MOST_SEALED = 50_000_000  # bytes; a study has thousands of names, not millions
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript with what was found in each of its turns."""

    path: Path
    transcript: Transcript
    mentions: tuple[list[Mention], ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A new file: where it came from, how many replacements it has, and what should be known about it."""

    source: Path
    path: Path
    replaced: int
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class FoundNames:
    """Transcripts that wait, outside a study, until somebody has decided on what was found in them.

    `folder` holds the files and is removed when they came in or were dropped; `known` are pseudonyms given earlier.
    """

    folder: "tempfile.TemporaryDirectory[str]"
    readings: list[Reading]
    items: list[Item]
    known: dict[str, str]
    new_version: bool = False


def find(
    paths: Sequence[Path], known: Mapping[str, str] | None = None, *, interviewer: Sequence[str] = ()
) -> tuple[list[Reading], list[Item]]:
    """Read transcripts (files or folders) and return them with all that could identify a person.

    `interviewer` names labels that are the interviewer's. `known` has the pseudonyms given earlier in the same study
    by spelling. Raises InputError or FormatError for a file that cannot be read: all files of one call share their
    pseudonyms, so none may be left out silently.
    """
    from coder.reading import transcript_paths

    readings = [_reading(path, interviewer) for path in transcript_paths(paths)]
    labels = [("", mention) for mention in names_of_labels(reading.transcript for reading in readings)]
    mentions = [
        (reading.path.name, mention)
        for reading in readings
        for of_text in reading.mentions
        for mention in of_text
    ]
    return readings, items_of([*labels, *mentions], known)


def _reading(path: Path, interviewer: Sequence[str], corrections: Corrections | None = None) -> Reading:
    from coder.reading import read_transcript

    transcript = read_transcript(path, interviewer=interviewer, corrections=corrections)
    words = [transcript.words_of(turn) for turn in transcript.turns]
    return Reading(path, transcript, tuple(mentions_in(words)))


def write_list(items: Sequence[Item], path: Path, *, force: bool = False) -> None:
    """Write the list to review, one row per spelling, as csv or xlsx; readable by its owner alone."""
    from coder.reporting.rows import open_rows

    with open_rows(path, LIST_COLUMNS, force=force) as rows:
        rows.write(
            {
                "item": item.text, "kind": item.kind, "action": item.action, "replacement": item.replacement,
                "count": item.count, "files": "; ".join(item.files), "context": " | ".join(item.contexts),
            }
            for item in items
        )  # fmt: skip
    path.chmod(0o600)


def read_list(path: Path, items: Sequence[Item]) -> list[Item]:
    """Return the items as a person decided about them in the edited list; rows that people added are taken too.

    Items without a row are kept as they are in the text. Raises TableError for an unknown action or a row without a
    replacement, naming the row.
    """
    from coder.reading.tables.read import read_table

    frame = read_table(path, needed=["item", "action", "replacement"])
    numbers = frame.attrs["row_numbers"]
    rows = [
        tuple(armed(str(row.get(name) or "")) for name in ("item", "kind", "action", "replacement"))
        for row in frame.to_dict("records")
    ]
    return decided_items(rows, items, [f"{path.name}, row {number}: " for number in numbers])


def decided_items(
    rows: Sequence[tuple[str, ...]], items: Sequence[Item], positions: Sequence[str] = ()
) -> list[Item]:
    """Return the items as a person decided: one row of (words, kind, action, replacement) for each.

    `positions` say where each row stands, for messages. Raises TableError for an unknown action, or a row to be
    replaced without a replacement.
    """
    by_text = {item.text: item for item in items}
    decided, problems = list[Item](), list[str]()
    for number, (text, kind, action, replacement) in enumerate(rows):
        position = positions[number] if positions else ""
        action = action.strip().lower() or REPLACE
        if not text.strip():
            continue
        if action not in (REPLACE, KEEP):
            problems.append(f"{position}the action is '{action}'; write {REPLACE} or {KEEP}.")
        elif action == REPLACE and not replacement.strip():
            problems.append(f"{position}'{text}' has no replacement; write one, or {KEEP}.")
        listed = by_text.get(text, Item(text, kind or "Name", ""))
        decided.append(replace(listed, action=action, replacement=replacement))
    if problems:
        raise TableError("The list cannot be applied.", problems)
    return decided


def mapping_beside(study: Path, *, encrypted: bool) -> Path:
    """Return the file beside a study that says who is who."""
    return study.with_name(f"{study.stem}-mapping{ENCRYPTED if encrypted else '.csv'}")


def read_mapping(path: Path) -> dict[str, str]:
    """Return the pseudonyms given earlier, by spelling; empty if there is no mapping file yet.

    An encrypted one needs its passphrase (coder.passphrases). Raises PassphraseError if that is missing or wrong.
    """
    if not path.exists():
        return {}
    rows = _mapping_table(path).to_dict("records")
    return {armed(str(row["item"])): armed(str(row["pseudonym"])) for row in rows}


def _mapping_table(path: Path) -> "DataFrame":
    from coder.reading.tables.read import read_table

    with path.open("rb") as file:
        marked = is_sealed(file.read(100))
    if not marked:
        return read_table(path, needed=list(MAPPING_COLUMNS[:2]))
    if path.stat().st_size > MOST_SEALED:
        raise InputError(f"{path} is larger than a list of pseudonyms can be.")
    import pandas as pd

    content = unsealed(path.read_bytes(), PASSPHRASES.of(path), str(path))
    return pd.DataFrame(json.loads(content), columns=list(MAPPING_COLUMNS), dtype=object)


def write_mapping(items: Sequence[Item], known: Mapping[str, str], path: Path) -> None:
    """Write which pseudonym stands for what: the one file by which people can be identified again.

    A name that ends in .encrypted makes it an encrypted file; its passphrase must be known (coder.passphrases).
    """
    from coder.reporting.rows import open_rows

    given = {text: (pseudonym, "") for text, pseudonym in known.items()}
    given |= {item.text: (item.replacement, item.kind) for item in items if item.action == REPLACE}
    lines = [
        {"pseudonym": pseudonym, "item": text, "kind": kind} for text, (pseudonym, kind) in given.items()
    ]
    if path.suffix == ENCRYPTED:
        content = json.dumps(lines, ensure_ascii=False).encode()
        _write_privately(path, sealed(content, PASSPHRASES.of(path)))
        return
    with open_rows(path, MAPPING_COLUMNS, force=True) as rows:
        rows.write(lines)
    path.chmod(0o600)


def who_is_who(path: Path) -> dict[str, list[str]]:
    """Return the spellings that each pseudonym of a mapping file stands for. Raises InputError if it is missing."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    spellings: dict[str, list[str]] = {}
    for text, pseudonym in read_mapping(path).items():
        spellings.setdefault(pseudonym, []).append(text)
    return spellings


def write_transcripts(
    readings: Sequence[Reading], items: Sequence[Item], out: Path, *, force: bool = False
) -> list[Written]:
    """Write each transcript with its pseudonyms as plain text into the folder `out`, readable by its owner alone.

    Answers to a survey are written as a table, so that each keeps its question.
    Raises OutputError if a file is there already (without `force`) or cannot be written.
    """
    replacer = Replacer(items)
    names = _file_names(readings, replacer)
    targets = [out / name for name in names]
    there = [target for target in targets if target.exists()]
    if there and not force:
        raise OutputError(f"{there[0]} exists already. Choose another folder, or add --force to replace it.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        return [
            _written(reading, target, replacer) for reading, target in zip(readings, targets, strict=True)
        ]
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}.") from error


def pseudonymised(reading: Reading, replacer: Replacer, name: str) -> Transcript:
    """Return a transcript with pseudonyms: the words of its turns with speakers' labels, roles and times.

    `name` is that of its file from now on. Titles, headers and other lines outside turns are left out. Names in
    questions and in what the reader noted are replaced, too.
    """
    transcript = reading.transcript
    labels = _labels(transcript, replacer)
    turns, furniture, text = list[Turn](), list[Span](), ""
    for turn, mentions in zip(transcript.turns, reading.mentions, strict=True):
        label = labels[turn.speaker]
        start = len(text)
        text += f"{label}: " if label else ""
        if label:
            furniture.append(Span(start, len(text), "label"))
        words = replacer.replaced(transcript.words_of(turn), mentions).text
        question = None if turn.question is None else replacer.replaced(turn.question).text
        end = len(text) + len(words)
        turns.append(replace(turn, speaker=label or None, start=len(text), end=end, question=question))
        furniture.append(Span(end, end + 2, "gap"))
        text += words + "\n\n"
    notes, doubts = (
        tuple(replacer.replaced(line).text for line in lines)
        for lines in (transcript.notes, transcript.doubts)
    )
    return replace(
        transcript, id=Path(name).stem, name=name, text=text, turns=tuple(turns), furniture=tuple(furniture),
        attributes={}, notes=notes, doubts=doubts,
    )  # fmt: skip


def pseudonymising_reader(readings: Sequence[Reading], items: Sequence[Item]) -> Callable[..., Transcript]:
    """Return what reads these files for an import, with the pseudonyms that were decided on."""
    replacer, known = Replacer(items), {reading.path: reading for reading in readings}
    names = dict(zip(known, _file_names(readings, replacer), strict=True))

    def read(
        path: Path, *, interviewer: Sequence[str] = (), corrections: Corrections | None = None
    ) -> Transcript:
        original = known[path] if corrections is None else _reading(path, interviewer, corrections)
        return pseudonymised(original, replacer, names[path])

    return read


def counts_by_kind(items: Sequence[Item]) -> list[tuple[str, int, int]]:
    """Return (kind, different items, places) by kind, the most frequent first."""
    places = Counter[str]()
    different = Counter(item.kind for item in items)
    for item in items:
        places[item.kind] += item.count
    return [(kind, different[kind], count) for kind, count in places.most_common()]


def _written(reading: Reading, target: Path, replacer: Replacer) -> Written:
    transcript = reading.transcript
    labels = _labels(transcript, replacer)
    blocks, lines, count = [], [csv_line(ANSWER_COLUMNS)], 0
    for turn, mentions in zip(transcript.turns, reading.mentions, strict=True):
        done = replacer.replaced(transcript.words_of(turn), mentions)
        count += done.count
        words = re.sub(r"\s*\n\s*", " ", done.text)
        label = labels[turn.speaker]
        blocks.append(f"{label}: {words}" if label else words)
        asked = replacer.replaced(turn.question).text if turn.question else None
        lines.append(csv_line([label or None, asked, done.text]))
    content = "".join(lines) if transcript.written else "\n\n".join(blocks) + "\n"
    _write_privately(target, content.encode())
    return Written(reading.path, target, count, _differences(reading, target))


def _labels(transcript: Transcript, replacer: Replacer) -> dict[str | None, str]:
    """Return the label to write for each speaker of a transcript."""
    return {
        turn.speaker: _label(turn.speaker, turn.role == "interviewer", replacer) for turn in transcript.turns
    }


def _label(speaker: str | None, is_interviewer: bool, replacer: Replacer) -> str:
    """Return a label that reads as a speaker's: "Person 1" for [Name 1]; "Interviewer" for a named one."""
    if not speaker:
        return ""
    done = replacer.replaced(speaker)
    if not done.count:
        return speaker
    if is_interviewer:
        return "Interviewer"
    return re.sub(r"^Name (?=\d+$)", "Person ", re.sub(r"[\[\]:]", "", done.text))


def _differences(reading: Reading, target: Path) -> tuple[str, ...]:
    """Return sentences on what a reader of the new file will see otherwise than in the old one."""
    from coder.reading import read_transcript

    old, new = reading.transcript, read_transcript(target)
    notes = []
    if len(old.turns) != len(new.turns):
        notes.append(f"{target.name} is read as {len(new.turns)} turns, the original as {len(old.turns)}.")
    if [turn.role for turn in old.turns] != [turn.role for turn in new.turns]:
        notes.append(
            f"{target.name}: the roles of speakers are not read as before; see: coder turns {typed(target)}"
        )
    if any(turn.time is not None for turn in old.turns):
        notes.append(f"{target.name}: time stamps were not copied.")
    return tuple(notes)


def _file_names(readings: Sequence[Reading], replacer: Replacer) -> list[str]:
    """Return a name for each new file; names of people in file names are replaced too."""
    names: list[str] = []
    for reading in readings:
        done = replacer.replaced(re.sub(r"[_.-]+", " ", reading.path.stem).title())
        name = re.sub(r"[\[\]]", "", done.text).replace(" ", "_") if done.count else reading.path.stem
        suffix = ".csv" if reading.transcript.written else ".txt"
        while name + suffix in names:
            name += "-2"
        names.append(name + suffix)
    return names


def _write_privately(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".pseudonymised-", dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
