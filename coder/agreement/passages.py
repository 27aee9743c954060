"""Passages with boundaries of the coders' own -> `Codings` whose units are stretches of text, counted in characters.

A stretch lies between two neighbouring boundaries of any coder, so within it nothing changes. It weighs as
many characters as it has: every figure of the report is then a figure over characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coder.agreement.codings import Codings
from coder.agreement.coefficients import CodeEstimates
from coder.agreement.report import UnitizingAgreement
from coder.agreement.unitizing import unit_coefficients
from coder.arrays import Ints
from coder.statistics import Estimate

UNITIZING = ("alpha_u", "alpha_u_2004")
NOWHERE = "it has no value in any transcript"


@dataclass(frozen=True, slots=True)
class Passages:
    """Coded passages, one per entry; `start`, `end` in characters of their transcript, end exclusive.

    `polarity` is -1 where none was given. `lengths` are the transcripts' (the last boundary, where the text is
    not at hand). `looked` (transcripts x coders) says who read which transcript. `settled` is for coders who are
    known to have spoken of some stretches only, a row each: transcript, start, end, coder.
    """

    transcript: Ints
    start: Ints
    end: Ints
    coder: Ints
    code: Ints
    polarity: Ints
    transcripts: tuple[str, ...]
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    lengths: Ints
    looked: np.ndarray[Any, np.dtype[np.int8]]
    settled: Ints = field(default_factory=lambda: np.zeros((0, 4), dtype=np.int64))


def codings_of(passages: Passages, polarities: tuple[str, ...]) -> Codings:
    """Cut each transcript at every boundary and return who gave each stretch which codes."""
    units: list[str] = []
    transcript_numbers: list[int] = []
    weights: list[int] = []
    cells: list[Ints] = []
    codes: list[Ints] = []
    signs: list[Ints] = []
    states: list[np.ndarray[Any, np.dtype[np.int8]]] = []
    for number, length in enumerate(passages.lengths.tolist()):
        of_transcript = np.flatnonzero(passages.transcript == number)
        start, end = passages.start[of_transcript], passages.end[of_transcript]
        settled = passages.settled[passages.settled[:, 0] == number, 1:]
        edges = np.unique(np.concatenate([[0, length], start, end, settled[:, :2].ravel()]))
        first, last = np.searchsorted(edges, start), np.searchsorted(edges, end)
        counts = last - first
        mark = np.repeat(np.arange(len(of_transcript)), counts)
        stretch = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[mark]
        cells.append((stretch + len(units)) * len(passages.coders) + passages.coder[of_transcript][mark])
        codes.append(passages.code[of_transcript][mark])
        signs.append(passages.polarity[of_transcript][mark])
        units += [f"{a}-{b}" for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)]
        weights += np.diff(edges).tolist()
        transcript_numbers += [number] * (len(edges) - 1)
        states.append(_state(passages, number, edges, settled))
    cell, code, sign = _joined(cells, codes, signs, len(passages.codes))
    transcript_of = np.array(transcript_numbers, dtype=np.int64)
    counted = np.array(weights, dtype=np.float64)
    return Codings(
        units=units, coders=passages.coders, codes=passages.codes,
        state=np.concatenate(states) if states else passages.looked[transcript_of],
        mark_cell=cell, mark_code=code, mark_polarity=sign, polarities=polarities,
        transcripts=passages.transcripts, transcript_of=transcript_of, lengths=counted, weights=counted,
    )  # fmt: skip


def _state(
    passages: Passages, transcript: int, edges: Ints, settled: Ints
) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Return who read which stretch of a transcript: all of it, or some stretches only."""
    state = np.repeat(passages.looked[transcript : transcript + 1], len(edges) - 1, axis=0)
    for coder in np.unique(passages.settled[:, 3]).tolist():
        spoken_of = np.zeros(len(edges) - 1, dtype=np.bool_)
        for start, end in settled[settled[:, 2] == coder, :2].tolist():
            spoken_of |= (edges[:-1] >= start) & (edges[1:] <= end)
        state[~spoken_of, coder] = 0
    return state


def _joined(
    cells: Sequence[Ints], codes: Sequence[Ints], signs: Sequence[Ints], size: int
) -> tuple[Ints, Ints, Ints]:
    """Return every stretch, coder and code once; overlapping passages of one code are one."""
    if not cells:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    cell, code, sign = np.concatenate(cells), np.concatenate(codes), np.concatenate(signs)
    _, first = np.unique(cell * max(1, size) + code, return_index=True)
    return cell[first], code[first], sign[first]


def unitizing_alphas(passages: Passages) -> UnitizingAgreement:
    """Return alpha_u (2016) and alpha_u_2004 over all codes and per code: means over transcripts by length.

    Only transcripts that at least two coders read whole count; `transcripts` gives each one's own values.
    """
    partly = set(passages.settled[:, 3].tolist())
    by_transcript: dict[str, CodeEstimates] = {}
    sizes: dict[str, int] = {}
    for number, name in enumerate(passages.transcripts):
        readers = [coder for coder in np.flatnonzero(passages.looked[number]).tolist() if coder not in partly]
        if len(readers) > 1:
            marks = {passages.coders[coder]: _marks_of(passages, number, coder) for coder in readers}
            sizes[name] = int(passages.lengths[number])
            by_transcript[name] = unit_coefficients(marks, sizes[name])
    overall = {
        key: _mean([(by_transcript[name][key], size) for name, size in sizes.items()]) for key in UNITIZING
    }
    codes = {
        code: {
            key: _mean(
                [
                    (by_transcript[name][code][key], size)
                    for name, size in sizes.items()
                    if code in by_transcript[name].per_code
                ]
            )
            for key in UNITIZING
        }
        for code in passages.codes
    }
    single = {name: {key: by_transcript[name][key] for key in UNITIZING} for name in sizes}
    return UnitizingAgreement(overall, codes, single)


def _marks_of(passages: Passages, transcript: int, coder: int) -> list[tuple[int, int, str]]:
    marks = np.flatnonzero((passages.transcript == transcript) & (passages.coder == coder))
    return [
        (int(passages.start[mark]), int(passages.end[mark]), passages.codes[passages.code[mark]])
        for mark in marks
    ]


def _mean(values: Sequence[tuple[Estimate, int]]) -> Estimate:
    known = [(float(estimate), size) for estimate, size in values if estimate.value is not None]
    if not known:
        reasons = [str(estimate.reason) for estimate, _ in values]
        return Estimate(None, reason=reasons[0] if reasons else NOWHERE)
    mean = float(np.average([value for value, _ in known], weights=[size for _, size in known]))
    return Estimate(mean, note=f"mean over {len(known)} transcripts, weighted by length")
