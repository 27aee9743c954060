"""Tables that people coded, and what their columns and cells mean: the same for every command (docs/tables.md).

Columns are known by their heading in English, German, French, Spanish and Dutch, without regard to case, accents and
signs. Cells of codes hold one code, several joined by `;` or line breaks, a list, or what Label Studio writes.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.domain import ADJUDICATED, POLARITIES, one_polarity
from coder.errors import TableError
from coder.phrasing import counted, few

if TYPE_CHECKING:
    from pandas import DataFrame

# By role, the headings that name it; of several in one table the first in this order is read.
_HEADINGS: dict[str, str] = {
    "text": """
        text, excerpt, excerpt copy, quotation content, quotation, quote, coded segment, segment, coded
        text, snippet, passage, verbatim, content, sentence, utterance text, textstelle, zitat, codierter text,
        kodierter text, codiertes segment, aussage, inhalt, texte, extrait, citation, contenu, texto, cita,
        fragmento, extracto, contenido, tekst, citaat, fragment, passage tekst
    """,
    "code": """
        codes, code, code id, code name, codename, labels, label, themes, theme, tags, tag, nodes, node, quirk,
        kode, kodes, kodierung, codierung, themen, thema, kategorie, kategorien, etiquette, etiquettes,
        categorie, codigo, codigos, tema, temas, etiqueta, etiquetas, categoria, themas
    """,
    "transcript": """
        transcript, transcript id, transcript name, document, document id, document name, file, file name,
        filename, interview, interview id, source, source name, media title, transkript, dokument,
        dokumentname, datei, dateiname, quelle, gesprach, transcription, fichier, entretien, transcripcion,
        documento, archivo, entrevista, fuente, transcriptie, bestand, bron, gesprek
    """,
    "participant": """
        participant, participant id, respondent, respondent id, interviewee, case, case id, person, person
        id, teilnehmer, teilnehmerin, teilnehmende, befragte, befragter, proband, fall, fall id,
        participante, repondant, enquete, cas, encuestado, entrevistado, caso, deelnemer, geinterviewde,
        casus
    """,
    "turn": "turn, turn id, turn number, gesprachsbeitrag, tour de parole, turno, beurt",
    "study": "study, study id, studie, etude, estudio, onderzoek",
    "polarity": """
        polarity, valence, barrier or facilitator, barrier facilitator, facilitator or barrier, facilitator barrier,
        barrier or enabler, barrier enabler, enabler or barrier, enabler barrier, polaritat, valenz, polarite,
        polaridad, valencia, polariteit
    """,
    "question": "question, prompt, frage, pregunta, vraag",
    "coder": """
        coder, coder id, coder name, user, coded by, annotator, rater, owner, created by, excerpt creator,
        author, codierer, kodierer, codiererin, kodiererin, codierende, kodierende, codiert von, kodiert
        von, erstellt von, codeur, codeuse, code par, annotateur, codificador, codificadora, codificado por,
        anotador, gecodeerd door, codeerder, beoordelaar
    """,
    "unit": "unit, unit id, utterance id, segment id, item, item id, einheit, unite, unidad, eenheid",
    "start": "start, start position, startposition, start offset, begin, beginning, anfang, beginn, debut, inicio",
    "end": "end, end position, endposition, end offset, ende, fin, einde, eind",
    "memo": """
        memo, comment, comments, note, notes, kommentar, notiz, commentaire, remarque, comentario, nota,
        opmerking, notitie
    """,
    "blind": "blind, blinded, verblindet",
    "written": "written, written answer, schriftlich, ecrit, escrito, schriftelijk",
    "speaker": "speaker, speaker label, sprecher, sprecherin, locuteur, hablante, spreker",
}
# Where no column has a heading above, these hold the words: people's answers are often called so.
_ANSWERS = (
    "answer, answers, response, responses, comment, comments, antwort, antworten, kommentar, reponse, reponses,"
    " commentaire, respuesta, respuestas, comentario, antwoord, antwoorden, opmerking"
)
# Where no column has a heading of polarities, these are such a column if all that stands in it are polarities.
_PERHAPS_POLARITY = frozenset({
    "direction", "direction of influence", "influence", "richtung", "wirkung", "b f", "barriers facilitators",
    "barriers and facilitators", "facilitators and barriers",
})  # fmt: skip
# Columns that a table of codings may have beside those with a role; nothing is read from them.
_BESIDE = frozenset({
    "id", "role", "utterance", "sentence", "time", "context", "first", "last", "index", "row", "number", "nr",
    "label", "polarity", "blind", "code path", "confidence", "polarity confidence", "runner up", "evidence", "status",
    "model",
})  # fmt: skip
_NAMES = ("unit", "transcript", "participant", "coder", "code")  # the roles of columns that hold names
# The months of English and German, whole or short as spreadsheets write them; more letters may begin a name.
_MONTH = (
    r"(?:jan(?:uary?)?|feb(?:ruary?)?|mar(?:ch)?|märz?|mrz|apr(?:il)?|ma[iy]|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}|\d{{1,2}}[-./ ] ?{_MONTH}|{_MONTH}[-. ]\d\d",
    re.IGNORECASE,
)
HOMES = ("transcript", "participant")  # the roles that say whose words a row has

POLARITY_WORDS: dict[str, str] = {
    **{name: name for name in POLARITIES},
    "enabler": "facilitator", "enablers": "facilitator", "enabling": "facilitator", "facilitating": "facilitator",
    "facilitators": "facilitator", "positive": "facilitator", "pos": "facilitator",
    "barriers": "barrier", "negative": "barrier", "neg": "barrier",
    "both": "mixed", "ambivalent": "mixed", "+/-": "mixed", "±": "mixed", "neutral": "",
    "barriere": "barrier", "hindernis": "barrier", "hurde": "barrier", "forderfaktor": "facilitator",
    "facilitateur": "facilitator", "frein": "barrier", "levier": "facilitator",
    "barrera": "barrier", "facilitador": "facilitator", "belemmering": "barrier", "bevorderend": "facilitator",
}  # fmt: skip
_JOINED = re.compile(r"[;,/|&\n]|\band\b|\bund\b|\bet\b|\by\b|\ben\b")
_SIGNS = {
    "+": "facilitator", "+1": "facilitator", "1": "facilitator", "-": "barrier", "-1": "barrier", "0": "",
}  # fmt: skip
_PLAIN_SIGNS = frozenset({"+", "+1", "-1"})  # without one of these a "-" or a "1" may mean anything
_CODE_TAILS = frozenset({*POLARITIES, "barriers", "facilitators", "enabler", "enablers"})

# Words that people and programs write where no code is.
NOTHING_WORDS = frozenset({"-", "–", "—", "no code", "no codes", "nothing to code"})
MISSING_WORDS = frozenset(
    {"n/a", "na", "#n/a", "<na>", "nan", "none", "null", "nil", ".", "missing", "not coded", "uncoded",
     "not applicable", "k.a.", "keine angabe", "fehlt"}
)  # fmt: skip
_YES_OR_NO = {
    "yes": True, "y": True, "x": True, "true": True, "1": True, "1.0": True, "ja": True, "j": True, "wahr": True,
    "oui": True, "vrai": True, "si": True, "sí": True, "verdadero": True, "waar": True,
    "no": False, "n": False, "false": False, "0": False, "0.0": False, "nein": False, "falsch": False, "non": False,
    "faux": False, "falso": False, "nee": False, "onwaar": False,
}  # fmt: skip
_BLIND_WORDS = {**_YES_OR_NO, "": True, "blind": True, "assisted": False}


def _listed(headings: str) -> list[str]:
    return [" ".join(name.split()) for name in headings.split(",")]


_RANKED: dict[str, dict[str, int]] = {
    role: {name: rank for rank, name in reversed(list(enumerate(_listed(headings))))}
    for role, headings in _HEADINGS.items()
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column has which role, the columns of a role that another was preferred to, and those without a role."""

    by_role: Mapping[str, str]
    passed_over: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()

    def __contains__(self, role: str) -> bool:
        return role in self.by_role

    def get(self, role: str) -> str | None:
        """Return the column that has a role, or None."""
        return self.by_role.get(role)

    def numbered(self) -> set[str]:
        """Return the columns in which a number is the row's own, as that of a respondent is."""
        return {name for role, name in self.by_role.items() if role in (*HOMES, "unit", "turn")}


