"""Where the stack's own messages go: a supervisor's into its log, what the user must know to the terminal."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_STACK = logging.getLogger("steward.stack")


@contextmanager
def journal_to(handler: logging.Handler) -> Iterator[None]:
    """Write everything the stack says to `handler`, with the time in UTC."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    with _attached(handler, logging.INFO):
        yield


@contextmanager
def notices() -> Iterator[None]:
    """Show on the terminal what is out of the ordinary."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    with _attached(handler, logging.WARNING):
        yield


@contextmanager
def _attached(handler: logging.Handler, level: int) -> Iterator[None]:
    handler.setLevel(level)
    before = _STACK.level, _STACK.propagate
    _STACK.setLevel(level)
    _STACK.propagate = False
    _STACK.addHandler(handler)
    try:
        yield
    finally:
        _STACK.removeHandler(handler)
        _STACK.setLevel(before[0])
        _STACK.propagate = before[1]
        handler.close()
