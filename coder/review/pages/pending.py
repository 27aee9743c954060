"""Files of other tools that were looked at and not brought in yet."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response

from coder.errors import CoderError
from coder.review.context import context_of, reply
from coder.workflow.study.codings_preview import CodingsPreview, preview_codings

MOST_PENDING = 3


@dataclass(frozen=True)
class Pending:
    """A file that was looked at, in a folder of its own that goes away with it or with the program."""

    path: Path
    preview: CodingsPreview

    def forget(self) -> None:
        """Remove the file and its folder."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def pending_files(request: Request) -> dict[str, Pending]:
    """Return the files of this launch by their token."""
    state = request.app.state
    if not hasattr(state, "pending_codings"):
        state.pending_codings = {}
    held: dict[str, Pending] = state.pending_codings
    return held


def new_folder() -> Path:
    """Return a new folder for a file that is looked at; it goes away with the program at the latest."""
    folder = Path(tempfile.mkdtemp(prefix="coder-codings-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def look_at(request: Request, path: Path) -> Response:
    """Keep a file that lies in a folder of its own and send the browser to what it would bring."""
    context = context_of(request)
    try:
        preview = preview_codings(context.review.study, path)
    except CoderError:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    pending, token = pending_files(request), token_urlsafe(9)
    pending[token] = Pending(path, preview)
    for old in list(pending)[:-MOST_PENDING]:
        pending.pop(old).forget()
    return reply(say="Looked at; nothing has been written", go=f"/exchange?file={token}")
