"""Training, against the simple methods; only time and memory here, quality is measured in docs/learning.md."""

import csv
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import ROOT, Table, child, interleaved, middle, sentences


def excerpts(count: int, seed: int = 2) -> list[dict[str, str]]:
    """Return coded excerpts: two sample excerpts of one code and polarity joined, or uncoded talk, no two alike."""
    with (ROOT / "data/sample/codings.csv").open(encoding="utf-8") as stream:
        coded = [row for row in csv.DictReader(stream) if row["code"]]
    pools: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in coded:
        pools[row["code"], row["polarity"]].append(row["text"])
    kinds = [key for key, texts in pools.items() if len(texts) > 5]
    chance, talk = random.Random(seed), sentences()
    found: dict[str, dict[str, str]] = {}
    while len(found) < count:
        code, polarity = chance.choice(kinds) if chance.random() < 0.7 else ("", "")
        text = " ".join(chance.sample(pools[code, polarity], 2) if code else chance.sample(talk, 3))
        group = str(len(found) % 40)
        found[text] = {"text": text, "code": code, "polarity": polarity, "transcript": group, "study": "s"}
    return list(found.values())


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write excerpts as the table that `coder train` reads."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def rivals(rows: list[dict[str, str]]) -> dict[str, Callable[[], Any]]:
    """Return the simple methods as jobs: one fit each of codes, without any held-out measurement."""
    from sentence_transformers import SentenceTransformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    from coder.encoding.weights import model_folder

    texts, codes = [row["text"] for row in rows], [row["code"] for row in rows]
    encoder = SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)

    def frozen() -> Any:
        vectors = encoder.encode(texts, show_progress_bar=False)
        return LogisticRegression(class_weight="balanced", max_iter=2000).fit(vectors, codes)

    def words() -> Any:
        features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
        return LinearSVC().fit(features, codes)

    return {"TF-IDF and linear SVM, one fit": words, "frozen sentence-transformers and LR, one fit": frozen}


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the training table."""
    rows = []
    for count in (200,) if quick else (1_000, 8_000):
        material = excerpts(count)
        for name, taken in interleaved(rivals(material), 1, warm=False).items():
            rows.append([f"{count:,}", name, middle(taken, 1), "", ""])
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "excerpts.csv"
            write(material, table)
            for name, extra, cache in (
                ("`coder train`, held-out report and all", (), "memory"),
                ("`coder train --no-measure`", ("--no-measure",), str(Path(folder) / "cache")),
                (
                    "`coder train --no-measure`, vectors in the cache",
                    ("--no-measure",),
                    str(Path(folder) / "cache"),
                ),
            ):
                command = [
                    "-m",
                    "coder",
                    "train",
                    str(table),
                    "-o",
                    f"{folder}/model",
                    "--force",
                    "--codebook",
                    "comb",
                ]
                run = child(*command, *extra, environment={"CODER_CACHE": cache})
                rows.append([f"{count:,}", name, f"{run.cpu:.1f}", f"{run.wall:.1f}", f"{run.peak:.0f}"])
    yield Table(
        "Training",
        ["excerpts", "method", "CPU s", "wall s", "peak MB"],
        rows,
        "Excerpts of six codes and two polarities in 40 transcripts; the whole command from cold, one thread.",
    )