def columns_of(headings: Iterable[Any], given: Mapping[str, str] | None = None) -> Columns:
    """Return the roles of a table's columns; `given` (role -> column) goes before what the headings say."""
    from coder.reading.tables.columns import plain_name

    names = [str(name) for name in headings]
    plain = {name: plain_name(name) for name in names}
    by_role = dict(given or {})
    passed: list[tuple[str, str]] = []
    for role, ranks in _RANKED.items():
        if role in by_role:
            continue
        matching = [name for name in names if plain[name] in ranks and name not in by_role.values()]
        matching.sort(key=lambda name: ranks[plain[name]])
        if matching:
            by_role[role] = matching[0]
            passed += [(role, name) for name in matching[1:]]
    if "text" not in by_role:
        answers = [name for name in names if plain[name] in _listed(_ANSWERS)]
        if answers:
            by_role = {role: name for role, name in by_role.items() if name != answers[0]}
            by_role["text"] = answers[0]
    used = {*by_role.values(), *(name for _, name in passed)}
    unread = tuple(name for name in names if name not in used and plain[name] not in _BESIDE)
    return Columns(by_role, tuple(passed), unread)


def columns_in(frame: "DataFrame", given: Mapping[str, str] | None = None) -> Columns:
    """Return the roles of a frame's columns by their headings, and by its cells which one has the polarities."""
    from coder.reading.tables.columns import plain_name

    columns = columns_of(frame.columns, given)
    if "polarity" in columns:
        return columns
    for name in columns.unread:
        unknown: Counter[str] = Counter()
        if (
            plain_name(name) in _PERHAPS_POLARITY
            and any(polarities_of(frame[name].tolist(), unknown))
            and not unknown
        ):
            unread = tuple(other for other in columns.unread if other != name)
            return Columns({**columns.by_role, "polarity": name}, columns.passed_over, unread)
    return columns


