"""Which utterances a queue takes and in what order, as the address says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from coder.errors import InputError
from coder.workflow.study.open import Filters, State

if TYPE_CHECKING:
    from coder.review.context import House

Order = Literal["study", "text", "random", "uncertain", "sure", "recent"]
ORDER_WORDS: dict[Order, str] = {
    "study": "What helps the study most",
    "uncertain": "Most uncertain first",
    "sure": "Surest suggestion first",
    "text": "In order of the text",
    "random": "Random order",
    "recent": "Decided last, first",
}
STATE_CHOICES = {
    "open": "Not decided", "skipped": "Skipped", "coded": "Coded", "nothing": "Nothing to code",
    "rejected": "Suggestion rejected",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """A queue: its filters, its order, and the words for both."""

    filters: Filters
    order: Order
    given: Mapping[str, str]

    def choices(self, house: "House") -> dict[str, dict[str, str]]:
        """Return what each filter can be set to: value -> words."""
        study = house.desk.study
        infos = study.texts.all()
        codes = {code.id: code.label for code in house.desk.codebook.codes}
        speakers = dict.fromkeys(name for info in infos for name in info.speakers)
        return {
            "order": {str(order): words for order, words in ORDER_WORDS.items()},
            "t": {str(info.id): info.name for info in infos},
            "state": STATE_CHOICES,
            "suggested": codes,
            "code": codes,
            "polarity": {value: value for value in house.desk.codebook.polarity},
            "speaker": {name: name for name in speakers},
            "attribute": _attributes(house),
        }


def _attributes(house: "House") -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in ("participant", "transcript"):
        for facts in house.desk.study.people.all_attributes(kind).values():
            for name, values in facts.items():
                found |= {f"{name}={value}": f"{name}: {value}" for value in values}
    return dict(sorted(found.items()))


def listing_of(given: Mapping[str, str], coder: str) -> Listing:
    """Read a queue from an address. Raises InputError for what no queue has."""
    held = {key: value.strip() for key, value in given.items() if value.strip() and key != "u"}
    # Whoever searches, or asks for what is coded, means all of it and in reading order, not the next batch to do.
    looking_back = any(held.get(key) for key in ("q", "code", "polarity", "flagged", "disagreement"))
    state = held.get("state", "any" if looking_back or held.get("order") == "recent" else "open")
    order = held.get("order", "study" if state == "open" else "text")
    if order not in ORDER_WORDS:
        raise InputError(f"There is no order '{order}'; choose one of the list.")
    if state != "any" and state not in get_args(State):
        raise InputError(f"There is no status '{state}'; choose one of the list.")
    name, _, value = held.get("attribute", "").partition("=")
    filters = Filters(
        transcript=int(held["t"]) if held.get("t", "").isdigit() else None,
        coder=coder,
        state=cast(State, state) if state != "any" else None,
        code=held.get("code"),
        suggested=held.get("suggested"),
        polarity=held.get("polarity"),
        flagged=True if held.get("flagged") else None,
        speaker=held.get("speaker"),
        attribute=(name, value) if name else None,
        text=held.get("q"),
        disagreement=bool(held.get("disagreement")),
    )
    return Listing(filters, order, held)
