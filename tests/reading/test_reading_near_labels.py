"""Labels that resemble known ones, names in several forms, and paragraphs that have no label."""

import pytest

from coder.domain import Corrections, Transcript
from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble
from coder.reading.speakers.near_labels import distance, nearest


def read(text: str, corrections: Corrections | None = None) -> Transcript:
    return assemble(
        document_of(text, "x.txt", "utf-8"), "x.txt", b"", corrections=corrections or Corrections()
    )


def turns(transcript: Transcript) -> list[tuple[str | None, str | None, str]]:
    """Return (speaker, role, words) per turn, the role by its first letter."""
    return [
        (turn.speaker, turn.role and turn.role[0], transcript.words_of(turn)) for turn in transcript.turns
    ]


def speakers(transcript: Transcript) -> list[str | None]:
    return [turn.speaker for turn in transcript.turns]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("interveiwer", "interviewer", 1), ("particpant", "participant", 1), ("anna", "bob", 3), ("a", "a", 0)],
)
def test_the_distance_counts_slips(one: str, other: str, expected: int) -> None:
    assert distance(one, other, 2) == expected


@pytest.mark.parametrize(
    ("key", "known", "meant"),
    [
        ("interveiwer", ["interviewer", "participant"], "interviewer"),
        ("interviewee", ["interviewer"], None),  # a word of its own
        ("participant 2", ["participant 1"], None),  # another number is another person
        ("anne", ["anna"], None),  # too short to tell
        ("moderater", ["moderator"], "moderator"),
    ],
)
def test_only_what_can_be_a_slip_is_taken_for_one(key: str, known: list[str], meant: str | None) -> None:
    assert nearest(key, known) == meant


def test_misspelt_labels_and_other_signs_behind_them_are_the_known_speaker() -> None:
    transcript = read(
        "Moderator: Who cooks?\nRespondent 1: I do.\nModerater: Every day?\nRespondent 1: Nearly.\n"
        "Moderator; Alone?\nRespondent1: Mostly.\nModerator: And then?\nRespondent 1: We eat.\n"
    )
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"] * 4
    assert any("'Moderater' taken for Moderator's" in note for note in transcript.notes)


def test_what_only_looks_like_a_label_is_named() -> None:
    transcript = read(
        "INT: Who was there?\nP1: I wrote it down. It went like this.\nHim: no, Her: yes, and so on.\n"
        "INT: And?\nP1: We left. Then:\nBo Ek: wait, he said, and Bo Ek: wait.\nI waited.\nINT: Why?\nP1: To see.\n"
    )
    assert set(speakers(transcript)) >= {"INT", "P1"}
    assert all(turn.speaker is not None for turn in transcript.turns)


@pytest.mark.parametrize(
    "label", ["MODERATOR", "Interviewer", "INT", "Q", "Tazatel", "聞き手", "Người phỏng vấn", "Интервьюер"]
)
@pytest.mark.parametrize("gap", ["\n\n", "\n\t", "\n    "])
def test_paragraphs_without_a_label_are_not_the_only_interviewers(label: str, gap: str) -> None:
    text = f"{label}: Who opens the gate?{gap}I do, at six.\n{label}: Every day?{gap}But Sunday.\n"
    assert turns(read(text)) == [
        (label, "i", "Who opens the gate?"),
        (None, "p", "I do, at six."),
        (label, "i", "Every day?"),
        (None, "p", "But Sunday."),
    ]


def test_words_above_the_only_interviewers_first_label_are_speech() -> None:
    transcript = read(
        "\tSo this is the page.\n\nMODERATOR: Go on.\n\n\tI see a map.\n\nMODERATOR: And?\n\n\tA knob.\n"
    )
    assert turns(transcript)[0] == (None, "p", "So this is the page.")
    assert any("unnamed participant" in doubt for doubt in transcript.doubts)


def test_a_participants_own_paragraphs_stay_hers() -> None:
    transcript = read(
        "INT: How was it?\n\nP1: Long.\n\nIt went on for days.\n\nAnd it rained.\n\nINT: And then?\n\nP1: We left.\n"
    )
    assert speakers(transcript) == ["INT", "P1", "P1", "P1", "INT", "P1"]


