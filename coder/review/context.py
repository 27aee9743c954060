"""What all pages of one launch share: the study, the sessions, the templates, each coder's preferences."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from coder.review.auth import Session, Sessions
from coder.review.background import Jobs
from coder.review.keyboard import ACTIONS, action_keys, shown
from coder.review.legend import POLARITY_SIGNS, Odds, Sign, clock, day, legend, share_words
from coder.review.presenters import Drawing
from coder.workflow.pseudonymise import FoundNames
from coder.workflow.review.session import ReviewSession, default_mode
from coder.workflow.study.model_versions import untested_codes
from coder.workflow.study.open import Memo, Mode

HERE = Path(__file__).parent
PAGES = (
    ("/", "Study"), ("/queue", "Queue"), ("/search", "Search"), ("/bulk", "By code"), ("/codes", "Codes"),
    ("/matrix", "Matrix"), ("/report", "Report"), ("/adjudicate", "Adjudicate"), ("/codebook", "Codebook"),
    ("/progress", "Progress"), ("/model", "Model"), ("/keys", "Keys"),
)  # fmt: skip
MODE_WORDS = {"blind": "Blind", "commit_first": "Code first", "assisted": "Assisted"}
MODE_HELP = {
    "blind": "No suggestion anywhere. For a second coder, and for honest agreement.",
    "commit_first": "You code first; the suggestion is shown after your decision.",
    "assisted": "Suggestions are shown, except on a small share that you code first.",
}
MOST_LANES = 8  # with more codes the stripes are packed instead of one lane each


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a coder set for themselves: theme, own keys by action and by code, and how keys behave."""

    theme: str = "auto"
    letters: bool = True  # single keys act; off: only the mouse, Tab and Enter
    advance: bool = True  # a polarity key completes the decision and goes on
    keys: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


