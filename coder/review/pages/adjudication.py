"""Settling disagreements: A | B with what was said around, no names, no model; one key settles."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from coder.errors import InputError
from coder.review.context import House, house_of, said, session_of
from coder.review.pages.transcript import CONTEXT
from coder.review.pages.writes import body_of
from coder.workflow.study.decide import adjudicate
from coder.workflow.study.open import ADJUDICATED, StandingCode, UnitState


@dataclass(frozen=True, slots=True)
class Side:
    """One coder's view of a disputed utterance; the letter hides the name, and changes from one to the next."""

    letter: str
    coder: str
    state: UnitState
    memos: tuple[str, ...]

    @property
    def codes(self) -> tuple[StandingCode, ...]:
        """The codes of this side."""
        return self.state.codes

    @property
    def held(self) -> list[dict[str, str | None]]:
        """The codes as the page sends them back."""
        return [{"code": code.code, "polarity": code.polarity} for code in self.state.codes]


async def settle(request: Request) -> Response:
    """Show the first open disagreement, or the one asked for."""
    house, session = house_of(request), session_of(request)
    waiting = house.desk.study.disagreements()
    asked = request.query_params.get("u", "")
    focus = int(asked) if asked.isdigit() else next(iter(waiting), None)
    context: dict[str, Any] = {"unit": None}
    if focus is not None:
        document = house.desk.home_of(focus)
        token = house.desk.study.acts.states(ADJUDICATED, [focus])[focus].token
        # Whoever settles has seen how others coded: this unit is not blind for them any more.
        house.desk.study.acts.record_exposure(session.coder, [focus], "coder")
        context = {
            "unit": document.utterances[document.place[focus]], "document": document, "token": token,
            "around": document.around(focus, CONTEXT), "sides": sides(house, focus),
            "later": next((item for item in [*waiting[waiting.index(focus) + 1 :], *waiting] if item != focus), None)
            if focus in waiting else None,
        }  # fmt: skip
    return house.page(
        request, "settle.html", room="Settle", waiting=waiting, focus=focus, signs=house.signs(session.coder),
        code_keys=house.code_keys(session.coder), polarities=house.desk.codebook.polarity,
        settled=house.desk.study.figures().adjudicated, **context,
    )  # fmt: skip


def sides(house: House, utterance: int) -> list[Side]:
    """Return who coded an utterance how; which side is A changes with the utterance, so no letter is a person."""
    study = house.desk.study
    names = [name for name in study.voices_at([utterance])[utterance] if name != ADJUDICATED]
    document = house.desk.home_of(utterance)
    lot = document.utterances[document.place[utterance]].lot
    turned = names[lot % len(names) :] + names[: lot % len(names)] if names else []
    memos = study.memos.all(utterance=utterance)
    return [
        Side(
            chr(ord("A") + place), name, study.acts.states(name, [utterance])[utterance],
            tuple(memo.text for memo in memos if memo.coder == name),
        )
        for place, name in enumerate(turned)
    ]  # fmt: skip


async def settled(request: Request) -> Response:
    """Save what stands for good."""
    house, session = house_of(request), session_of(request)
    content = await body_of(request)
    given = content.get("codes")
    if not isinstance(given, list) or not isinstance(content.get("utterance"), int):
        raise InputError("Say which codes stand for which utterance.")
    codes = [(str(item["code"]), str(item["polarity"]) if item.get("polarity") else None) for item in given]
    seconds = content.get("seconds")
    adjudicate(
        house.desk.study, session.coder, content["utterance"], list(dict(codes).items()),
        memo=str(content.get("memo") or ""), seconds=float(seconds) if isinstance(seconds, (int, float)) else None,
        expected=str(content.get("expected") or ""),
    )  # fmt: skip
    return said(say="Settled", go="/settle")


ROUTES = [Route("/settle", settle), Route("/settle", settled, methods=["POST"])]
