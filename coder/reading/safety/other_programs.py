"""Files that only other programs open, known by their names: what each is, and what to export or save instead.

The advice depends on what the file was given as: a project of NVivo holds transcripts, codings and a codebook, which
the program exports one by one.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Wanted = Literal["transcript", "codings", "codebook", "table"]
# Old or closed formats -> the one to save as.
OLD_SUFFIXES = {".doc": ".docx", ".xls": ".xlsx", ".pages": ".docx", ".wpd": ".docx"}
PROJECT_SUFFIXES = frozenset({".qdpx", ".qda", ".sqlite3"})  # projects with texts that `coder import` reads


def _program(name: str, codings: str, *, whole: bool = True) -> dict[Wanted, str]:
    """Return what to export from a program; `whole`: it writes REFI-QDA projects, too."""
    project = f", or export the whole as a REFI-QDA project and bring it in: {_IMPORT}" if whole else ""
    return {
        "transcript": f"export the transcripts from {name} as Word or text files{project}",
        "codings": codings,
        "codebook": f"export the codebook from {name} as {'.qdc or ' if whole else ''}an Excel table",
        "table": f"export the table from {name} to Excel",
    }


def _always(advice: str) -> dict[Wanted, str]:
    return dict.fromkeys(("transcript", "codings", "codebook", "table"), advice)


_IMPORT = "coder import STUDY.coder PROJECT.qdpx"
_NVIVO = (
    "an NVivo project",
    _program(
        "NVivo", "in NVivo choose Export > Export Project as REFI-QDA (.qdpx), or export codes' references"
    ),
)
_ATLAS = (
    "an ATLAS.ti project",
    _program("ATLAS.ti", "in ATLAS.ti choose Export > QDPX bundle, or export the quotations to Excel"),
)
_MAXQDA = (
    "a MAXQDA project",
    _program("MAXQDA", "in MAXQDA export it as a REFI-QDA project, or export the coded segments to Excel"),
)
_CODEBOOK = (
    "a codebook without codings",
    _always("give it with --codebook, or look at it with 'coder codebook show'"),
)
_INSIDE = (
    "what lies in a REFI-QDA project (.qdpx)",
    _always("give the whole project, the .qdpx it was unpacked from"),
)
_STUDY: tuple[str, dict[Wanted, str]] = (
    "a study",
    {
        "transcript": "join studies with 'coder merge', or write its texts: coder export STUDY.coder -o texts.docx",
        "codings": "write its codings first: coder export STUDY.coder -o codings.csv",
        "codebook": "write its codebook first: coder export STUDY.coder -o codebook.qdc",
        "table": "write its codings first: coder export STUDY.coder -o codings.csv",
    },
)
_SPSS = ("an SPSS file", _always("save it in SPSS as Excel or csv"))
_R = ("a file of R", _always("write the table in R as csv: write.csv(NAME, 'NAME.csv', row.names = FALSE)"))
_STATISTICS = ("a file of a statistics program", _always("save it there as Excel or csv"))
_SHEET = ("a spreadsheet of another program", _always("save it as .xlsx"))
_SLIDES = ("a presentation", _always("copy its text into a document"))
_MAIL = ("an e-mail", _always("save the file that is attached to it, or its text"))
_SOUND = ("an audio or video recording", _always("transcribe it first"))
_PICTURE = (
    "a picture, whose text cannot be read",
    _always("give the typed text, or run text recognition (OCR) first"),
)
_PACKED = ("a packed archive", _always("unpack it and give the files inside"))
_VERSION = re.compile(
    r"(?:\d+|[xpa])?"
)  # what may follow the beginning of a suffix: .mx24, .hpr7, .nvpx, .f4p
_BEGINNINGS: dict[str, tuple[str, Mapping[Wanted, str]]] = {
    ".nvp": _NVIVO,
    ".nvc": _NVIVO,
    ".atlproj": _ATLAS,
    ".atlasproj": _ATLAS,
    ".atlcb": _ATLAS,
    ".hpr": _ATLAS,
    ".mex": (
        "a MAXQDA exchange file, which holds only the beginnings of texts",
        {**_MAXQDA[1], "codings": "export the coded segments to Excel"},
    ),
    ".mx": _MAXQDA,
    ".mqda": _MAXQDA,
    ".mqex": _MAXQDA,
    ".mqbac": _MAXQDA,
    ".mqmtr": _MAXQDA,
    ".dedoose": (
        "a Dedoose project",
        _program("Dedoose", "in Dedoose export the excerpts to Excel, with the columns of all codes", whole=False),
    ),
    ".f4": (
        "an f4analyse project",
        _program("f4analyse", "export it as a REFI-QDA project (.qdpx), or the codings as a table"),
    ),
    ".qrk": (
        "a Quirkos project",
        _program("Quirkos", "export it as a REFI-QDA project (.qdpx), or as a table (csv)"),
    ),
    ".rqda": (
        "an RQDA project",
        _always("import it in QualCoder, which reads RQDA, and give QualCoder's project"),
    ),
    ".ppj": (
        "a QDA Miner project",
        _program("QDA Miner", "export the coded segments to Excel", whole=False),
    ),
}  # fmt: skip
_WHOLE: dict[str, tuple[str, Mapping[Wanted, str]]] = {
    ".qdc": _CODEBOOK,
    ".qde": _INSIDE,
    ".coder": _STUDY,
    **dict.fromkeys((".sav", ".zsav", ".por"), _SPSS),
    **dict.fromkeys((".rds", ".rda", ".rdata"), _R),
    **dict.fromkeys((".dta", ".sas7bdat", ".xpt", ".jasp", ".omv"), _STATISTICS),
    **dict.fromkeys((".ods", ".numbers", ".gsheet"), _SHEET),
    **dict.fromkeys((".ppt", ".pptx", ".odp"), _SLIDES),
    **dict.fromkeys((".eml", ".msg"), _MAIL),
    **dict.fromkeys((".mp3", ".m4a", ".wav", ".wma", ".aac", ".amr", ".flac", ".ogg", ".opus", ".ds2"), _SOUND),
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg", ".3gp"), _SOUND),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif"), _PICTURE),
    **dict.fromkeys((".zip", ".7z", ".rar", ".gz", ".tar", ".tgz"), _PACKED),
}  # fmt: skip


def advice_on_name(path: str | Path, wanted: Wanted) -> str | None:
    """Return what another program's file is, by its name, and what to do instead; None for any other file."""
    suffix = Path(path).suffix.lower()
    if wanted != "transcript" and suffix in PROJECT_SUFFIXES:
        needed = "its codebook as .qdc" if wanted == "codebook" else "the table to Excel"
        return f"this is a project of another tool: export {needed}, or bring the project in: {_IMPORT}."
    if suffix in OLD_SUFFIXES:
        return (
            f"this is in an old or closed format ({suffix}): open it and save it as {OLD_SUFFIXES[suffix]}."
        )
    known = _WHOLE.get(suffix) or next(
        (
            kind
            for beginning, kind in _BEGINNINGS.items()
            if suffix.startswith(beginning) and _VERSION.fullmatch(suffix, len(beginning))
        ),
        None,
    )
    return f"this is {known[0]}: {known[1][wanted]}." if known else None