class ReviewContext:
    """One launch of the page over one study."""

    def __init__(self, review: ReviewSession, sessions: Sessions, *, mode: Mode | None = None) -> None:
        self.review, self.sessions, self.jobs = review, sessions, Jobs()
        self.fixed_mode = mode
        self.found_names: FoundNames | None = None  # transcripts that wait until their names were looked at
        self._preferences: dict[str, Preferences] = {}
        self._paces: dict[str, float | None] = {}
        self._odds: tuple[tuple[int | None, str], Odds] | None = None
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=False, lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip
        self._templates.globals.update(
            shown=shown,
            day=day,
            clock=clock,
            share=share_words,
            signs_of_polarity=POLARITY_SIGNS,
        )

    def mode(self, session: Session) -> Mode:
        """Return how this coder works now: as launched, as chosen on the page, as last time, or by default."""
        if self.fixed_mode is not None:
            return self.fixed_mode
        if session.mode is None:
            worked = self.review.study.acts.last_mode(session.coder)
            session.mode = worked or default_mode(self.review.study, session.coder)
        return cast(Mode, session.mode)

    def pace(self, coder: str) -> float | None:
        """Return a coder's seconds per decision, as it was when a page was last opened."""
        if coder not in self._paces:
            figures = self.review.study.figures().coders
            self._paces[coder] = next((item.pace for item in figures if item.coder == coder), None)
        return self._paces[coder]

    def forget_pace(self, coder: str) -> None:
        """Let the pace be counted anew: it takes too long to do so at every key."""
        self._paces.pop(coder, None)

    def preferences(self, coder: str) -> Preferences:
        """Return a coder's preferences, kept in the study."""
        if coder not in self._preferences:
            stored = json.loads(self.review.study.settings.get(f"review:{coder}", "{}"))
            known = {key: value for key, value in stored.items() if key in Preferences.__slots__}
            self._preferences[coder] = Preferences(**known)
        return self._preferences[coder]

    def prefer(self, coder: str, preferences: Preferences) -> None:
        """Keep a coder's preferences."""
        content = json.dumps(asdict(preferences), sort_keys=True)
        self.review.study.settings.set(f"review:{coder}", content, coder=coder)
        self._preferences[coder] = preferences

    def signs(self, coder: str) -> dict[str, Sign]:
        """Return how each code is shown to this coder."""
        return legend(self.review.codebook, self.preferences(coder).codes)

    def code_keys(self, coder: str) -> dict[str, str]:
        """Return the key of each code."""
        return {code: sign.key for code, sign in self.signs(coder).items()}

    def legend_mark(self, coder: str) -> str:
        """Return what differs when codes, their signs or this coder's keys have changed since a page was drawn."""
        mine = self.preferences(coder)
        drawn = (self.review.codebook.hash, dict(mine.keys), dict(mine.codes), mine.letters)
        return f"{crc32(repr(drawn).encode()):08x}"

    def drawing(self, coder: str, search: str = "") -> Drawing:
        """Return what draws utterances for this coder."""
        return Drawing(self.signs(coder), search, self.odds())

    def odds(self) -> Odds:
        """Return how confidence is told of the model in use; looked up again when it or the codebook changes."""
        active = self.review.study.models.active()
        key = (active.id if active else None, self.review.codebook.hash)
        if self._odds is None or self._odds[0] != key:
            self._odds = key, Odds(untested_codes(self.review.study), active is not None and active.shipped)
        return self._odds[1]

    def memos(self, session: Session, *, kind: str = "", transcript: int | None = None) -> list[Memo]:
        """Return the memos that a coder may read in a list, only those of one kind or on one transcript if given."""
        found = self.review.study.memos.all(transcript=transcript)
        wanted = [memo for memo in found if not kind or memo.kind == kind]
        readable = self.review.readable_memos(session.coder, self.mode(session), wanted)
        # What a colleague noted on an utterance is read now: later decisions there are not blind.
        seen = [m.utterance for m in readable if m.utterance is not None and m.coder != session.coder]
        if seen:
            self.review.note_seen(session.coder, seen)
        return readable

    def _lane_style(self) -> str:
        return "packed" if len(self.review.codebook.codes) > MOST_LANES else "lanes"

    def _pages(self, coder: str, mode: Mode) -> list[tuple[str, str]]:
        hidden = {"/adjudicate"} if mode == "blind" and not self.review.disagreements(coder, mode) else set()
        return [(address, name) for address, name in PAGES if address not in hidden]

    def _keys(self, coder: str) -> dict[str, tuple[str, ...]]:
        preferences = self.preferences(coder)
        return action_keys(preferences.keys) if preferences.letters else {}

    def macro(self, request: Request, name: str, *values: object) -> Markup:
        """Return one macro of parts.html filled in."""
        keys = self._keys(session_of(request).coder)
        drawn = getattr(self._templates.get_template("parts.html").make_module({"keys": keys}), name)
        return Markup(drawn(*values))

    def part(self, request: Request, template: str, **values: Any) -> str:
        """Return a template of a part of a page filled in."""
        coder = session_of(request).coder
        return self._templates.get_template(template).render({"keys": self._keys(coder), **values})

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a whole page."""
        session = session_of(request)
        mode = self.mode(session)
        common = {
            "session": session, "prefs": self.preferences(session.coder), "mode": mode,
            "mode_words": MODE_WORDS[mode], "mode_help": MODE_HELP[mode], "study_name": self.review.study.name,
            "study_uid": self.review.study.uid, "legend_mark": self.legend_mark(session.coder),
            "pages": self._pages(session.coder, mode), "page_name": "", "lane_style": self._lane_style(),
            "actions": ACTIONS,
        }  # fmt: skip
        return HTMLResponse(self.part(request, template, **{**common, **values}), status)


def context_of(request: Request) -> ReviewContext:
    """Return the context that serves a request."""
    return cast(ReviewContext, request.app.state.context)


def session_of(request: Request) -> Session:
    """Return the session that the guard let in."""
    return cast(Session, request.state.session)


def reply(**content: Any) -> JSONResponse:
    """Return the answer to a write: what to say and what to patch."""
    return JSONResponse(content)


def attachment(content: bytes, name: str) -> Response:
    """Return a file for saving; the browser neither shows it nor guesses what it is."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)
