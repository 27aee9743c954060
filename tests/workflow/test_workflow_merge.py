"""Merging copies: a union, whatever the order; nothing lost, nothing twice; conflicts said."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coder.codebook import Code, Codebook
from coder.errors import InputError, OutputError, StudyError
from coder.review.app import make_app
from coder.store import Study
from coder.store.model_versions import NewModel
from coder.store.values import Decision, Proposal, ProposedCode
from coder.workflow.study.codebook_edit import change_codebook, extended
from coder.workflow.study.decide import Adjudication, adjudicate, decide
from coder.workflow.study.import_transcripts import ImportOptions, import_transcripts
from coder.workflow.study.merge import merge_studies
from coder.workflow.study.reshape import Reshape, reshape
from coder.workflow.study.status import status
from coder.workflow.study.undoing import undo
from tests.review.conftest import entered
from tests.study_making import CODEBOOK, TALK, add_talk, cut, small_study, ticking
from tests.study_making import shown as suggestions_shown

TABLES = {
    "coder": "name, kind",
    "setting": "name, value, time",
    "codebook": "uid, hash, time",
    "transcript": "uid, name, text, current, replaces, doubts, written",
    "model": "uid, label, time",
    "activation": "uid, reason, time",
    "run": "uid, time",
    "act": "uid, kind, mode, time, seconds, (SELECT name FROM coder WHERE coder.id = act.owner)",
    "memo": "uid, content, time",
    "speaker_role": "uid, role",
    "attribute": "uid, subject, content",
    "study": "uid, name, created",
}
PLACE = (
    "(SELECT t.uid || ':' || u.start FROM utterance u JOIN transcript t ON t.id = u.transcript"
    " WHERE u.id = {0}.utterance)"
)
NAME = "(SELECT name FROM coder WHERE coder.id = {0}.{1})"
JOINED = {
    "unit": f"{PLACE.format('unit')}, {NAME.format('unit', 'owner')}, state, flagged, seen, last_act",
    "standing": f"{PLACE.format('standing')}, {NAME.format('standing', 'owner')}, code, rejected, polarity, start",
    "decision": f"(SELECT uid FROM act WHERE act.id = decision.act), number, verdict, {PLACE.format('decision')}",
    "suggestion": f"(SELECT uid FROM run WHERE run.id = suggestion.run), {PLACE.format('suggestion')}, rank, code",
    "outlook": f"(SELECT uid FROM run WHERE run.id = outlook.run), {PLACE.format('outlook')}, top_code, open",
    "exposure": f"{PLACE.format('exposure')}, {NAME.format('exposure', 'coder')}, kind, time",
    "answer": f"{PLACE.format('answer')}, {NAME.format('answer', 'owner')}, code, verdict",
    "turn": "(SELECT uid FROM transcript WHERE id = transcript), number, speaker, role, question",
}


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a study says, by names that are good in every copy."""
    with Study.open(path) as study:
        return {
            table: sorted(tuple(row) for row in study.db.rows(f"SELECT {columns} FROM {table}"))
            for table, columns in {**TABLES, **JOINED}.items()
        }


def copies(tmp_path: Path, names: str = "abc") -> list[Path]:
    with small_study(tmp_path / "base.coder", "p1", "p2") as study:
        units = [item.id for item in study.texts.utterances(study.texts.find("p1"), codable_only=True)]
        model = study.models.add_shipped("starter", {}, "hash")
        study.models.activate(model.id, "first")
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        codes = (ProposedCode("rain", "barrier", 0.8, 0.6, True, "why"),)
        study.suggestions.add_proposals(run, [Proposal(unit, 0.9, 0.1, codes) for unit in units])
        decide(study, "Ann", Decision(units[0], "add", "rain"), mode="blind")
    made = [tmp_path / f"{name}.coder" for name in names]
    for path in made:
        shutil.copy(tmp_path / "base.coder", path)
    return made


