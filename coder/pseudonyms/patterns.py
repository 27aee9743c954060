"""What can be recognised by its form alone: numbers, addresses, dates, names after a title.

Sources of the forms: NHS Data Dictionary (NHS number, modulus 11), GOV.UK (National Insurance number, postcodes),
Ofcom's National Telephone Numbering Plan; the kinds follow the identifiers of HIPAA's Safe Harbor rule.
"""

import re
from collections.abc import Callable, Iterator

NAME = r"[A-ZÀ-ÖØ-Þ](?:[\w’'-]*[\w])?"
_TITLES = (
    r"Dr|Doctor|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Nurse|Sister|Matron|Sir|Dame|Lady|Lord|Rev|Reverend|Father|Rabbi"
    r"|Imam|Pastor|Auntie|Aunt|Aunty|Uncle|Nan|Nana|Grandma|Grandad|Granny"
)
_MONTHS = (
    r"Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?"
)
_DATE = (
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+(?:{_MONTHS})\.?,?(?:\s+\d{{2,4}})?"
    rf"|(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}"
)
_PLACE_WORDS = {
    "Hospital": r"Hospital|Infirmary|Hospice|Clinic|Surgery|Medical\s+(?:Centre|Center|Practice)"
    r"|Health\s+Cent(?:re|er)|Birth\s+Centre|Care\s+Home|Nursing\s+Home|NHS\s+(?:Foundation\s+)?Trust",
    "School": r"School|Academy|College|University|Nursery|Sixth\s+Form",
    "Address": r"Street|Road|Avenue|Lane|Close|Crescent|Terrace|Gardens|Square|Drive",
    "Organisation": r"Church|Mosque|Temple|Synagogue|Gurdwara|Charity|Foundation|Council",
}
_WORDS_BEFORE = rf"(?:(?:St\.?|Saint|The|Royal|{NAME})\s+(?:of\s+|and\s+)?){{1,4}}"


def _is_nhs_number(digits: str) -> bool:
    """Return whether ten digits pass the modulus-11 check of NHS numbers."""
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    check = 11 - total % 11
    return (0 if check == 11 else check) == int(digits[9])


def _number_kind(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return "NHS number" if len(digits) == 10 and digits[0] != "0" and _is_nhs_number(digits) else "Number"


Kind = str | Callable[[str], str]
_FORMS: tuple[tuple[Kind, str], ...] = (
    ("E-mail", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ("E-mail", r"(?i)\b[\w.+-]+\s+at\s+[\w-]+\s+dot\s+(?:com|org|net|co\s+dot\s+uk|uk|ac)\b"),
    ("Web address", r"(?i)\b(?:https?://|www\.)[^\s<>\"]+[^\s<>\".,;:!?)]"),
    ("Account", r"(?<![\w@])@[A-Za-z]\w{2,}"),
    ("Postcode", r"\b(?:GIR\s?0AA|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b"),
    ("National Insurance number", r"\b[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b"),
    ("Phone", r"(?<!\w)(?:\+\d{1,3}[\s-]?(?:\(0\)[\s-]?)?|\(?0)\d{1,5}\)?(?:[\s-]?\d{2,4}){2,4}(?!\w)"),
    ("Vehicle", r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b"),
    (_number_kind, r"(?<![\w.,/-])\d{3}[\s-]\d{3}[\s-]\d{4}(?![\w/-])"),
    (_number_kind, r"(?<![\w.,/-])[A-Z]{0,3}\d{6,16}(?![\w/-])"),
    ("Number", r"(?<![\w.,/-])\d{2}-\d{2}-\d{2}(?![\w/-])"),
    ("Date", rf"(?:{_DATE})(?!\w)"),
    ("Age", r"\b(?:9\d|1[01]\d)(?=\s*(?:years?\s+old|-year-old|year\s+old))"),
    ("Address", rf"\b\d{{1,4}}[A-Za-z]?,?\s+(?:{NAME}\s+){{1,3}}(?:{_PLACE_WORDS['Address']})\b"),
    *((kind, rf"\b{_WORDS_BEFORE}(?:{words})\b") for kind, words in _PLACE_WORDS.items()),
    ("Hospital", rf"\bSt\.?\s+{NAME}['’]s?\b"),
)
PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _FORMS)
NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:{_TITLES})\.?\s+(?P<name>{NAME}(?:\s+{NAME}){{0,2}})",
        r"(?i:\b(?:my\s+name(?:\s+is|['’]s)|I['’]?m\s+called|(?:is|was|are)\s+called|named|known\s+as|speak(?:ing)?\s+to"
        r"|thank\s+you(?:\s+so\s+much|\s+very\s+much)?,?|thanks,?|hello,?|hi,?|bye,?))\s+"
        rf"(?P<name>{NAME}(?:\s+{NAME}){{0,2}})",
        rf"(?i:\bmy\s+(?:late\s+|eldest\s+|youngest\s+|oldest\s+|little\s+)?(?:eldest|youngest|oldest|husband|wife|partner|son|daughter|mum|mother|dad|father|brother|sister|friend|boss"
        rf"|manager|neighbour|midwife|nurse|carer|colleague|cousin|niece|nephew|baby|dog|cat),?)\s+"
        rf"(?P<name>{NAME}(?:\s+{NAME})?)",
    )
)


def matches(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, end) for everything with a telling form; spans may overlap."""
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            yield (kind if isinstance(kind, str) else kind(match[0])), match.start(), match.end()


def named(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of names that their surroundings tell: after a title, "my name is", "my daughter"."""
    for pattern in NAMES:
        for match in pattern.finditer(text):
            yield match.span("name")
