# ruff: noqa: E501
"""Text transcripts as people have them, each with the turns a reader must find: (role, speaker, words[, seconds]).

Composed for these tests. Neighbouring turns of one speaker are given as one; white space is compared loosely.
"""

from typing import NamedTuple


class Case(NamedTuple):
    name: str
    file: str
    content: str
    turns: list[tuple[str | None, str | None, str] | tuple[str | None, str | None, str, float | None]]


IV, P = "interviewer", "participant"

CASES = [
    Case(
        "labels in capitals with a header block",
        "p07.txt",
        """Title: Interview with P07
Date: 3 May 2023
Participant(s): P07, INTERVIEWER
Duration: 10:30

INTERVIEWER: Thanks for coming in. How did you hear about the group?

P07: There was a poster: red letters, you couldn't miss it. Two things: it was free, and it was at 10:30.

INTERVIEWER: And what kept you going?

P07: The people. (laughs) I'd say to my sister: come along.

Noted: the kettle. That's what I wrote on the form.

INTERVIEWER: [overlapping] So the kettle mattered?

P07: It did //yeah// it did [inaudible].
""",
        [
            (IV, "INTERVIEWER", "Thanks for coming in. How did you hear about the group?"),
            (
                P,
                "P07",
                "There was a poster: red letters, you couldn't miss it. Two things: it was free, and it was at 10:30.",
            ),
            (IV, "INTERVIEWER", "And what kept you going?"),
            (
                P,
                "P07",
                "The people. (laughs) I'd say to my sister: come along."
                " Noted: the kettle. That's what I wrote on the form.",
            ),
            (IV, "INTERVIEWER", "[overlapping] So the kettle mattered?"),
            (P, "P07", "It did //yeah// it did [inaudible]."),
        ],
    ),
    Case(
        "two turns, each label once",
        "short.txt",
        "INTERVIEWER: Could you say what you do?\n\nP1: I drive the mobile library.\n",
        [(IV, "INTERVIEWER", "Could you say what you do?"), (P, "P1", "I drive the mobile library.")],
    ),
    Case(
        "question and answer letters with full stops",
        "qa.txt",
        """Q. Did anybody explain the tablets?
A. Not really. The pharmacist, a bit. She said: take them with food.
Q. And did you?
A. Mostly. I'd ask, Q: is toast food? Nobody knew.
Q. What would help?
A. A list on the fridge.
""",
        [
            (IV, "Q", "Did anybody explain the tablets?"),
            (P, "A", "Not really. The pharmacist, a bit. She said: take them with food."),
            (IV, "Q", "And did you?"),
            (P, "A", "Mostly. I'd ask, Q: is toast food? Nobody knew."),
            (IV, "Q", "What would help?"),
            (P, "A", "A list on the fridge."),
        ],
    ),
    Case(
        "label and tab",
        "tabbed.txt",
        "INT\tSo how is the walking?\nR1\tBetter. I do the canal on Sundays.\nINT\tEvery Sunday?\n"
        "R1\tIf it's dry. One thing:\tthe mud.\nINT\tRight.\nR1\tAnd my knee.\n",
        [
            (IV, "INT", "So how is the walking?"),
            (P, "R1", "Better. I do the canal on Sundays."),
            (IV, "INT", "Every Sunday?"),
            (P, "R1", "If it's dry. One thing:\tthe mud."),
            (IV, "INT", "Right."),
            (P, "R1", "And my knee."),
        ],
    ),
    Case(
        "Otter: name and time on their own line",
        "otter.txt",
        """Clinic interview 4

Jane Doyle  0:03
Okay, that's recording. Can you tell me about your week?

Unknown Speaker  0:09
Sure.

Marcus Bell  0:12
Well, Monday I had physio. It was at 10:30
and I nearly didn't go.

Jane Doyle  1:02:07
What made you go?

Marcus Bell  1:02:11
Habit, I think.

Transcribed by https://otter.ai
""",
        [
            (IV, "Jane Doyle", "Okay, that's recording. Can you tell me about your week?", 3),
            (P, "Unknown Speaker", "Sure.", 9),
            (P, "Marcus Bell", "Well, Monday I had physio. It was at 10:30 and I nearly didn't go.", 12),
            (IV, "Jane Doyle", "What made you go?", 3727),
            (P, "Marcus Bell", "Habit, I think.", 3731),
        ],
    ),
    Case(
        "Rev: name and time in brackets before the colon",
        "rev.txt",
        """Speaker 1 (00:01):
Thanks for joining. What is it you do on the ward?

Speaker 2 (00:05):
I'm the ward clerk, so phones, notes, biscuits.

Speaker 1 (00:11):
And how do people ask you for things?

Speaker 2 (00:14):
They shout. One says: "Where's bed four?" and I say [inaudible 00:00:17] the board.
""",
        [
            (IV, "Speaker 1", "Thanks for joining. What is it you do on the ward?", 1),
            (P, "Speaker 2", "I'm the ward clerk, so phones, notes, biscuits.", 5),
            (IV, "Speaker 1", "And how do people ask you for things?", 11),
            (
                P,
                "Speaker 2",
                'They shout. One says: "Where\'s bed four?" and I say [inaudible 00:00:17] the board.',
                14,
            ),
        ],
    ),
    Case(
        "Trint: name and long time in brackets, words below",
        "trint.txt",
        """Ellen [00:00:03]
How long have you been a carer?

Priya [00:00:06]
Since my dad's stroke. So four years in June.

Ellen [00:00:12]
What changed?

Priya [00:00:14]
Everything. I gave up the shop.
""",
        [
            (IV, "Ellen", "How long have you been a carer?", 3),
            (P, "Priya", "Since my dad's stroke. So four years in June.", 6),
            (IV, "Ellen", "What changed?", 12),
            (P, "Priya", "Everything. I gave up the shop.", 14),
        ],
    ),
    Case(
        "time before the label",
        "descript.txt",
        """[00:00:00] Host: What brought you here?
[00:00:04] Guest: The bus, mainly.
[00:00:06] Host: And why this class?
[00:00:09] Guest: My doctor said so. My wife said so. Even the dog said so.
""",
        [
            (IV, "Host", "What brought you here?", 0),
            (P, "Guest", "The bus, mainly.", 4),
            (IV, "Host", "And why this class?", 6),
            (P, "Guest", "My doctor said so. My wife said so. Even the dog said so.", 9),
        ],
    ),
    Case(
        "NVivo: paragraphs that begin with a time, nobody named",
        "nvivo.txt",
        """[00:00:01.2] We set the clinic up in a church hall.
[00:00:09.0] The first week nobody came, and the second week it rained.
[00:00:17.5] By Easter we had a queue.
""",
        [
            (None, None, "We set the clinic up in a church hall.", 1.2),
            (None, None, "The first week nobody came, and the second week it rained.", 9.0),
            (None, None, "By Easter we had a queue.", 17.5),
        ],
    ),
    Case(
        "hash stamps at paragraph ends, German",
        "f4.txt",
        """I: Wie war das für Sie? #00:00:05-1#

B: Also am Anfang schwer. Ich hatte ja keine Ahnung, (lacht) wirklich nicht. #00:00:14-8#

I: Und dann? #00:00:16-0#

B: Dann kam die Gruppe. Zwei Sachen: das Reden und der Kaffee. #00:00:25-3#
""",
        [
            (IV, "I", "Wie war das für Sie?"),
            (P, "B", "Also am Anfang schwer. Ich hatte ja keine Ahnung, (lacht) wirklich nicht.", 5.1),
            (IV, "I", "Und dann?", 14.8),
            (P, "B", "Dann kam die Gruppe. Zwei Sachen: das Reden und der Kaffee.", 16.0),
        ],
    ),
    Case(
        "French with no-break spaces before colons",
        "fr.txt",
        """Enquêtrice\u00a0: Bonjour, vous travaillez ici depuis longtemps\u00a0?
Répondant\u00a0: Depuis dix ans. Je dis toujours\u00a0: «\u00a0on verra\u00a0».
Enquêtrice\u00a0: Et qu’est-ce qui vous aide\u00a0?
Répondant\u00a0: Les collègues.
""",
        [
            (IV, "Enquêtrice", "Bonjour, vous travaillez ici depuis longtemps\u00a0?"),
            (P, "Répondant", "Depuis dix ans. Je dis toujours\u00a0: «\u00a0on verra\u00a0»."),
            (IV, "Enquêtrice", "Et qu’est-ce qui vous aide\u00a0?"),
            (P, "Répondant", "Les collègues."),
        ],
    ),
    Case(
        "full-width colons",
        "jp.txt",
        "田中：今日はどうでしたか？\n佐藤：とても疲れました。\n田中：何が大変でしたか？\n佐藤：移動です。\n",
        [
            (IV, "田中", "今日はどうでしたか？"),
            (P, "佐藤", "とても疲れました。"),
            (IV, "田中", "何が大変でしたか？"),
            (P, "佐藤", "移動です。"),
        ],
    ),
    Case(
        "names with a colon inside",
        "sites.txt",
        """Site A: Nurse: We have no room for it.
Interviewer: Is that the building?
Site A: Nurse: It's the building and the lift.
Site B: Nurse: Ours is worse, honestly: no lift at all.
Interviewer: None?
Site B: Nurse: None.
""",
        [
            (P, "Site A: Nurse", "We have no room for it."),
            (IV, "Interviewer", "Is that the building?"),
            (P, "Site A: Nurse", "It's the building and the lift."),
            (P, "Site B: Nurse", "Ours is worse, honestly: no lift at all."),
            (IV, "Interviewer", "None?"),
            (P, "Site B: Nurse", "None."),
        ],
    ),
    Case(
        "line numbers and wrapped lines",
        "numbered.txt",
        """1  INT: When you started on the ward, what did you
2       expect from the families?
3  N1:  I thought they'd want visiting times. And they
4       wanted to know who was in charge: fair enough,
5       so did I.
6  INT: Did anyone tell them?
7  N1:  No.
""",
        [
            (IV, "INT", "When you started on the ward, what did you expect from the families?"),
            (
                P,
                "N1",
                "I thought they'd want visiting times. And they wanted to know who was in charge: fair enough, so did I.",
            ),
            (IV, "INT", "Did anyone tell them?"),
            (P, "N1", "No."),
        ],
    ),
    Case(
        "wrapped lines where a sentence's word and colon begin a line",
        "wrapped.txt",
        """MODERATOR: I wonder if we could begin with what you all thought when the
letter arrived, and whether it was clear what was being asked of you.

F1: It was clear enough. The trouble with letters like that is what they
leave out: who is going to be there, and who pays. I read it out at
home: nobody was any the wiser.

F2: I'd a list on the fridge with three
things: bus, money, sandwiches. And I told the lad who rang up about
it: put the time on the front.

MODERATOR: And was it on the front?

F2: It was on the back.
""",
        [
            (
                IV,
                "MODERATOR",
                "I wonder if we could begin with what you all thought when the letter arrived, and whether it was clear"
                " what was being asked of you.",
            ),
            (
                P,
                "F1",
                "It was clear enough. The trouble with letters like that is what they leave out: who is going to be"
                " there, and who pays. I read it out at home: nobody was any the wiser.",
            ),
            (
                P,
                "F2",
                "I'd a list on the fridge with three things: bus, money, sandwiches. And I told the lad who rang up"
                " about it: put the time on the front.",
            ),
            (IV, "MODERATOR", "And was it on the front?"),
            (P, "F2", "It was on the back."),
        ],
    ),
    Case(
        "Markdown with bold labels and headings",
        "notes.md",
        """# Interview 12

**Date:** 2024-02-01

**Interviewer:** What do you make of the new form?

**Participant:** It's *long*. I got as far as page two.

## Part two

**Interviewer:** And after that?

**Participant:** I rang up. https://example.org/help was no help.
""",
        [
            (IV, "Interviewer", "What do you make of the new form?"),
            (P, "Participant", "It's *long*. I got as far as page two."),
            (IV, "Interviewer", "And after that?"),
            (P, "Participant", "I rang up. https://example.org/help was no help."),
        ],
    ),
    Case(
        "Markdown with speakers as headings",
        "heads.md",
        """### Interviewer

Why did you stop coming?

### Anna

The buses changed.

I could have got a lift, I suppose.

### Interviewer

Did anybody ring?

### Anna

Once.
""",
        [
            (IV, "Interviewer", "Why did you stop coming?"),
            (P, "Anna", "The buses changed. I could have got a lift, I suppose."),
            (IV, "Interviewer", "Did anybody ring?"),
            (P, "Anna", "Once."),
        ],
    ),
    Case(
        "no speakers at all",
        "letter.txt",
        """I have had asthma since I was nine. My mother had it too.

The nurse showed me the spacer once: nobody since.

If somebody watched me do it, I would know.
""",
        [
            (
                None,
                None,
                "I have had asthma since I was nine. My mother had it too."
                " The nurse showed me the spacer once: nobody since."
                " If somebody watched me do it, I would know.",
            )
        ],
    ),
    Case(
        "capitals on a line of their own",
        "own.txt",
        """INTERVIEWER
How do you plan the week?

DR OKORO
I don't. The week plans me.

INTERVIEWER
What would change that?

DR OKORO
A second pair of hands. And one other thing:
time.
""",
        [
            (IV, "INTERVIEWER", "How do you plan the week?"),
            (P, "DR OKORO", "I don't. The week plans me."),
            (IV, "INTERVIEWER", "What would change that?"),
            (P, "DR OKORO", "A second pair of hands. And one other thing: time."),
        ],
    ),
    Case(
        "bracketed labels",
        "brackets.txt",
        """[Interviewer] What happened at discharge?
[Patient] They gave me a bag. [laughs] A carrier bag.
[Interviewer] And the letter?
[laughs] I know what's coming.
[Patient] It went to my old doctor.
""",
        [
            (IV, "Interviewer", "What happened at discharge?"),
            (P, "Patient", "They gave me a bag. [laughs] A carrier bag."),
            (IV, "Interviewer", "And the letter? [laughs] I know what's coming."),
            (P, "Patient", "It went to my old doctor."),
        ],
    ),
    Case(
        "angle brackets",
        "angles.txt",
        "<Moderator> Who wants to start?\n<Anna> I will. I came for the soup.\n<Tom> Me too.\n"
        "<Moderator> And what made you stay?\n<Anna> More soup.\n<Tom> The pudding.\n",
        [
            (IV, "Moderator", "Who wants to start?"),
            (P, "Anna", "I will. I came for the soup."),
            (P, "Tom", "Me too."),
            (IV, "Moderator", "And what made you stay?"),
            (P, "Anna", "More soup."),
            (P, "Tom", "The pudding."),
        ],
    ),
    Case(
        "labels and dashes",
        "dashes.txt",
        """MODERATOR - Shall we start with the forms?
ANNA - They're long – twelve pages – and nobody reads them.
TOM - I read them.
MODERATOR - What did you think?
TOM - Long.
ANNA - Told you.
""",
        [
            (IV, "MODERATOR", "Shall we start with the forms?"),
            (P, "ANNA", "They're long – twelve pages – and nobody reads them."),
            (P, "TOM", "I read them."),
            (IV, "MODERATOR", "What did you think?"),
            (P, "TOM", "Long."),
            (P, "ANNA", "Told you."),
        ],
    ),
    Case(
        "single letters with an arrow",
        "arrows.txt",
        "INTERVIEWER> Do you use the app?\nPARTICIPANT> I did for a week.\nINTERVIEWER> What put you off?\n"
        "PARTICIPANT> It nagged.\n",
        [
            (IV, "INTERVIEWER", "Do you use the app?"),
            (P, "PARTICIPANT", "I did for a week."),
            (IV, "INTERVIEWER", "What put you off?"),
            (P, "PARTICIPANT", "It nagged."),
        ],
    ),
    Case(
        "names only, the one who asks is the interviewer",
        "names.txt",
        """Sian: What was the first session like?
Owen: Noisy. There were about twelve of us and one biscuit.
Sian: And did you say anything?
Owen: I said I'd had the operation. They all had. Mark: my neighbour: had it twice.
Sian: How did that feel?
Owen: Better than the leaflet.
""",
        [
            (IV, "Sian", "What was the first session like?"),
            (P, "Owen", "Noisy. There were about twelve of us and one biscuit."),
            (IV, "Sian", "And did you say anything?"),
            (P, "Owen", "I said I'd had the operation. They all had. Mark: my neighbour: had it twice."),
            (IV, "Sian", "How did that feel?"),
            (P, "Owen", "Better than the leaflet."),
        ],
    ),
    Case(
        "header names who is who; initials speak",
        "initials.txt",
        """Interviewer: Jane Smith (JS)
Participant: Dr Bola Ade (BA)
Date: 4/5/2023
Location: Zoom

JS: Thank you for this. Where shall we start?
BA: Wherever you like, I've till two. It's 10:30 now?
JS: Just gone.
BA: So, the audit. Nobody reads it.
""",
        [
            (IV, "JS", "Thank you for this. Where shall we start?"),
            (P, "BA", "Wherever you like, I've till two. It's 10:30 now?"),
            (IV, "JS", "Just gone."),
            (P, "BA", "So, the audit. Nobody reads it."),
        ],
    ),
    Case(
        "header without other lines, labels come again",
        "cast.txt",
        """Interviewer: Jane Smith
Participant: P04

Interviewer: Are you all right to start?
Participant: Yes. Fire away.
Interviewer: What is a good day?
Participant: One where I get out.
""",
        [
            (IV, "Interviewer", "Are you all right to start?"),
            (P, "Participant", "Yes. Fire away."),
            (IV, "Interviewer", "What is a good day?"),
            (P, "Participant", "One where I get out."),
        ],
    ),
    Case(
        "focus group with somebody who speaks once",
        "fg.txt",
        """Moderator: Let's go round. Who's first?

M1: I'm retired. I was a plasterer.

F1: I look after my husband.

M2: Postman.

Moderator: And what do you want from today?

M1: Lunch.

F1: To be asked properly.

All: [laughter]

F2: Sorry I'm late, the bus.

Moderator: Come in, sit down.
""",
        [
            (IV, "Moderator", "Let's go round. Who's first?"),
            (P, "M1", "I'm retired. I was a plasterer."),
            (P, "F1", "I look after my husband."),
            (P, "M2", "Postman."),
            (IV, "Moderator", "And what do you want from today?"),
            (P, "M1", "Lunch."),
            (P, "F1", "To be asked properly."),
            (P, "All", "[laughter]"),
            (P, "F2", "Sorry I'm late, the bus."),
            (IV, "Moderator", "Come in, sit down."),
        ],
    ),
    Case(
        "WhisperX labels",
        "whisperx.txt",
        "[SPEAKER_00]: So what did the surgery say?\n[SPEAKER_01]: They said ring at eight.\n"
        "[SPEAKER_00]: And did you?\n[SPEAKER_01]: I rang at eight. So did everybody.\n",
        [
            (IV, "SPEAKER_00", "So what did the surgery say?"),
            (P, "SPEAKER_01", "They said ring at eight."),
            (IV, "SPEAKER_00", "And did you?"),
            (P, "SPEAKER_01", "I rang at eight. So did everybody."),
        ],
    ),
    Case(
        "time stamps and speakers with a dash, words below",
        "sonix.txt",
        """[00:00:01.20] - Speaker 1
Where do people wait?

[00:00:03.90] - Speaker 2
In the corridor. There's one chair.

[00:00:08.10] - Speaker 1
Whose chair is it?

[00:00:10.00] - Speaker 2
Nobody knows.
""",
        [
            (IV, "Speaker 1", "Where do people wait?", 1.2),
            (P, "Speaker 2", "In the corridor. There's one chair.", 3.9),
            (IV, "Speaker 1", "Whose chair is it?", 8.1),
            (P, "Speaker 2", "Nobody knows.", 10.0),
        ],
    ),
    Case(
        "bare times before names",
        "bare.txt",
        """0:03 Interviewer: How often do you test?
0:07 Participant: Twice a day. 10:30 and bedtime.
0:15 Interviewer: Every day?
0:17 Participant: I'm not a saint.
""",
        [
            (IV, "Interviewer", "How often do you test?", 3),
            (P, "Participant", "Twice a day. 10:30 and bedtime.", 7),
            (IV, "Interviewer", "Every day?", 15),
            (P, "Participant", "I'm not a saint.", 17),
        ],
    ),
    Case(
        "a paragraph that begins with a time of day",
        "clock.txt",
        """Interviewer: Take me through a day?

Participant: Up at six, and it's quiet till ten.

10:30 is when it starts. The phones, I mean.

Interviewer: Until when?

Participant: 12:15, with luck.
""",
        [
            (IV, "Interviewer", "Take me through a day?"),
            (
                P,
                "Participant",
                "Up at six, and it's quiet till ten. 10:30 is when it starts. The phones, I mean.",
            ),
            (IV, "Interviewer", "Until when?"),
            (P, "Participant", "12:15, with luck."),
        ],
    ),
    Case(
        "label after the time, both in brackets, hours only now and then",
        "mixed.txt",
        """(00:00) INT: Ready?
(00:02) P12: Ready.
INT: So what helps?
P12: A timetable. Written down.
[01:02:03] INT: We've talked a while. Shall we stop?
P12: One more thing: thank you.
""",
        [
            (IV, "INT", "Ready?", 0),
            (P, "P12", "Ready.", 2),
            (IV, "INT", "So what helps?"),
            (P, "P12", "A timetable. Written down."),
            (IV, "INT", "We've talked a while. Shall we stop?", 3723),
            (P, "P12", "One more thing: thank you."),
        ],
    ),
    Case(
        "unicode names, some with titles",
        "unicode.txt",
        """Åse: How do you two divide the work?
O’Brien: I do mornings.
Dr Núñez-Bauer: And I do what's left. My rule:
never before nine.
Åse: Who decided?
O’Brien: She did.
Dr Núñez-Bauer: He did.
""",
        [
            (IV, "Åse", "How do you two divide the work?"),
            (P, "O’Brien", "I do mornings."),
            (P, "Dr Núñez-Bauer", "And I do what's left. My rule: never before nine."),
            (IV, "Åse", "Who decided?"),
            (P, "O’Brien", "She did."),
            (P, "Dr Núñez-Bauer", "He did."),
        ],
    ),
    Case(
        "Welsh",
        "cy.txt",
        """Cyfwelydd: Sut mae'r gwasanaeth yn gweithio i chi?
Cyfranogwr: Yn dda iawn, ar y cyfan. Ŵyr neb ble mae'r drws, cofiwch.
Cyfwelydd: Beth fyddai'n helpu?
Cyfranogwr: Arwydd.
""",
        [
            (IV, "Cyfwelydd", "Sut mae'r gwasanaeth yn gweithio i chi?"),
            (P, "Cyfranogwr", "Yn dda iawn, ar y cyfan. Ŵyr neb ble mae'r drws, cofiwch."),
            (IV, "Cyfwelydd", "Beth fyddai'n helpu?"),
            (P, "Cyfranogwr", "Arwydd."),
        ],
    ),
    Case(
        "role in brackets behind names",
        "brackets_after.txt",
        """Anna (GP): I'd see ten before lunch.
Karim (Interviewer): And after?
Anna (GP): After, I'd stop counting.
Karim (Interviewer): What would help?
Anna (GP): (laughs) Lunch.
""",
        [
            (P, "Anna (GP)", "I'd see ten before lunch."),
            (IV, "Karim (Interviewer)", "And after?"),
            (P, "Anna (GP)", "After, I'd stop counting."),
            (IV, "Karim (Interviewer)", "What would help?"),
            (P, "Anna (GP)", "(laughs) Lunch."),
        ],
    ),
    Case(
        "remarks inside the label",
        "remarks.txt",
        """INT: Did it hurt?
P3 (laughing): Only when I laughed.
INT: And now?
P3: Now it's fine.
INT [overlapping]: Really?
P3: Really.
""",
        [
            (IV, "INT", "Did it hurt?"),
            (P, "P3", "Only when I laughed."),
            (IV, "INT", "And now?"),
            (P, "P3", "Now it's fine."),
            (IV, "INT", "Really?"),
            (P, "P3", "Really."),
        ],
    ),
    Case(
        "rules, page numbers, the recording's end",
        "pages.txt",
        """TRANSCRIPT OF INTERVIEW 9
=========================

[START OF RECORDING]

I: What do you do when the alarm goes?
R: Turn it off.

Page 1 of 2

I: And then?
R: Turn over.

Page 2 of 2

[END OF RECORDING]
""",
        [
            (IV, "I", "What do you do when the alarm goes?"),
            (P, "R", "Turn it off."),
            (IV, "I", "And then?"),
            (P, "R", "Turn over."),
        ],
    ),
    Case(
        "an address of a web page and a time at line starts",
        "url.txt",
        """INT: Where did you look?
P9: Online. There was a page,
https://www.example.org/asthma: that one.
10:45: that's when the video starts.
INT: Did you watch it?
P9: Twice.
""",
        [
            (IV, "INT", "Where did you look?"),
            (
                P,
                "P9",
                "Online. There was a page, https://www.example.org/asthma: that one. 10:45: that's when the video starts.",
            ),
            (IV, "INT", "Did you watch it?"),
            (P, "P9", "Twice."),
        ],
    ),
    Case(
        "two interviewers and a note taker",
        "pair.txt",
        """Interviewer 1: Shall I start?
Interviewer 2: Go on.
Interviewer 1: What does a bad day look like?
Respondent: Grey.
Interviewer 2: And a good one?
Respondent: Also grey, but I don't mind.
""",
        [
            (IV, "Interviewer 1", "Shall I start?"),
            (IV, "Interviewer 2", "Go on."),
            (IV, "Interviewer 1", "What does a bad day look like?"),
            (P, "Respondent", "Grey."),
            (IV, "Interviewer 2", "And a good one?"),
            (P, "Respondent", "Also grey, but I don't mind."),
        ],
    ),
    Case(
        "labels spelt unevenly",
        "uneven.txt",
        """INTERVIEWER: Is it far?
Participant 2: Two buses.
Interviewer : Each way?
PARTICIPANT 2: Each way.
INTERVIEWER: Would a lift help?
Participant 2:It would.
""",
        [
            (IV, "INTERVIEWER", "Is it far?"),
            (P, "Participant 2", "Two buses."),
            (IV, "INTERVIEWER", "Each way?"),
            (P, "Participant 2", "Each way."),
            (IV, "INTERVIEWER", "Would a lift help?"),
            (P, "Participant 2", "It would."),
        ],
    ),
    Case(
        "chat export with dates",
        "chat.txt",
        """[12/03/2024, 10:32:05] Researcher: How was clinic?
[12/03/2024, 10:33:41] Kai: fine thanks. waited an hour
[12/03/2024, 10:34:02] Researcher: An hour?
[12/03/2024, 10:35:10] Kai: there was a fish tank tho
""",
        [
            (IV, "Researcher", "How was clinic?"),
            (P, "Kai", "fine thanks. waited an hour"),
            (IV, "Researcher", "An hour?"),
            (P, "Kai", "there was a fish tank tho"),
        ],
    ),
    Case(
        "written dialogue with dashes",
        "dialogue.txt",
        "– Comment avez-vous commencé ?\n– Par hasard.\n– Et ensuite ?\n– Ensuite, j'ai continué.\n",
        [(None, None, "Comment avez-vous commencé ? Par hasard. Et ensuite ? Ensuite, j'ai continué.")],
    ),
    Case(
        "Teams text: timing, name and words on three lines",
        "teams.txt",
        """0:0:0.0 --> 0:0:4.120
Smith, Anna
Can everyone hear me?
0:0:4.500 --> 0:0:9.0
Jones, Bob (Guest)
Yes. The sound's a bit
tinny.
0:0:9.500 --> 0:0:12.0
Smith, Anna
What did you think of the leaflet?
0:0:13.0 --> 0:0:19.0
Jones, Bob (Guest)
I used it for a shopping list.
""",
        [
            (IV, "Smith, Anna", "Can everyone hear me?", 0.0),
            (P, "Jones, Bob (Guest)", "Yes. The sound's a bit tinny.", 4.5),
            (IV, "Smith, Anna", "What did you think of the leaflet?", 9.5),
            (P, "Jones, Bob (Guest)", "I used it for a shopping list.", 13.0),
        ],
    ),
    Case(
        "columns of spaces",
        "columns.txt",
        """INT      What did you expect?
P05      Less of a queue.
INT      And what did you get?
P05      More of one. But a good one, people
         talked to each other.
INT      About what?
P05      Knees.
""",
        [
            (IV, "INT", "What did you expect?"),
            (P, "P05", "Less of a queue."),
            (IV, "INT", "And what did you get?"),
            (P, "P05", "More of one. But a good one, people talked to each other."),
            (IV, "INT", "About what?"),
            (P, "P05", "Knees."),
        ],
    ),
    Case(
        "several paragraphs in a turn, and a slip of the typist",
        "slip.txt",
        """Interviewer: You mentioned your sister?

P11: She's the organised one.

She does a rota. It's on the wall.

Interviewer; And you follow it?

P11: I follow her.

P11 - And the dog follows me.

Interviewer: Good.
""",
        [
            (IV, "Interviewer", "You mentioned your sister?"),
            (P, "P11", "She's the organised one. She does a rota. It's on the wall."),
            (IV, "Interviewer", "And you follow it?"),
            (P, "P11", "I follow her. And the dog follows me."),
            (IV, "Interviewer", "Good."),
        ],
    ),
]
