"""Files that leave the page: always as attachments, never shown in the browser."""

from pathlib import PurePath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.review.context import context_of
from coder.workflow.study.coding_rows import codings_file


def attachment(content: bytes, name: str) -> Response:
    """Return a file for saving; the browser neither shows it nor guesses what it is."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


async def codings(request: Request) -> Response:
    """Return all codings as a table."""
    suffix = PurePath(request.path_params["name"]).suffix
    return attachment(codings_file(context_of(request).review.study, suffix), f"codings{suffix}")


ROUTES = [Route("/download/{name:str}", codings)]