def test_an_interviewer_with_nearly_all_words_is_noted() -> None:
    talk = "and so it went on, as I said, for the whole of that long winter in the hills " * 4
    transcript = read(f"Interviewer: {talk}.\nP1: Yes.\nInterviewer: {talk}?\nP1: No.\n")
    assert any("says 9" in doubt and "of all words" in doubt for doubt in transcript.doubts)


@pytest.mark.parametrize("stop", ["", " [presiding]", " (continuing)"])
@pytest.mark.parametrize(("one", "other"), [("Mr. QUILL", "Ms. PADGETT"), ("The Chairman", "Senator Moss")])
def test_names_before_a_full_stop_speak(one: str, other: str, stop: str) -> None:
    text = (
        f"{one}{stop}. What did the letter say?\n{other}. That the flat was gone.\n\nSec. 2. of it, I mean.\n"
        f"{one}. Who signed it?\n{other}. Nobody.\n{one}. When did it come?\n{other}. In May.\n"
    )
    transcript = read(text)
    assert set(speakers(transcript)) == {one, other}
    assert "Sec. 2. of it, I mean." in [transcript.words_of(turn) for turn in transcript.turns]


def test_a_name_in_two_forms_is_one_person() -> None:
    transcript = read(
        "IDA MOSS, HOST: Who is there?\nPER VALE, FARMER: I am.\nMOSS: Since when?\nVALE: May.\n"
        "MOSS: And?\nVALE: So.\n"
    )
    assert speakers(transcript) == ["IDA MOSS, HOST", "PER VALE, FARMER"] * 3
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"] * 3


def test_two_people_of_one_surname_stay_two() -> None:
    transcript = read("Ida Moss: Who?\nPer Moss: I.\nMoss: We.\nIda Moss: And?\nPer Moss: So.\nMoss: Yes.\n")
    assert set(speakers(transcript)) == {"Ida Moss", "Per Moss", "Moss"}


def test_a_paragraph_with_several_labels_is_split() -> None:
    transcript = read(
        "INT: Who cooks? P1: I do. I like it. INT: Alone? P1: Mostly. INT: And then? P1: We eat."
    )
    assert speakers(transcript) == ["INT", "P1"] * 3


def test_a_file_joined_from_two_is_read_by_parts() -> None:
    first = "".join(f"INT: And day {n}?\nP1: It rained all day, I think.\n" for n in range(6))
    second = "".join(f"[Anna]\tAnd then, {n}?\n[Bo]\tWe went home again.\n" for n in range(6))
    transcript = read(first + "\n\n" + second)
    assert set(speakers(transcript)) == {"INT", "P1", "Anna", "Bo"}


def test_dotted_and_transana_and_emphasised_stamps_are_times() -> None:
    transcript = read(
        "1.01.35 INT: Who cooks?\n1.01.41 P1: I do.\n1.02.07 INT: Alone?\n1.02.09 P1: Mostly, since 12.05.23.\n"
    )
    assert [turn.time for turn in transcript.turns] == [3695, 3701, 3727, 3729]
    transana = read("¤<3400>INT: Who cooks?\n¤<5100>P1: I do ¤<6000> as you know.\n¤<9000>INT: Alone?\n")
    assert turns(transana)[1][2] == "I do as you know." and transana.turns[0].time == 3.4
    bold = read(
        "**11:00 You:** Who cooks?\n\n**11:20 Noor:** I do.\n\n**11:40 You:** Alone?\n\n**12:00 Noor:** Yes.\n"
    )
    assert speakers(bold) == ["You", "Noor"] * 2 and bold.turns[1].time == 680


def test_diary_dates_are_no_times() -> None:
    transcript = read("12.05.23 I went up.\n\n13.05.23 I came down.\n\n14.05.23 I stayed.\n")
    assert [transcript.words_of(turn)[:8] for turn in transcript.turns] == [
        "12.05.23",
        "13.05.23",
        "14.05.23",
    ]


