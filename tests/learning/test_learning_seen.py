"""Fingerprints of training texts: figures on what a model has seen are said not to be held out."""

from coder.learning.dataset import NOTHING_SEEN, fingerprints, seen_share


def test_a_text_is_recognised_whatever_its_spacing_and_case() -> None:
    seen = fingerprints(["I never have the time.", "Another thing"])
    assert seen_share(["i never  have\nthe TIME.", "new"], seen) == 0.5
    assert seen_share(["I never have the time!"], seen) == 0
    assert seen_share([], seen) == 0
    assert seen_share(["anything"], NOTHING_SEEN) == 0


def test_fingerprints_stay_the_same_between_runs() -> None:
    assert fingerprints(["a"]).tolist() == [3405396810240292928]