def work(path: Path, coder: str, start: str, *, name: str = "p1") -> None:
    """A session of one coder: decisions of every kind, at a time of its own."""
    with Study.open(path, clock=ticking(start)) as study:
        study.people.add_coder(coder)
        units = [item.id for item in study.texts.utterances(study.texts.find(name), codable_only=True)]
        shown = suggestions_shown(study, coder, "assisted", units)
        for unit in units[1:3]:
            if shown[unit]:
                decide(study, coder, Decision(unit, "accept", suggestion=shown[unit][0].id), mode="assisted")
        decide(study, coder, Decision(units[3], "nothing"), mode="blind")
        decide(
            study,
            coder,
            [Decision(units[4], "add", "wind", "mixed"), Decision(units[4], "flag")],
            mode="blind",
        )
        undo(study, coder)
        study.memos.write(coder, f"a note by {coder}", utterance=units[0])
        adjudicate(study, coder, Adjudication(units[0], [("sun", None)]))
        add_talk(study, f"new {coder}", TALK + f"P: {coder} was here.\n")


def test_a_copy_from_before_questions_were_kept_learns_them(tmp_path: Path) -> None:
    old, new = copies(tmp_path, "ab")
    with Study.open(new) as study:
        study.db.connection.execute("UPDATE turn SET question = 'Which?' WHERE number = 1")
        study.db.connection.execute(
            "UPDATE transcript SET doubts = '[\"Look.\"]', written = 1 WHERE name = 'p1'"
        )
    merge_studies([old, new], tmp_path / "on.coder")
    merge_studies([new, old], tmp_path / "no.coder")
    assert content(tmp_path / "on.coder") == content(tmp_path / "no.coder")
    with Study.open(tmp_path / "on.coder") as study:
        read = study.texts.transcript(study.texts.find("p1"))
        assert read.turns[1].question == "Which?" and read.doubts == ("Look.",) and read.written


def test_merging_is_a_union_whatever_the_order(tmp_path: Path) -> None:
    a, b, c = copies(tmp_path)
    work(a, "Ann", "2026-02-01T09:00:00")
    work(b, "Ben", "2026-02-01T09:00:00.500000", name="p2")
    work(c, "Cleo", "2026-01-20T09:00:00")
    merge_studies([a, b], tmp_path / "ab.coder")
    merge_studies([b, a], tmp_path / "ba.coder")
    merge_studies([tmp_path / "ab.coder", c], tmp_path / "ab-c.coder")
    merge_studies([b, c], tmp_path / "bc.coder")
    merge_studies([a, tmp_path / "bc.coder"], tmp_path / "a-bc.coder")
    merge_studies([c, b, a], tmp_path / "cba.coder")
    assert content(tmp_path / "ab.coder") == content(tmp_path / "ba.coder")
    whole = content(tmp_path / "ab-c.coder")
    assert whole == content(tmp_path / "a-bc.coder") == content(tmp_path / "cba.coder")
    acts = {row[0] for path in (a, b, c) for row in content(path)["act"]}
    assert {row[0] for row in whole["act"]} == acts
    assert len(whole["act"]) == len(acts)


