"""Real material with its labels: the texts from a folder outside the project, the labels from scripts/training.

The folder has the files named in SOURCES, one JSON object a line (see docs/learning.md, "Real material"); WORK_TALK
is a folder of Markdown transcripts, any of which may be missing: labels without their text are left out and counted.
The labels of talk were given by two independent second coders (language models) who saw codebook, question and text
only; what they disagree on is not learned from. Whole conversations and ids are held out: `held` rows are never shown
to the encoder; what is codable, probabilities, thresholds and direction are learned from them alone.
"""

import hashlib
import json
import re
import zlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from starter_material import COMB, TRAINING

from coder.domain import POLARITIES

SURVEY, COMMENTS, GROUPS = "barrier_survey_niblse", "patient_comments_v6", "focus_group_quotes_autspaces"
PODCAST, SMOKERS = "talk_podcast_brainscience", "talk_smokers_mibot"
WORK_TALK = "talk_changelog"  # Markdown files, as github.com/thechangelog/transcripts has them
SOURCES = {
    SURVEY: "answers to a survey of barriers to teaching bioinformatics (Williams et al. 2019), CC BY-SA 4.0",
    COMMENTS: "patients' comments with sentiment, The Strategy Unit pxtextmining (v6), MIT",
    GROUPS: "quotes of three focus groups, The Alan Turing Institute AutSPACEs, MIT",
    PODCAST: "spoken turns, Brain Science podcast, Changelog Media, CC BY-SA 4.0",
    WORK_TALK: "spoken turns about work, learning and habits, other podcasts of Changelog Media, CC BY-SA 4.0",
    SMOKERS: "smokers' words to a counsellor, MIBOT (ACL 2025), CC BY-SA 4.0",
}
SHORT = dict(zip(("pc", "yc", "po", "so", "rm", "am"), (
    "physical_capability", "psychological_capability", "physical_opportunity", "social_opportunity",
    "reflective_motivation", "automatic_motivation",
), strict=True))  # fmt: skip
SIDES = dict(zip("bfm", POLARITIES, strict=True))
LAST = 2  # `Row.later` of what was coded when the tuning was done
HELD_GROUP, HELD_TRUST = "4-september-2019", "NHFT"
SPEAKER = re.compile(r"\*\*[^*]+?:\*\*\s*(.*)")
MARKS = re.compile(r"\\?\[(?:[\d:.]+|laughs\\?)\\?\]")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
SENTENCES = re.compile(r'(?<=[.!?…])["”]?\s+(?=[A-Z"“0-9])')


@dataclass(frozen=True)
class Row:
    """A text with what both coders said alike; `codable` None where they disagree, `codes` and `side` likewise.

    `later` is 1 for rows coded after the first five parts of the tuning had been run, 2 for those coded when all of
    it was done: they are for measuring alone.
    """

    source: str
    id: str
    group: str
    text: str
    before: str | None
    codable: bool | None
    codes: tuple[str, ...]
    side: str | None
    held: bool
    later: int = 0


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def labels() -> list[dict[str, Any]]:
    """Return ids with both coders' labels as they wrote them: codes, the best first, and direction; `-` for none.

    `held` marks episodes that came when the encoder was tuned already.
    """
    return [json.loads(line) for line in (TRAINING / "real_labels.jsonl").read_text().splitlines()]


def parsed(answer: str) -> tuple[list[str], str | None]:
    codes, _, side = answer.partition(" ")
    return ([] if codes == "-" else [SHORT[code] for code in codes.split(",")]), SIDES.get(side)


@cache
def untuned() -> frozenset[str]:
    """Return the ids of the episodes that came when the encoder was tuned already."""
    return frozenset(row["id"] for row in labels() if row.get("held"))


def held(source: str, key: str, group: str) -> bool:
    """Return whether a row is kept from the encoders."""
    if key in untuned():
        return True
    if source == SURVEY:
        return int(key[1:]) % 2 == 1
    if source == GROUPS:
        return HELD_GROUP in group
    if source == COMMENTS:
        return group == HELD_TRUST
    return zlib.crc32(group.encode()) % 4 == 0


def talk(folder: Path) -> list[Row]:
    """Return the rows that two coders coded."""
    texts = {
        source: placed(folder, source) for source in (SURVEY, GROUPS, PODCAST, SMOKERS, COMMENTS, WORK_TALK)
    }
    rows: list[Row] = []
    missing = 0
    last: dict[str, tuple[str, str]] = {}
    for row in labels():
        source, key = row["source"], row["id"]
        if source == WORK_TALK and key not in texts[source]:
            missing += 1
            continue
        group, before, text = texts[source][key]
        if source in (PODCAST, WORK_TALK) and last.get(source, ("", ""))[0] == group:
            before = last[source][1]
        last[source] = group, text
        (a, side_a), (b, side_b) = parsed(row["a"]), parsed(row["b"])
        codable = bool(a) if bool(a) == bool(b) else None
        both = tuple(code for code in a if code in b)
        side = side_a if codable and side_a == side_b else None
        apart, later = held(source, key, group), int(row.get("later", 0))
        rows.append(Row(source, key, group, text, before, codable, both, side, apart, later))
    if missing:
        print(f"{missing} labelled texts are not in {folder / WORK_TALK}: left out.")
    return rows


