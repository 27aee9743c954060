"""Whatever the table: no NaN, no crash, and a reason exactly where there is no value."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.agreement import Estimate, coefficients, set_coefficients, unit_coefficients
from coder.agreement.codings import Codings
from coder.agreement.coefficients import Level
from coder.agreement.report import Options
from coder.agreement.report_builder import agreement_report

few = settings(max_examples=80, deadline=None)
cells = st.sampled_from([1, 2, 3, None, math.nan])
tables = st.integers(0, 4).flatmap(
    lambda coders: st.lists(st.lists(cells, min_size=coders, max_size=coders), max_size=8)
)
sets = st.one_of(st.none(), st.sets(st.sampled_from("abc")))
set_tables = st.integers(1, 3).flatmap(
    lambda coders: st.lists(st.lists(sets, min_size=coders, max_size=coders), max_size=8)
)
spans = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 10), st.sampled_from("ab")), max_size=4)


def sound(estimate: Estimate) -> None:
    assert (estimate.value is None) == (estimate.reason is not None), estimate
    for number in (estimate.value, estimate.low, estimate.high, estimate.se):
        assert number is None or math.isfinite(number), estimate
    assert (estimate.low is None) == (estimate.high is None)
    assert estimate.value is not None or estimate.low is estimate.se is None


@few
@given(tables, st.sampled_from(["nominal", "ordinal", "interval"]), st.integers(0, 4))
def test_any_ratings(ratings: list[list[float | None]], level: Level, clusters: int) -> None:
    groups = [number % clusters for number in range(len(ratings))] if clusters else None
    for categories in (None, [1, 2, 3]):
        found = coefficients(ratings, categories=categories, level=level, clusters=groups, resamples=30)
        for estimate in found.values():
            sound(estimate)


@few
@given(set_tables, st.integers(0, 12))
def test_any_sets(ratings: list[list[set[str] | None]], clusters: int) -> None:
    groups = [number % clusters for number in range(len(ratings))] if clusters else None
    found = set_coefficients(ratings, codes="abcd", clusters=groups, resamples=30)
    for estimate in found.overall.values():
        sound(estimate)
    for code in "abcd":
        for estimate in found[code].values():
            sound(estimate)


@few
@given(st.lists(spans, max_size=3))
def test_any_marks(coders: list[list[tuple[int, int, str]]]) -> None:
    marks = [[(a, max(a + 1, b), code) for a, b, code in coder] for coder in coders]
    found = unit_coefficients(marks, 10)
    for estimate in found.overall.values():
        sound(estimate)
    for per in found.per_code.values():
        for estimate in per.values():
            sound(estimate)


@pytest.mark.parametrize("seed", range(30))
def test_any_report_is_a_json_document(seed: int) -> None:
    random = np.random.default_rng(seed)
    units, coders, codes = (int(random.integers(1, most)) for most in (12, 4, 4))
    state = random.integers(0, 3, (units, coders)).astype(np.int8)
    given_codes = (random.random((units, coders, codes)) < 0.4) & (state > 0)[..., None]
    unit, coder, code = np.nonzero(given_codes)
    transcripts = tuple(f"t{number}" for number in range(int(random.integers(0, 4))))
    codings = Codings(
        units=[str(number) for number in range(units)],
        coders=tuple(f"R{number}" for number in range(coders)),
        codes=tuple(f"c{number}" for number in range(codes)),
        state=state,
        mark_cell=unit * coders + coder,
        mark_code=code,
        mark_polarity=random.integers(-1, 2, len(unit)),
        polarities=("barrier", "facilitator"),
        transcripts=transcripts,
        transcript_of=random.integers(0, max(1, len(transcripts)), units),
        parents={"c0": "Capability"},
        weights=random.integers(1, 9, units).astype(float) if seed % 2 else None,
    )
    options = Options(resamples=40, model_coder="R0" if coders > 2 else None)
    json.dumps(agreement_report(codings, options).to_dict(), allow_nan=False)
