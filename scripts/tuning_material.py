"""What the large encoder and the branches are tuned on, as lessons: invented studies, and real texts with labels."""

import random
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from large_tuning import NOUNS, Lesson
from real_material import (
    COMMENTS,
    GROUPS,
    HELD_GROUP,
    HELD_TRUST,
    SMOKERS,
    SURVEY,
    Row,
    lines,
    once_coded,
    talk,
)  # fmt: skip
from starter_material import (
    COMB,
    DOMAINS,
    asked_rows,
    comb_rows,
    comb_wordings,
    lifelike_rows,
    newest_rows,
    other_books,
    wording_of,
)  # fmt: skip

from coder.domain import POLARITIES
from coder.learning import label_matrix
from coder.learning.training.encoder_tuning import BATCH, Wording

NEGATED = re.compile(
    r"\b(lack|no|not|lim\w*|insuff\w*|poor|difficult\w*|hard|too|never|under\w*|over\w*)\b", re.I
)


def side(polarity: str | None) -> int:
    return POLARITIES.index(polarity) if polarity in POLARITIES else -1


def invented() -> dict[str, list[Lesson]]:
    """Lessons of made-up studies: lifelike ones, others, and those with other codebooks."""
    lifelike = {row["study"] for row in lifelike_rows()}
    by_study = defaultdict(list)
    for row in comb_rows():
        by_study[row["study"]].append(row)
    lessons: dict[str, list[Lesson]] = {"lifelike": [], "others": [], "codebooks": []}
    for study, rows in by_study.items():
        kind = "lifelike" if study in lifelike or study.startswith("g-") else "others"
        groups = [frozenset(DOMAINS[name] for name in row.get("tdf") or ()) for row in rows]
        lesson = made_up(study, rows, comb_wordings(), label_matrix([row["codes"] for row in rows], COMB))
        coded = (lesson.labels == 1).any(axis=1).astype(int)
        lessons[kind].append(replace(lesson, groups=groups, codable=coded))
    for book, rows in other_books():
        known = [[code for code in row["codes"] if code in book.by_id] for row in rows]
        lessons["codebooks"].append(made_up(book.name, rows, [wording_of(book)], label_matrix(known, book)))
    return lessons


def made_up(name: str, rows: list[dict[str, Any]], wordings: list[Wording], labels: np.ndarray) -> Lesson:
    sides = np.array([side(row["polarity"]) for row in rows])
    return Lesson(
        name, [row["text"] for row in rows], labels, sides, [row.get("question") for row in rows], wordings
    )


def newest(*kinds: str) -> list[Lesson]:
    """Lessons of the excerpts written last (their studies begin with `kinds`), small studies joined to full steps."""
    by_study = defaultdict(list)
    for row in newest_rows() + asked_rows():
        if row["study"].startswith(kinds):
            by_study[row["study"]].append(row)
    groups: list[list[dict[str, Any]]] = [[]]
    for study in sorted(by_study):
        groups[-1] += by_study[study]
        if len(groups[-1]) >= 20:
            groups.append([])
    lessons = []
    for number, rows in enumerate(groups):
        if rows:
            labels = label_matrix([row["codes"] for row in rows], COMB)
            lesson = made_up(f"newest {number}", rows, comb_wordings(), labels)
            lessons.append(replace(lesson, codable=(labels == 1).any(axis=1).astype(int)))
    return lessons


def survey(rows: list[Row]) -> list[Lesson]:
    """Survey answers by question: all are barriers, but only the question says so."""
    by_question = defaultdict(list)
    for row in rows:
        by_question[row.group].append(row)
    return [
        replace(real(question[:20], part, 1.0), side_alone=False, codable=None)
        for question, part in by_question.items()
    ]


def real(name: str, rows: list[Row], side_share: float) -> Lesson:
    coded = np.array([-1 if row.codable is None else int(row.codable) for row in rows])
    return Lesson(
        name, [row.text for row in rows], label_matrix([row.codes for row in rows], COMB),
        np.array([side(row.side) for row in rows]), [row.before for row in rows], comb_wordings(),
        codable=coded, codable_share=0.3, side_share=side_share,
    )  # fmt: skip


