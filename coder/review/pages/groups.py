"""Groups of similar quotes under a code: named, merged, split, discarded, turned into codes."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.reporting.study.themes import polarities_of
from coder.reporting.study.values import Group, StudyData
from coder.review.context import ReviewContext, context_of, said, session_of
from coder.review.pages.writes import body_of
from coder.workflow.study.passage_groups import (
    KINDS,
    UNGROUPED,
    GroupEdit,
    cell_groups,
    edit_groups,
    nearest_first,
)
from coder.workflow.study.report import encode_texts
from coder.workflow.study.report_data import read_data
from coder.workflow.study.report_names import Names

NO_POLARITY = "none"  # in addresses: codings without polarity
MOST_PASSAGES = 400  # of one code and polarity on a page


def _polarity(given: object) -> str | None:
    return None if given in (None, "", NO_POLARITY) else str(given)


def _numbers(given: object) -> tuple[int, ...]:
    return tuple(int(word) for word in str(given or "").split(",") if word.isdigit())


async def groups_page(request: Request) -> Response:
    """Show the groups of a code's quotes of one polarity, with what can be done with each."""
    context, session, given = context_of(request), session_of(request), request.query_params
    study, book = context.review.study, context.review.codebook
    if context.mode(session) == "blind":
        raise InputError(
            "Groups join everybody's codings, and you code blind. Change how you work on the Study page to see them."
        )
    data = await run_in_threadpool(read_data, study, Names())
    counts: dict[tuple[str, str | None], int] = {}
    for coding in data.codings:
        counts[coding.code, coding.polarity] = counts.get((coding.code, coding.polarity), 0) + 1
    code, polarity = given.get("code") or "", _polarity(given.get("polarity"))
    if "polarity" not in given:  # the largest of this code, or of all
        mine = [cell for cell in counts if code in ("", cell[0])]
        code, polarity = max(mine, key=lambda cell: counts[cell], default=(code, None))
    if code and code not in book.by_id:
        raise InputError("This code is not in the codebook any more; choose another.")
    found, near = await run_in_threadpool(_found, context, data, (code, polarity), given.get("near") or "")
    seen = [coding.utterance for group in found for coding in group.codings]
    study.acts.record_exposure(session.coder, seen, "coder")
    return context.page(
        request, "groups.html", page_name="Codes", code=code, polarity=polarity, groups=found, data=data, near=near,
        counts=counts, signs=context.signs(session.coder), codebook=book, ungrouped=UNGROUPED,
        undoable=study.groups.undoable(session.coder), redoable=study.groups.redoable(session.coder),
        no_polarity=NO_POLARITY, polarities=polarities_of(data), most=MOST_PASSAGES,
    )  # fmt: skip


def _found(
    context: ReviewContext, data: StudyData, cell: tuple[str, str | None], near: str
) -> tuple[list[Group], str]:
    """Return the groups, and the name of the one that passages of the others were put in order of likeness to."""
    found = cell_groups(context.review.study, data, *cell, encode_texts)
    if near in {group.name for group in found}:
        return nearest_first(found, near, encode_texts), near
    return found, ""


async def change_groups(request: Request) -> Response:
    """Name, merge, split or discard a group, or move passages; one change, which undo takes back."""
    context, session = context_of(request), session_of(request)
    if context.mode(session) == "blind":
        raise InputError("You code blind: groups join everybody's codings.")
    content = await body_of(request)
    kind = next((name for name in KINDS if name == content.get("kind")), None)
    if kind is None:
        raise InputError("A group can be renamed, merged or discarded, and passages can be moved.")
    edit = GroupEdit(
        kind, str(content.get("code") or ""), _polarity(content.get("polarity")),
        group=str(content.get("group") or ""), into=str(content.get("into") or ""),
        label=str(content.get("label") or ""), passages=_numbers(content.get("passages")),
    )  # fmt: skip
    study = context.review.study

    def change() -> str:
        data = read_data(study, Names())
        found = cell_groups(study, data, edit.code, edit.polarity, encode_texts)
        return edit_groups(study, found, edit, coder=session.coder)

    what = await run_in_threadpool(change)
    address = f"/groups?code={edit.code}&polarity={edit.polarity or NO_POLARITY}"
    return said(say=f"{what}. Undo takes it back", go=address)


ROUTES = [Route("/groups", groups_page), Route("/groups", change_groups, methods=["POST"])]
