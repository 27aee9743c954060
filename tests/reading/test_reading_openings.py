"""Who interviews where a transcript has no question marks, as automatic ones often have none."""

from collections.abc import Sequence

import pytest

from coder.reading.formats.plain import document_of
from coder.reading.speakers import openings
from coder.reading.speakers.assemble import assemble
from coder.reading.speakers.openings import who_ask_without_marks


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
        "und was würden Sie anderen raten",
    ],
    [
        "ganz gut eigentlich ich merke es kaum noch",
        "der findet es hässlich aber wie gesagt er weiß warum",
        "drei Wochen ungefähr und dann ging es",
        "einmal bei einer Hochzeit wegen dem Kleid",
        "man hat die Träger gesehen und alle haben gefragt was das ist",
        "dass sie Geduld haben und jeden Tag ein Stück gehen",
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
        "qué le ayudaría ahora más que nada",
    ],
    [
        "pues empezó con un dolor en la espalda",
        "que tenía que descansar y nada más",
        "unos tres meses más o menos creo",
        "porque no tenía quien me llevara",
        "que viniera alguien a casa por las mañanas",
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
        "а что вам помогает",
    ],
    [
        "началось с боли в спине",
        "он говорит что так надо",
        "недели три наверное",
        "намного лучше чем раньше",
        "прогулки и сын он приходит по субботам",
    ],
)
JAPANESE = read(
    [
        "お仕事について教えてください",
        "それはどのくらいかかりますか",
        "ご家族は何と言っていますか",
        "困ったことはありましたか",
        "これからも続けますか",
    ],
    [
        "十年前から看護師をしています",
        "三週間くらいだと思います",
        "主人は仕方がないと言っています",
        "夜が一番大変でした",
        "できるだけ続けたいと思います",
    ],
)
BY_THE_SECOND = read(
    [
        "yes I can hear you now it took a while to find the button",
        "well I get up and take it with my tea before the radio news comes on",
        "my daughter does it for me when she comes home from the shop",
        "it was awful at first I felt sick and I slept for most of the day",
        "yes I would but they should know that it takes two or three weeks",
        "no I don't think so the nurse explained it all when I was there",
    ],
    [
        "lovely so how do you take your tablets in the morning",
        "and who helps you with the ones at night then",
        "okay and what was it like when you started on them",
        "right so would you recommend it to other people",
        "and is there anything that you still want to know",
        "what would you tell them",
    ],
)
LONG_ANSWERS = read(
    [
        "so can you tell me how it all began",
        "and what did you do then",
        "what did you think of that",
        "is there anything else",
    ],
    ["I was at work and I had this pain in my leg and I thought nothing of it as I was on my feet all day"]
    * 4,
)
TWO_INTERVIEWERS = (
    "Speaker 1: could you tell us what you do here\n"
    "Speaker 3: I run the lab and I teach in the summer term as well\n"
    "Speaker 2: how long have you been here\n"
    "Speaker 3: nine years in march with one year away\n"
    "Speaker 1: what do you like about it\n"
    "Speaker 3: that nobody tells me what to do\n"
    "Speaker 2: and what would you change\n"
    "Speaker 3: the heating I have a coat on from October\n"
    "Speaker 1: is there anything that surprised you\n"
    "Speaker 3: the students they work so hard\n"
    "Speaker 2: how do you mean that\n"
    "Speaker 3: they stay till midnight some of them\n"
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
    "Speaker 1: would you do it again\n"
    "Speaker 2: I would and so would she I think\n"
)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param(WEARING, "Speaker 1", id="no punctuation at all"),
        pytest.param(TEAMS, "Speaker 1", id="full stops only"),
        pytest.param(SHORT_ANSWERS, "Speaker 1", id="the interviewer says more than the participant"),
        pytest.param(BY_THE_SECOND, "Speaker 2", id="the participant opens"),
        pytest.param(LONG_ANSWERS, "Speaker 1", id="few questions with long answers"),
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


def test_two_who_ask_in_turns_are_both_interviewers() -> None:
    interviewers, notes = roles(TWO_INTERVIEWERS)
    assert interviewers == {"Speaker 1", "Speaker 2"}
    assert "Speaker 1, Speaker 2 taken for the interviewers by how turns begin" in " ".join(notes)


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