def is_heading(name: str) -> bool:
    """Tell whether a heading has a role, or may stand beside those that have one."""
    from coder.reading.tables.columns import plain_name

    plain = plain_name(name)
    return plain in _BESIDE or any(plain in ranks for ranks in _RANKED.values())


def columns_named(columns: Iterable[Any], wanted: str) -> list[str]:
    """Return the column of that name and those that differ only in case or signs, the first of them first."""
    from coder.reading.tables.columns import plain_name

    names = list(dict.fromkeys(str(name) for name in columns))
    alike = [name for name in names if name != wanted and plain_name(name) == plain_name(wanted)]
    return [wanted, *alike] if wanted in names else alike


def blank(value: Any) -> bool:
    """Return whether a cell is empty: None, NaN or only spaces; an empty list is not."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and (not value or value.isspace())


def text_of(value: Any) -> str:
    """Return a cell as text: nothing for None and NaN, whole numbers without their ".0"."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def folded(name: str) -> str:
    """Return a name in the form in which names are compared: case, accents' encoding, spaces, _ and - aside.

    A hyphen counts as a space only between letters or digits, so that the rating -1 is not 1.
    """
    plain = unicodedata.normalize("NFC", name).casefold()
    return re.sub(r"(?<=\w)[-_\s]+(?=\w)", " ", plain.replace("_", " ")).strip()


def stands_for_nothing(name: str) -> bool:
    """Tell whether a word in a cell of codes means that there is no code."""
    word = " ".join(name.casefold().split())
    return word in NOTHING_WORDS or word in MISSING_WORDS


def says_yes(cell: Any) -> bool:
    """Tell whether a cell of a column that asks for yes or no says yes; an empty one does not."""
    return _YES_OR_NO.get(text_of(cell).strip().casefold(), False)


def neither_yes_nor_no(cells: Iterable[Any]) -> list[str]:
    """Return the different words in a column of yes and no that say neither, as they are written."""
    words = dict.fromkeys(text_of(cell).strip() for cell in cells)
    return [word for word in words if word and word.casefold() not in _YES_OR_NO]


def person_of(participant: str | None, speaker: str | None) -> str:
    """Return whose answer a row is: the participant's, or, where none is linked, the speaker's; empty if unknown."""
    return participant or speaker or ""


def is_missing(cell: Any) -> bool:
    """Tell whether a coder's cell of a wide table says that nothing is known: "NA", "None", ".", not "-"."""
    return isinstance(cell, str) and " ".join(cell.casefold().split()) in MISSING_WORDS


