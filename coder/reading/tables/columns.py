"""Find which column of a table holds the speaker, the words and the time: by its name, then by what is in it.

Names are known in English, German, French, Spanish, Italian, Portuguese, Dutch and the Scandinavian languages.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from statistics import mean

from coder.reading.clock import seconds_in, speaker_and_time

Row = Sequence[str]
UNREAD = "Columns that were not read"  # begins the note that names them

# Within each list the earlier name wins when a table has several of them.
_SPEAKER = """speaker|speaker name|speaker label|speaker id|speakers|sprecher|sprecherin|sprecher in|sprechende|
locuteur|locutrice|intervenant|intervenante|orateur|hablante|interlocutor|orador|oradora|parlante|relatore|
oratore|falante|spreker|talare|taler|puhuja|voice|person speaking|who|wer|qui|quien|quem|wie|redner|rednerin|
actor|interviewer interviewee|party|role|rolle|ruolo|papel|rol|roll|tier"""
# Names that a table of turns gives to speakers and a table of survey answers to respondents.
_RESPONDENT = """participant|participant name|participant id|participant code|participant number|respondent|
respondent id|respondent name|interviewee|teilnehmer|teilnehmerin|teilnehmer id|teilnehmende|befragte|proband|
participante|id participante|id participant|repondant|encuestado|partecipante|rispondente|respondente|deelnemer|
respondentnr|antwort id|id reponse|id de la reponse|id de respuesta|antwoord id|deltagare|deltager|name|nom|nombre|
nome|naam|namn|navn|person|persona|personne|pseudonym|pseudonyme|
response id|case id|case|subject|subject id|pid|user|user id|author|record id|id|code|nr"""
_TEXT = """text|utterance|utterances|spoken text|speech|words|content|contents|what was said|said|transcription|
transcript text|transcript|verbatim|dialogue|dialog|message|statement|paragraph|caption|subtitle|segment|sentence|
turn text|quote|quotation|body|inhalt|ausserung|aeusserung|wortlaut|transkript|transkription|beitrag|aussage|
texte|enonce|contenu|parole|paroles|propos|discours|texto|enunciado|contenido|transcripcion|testo|enunciato|
contenuto|trascrizione|conteudo|transcricao|fala|tekst|inhoud|uiting|transcriptie|uitspraak|innehall|yttrande|
indhold|ytring|answer|answers|response|responses|reply|answer text|response text|free text|freetext|open answer|
open text|comment|comments|feedback|remarks|antwort|antworten|kommentar|freitext|reponse|reponses|commentaire|
respuesta|respuestas|comentario|comentarios|risposta|risposte|commento|resposta|respostas|antwoord|opmerking|
svar|kommentarer|turn|annotation|annotations"""
_START = """start|start time|starttime|start s|start sec|start ms|begin|begin time|beginning|time in|tc in|in|
from|onset|offset|timespan|time span|time range|timestamp|time stamp|timestamps|timecode|time code|time|times|
start time s|begin time hh mm ss ms|begin time ss msec|begin time msec|
anfang|beginn|startzeit|zeit|zeitstempel|zeitmarke|
timecode in|debut|temps|horodatage|minutage|heure|inicio|tiempo|marca de tiempo|hora|inizio|tempo|ora|
marca temporal|tijd|begintijd|tijdstip|starttid|tid|tidsstampel|tidskode"""
_END = (
    "end|end time|endtime|end s|end ms|end sec|stop|to|tc out|out|ende|endzeit|fin|final|fine|fim|eind|slut"
)
_QUESTION = """question|questions|prompt|frage|fragen|pregunta|domanda|pergunta|vraag|fraga|sporgsmal|item|
interview question|interview questions|question asked|question text|guide question|interviewfrage|interviewfragen|
leitfrage|leitfragen|question posee|pregunta realizada"""
# Columns that say which part a speaker has; the speaker's own name says more.
_PARTS = frozenset(["party", "role", "rolle", "ruolo", "papel", "rol", "roll"])
_NOT_WORDS = {
    "id",
    "nr",
    "no",
    "number",
    "num",
    "date",
    "status",
    "duration",
    "length",
    "type",
    "code",
    "count",
    "index",
}


# What analysts write beside a transcript.
_ANALYSIS = """theme|themes|code|codes|coding|notes|note|memo|memos|comment|comments|category|categories|analysis|
subtheme|subthemes|interpretation|reflections|line|nr|no|thema|themen|kode|kodes|kategorie|kategorien|notizen|
anmerkungen|remarques|tema|temas|codigo|codigos|notas"""
# By role, its names with their rank.
_KNOWN = {
    role: {name.strip(): rank for rank, name in enumerate(listing.replace("\n", "").split("|"))}
    for role, listing in {
        "speaker": _SPEAKER,
        "respondent": _RESPONDENT,
        "text": _TEXT,
        "start": _START,
        "end": _END,
        "question": _QUESTION,
        "analysis": _ANALYSIS,
    }.items()
}


_ROUNDED = 0.002  # of seconds, or of milliseconds where numbers are whole


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns that matter; `answers`: rows are answers to a survey, not turns in talk.

    `lasting`: beginnings, ends and how long each lasts stand beside each other without names, as ELAN exports them.
    """

    text: tuple[int, ...]
    speaker: int | None = None
    start: int | None = None
    end: int | None = None
    lasting: bool = False
    milliseconds: bool = False
    answers: bool = False
    by_respondent: bool = False
    question: int | None = None


