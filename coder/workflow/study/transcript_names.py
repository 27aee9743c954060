"""What transcripts are called: renamed, and named where several are called alike."""

from pathlib import Path

from coder.phrasing import listed, typed
from coder.store import Study


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
