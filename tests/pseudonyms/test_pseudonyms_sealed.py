"""A list of pseudonyms under a passphrase opens with that alone, and a change of one bit is noticed."""

import pytest

from coder.errors import PassphraseError
from coder.pseudonyms.sealed import is_sealed, sealed, unsealed

pytest.importorskip("cryptography")
SECRET = "four quite unrelated wörds"


def test_what_is_sealed_is_unreadable_and_comes_back_by_its_passphrase() -> None:
    content = b"[Name 1],Jane Smith\n" * 3
    first, second = sealed(content, SECRET), sealed(content, SECRET)
    assert is_sealed(first) and not is_sealed(content)
    assert b"Jane" not in first and first != second
    assert unsealed(first, SECRET.replace("ö", "o\u0308"), "f") == content


@pytest.mark.parametrize("place", [20, 40, 60, -1])
def test_a_changed_or_cut_file_is_refused(quick_keys: None, place: int) -> None:
    content = bytearray(sealed(b"Jane Smith", SECRET))
    content[place] ^= 1
    with pytest.raises(PassphraseError, match="does not open who"):
        unsealed(bytes(content), SECRET, "who")
    with pytest.raises(PassphraseError):
        unsealed(bytes(content[:30]), SECRET, "who")


def test_a_wrong_passphrase_is_refused(quick_keys: None) -> None:
    with pytest.raises(PassphraseError, match="does not open who"):
        unsealed(sealed(b"Jane Smith", SECRET), "another passphrase", "who")