def plain_name(header: str) -> str:
    """Reduce a column's name to lower-case words without accents or signs: "Start_Time (ms)" -> "start time ms"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    decomposed = unicodedata.normalize("NFKD", spaced.casefold().replace("ß", "ss"))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in decomposed if not unicodedata.combining(c))))


def _best(role: str, names: Sequence[str], taken: set[int]) -> int | None:
    known = _KNOWN[role]
    exact = [
        (known[name], column) for column, name in enumerate(names) if name in known and column not in taken
    ]
    if exact:
        return min(exact)[1]
    # "Speaker (as recorded)", "Transcript of the answer": one known word among a few others.
    for column, name in enumerate(names):
        words = name.split()
        loose = role in ("text", "speaker", "start") and 1 < len(words) <= 6 and column not in taken
        if loose and any(len(word) > 3 and word in known for word in words) and not _NOT_WORDS & set(words):
            return column
    return None


def is_words_name(header: str) -> bool:
    """Tell whether a column of this name holds words ("Text", "Antwort")."""
    return plain_name(header) in _KNOWN["text"]


def is_question_name(header: str) -> bool:
    """Tell whether a column of this name holds questions ("Question", "Frage")."""
    return plain_name(header) in _KNOWN["question"]


def is_time_name(header: str) -> bool:
    """Tell whether a column of this name holds times ("Begin Time - ss.msec", "Duration")."""
    name = plain_name(header)
    return name in _KNOWN["start"] or name in _KNOWN["end"] or "time" in name or "duration" in name


def unread_columns(header: Row, rows: Sequence[Row], read_ones: Collection[int | None]) -> list[str]:
    """Say which columns with something in them were not read."""
    names = [
        repr(name)
        for column, name in enumerate(header)
        if name and column not in read_ones and any(column < len(row) and row[column] for row in rows)
    ]
    return [f"{UNREAD}: {', '.join(names[:12])}."] if names else []


def time_column(header: Sequence[str]) -> int | None:
    """Return the place of the column that names when somebody begins to speak."""
    return _best("start", [plain_name(cell) for cell in header], set())


def is_identifier_name(header: str) -> bool:
    """Tell whether a column of this name says who speaks or answers ("ID", "Participant")."""
    return plain_name(header) in _KNOWN["respondent"] | _KNOWN["speaker"]


def is_respondent_name(header: str) -> bool:
    """Tell whether a column of this name says who answered ("Participant", "Name", "ID")."""
    return plain_name(header) in _KNOWN["respondent"]


def is_part_name(header: str) -> bool:
    """Tell whether a column of this name says which part somebody has ("Role"), not who it is."""
    return plain_name(header) in _PARTS


def columns_by_name(header: Sequence[str]) -> Columns | None:
    """Recognise a header row by its names; None without a column of words."""
    names = [plain_name(cell) for cell in header]
    places: dict[str, int | None] = {}
    # Where people coded excerpts, "code" is a theme; elsewhere it may name a respondent.
    taken: set[int] = {names.index("code")} if {"code", "polarity"} <= {*names} else set()
    for role in ("start", "end", "speaker", "question", "text", "respondent"):
        column = places[role] = _best(role, names, taken)
        if column is not None:
            taken.add(column)
    text, speaker, respondent, start = (places[role] for role in ("text", "speaker", "respondent", "start"))
    if speaker is not None and respondent is not None and names[speaker] in _PARTS:
        speaker = respondent
    # A name known only in part ("Transcript of the answer") needs company: it may be something said.
    exact = {role for role, column in places.items() if column is not None and names[column] in _KNOWN[role]}
    if text is None or not exact & {"text", "speaker", "respondent", "start"}:
        return None
    further = (column for column, name in enumerate(names) if name in _KNOWN["text"] and column not in taken)
    units = set(names[start].split()) if start is not None else set()
    return Columns(
        text=(text, *further),
        speaker=speaker if speaker is not None else respondent,
        start=start,
        end=places["end"],
        milliseconds=bool(units & {"ms", "msec", "millis", "milliseconds"}) and "ss" not in units,
        answers=speaker is None and start is None and (respondent is None or places["question"] is not None),
        by_respondent=speaker is None and respondent is not None,
        question=places["question"],
    )


def end_of(header: Sequence[str]) -> int | None:
    """Return the place of the column that names ends."""
    return _best("end", [plain_name(cell) for cell in header], set())


def is_transcript_header(header: Sequence[str]) -> bool:
    """Tell whether a row names the columns of a transcript: short cells, words beside speaker, time or question."""
    cells = [cell.strip() for cell in header if cell.strip()]
    if len(cells) < 2 or any(len(cell) > 40 for cell in cells):
        return False
    columns = columns_by_name(header)
    return columns is not None and any(
        column is not None for column in (columns.speaker, columns.start, columns.question)
    )


def is_analysed(header: Sequence[str]) -> bool:
    """Tell whether a row names a column of words beside columns of an analysis ("Transcript | Themes")."""
    names = [plain_name(cell) for cell in header if cell.strip()]
    words = [name for name in names if name in _KNOWN["text"] and name not in _KNOWN["analysis"]]
    return (
        len(words) == 1
        and len(names) > 1
        and all(name in _KNOWN["analysis"] for name in names if name not in words)
    )


def columns_by_content(rows: Sequence[Row]) -> tuple[Columns, int] | None:
    """Recognise a transcript's columns by what is in them; None if the rows do not look like turns.

    Times are what reads as a clock time, speakers are short values that repeat, words are the longest cells.
    Returns the columns and how many rows stand above the turns: a header in unknown words breaks the pattern.
    """
    columns = _columns_within(rows)
    if columns is not None:
        return columns, int(_is_header(rows, columns))
    below = _columns_within(rows[1:])
    return (below, 1) if below is not None and _is_header(rows, below) else None


def _columns_within(rows: Sequence[Row]) -> Columns | None:
    width = max((len(row) for row in rows), default=0)
    columns = [_column(rows, column) for column in range(width)]
    full = [column for column in range(width) if len(columns[column]) >= max(2, len(rows) // 3)]
    times = [column for column in full if _share(columns[column], _is_clock) >= 0.8] or _spans(rows, full)
    speakers = [column for column in full if column not in times and _is_speakers(columns[column])]
    others = [column for column in full if column not in times and column not in speakers]
    if not others or len(rows) < 3:
        return None
    text = max(others, key=lambda column: mean(len(cell) for cell in columns[column]))
    if not (times or speakers) or mean(len(cell.split()) for cell in columns[text]) < 2:
        return None
    return Columns(
        text=(text,),
        speaker=speakers[0] if speakers else None,
        start=times[0] if times else None,
        end=times[1] if len(times) > 1 else None,
        lasting=len(times) > 2,
    )


def _spans(rows: Sequence[Row], places: Sequence[int]) -> list[int]:
    """Return the columns of plain numbers when the first two are beginnings and ends, as ELAN writes them.

    Beginnings rise, or a third column holds how long each lasts: ELAN writes one tier after the other.
    """
    counts = [column for column in places if all(_COUNT.fullmatch(cell) for cell in _column(rows, column))]
    spans = [(row[counts[0]], row[counts[1]]) for row in rows if len(counts) > 1 and len(row) > counts[1]]
    if len(spans) < 3 or not all(start.strip() and end.strip() for start, end in spans):
        return []
    if len(counts) > 2 and _last(rows, counts) and _rise_by_name(rows, counts[0], set(places) - set(counts)):
        return counts
    starts = [float(start) for start, _ in spans]
    rising = starts == sorted(starts) and len(set(starts)) > len(starts) / 2
    return counts if rising and all(float(end) > float(start) for start, end in spans) else []


def _last(rows: Sequence[Row], places: Sequence[int]) -> bool:
    """Tell whether the third of these columns of numbers is the second less the first, in all rows."""
    filled = [[row[place] for place in places[:3]] for row in rows if len(row) > places[2]]
    return len(filled) == len(rows) and all(
        all(cell.strip() for cell in cells)
        and abs(float(cells[1]) - float(cells[0]) - float(cells[2])) < _ROUNDED
        and float(cells[2]) > 0
        for cells in filled
    )


def _rise_by_name(rows: Sequence[Row], start: int, others: Collection[int]) -> bool:
    """Tell whether one of the other columns names who speaks, most in several rows, in each of which starts rise.

    In a table of scores (before, after, difference) each person has a row, or the numbers rise and fall.
    """
    for column in others:
        starts: dict[str, list[float]] = {}
        for row in rows:
            starts.setdefault(row[column].strip() if column < len(row) else "", []).append(float(row[start]))
        several = sum(len(times) > 1 for times in starts.values())
        if 2 * several > len(starts) and all(times == sorted({*times}) for times in starts.values()):
            return True
    return False


def _is_header(rows: Sequence[Row], columns: Columns) -> bool:
    """Tell whether the first row names columns in words that are not known: it breaks the pattern of the rest."""
    first = [*rows[0], *[""] * (max(columns.text[0], columns.start or 0, columns.speaker or 0) + 1)]
    words = first[columns.text[0]]
    no_speech = len(words.split()) <= 3 and not words.rstrip().endswith((".", "?", "!", "…"))
    if columns.start is not None and first[columns.start].strip():
        return no_speech and seconds_in(first[columns.start]) is None
    if columns.speaker is None:
        return False
    speakers = [row[columns.speaker].strip() for row in rows if columns.speaker < len(row)]
    return no_speech and speakers.count(first[columns.speaker].strip()) == 1


def _column(rows: Sequence[Row], column: int) -> list[str]:
    return [row[column].strip() for row in rows if column < len(row) and row[column].strip()]


def times_are_dates(rows: Sequence[Row], columns: Columns) -> bool:
    """Tell whether the column of times holds something else: dates on which forms were filled in."""
    cells = _column(rows, columns.start) if columns.start is not None else []
    return bool(cells) and sum(seconds_in(cell) is not None for cell in cells) < len(cells) / 2


def times_are_offsets(rows: Sequence[Row], columns: Columns, header: Sequence[str]) -> bool:
    """Tell whether start and end count characters of a text (end - start = length of the words), not time."""
    end = end_of(header)
    if columns.start is None or end is None:
        return False
    fits = [
        int(row[end]) - int(row[columns.start]) == len(row[columns.text[0]])
        for row in rows[:200]
        if max(end, columns.start, columns.text[0]) < len(row)
        and row[end].isascii()
        and row[end].isdigit()
        and row[columns.start].isascii()
        and row[columns.start].isdigit()
    ]
    return len(fits) >= 2 and sum(fits) > len(fits) / 2


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(bool(test(cell)) for cell in cells) / len(cells)


def _is_clock(cell: str) -> bool:
    return seconds_in(cell, plain_numbers=False) is not None


_COUNT = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_NO_NAME = re.compile(
    r"\s*(?:[^\s@]+@[^\s@]+\.\w+|https?://\S+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?"
    r"|[-+]?\d+[.,]\d+\s*%?|\d+\s*%|\d{1,3}(?:\.\d{1,3}){3}|\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?)\s*"
)
_CHOICES = frozenset(
    """yes|no|maybe|true|false|n/a|none|ja|nein|vielleicht|oui|non|si|not sure|unsure|don't know|don’t know|never|
