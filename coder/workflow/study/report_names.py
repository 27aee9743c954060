"""How a report names participants and transcripts: by their attributes, and by pseudonyms where asked for."""

import re
from collections.abc import Mapping

from coder.reporting.study.values import Case

# What papers call a participant by, from the attributes that studies usually have.
PARTS: tuple[tuple[str, ...], ...] = (
    ("setting", "group"),
    ("setting", "role"),
    ("profession",),
    ("occupation",),
    ("role",),
    ("subsample",),
    ("group",),
)


class Names:
    """Names of participants and transcripts in a report.

    `label` is a pattern of attributes, such as "{setting} {group}, {profession}"; parts without a value are left out.
    Without a pattern one is made from the attributes that the participant has. With `pseudonyms` participants and
    transcripts are numbered in order of appearance.
    """

    def __init__(self, label: str | None = None, *, pseudonyms: bool = False) -> None:
        self._label, self._pseudonyms = label, pseudonyms
        self._people: dict[str, str] = {}
        self._transcripts: dict[str, str] = {}

    def transcript(self, name: str) -> str:
        """Return the name of a transcript to show."""
        if not self._pseudonyms:
            return name
        return self._transcripts.setdefault(name, f"Transcript {len(self._transcripts) + 1}")

    def case(
        self, key: str, name: str, attributes: Mapping[str, tuple[str, ...]], transcripts: tuple[str, ...]
    ) -> Case:
        """Return a case with its name and the label of its quotes."""
        shown = name
        if self._pseudonyms:
            shown = self._people.setdefault(key, f"Participant {len(self._people) + 1}")
        label = filled(self._label, attributes) if self._label else usual_label(attributes)
        return Case(key, shown, label or shown, dict(attributes), transcripts)


def filled(pattern: str, attributes: Mapping[str, tuple[str, ...]]) -> str:
    """Return a pattern with its {attributes} replaced, and commas of what is left out gone."""
    plain = {name.casefold(): " and ".join(values) for name, values in attributes.items()}
    text = re.sub(r"\{([^{}]*)\}", lambda match: plain.get(match.group(1).strip().casefold(), ""), pattern)
    parts = [" ".join(part.split()) for part in text.split(",")]
    return ", ".join(part for part in parts if part)


def usual_label(attributes: Mapping[str, tuple[str, ...]]) -> str:
    """Return a label in the style of papers: "primary care clinician, general practitioner"; "public, parent"."""
    plain = {name.casefold().replace("_", " "): " and ".join(values) for name, values in attributes.items()}
    found: list[str] = []
    used: set[str] = set()
    for names in PARTS:
        if all(plain.get(name) for name in names) and not used & set(names) and len(found) < 2:
            # The group goes before what tells its members apart.
            found.insert(0 if names == ("group",) else len(found), " ".join(plain[name] for name in names))
            used |= set(names)
    return ", ".join(found)
