"""The model's page: suggest, retrain with live progress, compare versions, go back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.review.asked import body_of
from coder.review.background import Report
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.workflow.study.model_versions import roll_back
from coder.workflow.study.open import open_study
from coder.workflow.study.retrain import RetrainReport, retrain
from coder.workflow.study.status import trust
from coder.workflow.study.suggest import SuggestReport, suggest

SUGGESTING, RETRAINING = "Suggesting", "Retraining"


async def model(request: Request) -> Response:
    """Show the versions, what waits to be suggested, and the last trial."""
    context = context_of(request)
    study, figures = context.review.study, context.review.study.figures()
    labels = context.review.codebook.labels
    return context.page(
        request, "model.html", page_name="Model", figures=figures, versions=study.models.versions(),
        comparisons=study.models.comparisons(), labels=labels, job=context.jobs.running(),
        held_out=[item.name for item in study.texts.all() if item.held_out], trust=trust(study, figures),
    )  # fmt: skip


def _suggest(context: ReviewContext) -> str:
    def work(report: Report) -> SuggestReport:
        report("Loading the model", 0)
        with open_study(context.review.study.path) as study:
            return suggest(study, progress=lambda done, total: report("Looking at utterances", done, total))

    return context.jobs.start(SUGGESTING, work).id


async def start_suggesting(request: Request) -> Response:
    """Let the model in use look at what nobody has decided."""
    return reply(job=_suggest(context_of(request)))


async def start_retraining(request: Request) -> Response:
    """Train on what people decided; the new version is used only if it is better, or a reason is given."""
    context, session = context_of(request), session_of(request)
    reason = str((await body_of(request)).get("force") or "").strip() or None

    def work(report: Report) -> RetrainReport:
        steps = 0

        def tell(stage: str) -> None:
            nonlocal steps
            steps += 1
            report(stage, steps)

        with open_study(context.review.study.path) as study:
            return retrain(study, force=reason, coder=session.coder, progress=tell)

    return reply(job=context.jobs.start(RETRAINING, work).id)


async def back(request: Request) -> Response:
    """Use an earlier version again."""
    context, session = context_of(request), session_of(request)
    label = str((await body_of(request)).get("label") or "") or None
    version = roll_back(context.review.study, label, coder=session.coder)
    return reply(say=f"{version.label} is in use", go="/model")


ROUTES = [
    Route("/model", model),
    Route("/model/suggest", start_suggesting, methods=["POST"]),
    Route("/model/retrain", start_retraining, methods=["POST"]),
    Route("/model/back", back, methods=["POST"]),
]
