"""Who interviews where a transcript has no question marks, as automatic ones often have none."""

from collections.abc import Sequence

import pytest

from coder.reading.formats.plain import document_of
from coder.reading.speakers.assemble import assemble
from coder.reading.speakers.openings import who_asks_without_marks


def read(asked: Sequence[str], answered: Sequence[str]) -> str:
    """Return a talk of two in which the first one's turns are followed by the other's."""
    pairs = zip(asked, answered, strict=True)
    return "".join(f"Speaker 1: {first}\nSpeaker 2: {second}\n" for first, second in pairs)


def roles(text: str) -> tuple[set[str | None], list[str]]:
    transcript = assemble(document_of(text, "x.txt", "utf-8"), "x.txt", b"", ())
    return {turn.speaker for turn in transcript.turns if turn.role == "interviewer"}, list(transcript.notes)


WEARING = read(
    [
        "so thanks for coming in how is it wearing it at work",
        "and what does your husband say about it",
        "right okay and how long did that take",
        "mm yeah",
        "did you ever think about taking it off",
        "that's interesting can you tell me a bit more about that",
    ],
    [
        "it's alright most days I forget that I have it on",
        "he says it's ugly but he knows why I need it",
        "about three weeks I think and then it was just there",
        "yeah so that was that really",
        "once at a wedding because of the dress",
        "well the straps showed and everybody asked me what is that",
    ],
)
TEAMS = read(
    [
        "Hi. Thank you for joining. Is it okay if I record this.",
        "Great. So to start with, tell me about the clinic where you work.",
        "OK. And how do people get there, usually.",
        "Right.",
        "So what would help them to come more often, in your view.",
        "Do you have that kind of support at the moment.",
        "And is there anything else you would like to add.",
    ],
    [
        "Yeah, that's fine.",
        "It's a small one. There are three of us, and a receptionist who does mornings.",
        "By bus, or their family brings them. Some walk, which is hard in winter.",
        "The road is steep.",
        "Evening hours, I would say. When we had them it was full.",
        "No, not really. It was cut last year.",
        "No, I think that was everything.",
    ],
)
SHORT_ANSWERS = read(
    [
        "okay so first of all do you smoke at the moment",
        "and have you tried to stop in the last twelve months or so",
        "right and what made you start again after that",
        "would you say that it is your friends who make it difficult for you",
        "and does your partner smoke as well when you are at home",
    ],
    [
        "yeah I do still",
        "yeah I did twice",
        "stress I would say",
        "no not my friends",
        "she gave up years ago",
    ],
)
GERMAN = read(
    [
        "ja schön dass Sie da sind wie geht es Ihnen mit dem Gerät",
        "und was sagt Ihr Mann dazu",
        "okay wie lange hat das denn gedauert",
        "haben Sie schon einmal daran gedacht es abzulegen",
        "können Sie mir das genauer beschreiben",
    ],
    [
        "ganz gut eigentlich ich merke es kaum noch",
        "der findet es hässlich aber wie gesagt er weiß warum",
        "drei Wochen ungefähr und dann ging es",
        "einmal bei einer Hochzeit wegen dem Kleid",
        "man hat die Träger gesehen und alle haben gefragt was das ist",
    ],
)
FRENCH = read(
    [
        "bonjour est-ce que vous pouvez me parler de votre travail",
        "d'accord et comment vous organisez vos journées",
        "et pourquoi vous avez choisi ce service",
        "qu'est-ce qui vous aiderait le plus",
        "et depuis quand vous travaillez de nuit",
    ],
    [
        "alors je suis infirmière depuis dix ans",
        "je commence à six heures et je finis tard",
        "parce que c'était près de chez moi",
        "plus de personnel comment dire on est trop peu",
        "depuis deux ans je crois",
    ],
)
SPANISH = read(
    [
        "bueno cuénteme cómo empezó todo esto",
        "y qué le dijo su médico en ese momento",
        "entonces cuánto tiempo tardó en volver",
        "y por qué no fue antes a la consulta",
    ],
    [
        "pues empezó con un dolor en la espalda",
        "que tenía que descansar y nada más",
        "unos tres meses más o menos creo",
        "porque no tenía quien me llevara",
    ],
)
SWEDISH = read(
    [
        "ja hej hur mår du med den nya medicinen",
        "okej och vad säger din man om det",
        "hur länge har du haft den",
        "kan du berätta lite mer om det",
        "och varför slutade du med den",
    ],
    [
        "det är bra tack jag märker den knappt",
        "han tycker att det är bra som det är",
        "tre veckor ungefär tror jag",
        "jag mådde illa när jag tog den",
        "det gick inte längre helt enkelt",
    ],
)
RUSSIAN = read(
    [
        "здравствуйте расскажите как всё началось",
        "а что говорит ваш муж",
        "понятно а сколько времени это заняло",
        "и как вы сейчас себя чувствуете",
    ],
    [
        "началось с боли в спине",
        "он говорит что так надо",
        "недели три наверное",
        "намного лучше чем раньше",
    ],
)
JAPANESE = read(
    [
        "お仕事について教えてください",
        "それはどのくらいかかりますか",
        "ご家族は何と言っていますか",
        "困ったことはありましたか",
    ],
    [
        "十年前から看護師をしています",
        "三週間くらいだと思います",
        "主人は仕方がないと言っています",
        "夜が一番大変でした",
    ],
)
BY_THE_SECOND = read(
    [
        "yes I can hear you now",
        "well I get up and take it with my tea",
        "my daughter does it for me",
        "it was awful at first",
    ],
    [
        "lovely so how do you take your tablets in the morning",
        "and who helps you with the ones at night then",
        "okay and what was it like when you started on them",
        "right so would you recommend it to other people",
    ],
)
COUPLE = (
    "Speaker 1: so how did you both find out about the course\n"
    "Speaker 2: the nurse told us didn't she when was it\n"
    "Speaker 3: it was in May I think when you had your eye done\n"
    "Speaker 1: okay and what did you think of it at first\n"
    "Speaker 2: I thought it was for old people\n"
    "Speaker 3: he never wanted to go what did you say that day\n"
    "Speaker 2: I said that I'm not that ill\n"
    "Speaker 1: right so what changed your mind do you think\n"
    "Speaker 3: I went on my own and he got curious\n"
    "Speaker 1: and can you describe a typical week for me\n"
    "Speaker 2: we walk there on Monday and swim on Thursday\n"
    "Speaker 3: if it isn't raining that is\n"
)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param(WEARING, "Speaker 1", id="no punctuation at all"),
        pytest.param(TEAMS, "Speaker 1", id="full stops only"),
        pytest.param(SHORT_ANSWERS, "Speaker 1", id="the interviewer says more than the participant"),
        pytest.param(BY_THE_SECOND, "Speaker 2", id="the participant opens"),
        pytest.param(COUPLE, "Speaker 1", id="a couple interviewed together"),
        pytest.param(GERMAN, "Speaker 1", id="German"),
        pytest.param(FRENCH, "Speaker 1", id="French"),
        pytest.param(SPANISH, "Speaker 1", id="Spanish"),
        pytest.param(SWEDISH, "Speaker 1", id="Swedish"),
        pytest.param(RUSSIAN, "Speaker 1", id="Russian"),
        pytest.param(JAPANESE, "Speaker 1", id="Japanese"),
    ],
)
def test_who_asks_without_question_marks_is_the_interviewer(text: str, who: str) -> None:
    interviewers, notes = roles(text)
    assert interviewers == {who}
    assert f"{who} taken for the interviewer by how turns begin" in " ".join(notes)