def test_corrections_overrule_what_was_learned() -> None:
    text = (
        "This morning the kettle broke, and nobody in the whole of the house could mend it again.\n\n"
        "Anna: Where was it?\nBo: Up there. And so.\nKettle: it sang.\nAnna: Yes?\nBo: Yes.\nKettle: it stopped.\n"
    )
    plain = read(text)
    assert any("may be speech" in doubt and "kettle broke" in doubt for doubt in plain.doubts)
    right = read(
        text,
        Corrections(
            interviewers=("bo",),
            not_speakers=("Kettle",),
            speech=("This morning the kettle broke, and nobody in the whole of…",),
        ),
    )
    assert set(speakers(right)) == {None, "Anna", "Bo"}
    assert {turn.speaker for turn in right.turns if turn.role == "interviewer"} == {"Bo"}
    assert right.words_of(right.turns[0]).startswith("This morning the kettle")
    forced = read("Well: I said so.\nAnd then Well: no.\n", Corrections(speakers=("Well",)))
    assert forced.turns[0].speaker == "Well"


def test_file_names_are_kept_in_one_unicode_form() -> None:
    document = document_of("Words here.", "x", "utf-8")
    assert (
        assemble(document, "Zoe\u0308.txt", b"").id
        == assemble(document, "Zo\u00eb.txt", b"").id
        == "Zo\u00eb"
    )


def test_members_of_a_parliament_are_named_with_and_without_their_party() -> None:
    transcript = read(
        "Ida Moss (Harbour) (Lab)\nI thank the Minister. When does it open?\n\n"
        "The Minister for Roads (Dame Per Vale)\nIn May.\n\nIda Moss\nWhich May?\n\nDame Per Vale\nThis one.\n"
    )
    ida, per = "Ida Moss (Harbour) (Lab)", "The Minister for Roads (Dame Per Vale)"
    assert [speaker in (ida, "Ida Moss") for speaker in speakers(transcript)] == [True, False] * 2
    assert len(set(speakers(transcript))) == 2 and per in speakers(transcript)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["INT : Why?", "P 1: So.", "INT: And?", "P1 : No.", "int: Who?", "p1: I."], ["INT", "P1"]),
        (["I/ Why?", "R/ So.", "I/ And?", "R/ No."], ["I", "R"]),
        (["I = Why?", "R = So.", "I = And?", "R = No."], ["I", "R"]),
        (["@Ida: Why?", "@Per: So.", "@Ida: And?", "@Per: No."], ["Ida", "Per"]),
        (["> Ida: Why?", ">", "> Per: So.", ">", "> Ida: And?", ">", "> Per: No."], ["Ida", "Per"]),
        (["Ida?: Why?", "Per: So.", "Ida?: And?", "Per: No."], ["Ida?", "Per"]),
        (
            ["10:31:04 From Ida Moss To Everyone:", "\tWhy?", "10:32:10 From Per To Everyone:", "\tSo."] * 2,
            ["Ida Moss", "Per"],
        ),
        (["Инт.: Что?", "Инф.: Дождь.", "Инт.: И?", "Инф.: Река."], ["Инт.", "Инф."]),
        (["И: Что?", "Р: Дождь.", "И: А?", "Р: Река."], ["И", "Р"]),
        (["المحاور: ماذا؟", "المشارك: مطر.", "المحاور: ثم؟", "المشارك: نهر."], ["المحاور", "المشارك"]),
        (
            ["साक्षात्कारकर्ता: क्या?", "उत्तरदाता: बारिश।", "साक्षात्कारकर्ता: फिर?", "उत्तरदाता: नदी।"],
            ["साक्षात्कारकर्ता", "उत्तरदाता"],
        ),
        (
            ["GÖRÜŞMECİ: Ne?", "KATILIMCI: Yağmur.", "GÖRÜŞMECİ: Ya?", "KATILIMCI: Su."],
            ["GÖRÜŞMECİ", "KATILIMCI"],
        ),
        (["访谈者：什么？", "受访者：雨。", "访谈者：然后？", "受访者：河。"], ["访谈者", "受访者"]),
        (
            ["Pewawancara: Apa?", "Narasumber: Hujan.", "Pewawancara: Lalu?", "Narasumber: Sungai."],
            ["Pewawancara", "Narasumber"],
        ),
        (
            ["Ερευνήτρια: Τι;", "Συμμετέχων: Βροχή.", "Ερευνήτρια: Και;", "Συμμετέχων: Ναι."],
            ["Ερευνήτρια", "Συμμετέχων"],
        ),
    ],
)
def test_labels_people_type(lines: list[str], expected: list[str]) -> None:
    transcript = read("\n".join(lines) + "\n")
    assert list(dict.fromkeys(speakers(transcript))) == expected
    assert {turn.speaker for turn in transcript.turns if turn.role == "interviewer"} == {expected[0]}


