"""The dashboard: how far the study is, how fast, what is accepted, and how well coders agree so far."""

from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.domain import SuggestionFate
from coder.review.context import context_of, reply, session_of
from coder.review.plots import Interval, Share, day_bars, intervals, share_bars
from coder.workflow.study.coding_rows import agreement_so_far
from coder.workflow.study.open import Memo, Study, StudyFigures
from coder.workflow.study.review_queue import rate
from coder.workflow.study.status import decisions_per_day

SHOWN_STATISTICS = {
    "percent_agreement": "Agreement", "masi_alpha": "Alpha (MASI)", "pooled_kappa": "Kappa, pooled",
    "cohen_kappa": "Cohen's kappa", "gwet_ac1": "Gwet's AC1",
}  # fmt: skip


async def progress(request: Request) -> Response:
    """Show progress, pace and acceptance; agreement is fetched after."""
    context, session = context_of(request), session_of(request)
    study = context.review.study
    figures = study.figures()
    labels = context.review.codebook.labels
    days, memos = decisions_per_day(study), context.memos(session)
    return context.page(
        request, "progress.html", page_name="Progress", figures=figures, coders=figures.coders,
        progress_plot=_progress_plot(figures),
        acceptance_plot=_acceptance_plot(figures.codes, labels) if context.mode(session) != "blind" else "",
        days_plot=day_bars("Decisions a day", days) if days else "",
        memos=memos, labels=labels, earlier=_on_earlier_versions(study, memos),
    )  # fmt: skip


def _on_earlier_versions(study: Study, memos: Sequence[Memo]) -> set[str]:
    """Return the threads of the memos on versions of transcripts that are not in use."""
    homes = study.texts.by_id([memo.utterance for memo in memos if memo.utterance is not None])
    replaced = {old for old, _ in study.texts.replacements()}
    return {
        memo.thread
        for memo in memos
        if (homes[memo.utterance].transcript if memo.utterance in homes else memo.transcript) in replaced
    }


def _progress_plot(figures: StudyFigures) -> str:
    return share_bars(
        "Decided utterances by coder",
        [
            Share(item.coder, item.decided, figures.utterances, f"{item.decided} of {figures.utterances}")
            for item in figures.coders
        ],
    )


def _acceptance_plot(codes: tuple[SuggestionFate, ...], labels: Mapping[str, str]) -> str:
    answered = [item for item in codes if item.answered]
    if not answered:
        return ""
    drawn = []
    for item in answered:
        accepted = rate([True] * item.accepted + [False] * (item.answered - item.accepted))
        words = f"{item.accepted} of {item.answered}"
        drawn.append(
            Interval(labels.get(item.code, item.code), accepted.value, accepted.low, accepted.high, words)
        )
    return intervals("Suggestions accepted as they were, by code", drawn)


async def agreement(request: Request) -> Response:
    """Return the coders' agreement so far: on units both coded blind, with intervals."""
    context = context_of(request)

    def count() -> dict[str, object] | None:
        report = agreement_so_far(context.review.study.path)
        return report.to_dict() if report is not None else None

    report = await run_in_threadpool(count)
    labels = context.review.codebook.labels
    plot = codes_plot = ""
    if report is not None:
        plot = intervals("Agreement over all codes", _estimates(report["overall"], SHOWN_STATISTICS))
        codes_plot = intervals(
            "Kappa by code",
            _estimates(
                {code: estimates.get("cohen_kappa") for code, estimates in _items(report["codes"])}, labels
            ),
        )
    html = context.part(request, "agreement.html", report=report, plot=plot, codes_plot=codes_plot)
    return reply(html=html)


def _items(section: object) -> list[tuple[str, dict[str, dict[str, float | None]]]]:
    return list(section.items()) if isinstance(section, dict) else []


def _estimates(section: object, names: Mapping[str, str]) -> list[Interval]:
    drawn = []
    for name, words in names.items():
        estimate = section.get(name) if isinstance(section, dict) else None
        if estimate is None:
            continue
        value = estimate["value"]
        said_words = f"{value:.2f}" if value is not None else "undefined"
        drawn.append(Interval(words, value, estimate["ci_low"], estimate["ci_high"], said_words))
    return drawn


ROUTES = [Route("/progress", progress), Route("/part/agreement", agreement)]
