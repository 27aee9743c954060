"""A small file under a passphrase: AES-256-GCM, with a key derived by scrypt (packages of the extra `encrypted`)."""

import os

from coder.errors import PassphraseError
from coder.installation import require
from coder.passphrases import spelled

MARK = b"coder-encrypted-1\n"
SALT, NONCE = 16, 12  # bytes
# OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1; 128 MB of memory and about half a second.
ROUNDS, BLOCK, PARALLEL = 2**17, 8, 1


def is_sealed(content: bytes) -> bool:
    """Return whether these are the bytes of a file that `sealed` made."""
    return content.startswith(MARK)


def sealed(content: bytes, passphrase: str) -> bytes:
    """Return the content encrypted under a passphrase: mark, salt, nonce, then ciphertext with its tag."""
    require("encrypted", "An encrypted list of pseudonyms")
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    head = MARK + salt + nonce
    return head + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, head)


def unsealed(content: bytes, passphrase: str, name: str) -> bytes:
    """Return what was encrypted; raises PassphraseError if the passphrase is wrong or the file was changed."""
    require("encrypted", "An encrypted list of pseudonyms")
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    end = len(MARK) + SALT + NONCE
    head, salt, nonce = content[:end], content[len(MARK) : end - NONCE], content[end - NONCE : end]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, content[end:], head)
    except (InvalidTag, ValueError) as error:
        raise PassphraseError(
            f"The passphrase does not open {name}; if you are sure of it, the file is damaged."
        ) from error


def _key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=ROUNDS, r=BLOCK, p=PARALLEL).derive(spelled(passphrase).encode())
