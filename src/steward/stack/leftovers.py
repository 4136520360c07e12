"""What a supervisor that was killed has left running: found by its record and by a mark, and ended."""

import os
import signal
import time
from collections.abc import Callable

from steward.stack import processes
from steward.stack.record import Leader, Record
from steward.stack.state import State

MARK = "STEWARD_SERVICE_OF"
"""The environment variable that says to which state folder a process belongs."""
_STOP_SECONDS = 3.0
_KILL_SECONDS = 2.0
_POLL_SECONDS = 0.02


def living(state: State, record: Record | None) -> set[int]:
    """Return every process of a stack that has no supervisor any more."""
    now = processes.table()
    found = processes.marked(MARK, str(state.root))
    for leader in _leaders(record):
        known = now.get(leader.pid)
        # The number of a dead leader cannot be given away while members of its session live.
        if leader.lives() or known is None:
            found |= {process.pid for process in processes.family(now, leader.pid)}
    found -= processes.lineage(now, os.getpid())
    return {pid for pid in found if pid in now and not now[pid].dead}


def end(state: State, record: Record | None) -> int:
    """End them all: each service by its own signal, then what still lives by force; return how many there were."""
    found = living(state, record)
    if not found:
        return 0
    for service in record.services if record else ():
        if service.leader and service.leader.lives():
            processes.send([service.leader.pid], signal.Signals[service.stop])
    _wait(lambda: not any(leader.lives() for leader in _leaders(record)), _STOP_SECONDS)
    _wait(lambda: not _kill(state, record), _KILL_SECONDS)
    return len(found)


def _kill(state: State, record: Record | None) -> set[int]:
    found = living(state, record)
    processes.send(found, signal.SIGKILL)
    return found


def _leaders(record: Record | None) -> list[Leader]:
    return [service.leader for service in record.services if service.leader] if record else []


def _wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
