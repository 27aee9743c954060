"""Who is taken for the interviewer, and how to overrule it."""

import pytest

from coder.domain import Transcript
from coder.errors import InputError
from coder.reading.formats.plain import document_of
from coder.reading.speakers import roles
from coder.reading.speakers.assemble import assemble
from coder.reading.speakers.vocabulary import key_of


def read(text: str, *interviewer: str) -> Transcript:
    return assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"", interviewer)


def asking(text: str, *interviewer: str) -> set[str | None]:
    return {turn.speaker for turn in read(text, *interviewer).turns if turn.role == "interviewer"}


def talk(*labels: str) -> str:
    """Return a talk in which the first label asks and the others answer in turn."""
    answers = ["I went once.", "Up the hill, past the chapel.", "My sister drove me there and back."]
    lines = []
    for number in range(4):
        lines.append(f"{labels[0]}: And what happened then, number {number}?")
        lines += [f"{label}: {answers[(number + place) % 3]}" for place, label in enumerate(labels[1:])]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("Interviewer", "Participant"), {"Interviewer"}),
        (("MODERATOR", "F1", "F2", "M1"), {"MODERATOR"}),
        (("I", "R"), {"I"}),
        (("R", "P"), {"R"}),
        (("Q", "A"), {"Q"}),
        (("INV", "PAR"), {"INV"}),
        (("Cyfwelydd", "Cyfranogwr"), {"Cyfwelydd"}),
        (("Enquêtrice", "Enquêtée"), {"Enquêtrice"}),
        (("Befragerin", "Befragte"), {"Befragerin"}),
        (("Researcher", "Nurse 1", "Nurse 2"), {"Researcher"}),
        (("Interviewer", "Researcher 1", "Researcher 2"), {"Interviewer"}),
        (("Jane Smith (Facilitator)", "Ann", "Bob"), {"Jane Smith (Facilitator)"}),
        (("SPEAKER_01", "SPEAKER_00"), {"SPEAKER_01"}),
        (("Sarah", "Mike"), {"Sarah"}),
        (("Ruth", "Ann", "Bob", "Cai"), {"Ruth"}),
    ],
)
def test_roles_are_inferred_from_labels_or_questions(labels: tuple[str, ...], expected: set[str]) -> None:
    assert asking(talk(*labels)) == expected


def test_labels_count_more_than_questions() -> None:
    text = "Interviewer: Go on.\nP1: Why me? What for?\nInterviewer: I see.\nP1: Do you? Really?\n"
    assert asking(text) == {"Interviewer"}


def test_the_header_names_the_interviewer() -> None:
    header = "Interviewer: Jane Smith\nDate: 3 May\n\n"
    assert asking(
        header + "JS: Right.\nBA: Was it? Is it?\nJS: Mm.\nBA: Should I?\nJS: Yes.\nBA: When?\n"
    ) == {"JS"}


def test_nobody_asks() -> None:
    transcript = read("Ann: I went up.\nBob: I went down.\nAnn: It rained.\nBob: It snowed.\n")
    assert {turn.role for turn in transcript.turns} == {"participant"}
    assert any("No interviewer was recognised" in note for note in transcript.notes)


def test_naming_interviewers_overrules_everything() -> None:
    text = talk("Interviewer", "P1", "P2")
    assert asking(text, "p1") == {"P1"}
    assert asking(text, "P1", "P2") == {"P1", "P2"}


def test_an_unknown_label_names_those_found() -> None:
    with pytest.raises(
        InputError, match=r"x\.txt has no speaker called Zoe: the labels found are Interviewer, P1"
    ):
        read(talk("Interviewer", "P1"), "Zoe")
    with pytest.raises(InputError, match="names no speakers"):
        read("Only words here.\n\nAnd some more of them.\n", "Zoe")


def test_an_interviewer_of_another_file_joined_to_this_one_is_found_by_the_questions() -> None:
    transcript = read(
        "INT: Who cooks?\nP1: I do.\nINT: Every day?\nP1: Nearly.\n\n"
        "Researcher: Who shops?\nParticipant B: My son.\nResearcher: Alone?\nParticipant B: Yes.\n"
    )
    assert {turn.speaker for turn in transcript.turns if turn.role == "interviewer"} == {"INT", "Researcher"}
    assert any("Researcher taken for an interviewer too" in note for note in transcript.notes)


def test_labels_that_the_questions_contradict_are_doubtful() -> None:
    transcript = read("R: Who cooks?\nI: I do.\nR: Every day?\nI: Nearly.\nR: And now?\nI: No.\n")
    assert any("R asks the questions" in doubt for doubt in transcript.doubts)


def test_who_speaks_for_others_is_named() -> None:
    transcript = read(
        "INT: Who cooks?\nInterpreter: He asks who cooks.\nP1: I do.\nINT: Why?\nInterpreter: Why so.\nP1: So.\n"
    )
    assert any("Interpreter speaks for others" in doubt for doubt in transcript.doubts)


