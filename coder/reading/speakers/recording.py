"""What transcribers and tools write about the recording: that it begins, breaks off, goes on, ends."""

import re
from collections.abc import Iterator
from unicodedata import category

from coder.reading.clock import CLOSED

OCCASION = (
    "(?:interview|recording|transcript(?:ion)?|audio(?: recording| file)?|tape|file|session|focus group|discussion|"
    "conversation|call|meeting|aufnahme|aufzeichnung|transkript(?:ion)?|interviews|gesprächs|entretien|enregistrement"
    "|entrevista|grabación|opname|gesprek|intervista|registrazione|gravação|inspelningen|intervjun|optagelsen"
    "|nagrania|wywiadu|part)"
)
_PART = r"(?:,? ?(?:no\.? )?\d{1,2})?(?:,? side [ab12])?"
_EDGE = (
    "(?:the )?(?:end|start|beginning|begin|stop|break|ende|beginn|fin|début|inicio|einde|begin|fine|inizio|fim|início"
    "|slut|början|koniec|początek|diwedd)"
    "(?: of| in| des| der| de l['’]| de la| de| del| della| dell['’]| du| van het| van de| van| da| do| på)? ?"
    rf"(?:the |this )?{OCCASION}{_PART}(?:,?(?: at| bei| um| à| a las| om| kl\.?)? \d[\d:.]{{2,10}})?"
)
_HAPPENS = (
    f"(?:the )?{OCCASION} (?:is |was )?(?:ends?|ended|starts?|started|begins?|began|stops?|stopped"
    "|resumes?|resumed|paused?|pauses|concluded|concludes|terminated|interrupted|endet|beginnt)"
    r"(?: here| at)?(?: [\d:. ]+)?"
)
_BORDER = re.compile(
    rf"\W*(?:{_EDGE}|(?:tape|file|recording|part) \d{{1,2}}{_PART}|side [ab12]|{_HAPPENS}"
    r"|end|ends|fin|ende|diwedd)\W*$",
    re.I,
)
_SURE = re.compile(rf"\W*(?:{_EDGE}|{_HAPPENS})\W*$", re.I)
_BREAK = re.compile(
    r"(?:(?:short|coffee|lunch|tea|comfort|toilet) )?(?:break|interruption|intermission|pause)s?", re.I
)
_THE_END = re.compile(
    r"\W*(?:the )?(?:end|ende|fin|einde|fine|fim|slut|koniec|diwedd)\b.*[^.!?…]$"
    r"|(?:[\[({<]|[*=~_–—-]{2}).*\b(?:end|ends|ended|ende|endet|fin|einde|fine|fim|slut|koniec|diwedd|concluded"
    r"|concludes|terminated)\b.*",
    re.I,
)
_PART_OF_TAPE = re.compile(r"\b(?:tape|side|part|file|break|pause)\b", re.I)
# These are held within a talk too: "(Meeting started 9.30)" may be told.
_TOLD_TOO = re.compile(
    r"\b(?:session|focus group|discussion|conversation|call|meeting|gesprächs|gesprek)\b", re.I
)
# What chat programs write in place of a picture, and of who comes and goes. A colon ends the name of who writes it.
_OMITTED = re.compile(
    r"[\u200e\u200f\s]*(?:<media omitted>|<attached: [^<>]{1,80}>|(?:image|video|audio|sticker|gif|document) omitted"
    r"|this message was deleted\.?|you deleted this message\.?|<medien ausgeschlossen>|<médias omis>"
    r"|<multimedia omitido>|<media weggelaten>)[\u200e\u200f\s]*",
    re.I,
)
# WhatsApp's sign behind words that were changed.
_EDITED = re.compile(r"\s*\u200e<this message was edited>\s*$", re.I)
_CALL, _ENCRYPTED = (
    "missed (?:group )?(?:voice|video) call",
    "messages (?:and calls )?are end-to-end encrypted",
)
_COMES_OR_GOES = re.compile(
    r"[\u200e\u200f\s]*(?:[^:]{1,60} (?:left|was added|joined(?: using .{1,40})?|(?:added|removed) [^:]{1,60}"
    r"|created (?:this )?group.{0,90}|changed (?:the|this) (?:group|subject|settings).{0,90})"
    rf"|{_CALL}.{{0,20}}|{_ENCRYPTED}.{{0,160}}"
    r"|[^:]{0,40}security code .{0,40}changed.{0,60})[\u200e\u200f\s]*",
    re.I,
)
# What programs of chats write under somebody's name.
_OF_PROGRAM = re.compile(
    r"[\u200e\u200f\s]*[^:]{1,60}: [\u200e\u200f\s]*(?:"
    rf"{_ENCRYPTED}\."
    r" (?:no one outside|only people in) .{1,60} read(?: or |, )listen to(?:,? or share)? them\.?"
    r"(?: \u200e?(?:tap to )?learn more\.?)?"
    r"|nachrichten und anrufe sind ende-zu-ende-verschlüsselt\."
    r" (?:niemand außerhalb|nur personen in) .{1,80} (?:lesen|anhören|teilen)\.?"
    rf"|{_CALL}"
    r"\.?(?: \u200e?tap to call back\.?)?)[\u200e\u200f\s]*",
    re.I,
)
_REACTION = re.compile(
    r"(?:[^:]{1,60}: )?\s*(?:reacted to \".{1,400}\" with (?P<sign>\S{1,12})"
    r"|removed an? (?P<removed>\S{1,12}) reaction from \".{1,400}\")\s*",
    re.I,
)
_EMOJI = 0x1F000  # and what follows; older ones are symbols
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin"
    "|juillet|août|septembre|octobre|novembre|décembre)"
)
DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH}\.?(?:,? \d{{4}})?"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)"
)
_LONGEST = 60
# Among words only what stands in brackets, between stars, or in capitals behind the last sentence.
_SET_OFF = re.compile(
    rf"\s*(?:(?P<round>\([^()\n]{{2,{_LONGEST}}}\))|\[[^\[\]\n]{{2,{_LONGEST}}}\]|<[^<>\n]{{2,{_LONGEST}}}>"
    rf"|\*{{2,5}} ?[^*\n]{{2,{_LONGEST}}}\*{{2,5}})"
)
_IN_CAPITALS = re.compile(rf"(?<=[.?!…)\]\"”’])\s+(?P<round>[A-Z][A-Z ]{{6,{_LONGEST}}})\s*$")
_SENTENCE_END = re.compile(r"[.?!…。？！؟۔।][)\]\"'”’»*_]*\s*$")


