"""`coder export`: a study's content, its codebook or suggestions in the format of the file's suffix.

The content is texts, standing codings, unconfirmed suggestions, memos and facts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import InputError, OutputError
from coder.exchange.study_content import DocumentContent, MemoContent, Passage, StudyContent, TurnContent
from coder.phrasing import counted
from coder.reporting.rows import FORMATS as TABLES
from coder.store import Study
from coder.store.values import ADJUDICATED, StudyUtterance, TranscriptInfo
from coder.workflow.study.passages import Units
from coder.workflow.study.report_data import counted_codings

if TYPE_CHECKING:
    from coder.exchange.study_content import Drafts, PolarityAs


def study_content(study: Study, *, coders: Sequence[str] = (), drafts: bool = False) -> StudyContent:
    """Return the study's content; `coders` leaves the codings of all others out.

    A passage over several utterances that one coder coded alike is one passage. With `drafts`, suggestions of the
    model in use for utterances that nobody has decided come too. Raises StudyError for a coder who is not there.
    """
    owners = [*coders] or [*study.people.coders(), ADJUDICATED]
    with study.db.snapshot():
        documents: list[DocumentContent] = []
        passages: list[Passage] = []
        suggested: list[Passage] = []
        cut = 0
        places: dict[str, dict[int, tuple[int, int]]] = {}
        shown = study.texts.shown_names()
        for info in study.texts.all():
            units = study.texts.utterances(info.id)
            documents.append(_document(study, info, shown[info.id]))
            places[info.uid] = {unit.number: (unit.start, unit.end) for unit in units}
            for owner in owners:
                of_owner, cut_here = _passages(study, info, units, owner)
                passages += of_owner
                cut += cut_here
            if drafts:
                suggested += _drafts(study, info, units)
        return StudyContent(
            uid=study.uid,
            name=study.name,
            created=str(study.db.value("SELECT created FROM study")),
            codebook=study.codebooks.current(),
            documents=tuple(documents),
            passages=tuple(passages),
            drafts=tuple(suggested),
            people=study.people.all_attributes("participant"),
            memos=tuple(_memos(study)),
            units=places,
            cut=cut,
        )


def _document(study: Study, info: TranscriptInfo, name: str) -> DocumentContent:
    turns = tuple(
        TurnContent(turn.number, turn.start, turn.end, turn.speaker, turn.role)
        for turn in study.texts.turns(info.id)
    )
    return DocumentContent(
        uid=info.uid,
        name=name,
        text=study.texts.text(info.id),
        added=info.added,
        facts=study.people.attributes("transcript", info.uid),
        participants=study.people.participants(info.id),
        turns=turns,
        written=study.texts.is_written(info.id),
    )


def _passages(
    study: Study, info: TranscriptInfo, units: Sequence[StudyUtterance], owner: str
) -> tuple[list[Passage], int]:
    """Return what stands for one coder in a transcript, in order of the text, and how many passages were cut."""
    states = study.acts.states(owner, [unit.id for unit in units])
    passages: dict[tuple[int, int, str, str | None], Passage] = {}
    for unit in units:
        state = states[unit.id]
        if state.state in ("nothing", "rejected") and not state.codes:
            passages[unit.start, unit.end, "", None] = _passage(
                info, unit, owner, (unit.start, unit.end), time=state.time
            )
        for item in state.codes:
            key = (item.start, item.end, item.code, item.polarity)
            if key in passages:  # the same passage, met in its next utterance
                passages[key] = replace(passages[key], utterances=(*passages[key].utterances, unit.number))
                continue
            score, model = _suggestion(study, item.suggestion)
            passages[key] = _passage(
                info, unit, owner, (item.start, item.end), code=item.code, polarity=item.polarity, time=item.time,
                memo=item.memo, confidence=score, model=model,
            )  # fmt: skip
    joined = _joined(
        sorted(passages.values(), key=lambda item: (item.start, item.end, item.code, item.polarity or ""))
    )
    return _apart(joined, units)


def _joined(passages: Sequence[Passage]) -> list[Passage]:
    """Join passages of one code that overlap: an utterance that is in both holds their union already."""
    joined: list[Passage] = []
    newest: dict[tuple[str, str | None], int] = {}
    for item in passages:
        at = newest.get((item.code, item.polarity))
        if item.code and at is not None and item.start < joined[at].end:
            before = joined[at]
            numbers = dict.fromkeys((*before.utterances, *item.utterances))
            joined[at] = replace(before, end=max(before.end, item.end), utterances=tuple(numbers))
            continue
        newest[item.code, item.polarity] = len(joined)
        joined.append(item)
    return joined


def _apart(passages: Sequence[Passage], units: Sequence[StudyUtterance]) -> tuple[list[Passage], int]:
    """Cut passages that, read back, would give their code to an utterance that has it with another polarity.

    They become runs of neighbouring utterances; any other passage keeps its words. Return how many were cut, too.
    """
    polarities = {(item.code, number): item.polarity for item in passages for number in item.utterances}
    sides: dict[str, set[str | None]] = {}
    for (code, _), polarity in polarities.items():
        sides.setdefault(code, set()).add(polarity)
    codable = Units.of([unit for unit in units if unit.codable])
    number_of = dict(zip(codable.ids, codable.numbers, strict=True))
    apart: list[Passage] = []
    cut = 0
    for item in passages:
        covered = codable.covered(item.start, item.end) if len(sides[item.code]) > 1 else []
        read_back = {polarities.get((item.code, number_of[key]), item.polarity) for key in covered}
        if read_back <= {item.polarity}:
            apart.append(item)
        else:
            apart += _runs(item, units)
            cut += 1
    return apart, cut


def _runs(passage: Passage, units: Sequence[StudyUtterance]) -> Iterator[Passage]:
    """Cut a passage to its utterances; neighbours stay together, also with an interviewer's words between them."""
    own = {*passage.utterances}
    within = (unit for unit in units[min(own) : max(own) + 1] if unit.codable or unit.number in own)
    for is_own, run in groupby(within, key=lambda unit: unit.number in own):
        if is_own:
            part = list(run)
            yield replace(
                passage,
                start=max(passage.start, part[0].start),
                end=min(passage.end, part[-1].end),
                utterances=tuple(unit.number for unit in part),
                turn=part[0].turn,
                speaker=part[0].speaker,
                question=part[0].question,
            )


