"""The command line: options, one workflow call, print.

Each family of commands is a module with `register(app)`; a new one joins by its commands in FAMILIES. A family is
imported when one of its commands is called: families import nothing heavy at the top. `coder --help` imports none;
it prints HEADINGS, where a new command gets a line that fits 80 columns beside its name.
"""

FAMILIES: dict[str, tuple[str, ...]] = {
    "precode": ("precode",),
    "turns": ("turns",),
    "codings": ("codings",),
    "codebook": ("codebook",),
    "learning": ("train", "evaluate", "models"),
    "agreement": ("agreement",),
    "study": (
        "init",
        "import",
        "suggest",
        "retrain",
        "status",
        "merge",
        "export",
        "undo",
        "history",
        "rename",
    ),
    "review": ("review", "open"),
    "report": ("report",),
    "start": ("demo", "doctor"),
    "pseudonymise": ("pseudonymise", "reidentify"),
    "delete": ("delete",),
    "passphrase": ("encrypt", "decrypt", "passphrase"),
}

HEADINGS: dict[str, dict[str, str]] = {
    "Begin": {
        "demo": "Make the sample study and open it, to try everything on.",
        "open": "Open the home page: the studies of a folder, and new ones.",
        "turns": "Show how transcripts are read: speakers, roles, doubts.",
        "init": "Begin a study: one file for transcripts and all decisions.",
        "import": "Bring transcripts, attributes or codings into a study.",
        "doctor": "Check this installation.",
    },
    "Code": {
        "precode": "Suggest codes for transcripts, without a study.",
        "suggest": "Let the model suggest codes for what nobody has coded yet.",
        "review": "Open the review page: read, code, confirm, adjudicate.",
        "status": "Show where a study stands, and what to do next.",
        "history": "List what was decided, noted, changed and undone.",
        "undo": "Take back what a coder did last, or do it again.",
        "rename": "Give a transcript another name.",
        "codebook": "Look at, check and convert codebooks.",
    },
    "Agree": {
        "agreement": "Say how well coders agree: per code, pair and transcript.",
        "merge": "Join the copies of a study that several people worked on.",
        "codings": "Show how codings made in another tool are read.",
    },
    "Train": {
        "train": "Train a model on human-coded excerpts.",
        "retrain": "Train a study's model on what people confirmed.",
        "evaluate": "Measure a model against human codes.",
        "models": "List, describe and compare models.",
    },
    "After coding": {
        "report": "Write the results: tables, quotes, pictures, methods.",
        "export": "Write codings for NVivo, ATLAS.ti, MAXQDA, Word, R, SPSS.",
    },
    "Look after data": {
        "pseudonymise": "Replace names, places and other identifying words.",
        "reidentify": "Say who stands behind a pseudonym.",
        "encrypt": "Put a study and its backups under a passphrase.",
        "decrypt": "Take the passphrase off a study and its backups.",
        "passphrase": "Change the passphrase of a study.",
        "delete": "Delete a study for good, with backups and cached vectors.",
    },
}

_IN_PART = "What it had begun to write may be there in part; the same command with --force writes it anew."
_GOES_ON = "What was saved before is kept; the same command goes on from there."

# What a command leaves that is stopped by Ctrl-C, for those that take long.
STOPPED: dict[str, str] = {
    "demo": "The same command begins the sample study anew.",
    "precode": "No result was written. Where a folder OUT.parts is left, the same command goes on from there.",
    "import": _GOES_ON,
    "suggest": _GOES_ON,
    "retrain": "What people decided is untouched. `coder retrain STUDY --list` shows which model is in use.",
    "merge": "Nothing was merged.",
    **dict.fromkeys(("train", "evaluate", "agreement", "report", "export"), _IN_PART),
}