rarely|sometimes|often|always|very often|strongly agree|agree|neither agree nor disagree|neutral|disagree|
strongly disagree|somewhat agree|somewhat disagree|very satisfied|satisfied|dissatisfied|very dissatisfied|
male|female|other|
prefer not to say|very likely|likely|unlikely|very unlikely|excellent|good|fair|poor|checked|unchecked|selected|
anonymous|consent|i agree|completed|partial""".replace("\n", "").split("|")
)


def is_no_name(cell: str) -> bool:
    """Tell whether a cell is a date, time, e-mail, web address or a choice from a list, so nobody's name."""
    return _NO_NAME.fullmatch(cell) is not None or cell.strip().casefold() in _CHOICES


def _is_speakers(cells: Sequence[str]) -> bool:
    distinct = {(speaker_and_time(cell)[0] or "").casefold() for cell in cells}
    short = all(len(cell) <= 40 and len(cell.split()) <= 5 for cell in cells)
    # Dates, e-mails, ratings and choices repeat as names do, but nobody is called so.
    if (len(cells) > 3 and len(set(cells[1:])) < 2) or sum(is_no_name(cell) for cell in cells) > len(
        cells
    ) / 2:
        return False
    return (
        short and 2 <= len(distinct) <= max(2, len(cells) // 2) and not all(cell.isdigit() for cell in cells)
    )
