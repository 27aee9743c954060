"""Sub-themes of a report: proposed groups of similar passages, or groups that a person named in a table."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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

Encode = Callable[[Sequence[str]], "Floats"]

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
KEYWORDS = 3
WORD = r"(?u)(?<![\w'’])[^\W\d_]{3,}(?![\w'’])"  # no halves of contractions: "didn" of "didn't"
OTHER = "other passages"
# Words of all talk, which tell no group from another; scikit-learn's list has the function words.
SPOKEN = {
    "actually",
    "asked",
    "bit",
    "came",
    "come",
    "day",
    "doing",
    "end",
    "feel",
    "getting",
    "goes",
    "going",
    "good",
    "got",
    "just",
    "kind",
    "know",
    "laughs",
    "like",
    "likes",
    "little",
    "long",
    "look",
    "looked",
    "lot",
    "make",
    "maybe",
    "mean",
    "pause",
    "people",
    "probably",
    "quite",
    "real",
    "really",
    "right",
    "said",
    "saw",
    "say",
    "saying",
    "says",
    "sort",
    "stuff",
    "suppose",
    "sure",
    "tell",
    "thing",
    "things",
    "think",
    "thought",
    "told",
    "took",
    "try",
    "use",
    "used",
    "want",
    "wanted",
    "way",
    "went",
    "yeah",
    "years",
    "yes",
}


def propose_groups(data: StudyData, encode: Encode) -> list[Group]:
    """Return groups of similar passages under each code and polarity, all of them proposals.

    Passages are filed under the most similar sub-theme that the codebook has for the code and polarity. The others
    are clustered (k-means; the number of clusters with the best silhouette) and named by the words that tell a
    cluster from the rest.
    """
    passages = passages_of(data.codings)
    if not passages or len(passages) > MOST_PASSAGES:
        return _ungrouped(passages)
    vectors = encode([passage.text for passage in passages])
    cells: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        cells[passage.first.code, passage.first.polarity].append(at)
    words = _word_counts(passages)
    found: list[Group] = []
    for (code, polarity), places in cells.items():
        themes = _subthemes(data.codebook.by_id[code], polarity)
        filed = (
            _filed(vectors[places], encode([theme.label for theme in themes]))
            if themes
            else [-1] * len(places)
        )
        names = _theme_names(themes)
        left = [at for at, theme in zip(places, filed, strict=True) if theme < 0]
        mine = [
            (
                name,
                [at for at, theme in zip(places, filed, strict=True) if theme >= 0 and names[theme] == name],
                True,
            )
            for name in dict.fromkeys(names)
        ]
        clusters = _clustered(vectors[left])
        mine += [
            (words(rows), rows, False)
            for at in sorted(set(clusters))
            for rows in [_chosen(left, clusters, at)]
        ]
        for name, rows, known in sorted(mine, key=lambda item: (not item[2], -len(item[1]))):
            if rows:
                typical = _by_typicality([passages[row] for row in rows], vectors[rows])
                found.append(Group(name, code, polarity, tuple(typical), proposed=True, filed=known))
    return found


def _named(
    words: Callable[[Sequence[int]], str], clusters: Sequence[Sequence[int]]
) -> list[tuple[str, list[int], bool]]:
    """Return clusters with their names; those without a telling word are one group together."""
    found: dict[str, list[int]] = {}
    for rows in clusters:
        name = words(rows) if len(rows) >= SMALLEST else OTHER
        found[name] = sorted([*found.get(name, []), *rows])
    return [(name, rows, False) for name, rows in found.items()]


def _chosen(places: Sequence[int], labels: Sequence[int], wanted: int) -> list[int]:
    return [place for place, label in zip(places, labels, strict=True) if label == wanted]


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
    from sklearn.metrics import silhouette_score

    best, labels = APART, [0] * len(vectors)
    most = min(MOST_CLUSTERS, len(vectors) // SMALLEST) if len(vectors) >= FEWEST else 1
    for count in range(2, most + 1):
        guess = KMeans(count, n_init=10, random_state=0).fit_predict(vectors)
        score = (
            float(silhouette_score(vectors, guess, metric="cosine")) if len(set(guess.tolist())) > 1 else -1.0
        )
        if score > best:
            best, labels = score, guess.tolist()
    return labels


def _by_typicality(passages: Sequence[Passage], vectors: "Floats") -> list[Passage]:
    """Return passages with the nearest to their mean first, those of a readable length before the others."""
    near = vectors @ vectors.mean(axis=0)
    low, high = READABLE

    def rank(row: int) -> tuple[bool, float]:
        return not low <= len(passages[row].text) <= high, -float(near[row])

    return [passages[row] for row in sorted(range(len(passages)), key=rank)]


def _word_counts(passages: Sequence[Passage]) -> Callable[[Sequence[int]], str]:
    """Return a function that names some of the passages by the words they have more often than all others."""
    import numpy as np
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    stop = sorted(ENGLISH_STOP_WORDS | SPOKEN)
    counter = CountVectorizer(stop_words=stop, token_pattern=WORD, binary=True)
    try:
        counts = counter.fit_transform([passage.text for passage in passages])
    except ValueError:  # not one word of three letters
        return lambda rows: OTHER
    names, everywhere = counter.get_feature_names_out(), np.asarray(counts.sum(axis=0)).ravel()

    def named(rows: Sequence[int]) -> str:
        here = np.asarray(counts[list(rows)].sum(axis=0)).ravel()
        # Share of the group's passages with the word, times how much more usual it is here than elsewhere.
        score = here / len(rows) * np.log((1 + here) / len(rows) * len(passages) / (1 + everywhere))
        score = np.where(
            here >= min(2, len(rows)), score, 0.0
        )  # a word of one passage alone says nothing of a group
        best = [at for at in np.argsort(-score, kind="stable")[:KEYWORDS] if score[at] > 0]
        return ", ".join(names[at] for at in best) or OTHER

    return named


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
    found: defaultdict[tuple[str, str | None, str], list[Passage]] = defaultdict(list)
    for key, passage in passages.items():
        found[passage.first.code, passage.first.polarity, named.get(key, "")].append(passage)
    groups = [
        Group(name or "not grouped", code, polarity, tuple(mine), proposed=not name)
        for (code, polarity, name), mine in found.items()
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
