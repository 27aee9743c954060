"""Every error that `coder` raises on purpose.

CoderError
├── InputError          a file, table or value from the user is wrong
│   ├── FormatError     the file is not what its name says, or cannot be read
│   ├── UnsafeFileError the file would use too much memory or time, or reaches outside itself
│   ├── TableError      a table lacks columns or has bad rows (carries `problems`)
│   └── CodebookError   a codebook is broken (carries `problems`)
├── ModelError          a model cannot be loaded, or does not fit the codebook or encoder
├── StudyError          a study file cannot be opened, or the request contradicts what it holds
│   ├── PassphraseError the study is encrypted, and its passphrase is missing or wrong
│   ├── StaleError      the utterance was decided elsewhere since the page was shown; nothing was written
│   └── NotFoundError   the study has no such utterance or transcript
├── InstallationError  something that the request needs is not installed
└── OutputError         a result cannot be written (exists already, folder missing, disk full)

A message says what is wrong, where (file, row), and what to do. The library raises; only `cli` and
`review` turn errors into text for people.
"""

from collections.abc import Sequence


class CoderError(Exception):
    """Root of all errors raised on purpose; `str(error)` is a sentence for the user."""


class InputError(CoderError):
    """Something the user gave is wrong."""


class FormatError(InputError):
    """A file is not what its name says, is damaged, or is of a kind that cannot be read."""


class UnsafeFileError(InputError):
    """A file would use too much memory or time, or refers to something outside itself."""


class _ProblemsError(InputError):
    """An input error that lists every problem found, one sentence each."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__("\n".join([message, *(f"  {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class TableError(_ProblemsError):
    """A table lacks needed columns or has rows that cannot be used."""


class CodebookError(_ProblemsError):
    """A codebook is broken; `problems` names each with its line."""


class ModelError(CoderError):
    """A model cannot be loaded, or does not fit the codebook or encoder at hand."""


class StudyError(CoderError):
    """A study file cannot be opened, or the request contradicts what it holds."""


class PassphraseError(StudyError):
    """A file is encrypted, and its passphrase is missing or wrong; nothing was changed."""


class StaleError(StudyError):
    """The utterance was decided elsewhere since it was shown; nothing was written."""


class NotFoundError(StudyError):
    """The study has nothing of the number or name that was asked for."""


class InstallationError(CoderError):
    """Something that the request needs is not installed; the message has the line that installs it."""


class OutputError(CoderError):
    """A result cannot be written."""
