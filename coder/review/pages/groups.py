"""Groups of similar quotes under a code: named, merged, split, discarded, turned into codes."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.reporting.study.themes import polarities_of
from coder.reporting.study.values import Group, StudyData
from coder.review.asked import body_of, listed_numbers
from coder.review.auth import Session
from coder.review.context import ReviewContext, context_of, reply, session_of
from coder.workflow.study.passage_groups import (
    KINDS,
    UNGROUPED,
    GroupEdit,
    GroupPreview,
    cell_groups,
    edit_groups,
    nearest_first,
    preview_groups,
)
from coder.workflow.study.report import encode_texts
from coder.workflow.study.report_data import Names, read_data
from coder.workflow.study.undoing import last_changes

NO_POLARITY = "none"  # in addresses: codings without polarity
MOST_PASSAGES = 400  # of one code and polarity on a page


def _refuse_withheld(context: ReviewContext, session: Session) -> None:
    """Raise InputError while others' codings are withheld from this coder anywhere (see ReviewSession.withheld)."""
    mode = context.mode(session)
    withheld = context.review.withheld(session.coder, mode)
    if withheld is not None and withheld.utterances and mode == "commit_first":
        raise InputError(
            "Groups join everybody's codings, and you code first: colleagues have decided on utterances that you"
            " have not (or you double-code some). They can be seen when you have, or in assisted work."
        )
    if withheld is not None and withheld.utterances:
        raise InputError(
            "Groups join everybody's codings, and you double-code a transcript that both of you have not finished."
            " They can be seen when both have."
        )


def _polarity(given: object) -> str | None:
    return None if given in (None, "", NO_POLARITY) else str(given)


async def groups_page(request: Request) -> Response:
    """Show the groups of a code's quotes of one polarity, with what can be done with each."""
    context, session, given = context_of(request), session_of(request), request.query_params
    study, book = context.review.study, context.review.codebook
    if context.mode(session) == "blind":
        raise InputError(
            "Groups join everybody's codings, and you code blind. Change how you work on the Study page to see them."
        )
    _refuse_withheld(context, session)
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
    groups, near = await run_in_threadpool(_found, context, data, (code, polarity), given.get("near") or "")
    seen = [coding.utterance for group in groups for coding in group.codings]
    study.acts.record_exposure(session.coder, seen, "coder")
    return context.page(
        request, "groups.html", page_name="Codes", code=code, polarity=polarity, groups=groups, data=data, near=near,
        counts=counts, signs=context.signs(session.coder), codebook=book, ungrouped=UNGROUPED,
        last_changes=last_changes(study, session.coder, "groups"),
        no_polarity=NO_POLARITY, polarities=polarities_of(data), most=MOST_PASSAGES,
        ticked=listed_numbers(given.get("passages")),
    )  # fmt: skip


def _found(
    context: ReviewContext, data: StudyData, cell: tuple[str, str | None], near: str
) -> tuple[list[Group], str]:
    """Return the groups, and the name of the one that passages of the others were put in order of likeness to."""
    groups = cell_groups(context.review.study, data, *cell, encode_texts)
    if near in {group.name for group in groups}:
        return nearest_first(groups, near, encode_texts), near
    return groups, ""


def _edit(context: ReviewContext, session: Session, given: Mapping[str, object]) -> GroupEdit:
    """Return the change that a form asks for. Raises InputError for unknown changes and for blind work."""
    if context.mode(session) == "blind":
        raise InputError("You code blind: groups join everybody's codings.")
    _refuse_withheld(context, session)
    kind = next((name for name in KINDS if name == given.get("kind")), None)
    if kind is None:
        raise InputError("A group can be renamed, merged or discarded, and passages can be moved.")
    return GroupEdit(
        kind, str(given.get("code") or ""), _polarity(given.get("polarity")),
        group=str(given.get("group") or ""), into=str(given.get("into") or ""),
        label=str(given.get("label") or ""), passages=listed_numbers(given.get("passages")),
    )  # fmt: skip


def _address(edit: GroupEdit) -> str:
    return f"/groups?code={quote(edit.code)}&polarity={edit.polarity or NO_POLARITY}"


async def preview_change(request: Request) -> Response:
    """Show what merging or discarding a group, or moving passages, would change, before it is done."""
    context = context_of(request)
    given = dict(request.query_params)
    given["passages"] = ",".join(request.query_params.getlist("passages"))
    edit = _edit(context, session_of(request), given)
    study = context.review.study

    def look() -> tuple[StudyData, GroupPreview]:
        data = read_data(study, Names())
        return data, preview_groups(cell_groups(study, data, edit.code, edit.polarity, encode_texts), edit)

    data, planned = await run_in_threadpool(look)
    back = _address(edit) + (f"&passages={given['passages']}" if given["passages"] else "")
    return context.page(
        request, "regroup.html", page_name="Codes", planned=planned, given=given, back=back, data=data,
        participants=len({coding.case for passage in planned.moving for coding in passage.codings}),
        label=context.review.codebook.by_id[edit.code].label,
    )  # fmt: skip


async def change_groups(request: Request) -> Response:
    """Name, merge, split or discard a group, or move passages; one change, which undo takes back."""
    context, session = context_of(request), session_of(request)
    edit = _edit(context, session, await body_of(request))
    study = context.review.study

    def change() -> str:
        data = read_data(study, Names())
        groups = cell_groups(study, data, edit.code, edit.polarity, encode_texts)
        return edit_groups(study, groups, edit, coder=session.coder)

    what = await run_in_threadpool(change)
    return reply(say=f"{what}. Undo takes it back", go=_address(edit))


ROUTES = [
    Route("/groups", groups_page),
    Route("/groups", change_groups, methods=["POST"]),
    Route("/groups/change", preview_change),
]
