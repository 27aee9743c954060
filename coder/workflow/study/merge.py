"""Joining the copies of a study that several people worked on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coder.errors import OutputError, StudyError
from coder.passphrases import PASSPHRASES
from coder.phrasing import counted
from coder.store import Study, database
from coder.store.encryption import is_encrypted
from coder.store.figures import StudyFigures
from coder.store.merge import join
from coder.store.values import DECIDED
from coder.workflow.study.carry_codings import carry_codings
from coder.workflow.study.codebook_edit import unknown_codes


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What the joined study holds, and what the copies had both changed (one sentence each).

    `notes` say what one copy changed under the codings of another: versions of transcripts, codes.
    """

    conflicts: tuple[str, ...]
    figures: StudyFigures
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "conflicts": list(self.conflicts),
            "notes": list(self.notes),
            "figures": asdict(self.figures),
        }


def merge_studies(paths: Sequence[str | Path], out: str | Path, *, force: bool = False) -> MergeReport:
    """Join copies of one study into the file `out`; the copies themselves stay as they are.

    Nothing is lost and nothing comes twice, whatever the order. Where one coder decided the same utterance in
    two copies, the later decision stands and the conflict is listed. Codings of a version that another copy replaced
    are carried over to it where the words are the same. If a copy is encrypted, the result is, with the
    passphrase of the first such copy. Raises StudyError if a file is not a
    study, OutputError if `out` exists (without `force`) or is one of the copies.
    """
    sources, target = [Path(path) for path in paths], Path(out)
    if len(sources) < 2:
        raise StudyError("Give at least two studies to merge.")
    if target.exists() and any(target.samefile(source) for source in sources if source.exists()):
        raise OutputError(f"{target} is one of the studies to merge; choose another name for the result.")
    if target.exists() and not force:
        raise OutputError(f"{target} exists already. Choose another name, or add --force to replace it.")
    if not target.parent.is_dir():
        raise OutputError(f"The folder {target.parent} does not exist; make it first.")
    with TemporaryDirectory(prefix=".coder-merge-", dir=target.parent) as folder:
        draft = Path(folder) / "joined.coder"
        report = _joined(sources, draft, Path(folder))
        if force:
            draft.replace(target)
        else:
            database.publish(draft, target)
        if is_encrypted(target):
            PASSPHRASES.remember(target, PASSPHRASES.of(draft))
    return report


def _joined(sources: Sequence[Path], draft: Path, folder: Path) -> MergeReport:
    database.copy(sources[0], draft)
    secret = next((source for source in sources if is_encrypted(source)), None)
    if secret is not None and not is_encrypted(draft):
        database.change_passphrase(draft, PASSPHRASES.of(secret))
    conflicts: set[str] = set()
    with Study.open(draft) as study:
        for number, source in enumerate(sources[1:]):
            other = folder / f"{number}.coder"
            database.copy(source, other)
            Study.open(other).close()  # an older copy is brought up to date here, not the original
            conflicts |= set(join(study.db, other))
        notes = [*_carried(study), *unknown_codes(study)]
        return MergeReport(tuple(sorted(conflicts)), study.figures(), tuple(notes))


def _carried(study: Study) -> list[str]:
    """Carry over the codings of versions that another copy replaced; say whose, how many, and how many are left."""
    notes = []
    for old, new in study.texts.replacements():
        before = [item.id for item in study.texts.utterances(old)]
        for coder, units in sorted(carry_codings(study, old, new).items()):
            states = study.acts.states(coder, before).values()
            decided = sum(state.state in DECIDED for state in states)
            name, all_there = study.texts.transcript(new).id, decided == len(units)
            why = (
                "" if all_there else "; the words of the others changed, or the later version has a decision"
            )
            notes.append(
                f"'{name}' was replaced in one copy while {coder} coded the version before in another: of"
                f" {counted(decided, 'utterance')} decided there, {len(units)} were carried over{why}."
            )
    return notes