def _passage(
    info: TranscriptInfo, unit: StudyUtterance, coder: str, span: tuple[int, int], **known: Any
) -> Passage:
    return Passage(
        document=info.uid, start=span[0], end=span[1], coder=coder, turn=unit.turn, utterances=(unit.number,),
        speaker=unit.speaker, question=unit.question, **{"code": "", "polarity": None, **known},
    )  # fmt: skip


def _suggestion(study: Study, key: int | None) -> tuple[float | None, str | None]:
    suggestion = study.suggestions.get(key) if key is not None else None
    return (None, None) if suggestion is None else (suggestion.score, suggestion.model)


def undecided(study: Study, units: Sequence[StudyUtterance]) -> list[StudyUtterance]:
    """Return the utterances that nobody has decided."""
    decided = study.acts.deciders([unit.id for unit in units])
    return [unit for unit in units if not decided.get(unit.id)]


def _drafts(study: Study, info: TranscriptInfo, units: Sequence[StudyUtterance]) -> Iterator[Passage]:
    open_units = undecided(study, [unit for unit in units if unit.codable])
    newest = study.suggestions.newest([unit.id for unit in open_units])
    for unit in open_units:
        for item in newest[unit.id]:
            if item.selected:
                yield _passage(
                    info, unit, item.model, (unit.start, unit.end), code=item.code, polarity=item.polarity,
                    confidence=item.score, model=item.model, draft=True,
                )  # fmt: skip


def _memos(study: Study) -> Iterator[MemoContent]:
    shown = study.texts.shown_names()
    uids = {info.id: (info.uid, shown[info.id]) for info in study.texts.all()}
    written = study.memos.all()
    units = study.texts.by_id([memo.utterance for memo in written if memo.utterance is not None])
    for memo in written:
        unit = units.get(memo.utterance) if memo.utterance is not None else None
        home = memo.transcript if unit is None else unit.transcript
        uid, name = uids.get(home, (None, "")) if home is not None else (None, "")
        about = (
            f"Memo on {memo.kind}" + (f" {memo.code}" if memo.code else "") + (f" in {name}" if name else "")
        )
        start, end = (None, None) if unit is None or uid is None else (unit.start, unit.end)
        yield MemoContent(memo.thread, memo.coder, memo.time, memo.text, about, uid, start, end, memo.code)


PASSAGE = "coded passage"
SUFFIXES = (".qdpx", ".qdc", ".docx", ".sav", *TABLES)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export: codings (the default), suggestions or the 0/1 table; of which coders (empty: all)."""

    out: Path
    suggestions: bool = False
    matrix: bool = False
    drafts: "Drafts" = "omit"
    polarity: "PolarityAs" = "leaf"
    coders: tuple[str, ...] = ()
    force: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written (`counts`, in words), how else it is counted, and what the format cannot hold."""

    out: Path
    counts: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """Return what was written, for people."""
        return f"{self.out}: {', '.join(self.counts)}."


def export_study(study: Study, request: ExportRequest) -> Exported:
    """Write what is asked for. Raises OutputError, InputError for options that do not fit, StudyError."""
    from coder.reporting.rows import check_new, written_whole

    suffix = request.out.suffix.lower()
    _check(request, suffix)
    check_new(request.out, force=request.force)
    if request.suggestions:
        return _suggestions(study, request)
    content = study_content(study, coders=request.coders, drafts=suffix == ".qdpx")
    if suffix == ".qdc":
        from coder.exchange.codebooks import write_codebook

        write_codebook(content.codebook, request.out, force=request.force)
        return Exported(request.out, (counted(len(content.codebook.codes), "code"),))
    if suffix in TABLES:
        return replace(_table(content, request), notes=_counting(study, content, request))
    with written_whole(request.out) as temporary:
        left_out = _written(content, request, suffix, temporary)
    counts = [counted(len(content.documents), "transcript"), counted(len(content.coded), PASSAGE)]
    if request.drafts != "omit":
        counts.append(counted(len(content.drafts), "unconfirmed suggestion"))
    return Exported(request.out, tuple(counts), tuple(left_out), _counting(study, content, request))


