"""One table, one reading: training, agreement and import take the same codes and polarities from the same cells."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.codebook import Code, Codebook
from coder.coded_tables.code_lookup import lookup_in, read_codes
from coder.coded_tables.excerpts import excerpts_of, training_set
from coder.coded_tables.rating_rows import RatingOptions
from coder.coded_tables.ratings import codings_of_frame
from coder.domain import POLARITIES
from coder.workflow.agreement.compare_tables import AgreementRequest, agree
from coder.workflow.coded_files import coded_excerpts

BOOK = Codebook("mine", (Code("x", "The x"), Code("y", "Why"), Code("bad_luck", "Bad luck")))
CELLS = """unit,transcript,coder,text,code,polarity
1,t1,Ann,first words,x,positive
1,t1,Ben,first words,X ,+
2,t1,Ann,second words,N/A,
2,t1,Ben,second words,uncoded,
3,t2,Ann,third words,"x,y",barrier
3,t2,Ben,third words,x|y,-
4,t2,Ann,fourth words,"[""x"", ""y""]",
4,t2,Ben,fourth words,x;y,
5,t2,Ann,fifth words,bad_luck,
5,t2,Ben,fifth words,Bad luck,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "cells.csv"
    path.write_text(CELLS, encoding="utf-8")
    return path


def test_a_table_on_which_two_coders_agree_is_full_agreement_for_training_and_for_agreement(
    table: Path,
) -> None:
    excerpts, _ = coded_excerpts([table])
    assert [(set(item.codes), item.weight) for item in excerpts] == [
        ({"x"}, 1.0), (set(), 1.0), ({"x", "y"}, 1.0), ({"x", "y"}, 1.0), ({"bad_luck"}, 1.0),
    ]  # fmt: skip
    assert [item.polarity for item in excerpts] == ["facilitator", None, "barrier", None, None]
    report = agree(AgreementRequest((table,))).report
    assert set(report.codes) == {"x", "y", "bad_luck"}
    assert report.overall["percent_agreement"].value == 1.0
    assert report.overall["masi_alpha"].value == 1.0


def by_unit(codings: Any) -> dict[str, set[tuple[str, str | None]]]:
    sides = (*POLARITIES, None)
    found: dict[str, set[tuple[str, str | None]]] = {unit: set() for unit in codings.units}
    for unit, code, side in zip(codings.mark_unit, codings.mark_code, codings.mark_polarity, strict=True):
        found[codings.units[unit]].add((codings.codes[code], sides[side]))
    return found


names = st.sampled_from(
    ["x", "X", " y", "Why", "the X", "bad_luck", "Bad  luck", "bad-luck", "x:barrier", "N/A", "none", "-"]
)
cells = st.lists(names, max_size=3).flatmap(
    lambda found: st.sampled_from(
        [found, ";".join(found), "\n".join(found), ", ".join(found), " | ".join(found)]
    )
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(cells, min_size=1, max_size=6))
def test_any_cells_mean_the_same_to_training_agreement_and_import(column: list[Any]) -> None:
    frame = pd.DataFrame(
        {
            "unit": [f"u{at}" for at in range(len(column))],
            "text": [f"words {at}" for at in range(len(column))],
            "coder": "Ann",
            "code": pd.Series(column, dtype=object),
        }
    )
    lookup = lookup_in(BOOK)
    read = read_codes(column, lookup)
    assert not read.unknown
    wanted = [{code for code, _ in row} for row in read.rows]
    excerpts, _ = excerpts_of(frame)
    labels = training_set(excerpts, BOOK).labels
    assert [{BOOK.ids[at] for at in row.nonzero()[0]} for row in labels == 1] == wanted
    codings, problems = codings_of_frame(frame, RatingOptions(codebook=BOOK))
    assert [{code for code, _ in codes} for codes in by_unit(codings).values()] == wanted
    assert [line for line in problems.rows if "again" not in line and "mixed" not in line] == []


@given(
    st.lists(
        st.sampled_from(["positive", "+", "-", "barrier", "Enabler", "neutral", "", None, "±", "n/a"]),
        min_size=1,
    )
)
def test_polarities_mean_the_same_to_training_and_agreement(said: list[str | None]) -> None:
    frame = pd.DataFrame(
        {
            "unit": [f"u{at}" for at in range(len(said))],
            "text": [f"words {at}" for at in range(len(said))],
            "coder": "Ann",
            "code": "x",
            "polarity": pd.Series(said, dtype=object),
        }
    )
    excerpts, _ = excerpts_of(frame)
    codings, _ = codings_of_frame(frame, RatingOptions())
    assert [{("x", item.polarity)} for item in excerpts] == list(by_unit(codings).values())