ANSWERED_BY_ITSELF = read(
    [
        "We knew nothing. How do you prepare for that. You can't.",
        "What do you say to a child of four. There are no words.",
        "And how do you go back to work after it. I didn't.",
        "Why did they not tell us. That's what I ask myself.",
        "Who do you turn to. There is nobody out there.",
        "How would you do it. We did it on our own.",
    ],
    [
        "No, you can't. We had no idea at all.",
        "She understood it better than us, I think.",
        "You went in October. I remember the day.",
        "They didn't know themselves, probably.",
        "My sister was there. She always was.",
        "That was the worst part of it for both of us.",
    ],
)
SUPPORT_GROUP = (
    "Speaker 1: I started the tablets again in April and I felt sick for weeks\n"
    "Speaker 2: what kind of tablets were they that your doctor gave you\n"
    "Speaker 3: I had those as well and they made me sleep all day\n"
    "Speaker 2: did you tell the doctor about that or your family at home\n"
    "Speaker 3: I did and she said give it another week\n"
    "Speaker 1: you have to go down slowly\n"
    "Speaker 2: are you still on them now and who pays for that these days\n"
    "Speaker 3: no I stopped in June\n"
    "Speaker 1: I stopped mine in spring\n"
    "Speaker 2: how long did it take to get better because mine took a year\n"
    "Speaker 3: about a month and then I could work again\n"
    "Speaker 2: what did you do all that time because I lost my job over it\n"
    "Speaker 1: I read and I slept\n"
)
SELDOM_SPEAKS = "".join(
    f"Speaker 1: I started the tablets again in April and I felt sick for {weeks} weeks\n"
    "Speaker 3: I had those as well and they made me sleep all day\n"
    f"Speaker 2: {asked}\n"
    "Speaker 3: I told my doctor and she said give it another week\n"
    for weeks, asked in enumerate(
        [
            "what tablets were they",
            "did you tell your family",
            "how long did it take",
            "are you on them now",
            "would you do it again",
        ]
    )
)
PLANNING = read(
    [
        "I'd like to start with what we agreed on Monday about the rota",
        "you said that you could take the weekend",
        "let's move the meeting then to Thursday",
        "can you bring the list because mine is old",
        "you mentioned the budget for the chairs",
        "let's talk to Anna when she is back",
    ],
    [
        "yes that's fine I have it here",
        "I did but then my son got ill",
        "Thursday is better for me after lunch",
        "I will and I'll print it for all",
        "that is gone we spent it in March",
        "she is on leave until the end of the month",
    ],
)
ASKS_BACK_ALWAYS = read(
    [
        "okay so you have been here for two years now",
        "I came once when I was little with my parents",
        "I think so we had an ice cream there",
        "no I don't but it was by the church",
        "so for you it's a family town in a way",
        "maybe one day when I am retired",
    ],
    [
        "yes two years in June and it was hard at first do you know this place",
        "did you see the old harbour then it's gone now",
        "what was it called the place do you remember the name of it",
        "that is my aunt's place how funny is that",
        "it is and would you come and live here",
        "would you like to see a picture that I took of it",
    ],
)
TOLD_SPEECH = read(
    [
        "and she goes what do you want and I go nothing",
        "then he says how are you going to pay for that",
        "and I'm like what are you on about mate",
        "what happened then was that I left",
        "and my mum goes why are you back",
        "she said where have you been all night",
    ],
    [
        "oh my god that is so like her really",
        "typical of him he never has any money",
        "you should have just left him standing there",
        "good for you I'd have done the same",
        "mums are all the same with that",
        "mine would have said the very same thing",
    ],
)
EQUALS_WITHOUT_MODERATOR = (
    "Speaker 1: I take the bus every day because the parking is so expensive\n"
    "Speaker 2: same for me and it's always late in the winter\n"
    "Speaker 3: do you mean the forty two because that one is awful\n"
    "Speaker 4: yes the forty two it never comes on a Monday\n"
    "Speaker 1: I see people with prams walk all the way down\n"
    "Speaker 2: they can't get on it\n"
    "Speaker 3: what about the night bus that they promised us\n"
    "Speaker 4: that's right there's nothing after nine o'clock at all\n"
    "Speaker 1: I wrote to the council about it but nothing came\n"
    "Speaker 2: you have to ring them they never read the letters\n"
    "Speaker 3: did you try the app that they made for it\n"
    "Speaker 4: I did it crashed twice and then I gave up\n"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ANSWERED_BY_ITSELF, id="questions that the same turn answers"),
        pytest.param(SUPPORT_GROUP, id="one of three equals asks"),
        pytest.param(SELDOM_SPEAKS, id="one of three equals asks and says little"),
        pytest.param(PLANNING, id="colleagues plan"),
        pytest.param(ASKS_BACK_ALWAYS, id="a participant asks back at the end of every turn"),
        pytest.param(TOLD_SPEECH, id="what others asked is told"),
        pytest.param(EQUALS_WITHOUT_MODERATOR, id="a group without a moderator"),
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
        "I would not do it again.",
    ]
    asked = [
        "So how did you get there?",
        "And was it snowing by then?",
        "So what did they do?",
        "Why would they come?",
        "Would you do it again?",
    ]
    assert who_ask_without_marks({"A": asked, "B": told}) == set()
    assert who_ask_without_marks({"A": [words.rstrip("?") for words in asked], "B": told}) == {"A"}


def test_the_language_of_many_voices_is_told_by_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0

    def counting(words: str, language: openings._Language) -> bool:
        nonlocal looked_at
        looked_at += 1
        return asks(words, language)

    asks = openings._asks
    monkeypatch.setattr(openings, "_asks", counting)
    voices = {f"S{voice}": ["we had to wait for an hour in the rain"] * 40 for voice in range(60)}
    assert who_ask_without_marks(voices) == set()
    assert looked_at <= 60 * 40 + 400 * len(openings._LANGUAGES)
    looked_at = 0
    voices["S0"] = ["did you have to wait for so long?"] * 2000
    assert who_ask_without_marks(voices) == set()
    assert looked_at == 0


def test_a_second_speaker_who_asks_as_often_leaves_it_open() -> None:
    asked = [
        "so what do you take for it",
        "and how did you get there",
        "what was it like then",
        "do you go on your own",
        "would you do it again",
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
    assert who_ask_without_marks({"A": told * 4, "B": seldom * 4}) == set()
    asked = ["so how did you get there", "and was it far to go", "what did they do", "would you do it again"]
    assert who_ask_without_marks({"A": asked, "B": told}) == set()
    assert who_ask_without_marks({"A": [*asked, "why did they come"], "B": told}) == {"A"}