def _counting(study: Study, content: StudyContent, request: ExportRequest) -> tuple[str, ...]:
    """Say how many codings the passages are, and how many the report counts where that differs."""
    passages, codings = len(content.coded), content.codings
    reported = codings if request.coders else counted_codings(study)
    notes = []
    if codings != passages:
        notes.append(
            f"A passage may cover several utterances: {counted(passages, 'passage')} are {counted(codings, 'coding')}"
            " (an utterance with a code of one coder)."
        )
    if content.cut and not request.matrix and request.out.suffix.lower() != ".sav":
        notes.append(
            f"{counted(content.cut, 'passage')} cut to the utterances of their own polarity: read back, an utterance"
            " with the same code and another polarity would get both."
        )
    if reported != codings:
        notes.append(
            f"The report counts {reported:,} of these {counted(codings, 'coding')}: an utterance's code once whoever"
            " gave it, adjudicated codes in place of the coders' own, and no words of interviewers."
        )
    return tuple(notes)


def _check(request: ExportRequest, suffix: str) -> None:
    if suffix not in SUFFIXES:
        raise OutputError(
            f"{request.out}: an export is written to a name that ends in {', '.join(SUFFIXES)}."
        )
    if request.suggestions and suffix not in TABLES:
        raise InputError(
            f"Suggestions are written to {', '.join(TABLES)}; in a .qdpx they come with --drafts."
        )
    if request.matrix and suffix not in (*TABLES, ".sav"):
        raise InputError(f"The 0/1 table is written to {', '.join((*TABLES, '.sav'))}.")
    if request.suggestions and request.matrix:
        raise InputError("Give --suggestions or --matrix, not both.")
    if request.drafts != "omit" and suffix != ".qdpx":
        raise InputError("Only a .qdpx holds unconfirmed suggestions beside codings: leave --drafts out.")
    if request.polarity != "leaf" and suffix != ".qdpx":
        raise InputError("Only a .qdpx can have polarity as a code of its own: leave --polarity out.")


def _written(content: StudyContent, request: ExportRequest, suffix: str, path: Path) -> list[str]:
    if suffix == ".qdpx":
        from coder.exchange.refi_writer import write_project

        return write_project(content, path, drafts=request.drafts, polarity=request.polarity)
    if suffix == ".docx":
        from coder.exchange.study_word import write_word

        return write_word(content, path)
    from coder.exchange.study_spss import write_spss

    return write_spss(content, path)


def _table(content: StudyContent, request: ExportRequest) -> Exported:
    from coder.exchange.study_tables import coding_rows, matrix_rows
    from coder.reporting.rows import open_rows

    columns, rows = matrix_rows(content) if request.matrix else coding_rows(content)
    written = list(rows)
    with open_rows(request.out, columns, force=request.force) as writer:
        writer.write(written)
    memos = len(content.memos)
    left_out = [f"{memos} memos on transcripts, utterances or codes are not in the table; they are in .qdpx."]
    nothing = sum(not item.code for item in content.passages)
    counts = [counted(len(written), "row"), counted(len(content.coded), PASSAGE)]
    counts.append(f"{counted(nothing, 'utterance')} with nothing to code")
    return Exported(request.out, tuple(counts), tuple(left_out if memos else ()))


def _suggestions(study: Study, request: ExportRequest) -> Exported:
    from coder.reporting.rows import open_rows
    from coder.workflow.suggestion import COLUMNS

    count = 0

    def each() -> Iterator[dict[str, Any]]:
        nonlocal count
        for row in suggestion_rows(study):
            count += 1
            yield row

    with open_rows(request.out, COLUMNS, force=request.force) as writer:
        writer.write(each())
    return Exported(request.out, (counted(count, "suggestion"),))


def suggestion_rows(study: Study) -> Iterator[dict[str, Any]]:
    """Return the machine's standing suggestions, for utterances that nobody has decided, in pre-coding's columns."""
    labels, names = study.codebooks.current().labels, study.texts.shown_names()
    for info in study.texts.all():
        units = undecided(study, study.texts.utterances(info.id, codable_only=True))
        newest = study.suggestions.newest([unit.id for unit in units])
        for unit in units:
            best = newest[unit.id]
            rest = [item.code for item in best if not item.selected]
            for item in best:
                if item.selected:
                    yield {
                        "transcript": names[info.id], "turn": unit.turn + 1, "utterance": unit.number + 1,
                        "start": unit.start, "end": unit.end, "time": unit.seconds, "speaker": unit.speaker,
                        "role": unit.role, "question": unit.question, "text": unit.text, "code": item.code,
                        "label": labels.get(item.code, item.code), "polarity": item.polarity,
                        "confidence": item.score, "polarity_confidence": item.polarity_score,
                        "runner_up": rest[0] if rest else None, "evidence": item.evidence, "status": "suggested",
                        "model": item.model,
                    }  # fmt: skip
