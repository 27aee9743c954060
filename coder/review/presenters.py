"""From the workflow's values to what the templates show: pieces of text, stripes, the panel's buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coder.codebook import Codebook
from coder.review.legend import Odds, Sign, clock
from coder.workflow.review.session import Document, ReviewSession, Unit
from coder.workflow.study.open import Memo, Mode, StoredSuggestion
from coder.workflow.study.quotes import PlacedQuote

GLYPHS = {"coded": "✓", "nothing": "–", "rejected": "✕", "skipped": "»", "open": ""}
STATE_WORDS = {
    "coded": "coded", "nothing": "nothing to code", "rejected": "suggestion rejected", "skipped": "skipped",
    "open": "not decided",
}  # fmt: skip
ANSWERS = {"accept": "accepted", "change": "changed"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of an utterance: under a code's passage (its lane's number), found by the search, or plain."""

    text: str
    code: int | None = None
    found: bool = False


@dataclass(frozen=True, slots=True)
class Stripe:
    """A code's mark in the margin; `first` and `last` where the passage begins and ends."""

    sign: Sign
    polarity: str | None
    hollow: bool
    first: bool = True
    last: bool = True
    whose: str = "You"


@dataclass(frozen=True, slots=True)
class UnitView:
    """An utterance as the page draws it."""

    id: int
    start: int
    token: str
    codable: bool
    decided: bool
    waiting: bool
    state: str
    flagged: bool
    spoken: str
    glyphs: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    stripes: tuple[Stripe, ...]
    offered: tuple[int, ...]  # the ids of the suggestions in view


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn as the page draws it; `asks`: the interviewer's; `holds`: the utterance in focus is in it."""

    speaker: str | None
    clock: str
    asks: bool
    holds: bool
    units: tuple[UnitView, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion in the panel."""

    sign: Sign
    polarity: str | None
    odds: str
    runner_up: str
    evidence: str
    answer: str


@dataclass(frozen=True, slots=True)
class CodeButton:
    """A code in the panel: whether it stands, with which polarity, and whether it is suggested."""

    sign: Sign
    on: bool
    offered: bool
    polarity: str | None


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside the document for the utterance in focus."""

    unit: UnitView
    hush: str
    offered: tuple[int, ...]  # the ids of the suggestions in view
    transcript: int
    last_code: str  # decided last; '' if none
    offers: tuple[Offer, ...]
    done_words: str
    compare: str
    stands: str
    own_codes: tuple[CodeButton, ...]
    coder: str
    can_reject: bool
    machine: bool
    codes: tuple[tuple[str, tuple[CodeButton, ...]], ...]
    polarities: tuple[str, ...]
    polarity_on: frozenset[str]
    lacking: str
    passage: str
    memos: tuple[Memo, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """An utterance in a list that is coded in place; `text` may be the passage under a code instead of all of it."""

    id: int
    token: str
    place: str
    transcript: int
    speaker: str
    spoken: str
    pieces: tuple[Piece, ...]
    chips: tuple[Stripe, ...]
    state: str
    flagged: bool
    offered: tuple[int, ...] = ()  # the suggestions in view
    code: str = ""
    polarity: str | None = None
    coders: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # in words, what others coded
    good: bool = False

    @property
    def copied(self) -> str:
        """What the button Copy takes: the words with who said them and where."""
        words = "".join(piece.text for piece in self.pieces).strip()
        return f"“{words}” ({', '.join(filter(None, [self.speaker, self.place]))})"


class Drawing:
    """Draws utterances with one codebook's signs, marking the words of a search."""

    def __init__(self, signs: Mapping[str, Sign], search: str, odds: Odds) -> None:
        self._signs, self._search, self._odds = signs, search.casefold(), odds

    def turns(self, document: Document, units: Sequence[Unit], focus: int | None = None) -> list[TurnView]:
        """Return the turns that the given utterances belong to."""
        by_turn: dict[int, list[Unit]] = {}
        for unit in units:
            by_turn.setdefault(unit.utterance.turn, []).append(unit)
        return [
            TurnView(
                speaker=turn.speaker,
                clock=clock(turn.seconds),
                asks=turn.role == "interviewer",
                holds=any(item.utterance.id == focus for item in by_turn[turn.number]),
                units=tuple(self.unit(item) for item in by_turn[turn.number]),
            )
            for turn in document.turns
            if turn.number in by_turn
        ]

    def unit(self, unit: Unit) -> UnitView:
        """Return one utterance."""
        utterance, state = unit.utterance, unit.state
        stripes = self._stripes(unit)
        glyphs: list[tuple[str, str]] = [(state.state, GLYPHS[state.state])] if GLYPHS[state.state] else []
        glyphs += [("flag", "⚑")] if state.flagged else []
        glyphs += [("memo", "✎")] if unit.memos else []
        return UnitView(
            id=utterance.id,
            start=utterance.start,
            token=state.token,
            codable=utterance.codable,
            decided=unit.decided,
            waiting=utterance.codable and state.state == "open",
            state=state.state,
            flagged=state.flagged,
            spoken=self._spoken(unit, stripes),
            glyphs=tuple(glyphs),
            pieces=tuple(self._pieces(unit)),
            stripes=stripes,
            offered=tuple(offer.id for offer in unit.offers),
        )

    def row(self, unit: Unit, place: str) -> RowView:
        """Return one utterance as a row of a list."""
        stripes = self._stripes(unit)
        return RowView(
            id=unit.utterance.id, token=unit.state.token, place=place, transcript=unit.utterance.transcript,
            speaker=unit.utterance.speaker or "", spoken=self._spoken(unit, stripes),
            pieces=tuple(self._pieces(unit)), chips=tuple(s for s in stripes if s.whose in ("You", "Suggested")),
            others=tuple(
                f"{s.whose}: " + ", ".join(filter(None, [s.sign.code.label, s.polarity]))
                for s in stripes if s.whose not in ("You", "Suggested")
            ),
            state="not decided by you" if unit.state.state == "open" else STATE_WORDS[unit.state.state],
            flagged=unit.state.flagged, offered=tuple(offer.id for offer in unit.offers),
        )  # fmt: skip

    def quote_row(self, unit: Unit, placed: PlacedQuote) -> RowView:
        """Return a confirmed quote as a row: the words under the code, and what the coder's own coding is there."""
        quote = placed.quote
        return replace(
            self.row(unit, placed.transcript), pieces=tuple(self._searched(quote.text)), code=quote.code,
            polarity=quote.polarity, coders=quote.coders, good=quote.good,
        )  # fmt: skip

    def _stripes(self, unit: Unit) -> tuple[Stripe, ...]:
        utterance = unit.utterance
        solid = [
            Stripe(
                self._signs[code.code], code.polarity, hollow=False, first=code.start >= utterance.start,
                last=code.end <= utterance.end,
            )
            for code in unit.state.codes
            if code.code in self._signs
        ]  # fmt: skip
        others = [
            Stripe(self._signs[o.code], o.polarity, hollow=False, whose=o.coder)
            for o in unit.others
            if o.code in self._signs
        ]
        waiting = () if unit.decided else unit.open_offers
        hollow = [
            Stripe(self._signs[o.code], o.polarity, hollow=True, whose="Suggested")
            for o in waiting
            if o.code in self._signs
        ]
        return tuple(sorted([*solid, *hollow, *others], key=lambda stripe: stripe.sign.number))

    def _spoken(self, unit: Unit, stripes: Sequence[Stripe]) -> str:
        words = [f"Utterance {unit.utterance.number + 1}", unit.utterance.speaker or ""]
        if unit.utterance.codable:
            words.append(STATE_WORDS[unit.state.state])
        words += [
            " ".join(filter(None, ["" if s.whose == "You" else f"{s.whose}:", s.sign.code.label, s.polarity]))
            for s in stripes
        ]
        words += ["flagged"] if unit.state.flagged else []
        words += ["has a memo"] if unit.memos else []
        return ", ".join(filter(None, words))

    def _pieces(self, unit: Unit) -> list[Piece]:
        utterance = unit.utterance
        spans = [
            (
                max(0, code.start - utterance.start),
                min(len(utterance.text), code.end - utterance.start),
                code.code,
            )
            for code in unit.state.codes
            if (code.start > utterance.start or code.end < utterance.end) and code.code in self._signs
        ]
        cuts = sorted({0, len(utterance.text), *(edge for span in spans for edge in span[:2])})
        pieces = []
        for start, end in pairwise(cuts):
            covering = [code for first, last, code in spans if first <= start and end <= last]
            if covering:
                pieces.append(Piece(utterance.text[start:end], self._signs[covering[-1]].number))
            else:
                pieces += self._searched(utterance.text[start:end])
        return pieces

    def _searched(self, text: str) -> list[Piece]:
        folded = text.casefold()
        if not self._search or len(folded) != len(text):
            return [Piece(text)]
        pieces, at = [], 0
        while (start := folded.find(self._search, at)) >= 0:
            end = start + len(self._search)
            pieces += [Piece(text[at:start]), Piece(text[start:end], found=True)]
            at = end
        return [piece for piece in [*pieces, Piece(text[at:])] if piece.text]

    def panel(self, review: ReviewSession, unit: Unit, mode: Mode) -> Panel:
        """Return the panel for the utterance in focus."""
        codebook = review.codebook
        view = self.unit(unit)
        review.note_memos_seen(unit)
        buttons = self._code_buttons(codebook, unit)
        return Panel(
            unit=view,
            hush=_hush(unit, mode),
            offered=tuple(offer.id for offer in unit.offers),
            transcript=unit.utterance.transcript,
            last_code=unit.state.codes[-1].code if unit.state.codes else "",
            offers=tuple(self._offer(unit, item) for item in unit.offers if item.code in self._signs),
            done_words="Accept and next" if unit.open_offers and not unit.decided else "Next",
            compare=_comparison(unit, mode),
            stands=STATE_WORDS[unit.state.state].capitalize(),
            own_codes=tuple(b for _, group in buttons for b in group if b.on),
            coder=unit.state.coder,
            can_reject=bool(unit.state.codes) or any(o.code not in unit.state.rejected for o in unit.offers),
            machine=mode != "blind",
            codes=buttons,
            polarities=codebook.polarity,
            polarity_on=frozenset(code.polarity for code in unit.state.codes if code.polarity),
            lacking=self._lacking(codebook, unit),
            passage=_passage_words(review, unit),
            memos=unit.memos,
        )

    def _lacking(self, codebook: Codebook, unit: Unit) -> str:
        bare = [code.code for code in unit.state.codes if code.polarity is None and code.code in self._signs]
        return ", ".join(self._signs[code].code.label for code in bare) if codebook.polarity else ""

    def _offer(self, unit: Unit, item: StoredSuggestion) -> Offer:
        next_best = next((o for o in unit.suggestions if not o.selected and o.code in self._signs), None)
        answer = next((ANSWERS.get(c.verdict, "") for c in unit.state.codes if c.suggestion == item.id), "")
        if not answer and item.code in unit.state.rejected:
            answer = "rejected"
        return Offer(
            sign=self._signs[item.code],
            polarity=item.polarity,
            odds=self._odds.words(item.code, item.score),
            runner_up=self._signs[next_best.code].code.label if next_best else "",
            evidence=item.evidence,
            answer=answer,
        )

    def _code_buttons(self, codebook: Codebook, unit: Unit) -> tuple[tuple[str, tuple[CodeButton, ...]], ...]:
        codes = {code.code: code for code in unit.state.codes}
        offered = {item.code for item in unit.offers}
        groups: dict[str, list[CodeButton]] = {}
        for code in codebook.codes:
            standing = codes.get(code.id)
            button = CodeButton(
                self._signs[code.id],
                on=standing is not None,
                offered=code.id in offered,
                polarity=standing.polarity if standing else None,
            )
            groups.setdefault(code.parent or "", []).append(button)
        return tuple((heading, tuple(buttons)) for heading, buttons in groups.items())


def _comparison(unit: Unit, mode: Mode) -> str:
    """Return 'differs' or 'same' where the coder decided first and now sees what the machine says, else ''."""
    if mode != "commit_first" or not unit.decided or not unit.offers:
        return ""
    standing = {(code.code, code.polarity) for code in unit.state.codes}
    return "same" if standing == {(offer.code, offer.polarity) for offer in unit.offers} else "differs"


def _hush(unit: Unit, mode: Mode) -> str:
    if not unit.utterance.codable:
        return (
            "This is context, not coded: the interviewer's, no more than a nod, or in a version not in use."
        )
    if unit.double:
        return (
            "Double-coded: no suggestion until both of you have decided, so that agreement means something."
        )
    if mode == "blind":
        return "You are coding blind: no suggestions, so that agreement means something."
    if unit.hidden and mode == "commit_first":
        return "Code first; the suggestion comes after your decision."
    if unit.hidden:
        return "One of the few that you code first: they show how often the machine is right by itself."
    if not unit.asked:
        return "The machine has not looked at this utterance yet."
    return "" if unit.offers else "The machine suggests nothing here."


def _passage_words(review: ReviewSession, unit: Unit) -> str:
    if not unit.state.codes:
        return ""
    standing, utterance = unit.state.codes[-1], unit.utterance
    label = (
        review.codebook.by_id[standing.code].label
        if standing.code in review.codebook.by_id
        else standing.code
    )
    if (standing.start, standing.end) == (utterance.start, utterance.end):
        return f"{label} covers this utterance."
    if standing.start >= utterance.start and standing.end <= utterance.end:
        return f"{label} covers part of this utterance."
    return f"{label} covers a longer passage."
