"""Passwords: what is kept of them, and whether one is right.

All hashing is done by one thread. A hash takes 9 MiB, and the allocator keeps them for every thread that ever
took them: forty threads would keep more than the service needs otherwise. It bounds, too, what a flood of log-ins
costs.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from steward.oncall.errors import Invalid

SHORTEST: Final = 12
LONGEST: Final = 256

_HASHER = PasswordHasher(time_cost=4, memory_cost=9 * 1024, parallelism=1)
"""One of the settings that OWASP holds for equally strong."""
_NOBODY = "$argon2id$v=19$m=9216,t=4,p=1$9JoNZAmVhU3DFZnFzXNDLQ$qLxKfb2sFsbyXD4Ou99pcH9Ayiy6l6uYrDU2uiXBLvA"
"""The hash of something that nobody knows, with the same cost."""
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="passwords")


def hashed(password: str) -> str:
    """Return what is kept of a password; raises Invalid for one that is too short or too long.

    It takes a while: call it outside of a transaction.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"the password has {len(password)} characters; use {SHORTEST} to {LONGEST}")
    try:
        return _THREAD.submit(_HASHER.hash, password).result()
    except UnicodeEncodeError:
        raise Invalid("the password is no text; write it in UTF-8") from None


def matches(kept: str | None, password: str) -> bool:
    """Tell whether that is the password; takes as long where nothing is kept (None), which no password is."""
    right = _THREAD.submit(_right, kept or _NOBODY, password[: LONGEST + 1]).result()
    return right and kept is not None


def _right(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