def is_border(text: str, *, apart: bool) -> bool:
    """Tell whether a line is about the recording: "[End of interview]", "TAPE 2", "Break"; `apart`: behind a gap."""
    bare = CLOSED.sub("", text).strip() or text.strip()
    if len(bare) > _LONGEST:
        return False
    if _BREAK.fullmatch(bare.strip(" \t*_:.-–—#")):
        return True
    marked = bare[:1] in ("[", "(", "<", "*", "-", "–", "—", "=", "{", "~", "_") or bare.isupper()
    return _BORDER.match(bare) is not None and (marked or (" " in bare and apart))


def is_of_chat(text: str) -> bool:
    """Tell whether a chat's line, behind its date, is the program's: who came, left or called, or on encryption."""
    return len(text) <= 4 * _LONGEST and any(
        form.fullmatch(text) is not None for form in (_COMES_OR_GOES, _OF_PROGRAM)
    )


def is_reaction(text: str) -> bool:
    """Tell whether a chat's line says that somebody reacted to a message with an emoji."""
    reaction = _REACTION.fullmatch(text)
    signs = (reaction["sign"] or reaction["removed"]) if reaction else ""
    return bool(signs) and all(
        ord(sign) >= _EMOJI or category(sign) in ("So", "Sk", "Mn", "Cf") for sign in signs
    )


def is_end(text: str) -> bool:
    """Tell whether a line about the recording says that the talk ends ("[End of interview]"), not a tape's side."""
    return _THE_END.fullmatch(text.strip()) is not None and _PART_OF_TAPE.search(text) is None


def borders_in(words: str) -> Iterator[tuple[int, int]]:
    """Yield the places of notes about the recording among somebody's words: at the edges, or behind a sentence."""
    if _OMITTED.fullmatch(words):
        yield 0, len(words)
        return
    if edited := _EDITED.search(words, max(0, len(words) - _LONGEST)):
        yield edited.span()
        words = words[: edited.start()]
    notes = [*_SET_OFF.finditer(words)] if re.search(r"[\[(<*]", words) else []
    if not words.isupper() and (last := _IN_CAPITALS.search(words, max(0, len(words) - 2 * _LONGEST))):
        notes.append(last)
    for note in notes:
        known = (_SURE if note["round"] else _BORDER).match(note[0].strip())
        before, behind = words[: note.start()], words[note.end() :]
        edge = not behind.strip() or not before.strip() or _SENTENCE_END.search(before[-80:]) is not None
        if note[0].lstrip().startswith("*") and behind.strip():
            continue  # stressed words
        if known and edge and not _TOLD_TOO.search(note[0]):
            yield note.start(), note.end()
