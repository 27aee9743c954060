"""Joining the copies of a study that several people worked on."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Row
from tempfile import TemporaryDirectory
from typing import Any

from coder.errors import OutputError, StudyError
from coder.passphrases import PASSPHRASES
from coder.phrasing import counted, listed, shortened
from coder.store import Study, database
from coder.store.carried_acts import carry_reversals
from coder.store.codebooks import CodebookChange
from coder.store.earlier_carries import CARRIED
from coder.store.encryption import is_encrypted
from coder.store.figures import StudyFigures
from coder.store.left_log import UNFINISHED
from coder.store.merge import join
from coder.store.model_versions import HeldAndLearned
from coder.store.values import ADJUDICATED, DECIDED, SHORTEST_UID
from coder.workflow.study.carry_codings import carry_codings
from coder.workflow.study.codebook_edit import unknown_codes
from coder.workflow.study.transcript_names import same_names

LONGEST_MERGE = 86_400.0  # seconds; no merge takes a day


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
    cleared = _clear_away(target.parent)
    with TemporaryDirectory(prefix=UNFINISHED, dir=target.parent) as folder:
        draft = Path(folder) / "joined.coder"
        report = _joined(sources, draft, target)
        if force:
            draft.replace(target)
        else:
            database.publish(draft, target)
        if is_encrypted(target):
            PASSPHRASES.remember(target, PASSPHRASES.of(draft))
    return replace(report, notes=(*report.notes, *cleared))


def _clear_away(folder: Path) -> list[str]:
    """Remove copies of studies that a killed merge, or opening, left, too old to be one that still runs; say of when.

    One that another merge removes at the same time, or that cannot be looked at, is passed over.
    """
    notes = []
    for left in sorted(folder.glob(f"{UNFINISHED}*")):
        try:
            begun = left.lstat().st_mtime
            if left.is_symlink() or time.time() - begun <= LONGEST_MERGE:
                continue
            shutil.rmtree(left)
        except OSError:
            continue
        day = datetime.fromtimestamp(begun, UTC).date().isoformat()
        notes.append(
            f"Copies that a merge or the opening of a study left unfinished on {day} in {left.name} were removed."
        )
    return notes


def _joined(sources: Sequence[Path], draft: Path, target: Path) -> MergeReport:
    database.copy(sources[0], draft)
    secret = next((source for source in sources if is_encrypted(source)), None)
    if secret is not None and not is_encrypted(draft):
        database.change_passphrase(draft, PASSPHRASES.of(secret))
    conflicts: set[str] = set()
    with Study.open(draft) as study:
        notes = _carried(study, [_uids(study)])  # what an earlier program left or carried over as a whole
        held, gone, known = [_uids(study)], _gone(study), _learned(study)
        for number, source in enumerate(sources[1:]):
            other = draft.parent / f"{number}.coder"
            database.copy(source, other)
            with Study.open(other) as joining:  # an older copy is brought up to date here, not the original
                notes += _carried(joining, [_uids(joining)])
                held.append(_uids(joining))
                gone |= _gone(joining)
                known |= _learned(joining)
            conflicts |= set(join(study.db, other))
        conflicts |= {
            _flattered(item)
            for item in study.models.learned_though_held_out()
            if (item.transcript, item.model) not in known
        }
        notes = [
            *dict.fromkeys([*notes, *_carried(study, held)]),
            *_decided_twice(study, held),
            *_gone_and_back(study, gone),
            *unknown_codes(study),
        ]
        notes += same_names(study, target)
        return MergeReport(tuple(sorted(conflicts)), study.figures(), tuple(notes))


def _uids(study: Study) -> set[str]:
    """Return the uids of acts and transcripts, and which transcript follows which."""
    rows = study.db.rows(
        "SELECT uid FROM act UNION ALL SELECT uid FROM transcript"
        " UNION ALL SELECT replaces || '>' || uid FROM transcript WHERE replaces IS NOT NULL"
    )
    return {row["uid"] for row in rows}


def _learned(study: Study) -> set[tuple[str, str]]:
    """Return (transcript, model) where one copy alone knew that the model learned from what is held out."""
    return {(item.transcript, item.model) for item in study.models.learned_though_held_out()}


def _flattered(item: HeldAndLearned) -> str:
    of_it = "another version of it" if item.other_version else "it"
    return (
        f"The transcript '{item.name}' is held out in one copy, and the model {item.label} of another learned from"
        f" {of_it}; figures on this transcript flatter the model."
    )


@dataclass(frozen=True, slots=True)
class _GoneCodes:
    """Codes (id -> label) that a change took out of one copy's codebook with their codings."""

    change: CodebookChange
    labels: dict[str, str]


def _gone(study: Study) -> dict[str, _GoneCodes]:
    """Return what changes of codes took out of this copy's codebook, by the change's uid."""
    present, found = study.codebooks.current().by_id, {}
    for change in study.codebooks.standing_changes():
        after = study.codebooks.get(change.after).by_id
        before = study.codebooks.get(change.before).codes
        labels = {c.id: c.label for c in before if c.id not in after and c.id not in present}
        if labels and change.acts:
            found[change.uid] = _GoneCodes(change, labels)
    return found


