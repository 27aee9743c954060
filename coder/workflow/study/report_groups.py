"""Sub-themes of a report: groups of similar passages, proposed and named here, or named by a person in a table."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Code, Codebook, SubTheme
from coder.errors import TableError
from coder.reporting.rows import open_rows
from coder.reporting.study.values import Group, Passage, StudyData, passages_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS = ("group", "code", "polarity", "transcript", "utterance", "participant", "text", "proposed")
NEEDED = ("group", "code", "transcript", "utterance")
MOST_PASSAGES = 20_000  # beyond, encoding takes minutes: no groups are proposed
FEWEST = 8  # passages worth splitting into clusters
SMALLEST = 4  # passages of a cluster, on average
MOST_CLUSTERS = 4  # of one code and polarity: what a cell of a table can show
APART = 0.05  # silhouette from which clusters are told from one cloud (Rousseeuw 1987: 0 = on the border)
# Cosine from which a passage is filed under a sub-theme. Of the 49 quotes in held-out/coproduction-quotes.csv of the
# sample whose code has several sub-themes it files 88 %, 67 % of them as their authors did (by chance: 31 %).
LIKE = 0.15
READABLE = (40, 320)  # characters of a passage that makes a good quote
Encode = Callable[[Sequence[str]], "Floats"]
Namer = Callable[[Sequence[int]], str]
MOST_WORDS, FEWEST_WORDS = 3, 2  # one word alone ("funny") names no group
CANDIDATES = 16  # words that are looked at more closely, the most telling first
# A word names a group that a third of its passages have, and three at least: of the sample study's groups, words of
# fewer passages ("ring, young, bus") say less than a participant's own words.
SHARE, FEWEST_TEXTS = 1 / 3, 3
QUOTED = (4, 11)  # words of a sentence that can stand for a name
QUOTED_FROM = 8  # texts, the most typical first, whose sentences are looked at
STEM = 5  # letters in common from which two words say the same: "visit", "visits", "visiting"
ASIDE = re.compile(r"[(\[][^)\]]*[)\]]\s*")  # "(pause)", "[laughs]"
SENTENCE = re.compile(r"[^.?!…]+[.?!…]*")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SHORTEST = 3  # letters of a telling word
# Words of all talk, which tell no group from another; scikit-learn's list has the function words.
_SPOKEN = """
able absolutely actual actually afternoon asked away bad basically big bit bits came come comes coming course
day days definitely did didn different does doing end evening exactly fact feel feels felt fine funny gets
getting given gives goes going gone good got great guess half happen happened happens hard having honest
honestly hour hours idea just kind knew know knows laughs let like liked likes little long look looked looking
looks lot lots made make makes making matter maybe mean means meant mind minute minutes moment month months
morning need needed needs new nice nobody number obviously okay old one ones pause people perhaps person place
point pretty probably put question quick quite rather read real really right round said saw say saying says
second seem seems seen set sit small somebody somehow sort sorts start started stay stop stuff suppose sure
taken takes talk tell tells thing things think thinking thought time times today told took tried true try
trying turn turned two understand use used usually view want wanted wants way ways week weeks went word words
work works worse worst wrong yeah year years yes yesterday
"""
SPOKEN = frozenset(_SPOKEN.split())


def namer(texts: Sequence[str], vectors: "Floats", encode: Encode) -> Namer:
    """Return a function that names the group of some of the texts, given by row, the most typical text first.

    A name is two or three words that many texts of the group have and few others (the share of the group's texts
    with the word, times the log of how much more usual it is there than elsewhere), those nearest in meaning to what
    sets the group apart (cosine to the group's mean vector less the mean of all). Where there are no two such words,
    the name is in the participants' own words (an in vivo code): the short sentence nearest to the group's mean,
    between quotation marks. `vectors` (n, d) are the texts'.
    """
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=_telling, binary=True)
    try:
        counts = counter.fit_transform(texts).tocsc()
    except ValueError:  # not one telling word
        return lambda rows: in_vivo([texts[row] for row in rows], vectors[list(rows)].mean(axis=0), encode)
    words, everywhere = counter.get_feature_names_out(), np.asarray(counts.sum(axis=0)).ravel()
    middle = vectors.mean(axis=0)

    def name(rows: Sequence[int]) -> str:
        mean = vectors[list(rows)].mean(axis=0)
        within = np.asarray(counts[list(rows)].sum(axis=0)).ravel()
        elsewhere = (everywhere - within + 0.5) / (len(texts) - len(rows) + 1)
        score = within / len(rows) * np.log((within + 0.5) / (len(rows) + 1) / elsewhere)
        score[within < max(FEWEST_TEXTS, SHARE * len(rows))] = 0.0
        best = [int(at) for at in np.argsort(-score, kind="stable")[:CANDIDATES] if score[at] > 0]
        if len(best) < FEWEST_WORDS:
            return in_vivo([texts[row] for row in rows], mean, encode)
        likeness = encode([str(words[at]) for at in best]) @ (mean - middle)
        weighed = score[best] * np.maximum(likeness, 0.0)
        ordered = [str(words[best[at]]) for at in np.argsort(-weighed, kind="stable") if weighed[at] > 0]
        chosen = _different(ordered)[:MOST_WORDS]
        if len(chosen) < FEWEST_WORDS:
            return in_vivo([texts[row] for row in rows], mean, encode)
        return ", ".join(chosen)

    return name


def in_vivo(texts: Sequence[str], mean: "Floats", encode: Encode) -> str:
    """Return the short sentence of some texts that is nearest to a mean vector (d,), between quotation marks."""
    low, high = QUOTED
    sentences = [
        sentence.strip(" -–,;")
        for text in texts[:QUOTED_FROM]
        for sentence in SENTENCE.findall(ASIDE.sub(" ", text))
    ]
    short = list(dict.fromkeys(item for item in sentences if low <= len(item.split()) <= high))
    if not short:
        words = texts[0].split()
        return f"“{' '.join(words[:high])}{' …' if len(words) > high else ''}”"
    nearest = short[int((encode(short) @ mean).argmax())]
    return f"“{nearest.rstrip('.,; ')}”"


def _telling(text: str) -> list[str]:
    """Return the words of a text that can tell something, and the pairs of them that stand side by side."""
    stop = _stop_words()
    words = [word.replace("’", "'") for word in WORD.findall(text.lower())]  # not casefold: ß stays ß
    telling = [
        word if len(word) >= SHORTEST and word not in stop and "'" not in word else "" for word in words
    ]
    pairs = [f"{a} {b}" for a, b in pairwise(telling) if a and b]
    return [*filter(None, telling), *pairs]


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return SPOKEN.union(ENGLISH_STOP_WORDS)


def _different(words: Sequence[str]) -> list[str]:
    """Return words without those that repeat one before them, alone, in a pair or in another form."""
    different: list[str] = []
    for word in words:
        known = {part[:STEM] for other in different for part in other.split()}
        if not known & {part[:STEM] for part in word.split()}:
            different.append(word)
    return different


def propose_groups(
    data: StudyData, encode: Encode, *, only: tuple[str, str | None] | None = None
) -> list[Group]:
    """Return groups of similar passages under each code and polarity (or of one), all of them proposals.

    Passages are filed under the most similar sub-theme that the codebook has for the code and polarity. The others
    are clustered (k-means; the number of clusters with the best silhouette) and named by `namer`.
    """
    passages = passages_of(data.codings)
    if not passages or len(passages) > MOST_PASSAGES:
        return [group for group in _ungrouped(passages) if only in (None, (group.code, group.polarity))]
    texts = [passage.text for passage in passages]
    vectors = encode(texts)
    cells: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        cells[passage.first.code, passage.first.polarity].append(at)
    name = namer(texts, vectors, encode)
    groups: list[Group] = []
    for (code, polarity), places in cells.items():
        if only not in (None, (code, polarity)):
            continue
        themes = _subthemes(data.codebook.by_id[code], polarity)
        used: list[str] = []
        for label, rows in _parts(themes, places, vectors, encode):
            rows = _by_typicality([passages[row].text for row in rows], rows, vectors)
            typical = tuple(passages[row] for row in rows)
            used.append(_unlike(label or name(rows), used))
            groups.append(Group(used[-1], code, polarity, typical, proposed=True, filed=label is not None))
    return groups


def _unlike(name: str, used: Sequence[str]) -> str:
    """Return a name that no other group of the same code and polarity has."""
    same = sum(other == name or other.startswith(f"{name} (") for other in used)
    return f"{name} ({same + 1})" if same else name


def _parts(
    themes: Sequence[SubTheme], places: Sequence[int], vectors: "Floats", encode: Encode
) -> list[tuple[str | None, list[int]]]:
    """Return (sub-theme, rows of its passages), then (None, rows) of each cluster of the others, largest first."""
    names = _theme_names(themes)
    nearest = (
        _filed(vectors[list(places)], encode([theme.label for theme in themes]))
        if themes
        else [-1] * len(places)
    )
    filed: dict[str | None, list[int]] = {}
    left: list[int] = []
    for row, theme in zip(places, nearest, strict=True):
        (filed.setdefault(names[theme], []) if theme >= 0 else left).append(row)
    labels = _clustered(vectors[left])
    clusters = [_chosen(left, labels, at) for at in sorted(set(labels))]
    largest = sorted(filed.items(), key=lambda item: -len(item[1]))
    return [*largest, *((None, rows) for rows in sorted(clusters, key=len, reverse=True))]


def _chosen(rows: Sequence[int], labels: Sequence[int], wanted: int) -> list[int]:
    return [row for row, label in zip(rows, labels, strict=True) if label == wanted]


def _ungrouped(passages: Sequence[Passage]) -> list[Group]:
    cells: defaultdict[tuple[str, str | None], list[Passage]] = defaultdict(list)
    for passage in passages:
        cells[passage.first.code, passage.first.polarity].append(passage)
    return [
        Group("all passages", code, polarity, tuple(mine), proposed=True)
        for (code, polarity), mine in cells.items()
    ]


def _subthemes(code: Code, polarity: str | None) -> list[SubTheme]:
    """Return the sub-themes that a coding of this polarity may belong to."""
    return [
        theme
        for theme in code.subthemes
        if theme.polarity is None or polarity in (theme.polarity, "mixed", None)
    ]


def _theme_names(themes: Sequence[SubTheme]) -> list[str]:
    """Return the names to show: of "emotion: afraid" and "emotion: bored" the part that they share."""
    heads = [theme.label.split(":")[0].strip() for theme in themes]
    return [head if heads.count(head) > 1 else theme.label for head, theme in zip(heads, themes, strict=True)]


def _filed(passages: "Floats", themes: "Floats") -> list[int]:
    """Return the most similar sub-theme of each passage (cosine), -1 where none is near."""
    likeness = passages @ themes.T
    best = likeness.argmax(axis=1)
    return [int(at) if likeness[row, at] >= LIKE else -1 for row, at in enumerate(best)]


def _clustered(vectors: "Floats") -> list[int]:
    """Return a cluster number per passage; one cluster where a split tells nothing apart."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    best, labels = APART, [0] * len(vectors)
    most = min(MOST_CLUSTERS, len(vectors) // SMALLEST) if len(vectors) >= FEWEST else 1
    with threadpool_limits(1):  # threads of these small sums wait for each other longer than they work
        for count in range(2, most + 1):
            guess = KMeans(count, n_init=10, random_state=0).fit_predict(vectors)
            score = silhouette(vectors, guess)
            if score > best:
                best, labels = score, guess.tolist()
    return labels


def silhouette(vectors: "Floats", labels: "NDArray[np.integer[Any]]") -> float:
    """Return the mean silhouette (Rousseeuw 1987) of clusters by cosine distance; -1 if there is only one.

    One minus a cosine is linear, so the mean distance to a cluster needs its sum alone, not every pair.
    """
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1.0)
    names, own = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        return -1.0
    rows, sizes = np.arange(len(unit)), np.bincount(own)
    near = unit @ np.stack([unit[own == at].sum(axis=0) for at in range(len(names))]).T
    apart = 1.0 - near / sizes
    itself = (unit**2).sum(axis=1)
    others = np.maximum(sizes[own] - 1, 1)
    within = (others - (near[rows, own] - itself)) / others
    apart[rows, own] = np.inf
    between = apart.min(axis=1)
    scores = (between - within) / np.maximum(np.maximum(within, between), np.finfo(float).tiny)
    return float(np.where(sizes[own] > 1, scores, 0.0).mean())


def _by_typicality(texts: Sequence[str], rows: Sequence[int], vectors: "Floats") -> list[int]:
    """Return rows with the nearest to their mean first, those of a readable length before the others."""
    mine = vectors[list(rows)]
    near = mine @ mine.mean(axis=0)
    low, high = READABLE
    order = sorted(range(len(rows)), key=lambda at: (not low <= len(texts[at]) <= high, -float(near[at])))
    return [rows[at] for at in order]


def write_groups(path: Path, groups: Sequence[Group], data: StudyData, *, force: bool = False) -> None:
    """Write one row per passage with the name of its group, for a person to edit. Raises OutputError."""
    with open_rows(path, COLUMNS, force=force) as writer:
        writer.write(_row(group, passage, data) for group in groups for passage in group.passages)


def _row(group: Group, passage: Passage, data: StudyData) -> dict[str, Any]:
    first = passage.first
    return {
        "group": group.name, "code": group.code, "polarity": group.polarity or "", "transcript": first.transcript,
        "utterance": first.place, "participant": data.cases[first.case].name, "text": passage.text,
        "proposed": "yes" if group.proposed else "no",
    }  # fmt: skip


def read_groups(path: Path, data: StudyData) -> tuple[list[Group], list[str]]:
    """Return the groups that a person named in a table, and remarks on rows that fit no passage.

    Passages whose row has no group, or that have no row, stand in a group of their own kind: "not grouped". Raises
    TableError if a needed column is missing.
    """
    from coder.reading.tables.read import read_table

    frame = read_table(path)
    columns = {str(name).strip().casefold(): name for name in frame.columns}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise TableError(
            f"{path.name} has no column {', '.join(missing)}. Write the table with --write-groups, then edit 'group'."
        )
    passages = {_key(passage): passage for passage in passages_of(data.codings)}
    named: dict[tuple[str, str, str, str], str] = {}
    strange = []
    for number, row in zip(frame.attrs["row_numbers"], frame.to_dict("records"), strict=True):
        cells = {name: str(row[column] or "").strip() for name, column in columns.items()}
        key = (cells["transcript"], _whole(cells["utterance"]), cells["code"], cells.get("polarity", ""))
        if key not in passages:
            strange.append(number)
        elif cells["group"]:
            named[key] = cells["group"]
    return _grouped(passages, named), _remarks(path.name, strange, len(passages) - len(named))


def _key(passage: Passage) -> tuple[str, str, str, str]:
    first = passage.first
    return first.transcript, str(first.place), first.code, first.polarity or ""


def _whole(cell: str) -> str:
    """Return a number of a cell without the decimals that spreadsheets add."""
    return cell.removesuffix(".0")


def _grouped(
    passages: Mapping[tuple[str, str, str, str], Passage], named: Mapping[tuple[str, str, str, str], str]
) -> list[Group]:
    by_name: defaultdict[tuple[str, str | None, str], list[Passage]] = defaultdict(list)
    for key, passage in passages.items():
        by_name[passage.first.code, passage.first.polarity, named.get(key, "")].append(passage)
    groups = [
        Group(name or "not grouped", code, polarity, tuple(mine), proposed=not name)
        for (code, polarity, name), mine in by_name.items()
    ]
    return sorted(groups, key=lambda group: (group.proposed, -len(group.passages)))


def _remarks(name: str, strange: Sequence[int], left: int) -> list[str]:
    remarks = []
    if strange:
        rows = ", ".join(map(str, strange[:5])) + (" ..." if len(strange) > 5 else "")
        remarks.append(
            f"{name}: {len(strange)} rows fit no coded passage of this study and are not used (row {rows})."
        )
    if left:
        remarks.append(f"{name}: {left} passages have no group and stand under 'not grouped'.")
    return remarks


def with_subthemes(book: Codebook, groups: Sequence[Group]) -> Codebook:
    """Return the codebook with the names of a person's groups as sub-themes of their codes."""
    from dataclasses import replace

    codes = []
    for code in book.codes:
        known = {(theme.label.casefold(), theme.polarity) for theme in code.subthemes}
        new = [
            SubTheme(group.name, group.polarity)
            for group in groups
            if group.code == code.id
            and not group.proposed
            and (group.name.casefold(), group.polarity) not in known
        ]
        codes.append(replace(code, subthemes=(*code.subthemes, *dict.fromkeys(new))))
    return replace(book, codes=tuple(codes))
