"""Two models of different codebooks on the same excerpts: compared on what both code, lined up by id."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from coder.codebook import Code, Codebook
from coder.errors import ModelError, TableError
from coder.workflow.coded_files import CodedReading
from coder.workflow.modelling.compare import compare_files
from tests.small_model import Keywords


class Model(Keywords):
    def seen_share(self, texts: Sequence[str]) -> float:
        return 0.0


def model(name: str, *codes: str, **words: str) -> Model:
    book = Codebook(f"book of {name}", tuple(Code(code, code.title()) for code in codes))
    return Model(book, {code: [words.get(code, code)] for code in codes}, name)


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, Model]:
    known = {
        "first": model("first", "rain", "sun", "fog"),
        "second": model("second", "wind", "sun", "rain", rain="never"),
        "other": model("other", "food", "noise"),
    }
    monkeypatch.setattr("coder.workflow.modelling.models.open_model", lambda name, codebook: known[name])
    return known


def table(folder: Path, rows: Sequence[str]) -> list[Path]:
    (folder / "t.csv").write_text("\n".join(["participant,text,codes", *rows]), encoding="utf-8")
    return [folder / "t.csv"]


def test_columns_line_up_by_id_and_the_codes_left_out_are_named(
    models: dict[str, Model], tmp_path: Path
) -> None:
    rows = [f"P{at},the {word} of day {at},{word}" for at in range(6) for word in ("rain", "sun")]
    paths = table(tmp_path, [*rows, "P9,sun and fog here,sun;fog", "P10,the wind blows,wind"])
    report = compare_files("first", "second", paths)
    assert list(report.codes) == ["rain", "sun"] and report.left_out == ("fog", "wind")
    assert "left out: fog, wind" in report.notes[0]
    assert (report.codes["sun"].support, report.codes["rain"].support) == (7, 6)
    assert (report.codes["sun"].f1.first, report.codes["sun"].f1.second) == (1, 1)
    assert (report.codes["rain"].f1.first, report.codes["rain"].f1.second) == (1, 0)
    assert report.theme_kappa.first == 1.0
    turned = compare_files("second", "first", paths)
    assert turned.codes["rain"].f1.difference == 1
    assert report.codes["rain"].f1.difference == -1
    assert turned.theme_kappa.second == 1.0


def test_progress_counts_the_excerpts_of_both_models(models: dict[str, Model], tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    rows = [f"P{at},the {word} of day {at},{word}" for at in range(6) for word in ("rain", "sun")]
    compare_files(
        "first", "second", table(tmp_path, rows), progress=lambda done, of: steps.append((done, of))
    )
    assert steps == [(12, 24), (12, 24)]


def test_models_without_a_common_code_are_told_in_one_sentence(
    models: dict[str, Model], tmp_path: Path
) -> None:
    paths = table(tmp_path, ["P1,the rain,rain"])
    for pair in (("first", "other"), ("other", "first")):
        with pytest.raises(ModelError, match="no code in common: compare with --codebook FILE") as error:
            compare_files(*pair, paths)
        assert "\n" not in str(error.value)


def test_codes_that_neither_model_has_are_named_with_their_rows(
    models: dict[str, Model], tmp_path: Path
) -> None:
    with pytest.raises(TableError, match=r"book of first or book of second(?s:.*)'snow' \(row 3 of"):
        compare_files("first", "second", table(tmp_path, ["P1,the rain,rain", "P2,all white,snow"]))


def test_excerpts_that_a_model_cannot_read_are_left_out_of_themes(
    models: dict[str, Model], tmp_path: Path
) -> None:
    rows = [f"P{at},the {word} of day {at},{word}" for at in range(6) for word in ("rain", "sun")]
    french = [f"F{at},je ne sais pas ce que nous avons fait avec les enfants {at},rain" for at in range(4)]
    report = compare_files("first", "second", table(tmp_path, rows + french))
    assert report.theme_kappa.first == 1.0 and report.codes["rain"].support == 10
    assert any("first: 4 of 16 excerpts seem to be in French" in line for line in report.notes)


def test_tables_of_other_headings_and_names_are_read_as_told(
    models: dict[str, Model], tmp_path: Path
) -> None:
    rows = [
        f"P{at},the {word} of day {at},{name}"
        for at in range(6)
        for word, name in (("rain", "wet"), ("sun", "sun"))
    ]
    (tmp_path / "t.csv").write_text("\n".join(["who,said,label", *rows]), encoding="utf-8")
    (tmp_path / "names.csv").write_text("name,code\nwet,rain\n", encoding="utf-8")
    reading = CodedReading({"text": "said", "code": "label", "transcript": "who"}, tmp_path / "names.csv")
    report = compare_files("first", "second", [tmp_path / "t.csv"], reading=reading)
    assert (report.n, report.n_groups, report.codes["rain"].support) == (12, 6, 6)
