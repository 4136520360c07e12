"""Processes of this machine, as the kernel lists them: who is whose child, and who is still the same one.

A service is its leader, which is the first process of a session and group of its own, and everything that the
leader started: the members of that session, wherever their parents went, and the leader's descendants, whichever
sessions they made.
"""

import os
import signal
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the kernel's list."""

    pid: int
    parent: int
    group: int
    session: int
    started: int
    """Clock ticks since the machine started."""
    dead: bool
    """Whether it only waits for its parent to take note of its end."""


Table = Mapping[int, Process]


def table() -> Table:
    """Return every process by its id, as of now."""
    found = (_read(int(entry.name)) for entry in os.scandir(_PROC) if entry.name.isdecimal())
    return {process.pid: process for process in found if process}


def identity(pid: int) -> str | None:
    """Return what tells a process from any other that has its id, before or later; None when no such one lives.

    It also tells it from one that has the same id after a restart of the machine.
    """
    process = _read(pid)
    return f"{_boot()}:{process.started}" if process and not process.dead else None


def family(processes: Table, leader: int) -> tuple[Process, ...]:
    """Return the leader and everything it started, as far as that can be told; the dead are left out."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for process in processes.values():
        children[process.parent].append(process.pid)
    found: set[int] = set()
    waiting = [pid for pid, process in processes.items() if leader in (pid, process.session, process.group)]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(children[pid])
    return tuple(processes[pid] for pid in sorted(found) if not processes[pid].dead)


def orphans(processes: Table, ours: int, leaders: Collection[int]) -> tuple[Process, ...]:
    """Return the children of `ours` that it did not start itself: their parents died, and it is their reaper.

    What it did start are the leaders of services, and helpers, which stay in its own session. A child in the
    session of a living leader is not an orphan either: it belongs to that service.
    """
    own = processes[ours].session
    return tuple(
        process
        for process in processes.values()
        if process.parent == ours
        and process.session != own
        and process.pid not in leaders
        and process.session not in leaders
    )


def resident(members: Iterable[Process]) -> int:
    """Return how many bytes of memory a family holds; what its members share counts once."""
    own = 0
    shared = 0
    for process in members:
        with suppress(OSError, ValueError):
            pages = (_PROC / str(process.pid) / "statm").read_text().split()
            own += (int(pages[1]) - int(pages[2])) * _PAGE
            shared = max(shared, int(pages[2]) * _PAGE)
    return own + shared


def marked(variable: str, value: str) -> set[int]:
    """Return the processes that were started with this environment variable, as far as we may look."""
    mark = f"{variable}={value}".encode()
    found: set[int] = set()
    for entry in os.scandir(_PROC):
        if entry.name.isdecimal():
            with suppress(OSError):
                if mark in (_PROC / entry.name / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
    return found


def lineage(processes: Table, pid: int) -> set[int]:
    """Return `pid` and its ancestors."""
    found: set[int] = set()
    while pid in processes and pid not in found:
        found.add(pid)
        pid = processes[pid].parent
    return found


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signal each process; one that is gone by now is no error."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _read(pid: int) -> Process | None:
    try:
        text = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name in parentheses may hold spaces and parentheses; the fields behind it are numbers.
    fields = text[text.rindex(b")") + 2 :].split()
    return Process(
        pid=pid,
        parent=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        started=int(fields[19]),
        dead=fields[0] in (b"Z", b"X"),
    )


@cache
def _boot() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
