"""One run of a service: its process, everything that process starts, and the certain end of them all."""

import asyncio
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection
from contextlib import suppress

from steward.stack import processes
from steward.stack.helper import identity_arguments
from steward.stack.site import Site

_POLL_SECONDS = 0.02
_SWEEP_SECONDS = 2.0
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Make this process the parent of whatever its descendants leave behind, so that it can find and end that."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Child:
    """A started process, the leader of a session of its own, whose output goes to its service's log."""

    def __init__(self, site: Site, command: tuple[str, ...]) -> None:
        """Start it; raises OSError."""
        self.log_start = site.log.stat().st_size if site.log.exists() else 0
        with site.log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=site.data,
                env=site.environment(),
                start_new_session=True,
                umask=0o077,
                **identity_arguments(site.account),
            )
        self.pid = self._process.pid
        self.identity = processes.identity(self.pid) or ""

    async def wait(self) -> int:
        """Return the exit code once the leader has ended, or minus the number of the signal that ended it."""
        while (code := self._process.poll()) is None:
            await _end_of(self.pid)
        return code

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the leader."""
        self._process.send_signal(number)

    async def stop(self, number: signal.Signals, seconds: float) -> bool:
        """End the leader: politely, and after `seconds` by force; return whether it obeyed."""
        self.send(number)
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.wait()
            return False
        return True

    async def sweep(self, leaders: Callable[[], Collection[int]]) -> None:
        """End whatever the ended leader has left: worker processes would linger and hold its port.

        `leaders` returns the leaders of all services as of now, since others may start meanwhile. An orphan in the
        session of none of them is taken for one of ours.
        """
        deadline = time.monotonic() + _SWEEP_SECONDS
        while time.monotonic() < deadline:
            now = processes.table()
            left = {process.pid for process in processes.family(now, self.pid)}
            strays = {process.pid for process in processes.orphans(now, os.getpid(), leaders())}
            processes.send(left | strays, signal.SIGKILL)
            reap(strays)
            _reap_group(self.pid)
            if not left and not strays:
                return
            await asyncio.sleep(_POLL_SECONDS)


def reap(pids: Collection[int]) -> None:
    """Take note of the end of adopted processes, so that they vanish from the kernel's list."""
    for pid in pids:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def reap_orphans(leaders: Collection[int]) -> None:
    """Take note of adopted processes that ended by themselves."""
    reap([process.pid for process in processes.orphans(processes.table(), os.getpid(), leaders) if process.dead])


def _reap_group(group: int) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-group, os.WNOHANG) != (0, 0):
            pass


async def _end_of(pid: int) -> None:
    """Return when the process has ended, or after a moment where the kernel cannot tell us."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        await asyncio.sleep(_POLL_SECONDS)
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
