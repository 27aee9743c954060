"""The control words of rich text that matter to its reader, after Microsoft's RTF specification 1.9.1."""

# Words that stand for characters.
CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "page": "\n",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}

# Destinations that are not body text, and what to call what is left out when it is counted.
LEFT_OUT = {
    "fonttbl": "",
    "stylesheet": "",
    "colortbl": "",
    "info": "",
    "pict": "",
    "objdata": "",
    "fldinst": "",
    "listtext": "",
    "pntext": "",
    "upr": "",
    "nonesttables": "",
    "xe": "",
    "tc": "",
    "sp": "",
    "shprslt": "",
    "nonshppict": "",
    "bkmkstart": "",
    "bkmkend": "",
    "header": "page header",
    "headerl": "page header",
    "headerr": "page header",
    "headerf": "page header",
    "footer": "page footer",
    "footerl": "page footer",
    "footerr": "page footer",
    "footerf": "page footer",
    "footnote": "footnote or endnote",
    "annotation": "comment",
    "atnid": "",
    "atnauthor": "",
}

# Destinations marked as new ("\*") that hold body text: text boxes, linked text, the Unicode twin of a text.
READ_THOUGH_STARRED = {"shpinst", "shptxt", "ud", "cs", "ts"}

# Windows character sets of fonts (fcharset) -> Python's names of their code pages.
CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