def names_in(cell: Any) -> list[str]:
    """Return the names in a cell of codes as they are written, words for nothing among them.

    `a;b`, one name a line, a list, a JSON list, and the choices, labels and taxonomies of Label Studio.
    """
    if isinstance(cell, str) and cell.lstrip()[:1] in ("[", "{"):
        cell = _from_json(cell)
    if isinstance(cell, Mapping):
        cell = _of_label_studio(cell)
    if hasattr(cell, "__iter__") and not isinstance(cell, str | bytes):
        parts: Iterable[Any] = [name for item in cell for name in _named(item)]
    else:
        parts = re.split(r"[;\n]", text_of(cell))
    return [name for part in parts if (name := text_of(part).strip())]


def _from_json(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        inner = cell.strip()
        if inner.startswith("[") and inner.endswith("]"):  # Python's way of writing a list
            return inner[1:-1].replace("'", "").replace('"', "").replace(",", ";")
        return cell


def _of_label_studio(cell: Mapping[Any, Any]) -> list[Any]:
    codes: list[Any] = []
    for key in ("choices", "labels", "taxonomy", "rating"):
        value = cell.get(key)
        if value is not None:
            codes += value if isinstance(value, list) else [value]
    return codes


def _named(item: Any) -> list[Any]:
    if isinstance(item, str) and item.lstrip().startswith("{"):
        item = _from_json(item)
    if isinstance(item, Mapping):
        return [name for part in _of_label_studio(item) for name in _named(part)]
    if isinstance(item, list | tuple):
        return [" > ".join(text_of(part) for part in item)]  # a path through a taxonomy
    return [item]


def spans_in(cell: Any) -> list[tuple[int, int, str, list[str]]] | None:
    """Return the (start, end, text, names) that Label Studio marked within a row's text; None for any other cell."""
    if isinstance(cell, str):
        if not cell.lstrip().startswith("[") or '"start"' not in cell:
            return None
        cell = _from_json(cell)
    if not isinstance(cell, list) or not cell:
        return None
    items = [_from_json(item) if isinstance(item, str) and item.startswith("{") else item for item in cell]
    spans = []
    for item in items:
        if not (isinstance(item, Mapping) and {"start", "end"} <= set(item)):
            return None
        try:
            start, end = int(item["start"]), int(item["end"])
        except (TypeError, ValueError):
            return None
        names = [text_of(name) for part in _of_label_studio(item) for name in _named(part)]
        spans.append((start, end, text_of(item.get("text")), names))
    return spans


def with_polarity(name: str) -> tuple[str, str | None]:
    """Part a name such as `time:barrier` into the code and its polarity (None: it has none)."""
    head, colon, tail = name.rpartition(":")
    word = tail.strip().casefold()
    if colon and head.strip() and word in _CODE_TAILS:
        return head.strip(), POLARITY_WORDS[word]
    return name, None


def polarities_of(values: Sequence[Any], unknown: Counter[str]) -> list[str | None]:
    """Return a column's polarities, None where there is none.

    Words that are not known are counted in `unknown` as they are written. Signs (+, -, 1, -1) count where the column
    has one that can mean nothing else.
    """
    distinct = {text: _plain_sign(text) for text in {text_of(value) for value in values}}
    words = {**POLARITY_WORDS, **(_SIGNS if _PLAIN_SIGNS & set(distinct.values()) else {})}
    known = {text: _polarity(word, words) for text, word in distinct.items()}
    polarities: list[str | None] = []
    for value in values:
        text = text_of(value)
        polarity = known[text]
        if polarity is None:
            unknown[text.strip()] += 1
        polarities.append(polarity or None)
    return polarities


def _polarity(word: str, words: Mapping[str, str]) -> str | None:
    """Return the polarity that a word names, "" for none, None for a word that is not known."""
    if not word or word in words:
        return words.get(word, "")
    if stands_for_nothing(word):
        return ""
    # Both in one cell: "barrier; facilitator", "barrier/facilitator".
    parts = [words.get(part.strip()) for part in _JOINED.split(word)]
    return one_polarity(parts) if len(parts) > 1 and all(parts) else None


def _plain_sign(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    word = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"^([+-]?[01])\.0$", r"\1", re.sub("[−–—]", "-", word))


def blind_of(value: str | None) -> bool | None:
    """Return what a cell of a column `blind` says; an empty cell is blind, None is a word that is not known."""
    return _BLIND_WORDS.get((value or "").strip().casefold())


def examples(names: Iterable[str], most: int = 6) -> str:
    """Return the first names in quotes and how many more there are."""
    return few([f"'{name}'" for name in names], most)


@dataclass(frozen=True)
class CodedTable:
    """A table with the roles of its columns; `where` names it in messages, `study` is what its rows are about."""

    frame: "DataFrame"
    where: str
    columns: Columns
    study: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, frame: "DataFrame", where: str, *, study: str = "", given: Mapping[str, str] | None = None
    ) -> "CodedTable":
        """Take a frame as it was read; `given` says which column has a role, whatever its heading."""
        return cls(frame, where, columns_in(frame, given), study)

    def __len__(self) -> int:
        return len(self.frame)

    def cells(self, role: str) -> list[Any]:
        """Return the cells of the column with a role, None in each row where there is no such column."""
        column = self.columns.get(role)
        return [None] * len(self.frame) if column is None else self.frame[column].tolist()

    def texts(self, role: str) -> list[str | None]:
        """Return the cells of a role as stripped texts, None where one is empty; "Adjudicated" is written small."""
        texts = [text_of(value).strip() or None for value in self.cells(role)]
        if role != "coder":
            return texts
        return [ADJUDICATED if text and text.casefold() == ADJUDICATED else text for text in texts]

    def rows(self, wanted: Sequence[bool]) -> "CodedTable":
        """Return the table of the rows that are `wanted`; each has the number it had."""
        frame = self.frame[list(wanted)].reset_index(drop=True)
        numbers = [number for number, stays in zip(self.row_numbers(), wanted, strict=True) if stays]
        frame.attrs = {**self.frame.attrs, "row_numbers": numbers}
        return replace(self, frame=frame)

    def by_role(self) -> "DataFrame":
        """Return the frame with each column that has a role called by it."""
        frame = self.frame.rename(columns={column: role for role, column in self.columns.by_role.items()})
        frame.attrs = dict(self.frame.attrs)
        return frame

    def row_numbers(self) -> Sequence[int]:
        """Return the rows' numbers as a spreadsheet or editor shows them."""
        known: Sequence[int] | None = self.frame.attrs.get("row_numbers")
        if known is not None and len(known) == len(self.frame):
            return known
        first = int(self.frame.attrs.get("first_row", 2))
        return range(first, first + len(self.frame))

    def has(self) -> str:
        """Return the names of the columns, for messages."""
        return ", ".join(map(str, self.frame.columns))