def conversations(folder: Path, *, alone: bool = False) -> list[Lesson]:
    """The coded talk that is not held out: a few smokers' conversations together, the other ones one by one.

    With `alone` the direction of smokers' words is learned from the text without the question, too.
    """
    rows = [row for row in talk(folder) if not row.later]
    rows += [replace(row, side=None) for row in once_coded(folder, {row.text for row in rows})]
    rows = [row for row in rows if not row.held]
    smokers = sorted({row.group for row in rows if row.source == SMOKERS})
    random.Random(3).shuffle(smokers)
    lessons = []
    for start in range(0, len(smokers), 5):
        part = [row for row in rows if row.source == SMOKERS and row.group in smokers[start : start + 5]]
        lessons.append(replace(real(f"smokers {start}", part, 0.6), side_alone=alone))
    for group in sorted({row.group for row in rows if row.source != SMOKERS}):
        part = [row for row in rows if row.source != SMOKERS and row.group == group]
        lessons.append(replace(real(group, part, 0.6), side_alone=part[0].source != SURVEY))
    return lessons


def later_talk(folder: Path) -> tuple[list[Lesson], list[Lesson]]:
    """What was coded later and is not held out: talk by conversation, and patients' comments by question."""
    rows = [row for row in talk(folder) if row.later == 1 and not row.held]
    talked = [row for row in rows if row.source != COMMENTS]
    by_question = defaultdict(list)
    for row in rows:
        if row.source == COMMENTS:
            by_question[row.before or ""].append(row)
    spoken = [
        real(group, [row for row in talked if row.group == group], 0.6)
        for group in sorted({row.group for row in talked})
    ]
    written = [
        replace(real(question[:20], part, 0.6), side_alone=False)
        for question, part in sorted(by_question.items())
        if len(part) > BATCH
    ]
    return spoken, written


def comments(folder: Path) -> list[Lesson]:
    """Patients' comments of one trust by service, with the framework's labels as a codebook of its own."""
    rows = [row for row in lines(folder, COMMENTS) if row["trust"] != HELD_TRUST]
    counts = Counter(code for row in rows for code in row["codes"])
    codes = sorted(code for code, count in counts.items() if count >= 5)
    parts = [
        (part.strip(), at)
        for at, code in enumerate(codes)
        for part in re.split("[&,/]", code)
        if len(part.strip()) > 3
    ]
    whole = Wording(codes, list(range(len(codes))), [None] * len(codes))
    split = Wording([part for part, _ in parts], [at for _, at in parts], [None] * len(parts))
    lessons = []
    for service in dict.fromkeys(row["service"] for row in rows):
        of_service = [row for row in rows if row["service"] == service]
        labels = np.array(
            [[int(code in row["codes"]) for code in codes] for row in of_service], dtype=np.int8
        )
        sides = np.array([{1: 1, 2: 1, 4: 0, 5: 0}.get(row["sentiment"], -1) for row in of_service])
        asked = [" ".join(row["question"].split()) for row in of_service]
        lessons.append(
            Lesson(service, [row["text"] for row in of_service], labels, sides, asked, [whole, split])
        )
    return lessons


def headings(folder: Path) -> list[Lesson]:
    """Quotes of focus groups under the team's own headings, as a codebook of its own."""
    lessons = []
    rows = [
        row for row in lines(folder, GROUPS) if row["group"] != HELD_GROUP and len(row["text"].split()) > 4
    ]
    for group in dict.fromkeys(row["group"] for row in rows):
        of_group = [(row, heading(row["code"])) for row in rows if row["group"] == group]
        counts = Counter(name for _, name in of_group if name != "General")
        names = sorted(name for name, count in counts.items() if count >= 2)
        of_group = [(row, name) for row, name in of_group if name in names]
        above = {name: re.sub(r"^\d+\.\s*", "", row["theme"]).strip() for row, name in of_group}
        texts = names + [f"{above[name]}: {name}" for name in names]
        wording = Wording(texts, [*range(len(names))] * 2, [None] * len(texts))
        labels = np.array([[int(name == other) for other in names] for _, name in of_group], dtype=np.int8)
        nothing = np.full(len(of_group), -1)
        lessons.append(
            Lesson(
                group,
                [row["text"] for row, _ in of_group],
                labels,
                nothing,
                [None] * len(of_group),
                [wording],
            )
        )
    return lessons


def heading(code: str) -> str:
    return re.sub(r"^(\w\)|\(\*\*.*?\):?)\s*", "", code).strip()


def nouns(rows: list[Row]) -> list[str]:
    """Bare answers for twins: invented ones, and the survey's own that say nothing of a lack."""
    own_nouns = [
        row.text.strip() for row in rows if len(row.text.split()) <= 4 and not NEGATED.search(row.text)
    ]
    return [*NOUNS, *own_nouns, *NOUNS]