TWO_IN_TALK = read(
    [
        "I told them at work that I have it and they were fine",
        "how did you do that though with your boss",
        "when I was at the old place it was worse",
        "what I did was I wrote it all down first",
        "yeah that is the thing how it works for each of us",
    ],
    [
        "mine were awful did you ever meet my manager",
        "I just said it in a meeting and that was it",
        "which is why I left in the end to be honest",
        "that's clever I should have done that too",
        "so you get used to it don't you",
    ],
)
ASKS_BACK = read(
    [
        "go on then",
        "I see",
        "and after that",
        "mm right okay then",
        "that makes sense to me",
        "yes that's fine",
    ],
    [
        "well do you want the long story",
        "what happened was that I fell on the stairs at home",
        "then my neighbour came up who is a nurse by the way",
        "do you know what I mean she just took over",
        "how can I put it I was glad of it",
        "is that what you wanted to know about it",
    ],
)
TALKATIVE = (
    "Speaker 1: we had the same in our village when the bus stopped\n"
    "Speaker 2: that's what I said at the time and nobody listened\n"
    "Speaker 3: what did they say to you\n"
    "Speaker 2: well they said wait and see and what can you do then\n"
    "Speaker 1: how is it now up there\n"
    "Speaker 2: worse because where there was a bus there is nothing\n"
    "Speaker 3: we share a car now which is not the same\n"
    "Speaker 2: I went to the council and why would they bother with us\n"
    "Speaker 4: is it them who pay for it\n"
    "Speaker 2: how they decide it is anybody's guess I tell you\n"
)
MONOLOGUE = read(
    [
        "I grew up there and when I was ten we left",
        "and what I remember is the sea",
        "so how it was before is gone",
    ],
    ["mm yeah", "really is that so", "okay thank you for that"],
)
GERMAN_TALE = read(
    [
        "und dann haben sie mich dabehalten drei Tage lang",
        "wie gesagt ich wollte das eigentlich nicht",
        "was ich gut fand war das Essen",
        "wo ich dann zu Hause war ging es besser",
        "und da waren sie alle sehr nett zu mir",
    ],
    [
        "bei mir war das ganz anders leider",
        "ja das kenne ich von meiner Mutter",
        "wenn ich das höre werde ich neidisch",
        "was soll man da machen so ist es eben",
        "wir haben beide Glück gehabt denke ich",
    ],
)
ITALIAN_TALE = read(
    [
        "quando ero piccola si andava al mare",
        "come dicevo non è facile",
        "quello che faccio è camminare",
        "cosa che non mi piace per niente",
    ],
    [
        "anche a me è successo con mia madre",
        "dove abito io non c'è il medico",
        "perché se non vai perdi il posto",
        "chi abita lontano non ce la fa",
    ],
)
SWEDISH_TALE = read(
    [
        "när jag var liten bodde vi där",
        "vad det gäller maten var den bra",
        "och då var det ingen som hjälpte",
        "hur som helst",
    ],
    [
        "så har jag det också hemma",
        "var det så tänkte jag",
        "det var vi två bara",
        "när man är sjuk är man trött",
    ],
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TWO_IN_TALK, id="two participants in talk"),
        pytest.param(ASKS_BACK, id="a participant who asks back, and an interviewer who asks nothing"),
        pytest.param(TALKATIVE, id="a group with a talkative member"),
        pytest.param(MONOLOGUE, id="a monologue"),
        pytest.param(GERMAN_TALE, id="clauses that begin as questions do, in German"),
        pytest.param(SWEDISH_TALE, id="clauses that begin as questions do, in Swedish"),
        pytest.param(ITALIAN_TALE, id="clauses that begin as questions do, in Italian"),
    ],
)
def test_nobody_is_taken_for_the_interviewer_who_does_not_clearly_ask(text: str) -> None:
    interviewers, notes = roles(text)
    assert not interviewers
    assert "No interviewer was recognised" in " ".join(notes)