def open_table(
    path: str | Path,
    likely: str,
    *,
    where: str | None = None,
    study: str = "",
    given: Mapping[str, str] | None = None,
) -> CodedTable:
    """Read a table of codings of whatever headings.

    Its sheet and header row are those that have the column `likely`, else the first. `given` (role -> column) says
    which column has a role, whatever its heading. Raises TableError, FormatError, UnsafeFileError.
    """
    from coder.reading.tables.read import read_table
    from coder.reading.tables.sums import without_totals

    try:
        frame = read_table(path, needed=[likely], merged_down=True)
    except TableError:
        frame = read_table(path, merged_down=True)  # the column may have another heading
    frame = without_totals(frame, columns_of(frame.columns, given).numbered())
    absent = [name for name in (given or {}).values() if name not in frame.columns]
    if absent:
        has = ", ".join(map(str, frame.columns))
        raise TableError(f"{where or path} has no column '{absent[0]}' (it has: {has}).")
    table = CodedTable.of(frame, where or str(path), study=study, given=given)
    read = (f"{table.where}: {note}" for note in frame.attrs["notes"])
    return replace(table, notes=(*read, *_dates_among_names(table)))


def _dates_among_names(table: CodedTable) -> Iterable[str]:
    """Name the few dates in columns of names: spreadsheets make them of names such as 2-3 and MAR2."""
    for role in _NAMES:
        cells = [cell for cell in table.cells(role) if isinstance(cell, str)]
        dates = {cell for cell in set(cells) if _DATE.fullmatch(cell.strip())}
        if 0 < len(dates) < len(set(cells)) / 2:
            at = next(
                at for at, cell in enumerate(table.cells(role)) if isinstance(cell, str) and cell in dates
            )
            yield (
                f"{table.where}: {counted(len(dates), 'value')} of '{table.columns.get(role)}' may be a date that a"
                f" spreadsheet made of a name, such as '{table.cells(role)[at]}' (row {table.row_numbers()[at]});"
                " taken as it stands."
            )
