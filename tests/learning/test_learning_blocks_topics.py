"""What shares a topic, and topics measured once for material that is predicted in parts."""

import numpy as np
import pytest

from coder.learning.features.blocks import SHRINK, WHOLE, study_sums, topic_means

VECTORS = np.random.default_rng(3).normal(size=(40, 6)).astype(np.float32)
KNOWN = np.full(6, 0.1)
STUDIES = [("north", "south", "east")[number % 3] for number in range(40)]
NOWHERE = [""] * 40


def test_parts_with_the_sums_of_the_whole_are_centred_as_the_whole() -> None:
    for studies in (STUDIES, NOWHERE):
        whole = topic_means(VECTORS, NOWHERE, studies, KNOWN)
        sums = study_sums(VECTORS, studies)
        for start in (0, 7, 33):
            part = slice(start, start + 7)
            found = topic_means(VECTORS[part], NOWHERE[part], studies[part], KNOWN, measured=sums)
            assert (found == whole[part]).all()


def test_a_study_that_was_not_measured_has_the_mean_of_the_rows_at_hand() -> None:
    sums = {name: total for name, total in study_sums(VECTORS, STUDIES).items() if name != "east"}
    measured = topic_means(VECTORS, NOWHERE, STUDIES, KNOWN, measured=sums)
    assert (measured == topic_means(VECTORS, NOWHERE, STUDIES, KNOWN)).all()


def test_sums_do_not_depend_on_the_order_of_rows() -> None:
    backwards = study_sums(VECTORS[::-1], STUDIES[::-1])
    for name, (total, count) in study_sums(VECTORS, STUDIES).items():
        assert (backwards[name][0] == total).all()
        assert backwards[name][1] == count == STUDIES.count(name)


def test_a_whole_transcript_has_the_same_topic_in_any_company() -> None:
    transcripts = ["t1"] * WHOLE + ["t2"] * (40 - WHOLE)
    among = topic_means(VECTORS, transcripts, ["one"] * 40, KNOWN)[:WHOLE]
    alone = topic_means(VECTORS[:WHOLE], ["t1"] * WHOLE, ["t1"] * WHOLE, KNOWN)
    assert (among == alone).all()


def test_the_fewer_texts_a_transcript_has_the_more_its_study_counts() -> None:
    transcripts = ["short"] * 5 + ["other"] * 35
    found = topic_means(VECTORS, transcripts, ["one"] * 40, KNOWN)[0]
    own = (VECTORS[:5].sum(axis=0) + SHRINK * KNOWN) / (5 + SHRINK)
    study = (VECTORS.sum(axis=0) + SHRINK * KNOWN) / (40 + SHRINK)
    assert found == pytest.approx(5 / WHOLE * own + (1 - 5 / WHOLE) * study, abs=1e-6)


def test_rows_that_do_not_count_leave_the_topic_alone() -> None:
    spoken = np.arange(40) < 30
    found = topic_means(VECTORS, NOWHERE, NOWHERE, KNOWN, spoken=spoken)
    assert (found[:30] == topic_means(VECTORS[:30], NOWHERE[:30], NOWHERE[:30], KNOWN)).all()