@pytest.mark.parametrize(
    "text",
    [
        "I went up the hill.\n\nMy sister said: come home. My mother said: stay.\n\nNobody: that is who came.\n",
        "Two things: it was late.\nTwo things: it was far.\nSo we left.\n",
        "Sec. 2. The act applies.\n\nMr. Ek has ten. He likes it.\n\nSec. 3. It ends.\n",
    ],
)
def test_words_are_no_labels(text: str) -> None:
    assert set(speakers(read(text))) == {None}


def test_the_participants_counterpart_interviews_and_a_panel_has_no_interviewer() -> None:
    pair = read(
        "Dan: Okay, the first one.\nParticipant: Yes. Should I?\nDan: I see.\nParticipant: It was a bill.\n"
    )
    assert {turn.speaker for turn in pair.turns if turn.role == "interviewer"} == {"Dan"}
    lines = [
        f"Speaker {n % 5}: {'Would it? ' if n == 9 else ''}We kept number {n} by the wall." for n in range(16)
    ]
    panel = read("\n".join(lines))
    assert {turn.role for turn in panel.turns} == {"participant"} and panel.doubts


def test_a_doubted_label_is_the_person_without_the_doubt() -> None:
    transcript = read(
        "Kim: Who cooks?\nElla: I do.\nKim? : Every day?\nElla? : Nearly.\nKim: And?\nElla: No.\n"
    )
    assert set(speakers(transcript)) == {"Kim", "Ella"}
    assert any("'Ella?' (1 line) taken for 'Ella'" in note for note in transcript.notes)


def test_a_label_that_lost_its_colon_is_taken_for_the_known_one() -> None:
    transcript = read(
        "Interviewer: Who cooks?\nParticipant: I do.\nInterviewer Every day?\nParticipant The bus is late.\n"
        "Interviewer: Alone?\nParticipant: Mostly.\nParticipant numbers rose after that.\n"
    )
    assert [turn[2] for turn in turns(transcript)][-3:] == [
        "The bus is late.",
        "Alone?",
        "Mostly.\nParticipant numbers rose after that.",
    ]
    assert any("'Participant' taken for Participant's" in note for note in transcript.notes)


def test_remarks_between_the_turns_are_named() -> None:
    transcript = read(
        "INT: Who cooks?\nP1: I do.\nNote: she showed me the kitchen.\nINT: Alone?\nP1: Mostly.\n"
        "NB: bus strike.\nINT: And?\nP1: No.\n"
    )
    assert any("2 lines look like a remark" in doubt and "kitchen" in doubt for doubt in transcript.doubts)


def test_a_title_or_initial_before_a_name_ends_no_sentence() -> None:
    transcript = read("Dr. Sarah Chen: Who cooks?\nJ. Moss: I do. Every day.\n" * 4)
    assert set(speakers(transcript)) == {"Dr. Sarah Chen", "J. Moss"}
    assert not any(words.endswith(("Dr.", "J.")) for _, _, words in turns(transcript))


def test_field_notes_and_headers_of_joined_files_are_named() -> None:
    transcript = read(
        "INT: Who cooks?\nP1: I do.\nINT: Why?\nP1: So.\n\nDate: 3 May 2026\n\nINT: Who shops?\nP2: My son.\n\n"
        "Field notes\nShe was tired.\n"
    )
    assert any("1 line looks like a remark" in doubt and "3 May" in doubt for doubt in transcript.doubts)
    assert any("2 lines below the talk" in note and "'She was tired.'" in note for note in transcript.notes)


def test_titles_in_capitals_and_in_rows_belong_to_the_name() -> None:
    transcript = read(
        "PROF. DR. MARIA ANNA VON DER HEIDE: Who cooks?\n\nMRS. OLSEN: I do. Dr. Berg said: you must.\n\n" * 3
    )
    assert set(speakers(transcript)) == {"PROF. DR. MARIA ANNA VON DER HEIDE", "MRS. OLSEN"}


def test_short_forms_of_a_part_are_one_person() -> None:
    labels = ["Interviewer", "Participant", "Int", "P", "I", "Part", "Interviewer", "Participant"]
    text = "".join(f"{label}: It is {n}.\n" for n, label in enumerate(labels * 2))
    transcript = read(text)
    assert speakers(transcript) == ["Interviewer", "Participant"] * 8
    assert "'I' (2 lines) taken for 'Interviewer'." in transcript.notes


