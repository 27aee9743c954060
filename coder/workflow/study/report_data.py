"""What a study's report is made from, read from the study: participants and their names, codings, who did what."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coder.codebook import Code, Codebook
from coder.domain import SuggestionFate, one_polarity
from coder.errors import ModelError, StudyError
from coder.learning.persistence.card import HeldOut
from coder.phrasing import number
from coder.reporting.cards import tested_words
from coder.reporting.study.values import (
    Case,
    CoderWork,
    Coding,
    ModelFacts,
    Origin,
    Source,
    StudyData,
)
from coder.store import Study
from coder.store.confirmed_codings import good_quotes
from coder.store.values import (
    ADJUDICATED,
    DECIDED,
    Filters,
    StandingCode,
    StudyUtterance,
    TranscriptInfo,
    Withheld,
)

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
FIELD = re.compile(r"\{([^{}]*)\}")  # an attribute in the pattern of a label
# In such a pattern, the participant's name, unless attributes are called so.
THE_NAME = ("participant", "name")
VERDICTS: Mapping[str, Origin] = {"accept": "accepted", "change": "changed"}
STRENGTH: tuple[Origin, ...] = (
    "person",
    "changed",
    "accepted",
)  # of several coders' ways to one code, the first


class Names:
    """Names of participants and transcripts in a report.

    `label` is a pattern of attributes, such as "{setting} {group}, {profession}"; parts without a value are left out
    and {participant} is the name. Without a pattern one is made from the attributes that the participant has.
    With `pseudonyms` participants and transcripts are numbered in order of appearance.
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
        named = {**dict.fromkeys(THE_NAME, (shown,)), **attributes}
        label = filled(self._label, named) if self._label else usual_label(attributes)
        return Case(key, shown, label or shown, dict(attributes), transcripts)


def filled(pattern: str, attributes: Mapping[str, tuple[str, ...]]) -> str:
    """Return a pattern with its {attributes} replaced, and commas of what is left out gone."""
    plain = {name.casefold(): " and ".join(values) for name, values in attributes.items()}
    text = FIELD.sub(lambda match: plain.get(match.group(1).strip().casefold(), ""), pattern)
    parts = [" ".join(part.split()) for part in text.split(",")]
    return ", ".join(part for part in parts if part)


def usual_label(attributes: Mapping[str, tuple[str, ...]]) -> str:
    """Return a label in the style of papers: "primary care clinician, general practitioner"; "public, parent"."""
    plain = {name.casefold().replace("_", " "): " and ".join(values) for name, values in attributes.items()}
    parts: list[str] = []
    used: set[str] = set()
    for names in PARTS:
        if all(plain.get(name) for name in names) and not used & set(names) and len(parts) < 2:
            # The group goes before what tells its members apart.
            parts.insert(0 if names == ("group",) else len(parts), " ".join(plain[name] for name in names))
            used |= set(names)
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Standing:
    """A code that stands on an utterance for one coder."""

    coder: str
    code: StandingCode


def read_data(
    study: Study,
    names: Names,
    *,
    coder: str | None = None,
    withheld: Withheld | None = None,
    version: str = "",
) -> StudyData:
    """Return everything that a report says of the study, agreement left out.

    Where somebody adjudicated, the adjudicated codes count; elsewhere every code that any coder gave counts once,
    with polarity "mixed" where coders gave different ones. `coder` takes one coder's codings alone; `withheld`
    ones are left out. Raises StudyError if there is no such coder.
    """
    if coder is not None and coder not in study.people.coders():
        known = ", ".join(study.people.coders()) or "nobody yet"
        raise StudyError(f"There is no coder '{coder}' in this study; its coders are {known}.")
    book = study.codebooks.current()
    shown = study.texts.shown_names()  # people without a link are told apart by their transcripts' names
    transcripts = [replace(item, name=shown[item.id]) for item in study.texts.all()]
    standing, decided = _standing(study, coder, withheld)
    codings: list[Coding] = []
    suggested: list[Coding] = []
    people = {item.id: study.people.participants(item.id) for item in transcripts}
    good = good_quotes(study.db)
    coded = [
        _CodedTranscript(info, study.texts.utterances(info.id), people[info.id], names)
        for info in transcripts
    ]
    for transcript in coded:
        for coding, unit in transcript.codings(standing, book, len(codings)):
            codings.append(replace(coding, good=(unit, coding.code) in good))
    for transcript in coded:
        waiting = [unit.id for unit in transcript.units if unit.codable and unit.id not in decided]
        suggested += transcript.suggested(study, waiting, book, len(codings) + len(suggested))
    return StudyData(
        name=study.name,
        codebook=_with_all_codes(book, codings),
        sources=[_source(transcript, decided, names) for transcript in coded],
        cases=_cases(study, coded, names),
        codings=codings,
        suggested=suggested,
        coders=_coders(study),
        fates=_fates(study, book),
        disputed=0 if coder else len(study.disagreements()),
        adjudicated=study.figures().adjudicated,
        model=_model(study),
        version=version,
    )


