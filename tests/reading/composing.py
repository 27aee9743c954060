"""Write one talk in every file format that is read, for tests of what comes back."""

import json
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from tests.reading import office_making
from tests.reading.office_making import docx, p, table, zipped

Talk = Sequence[tuple[str, str]]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def text(talk: Talk) -> bytes:
    return "".join(f"{who}: {words}\n" for who, words in talk).encode()


def markdown(talk: Talk) -> bytes:
    return "".join(f"**{who}:** {words}\n\n" for who, words in talk).encode()


def webvtt(talk: Talk) -> bytes:
    cues = [
        f"{_clock(n)}.000 --> {_clock(n)}.900\n<v {who}>{words}</v>" for n, (who, words) in enumerate(talk)
    ]
    return ("WEBVTT\n\n" + "\n\n".join(cues) + "\n").encode()


def subrip(talk: Talk) -> bytes:
    cues = [
        f"{n + 1}\n{_clock(n)},000 --> {_clock(n)},900\n{who}: {words}" for n, (who, words) in enumerate(talk)
    ]
    return ("\n\n".join(cues) + "\n").encode()


def _clock(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02}"


def records(talk: Talk) -> bytes:
    return json.dumps(
        [{"speaker": who, "text": words, "start": n} for n, (who, words) in enumerate(talk)]
    ).encode()


def commas(talk: Talk) -> bytes:
    return ("speaker,text\n" + "".join(f'{who},"{words}"\n' for who, words in talk)).encode()


def tabs(talk: Talk) -> bytes:
    return ("speaker\ttext\n" + "".join(f"{who}\t{words}\n" for who, words in talk)).encode()


def workbook(talk: Talk) -> bytes:
    return office_making.workbook({"Sheet": [("Speaker", "Text"), *talk]})


def word(talk: Talk) -> bytes:
    return docx("".join(p(f"{who}: {words}") for who, words in talk))


def word_table(talk: Talk) -> bytes:
    return docx(table(("Speaker", "Text"), *talk))


def opendocument(talk: Talk) -> bytes:
    body = "".join(f"<text:p>{escape(f'{who}: {words}')}</text:p>" for who, words in talk)
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{OFFICE}office:1.0" '
        f'xmlns:text="{OFFICE}text:1.0"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def rich_text(talk: Talk) -> bytes:
    return ("{\\rtf1\\ansi " + "".join(f"{who}: {words}\\par\n" for who, words in talk) + "}").encode("ascii")


def elan(talk: Talk) -> bytes:
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{n * 1000}"/>' for n in range(len(talk)))
    tiers = ""
    for speaker in dict.fromkeys(who for who, _ in talk):
        said = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="t{n}"><ANNOTATION_VALUE>'
            f"{escape(words)}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n, (who, words) in enumerate(talk)
            if who == speaker
        )
        tiers += f'<TIER TIER_ID="{speaker}" PARTICIPANT="{speaker}">{said}</TIER>'
    inside = f"<TIME_ORDER>{slots}</TIME_ORDER>{tiers}"
    return f'<?xml version="1.0"?><ANNOTATION_DOCUMENT>{inside}</ANNOTATION_DOCUMENT>'.encode()


def chat(talk: Talk) -> bytes:
    return ("@UTF8\n@Begin\n" + "".join(f"*{who}:\t{words}\n" for who, words in talk) + "@End\n").encode()


def praat(talk: Talk) -> bytes:
    tiers = list(dict.fromkeys(who for who, _ in talk))
    parts = [
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n',
        f"{len(talk)}\n<exists>\n{len(tiers)}\n",
    ]
    for tier in tiers:
        mine = [(n, words) for n, (who, words) in enumerate(talk) if who == tier]
        parts.append(f'"IntervalTier"\n"{tier}"\n0\n{len(talk)}\n{len(mine)}\n')
        parts += [f'{n}\n{n + 1}\n"{words}"\n' for n, words in mine]
    return "".join(parts).encode()


FORMATS: dict[str, Callable[[Talk], bytes]] = {
    "a.txt": text,
    "a.md": markdown,
    "a.vtt": webvtt,
    "a.srt": subrip,
    "a.json": records,
    "a.csv": commas,
    "a.tsv": tabs,
    "a.xlsx": workbook,
    "a.docx": word,
    "table.docx": word_table,
    "a.odt": opendocument,
    "a.rtf": rich_text,
    "a.eaf": elan,
    "a.cha": chat,
    "a.TextGrid": praat,
}