def test_short_forms_of_two_parts_stay_apart() -> None:
    labels = ["Moderator", "M", "F", "Patient", "Participant", "P"]
    text = "".join(f"{label}: It is {n}.\n" for n, label in enumerate(labels * 3))
    assert speakers(read(text)) == labels * 3


@pytest.mark.parametrize(
    "pair", [("Int", "Interviewee"), ("I", "Informant"), ("Researcher", "R"), ("Presenter", "P")]
)
def test_a_short_form_of_one_part_is_not_the_other_part(pair: tuple[str, str]) -> None:
    transcript = read(
        "".join(f"{pair[n % 2]}: {('Is it', 'It is')[n % 2]} {n}{'?.'[n % 2]}\n\n" for n in range(6))
    )
    assert turns(transcript) == [
        (pair[n % 2], "ip"[n % 2], f"{('Is it', 'It is')[n % 2]} {n}{'?.'[n % 2]}") for n in range(6)
    ]


def test_somebody_spoken_to_does_not_speak_where_labels_are_in_capitals() -> None:
    talk = "ANNA: The office is cold.\n\nBEN: It is.\n\nAnna I told you last week.\n\nANNA: You did.\n\nBEN: So.\n"
    assert turns(read(talk))[1:4] == [
        ("BEN", "p", "It is."),
        ("BEN", "p", "Anna I told you last week."),
        ("ANNA", "p", "You did."),
    ]
    shouted = "MUM: WE GO ON FRIDAY.\n\nDAD: I WORK ON FRIDAY.\n\nMUM SAYS NO.\n\nMUM: SO.\n\nDAD: WE STAY.\n"
    assert ("DAD", "p", "MUM SAYS NO.") in turns(read(shouted))


TALK = "INT: Who cooks?\n\nP1: I do.\n\nINT: Alone?\n\nP1: Mostly.\n\n"


@pytest.mark.parametrize(
    "said",
    [
        "In summary: it was good for us.\n\nI would do it again.",
        "One more comment: it was good for us.\n\nI would do it again.",
        "My notes from then: we left with two bags.\n\nNobody came.",
        "My field notes: we left with two bags.\n\nNobody came.",
        "Off the record: they never paid me.\n\nNobody did.",
        "Key themes: money and nights.\n\nThat is what I would say.",
        "Off the record.\n\nNobody paid me.",
        "Field notes: we sowed.\n\n" + "And then it rained on all of us. " * 20,
    ],
)
def test_what_is_said_about_notes_does_not_end_the_talk(said: str) -> None:
    spoken = [words for _, _, words in turns(read(TALK + said + "\n"))]
    assert spoken[4:] == [part.strip() for part in said.split("\n\n")]
    plain = [words for _, _, words in turns(read(f"I began in May.\n\n{said}\n\nThen I left.\n"))]
    assert plain[1:-1] == [part.strip() for part in said.split("\n\n")]
    last = read("I began in May.\n\nObservation: nobody paid us.\n")
    assert last.words_of(last.turns[-1]) == "Observation: nobody paid us."


@pytest.mark.parametrize(
    "border",
    [
        "[Recording stopped]",
        "The interview ended",
        "[End of recording]\n\n[Recording resumed]",
        "[Interview ended]\n\n[The recording was resumed after tea]",
        "End of interview\n\n[Start of interview 2]",
        "End of discussion.",
    ],
)
def test_talk_goes_on_behind_a_pause(border: str) -> None:
    transcript = read(f"{TALK}{border}\n\nHe came back in the end.\n\nIt was hard.\n")
    assert [words for _, _, words in turns(transcript)][-2:] == ["He came back in the end.", "It was hard."]


@pytest.mark.parametrize("opening", ["[End of interview]\n\n", "Field notes: ", "Note: "])
def test_sentences_left_out_below_the_talk_are_a_doubt(opening: str) -> None:
    transcript = read(f"{TALK}{opening}They told me that I had not got the job after all of that.\n")
    assert len(transcript.turns) == 4
    assert any("1 line below the talk may be speech" in doubt for doubt in transcript.doubts)
    headed = read(f"{TALK}Field notes\n\nThey told her that she had not got the job after all of that.\n")
    assert len(headed.turns) == 4 and not headed.doubts