def placed(folder: Path, source: str) -> dict[str, tuple[str, str | None, str]]:
    """Return group, what was asked before, and text of every row of a source, by the ids that labels use."""
    if source == WORK_TALK:
        return work_talk(folder)
    rows = lines(folder, source)
    if source == COMMENTS:
        return {
            f"v6:{at}": (row["trust"], " ".join(row["question"].split()), " ".join(row["text"].split()))
            for at, row in enumerate(rows)
        }
    if source == SURVEY:
        return {row["id"]: ("niblse", row["question"], row["text"]) for row in rows}
    if source == GROUPS:
        return {
            f"aut:{at}": (f"aut/{row['group'].strip('/')}", None, row["text"]) for at, row in enumerate(rows)
        }
    if source == SMOKERS:
        return {
            f"{row['conversation']}:{at}": (row["conversation"], row["question"], row["text"])
            for at, row in enumerate(rows)
        }
    return {
        f"{row['episode']}:{at}:{part}": (row["episode"], None, piece)
        for at, row in enumerate(rows)
        for part, piece in enumerate(pieces(row["text"]))
    }


def work_talk(folder: Path) -> dict[str, tuple[str, str | None, str]]:
    """Return pieces of Markdown transcripts by episode and the first half of a SHA-1 of their letters.

    So a label finds its text wherever in the folder the episode lies, and however much of it is there.
    """
    episodes = {
        row["id"].split(":")[1]: row["id"].split(":")[0] for row in labels() if row["source"] == WORK_TALK
    }
    pieces_by_id: dict[str, tuple[str, str | None, str]] = {}
    for file in sorted((folder / WORK_TALK).rglob("*.md")):
        for turn in spoken(file.read_text(encoding="utf-8")):
            for piece in pieces(turn):
                letters = re.sub(r"[^a-z0-9]", "", piece.lower())
                key = hashlib.sha1(letters.encode(), usedforsecurity=False).hexdigest()[:10]
                if key in episodes:
                    pieces_by_id[f"{episodes[key]}:{key}"] = episodes[key], None, piece
    return pieces_by_id


def spoken(markdown: str) -> list[str]:
    """Return the turns of a transcript (`**Name:** words`, further paragraphs below), free of links and marks."""
    turns: list[str] = []
    for line in markdown.splitlines():
        begun = SPEAKER.match(line.strip())
        if begun:
            turns.append(begun[1])
        elif line.strip() and not line.startswith("#") and turns:
            turns[-1] += " " + line.strip()
    return [re.sub(r"[\\\\*_]", "", LINK.sub(r"\1", MARKS.sub("", turn))) for turn in turns]


def pieces(text: str) -> list[str]:
    """Cut a spoken turn into pieces of one to three sentences, about 22 to 55 words."""
    parts: list[str] = []
    current: list[str] = []
    count = 0
    for sentence in SENTENCES.split(text):
        words = len(sentence.split())
        if current and (count + words > 55 or len(current) >= 3 or (count >= 22 and words > 8)):
            parts.append(" ".join(current))
            current, count = [], 0
        current.append(sentence)
        count += words
    if current:
        if parts and count < 5:
            parts[-1] += " " + " ".join(current)
        else:
            parts.append(" ".join(current))
    return parts


def once_coded(folder: Path, known: set[str]) -> list[Row]:
    """Return further talk that one coder coded, without direction: it was not told what the behaviour is."""
    rows = []
    for source in (PODCAST, SMOKERS):
        for row in lines(folder, f"coded/{source}"):
            group = row["id"].partition("-")[0]
            if row["text"] not in known:
                rows.append(
                    Row(source, row["id"], group, row["text"], row["before"] or None, bool(row["codes"]),
                        tuple(row["codes"]), None, held(source, row["id"], group))
                )  # fmt: skip
    return rows


def mapped_survey(folder: Path) -> list[Row]:
    """Return survey answers whose categories, given by the researchers, map clearly to COM-B: all barriers."""
    ids = {code.label.casefold(): code.id for code in COMB.codes}
    return [
        Row(SURVEY, row["id"], row["question"], row["text"], row["question"], True,
            tuple(ids[label] for label in row["comb"]), "barrier", held(SURVEY, row["id"], ""))
        for row in lines(folder, SURVEY)
        if row["comb"]
    ]  # fmt: skip


def agreement() -> dict[str, dict[str, float]]:
    """Return, by source, how far the two coders agree: kappa of codable, of the first code, and of direction.

    Rows coded when the tuning was done are left out.
    """
    pairs = defaultdict(list)
    for row in labels():
        if row.get("later") == LAST:
            continue
        pairs[row["source"]].append((parsed(row["a"]), parsed(row["b"])))
    figures = {}
    for source, both in pairs.items():
        coded = [(a, b) for a, b in both if a[0] and b[0]]
        figures[source] = {
            "n": len(both),
            "codable": kappa([(bool(a[0]), bool(b[0])) for a, b in both]),
            "first code": kappa([(a[0][0], b[0][0]) for a, b in coded]),
            "direction": kappa([(a[1], b[1]) for a, b in coded]),
        }
    return figures


def kappa(pairs: list[tuple[object, object]]) -> float:
    n = len(pairs)
    alike = sum(a == b for a, b in pairs) / n
    chance = sum(
        sum(a == value for a, _ in pairs) * sum(b == value for _, b in pairs)
        for value in {a for a, _ in pairs}
    )
    return round((alike - chance / n**2) / (1 - chance / n**2), 3)