def counted_codings(study: Study) -> int:
    """Return how many codings the study's report counts: utterances with a code, once whoever gave it."""
    standing, _ = _standing(study, None, None)
    units = study.texts.by_id(list(standing))
    return sum(len({item.code.code for item in standing[key]}) for key, unit in units.items() if unit.codable)


def _standing(
    study: Study, coder: str | None, withheld: Withheld | None
) -> tuple[dict[int, list[Standing]], set[int]]:
    """Return the codes that stand by utterance (adjudicated ones alone if any), and what is decided."""
    standing: defaultdict[int, list[Standing]] = defaultdict(list)
    decided: set[int] = set()
    adjudicated: set[int] = set()
    owners = [coder] if coder else [ADJUDICATED, *study.people.coders()]
    for owner in owners:
        keys = [key for state in DECIDED for key in study.find(Filters(coder=owner, state=state))]
        decided |= set(keys)
        for key, state in study.acts.states(owner, keys).items():
            if (withheld is not None and withheld.holds(owner, key)) or key in adjudicated:
                continue
            if owner == ADJUDICATED:
                adjudicated.add(key)
            standing[key] += [Standing(owner, code) for code in state.codes]
    return standing, decided


class _CodedTranscript:
    """One transcript while its codings are read."""

    def __init__(
        self, info: TranscriptInfo, units: Sequence[StudyUtterance], people: Mapping[str, str], names: Names
    ) -> None:
        self.info, self.units, self.people, self.names = info, units, people, names
        self.end = max((unit.end for unit in units), default=1)

    def codings(
        self, standing: Mapping[int, Sequence[Standing]], book: Codebook, start: int
    ) -> list[tuple[Coding, int]]:
        """Return (coding, id of its utterance) in the transcript's order, then the codebook's."""
        codings: list[tuple[Coding, int]] = []
        for at, unit in enumerate(self.units):
            given: defaultdict[str, list[Standing]] = defaultdict(list)
            for item in standing.get(unit.id, ()) if unit.codable else ():
                given[item.code.code].append(item)
            for code in sorted(given, key=lambda name: _rank(name, book)):
                items = given[code]
                origins = {VERDICTS.get(item.code.verdict, "person") for item in items}
                origin = next(name for name in STRENGTH if name in origins)
                polarity = one_polarity(item.code.polarity for item in items)
                coders = tuple(dict.fromkeys(item.coder for item in items))
                coding = self._coding(start + len(codings) + 1, at, code, polarity, origin, coders)
                codings.append((coding, unit.id))
        return codings

    def suggested(self, study: Study, waiting: Sequence[int], book: Codebook, start: int) -> list[Coding]:
        """Return the suggestions shown on utterances that nobody has decided."""
        places = {unit.id: at for at, unit in enumerate(self.units)}
        suggested: list[Coding] = []
        for key, items in study.suggestions.newest(waiting).items():
            for item in items:
                if item.selected and item.code in book.by_id:
                    number = start + len(suggested) + 1
                    suggested.append(
                        self._coding(number, places[key], item.code, item.polarity, "suggested", ())
                    )
        return suggested

    def _coding(
        self, number: int, at: int, code: str, polarity: str | None, origin: Origin, coders: tuple[str, ...]
    ) -> Coding:
        unit = self.units[at]
        same = [other for other in self.units[max(0, at - 2) : at + 3] if other.turn == unit.turn]
        return Coding(
            number=number, transcript=self.names.transcript(self.info.name), place=unit.number + 1, turn=unit.turn,
            position=unit.start / self.end, case=self.case(unit.speaker), code=code, polarity=polarity,
            text=unit.text, origin=origin, coders=coders, question=unit.question, utterance=unit.id,
            before=" ".join(other.text for other in same if other.number < unit.number),
            after=" ".join(other.text for other in same if other.number > unit.number),
        )  # fmt: skip

    def case(self, speaker: str | None) -> str:
        """Return the key of who speaks: the participant, or the label within this transcript."""
        return case_key(self.info.name, speaker, self.people)


