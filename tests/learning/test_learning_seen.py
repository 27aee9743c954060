"""Fingerprints of training texts: figures on what a model has seen are said not to be held out."""

from coder.learning.dataset import NOTHING_SEEN, fingerprints, seen_share


def test_a_text_is_recognised_whatever_its_spacing_and_case() -> None:
    seen = fingerprints(["I never have the time for it.", "Another thing"])
    assert seen_share(["i never  have\nthe TIME for it.", "new"], seen) == 0.5
    assert seen_share(["I never have the time for it!"], seen) == 0
    assert seen_share([], seen) == 0
    assert seen_share(["anything"], NOTHING_SEEN) == 0


def test_short_answers_that_coincide_are_not_seen() -> None:
    answers = [*(["Time", "parking"] * 10), *(f"bus number {number}" for number in range(20))]
    assert seen_share(answers, fingerprints(["time", "parking", "cost"])) == 0
    long = "There is nobody who could drive me there."
    assert seen_share([*answers, long], fingerprints(["time", "parking", long])) == 1 / 41


def test_short_answers_that_were_learned_from_are_seen() -> None:
    answers = [f"bus number {number}" for number in range(20)]
    assert seen_share(answers, fingerprints(answers)) == 1
    assert seen_share(answers, fingerprints(answers[:10])) == 0.5
    assert seen_share(answers, fingerprints(answers[:4])) == 0.2
    assert seen_share(answers, fingerprints(answers[:2])) == 0  # as many coincide by chance


def test_fingerprints_stay_the_same_between_runs() -> None:
    assert fingerprints(["a"]).tolist() == [3405396810240292928]
