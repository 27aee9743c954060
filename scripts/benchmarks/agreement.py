"""Agreement between coders, against the krippendorff package, and on a million units."""

from collections.abc import Iterator

import numpy as np

from benchmarks.measuring import Table, interleaved, middle


def ratings(units: int, coders: int, codes: int, agreeing: float = 0.7) -> np.ndarray:
    """Return codes 0..k-1, (units, coders): each coder gives the unit's true code, or else any."""
    chance = np.random.default_rng(5)
    truth = chance.integers(codes, size=(units, 1))
    guesses = chance.integers(codes, size=(units, coders))
    return np.where(chance.random((units, coders)) < agreeing, truth, guesses)


def several_codes(units: int, agreeing: float = 0.9) -> np.ndarray:
    """Return whether each coder gave each code, (units, 3, 6): any code or none, mostly the same ones."""
    chance = np.random.default_rng(0)
    truth = chance.random((units, 1, 6)) < 0.15
    return np.where(chance.random((units, 3, 6)) < agreeing, truth, chance.random((units, 3, 6)) < 0.15)


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the agreement tables."""
    import krippendorff

    from coder.agreement import coefficients, set_coefficients

    rows = []
    for units in (1_000, 100_000) if quick else (1_000, 100_000, 1_000_000):
        table = ratings(units, 3, 6)
        rounds = 1 if quick or units > 100_000 else 5
        jobs = {
            "krippendorff": lambda table=table: krippendorff.alpha(
                table.T.astype(float), level_of_measurement="nominal"
            ),
            "points": lambda table=table: coefficients(table, resamples=0),
            "intervals": lambda table=table: coefficients(table, clusters=np.arange(len(table)) % 40),
        }
        taken = interleaved(jobs, rounds)
        rows.append([f"{units:,}", *(middle(taken[name], 3) for name in jobs)])
    yield Table(
        "Agreement",
        ["units × 3 coders × 6 codes", "krippendorff: alpha alone, no interval", "`coder`: ten coefficients",
         "`coder`: ten coefficients, intervals over 40 transcripts, 2,000 resamples"],
        rows,
        "CPU seconds, median (range).",
    )  # fmt: skip
    rows = []
    for units in (10_000,) if quick else (100_000, 1_000_000):
        marks = several_codes(units)
        jobs = {"sets": lambda marks=marks: set_coefficients(marks, clusters=np.arange(len(marks)) % 40)}
        rows.append([f"{units:,}", middle(interleaved(jobs, 1 if quick else 3)["sets"], 2)])
    yield Table(
        "Agreement on several codes for one utterance",
        [
            "units × 3 coders × 6 codes",
            "`coder`: coefficients of sets, intervals over 40 transcripts, 2,000 resamples",
        ],
        rows,
        "CPU seconds, median (range).",
    )
