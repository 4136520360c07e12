"""Passwords as they are kept."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from steward.oncall.errors import Invalid
from steward.oncall.services import passwords

PASSWORD = "correct horse battery"


def test_what_is_kept_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.matches(first, PASSWORD)
    assert passwords.matches(second, PASSWORD)


@pytest.mark.parametrize("other", ["", "Correct horse battery", PASSWORD + " ", "x" * 10_000, "\ud800"])
def test_another_password_is_wrong(other: str) -> None:
    assert not passwords.matches(passwords.hashed(PASSWORD), other)


@pytest.mark.parametrize("kept", [None, "", "plain", "$argon2id$v=19$m=9216,t=4,p=1$broken"])
def test_nothing_matches_what_is_no_hash(kept: str | None) -> None:
    assert not passwords.matches(kept, "")
    assert not passwords.matches(kept, PASSWORD)


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 257, "\ud800" * 12])
def test_a_password_has_bounds(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        passwords.hashed(password)
    assert not password or password not in str(caught.value)


def test_one_thread_does_all_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[int] = set()

    class Noting:
        def verify(self, _kept: str, _password: str) -> bool:
            seen.add(threading.get_ident())
            return True

    monkeypatch.setattr(passwords, "_HASHER", Noting())
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: passwords.matches("kept", "x"), range(32)))
    assert len(seen) == 1
    assert threading.get_ident() not in seen
