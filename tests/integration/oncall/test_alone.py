"""One replica at a time where the store is a file."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from steward.oncall.store.alone import alone
from steward.oncall.store.database import Store, connect
from steward.program.settings import SettingsError

HOLD = """
import sys
from steward.oncall.store.alone import alone
from steward.oncall.store.database import connect
with alone(connect(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_replica_is_refused(sqlite_store: Store) -> None:
    database = sqlite_store.engine.url.database
    with (
        alone(sqlite_store),
        pytest.raises(SettingsError, match=rf"another on-call service uses {database}; stop it"),
        alone(sqlite_store),
    ):
        pytest.fail("two replicas write one file")


def test_after_it_the_next_may_start(sqlite_store: Store) -> None:
    for _ in range(2):
        with alone(sqlite_store):
            pass


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    store = connect(f"sqlite:///{tmp_path / 'nowhere' / 'oncall.db'}")
    with pytest.raises(SettingsError, match=r"cannot keep the store at .*: No such file"), alone(store):
        pass
    store.close()


def test_the_lock_is_nobody_elses_to_read(sqlite_store: Store) -> None:
    with alone(sqlite_store):
        assert (Path(f"{sqlite_store.engine.url.database}.lock").stat().st_mode & 0o777) == 0o600


@pytest.mark.slow
def test_a_replica_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'oncall.db'}"
    store = connect(url)
    command = [sys.executable, "-P", "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(SettingsError), alone(store):
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with alone(store):
            pass
    store.close()


@pytest.mark.slow
def test_postgresql_is_for_several(postgres_store: Store) -> None:
    with alone(postgres_store), alone(postgres_store):
        pass
