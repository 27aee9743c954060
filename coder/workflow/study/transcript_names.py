"""What transcripts are called: renamed, and named where several are called alike."""

import re
from collections.abc import Mapping
from pathlib import Path

from coder.phrasing import counted, few, listed, typed
from coder.store import Study
from coder.store.values import SHORTEST_UID

_NUMBERED = re.compile(rf".+ \(([0-9a-f]{{{SHORTEST_UID}}})\)")
SHOWN = 3


def rename_transcript(study: Study, transcript: str, name: str, *, coder: str) -> tuple[str, str]:
    """Give a transcript, by its name, file or number, another name; return the old and the new one.

    It is a change of the coder, whom the study takes up if it has none yet. Raises StudyError if no single transcript
    or coder is meant, or the new name is empty, overlong or another's.
    """
    with study.db.write():
        key = study.texts.find(transcript)
        before = study.texts.name(key)
        by = coder if study.people.coders() else study.people.add_coder(coder)
        study.transcript_changes.rename(key, name, coder=by)
        return before, study.texts.name(key)


def same_names(study: Study, path: Path) -> list[str]:
    """Say which transcripts of the study, which lies at `path`, are called alike, and how to rename one."""
    return [
        f"{len(ids)} transcripts are called '{name}': {listed(study.texts.told_apart(ids))}. Exports, agreement and"
        " report give the number with the name. Rename one on its page (How it was read), or by its number: coder"
        f" rename {typed(path)}"
        f" {study.texts.told_apart(ids[-1:])[0].partition(' ')[0]} NEW_NAME --coder NAME"
        for name, ids in study.texts.of_one_name()
    ]


def since_renamed(study: Study, name: str) -> list[int]:
    """Return the transcript whose number stands behind a name that it no longer has, as in an earlier export."""
    numbered = _NUMBERED.fullmatch(name.strip().casefold())
    return study.texts.matching(numbered[1]) if numbered else []


def renamed_note(study: Study, names: Mapping[str, int]) -> list[str]:
    """Say which transcripts were known by the number behind their earlier name."""
    if not names:
        return []
    said = [f"'{name}' is now '{study.texts.name(key)}'" for name, key in names.items()]
    return [f"{counted(len(said), 'renamed transcript')} known by the number: {few(said, SHOWN)}."]
