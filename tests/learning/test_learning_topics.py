"""Topics measured once serve for material that is predicted in parts."""

import numpy as np

from coder.learning.features.topic_centering import centred, study_sums

VECTORS = np.random.default_rng(3).normal(size=(40, 6)).astype(np.float32)
KNOWN = np.full(6, 0.1)
STUDIES = [("north", "south", "east")[number % 3] for number in range(40)]


def test_parts_with_the_sums_of_the_whole_are_centred_as_the_whole() -> None:
    for studies in (STUDIES, None):
        whole = centred(VECTORS, studies, KNOWN)
        sums = study_sums(VECTORS, studies)
        for start in (0, 7, 39):
            part = slice(start, start + 7)
            found = centred(VECTORS[part], studies and studies[part], KNOWN, measured=sums)
            assert (found == whole[part]).all()


def test_a_study_that_was_not_measured_has_the_mean_of_the_rows_at_hand() -> None:
    sums = {name: total for name, total in study_sums(VECTORS, STUDIES).items() if name != "east"}
    assert (centred(VECTORS, STUDIES, KNOWN, measured=sums) == centred(VECTORS, STUDIES, KNOWN)).all()


def test_sums_do_not_depend_on_the_order_of_rows() -> None:
    backwards = study_sums(VECTORS[::-1], STUDIES[::-1])
    for name, (total, count) in study_sums(VECTORS, STUDIES).items():
        assert (backwards[name][0] == total).all()
        assert backwards[name][1] == count == STUDIES.count(name)
