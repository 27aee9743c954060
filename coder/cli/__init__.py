"""The command line: options, one workflow call, print.

Each family of commands is a module with `register(app)`; a new one joins by its commands in FAMILIES. A family is
imported when one of its commands is called, and for `coder --help`, which must stay under 0.3 s of CPU: families
import nothing heavy at the top.
"""

FAMILIES: dict[str, tuple[str, ...]] = {
    "precode": ("precode",),
    "turns": ("turns",),
    "codings": ("codings",),
    "codebook": ("codebook",),
    "learning": ("train", "evaluate", "models"),
    "agreement": ("agreement",),
    "study": ("init", "import", "suggest", "retrain", "status", "merge", "export", "undo", "history"),
    "review": ("review", "open"),
    "report": ("report",),
    "start": ("demo", "doctor"),
    "pseudonymise": ("pseudonymise", "reidentify"),
    "delete": ("delete",),
    "passphrase": ("encrypt", "decrypt", "passphrase"),
}
