"""A small study made without models: two speakers, sentences as utterances, suggestions by keyword."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from coder.codebook import load_codebook
from coder.domain import Span, Transcript, Turn, Utterance
from coder.review.app import make_app
from coder.review.auth import Session
from coder.store import Study
from coder.store.values import Proposal, ProposedCode
from tests.study_making import put_study, study_file

TALK = [
    ("INTERVIEWER", "What makes it hard to plan care together with patients?"),
    (
        "C01",
        "There is never enough time in a ten minute appointment. I try, but the clock wins every single day.",
    ),
    ("INTERVIEWER", "And how do patients take it?"),
    (
        "C01",
        "Mm. Some of them are frightened of the doctor. Their families talk them into coming. It was a Tuesday.",
    ),
    ("INTERVIEWER", "Do you feel able to do it?"),
    ("C01", "I was never taught how to share a decision. Once you have seen it work you believe in it."),
]
WORDS = {
    "time": ("physical_opportunity", "barrier", 0.81), "frightened": ("automatic_motivation", "barrier", 0.66),
    "families": ("social_opportunity", "facilitator", 0.72), "taught": ("psychological_capability", "barrier", 0.9),
    "believe": ("reflective_motivation", "facilitator", 0.45), "clock": ("physical_opportunity", "barrier", 0.58),
}  # fmt: skip


def transcript_of(name: str, talk: list[tuple[str, str]]) -> tuple[Transcript, list[Utterance]]:
    text, turns, furniture = "", [], []
    utterances: list[Utterance] = []
    for index, (speaker, words) in enumerate(talk):
        furniture.append(Span(len(text), len(text) + len(speaker) + 2, "label"))
        start = len(text) + len(speaker) + 2
        text += f"{speaker}: {words}\n"
        role: Literal["interviewer", "participant"] = (
            "interviewer" if speaker == "INTERVIEWER" else "participant"
        )
        turns.append(Turn(index, speaker, role, start, start + len(words), float(index * 12)))
        for found in re.finditer(r"\S[^.?!]*[.?!]*", words):
            utterances.append(
                Utterance(
                    id=str(len(utterances)), transcript=name, index=len(utterances), turn=index,
                    start=start + found.start(), end=start + found.end(), text=found.group(), speaker=speaker,
                    role=role, codable=len(found.group().split()) > 1,
                )
            )  # fmt: skip
    return Transcript(name, name, text, tuple(turns), tuple(furniture), source_hash=name), utterances


def suggest_by_keyword(study: Study) -> None:
    model = study.models.add_shipped("keywords", {"name": "keywords"}, study.codebooks.current().hash)
    run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
    for _, utterances in study.texts.each():
        proposals = []
        for item in utterances:
            hits = [value for word, value in WORDS.items() if word in item.text]
            codes = tuple(
                ProposedCode(code, polarity, score, 0.8, True, f"like: “{item.text[:30]}”")
                for code, polarity, score in hits
            )
            proposals.append(Proposal(item.id, 0.7 if hits else 0.2, 0.5 if hits else 0.1, codes))
        study.suggestions.add_proposals(run, proposals)


def fill(path: Path, transcripts: dict[str, list[tuple[str, str]]], codebook: str = "comb") -> None:
    put_study(path, _filled(json.dumps(transcripts), codebook))


@cache
def _filled(transcripts: str, codebook: str) -> bytes:
    def make(path: Path) -> None:
        with Study.create(path, load_codebook(codebook)) as study:
            study.settings.set("blind_share", "0")
            for name, talk in json.loads(transcripts).items():
                transcript, utterances = transcript_of(name, talk)
                study.texts.add(transcript, utterances, source=f"{name}.txt")
            suggest_by_keyword(study)

    return study_file(make)


@pytest.fixture
def study_path(tmp_path: Path) -> Path:
    path = tmp_path / "pilot.coder"
    fill(
        path,
        {
            "C01": TALK,
            "C02": [*TALK[:3], ("C02", "Families help a lot. <script>alert(1)</script> & 'so' on.")],
        },
    )
    return path


@dataclass
class Page:
    """A browser that has entered, as far as a test client can be one."""

    client: TestClient
    session: Session

    @property
    def headers(self) -> dict[str, str]:
        return {"origin": "http://127.0.0.1:8765", "x-csrf-token": self.session.csrf}

    def get(self, path: str, **given: str) -> str:
        response = self.client.get(path, params=given or None, headers={"accept": "text/html"})
        assert response.status_code == 200, response.text
        return response.text

    def post(self, path: str, status: int = 200, /, **content: object) -> dict[str, object]:
        response = self.client.post(path, json=content, headers=self.headers)
        assert response.status_code == status, response.text
        answer = response.json()
        assert isinstance(answer, dict)
        return answer


def entered(app: ASGIApp, session: Session) -> Page:
    client = TestClient(app, base_url="http://127.0.0.1:8765")
    client.get("/", params={"token": session.token})
    return Page(client, session)


@pytest.fixture
def page(study_path: Path) -> Iterator[Page]:
    app, sessions = make_app(study_path, ["Ann"], port=8765, hosts=["127.0.0.1:8765"])
    yield entered(app, next(iter(sessions)))
