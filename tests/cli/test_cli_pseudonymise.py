"""Pseudonyms at import: a list first, no name in the study, one pseudonym for one person, who is who encrypted."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from coder.cli.main import app
from coder.passphrases import PASSPHRASES
from coder.store import Study

TALK = """\
Interviewer: How was it, Jane?

Jane Smith: Dr Patel at Leeds General Infirmary saw me in Leeds. My number is 07700 900123.

Interviewer: And then?

Jane Smith: I went home to Bradford with my sister Maureen.
"""
NAMES = ("jane", "smith", "patel", "leeds", "07700", "bradford", "maureen")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(PASSPHRASES, "_known", {})
    monkeypatch.setattr("coder.encoding.caching.FileStore.in_memory", False)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.delenv("CODER_PASSPHRASE", raising=False)
    Path("interviews").mkdir()
    Path("interviews", "jane_smith.txt").write_text(TALK)
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=typed)


def names_in(path: Path) -> list[str]:
    content = path.read_bytes().lower()
    return [name for name in NAMES if name.encode() in content]


def test_nothing_is_imported_before_the_list_was_seen_and_no_name_afterwards(folder: Path) -> None:
    run("init", "s.coder")
    said = run("import", "s.coder", "interviews", "--pseudonymise")
    assert said.exit_code == 0 and "Nothing was imported" in said.output
    with Study.open("s.coder") as study:
        assert study.texts.all() == []
    again = run("import", "s.coder", "interviews", "--pseudonymise")
    assert again.exit_code == 1 and "a list from before" in str(again.exception)
    found = Path("s-found.csv")
    found.write_text(found.read_text().replace("Bradford,Place,replace", "Bradford,Place,keep"))
    said = run("import", "s.coder", "interviews", "--pseudonymise", "--apply", "s-found.csv")
    assert said.exit_code == 0, said.output
    assert names_in(Path("s.coder")) == ["bradford"]
    with Study.open("s.coder") as study:
        (held,) = study.texts.all()
        read = study.texts.transcript(held.id)
        assert held.name == "Name_1" and held.speakers == ("Interviewer", "Person 1")
        assert [turn.role for turn in read.turns] == ["interviewer", "participant"] * 2
        covered = sorted(
            [(turn.start, turn.end) for turn in read.turns] + [(s.start, s.end) for s in read.furniture]
        )
        assert [start for start, _ in covered] == [0, *(end for _, end in covered[:-1])]
        assert covered[-1][1] == len(read.text)


def test_a_person_who_types_no_imports_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "s.coder")
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("coder.cli.pseudonymise.sys", terminal)
    said = run("import", "s.coder", "interviews", "--pseudonymise", typed="n\n")
    assert said.exit_code == 0 and "Import with it? [y/N]:" in said.output
    assert "Nothing was imported" in said.output and names_in(Path("s.coder")) == []
    assert Path("s-found.csv").exists()


def test_a_later_import_continues_the_pseudonyms(folder: Path) -> None:
    run("init", "s.coder")
    for name, talk in (("one", TALK), ("two", TALK.replace("Jane", "Ruth").replace("Smith", "Jones"))):
        Path(f"{name}.txt").write_text(talk)
        run("import", "s.coder", f"{name}.txt", "--pseudonymise")
        said = run("import", "s.coder", f"{name}.txt", "--pseudonymise", "--apply", "s-found.csv")
        assert said.exit_code == 0, said.output
        Path("s-found.csv").unlink()
    with Study.open("s.coder") as study:
        first, second = (study.texts.transcript(item.id).text for item in study.texts.all())
    patel = first.split("Dr ")[1][:8]
    assert f"Dr {patel} at [Hospital 1]" in first and f"Dr {patel} at [Hospital 1]" in second
    assert "Person 1:" in first and "Person 1:" not in second


def test_tables_are_refused_with_what_to_do(folder: Path) -> None:
    run("init", "s.coder")
    Path("facts.csv").write_text("participant,age\nJane Smith,40\n")
    said = run("import", "s.coder", "interviews", "--pseudonymise", "--attributes", "facts.csv")
    assert said.exit_code == 1 and "not pseudonymised" in str(said.exception)
    Path("old.qdpx").write_bytes(b"PK")
    said = run("import", "s.coder", "old.qdpx", "--pseudonymise")
    assert said.exit_code == 1 and "old.qdpx: a project" in str(said.exception)
    assert run("import", "s.coder", "interviews", "--apply", "x.csv").exit_code == 2


def test_who_is_who_can_be_encrypted_and_is_beside_an_encrypted_study(
    folder: Path, monkeypatch: pytest.MonkeyPatch, quick_keys: None
) -> None:
    monkeypatch.setenv("CODER_PASSPHRASE", "correct horse battery")
    run("init", "s.coder", "--encrypt")
    run("import", "s.coder", "interviews", "--pseudonymise")
    said = run("import", "s.coder", "interviews", "--pseudonymise", "--apply", "s-found.csv")
    assert said.exit_code == 0, said.output
    assert names_in(folder / "s-mapping.encrypted") == []
    PASSPHRASES.forget(folder / "s-mapping.encrypted")
    assert "[Name 1]: Jane Smith; Jane\n" in run("reidentify", "s-mapping.encrypted").output
    assert run("reidentify", "s-mapping.encrypted", "Place 2").output == "[Place 2]: Bradford\n"
    assert run("reidentify", "s-mapping.encrypted", "Name 99").exit_code == 1
    PASSPHRASES.forget(folder / "s-mapping.encrypted")
    monkeypatch.setenv("CODER_PASSPHRASE", "another one")
    said = run("reidentify", "s-mapping.encrypted")
    assert said.exit_code == 1 and "does not open" in str(said.exception) and "Jane" not in said.output
