"""Waiting for what happens elsewhere, in another process."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_BETWEEN_SECONDS = 0.05


def eventually(what: str, ask: Callable[[], T | None], seconds: float = 60) -> T:
    """Return the first true answer of `ask`; AssertionError names `what` when there is none for `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if answer := ask():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(_BETWEEN_SECONDS)
