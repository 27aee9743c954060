"""The excerpts and codebooks the starter models learn from, read from data/sample/excerpts."""

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from coder.codebook import Codebook, from_dict, load_codebook
from coder.domain import POLARITIES
from coder.learning import TrainingSet, label_matrix
from coder.learning.features.codebook_similarity import codebook_phrases
from coder.learning.training.encoder_tuning import Lesson, Wording

ROOT = Path(__file__).parent.parent
EXCERPTS = ROOT / "data/sample/excerpts"
TRAINING = ROOT / "scripts/training"
STARTER, SMALL = ROOT / "models/starter", ROOT / "models/starter-small"
COMB = load_codebook("comb")
DOMAINS = {  # how the excerpts name the domains of the Theoretical Domains Framework -> how the codebook does
    "knowledge": "knowledge",
    "skills_cognitive_interpersonal": "cognitive and interpersonal skills",
    "memory_attention_decision": "memory, attention and decision processes",
    "behavioural_regulation": "behavioural regulation",
    "skills_physical": "physical skills",
    "environmental_context_resources": "environmental context and resources",
    "social_influences": "social influences",
    "role_identity": "social or professional role and identity",
    "social_professional_role_identity": "social or professional role and identity",
    "beliefs_capabilities": "beliefs about capabilities",
    "beliefs_about_capabilities": "beliefs about capabilities",
    "beliefs_consequences": "beliefs about consequences",
    "beliefs_about_consequences": "beliefs about consequences",
    "optimism": "optimism",
    "intentions": "intentions",
    "goals": "goals",
    "emotion": "emotion",
    "reinforcement": "reinforcement",
    "habit": "reinforcement",
}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXCERPTS / name).read_text(encoding="utf-8").splitlines() if line]


def lifelike_rows() -> list[dict[str, Any]]:
    """Whole interviews, plain and second-language talk, excerpts written after published coding decisions."""
    return [row for letter in "dqtu" for row in lines(f"excerpts_{letter}.jsonl")]


def comb_rows() -> list[dict[str, Any]]:
    """Excerpts coded to COM-B; eight contrast sets make a study, so that no set is ever split."""
    rows = lifelike_rows() + [row for letter in "abchprw" for row in lines(f"excerpts_{letter}.jsonl")]
    return rows + [{**row, "study": f"g-{int(row['set'][1:]) // 8}"} for row in lines("contrasts_g.jsonl")]


def newest_rows() -> list[dict[str, Any]]:
    """Excerpts that teach the relation instead of the word: one frame or noun, another code or direction."""
    return [row for row in lines("excerpts_x.jsonl") if all(code in COMB.by_id for code in row["codes"])]


def asked_rows() -> list[dict[str, Any]]:
    """Answers after questions, short ones in surveys, and talk that runs on: what the branch learned from besides."""
    return lines("excerpts_y.jsonl")


def transcript_rows() -> list[dict[str, Any]]:
    """Passages of the sample interviews that two coders coded alike: never used to tune the encoder."""
    return lines("transcript_units.jsonl")


def other_books() -> list[tuple[Codebook, list[dict[str, Any]]]]:
    """Codebooks of other kinds with the excerpts coded to them."""
    books = []
    for letter in "fkvsm":
        rows = defaultdict(list)
        for row in lines(f"excerpts_{letter}.jsonl"):
            rows[row["codebook"]].append(row)
        for book in lines(f"codebooks_{letter}.jsonl"):
            codes = [{**code, "parent": code.pop("component", None)} for code in book["codes"]]
            books.append((from_dict({"name": book["name"], "codes": codes}), rows[book["id"]]))
    return books


def training_set(rows: list[dict[str, Any]]) -> TrainingSet:
    labels = label_matrix([row["codes"] for row in rows], COMB)
    studies = [row["study"] for row in rows]
    groups = [row.get("transcript") or row["study"] for row in rows]
    homes = [row.get("transcript") or "" for row in rows]
    turns = [
        (home, row.get("turn", at)) if home else at
        for at, (home, row) in enumerate(zip(homes, rows, strict=True))
    ]
    return TrainingSet(
        [row["text"] for row in rows], labels, [row["polarity"] for row in rows], [], groups, studies,
        transcripts=homes, turns=turns,
    )  # fmt: skip


def wording_of(book: Codebook) -> Wording:
    phrases = codebook_phrases(book)
    heads = [phrase.text.partition(": ") for phrase in phrases]
    groups = [
        head if tail and phrase.kind == "subtheme" else None
        for (head, _, tail), phrase in zip(heads, phrases, strict=True)
    ]
    return Wording([phrase.text for phrase in phrases], [phrase.code for phrase in phrases], groups)


def comb_wordings() -> list[Wording]:
    """COM-B as the shipped codebook puts it, without the domains' names, and in three other wordings."""
    written = wording_of(COMB)
    bare = replace(written, texts=[text.partition(": ")[2] or text for text in written.texts])
    others = json.loads((EXCERPTS / "comb_wordings.json").read_text(encoding="utf-8"))
    wordings = [written, bare]
    for other in others:
        flat = [
            (text, code_index, group)
            for code_index, code in enumerate(COMB.ids)
            for text, group in other[code]
        ]
        texts, codes, groups = zip(*flat, strict=True)
        wordings.append(Wording(texts, codes, groups))
    return wordings


def lessons() -> dict[str, Lesson]:
    """All lessons by the name of their study or codebook."""
    by_study = defaultdict(list)
    for row in comb_rows():
        by_study[row["study"]].append(row)
    wordings = comb_wordings()
    lessons_by_study = {}
    for study, rows in by_study.items():
        groups = [frozenset(DOMAINS[name] for name in row.get("tdf") or ()) for row in rows]
        lessons_by_study[study] = replace(_lesson(COMB, rows), wordings=wordings, groups=groups, codable=True)
    for book, rows in other_books():
        lessons_by_study[book.name] = _lesson(book, rows)
    return lessons_by_study


def _lesson(book: Codebook, rows: list[dict[str, Any]]) -> Lesson:
    sides = np.array([POLARITIES.index(row["polarity"]) if row["polarity"] else -1 for row in rows])
    known = [[code for code in row["codes"] if code in book.by_id] for row in rows]
    return Lesson([row["text"] for row in rows], label_matrix(known, book), sides, [wording_of(book)])