def test_merging_a_copy_with_itself_or_its_origin_adds_nothing(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    work(a, "Ann", "2026-02-01T09:00:00")
    before = content(a)
    report = merge_studies([a, b, a], tmp_path / "same.coder")
    assert content(tmp_path / "same.coder") == before
    assert content(a) == before
    assert report.conflicts == ()


def test_what_both_changed_is_listed_and_the_later_stands(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    for path, code, start in ((a, "rain", "2026-03-01T10:00:00"), (b, "sun", "2026-03-01T11:00:00")):
        with Study.open(path, clock=ticking(start)) as study:
            [unit, *_] = [item.id for item in study.texts.utterances(1, codable_only=True)][1:]
            decide(study, "Ann", [Decision(unit, "nothing"), Decision(unit, "add", code)], mode="blind")
            study.settings.set("blind_share", code)
            study.people.set_attribute("participant", "P", "town", [code])
            codes = (*CODEBOOK.codes, Code(code + "y", code))
            study.codebooks.add(Codebook("weather", codes), coder="Ann")
    report = merge_studies([a, b], tmp_path / "m.coder")
    assert sorted(report.conflicts) == sorted(merge_studies([b, a], tmp_path / "w.coder").conflicts)
    said = "\n".join(report.conflicts)
    for word in ("Ann decided the utterance", "blind_share", "'town'", "codebook was changed"):
        assert word in said
    with Study.open(tmp_path / "m.coder") as study:
        state = study.acts.states("Ann", [unit])[unit]
        assert [item.code for item in state.codes] == ["sun"]
        assert study.settings.get("blind_share") == "sun"
        assert "suny" in study.codebooks.current().ids


def test_a_code_retired_in_one_copy_that_the_codebook_in_use_still_has_is_named(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    with Study.open(a, clock=ticking("2026-03-01T10:00:00")) as study:
        [unit, *_] = [item.id for item in study.texts.utterances(1, codable_only=True)][1:]
        decide(study, "Ben", Decision(unit, "add", "rain"), mode="blind")
    shutil.copy(a, b)
    with Study.open(a, clock=ticking("2026-03-01T11:00:00")) as study:
        reshape(study, Reshape("retire", "rain"), coder="Ann")
    with Study.open(b, clock=ticking("2026-03-01T12:00:00")) as study:
        codes = (*CODEBOOK.codes, Code("fog", "Fog"))
        study.codebooks.add(Codebook("weather", codes), coder="Ben")
    for order in ([a, b], [b, a]):
        report = merge_studies(order, tmp_path / "m.coder", force=True)
        [note] = [line for line in report.notes if "done in one copy" in line]
        assert "Rain retired" in note and "still has Rain" in note
    with Study.open(tmp_path / "m.coder") as study:
        assert study.acts.states("Ben", [unit])[unit].codes == ()
        undo(study, "Ann", note.rsplit("--act ", 1)[1])
        assert [item.code for item in study.acts.states("Ben", [unit])[unit].codes] == ["rain"]
    assert merge_studies([a, a], tmp_path / "n.coder").notes == ()


def test_what_both_decided_alike_is_no_conflict_and_what_one_took_back_is(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    for path, start in ((a, "2026-03-01T10:00:00"), (b, "2026-03-01T11:00:00")):
        with Study.open(path, clock=ticking(start)) as study:
            one, two, *_ = [item.id for item in study.texts.utterances(1, codable_only=True)][1:]
            decide(study, "Ann", [Decision(one, "add", "rain"), Decision(two, "add", "sun")], mode="blind")
            if path == b:
                decide(study, "Ann", Decision(two, "withdraw", "sun"), mode="blind")
            start_of = study.texts.by_id([two])[two].start
    [conflict] = merge_studies([a, b], tmp_path / "m.coder").conflicts
    assert conflict.startswith(f"Ann decided the utterance at {start_of} ")


@pytest.mark.parametrize("differ", ["words", "rejected", "flag"])
def test_what_one_coder_decided_in_two_ways_is_a_conflict_though_the_codes_are_the_same(
    tmp_path: Path, differ: str
) -> None:
    a, b = copies(tmp_path, "ab")
    for path, start in ((a, "2026-03-01T10:00:00"), (b, "2026-03-01T11:00:00")):
        with Study.open(path, clock=ticking(start)) as study:
            unit = study.texts.utterances(1, codable_only=True)[1]
            decisions = {
                "words": [
                    Decision(unit.id, "add", "sun", span=(unit.start, unit.start + 4)),
                    Decision(unit.id, "add", "sun", span=(unit.end - 4, unit.end)),
                ],
                "rejected": [Decision(unit.id, "reject", "sun"), Decision(unit.id, "reject", "wind")],
                "flag": [Decision(unit.id, "flag"), Decision(unit.id, "unflag")],
            }
            decide(study, "Ann", decisions[differ][path == b], mode="blind")
    [conflict] = merge_studies([a, b], tmp_path / "m.coder").conflicts
    assert conflict.startswith(f"Ann decided the utterance at {unit.start} ")


def test_studies_begun_apart_join_by_what_their_transcripts_say(tmp_path: Path) -> None:
    for name in "ab":
        with small_study(tmp_path / f"{name}.coder", "p1") as study:
            unit = study.texts.utterances(1, codable_only=True)[0].id
            decide(study, "Ann" if name == "a" else "Ben", Decision(unit, "add", "rain"), mode="blind")
    report = merge_studies([tmp_path / "a.coder", tmp_path / "b.coder"], tmp_path / "ab.coder")
    assert any("begun as different studies" in sentence for sentence in report.conflicts)
    with Study.open(tmp_path / "ab.coder") as study:
        assert [item.decided for item in study.texts.all()] == [{"Ann": 1, "Ben": 1}]


def test_results_are_not_written_over_anything(tmp_path: Path) -> None:
    a, b = copies(tmp_path, "ab")
    with pytest.raises(OutputError, match="one of the studies"):
        merge_studies([a, b], a, force=True)
    (tmp_path / "there.coder").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        merge_studies([a, b], tmp_path / "there.coder")
    with pytest.raises(StudyError, match="not a study"):
        merge_studies([a, tmp_path / "there.coder"], tmp_path / "out.coder")
    assert not (tmp_path / "out.coder").exists()
    assert not list(tmp_path.glob(".coder-merge-*"))


def two_copies(tmp_path: Path) -> tuple[Path, Path]:
    """Two copies: in one a transcript gets a new version and a code goes; in the other Ben codes on."""
    with small_study(tmp_path / "a.coder", "p1", "p2"):
        pass
    shutil.copy(tmp_path / "a.coder", tmp_path / "b.coder")
    with Study.open(tmp_path / "a.coder") as study:
        (tmp_path / "p1.txt").write_text(TALK.replace("We laughed.", "We all laughed."), encoding="utf-8")
        options = ImportOptions(new_version=True, cut=cut)
        assert import_transcripts(study, [tmp_path / "p1.txt"], options).added[0].version == 2
        reshape(study, Reshape("retire", "wind"), coder="Ann")
    with Study.open(tmp_path / "b.coder") as study:
        first, *_, last = units_of(study, "p1")
        decide(study, "Ben", Decision(first, "add", "rain", memo="wet"), mode="blind")
        decide(study, "Ben", Decision(last, "add", "sun"), mode="blind")
        decide(study, "Ben", Decision(units_of(study, "p2")[0], "add", "wind"), mode="blind")
    return tmp_path / "a.coder", tmp_path / "b.coder"


def units_of(study: Study, name: str) -> list[int]:
    return [item.id for item in study.texts.utterances(study.texts.find(name), codable_only=True)]


@pytest.mark.parametrize("turned", [False, True])
def test_codings_of_a_version_that_another_copy_replaced_are_carried_over_and_told(
    tmp_path: Path, *, turned: bool
) -> None:
    paths = two_copies(tmp_path)
    report = merge_studies(paths[::-1] if turned else paths, tmp_path / "both.coder")
    said = "\n".join(report.notes)
    assert "'p1' was replaced in one copy while Ben coded" in said
    assert "of 2 utterances decided there, 1 were carried over" in said
    assert "1 coding of Ben by 'wind', which the codebook in use does not have" in said
    with Study.open(tmp_path / "both.coder") as study:
        rows = study.db.rows(
            "SELECT transcript, text, code, memo FROM coding WHERE coder = 'Ben' ORDER BY code"
        )
        assert [tuple(row) for row in rows] == [
            ("p1", "It rained all day.", "rain", "wet"), ("p2", "It rained all day.", "wind", ""),
        ]  # fmt: skip
        assert any("by 'wind'" in line for line in status(study).unknown_codes)
        change_codebook(
            study, extended(study.codebooks.current(), {"label": "Wind"}), note="again", coder="Ann"
        )
        assert not status(study).unknown_codes
    again = merge_studies([tmp_path / "both.coder", paths[1]], tmp_path / "again.coder")
    assert not again.notes  # what was carried over is not carried again


def three_copies(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Copies: in a `p1` is replaced, in b Ben codes on in the version before, c is a's with Ben's own decision."""
    with small_study(tmp_path / "a.coder", "p1") as study:
        study.people.add_coder("Ben")
    a, b, c = (tmp_path / f"{name}.coder" for name in "abc")
    shutil.copy(a, b)
    replace_p1(a, tmp_path)
    shutil.copy(a, c)
    with Study.open(b, clock=ticking("2026-03-01T10:00:00")) as study:
        decide(study, "Ben", Decision(units_of(study, "p1")[0], "add", "rain"), mode="blind")
    with Study.open(c, clock=ticking("2026-03-01T11:00:00")) as study:
        decide(study, "Ben", Decision(units_of(study, "p1")[0], "nothing"), mode="blind")
    return a, b, c


def replace_p1(path: Path, folder: Path) -> None:
    with Study.open(path, clock=ticking("2026-02-01T09:00:00")) as study:
        (folder / "p1.txt").write_text(TALK.replace("We laughed.", "We all laughed."), encoding="utf-8")
        options = ImportOptions(new_version=True, cut=cut)
        assert import_transcripts(study, [folder / "p1.txt"], options).added[0].version == 2


def test_a_coding_carried_over_stands_behind_what_was_decided_later_on_the_new_version(
    tmp_path: Path,
) -> None:
    a, b, c = three_copies(tmp_path)
    merge_studies([a, b, c], tmp_path / "abc.coder")
    merge_studies([a, b], tmp_path / "ab.coder")
    report = merge_studies([tmp_path / "ab.coder", c], tmp_path / "ab-c.coder")
    assert report.conflicts == ()  # Ben decided each version once
    for name in ("abc", "ab-c"):
        with Study.open(tmp_path / f"{name}.coder") as study:
            unit = units_of(study, "p1")[0]
            state = study.acts.states("Ben", [unit])[unit]
            assert (state.state, state.codes) == ("nothing", ())


def changed_below(tmp_path: Path, *, recoded: bool) -> tuple[Path, Path]:
    """Copies: in a `p1` is replaced; in b Ben codes its last utterance, and recodes the first if `recoded`."""
    with small_study(tmp_path / "a.coder", "p1") as study:
        study.people.add_coder("Ben")
        if recoded:
            decide(study, "Ben", Decision(units_of(study, "p1")[0], "add", "rain"), mode="blind")
    a, b = tmp_path / "a.coder", tmp_path / "b.coder"
    shutil.copy(a, b)
    replace_p1(a, tmp_path)
    with Study.open(b, clock=ticking("2026-03-01T10:00:00")) as study:
        first, *_, last = units_of(study, "p1")
        if recoded:
            again = [Decision(first, "withdraw", "rain"), Decision(first, "add", "sun", "facilitator")]
            decide(study, "Ben", again, mode="blind")
        decide(study, "Ben", Decision(last, "add", "wind"), mode="blind")
    return a, b


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("recoded", [False, True])
def test_what_a_coder_changed_in_a_replaced_version_is_carried_over_anew_or_told(
    tmp_path: Path, *, recoded: bool, turned: bool
) -> None:
    paths = changed_below(tmp_path, recoded=recoded)
    report = merge_studies(paths[::-1] if turned else paths, tmp_path / "both.coder")
    [note] = report.notes
    said = "of 2 utterances decided there, 1 were" if recoded else "of 1 utterance decided there, 0 were"
    assert said in note and "(the first: 'My name is p1.')" in note
    with Study.open(tmp_path / "both.coder") as study:
        rows = study.db.rows("SELECT code, polarity FROM coding WHERE coder = 'Ben'")
        assert [tuple(row) for row in rows] == ([("sun", "facilitator")] if recoded else [])
    again = merge_studies([tmp_path / "both.coder", paths[1]], tmp_path / "again.coder")
    assert not again.notes


def test_the_reason_for_coding_nothing_is_carried_over(tmp_path: Path) -> None:
    with small_study(tmp_path / "a.coder", "p1") as study:
        study.people.add_coder("Ben")
        unit = units_of(study, "p1")[0]
        decide(study, "Ben", Decision(unit, "nothing", memo="small talk"), mode="blind")
        adjudicate(study, "Ben", Adjudication(unit, [], memo="agreed: small talk"))
    replace_p1(tmp_path / "a.coder", tmp_path)
    with Study.open(tmp_path / "a.coder") as study:
        done = study.acts.history(utterance=units_of(study, "p1")[0])
        assert {(item.verdict, item.memo) for item in done} == {
            ("nothing", "small talk"), ("nothing", "agreed: small talk"),
        }  # fmt: skip


def test_a_code_named_as_the_advice_says_takes_in_the_codings_of_an_id_with_capitals(tmp_path: Path) -> None:
    path = tmp_path / "one.coder"
    with small_study(path, "p1") as study:
        known = study.codebooks.current()
        more = (*known.codes, Code("Time-pressure", "Pressure of time"))
        study.codebooks.add(replace(known, codes=more), note="more")
        decide(study, "Ben", Decision(units_of(study, "p1")[0], "add", "Time-pressure"), mode="blind")
        study.codebooks.add(known, note="back")
        [line] = status(study).unknown_codes
        assert "by 'Time-pressure'" in line and "Add a code of this name" in line
    app, sessions = make_app(path, ["Ann"], port=8765, hosts=["127.0.0.1:8765"])
    ann = entered(app, next(iter(sessions)))
    for label in ("Time-pressure", "Time pressure"):  # the second is a new code, as any other label
        ann.post("/codebook/change", hash=current(path).hash, label=label)
    assert current(path).ids == (*known.ids, "Time-pressure", "time_pressure")
    with Study.open(path) as study:
        assert not status(study).unknown_codes
    with pytest.raises(InputError, match="There is a code 'Rain' already"):
        extended(known, {"label": "Rain"}, {"Rain"})


def current(path: Path) -> Codebook:
    with Study.open(path) as study:
        return study.codebooks.current()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("corrected", ["", "a", "b"])
def test_a_model_of_one_copy_that_learned_from_what_another_holds_out_is_named(
    tmp_path: Path, corrected: str, *, turned: bool
) -> None:
    a, b = copies(tmp_path, "ab")
    if corrected:
        replace_p1(tmp_path / f"{corrected}.coder", tmp_path)
    with Study.open(a) as study:
        study.models.hold_out([study.texts.find("p1")])
    with Study.open(b) as study:
        learned = [study.texts.find("p1"), study.texts.find("p2")]
        model = study.models.add(NewModel("starter", {}, "hash", {"card.json": b"{}"}, learned))
    both = tmp_path / "both.coder"
    said = merge_studies([b, a] if turned else [a, b], both).conflicts
    of_it = "another version of it" if corrected else "it"
    assert said == (
        f"The transcript 'p1' is held out in one copy, and the model {model.label} of another learned from {of_it};"
        " figures on this transcript flatter the model.",
    )
    assert not merge_studies([both, a], tmp_path / "again.coder").conflicts  # it was said
    with Study.open(a) as study:
        study.transcript_changes.rename(study.texts.find("p1"), "first interview")
    assert not merge_studies([both, a], tmp_path / "renamed.coder").conflicts