def test_openings_say_nothing_where_questions_have_marks() -> None:
    told = [
        "We went up by the old road.",
        "It was shut that day.",
        "They came later.",
        "Nobody knew about it.",
    ]
    asked = [
        "So how did you get there?",
        "And was it snowing by then?",
        "So what did they do?",
        "Why would they come?",
    ]
    assert who_asks_without_marks({"A": asked, "B": told}) is None
    assert who_asks_without_marks({"A": [words.rstrip("?") for words in asked], "B": told}) == "A"


def test_a_second_speaker_who_asks_as_often_leaves_it_open() -> None:
    asked = [
        "so what do you take for it",
        "and how did you get there",
        "what was it like then",
        "do you go on your own",
    ]
    interviewers, notes = roles(read(asked, [f"and you {question}" for question in asked]))
    assert not interviewers
    assert "No interviewer was recognised" in " ".join(notes)


def test_a_few_questions_make_no_interviewer() -> None:
    told = [
        "we went up by the old road",
        "it was shut that day",
        "they came later on",
        "nobody knew about it",
    ]
    seldom = [
        "so how did you get there",
        "it was the same with us",
        "I never went again",
        "that was in the spring",
    ]
    assert who_asks_without_marks({"A": told * 4, "B": seldom * 4}) is None
    assert (
        who_asks_without_marks({"A": told, "B": ["so how did you get there", "and was it far to go"]}) is None
    )