def test_greek_questions_end_with_a_semicolon() -> None:
    text = "Νίκος: Ποιος μαγειρεύει;\nΆννα: Εγώ, συνήθως.\nΝίκος: Κάθε μέρα;\nΆννα: Σχεδόν πάντα.\n"
    assert asking(text) == {"Νίκος"}


def test_members_of_a_committee_share_the_asking() -> None:
    transcript = read(
        "Senator Moss. Who pays?\n\nDr. Abernathy. The clinics do, mostly, and the state pays the rest.\n\n"
        "Senator Moss. Since when?\n\nDr. Abernathy. Since the reform, as far as I remember it now.\n\n"
        "Senator de la Cruz. Is it enough?\n\nDr. Abernathy. It is not, and it never was in my county.\n\n"
        "Senator de la Cruz. Why not?\n\nDr. Abernathy. The fees rose each year and the budget did not.\n"
    )
    assert {turn.speaker for turn in transcript.turns if turn.role == "interviewer"} == {
        "Senator Moss",
        "Senator de la Cruz",
    }


def test_a_question_in_a_script_without_capitals_is_no_name_in_a_header() -> None:
    text = "المحاور: كيف تصل إلى العيادة؟\n\nالمشارك: أركب الحافلة كل يوم.\n\nالمحاور: ومن يساعدك؟\n"
    assert [turn.role for turn in read(text).turns] == ["interviewer", "participant", "interviewer"]


@pytest.mark.parametrize(
    "labels",
    [
        ("Mhojaji", "Mhojiwa"), ("Tagapanayam", "Kalahok"), ("Интервюиращ", "Участник"), ("Ispitivač", "Ispitanik"),
        ("Spraševalka", "Intervjuvanka"), ("Interviuotojas", "Dalyvis"), ("Intervētāja", "Dalībnieks"),
        ("Küsitleja", "Vastaja"), ("Spyrill", "Viðmælandi"), ("Elkarrizketatzailea", "Elkarrizketatua"),
        ("Intervistuesi", "I intervistuari"), ("সাক্ষাৎকারগ্রহীতা", "উত্তরদাতা"), ("انٹرویو لینے والا", "جواب دہندہ"),
        ("நேர்காணல் செய்பவர்", "பங்கேற்பாளர்"), ("ጠያቂ", "መላሽ"), ("ინტერვიუერი", "რესპონდენტი"), ("Հարցազրուցավար", "Մասնակից"),
    ],
    ids=lambda labels: labels[0],
)  # fmt: skip
def test_labels_of_more_languages_tell_roles_without_any_question(labels: tuple[str, str]) -> None:
    text = "".join(f"{labels[0]}: Mm {n}.\n\n{labels[1]}: Kato sela {n}, bala nu.\n\n" for n in range(3))
    assert asking(text) == {labels[0]}


def test_a_second_talk_in_the_file_has_its_own_interviewer() -> None:
    second = "Ruth: How long?\n\nBen: Nine years.\n\nRuth: Who digs?\n\nBen: My neighbour did.\n"
    found = read(talk("Interviewer", "P1") + "\n\n" + second)
    assert {turn.speaker for turn in found.turns if turn.role == "interviewer"} == {"Interviewer", "Ruth"}
    assert any("Ruth taken for the interviewer" in note for note in found.notes)


@pytest.mark.parametrize("letter", ["S", "I", "R", "В"])
def test_labels_of_a_letter_are_not_compared_with_all_others(
    letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = 0

    def counted(label: str) -> str:
        nonlocal looked
        looked += 1
        return key_of(label)

    monkeypatch.setattr(roles, "key_of", counted)
    read("".join(f"{letter}{number}: It rained {number} days.\n" for number in range(400)))
    assert 400 <= looked < 20 * 400  # 160,000 where each is compared with each


def test_a_legend_says_more_than_a_letter() -> None:
    talk = "R: Who cooks?\nI: My son.\nR: And you?\nI: I do not.\n"
    plain = assemble(document_of(talk, "x.txt", "utf-8"), "x.txt", b"")
    legend = assemble(
        document_of("R = researcher, I = interviewee\n\n" + talk, "x.txt", "utf-8"), "x.txt", b""
    )
    assert {turn.speaker for turn in plain.turns if turn.role == "interviewer"} == {"I"}
    assert {turn.speaker for turn in legend.turns if turn.role == "interviewer"} == {"R"}


def test_another_look_of_questions_goes_before_capitals() -> None:
    said = [words for n in range(1, 5) for words in (f"{n}. WHO COOKS FOR YOU THERE?", "My son does.")]
    looks = [frozenset({"numbered", roles.CAPITALS}), frozenset[str]()] * 4
    assert roles.look_of_questions(said, looks) == "numbered"
    assert roles.look_of_questions(said, [look & {roles.CAPITALS} for look in looks]) == roles.CAPITALS
