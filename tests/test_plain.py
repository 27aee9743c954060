"""Typed values to JSON and back: nothing lost, nothing of another kind taken."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from coder.plain import Section, plain
from coder.statistics import Estimate


@dataclass(frozen=True, slots=True)
class Part(Section):
    n: int
    kappa: Estimate
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Whole(Section):
    name: str
    parts: tuple[Part, ...]
    pair: tuple[str, str]
    counts: Mapping[str, int] = field(default_factory=dict)
    first: Part | None = None
    good: bool = False


WHOLE = Whole(
    "x",
    (Part(3, Estimate(0.5, 0.25, 0.75)), Part(0, Estimate(None), 0.1)),
    ("a", "b"),
    {"time": 2},
    Part(1, Estimate(1.0)),
    True,
)


def test_bounds_stand_together_and_what_is_not_known_is_left_out() -> None:
    assert WHOLE.parts[0].to_dict() == {
        "n": 3, "kappa": 0.5, "ci_low": {"kappa": 0.25}, "ci_high": {"kappa": 0.75},
    }  # fmt: skip
    assert WHOLE.parts[1].to_dict() == {"n": 0, "kappa": None, "share": 0.1}
    assert Whole("y", (), ("a", "b")).to_dict() == {
        "name": "y",
        "parts": [],
        "pair": ["a", "b"],
        "good": False,
    }


def test_what_is_written_is_read_as_it_was() -> None:
    assert Whole.from_dict(json.loads(json.dumps(plain(WHOLE)))) == WHOLE


def test_a_whole_number_is_a_share_and_other_names_are_ignored() -> None:
    found = Part.from_dict({"n": 1, "kappa": 1, "share": 0, "later": {}})
    assert found == Part(1, Estimate(1.0), 0.0)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"name": 5}, "'name' is 5"),
        ({"name": None}, "'name' is None"),
        ({"parts": "none"}, "'parts' is 'none'"),
        ({"parts": [3]}, "Part is not an object"),
        ({"pair": ["a"]}, "'pair' is"),
        ({"counts": {"time": "two"}}, "'counts' is 'two'"),
        ({"good": 1}, "'good' is 1"),
        ({"first": {"n": True, "kappa": 0}}, "'n' is True"),
        ({"first": {"n": 1, "kappa": "high"}}, "'kappa' is 'high'"),
        ({"first": {"n": 1, "kappa": 0.5, "ci_low": 3}}, "'ci_low' is 3"),
        ({"first": {"kappa": 0}}, "Part has no 'n'"),
    ],
)
def test_a_value_of_another_kind_is_named(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Whole.from_dict({**WHOLE.to_dict(), **changed})
