"""Intervals: seeded, wider over transcripts than over units, and honest about few transcripts."""

import numpy as np
import pytest

from coder.agreement import coefficients
from coder.statistics import MOST_GROUPS, t_quantile
from tests.present import present, width


def heterogeneous(transcripts: int = 30, units: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """Ratings of two coders whose agreement differs from transcript to transcript."""
    random = np.random.default_rng(11)
    skill = np.repeat(random.uniform(0.2, 1.0, transcripts), units)
    truth = random.integers(0, 3, len(skill))
    ratings = np.stack(
        [truth, np.where(random.random(len(skill)) < skill, truth, random.integers(0, 3, len(skill)))]
    )
    return ratings.T, np.repeat(np.arange(transcripts), units)


def test_transcripts_make_intervals_wider_than_units() -> None:
    ratings, transcripts = heterogeneous()
    by_unit = coefficients(ratings)
    by_transcript = coefficients(ratings, clusters=transcripts)
    for name in ("cohen_kappa", "gwet_ac1", "krippendorff_alpha"):
        assert by_transcript[name].value == pytest.approx(by_unit[name].value)
        assert width(by_transcript[name]) > 1.2 * width(by_unit[name])


def test_copies_of_units_shrink_the_unit_error_but_not_that_over_transcripts() -> None:
    ratings, transcripts = heterogeneous()
    once, four = coefficients(ratings), coefficients(np.tile(ratings, (4, 1)))
    assert four["cohen_kappa"].se == pytest.approx(present(once["cohen_kappa"].se) / 2)
    one = coefficients(ratings, clusters=transcripts)["fleiss_kappa"]
    many = coefficients(np.tile(ratings, (4, 1)), clusters=np.tile(transcripts, 4))["fleiss_kappa"]
    assert (many.low, many.high) == pytest.approx((one.low, one.high))


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    ratings, transcripts = heterogeneous()
    first, again, other = (coefficients(ratings, clusters=transcripts, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first["cohen_kappa"].low != other["cohen_kappa"].low
    assert first["cohen_kappa"].low == pytest.approx(other["cohen_kappa"].low, abs=0.02)


def test_fewer_than_ten_transcripts_get_a_jackknife_with_a_warning() -> None:
    ratings, transcripts = heterogeneous(transcripts=6)
    kappa = coefficients(ratings, clusters=transcripts)["cohen_kappa"]
    left_out = [
        float(coefficients(ratings[transcripts != one], resamples=0)["cohen_kappa"]) for one in range(6)
    ]
    error = np.sqrt(5 / 6 * ((np.array(left_out) - np.mean(left_out)) ** 2).sum())
    assert kappa.se == pytest.approx(error)
    assert kappa.low == pytest.approx(float(kappa) - t_quantile(0.975, 5) * error)
    assert "6 transcripts" in str(kappa.note)


def test_one_transcript_says_that_its_interval_is_too_narrow() -> None:
    ratings, _ = heterogeneous(transcripts=1, units=40)
    kappa = coefficients(ratings, clusters=["only"] * 40)["krippendorff_alpha"]
    assert kappa.low is not None and "one transcript" in str(kappa.note)


def test_more_groups_than_are_resampled_singly_are_bundled_without_bias() -> None:
    ratings, _ = heterogeneous(transcripts=3 * MOST_GROUPS, units=1)
    found = coefficients(ratings, clusters=np.arange(len(ratings)))["cohen_kappa"]
    analytic = coefficients(ratings)["cohen_kappa"]
    assert found.se == pytest.approx(analytic.se, rel=0.1)


def test_perfect_agreement_does_not_pretend_to_certainty() -> None:
    found = coefficients([[1, 1], [2, 2], [1, 1], [2, 2]])["cohen_kappa"]
    assert found.value == 1.0
    assert "not certainty" in str(found.note)


@pytest.mark.parametrize(
    ("probability", "df", "wanted"),
    [(0.975, 1, 12.706205), (0.975, 2, 4.302653), (0.975, 9, 2.262157), (0.975, 30, 2.042272), (0.95, 7, 1.894579),
     (0.975, 1500, 1.961545)],
)  # fmt: skip
def test_t_quantiles_are_those_of_the_tables(probability: float, df: int, wanted: float) -> None:
    assert t_quantile(probability, df) == pytest.approx(wanted, abs=2e-6)
