"""What a study holds, gathered for an export: texts, standing codings, unconfirmed suggestions, memos, facts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from coder.exchange.study_content import DocumentContent, MemoContent, Passage, StudyContent, TurnContent
from coder.store import Study
from coder.store.values import ADJUDICATED, StudyUtterance, TranscriptInfo


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
        places: dict[str, dict[int, tuple[int, int]]] = {}
        for info in study.texts.all():
            units = study.texts.utterances(info.id)
            documents.append(_document(study, info))
            places[info.uid] = {unit.number: (unit.start, unit.end) for unit in units}
            for owner in owners:
                passages += _passages(study, info, units, owner)
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
        )


def _document(study: Study, info: TranscriptInfo) -> DocumentContent:
    turns = tuple(
        TurnContent(turn.number, turn.start, turn.end, turn.speaker, turn.role)
        for turn in study.texts.turns(info.id)
    )
    return DocumentContent(
        uid=info.uid,
        name=info.name,
        text=study.texts.text(info.id),
        added=info.added,
        facts=study.people.attributes("transcript", info.uid),
        participants=study.people.participants(info.id),
        turns=turns,
    )


def _passages(
    study: Study, info: TranscriptInfo, units: Sequence[StudyUtterance], owner: str
) -> list[Passage]:
    """Return what stands for one coder in a transcript, in order of the text."""
    states = study.acts.states(owner, [unit.id for unit in units])
    found: dict[tuple[int, int, str, str | None], Passage] = {}
    for unit in units:
        state = states[unit.id]
        if state.state in ("nothing", "rejected") and not state.codes:
            found[unit.start, unit.end, "", None] = _passage(
                info, unit, owner, (unit.start, unit.end), time=state.time
            )
        for item in state.codes:
            key = (item.start, item.end, item.code, item.polarity)
            if key in found:  # the same passage, met in its next utterance
                found[key] = replace(found[key], utterances=(*found[key].utterances, unit.number))
                continue
            score, model = _suggestion(study, item.suggestion)
            found[key] = _passage(
                info, unit, owner, (item.start, item.end), code=item.code, polarity=item.polarity, time=item.time,
                memo=item.memo, confidence=score, model=model,
            )  # fmt: skip
    return _joined(
        sorted(found.values(), key=lambda item: (item.start, item.end, item.code, item.polarity or ""))
    )


def _joined(passages: Sequence[Passage]) -> list[Passage]:
    """Join passages of one code that overlap: an utterance that is in both holds their union already."""
    kept: list[Passage] = []
    newest: dict[tuple[str, str | None], int] = {}
    for item in passages:
        at = newest.get((item.code, item.polarity))
        if item.code and at is not None and item.start < kept[at].end:
            before = kept[at]
            numbers = dict.fromkeys((*before.utterances, *item.utterances))
            kept[at] = replace(before, end=max(before.end, item.end), utterances=tuple(numbers))
            continue
        newest[item.code, item.polarity] = len(kept)
        kept.append(item)
    return kept


def _passage(
    info: TranscriptInfo, unit: StudyUtterance, coder: str, span: tuple[int, int], **known: Any
) -> Passage:
    return Passage(
        document=info.uid, start=span[0], end=span[1], coder=coder, turn=unit.turn, utterances=(unit.number,),
        speaker=unit.speaker, question=unit.question, **{"code": "", "polarity": None, **known},
    )  # fmt: skip


def _suggestion(study: Study, key: int | None) -> tuple[float | None, str | None]:
    found = study.suggestions.get(key) if key is not None else None
    return (None, None) if found is None else (found.score, found.model)


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
    uids = {info.id: (info.uid, info.name) for info in study.texts.all()}
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