def _gone_and_back(study: Study, gone: Mapping[str, _GoneCodes]) -> list[str]:
    """Name the codes whose codings a change moved or withdrew in one copy, and which another copy's codebook has."""
    present, notes = study.codebooks.current().by_id, []
    for one in gone.values():
        back = [label for code, label in one.labels.items() if code in present]
        who, acts = one.change.coder, ", then ".join(f"--act {act[:SHORTEST_UID]}" for act in one.change.acts)
        if back:
            notes.append(
                f"'{one.change.what}' ({who}) was done in one copy, with everybody's codings; the codebook in use is"
                f" another copy's and still has {', '.join(back)}. Do it again on the page Codebook, or take the"
                f" codings back: coder undo STUDY.coder --coder {who} {acts}"
            )
    return notes


def _carried(study: Study, held: Sequence[set[str]]) -> list[str]:
    """Carry over the codings of versions that another copy replaced; say whose, how many, and which are left.

    `held` are the uids in each copy (see `_uids`): a decision is told once, when the two first meet.
    """
    notes = []
    uid_of = {row["id"]: row["uid"] for row in study.db.rows("SELECT id, uid FROM transcript")}
    for old, new in study.texts.replacements():
        before = {item.id: item.text for item in study.texts.utterances(old)}
        met = set[str]().union(*(uids for uids in held if uid_of[new] in uids))
        followed = [uids for uids in held if f"{uid_of[old]}>{uid_of[new]}" in uids]
        carried = carry_codings(study, old, new, followed)
        if len(held) == 1:
            held[0].update(_uids(study))  # what was carried over in one file was together with the rest of it
        for coder in sorted([*study.people.coders(), ADJUDICATED]):
            states = study.acts.states(coder, list(before))
            there = carried.get(coder, set())
            told = there | {
                key for key, state in states.items() if state.state in DECIDED and state.token not in met
            }
            if told:
                left = [text for key, text in before.items() if key in told - there]
                notes.append(_told(study.texts.transcript(new).id, coder, len(told), left))
    carry_reversals(study.db)
    return notes


_DECIDED_WORDS = (
    "SELECT c.name AS coder, t.name, u.id, act.uid, act.note = ?1 AS carried,"
    " iif(d.verdict IN ('accept', 'change', 'add'), 'add', d.verdict) AS verdict, d.code, d.polarity,"
    ' substr(t.text, u.start + 1, u."end" - u.start) AS words FROM act JOIN decision d ON d.act = act.id'
    " JOIN coder c ON c.id = act.owner JOIN utterance u ON u.id = d.utterance"
    " JOIN transcript t ON t.id = u.transcript WHERE t.current = 1 AND act.id NOT IN (SELECT act FROM undone)"
    " AND d.verdict NOT IN ('skip', 'flag', 'unflag') AND (u.id, act.owner) IN"
    "  (SELECT e.utterance, a.owner FROM act a JOIN decision e ON e.act = a.id WHERE a.note = ?1)"
    " ORDER BY t.name, u.start, c.name"
)


def _decided_twice(study: Study, held: Sequence[set[str]]) -> list[str]:
    """Name words that one coder decided in one copy, and otherwise in another copy's version before.

    `held` are the uids in each copy: what one copy held together was seen together. Words left without any code
    come first.
    """
    by_words: dict[tuple[str, str, int, str], list[Row]] = {}
    for row in study.db.rows(_DECIDED_WORDS, (CARRIED,)):
        by_words.setdefault((row["coder"], row["name"], row["id"], row["words"]), []).append(row)
    without, notes = list[str](), list[str]()
    for (coder, name, utterance, words), rows in by_words.items():
        own = [row for row in rows if not row["carried"]]
        apart = [row for row in rows if row["carried"] and own and not _together(row["uid"], own, held)]
        what = {(row["verdict"], row["code"], row["polarity"]) for row in own}
        if any((row["verdict"], row["code"], row["polarity"]) not in what for row in apart):
            stands = [item.code for item in study.acts.states(coder, [utterance])[utterance].codes]
            (notes if stands else without).append(
                f"{coder} decided the same words of '{name}' in one copy and in the version before in another; both"
                f" count, in order of time, which leaves {listed(stands) or 'no code'}: '{shortened(words, 60)}'."
            )
    return without + notes


def _together(act: str, own: Sequence[Row], held: Sequence[set[str]]) -> bool:
    return any(act in uids and any(row["uid"] in uids for row in own) for uids in held)


def _told(name: str, coder: str, decided: int, left: Sequence[str]) -> str:
    why = f"; of the rest the words changed (the first: '{shortened(left[0], 60)}')" if left else ""
    return (
        f"'{name}' was replaced in one copy while {coder} coded the version before in another: of"
        f" {counted(decided, 'utterance')} decided there, {decided - len(left)} were carried over{why}."
    )
