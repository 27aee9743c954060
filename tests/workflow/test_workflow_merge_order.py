"""The order in which copies are merged changes nothing: not what is coded, nor what transcripts are called."""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, permutations
from pathlib import Path

import pytest

from coder.codebook import Code
from coder.errors import StudyError
from coder.store import Study
from coder.store.left_log import UNFINISHED
from coder.store.values import Decision
from coder.workflow.study.decide import Adjudication, adjudicate, decide
from coder.workflow.study.import_transcripts import ImportOptions, import_transcripts
from coder.workflow.study.merge import MergeReport, merge_studies
from coder.workflow.study.reshape import Reshape, reshape
from coder.workflow.study.undoing import redo, undo
from tests.study_making import TALK, cut, small_study, ticking

TEXTS = {number: TALK.replace("We laughed.", f"We laughed {'and ' * number}laughed.") for number in (1, 2, 3)}
CODES = ("rain", "sun", "wind")


def copies(folder: Path, names: str) -> list[Path]:
    with small_study(folder / "base.coder", "p1"):
        pass
    made = [folder / f"{name}.coder" for name in names]
    for path in made:
        shutil.copy(folder / "base.coder", path)
    return made


def bring(path: Path, text: str, name: str, *, at: str, version: bool = True) -> None:
    """Import a text under a name, as a new version of the transcript of that name or on its own."""
    folder = path.with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with Study.open(path, clock=ticking(at)) as study:
        import_transcripts(study, [folder / f"{name}.txt"], ImportOptions(new_version=version, cut=cut))


def code(path: Path, name: str, what: str, *, at: str, place: int = 0, coder: str = "Ben") -> None:
    with Study.open(path, clock=ticking(at)) as study:
        unit = study.texts.utterances(study.texts.find(name), codable_only=True)[place]
        decide(study, coder, Decision(unit.id, "add", what), mode="blind")