def case_key(transcript: str, speaker: str | None, people: Mapping[str, str]) -> str:
    """Return what names a case in a study: its participant, or the speaker's label within a transcript."""
    if speaker is not None and speaker in people:
        return people[speaker]
    return f"{transcript}/{speaker or ''}"


def _rank(code: str, book: Codebook) -> tuple[int, str]:
    return (book.ids.index(code) if code in book.by_id else len(book.ids), code)


def _with_all_codes(book: Codebook, codings: Sequence[Coding]) -> Codebook:
    """Return the codebook with the codes that stand in the study though the codebook no longer has them."""
    gone = sorted({coding.code for coding in codings} - set(book.ids))
    extra = tuple(Code(name, f"{name} (no longer in the codebook)") for name in gone)
    return replace(book, codes=(*book.codes, *extra)) if extra else book


def _source(transcript: _CodedTranscript, decided: set[int], names: Names) -> Source:
    units = [unit for unit in transcript.units if unit.codable]
    done = sum(unit.id in decided for unit in units)
    shown = names.transcript(transcript.info.name)
    return Source(shown, len(units), done, bool(units) and done == len(units), shown)


def _cases(study: Study, transcripts: Sequence[_CodedTranscript], names: Names) -> dict[str, Case]:
    """Return everybody who is not the interviewer and said something that could be coded, in order of transcripts."""
    facts = study.people.all_attributes("participant")
    of_transcripts = study.people.all_attributes("transcript")
    gathered: dict[str, tuple[str, dict[str, tuple[str, ...]], list[str]]] = {}
    for transcript in transcripts:
        info = transcript.info
        for unit in (unit for unit in transcript.units if unit.codable):
            key = transcript.case(unit.speaker)
            if key not in gathered:
                name = (
                    key if unit.speaker in transcript.people else (unit.speaker or "speaker without a name")
                )
                gathered[key] = (name, {**of_transcripts.get(info.uid, {}), **facts.get(key, {})}, [])
            if info.name not in gathered[key][2]:
                gathered[key][2].append(info.name)
    for key in facts:  # participants of the table who never speak
        gathered.setdefault(key, (key, dict(facts[key]), []))
    cases = {}
    for key, (name, attributes, places) in gathered.items():
        shown = tuple(names.transcript(transcript) for transcript in places)
        cases[key] = names.case(key, name, attributes, shown)
    return cases


def _coders(study: Study) -> list[CoderWork]:
    seconds = study.seconds_spent()
    return [
        CoderWork(item.coder, item.decided, item.blind, seconds.get(item.coder), item.imported)
        for item in study.figures().coders
        if item.decided
    ]


def _fates(study: Study, book: Codebook) -> list[SuggestionFate]:
    """Return what became of the suggestions, in the codebook's order."""
    return sorted(study.figures().codes, key=lambda item: _rank(item.code, book))


def _model(study: Study) -> ModelFacts | None:
    """Return the model in use with its held-out figures: of the study's own trial, or of a shipped model's card."""
    active = study.models.active()
    if active is None:
        return None
    figure = active.card.get("held_out_f1")
    if isinstance(figure, int | float):
        return ModelFacts(
            active.label,
            f"On held-out {active.card.get('held_out', 'transcripts')} of this study it reached F1 {number(figure)}.",
        )
    figures = _shipped_figures(active.base) if active.shipped else HeldOut()
    curve = figures.themes.coverage if figures.themes else ()
    coverage = tuple((point.coverage, point.risk) for point in curve)
    bins = tuple((part.n, part.confidence, part.right) for part in figures.calibration)
    return ModelFacts(active.label, tested_words(figures) if figures != HeldOut() else "", coverage, bins)


def _shipped_figures(name: str) -> HeldOut:
    from coder.workflow.modelling.models import described_model

    try:
        card = described_model(name).card
    except ModelError:  # a folder that is not there any more
        return HeldOut()
    return card.held_out if card else HeldOut()
