"""The passphrases of encrypted studies that this process knows, and whom to ask for one.

A passphrase is kept in memory for as long as the process runs, so that work in the background can open the study
again. It is never written to a file or shown.
"""

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coder.errors import InputError, PassphraseError

VARIABLE = "CODER_PASSPHRASE"  # for scripts
SHORTEST = 8  # characters, as NIST SP 800-63B asks of passwords that people choose


@dataclass
class Passphrases:
    """Passphrases by file. `ask`, where it is set, asks a person for that of a file and returns "" for none."""

    ask: Callable[[Path], str] | None = None
    _known: dict[Path, str] = field(default_factory=dict)

    def of(self, path: Path) -> str:
        """Return the passphrase of a file: the known one, that of CODER_PASSPHRASE, or the answer to the question.

        Raises PassphraseError if there is none.
        """
        found = self._known.get(path.resolve()) or os.environ.get(VARIABLE, "")
        if not found and self.ask is not None:
            found = self.ask(path)
        if not found:
            raise PassphraseError(
                f"{path} is encrypted and needs its passphrase. Type it when asked on a terminal, or set {VARIABLE}."
            )
        return spelled(found)

    def knows(self, path: Path) -> bool:
        """Return whether the passphrase of a file is at hand without asking anybody."""
        return path.resolve() in self._known or bool(os.environ.get(VARIABLE))

    def remember(self, path: Path, passphrase: str) -> None:
        """Keep the passphrase of a file until the process ends."""
        self._known[path.resolve()] = spelled(passphrase)

    def forget(self, path: Path) -> None:
        """Keep the passphrase of a file no longer."""
        self._known.pop(path.resolve(), None)


PASSPHRASES = Passphrases()


def spelled(passphrase: str) -> str:
    """Return a passphrase in one spelling of its characters: keyboards write the same "é" in two ways (NFC, NFD)."""
    return unicodedata.normalize("NFC", passphrase)


def check_new(passphrase: str) -> str:
    """Return a new passphrase; raises InputError if it is too short, or has characters that cannot be typed."""
    if len(passphrase) < SHORTEST:
        raise InputError(
            f"A passphrase has at least {SHORTEST} characters; four or more unrelated words are good."
        )
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in passphrase):
        raise InputError("A passphrase is one line of characters that can be typed.")
    return spelled(passphrase)
