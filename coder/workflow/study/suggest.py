"""Suggestions for a study: the model in use looks at what nobody has coded yet; nothing it says is coding."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from coder.domain import POLARITIES
from coder.errors import StudyError
from coder.store import Study
from coder.store.values import Proposal, ProposedCode, StudyUtterance
from coder.workflow.study.drift import Unlikeness, note_drift
from coder.workflow.study.model_versions import active_version, open_version
from coder.workflow.study.review_queue import set_typical, typical_utterances

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.learning import Model, Predictions

Progress = Callable[[int, int], None]
AT_ONCE = (
    20_000  # utterances predicted together; they share the study's mean vector, by which topics are removed
)
KEPT_CODES = 3  # codes stored per utterance: what is suggested and the runners-up
TYPICAL = 30
TYPICAL_SAMPLE = 4_000


@dataclass(slots=True)
class SuggestReport:
    """What a run did: utterances looked at, those it suggests something for, transcripts unlike what it learned."""

    model: str
    looked_at: int = 0
    suggested: int = 0
    codes: int = 0
    unchanged: int = 0
    unread: dict[str, int] = field(default_factory=dict)  # language other than English: utterances
    unlike: dict[str, Unlikeness] = field(default_factory=dict)

    def unread_words(self) -> list[str]:
        """Return a sentence on the utterances in other languages, if any."""
        from coder.learning.features.language import unread_words

        said = unread_words(self.unread, self.looked_at, "utterances")
        return [f"{said}. They got no suggestion."] if said else []

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def suggest(
    study: Study, *, model: str | None = None, coded_too: bool = False, progress: Progress | None = None
) -> SuggestReport:
    """Let the model in use suggest codes for utterances that it has not looked at and nobody has decided.

    `model` changes the model in use to a shipped name or folder. `coded_too` also looks at what people have
    coded (for comparing; nothing of theirs changes). What earlier models suggested stays on record. An
    interrupted run is taken up where it stopped. Raises StudyError if there is nothing to code, ModelError if
    the model cannot be loaded.
    """
    if not study.figures().utterances:
        raise StudyError(
            f"There is nothing to suggest codes for; first: coder import {study.path} INTERVIEWS"
        )
    version = active_version(study, model)
    codebook_id = study.codebooks.current_id()
    report = SuggestReport(version.label)
    pending = {
        item.id: set(study.suggestions.pending(version.id, codebook_id, item.id, coded_too=coded_too))
        for item in study.texts.all()
    }
    total = sum(map(len, pending.values()))
    report.unchanged = study.figures().utterances - total
    if not total:
        return report
    opened = open_version(study, version)
    run = study.suggestions.begin_run(version.id, codebook_id)
    for batch in _batches(study, pending):
        said = opened.predict(
            [item.text for item in batch],
            [item.question for item in batch],
            turns=[(item.transcript, item.turn) for item in batch],
        )
        for transcript, places in _by_transcript(batch):
            wanted = [at for at in places if batch[at].id in pending[transcript]]
            for language in filter(None, (said.languages[at] for at in wanted)):
                report.unread[language] = report.unread.get(language, 0) + 1
            proposals = [proposal(opened, said, at, batch[at].id) for at in wanted]
            study.suggestions.add_proposals(run, proposals)
            report.looked_at += len(proposals)
            report.codes += sum(code.selected for item in proposals for code in item.codes)
            report.suggested += sum(any(code.selected for code in item.codes) for item in proposals)
            if progress:
                progress(report.looked_at, total)
    if not typical_utterances(study):
        choose_typical(study, opened)
    unlike = note_drift(study, opened, [key for key, units in pending.items() if units])
    names = {item.id: item.name for item in study.texts.all()}
    report.unlike = {names[key]: held for key, held in unlike.items() if held.unlike}
    return report


def _batches(study: Study, pending: dict[int, set[int]]) -> Iterator[list[StudyUtterance]]:
    batch: list[StudyUtterance] = []
    wanted = False
    for transcript, utterances in study.texts.each():
        if batch and len(batch) + len(utterances) > AT_ONCE:
            if wanted:
                yield batch
            batch, wanted = [], False
        batch += utterances
        wanted = wanted or bool(pending[transcript])
    if batch and wanted:
        yield batch


def _by_transcript(batch: Sequence[StudyUtterance]) -> Iterator[tuple[int, list[int]]]:
    places: dict[int, list[int]] = {}
    for at, item in enumerate(batch):
        places.setdefault(item.transcript, []).append(at)
    yield from places.items()


def proposal(model: "Model", said: "Predictions", at: int, utterance: int) -> Proposal:
    """Return what a model says of one text, ready to be stored: its suggestions and the runners-up."""
    scores, selected = said.scores[at], said.selected[at]
    order = sorted(range(len(said.codes)), key=lambda code: (not selected[code], -scores[code]))
    kept = order[: max(KEPT_CODES, int(selected.sum()))]
    polarity, sure = _polarity(model, said, at)
    return Proposal(
        utterance=utterance,
        codable=float(said.codable[at]),
        uncertainty=doubt(float(said.codable[at]), said.forced[at]),
        codes=tuple(
            ProposedCode(
                code=said.codes[code],
                polarity=polarity,
                score=float(scores[code]),
                polarity_score=sure,
                selected=bool(selected[code]),
                evidence=said.evidence(at, said.codes[code]) if selected[code] else "",
            )
            for code in kept
        ),
    )


def _polarity(model: "Model", said: "Predictions", at: int) -> tuple[str | None, float | None]:
    if not model.codebook.polarity:
        return None, None
    best = int(said.polarity[at].argmax())
    return POLARITIES[best], float(said.polarity[at][best])


def doubt(codable: float, forced: "NDArray[np.float64]") -> float:
    """Return 0 (sure) to 1 (torn): between coding and not, or between the two best codes (breaking ties)."""
    best = sorted((float(value) for value in forced), reverse=True)[:2]
    between_codes = 1.0 - (best[0] - best[1]) if len(best) > 1 else 0.0
    return max(1.0 - abs(2.0 * codable - 1.0), codable * between_codes)


def choose_typical(study: Study, model: Any) -> None:
    """Choose the utterances to review first: the middle of each of TYPICAL clusters, in random order."""
    open_ids = study.find(order="random", limit=TYPICAL_SAMPLE)
    units = list(study.texts.by_id(open_ids).values())
    if len(units) <= TYPICAL:
        return
    vectors = model.encoder.encode([item.text for item in units])
    chosen = [units[at] for at in cluster_middles(vectors, TYPICAL)]
    set_typical(study, [item.id for item in sorted(chosen, key=lambda item: item.lot)])


def cluster_middles(
    vectors: "NDArray[np.float32]", count: int, *, rounds: int = 12, seed: int = 0
) -> list[int]:
    """Return the row nearest to each of `count` k-means centres of unit vectors (n, d); n >= count.

    Seeds by k-means++ (Arthur and Vassilvitskii 2007), then Lloyd's rounds.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    centres = vectors[[int(rng.integers(len(vectors)))]]
    while len(centres) < count:
        far = np.clip(2 - 2 * (vectors @ centres.T).max(axis=1), 0, None) + 1e-12
        centres = np.vstack([centres, vectors[int(rng.choice(len(vectors), p=far / far.sum()))]])
    for _ in range(rounds):
        nearest = (vectors @ centres.T).argmax(axis=1)
        for cluster in range(count):
            members = vectors[nearest == cluster]
            if len(members):
                middle = members.mean(axis=0)
                centres[cluster] = middle / max(float(np.linalg.norm(middle)), 1e-9)
    closeness = vectors @ centres.T
    chosen: list[int] = []
    for cluster in range(count):
        order = np.argsort(-closeness[:, cluster], kind="stable")
        chosen.append(next(int(row) for row in order if int(row) not in chosen))
    return chosen
