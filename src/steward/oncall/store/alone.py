"""One replica at a time where the store is a file."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steward.oncall.store.database import Store
from steward.program.settings import SettingsError


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Keep other replicas away from an SQLite store until the block ends; raises SettingsError where one runs.

    The kernel forgets the lock when the process ends, however it ends. A PostgreSQL store is for several.
    """
    database = store.engine.url.database
    if store.shared or not database or database == ":memory:":
        yield
        return
    held = _locked(Path(f"{database}.lock"))
    try:
        yield
    finally:
        os.close(held)


def _locked(path: Path) -> int:
    try:
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(f"cannot keep the store at {path.with_suffix('')}: {error.strerror}") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise SettingsError(
            f"another on-call service uses {path.with_suffix('')}; stop it, or keep the store in PostgreSQL, "
            "which several may share (STEWARD_ONCALL_STORE)"
        ) from None
    return held
