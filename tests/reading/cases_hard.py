# ruff: noqa: E501
"""Transcripts with traps: (role, speaker, words[, seconds]) as in `cases_plain`."""

from tests.reading.cases_plain import IV, Case, P

CASES = [
    Case(
        "numbered questions and answers",
        "q1.txt",
        "Q1: What is your role?\nA1: I run the stores.\nQ2: Since when?\nA2: Since June: the sixth.\nQ3: And before?\nA3: Vans.\n",
        [
            (IV, "Q", "What is your role?"),
            (P, "A", "I run the stores."),
            (IV, "Q", "Since when?"),
            (P, "A", "Since June: the sixth."),
            (IV, "Q", "And before?"),
            (P, "A", "Vans."),
        ],
    ),
    Case(
        "numbered turns over wrapped lines",
        "turnnumbers.txt",
        """001 INT: Could you tell me how the day
    starts, roughly?
002 P2: It starts with the kettle. Then it is
    phones: all of them at once, and I am
    the only one with a headset.
003 INT: Who else is there?
004 P2: Nobody till ten.
""",
        [
            (IV, "INT", "Could you tell me how the day starts, roughly?"),
            (
                P,
                "P2",
                "It starts with the kettle. Then it is phones: all of them at once, and I am the only one with a headset.",
            ),
            (IV, "INT", "Who else is there?"),
            (P, "P2", "Nobody till ten."),
        ],
    ),
    Case(
        "every fifth line numbered",
        "fives.txt",
        """     INT: How did the visits go?
     P1: The first one went fine. She
     brought a bag of leaflets and a
     lad who was learning the job.
5    I gave them tea. He took notes
     about the stairs: how many, how
     steep.
     INT: And afterwards?
     P1: Afterwards nothing. I rang
10   the number on the card. It rang
     out.
     INT: Did you try again?
     P1: Twice. Then I put the card
     in the drawer with the other
15   cards.
     INT: Right.
""",
        [
            (IV, "INT", "How did the visits go?"),
            (
                P,
                "P1",
                "The first one went fine. She brought a bag of leaflets and a lad who was learning the job. I gave them tea. He took notes about the stairs: how many, how steep.",
            ),
            (IV, "INT", "And afterwards?"),
            (P, "P1", "Afterwards nothing. I rang the number on the card. It rang out."),
            (IV, "INT", "Did you try again?"),
            (P, "P1", "Twice. Then I put the card in the drawer with the other cards."),
            (IV, "INT", "Right."),
        ],
    ),
    Case(
        "reported dialogue and lists inside a turn",
        "reported.txt",
        """INT: And what did the desk say?

P14: It went like this.

Me: I have an appointment.

Her: not on here you don't.

Fact: I had the letter in my hand. Fact: she had it on her screen.

Bottom line: I went home.

INT: How did that leave you?

P14: Cross.
""",
        [
            (IV, "INT", "And what did the desk say?"),
            (
                P,
                "P14",
                "It went like this. Me: I have an appointment. Her: not on here you don't."
                " Fact: I had the letter in my hand. Fact: she had it on her screen. Bottom line: I went home.",
            ),
            (IV, "INT", "How did that leave you?"),
            (P, "P14", "Cross."),
        ],
    ),
    Case(
        "topic headings of the interview guide between the turns",
        "guide.txt",
        """Interviewer: Shall we start with training?

Participant: We can. I had an hour of it.

Section 2: Resources

Interviewer: What do you have to work with?

Participant: A cupboard.

Theme 3: Support

Interviewer: Who helps?

Participant: Sandra.
""",
        [
            (IV, "Interviewer", "Shall we start with training?"),
            (P, "Participant", "We can. I had an hour of it. Section 2: Resources"),
            (IV, "Interviewer", "What do you have to work with?"),
            (P, "Participant", "A cupboard. Theme 3: Support"),
            (IV, "Interviewer", "Who helps?"),
            (P, "Participant", "Sandra."),
        ],
    ),
    Case(
        "header facts under the date, no blank line before the talk",
        "facts.txt",
        """Study: Walking groups (wave 2)
Date: 14.02.2024
Time: 10:30
Participant 3: female, 45, nurse
Interviewer: LM

LM: Is it still every week?
P3: Every week, rain or shine.
LM: And who leads it?
P3: Whoever has the dog.
""",
        [
            (IV, "LM", "Is it still every week?"),
            (P, "P3", "Every week, rain or shine."),
            (IV, "LM", "And who leads it?"),
            (P, "P3", "Whoever has the dog."),
        ],
    ),
    Case(
        "header directly above the first turn",
        "tight.txt",
        """Interview: 7
Date: 3 May
INT: Comfortable?
P7: As I'll ever be.
INT: What happened on the third of May?
P7: Date: 3 May, it says on the card. They cancelled.
Date: that's all they gave me.
INT: Nothing else?
P7: Nothing.
""",
        [
            (IV, "INT", "Comfortable?"),
            (P, "P7", "As I'll ever be."),
            (IV, "INT", "What happened on the third of May?"),
            (P, "P7", "Date: 3 May, it says on the card. They cancelled. Date: that's all they gave me."),
            (IV, "INT", "Nothing else?"),
            (P, "P7", "Nothing."),
        ],
    ),
    Case(
        "a legend of abbreviations",
        "legend.txt",
        """I = Interviewer, R = Respondent
(.) = short pause

I: When did you first notice?
R: At the shops. (.) I couldn't read the tins.
I: And then?
R: I bought the wrong soup.
""",
        [
            (IV, "I", "When did you first notice?"),
            (P, "R", "At the shops. (.) I couldn't read the tins."),
            (IV, "I", "And then?"),
            (P, "R", "I bought the wrong soup."),
        ],
    ),
    Case(
        "small letters as labels",
        "small.txt",
        "i: what do you do on a bad day?\np: stay in.\ni: and who knows?\np: the cat.\ni: nobody else?\np: no.\n",
        [
            (IV, "i", "what do you do on a bad day?"),
            (P, "p", "stay in."),
            (IV, "i", "and who knows?"),
            (P, "p", "the cat."),
            (IV, "i", "nobody else?"),
            (P, "p", "no."),
        ],
    ),
    Case(
        "labels with facts behind the code",
        "codes.txt",
        """Mod: Who has used the line?
FG2_P1_F_34: Once. At three in the morning.
FG2_P2_M_61: Never heard of it.
Mod: Never?
FG2_P1_F_34: It's on the fridge magnet.
FG2_P2_M_61: I've no magnet.
""",
        [
            (IV, "Mod", "Who has used the line?"),
            (P, "FG2_P1_F_34", "Once. At three in the morning."),
            (P, "FG2_P2_M_61", "Never heard of it."),
            (IV, "Mod", "Never?"),
            (P, "FG2_P1_F_34", "It's on the fridge magnet."),
            (P, "FG2_P2_M_61", "I've no magnet."),
        ],
    ),
    Case(
        "two people speak at once, some unknown",
        "together.txt",
        """Facilitator: Was it worth it?

P1/P2: Yes.

P3: Mostly.

P?: [inaudible] the parking.

Facilitator: And the parking?

P1 & P3: Terrible.

P2: I walk.
""",
        [
            (IV, "Facilitator", "Was it worth it?"),
            (P, "P1/P2", "Yes."),
            (P, "P3", "Mostly."),
            (P, "P?", "[inaudible] the parking."),
            (IV, "Facilitator", "And the parking?"),
            (P, "P1 & P3", "Terrible."),
            (P, "P2", "I walk."),
        ],
    ),
    Case(
        "name, time without brackets, words in one line",
        "inline.txt",
        "Ana 0:01 Did you sleep?\nBen 0:03 No. Three hours, maybe.\nAna 0:09 What kept you up?\nBen 0:11 The pump. It beeps.\n",
        [
            (IV, "Ana", "Did you sleep?", 1),
            (P, "Ben", "No. Three hours, maybe.", 3),
            (IV, "Ana", "What kept you up?", 9),
            (P, "Ben", "The pump. It beeps.", 11),
        ],
    ),
    Case(
        "time between two bars",
        "bars.txt",
        "Speaker 1 | 00:03\nWhere does it hurt?\n\nSpeaker 2 | 00:06\nHere. And when I bend, here.\n\nSpeaker 1 | 00:12\nSince when?\n\nSpeaker 2 | 00:14\nSince the ladder.\n",
        [
            (IV, "Speaker 1", "Where does it hurt?", 3),
            (P, "Speaker 2", "Here. And when I bend, here.", 6),
            (IV, "Speaker 1", "Since when?", 12),
            (P, "Speaker 2", "Since the ladder.", 14),
        ],
    ),
    Case(
        "time after the label's colon",
        "after.txt",
        "Speaker 1: 00:00:03 Where do you wait?\nSpeaker 2: 00:00:06 On the stairs.\nSpeaker 1: [00:00:09] And if it's full?\nSpeaker 2: (0:12) Outside.\n",
        [
            (IV, "Speaker 1", "Where do you wait?", 3),
            (P, "Speaker 2", "On the stairs.", 6),
            (IV, "Speaker 1", "And if it's full?", 9),
            (P, "Speaker 2", "Outside.", 12),
        ],
    ),
    Case(
        "stamps inside the words are left out, times that are said are not",
        "inside.txt",
        "INT: Go on?\nP5: I got there [00:01:10] at nine and it was shut. [00:01:20]\nINT: And then?\nP5: I waited until 10:30.\n",
        [
            (IV, "INT", "Go on?"),
            (P, "P5", "I got there at nine and it was shut."),
            (IV, "INT", "And then?"),
            (P, "P5", "I waited until 10:30."),
        ],
    ),
    Case(
        "time, name and words on three lines",
        "three.txt",
        "0:01\nSpeaker 1\nDo you drive?\n\n0:04\nSpeaker 2\nNot since the fit.\n\n0:07\nSpeaker 1\nHow do you get about?\n\n0:10\nSpeaker 2\nLifts.\n",
        [
            (IV, "Speaker 1", "Do you drive?", 1),
            (P, "Speaker 2", "Not since the fit.", 4),
            (IV, "Speaker 1", "How do you get about?", 7),
            (P, "Speaker 2", "Lifts.", 10),
        ],
    ),
    Case(
        "labels in bullets",
        "bullets.txt",
        "- INT: Is the room warm?\n- P6: It's a fridge.\n- INT: Always?\n- P6: June's all right.\n",
        [
            (IV, "INT", "Is the room warm?"),
            (P, "P6", "It's a fridge."),
            (IV, "INT", "Always?"),
            (P, "P6", "June's all right."),
        ],
    ),
    Case(
        "captions with arrows",
        "captions.txt",
        ">> HOST: Welcome back. What changed?\n>> DR ORR: The rota changed.\n>> HOST: Who changed it?\n>> DR ORR: We did.\n",
        [
            (IV, "HOST", "Welcome back. What changed?"),
            (P, "DR ORR", "The rota changed."),
            (IV, "HOST", "Who changed it?"),
            (P, "DR ORR", "We did."),
        ],
    ),
    Case(
        "single words and colons begin paragraphs",
        "long.txt",
        """Interviewer: Tell me about the diagnosis?

Maria: It was a Tuesday. They sat me down.

Honestly: I heard nothing after the first word.

My husband drove. He said: say something. I said: drive.

Interviewer: And later?

Maria: Later I made a list. Things to ask:

one: will I lose my hair;

two: who tells my mother.

Interviewer: Did you ask?

Maria: I asked about parking.
""",
        [
            (IV, "Interviewer", "Tell me about the diagnosis?"),
            (
                P,
                "Maria",
                "It was a Tuesday. They sat me down. Honestly: I heard nothing after the first word."
                " My husband drove. He said: say something. I said: drive.",
            ),
            (IV, "Interviewer", "And later?"),
            (
                P,
                "Maria",
                "Later I made a list. Things to ask: one: will I lose my hair; two: who tells my mother.",
            ),
            (IV, "Interviewer", "Did you ask?"),
            (P, "Maria", "I asked about parking."),
        ],
    ),
    Case(
        "German names of the parts",
        "de.txt",
        """Interviewerin: Was hat Ihnen geholfen?
Befragter: Die Gruppe. Und eins noch: der Humor.
Interviewerin: Inwiefern?
Befragter: Na ja, man lacht halt.
""",
        [
            (IV, "Interviewerin", "Was hat Ihnen geholfen?"),
            (P, "Befragter", "Die Gruppe. Und eins noch: der Humor."),
            (IV, "Interviewerin", "Inwiefern?"),
            (P, "Befragter", "Na ja, man lacht halt."),
        ],
    ),
    Case(
        "Spanish, first labels only on their own lines",
        "es.txt",
        """Entrevistadora:
¿Qué le dijeron en la farmacia?

Participante 4:
Que volviera el lunes.

Entrevistadora:
¿Y volvió?

Participante 4:
Volví. Estaba cerrado.
""",
        [
            (IV, "Entrevistadora", "¿Qué le dijeron en la farmacia?"),
            (P, "Participante 4", "Que volviera el lunes."),
            (IV, "Entrevistadora", "¿Y volvió?"),
            (P, "Participante 4", "Volví. Estaba cerrado."),
        ],
    ),
    Case(
        "R asks, P answers",
        "rp.txt",
        "R: How long have you had the pump?\nP: Since I was nine.\nR: And do you hide it?\nP: At weddings.\nR: Only there?\nP: Only there.\n",
        [
            (IV, "R", "How long have you had the pump?"),
            (P, "P", "Since I was nine."),
            (IV, "R", "And do you hide it?"),
            (P, "P", "At weddings."),
            (IV, "R", "Only there?"),
            (P, "P", "Only there."),
        ],
    ),
    Case(
        "one speaker only",
        "mono.txt",
        "P21: I'll just talk, then. It began in the spring.\n\nP21: And by the summer I couldn't climb the stairs.\n",
        [
            (
                P,
                "P21",
                "I'll just talk, then. It began in the spring. And by the summer I couldn't climb the stairs.",
            )
        ],
    ),
    Case(
        "a participant who asks a lot",
        "asks.txt",
        """Interviewer: Tell me about the form.
P2: Have you seen it? Have you tried to fill it in? Who wrote it?
Interviewer: Go on.
P2: Why is my shoe size on there? Would you tell them yours?
Interviewer: I see.
P2: Do you?
""",
        [
            (IV, "Interviewer", "Tell me about the form."),
            (P, "P2", "Have you seen it? Have you tried to fill it in? Who wrote it?"),
            (IV, "Interviewer", "Go on."),
            (P, "P2", "Why is my shoe size on there? Would you tell them yours?"),
            (IV, "Interviewer", "I see."),
            (P, "P2", "Do you?"),
        ],
    ),
    Case(
        "unlabelled paragraphs under a title and a date",
        "diary.txt",
        """Diary entry, week 3
Date: 4 March

I walked to the shop without stopping. First time since the operation.

The trouble is the hill: it is still there.
""",
        [
            (
                None,
                None,
                "I walked to the shop without stopping. First time since the operation."
                " The trouble is the hill: it is still there.",
            )
        ],
    ),
    Case(
        "questions printed bold, nobody named",
        "bold.md",
        """**What would help you most?**

A chair in the corridor.

And a clock.

**Why a clock?**

To know how late they are.
""",
        [
            (IV, None, "What would help you most?"),
            (P, None, "A chair in the corridor. And a clock."),
            (IV, None, "Why a clock?"),
            (P, None, "To know how late they are."),
        ],
    ),
    Case(
        "notes under topics are no conversation",
        "topics.txt",
        """Staff: four of the seven posts are filled, two by agency nurses.

Transport: the hospital bus stops at six.

Rooms: one, shared with the chaplain.

Money: none until April.
""",
        [
            (
                None,
                None,
                "Staff: four of the seven posts are filled, two by agency nurses. Transport: the hospital bus stops at six."
                " Rooms: one, shared with the chaplain. Money: none until April.",
            )
        ],
    ),
    Case(
        "two turns under capitals",
        "twoown.txt",
        "INTERVIEWER\nWhat would you change?\n\nP02\nThe door. It sticks.\n",
        [(IV, "INTERVIEWER", "What would you change?"), (P, "P02", "The door. It sticks.")],
    ),
    Case(
        "two names, one turn each, under a title",
        "twonames.txt",
        "Interview with a porter\n\nSarah: What would you change?\n\nMike: The door. It sticks.\n",
        [(IV, "Sarah", "What would you change?"), (P, "Mike", "The door. It sticks.")],
    ),
    Case(
        "a web address begins the same wrapped line twice",
        "webtwice.txt",
        """INT: Where did you look first?
P9: I went to the page that they gave us, which is
https://example.org/help: it was down. The day after, again
https://example.org/help: down. So I rang.
INT: And?
P9: Engaged.
""",
        [
            (IV, "INT", "Where did you look first?"),
            (
                P,
                "P9",
                "I went to the page that they gave us, which is https://example.org/help: it was down. The day after, again https://example.org/help: down. So I rang.",
            ),
            (IV, "INT", "And?"),
            (P, "P9", "Engaged."),
        ],
    ),
    Case(
        "a recogniser's cues, which break off anywhere",
        "whisper.txt",
        "[00:00.000 --> 00:05.000]  So I was going up the\n[00:05.000 --> 00:09.000]  hill and then the dog\n[00:09.000 --> 00:12.000]  came. And I ran.\n",
        [(None, None, "So I was going up the hill and then the dog came. And I ran.", 0)],
    ),
    Case(
        "times with an at sign",
        "fathom.txt",
        "@0:00 - Anna Smith (Uni)\nWhere do you live?\n\n@0:09 - Bob\nUp the hill: the last house.\n\n@0:12 - Anna Smith (Uni)\nAlone?\n",
        [
            (IV, "Anna Smith (Uni)", "Where do you live?", 0),
            (P, "Bob", "Up the hill: the last house.", 9),
            (IV, "Anna Smith (Uni)", "Alone?", 12),
        ],
    ),
    Case(
        "abbreviations with full stops",
        "intres.txt",
        "Int. So where do you live?\nRes. Up the hill.\nInt. Alone?\nRes. With a dog.\n",
        [
            (IV, "Int", "So where do you live?"),
            (P, "Res", "Up the hill."),
            (IV, "Int", "Alone?"),
            (P, "Res", "With a dog."),
        ],
    ),
    Case(
        "colon and dash",
        "ans.txt",
        "Q:- Where do you live?\nAns:- Up the hill.\nQ:- Alone?\nAns:- With a dog.\n",
        [
            (IV, "Q", "Where do you live?"),
            (P, "Ans", "Up the hill."),
            (IV, "Q", "Alone?"),
            (P, "Ans", "With a dog."),
        ],
    ),
    Case(
        "the transcriber's lines below the talk",
        "footer.txt",
        """INT: Where?

P1: Up the hill.

INT: Alone?

P1: Yes.

End of tape 1, side A

Notes: battery died. Second recorder used.
Duration: 43 minutes
Transcribed by: AB
""",
        [(IV, "INT", "Where?"), (P, "P1", "Up the hill."), (IV, "INT", "Alone?"), (P, "P1", "Yes.")],
    ),
    Case(
        "headings in capitals between the turns",
        "heads.txt",
        """Interview 3

BACKGROUND

INT: Where?

P1: UP. I said UP.

BARRIERS

INT: Why?

P1: The dog.
""",
        [(IV, "INT", "Where?"), (P, "P1", "UP. I said UP."), (IV, "INT", "Why?"), (P, "P1", "The dog.")],
    ),
    Case(
        "initials that are words",
        "initialwords.txt",
        "Speakers: Anna Smith (AS), Ian Thorpe (IT)\n\nAS: Where?\nIT: Up.\nAS: Why?\nIT: Dog.\n",
        [(IV, "AS", "Where?"), (P, "IT", "Up."), (IV, "AS", "Why?"), (P, "IT", "Dog.")],
    ),
    Case(
        "messages with dates",
        "whatsapp.txt",
        "12/03/2024, 10:32 - Messages are encrypted.\n12/03/2024, 10:32 - Anna: How was it?\n12/03/2024, 10:33 - Bob: Fine: long.\nbut fine\n12/03/2024, 10:35 - Anna: Long?\n12/03/2024, 10:36 - Bob: An hour\n",
        [
            (IV, "Anna", "How was it?", None),
            (P, "Bob", "Fine: long. but fine", None),
            (IV, "Anna", "Long?", None),
            (P, "Bob", "An hour", None),
        ],
    ),
    Case(
        "a quotation that looks like a label",
        "quoted.txt",
        """INT: Where?

P1: He said "INT: stop" and

"P1: go", as if it was a script.

INT: Why?

P1: Fun.
""",
        [
            (IV, "INT", "Where?"),
            (P, "P1", 'He said "INT: stop" and "P1: go", as if it was a script.'),
            (IV, "INT", "Why?"),
            (P, "P1", "Fun."),
        ],
    ),
    Case(
        "numbers for names",
        "numbers.txt",
        "Moderator: Who lives up the hill?\n1: I do.\n2: Me too.\nModerator: Alone?\n1: With a dog.\n3: She has a dog.\n2: Two dogs.\n1: Two.\n2: Yes.\n3: Big ones.\n3: Loud.\n",
        [
            (IV, "Moderator", "Who lives up the hill?"),
            (P, "1", "I do."),
            (P, "2", "Me too."),
            (IV, "Moderator", "Alone?"),
            (P, "1", "With a dog."),
            (P, "3", "She has a dog."),
            (P, "2", "Two dogs."),
            (P, "1", "Two."),
            (P, "2", "Yes."),
            (P, "3", "Big ones. Loud."),
        ],
    ),
    Case(
        "who takes part stands in the header, talk without blank lines",
        "withparticipants.txt",
        """Date: 2024-03-12
Participant(s): P01, patient living with long-term conditions
Setting: Participant's home

INTERVIEWER: Comfy?
P01: – because of the dog, you mean?
INTERVIEWER: I'd like you to think of the
F1 group, the one that meets on Mondays,
F1. How was it?
P01: – loud.
""",
        [
            (IV, "INTERVIEWER", "Comfy?"),
            (P, "P01", "– because of the dog, you mean?"),
            (
                IV,
                "INTERVIEWER",
                "I'd like you to think of the F1 group, the one that meets on Mondays, F1. How was it?",
            ),
            (P, "P01", "– loud."),
        ],
    ),
    Case(
        "names with two colons inside",
        "colon3.txt",
        "FG1:P2:F: Where do you live?\nFG1:P3:M: Up the hill.\nFG1:P2:F: Alone?\nFG1:P3:M: Yes: alone.\n",
        [
            (IV, "FG1:P2:F", "Where do you live?"),
            (P, "FG1:P3:M", "Up the hill."),
            (IV, "FG1:P2:F", "Alone?"),
            (P, "FG1:P3:M", "Yes: alone."),
        ],
    ),
    Case(
        "times between hash signs, also short ones",
        "hashes.txt",
        "#0:01# Where I live is steep.\n\n# 0:05 # It is up the hill.\n\n[1:9] Nobody comes.\n",
        [(None, None, "Where I live is steep. It is up the hill. Nobody comes.", 1)],
    ),
    Case(
        "the cast right above the talk",
        "castabove.txt",
        "Interview with P7\nInterviewer: Jane Smith\nInterviewee: P7\nJane Smith: Where?\nP7: Up.\nJane Smith: Why?\nP7: Dog.\n",
        [
            (IV, "Jane Smith", "Where?"),
            (P, "P7", "Up."),
            (IV, "Jane Smith", "Why?"),
            (P, "P7", "Dog."),
        ],
    ),
    Case(
        "months and dates at line starts",
        "months.txt",
        "INT: When?\nP1: 3 May: that was it.\nMay: that's when it was.\nINT: And?\nP1: June: nothing.\n",
        [
            (IV, "INT", "When?"),
            (P, "P1", "3 May: that was it. May: that's when it was."),
            (IV, "INT", "And?"),
            (P, "P1", "June: nothing."),
        ],
    ),
    Case(
        "silent turns",
        "silent.txt",
        "INT: Where?\nP1:\nINT: Hello?\nP1: ...\nINT: Okay?\nP1: [silence]\n",
        [
            (IV, "INT", "Where? Hello?"),
            (P, "P1", "..."),
            (IV, "INT", "Okay?"),
            (P, "P1", "[silence]"),
        ],
    ),
    Case(
        "a full Otter export",
        "otterfull.txt",
        """Interview 1
Tue, Apr 02, 2024 10:30AM • 45:12

SUMMARY KEYWORDS
patients, bus, ward

SPEAKERS
Jane Doyle, Marcus Bell

Jane Doyle  00:03
Okay so where?

Marcus Bell  00:07
Up the hill.

Jane Doyle  00:13
Alone?
""",
        [
            (IV, "Jane Doyle", "Okay so where?", 3),
            (P, "Marcus Bell", "Up the hill.", 7),
            (IV, "Jane Doyle", "Alone?", 13),
        ],
    ),
    Case(
        "a full Rev export",
        "revfull.txt",
        """Interview_1.mp3 (Completed 01/02/24)
Transcript by Rev.com

Page 1 of 2

Jane (00:03):
Where?

Marcus (00:07):
Up.

Page 2 of 2

Jane (00:13):
Alone?
""",
        [(IV, "Jane", "Where?", 3), (P, "Marcus", "Up.", 7), (IV, "Jane", "Alone?", 13)],
    ),
]