@pytest.mark.parametrize("day", ["Today at", "Yesterday at", "today at"])
def test_the_day_before_a_time_is_no_name(day: str) -> None:
    talk = [("Karen", "How was it?"), ("Ida", "Cold."), ("Karen", "And then?"), ("Ida", "I left.")]
    found = read(
        "\n\n".join(f"{who} — {day} 10:0{n} AM\n{words}" for n, (who, words) in enumerate(talk)) + "\n"
    )
    assert [(who, words) for who, _, words in turns(found)] == talk


@pytest.mark.parametrize("heading", ["Field notes after the interview", "Observations following the visit"])
def test_notes_headed_by_their_occasion_are_no_speech(heading: str) -> None:
    found = read(f"{TALK}\n{heading}\n\nShe was tired at the end and asked about the parking.\n")
    assert not any("parking" in words for _, _, words in turns(found))
    assert any("parking" in note or heading in note for note in found.notes)


def test_labels_of_notes_are_named_as_a_doubt() -> None:
    found = read(f"{TALK}\nOBS: The phone rings.\n\nINT: Right?\n\nP1: Yes.\n")
    assert any("'OBS' (1 line) was read as a speaker" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Question", "Answer"),
        ("Frage", "Antwort"),
        ("Vraag", "Antwoord"),
        ("Spørgsmål", "Svar"),
        ("Spørsmål", "Svar"),
    ],
)
def test_numbered_questions_and_their_answers_are_two_people(asked: str, answered: str) -> None:
    talk = "".join(f"{asked} {n}: What is {n}?\n\n{answered}: It is {n}.\n\n" for n in range(1, 5))
    assert [(who, role) for who, role, _ in turns(read(talk))] == [(asked, "i"), (answered, "p")] * 4


def test_codes_that_lead_half_of_the_lines_speak_where_no_sentence_ends() -> None:
    talk = "01  I:  wie war das für sie\n02  B:  (.) ja also schwierig\n03      ich kannte ja niemanden\n"
    talk += "04  I:  hm\n05  B:  und dann der bus\n06      der fährt nur einmal\n"
    talk += "07  I:  was hilft\n08  B:  meine tochter\n"
    assert [who for who, _, _ in turns(read(talk))] == ["I", "B"] * 3
    prose = (
        "I went to the doctor and he told me that\nP: was the wrong tablet and that I: should stop at once\n"
        * 6
    )
    assert {who for who, _, _ in turns(read(prose))} == {None}


def test_a_legend_below_signs_of_the_transcription_is_no_talk() -> None:
    legend = "Conventions\n(.) pause\nCAPS: loud speech\nKM: Karen Moss, researcher\nIH: Ida Hale\n\n"
    found = turns(read(f"{legend}KM: How was it?\n\nIH: Cold.\n\nKM: And then?\n\nIH: I left.\n"))
    assert [words for _, _, words in found] == ["How was it?", "Cold.", "And then?", "I left."]
    assert [role for _, role, _ in found] == ["i", "p"] * 2


@pytest.mark.parametrize(
    ("asker", "others"),
    [
        ("M", ["P1 (F)", "P2 (M)"]),
        ("A", ["Jo (A)", "Kim (B)"]),
        ("Interviewer (F)", ["F", "Mum"]),
    ],
)
def test_letters_in_brackets_that_say_something_about_a_person_are_nobodys_label(
    asker: str, others: list[str]
) -> None:
    rounds = [
        f"{asker}: How do you travel?\n{others[0]}: I walk.\n{others[1]}: I drive.\n",
        f"{asker}: And in winter?\n{others[1]}: I drive, too.\n{others[0]}: I stay home.\n",
    ]
    found = turns(read("".join(rounds)))
    assert [role for _, role, _ in found] == ["i", "p", "p"] * 2
    assert len({who for who, _, _ in found}) == 3


@pytest.mark.parametrize(("long", "short"), [("Ida Hale (IH)", "IH"), ("Ben (P1)", "P1")])
def test_initials_and_codes_in_brackets_introduce_a_label(long: str, short: str) -> None:
    text = f"INT: Who are you?\n{long}: A nurse.\nINT: And how do you travel?\n{short}: I walk.\n"
    assert {who for who, role, _ in turns(read(text)) if role == "p"} == {long}
