"""A column of the excerpts' tables to split figures by."""

from pathlib import Path

import pytest

from coder.coded_tables.excerpts import Excerpt, values_of
from coder.errors import InputError, TableError
from coder.workflow.modelling.train import TrainingOptions, train_files


def excerpts(*rows: dict[str, object]) -> list[Excerpt]:
    return [
        Excerpt(at, "words", frozenset(), None, None, "t", "s", cells=cells)
        for at, cells in enumerate(rows, start=1)
    ]


def test_values_are_words_whatever_the_table_holds() -> None:
    rows = excerpts({"age": 42.0}, {"age": float("nan")}, {"age": " 7 "}, {}, {"age": 0}, {"age": 1.5})
    assert values_of(rows, "age") == ["42", None, "7", None, "0", "1.5"]


def test_the_name_of_a_column_may_be_in_any_case() -> None:
    assert values_of(excerpts({"Age_Band": "old"}, {"age band": "young"}, {"text": "x"}), "age_band") == [
        "old", "young", None,
    ]  # fmt: skip


def test_a_column_that_no_table_has_is_named_with_those_there_are() -> None:
    with pytest.raises(TableError, match=r"'ward'.*text, role"):
        values_of(excerpts({"text": "x", "role": "nurse"}), "ward")


def test_figures_by_a_column_need_measuring(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--no-measure"):
        train_files([tmp_path / "no.csv"], tmp_path / "model", TrainingOptions(by="role", measure=False))