def held(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a study holds that people see: its transcripts and the codings of everybody."""
    with Study.open(path) as study:
        after: list[tuple[object, ...]] = [
            (
                row["uid"],
                study.db.value("SELECT uid FROM transcript WHERE id = ?", (study.texts.in_use(row["id"]),)),
            )
            for row in study.db.rows("SELECT id, uid FROM transcript ORDER BY uid")
        ]
        return {
            "listed": [
                (item.name, item.uid, item.version, item.source, item.added) for item in study.texts.all()
            ],
            "in use": after,
            "codings": sorted(
                tuple(map(str, row))
                for row in study.db.rows(
                    'SELECT transcript, start, "end", text, coder, code, polarity FROM coding'
                )
            ),
        }


def merged(paths: tuple[Path, ...] | list[Path], out: Path) -> MergeReport:
    return merge_studies(paths, out)


def test_one_text_imported_under_two_names_has_one_name_whoever_comes_first(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    bring(a, TEXTS[1], "ward", at="2026-02-02T09:00:00", version=False)
    bring(b, TEXTS[1], "clinic", at="2026-02-03T09:00:00", version=False)
    code(b, "clinic", "rain", at="2026-02-04T09:00:00")
    reports = [merged([a, b], tmp_path / "ab.coder"), merged([b, a], tmp_path / "ba.coder")]
    assert held(tmp_path / "ab.coder") == held(tmp_path / "ba.coder")
    assert [name for name, *_ in held(tmp_path / "ab.coder")["listed"]] == ["clinic", "p1"]
    [said] = {report.conflicts for report in reports}
    assert said == (
        "The same text was imported as 'clinic' in one and as 'ward' in the other; it is called 'clinic' here.",
    )


def test_a_text_that_is_a_new_version_in_one_copy_is_so_whoever_comes_first(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    code(a, "p1", "wind", at="2026-02-01T09:00:00", place=1)
    bring(a, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    bring(b, TEXTS[1], "another", at="2026-01-02T09:00:00", version=False)
    code(b, "another", "sun", at="2026-02-03T10:00:00")
    reports = [merged([a, b], tmp_path / "ab.coder"), merged([b, a], tmp_path / "ba.coder")]
    assert held(tmp_path / "ab.coder") == held(tmp_path / "ba.coder")
    assert [(name, version) for name, _, version, *_ in held(tmp_path / "ab.coder")["listed"]] == [("p1", 2)]
    assert {row[5] for row in held(tmp_path / "ab.coder")["codings"]} == {"wind", "sun"}
    [said] = {report.conflicts for report in reports}
    assert (
        "'p1' came in as a new version in one and on its own in the other; it counts as the new version."
        in said
    )


def test_codings_are_carried_along_a_chain_of_versions_whoever_comes_first(tmp_path: Path) -> None:
    a, b, c = copies(tmp_path, "abc")
    bring(a, TEXTS[1], "p1", at="2026-02-01T09:00:00")
    bring(a, TEXTS[2], "p1", at="2026-02-01T10:00:00")
    bring(b, TEXTS[1], "p1", at="2026-02-02T09:00:00")  # the same text as in the first copy, a day later
    code(b, "p1", "rain", at="2026-02-02T10:00:00", place=3)
    code(c, "p1", "wind", at="2026-02-03T10:00:00", place=2)
    for number, order in enumerate(permutations((a, b, c))):
        merged(order, tmp_path / f"{number}.coder")
        assert {row[5] for row in held(tmp_path / f"{number}.coder")["codings"]} == {"rain", "wind"}, order


def test_words_decided_in_two_versions_count_in_order_of_time_and_are_named(tmp_path: Path) -> None:
    a, b, c = copies(tmp_path, "abc")
    code(b, "p1", "rain", at="2026-02-01T09:00:00")
    bring(c, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    bring(a, TEXTS[1], "p1", at="2026-02-03T09:00:00")
    code(a, "p1", "sun", at="2026-02-04T09:00:00")
    first, second, at_once = (tmp_path / f"{name}.coder" for name in ("bc", "abc2", "abc1"))
    merged([b, c], first)
    reports = [merged([a, first], second), merged([first, a], tmp_path / "back.coder")]
    said = (
        "Ben decided the same words of 'p1' in one copy and in the version before in another; both count, in order of"
        " time, which leaves rain and sun: 'It rained all day.'."
    )
    assert reports[0].notes == reports[1].notes == (said,)
    assert said in merged([a, b, c], at_once).notes
    assert held(second) == held(tmp_path / "back.coder") == held(at_once)
    assert {row[5] for row in held(second)["codings"]} == {"rain", "sun"}
    assert not merged([a, second], tmp_path / "later.coder").notes  # one copy held both by then
    merged([at_once, b], tmp_path / "once more.coder")
    assert held(tmp_path / "once more.coder") == held(at_once)


def test_words_left_with_no_code_are_named_before_others(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    bring(a, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    for place in (0, 1):
        code(a, "p1", "rain", at=f"2026-02-03T09:0{place}:00", place=place)
    code(b, "p1", "sun", at="2026-02-04T09:00:00")
    with Study.open(b, clock=ticking("2026-02-05T09:00:00")) as study:
        second = study.texts.utterances(study.texts.find("p1"), codable_only=True)[1].id
        decide(study, "Ben", Decision(second, "nothing"), mode="blind")
    twice = [note for note in merged([a, b], tmp_path / "ab.coder").notes if "decided the same words" in note]
    assert ["no code" in note for note in twice] == [True, False]


def test_the_same_decision_in_two_versions_is_no_news(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    bring(a, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    code(a, "p1", "rain", at="2026-02-04T09:00:00")
    code(b, "p1", "rain", at="2026-02-01T09:00:00")
    assert not any("decided the same words" in note for note in merged([a, b], tmp_path / "ab.coder").notes)


def test_taking_back_what_was_carried_over_reaches_the_version_in_use_in_every_order(tmp_path: Path) -> None:
    a, b, c = copies(tmp_path, "abc")
    code(b, "p1", "rain", at="2026-02-01T09:00:00")
    shutil.copy(b, c)
    bring(c, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    bring(a, TEXTS[1], "p1", at="2026-02-02T10:00:00")
    outcomes = []
    for path in (b, c):  # in the version before the correction, and beside it
        there = tmp_path / f"undone in {path.stem}"
        there.mkdir()
        undone, other = there / path.name, c if path == b else b
        shutil.copy(path, undone)
        with Study.open(undone, clock=ticking("2026-02-03T09:00:00")) as study:
            assert undo(study, "Ben") is not None
        merged([a, undone], there / "first.coder")
        merged([there / "first.coder", other], there / "steps.coder")
        merged([undone, other, a], there / "once.coder")
        assert held(there / "steps.coder") == held(there / "once.coder")
        with Study.open(there / "once.coder", clock=ticking("2026-02-05T09:00:00")) as study:
            assert redo(study, "Ben") is not None
        outcomes += [held(there / "steps.coder")["codings"], held(there / "once.coder")["codings"]]
    assert [len(codings) for codings in outcomes] == [0, 1, 0, 1]
    with Study.open(c, clock=ticking("2026-02-03T09:00:00")) as study:
        undo(study, "Ben")
        kinds = sorted(line.kind for line in study.acts.summaries(coder="Ben"))
        assert kinds == ["carry", "decide", "undo"]


def test_undo_reaches_a_version_that_followed_the_first_in_one_copy_and_a_later_one_in_another(
    tmp_path: Path,
) -> None:
    b, c, d = copies(tmp_path, "bcd")
    code(b, "p1", "rain", at="2026-01-20T09:00:00")
    for path in (c, d):
        shutil.copy(b, path)
    third = TEXTS[1].replace("And at night?", "And at night, too?")
    bring(b, third, "p1", at="2026-02-01T09:00:00")
    for text, hour in ((TEXTS[1], 10), (third, 11)):
        bring(c, text, "p1", at=f"2026-02-01T{hour}:00:00")
    merged([b, c], tmp_path / "bc.coder")
    for path in (d, tmp_path / "bc.coder"):
        assert held(path)["codings"]
        with Study.open(path, clock=ticking("2026-02-03T09:00:00")) as study:
            assert undo(study, "Ben") is not None
    assert not held(tmp_path / "bc.coder")["codings"]
    merged([b, c, d], tmp_path / "bcd.coder")
    assert not held(tmp_path / "bcd.coder")["codings"]


@pytest.mark.parametrize("change", [Reshape("merge", "rain", into="wind"), Reshape("retire", "rain")])
def test_a_change_of_codes_is_undone_and_redone_on_a_corrected_version_too(
    tmp_path: Path, change: Reshape
) -> None:
    (a,) = copies(tmp_path, "a")
    code(a, "p1", "rain", at="2026-02-01T09:00:00")
    code(a, "p1", "sun", at="2026-02-01T10:00:00", place=1)
    with Study.open(a, clock=ticking("2026-02-02T09:00:00")) as study:
        reshape(study, change, coder="Ann")
    for number in (1, 2):
        bring(a, TEXTS[number], "p1", at=f"2026-02-0{2 + number}T09:00:00")
    after = held(a)["codings"]
    with Study.open(a, clock=ticking("2026-02-06T09:00:00")) as study:
        assert undo(study, "Ann") is not None
        [wet] = [row["code"] for row in study.db.rows("SELECT code FROM coding WHERE code <> 'sun'")]
        assert wet == "rain"
        assert redo(study, "Ann") is not None
    assert held(a)["codings"] == after
    code(a, "p1", "wind", at="2026-02-07T09:00:00")
    with Study.open(a, clock=ticking("2026-02-08T09:00:00")) as study:
        assert undo(study, "Ann") is not None
    code(
        a, "p1", "rain", at="2026-02-09T09:00:00", place=2
    )  # somebody uses the code again: now it has to wait
    with Study.open(a) as study, pytest.raises(StudyError, match="Rain has 1 coding of Ben since"):
        redo(study, "Ann")


def test_participants_and_facts_are_those_of_the_version_before_also_where_another_copy_told_them(
    tmp_path: Path,
) -> None:
    a, b = copies(tmp_path, "ab")
    bring(a, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    with Study.open(b, clock=ticking("2026-02-03T09:00:00")) as study:
        old = next(item for item in study.texts.all() if item.name == "p1")
        study.people.link(old.id, "P", "Maria")
        study.people.link(old.id, "Q", "nobody who speaks in the later version")
        study.people.set_attribute("participant", "Maria", "town", ["Leeds"])
        study.people.set_attribute("transcript", old.uid, "place", ["ward"])
        assert study.people.participants(old.id)["Q"]
    for order in ([a, b], [b, a]):
        merge_studies(order, tmp_path / "ab.coder", force=True)
        with Study.open(tmp_path / "ab.coder", clock=ticking("2026-02-04T09:00:00")) as study:
            [new] = study.texts.all()
            assert new.version == 2 and study.people.participants(new.id) == {"P": "Maria"}
            assert study.people.attributes("transcript", new.uid) == {"place": ("ward",)}
            assert study.people.attributes("participant", "Maria") == {"town": ("Leeds",)}
            study.people.link(new.id, "P", "Mary")
            study.people.set_attribute("transcript", new.uid, "place", ["home"])
            assert study.people.participants(new.id) == {"P": "Mary"}
            assert study.people.all_attributes("transcript")[new.uid] == {"place": ("home",)}
            assert study.people.attributes("transcript", old.uid) == {"place": ("ward",)}


def test_what_was_told_of_a_corrected_version_goes_before_what_another_copy_tells_later_of_the_one_before(
    tmp_path: Path,
) -> None:
    a, b = copies(tmp_path, "ab")
    bring(a, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    for path, who, place, day in ((a, "Mary", "home", 3), (b, "Maria", "ward", 4)):
        with Study.open(path, clock=ticking(f"2026-02-0{day}T09:00:00")) as study:
            [item] = study.texts.all()
            study.people.link(item.id, "P", who)
            study.people.set_attribute("transcript", item.uid, "place", [place])
            study.people.set_attribute("transcript", item.uid, f"only in {path.stem}", ["yes"])
    for order in ([a, b], [b, a]):
        merge_studies(order, tmp_path / "ab.coder", force=True)
        with Study.open(tmp_path / "ab.coder", clock=ticking("2026-02-05T09:00:00")) as study:
            [new] = study.texts.all()
            facts = {"place": ("home",), "only in a": ("yes",), "only in b": ("yes",)}
            assert study.people.participants(new.id) == {"P": "Mary"}
            assert study.people.attributes("transcript", new.uid) == facts
            assert study.people.all_attributes("transcript")[new.uid] == facts
            study.people.set_attribute("transcript", new.uid, "place", [])
            assert "place" not in study.people.attributes("transcript", new.uid)
            assert "place" not in study.people.all_attributes("transcript")[new.uid]


def test_who_adjudicated_and_with_which_codes_in_view_is_kept_on_a_corrected_version(tmp_path: Path) -> None:
    (a,) = copies(tmp_path, "a")
    with Study.open(a, clock=ticking("2026-02-01T09:00:00")) as study:
        unit = study.texts.utterances(study.texts.find("p1"), codable_only=True)[0].id
        adjudicate(study, "Ann", Adjudication(unit, [("sun", None)]))
        code(a, "p1", "wind", at="2026-02-01T10:00:00")
        known = study.codebooks.current()
        study.codebooks.add(replace(known, codes=(*known.codes, Code("fog", "Fog"))))
    bring(a, TEXTS[1], "p1", at="2026-02-02T09:00:00")
    with Study.open(a) as study:
        unit = study.texts.utterances(study.texts.find("p1"), codable_only=True)[0].id
        done = study.acts.history(utterance=unit)
        assert {(record.coder, record.owner) for record in done} == {("Ann", "adjudicated"), ("Ben", "Ben")}
        [ben] = [lesson for lesson in study.confirmed() if lesson.coder == "Ben"]
        [looked] = ben.codebooks
        assert "fog" not in study.codebooks.get(looked).ids  # nobody looked for it


def test_what_a_killed_merge_left_is_removed_by_the_next_one_a_day_later(tmp_path: Path) -> None:
    left, running = tmp_path / f"{UNFINISHED}left", tmp_path / f"{UNFINISHED}running"
    for folder in (left, running):
        folder.mkdir()
        (folder / "joined.coder").write_bytes(b"a copy")
    os.utime(left, (0, 0))
    dangling = tmp_path / f"{UNFINISHED}link"
    dangling.symlink_to(tmp_path / "nowhere")
    report = merged(copies(tmp_path, "ab"), tmp_path / "ab.coder")
    assert {path.name for path in tmp_path.glob(".*")} == {running.name, dangling.name}
    assert report.notes == (
        f"Copies that a merge or the opening of a study left unfinished on 1970-01-01 in {left.name} were removed.",
    )


def test_versions_imported_in_opposite_order_make_no_circle(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    bring(a, TEXTS[1], "k", at="2026-02-01T09:00:00", version=False)
    bring(a, TEXTS[2], "k", at="2026-02-01T10:00:00")
    bring(b, TEXTS[2], "k", at="2026-02-02T09:00:00", version=False)
    bring(b, TEXTS[1], "k", at="2026-02-02T10:00:00")
    code(b, "k", "sun", at="2026-02-03T10:00:00")
    merged([a, b], tmp_path / "ab.coder")
    merged([b, a], tmp_path / "ba.coder")
    assert held(tmp_path / "ab.coder") == held(tmp_path / "ba.coder")
    assert [(name, version) for name, _, version, *_ in held(tmp_path / "ab.coder")["listed"]] == [
        ("k", 2),
        ("p1", 1),
    ]
    assert held(tmp_path / "ab.coder")["codings"]


def worked(path: Path, drawn: random.Random, hours: Iterator[int]) -> None:
    """Some work of a kind and at a time of its own: imports, versions, names, removals, codings, undoing."""
    for _ in range(drawn.randint(3, 6)):
        hour = next(hours)
        at = f"2026-03-{1 + hour // 24:02}T{hour % 24:02}:00:00"
        with Study.open(path) as study:
            names = sorted({item.name for item in study.texts.all()}) or ["p1"]
        name, coder = drawn.choice(names), drawn.choice(("Ann", "Ben"))
        what = drawn.choice(
            ("import", "version", "version", "code", "code", "code", "rename", "remove", "undo")
        )
        try:
            if what == "import":
                bring(path, drawn.choice([*TEXTS.values()]), drawn.choice("xy"), at=at, version=False)
            elif what == "version":
                bring(path, drawn.choice([*TEXTS.values()]), name, at=at)
            elif what == "code":
                code(path, name, drawn.choice(CODES), at=at, place=drawn.randint(0, 4), coder=coder)
            else:
                with Study.open(path, clock=ticking(at)) as study:
                    if what == "undo":
                        undo(study, coder)
                    elif what == "rename":
                        study.transcript_changes.rename(
                            study.texts.find(name), f"{name} {drawn.choice('mn')}"
                        )
                    else:
                        study.transcript_changes.remove(study.texts.find(name))
        except StudyError:  # nothing to undo, a name that is taken: then this is not done
            continue


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_done_in_three_copies_they_join_to_one_study_in_any_order(
    tmp_path: Path, seed: int
) -> None:
    drawn, hours = random.Random(seed), count()
    paths = copies(tmp_path, "abc")
    for _ in range(2):
        for path in drawn.sample(paths, 3):
            worked(path, drawn, hours)
    outcomes = []
    for number, (one, two, three) in enumerate(permutations(paths)):
        merged([one, two, three], tmp_path / f"{number}.coder")
        outcomes.append(held(tmp_path / f"{number}.coder"))
    assert outcomes[1:] == outcomes[:-1]
