"""Words that look like names and are none, and names that are ordinary words too."""

_KEPT = """
a&e aids adhd alexa amazon android april apple asd august autumn bame bbc bmi boots britain brexit british
christmas com-b covid covid-19 coronavirus ct december diwali dna easter ecg eid england english facebook
february friday gp gps google halloween hiv hmrc hrt i icu instagram internet ipad iphone ireland irish it
ivf january july june lgbt lgbtq march may mcdonald's messenger microsoft monday mri netflix nhs nice
november october ofsted ok okay one ot paracetamol pcr phd pip ppi ramadan saturday scotland scottish
september skype spring summer sunday teams tesco thursday tuesday twitter uk united kingdom us usa wales
welsh wednesday whatsapp wi-fi winter youtube zoom god jesus lord mum mummy dad daddy nan nana grandma
grandad granny mam auntie uncle sir madam bluetooth fitbit excel word powerpoint outlook windows chatgpt
parkinson parkinson's alzheimer alzheimer's crohn crohn's down's asperger asperger's hodgkin hodgkin's mr
mrs ms miss mister dr yep yeah yes no hiya hello hi bye ooh ah oh mm mmm um er ta cheers mammy mondays
tuesdays wednesdays thursdays fridays saturdays sundays madopar metformin valentine valentine's zumba
pilates
"""
KEPT = frozenset(_KEPT.split()) | {
    "united kingdom",
    "great britain",
    "northern ireland",
    "united states",
    "black friday",
}

# First names that are ordinary words: replaced only where the surroundings tell that they are names.
_ORDINARY = """
will may mark grace hope rose faith bill sue pat rob art drew frank iris june april dawn joy summer autumn
dean guy gay jack bob nick ray rich dick penny patience charity chase grant gene jean lee miles pearl ruby
violet heather holly ivy lily daisy olive robin sandy skip wade young brown white black green short long
king cook baker carter hill wood woods field fields park parks bush banks church day knight page price rice
stone street walker west north south wise wells carol chance chuck crystal destiny earl eve gale harmony
hunter jade jasmine major mason max mercy nova prince queen reed rusty sage serenity sky star sunny trace
trinity wren
"""
ORDINARY = frozenset(_ORDINARY.split())

# Speaker labels that say what somebody is, not who.
_ROLES = """
interviewer interviewee moderator facilitator participant respondent researcher speaker unknown unidentified
doctor nurse patient carer parent mother father mum dad partner husband wife midwife gp clinician host guest
male female man woman observer note assistant student teacher person voice speaker1 chair all group multiple
several int res mod fac resp q a the and of
"""
ROLES = frozenset(_ROLES.split())
