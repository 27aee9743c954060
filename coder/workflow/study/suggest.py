"""Suggestions for a study: the model in use looks at what nobody has coded yet; nothing it says is coding."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from coder.errors import StudyError
from coder.phrasing import typed
from coder.store import Study
from coder.store.values import Proposal, ProposedCode, StudyUtterance
from coder.workflow.study.drift import Unlikeness, note_drift
from coder.workflow.study.model_versions import active_version, open_version, untested_codes
from coder.workflow.study.review_queue import set_typical, typical_utterances
from coder.workflow.study.training_data import spoken
from coder.workflow.suggestion import Opinion, opinions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coder.learning.model import Model

Progress = Callable[[int, int], None]
TYPICAL = 30
TYPICAL_SAMPLE = 4_000
TOGETHER = 100  # utterances; the encoder fills up its batches, so that many short transcripts alone take long


@dataclass(slots=True)
class SuggestReport:
    """What a run did: utterances looked at, those it suggests something for, transcripts unlike what it learned."""

    model: str
    looked_at: int = 0
    suggested: int = 0
    codes: int = 0
    unchanged: int = 0
    unread: dict[str, int] = field(default_factory=dict)  # language that the model cannot read: utterances
    unlike: dict[str, Unlikeness] = field(default_factory=dict)
    untested: list[str] = field(
        default_factory=list
    )  # labels of suggested codes nobody measured suggestions of

    def add(self, added: Sequence[Opinion]) -> None:
        """Count what the model said of some utterances."""
        self.looked_at += len(added)
        self.codes += sum(len(opinion.suggested) for opinion in added)
        self.suggested += sum(bool(opinion.suggested) for opinion in added)
        for opinion in added:
            if opinion.language:
                self.unread[opinion.language] = self.unread.get(opinion.language, 0) + 1

    def unread_words(self) -> list[str]:
        """Return a sentence on the utterances in other languages, if any."""
        from coder.learning.features.wording import unread_words

        sentence = unread_words(self.unread, self.looked_at, "utterances")
        return [f"{sentence}. They got no suggestion."] if sentence else []

    def untested_words(self) -> list[str]:
        """Return a sentence on the suggested codes that the model was never tested with, if any."""
        from coder.coded_tables.grammar import examples

        said = f"Not measured: how often suggestions of {examples(self.untested)} are right."
        return [said] if self.untested else []

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
            f"There is nothing to suggest codes for; first: coder import {typed(study.path)} INTERVIEWS"
        )
    from coder.learning.dataset import Batch

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
    offered: set[str] = set()
    for utterances in _together(study, pending):
        with_opinions = zip(utterances, opinions(opened, Batch.of_utterances(utterances)), strict=True)
        wanted = [(item, opinion) for item, opinion in with_opinions if item.id in pending[item.transcript]]
        study.suggestions.add_proposals(run, [proposal(item.id, opinion) for item, opinion in wanted])
        report.add([opinion for _, opinion in wanted])
        offered |= {item.code for _, opinion in wanted for item in opinion.suggested}
        if progress:
            progress(report.looked_at, total)
    if not typical_utterances(study):
        choose_typical(study, opened)
    unlike = note_drift(study, opened, [key for key, units in pending.items() if units])
    untested = untested_codes(study) & offered
    report.untested = [code.label for code in opened.codebook.codes if code.id in untested]
    names = {item.id: item.name for item in study.texts.all()}
    report.unlike = {names[key]: unlikeness for key, unlikeness in unlike.items() if unlikeness.unlike}
    return report


def _together(study: Study, pending: Mapping[int, Collection[int]]) -> Iterator[list[StudyUtterance]]:
    """Yield whole transcripts with something to look at, so many at a time that they have TOGETHER utterances."""
    group: list[StudyUtterance] = []
    for transcript, units in pending.items():
        if units:
            group += spoken(study, transcript)
        if len(group) >= TOGETHER:
            yield group
            group = []
    if group:
        yield group


def proposal(utterance: int, opinion: Opinion) -> Proposal:
    """Return what a model says of an utterance, ready to be stored: its suggestions and the runners-up."""
    return Proposal(
        utterance=utterance,
        codable=opinion.codable,
        uncertainty=opinion.doubt,
        codes=tuple(
            ProposedCode(
                item.code, opinion.polarity, item.score, opinion.polarity_score, item.suggested, item.evidence
            )
            for item in opinion.codes
        ),
    )


def choose_typical(study: Study, model: "Model") -> None:
    """Choose the utterances to review first: the middle of each of TYPICAL clusters, in random order."""
    open_ids = study.find(order="random", limit=TYPICAL_SAMPLE)
    units = list(study.texts.by_id(open_ids).values())
    if len(units) <= TYPICAL:
        return
    vectors = model.encoder.encode([item.text for item in units])
    chosen = [units[at] for at in cluster_middles(vectors, TYPICAL)]
    set_typical(study, [item.id for item in sorted(chosen, key=lambda item: item.lot)])


def cluster_middles(vectors: "NDArray[np.float32]", count: int) -> list[int]:
    """Return the row nearest to each of `count` k-means centres of unit vectors (n, d); n >= count."""
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():  # one thread: the same centres on any machine
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different texts than centres
        fitted = KMeans(count, n_init=1, random_state=0).fit(vectors)
    closeness = vectors @ fitted.cluster_centers_.T
    chosen: list[int] = []
    for cluster in range(count):
        order = (-closeness[:, cluster]).argsort(kind="stable")
        chosen.append(next(int(row) for row in order if int(row) not in chosen))
    return chosen
