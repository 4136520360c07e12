"""Checks what the machine has to give: memory, and limits of the kernel that servers run into."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import psutil

from steward.stack.doctor.check import Check, ok, warn

_MEMORY_BYTES = 1024**3
"""Room for the servers, the applications' processes, and what they add under load."""
_OPEN_FILES = 4096
_BACKLOG = 511
"""What Redis asks for."""
_SHARED_BYTES = 64 * 1024**2
_CGROUP = Path("/sys/fs/cgroup")
_SHARED = Path("/dev/shm")  # noqa: S108 - looked at, not written
_SOMAXCONN = Path("/proc/sys/net/core/somaxconn")


def check_memory() -> Iterator[Check]:
    """Check the memory that is free, in this container where we are in one."""
    free, limit = psutil.virtual_memory().available, container_limit(_CGROUP)
    if limit is not None:
        free = min(free, limit)
    what = f"{megabytes(free)} available" + (f" of a container's {megabytes(limit)}" if limit is not None else "")
    if free < _MEMORY_BYTES:
        mend = f"End other programs, or give the container more: {megabytes(_MEMORY_BYTES)} suffice."
        yield warn("memory", what, mend)
    else:
        yield ok("memory", what)


def check_limits() -> Iterator[Check]:
    """Check the kernel's limits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _OPEN_FILES:
        mend = f"Raise it before the start: ulimit -n {_OPEN_FILES}" + (
            "" if hard == resource.RLIM_INFINITY or hard >= _OPEN_FILES else " (as root; the hard limit is lower)"
        )
        yield warn("open files", f"{soft} for each process", mend)
    else:
        yield ok("open files", "no limit" if soft == resource.RLIM_INFINITY else f"{soft} for each process")
    yield from _check_backlog()
    yield from _check_shared_memory()


def container_limit(cgroup: Path) -> int | None:
    """Return the memory limit of the control group we are in, in bytes; None where there is none."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            text = (cgroup / name).read_text().strip()
        except OSError:
            continue
        # The first generation writes "no limit" as a number near the largest.
        return int(text) if text.isdecimal() and int(text) < 2**60 else None
    return None


def megabytes(size: int) -> str:
    """Write a size for people."""
    return f"{size // 1024**2} MB"


def _check_backlog() -> Iterator[Check]:
    try:
        backlog = int(_SOMAXCONN.read_text())
    except (OSError, ValueError):
        return
    if backlog < _BACKLOG:
        yield warn("backlog", f"net.core.somaxconn is {backlog}", f"As root: sysctl net.core.somaxconn={_BACKLOG}")


def _check_shared_memory() -> Iterator[Check]:
    try:
        disk = os.statvfs(_SHARED)
    except OSError:
        mend = f"Mount one: mount -t tmpfs tmpfs {_SHARED}. PostgreSQL's parallel queries meet there."
        yield warn("shared memory", f"there is no {_SHARED}", mend)
        return
    free = disk.f_bavail * disk.f_frsize
    if free < _SHARED_BYTES:
        mend = "Make it larger: mount -o remount,size=256m /dev/shm, or --shm-size for a container."
        yield warn("shared memory", f"{megabytes(free)} free in {_SHARED}", mend)
    else:
        yield ok("shared memory", f"{megabytes(free)} free in {_SHARED}")
