"""Keeps one service running: starts it when what it needs is there, watches it, and starts it again."""

import asyncio
import logging
import signal
import textwrap
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from steward.model import Lifetime
from steward.stack import logfiles, probe, run_folder, setups
from steward.stack.child import Child
from steward.stack.errors import ServiceFailed, StateUnusable
from steward.stack.record import Leader, Phase, ServiceRecord
from steward.stack.restart import End, Finished, GiveUp, Restart, decide
from steward.stack.site import Site

READY_SECONDS = 60.0
"""How long a service may take from its first start until it is ready."""
ONESHOT_SECONDS = 300.0
"""How long one that others wait for may take until it is done."""
_FIRST_POLL_SECONDS = 0.05
_SLOWEST_POLL_SECONDS = 0.5
_CHECK_SECONDS = 3.0
"""Between two looks at a service that is ready."""
_UNHEALTHY_AFTER = 3
"""Looks in a row that found it not ready."""
_GRACE_SECONDS = 0.5
"""A daemon without a probe is ready when it has lived so long."""
_SHOWN_LINES = 15
_NO_START = 127
"""The code of a program that could not be started, as the shell's."""

_log = logging.getLogger(__name__)


class Keeper:
    """One service under care.

    `changed` is called whenever `record` would say something new; `leaders` returns the processes that lead the
    other services. `needed` tells whether other services wait for this one.
    """

    def __init__(
        self, site: Site, *, needed: bool, changed: Callable[[], None], leaders: Callable[[], set[int]]
    ) -> None:
        self.site = site
        self.name = site.service.name
        self.settled = asyncio.Event()
        """Set once the service has been ready, or done; stays set."""
        self.phase = Phase.WAITING
        self.child: Child | None = None
        self._needed = needed
        self._changed = changed
        self._leaders = leaders
        self._since = time.time()
        self._restarts = 0
        self._ends: deque[End] = deque(maxlen=32)
        self._first_start: float | None = None
        self._started_at = 0.0
        self._log_start = 0
        self._ready_at: float | None = None

    def record(self) -> ServiceRecord:
        """Return what there is to tell."""
        return ServiceRecord(
            name=self.name,
            title=self.site.service.title,
            state=self.phase,
            leader=Leader(self.child.pid, self.child.identity) if self.child else None,
            ports=self.site.ports,
            url=self.site.url,
            restarts=self._restarts,
            since=self._since,
            log=str(self.site.log),
            stop=self.site.native.stop.name,
        )

    async def keep(self, needs: Sequence["Keeper"]) -> None:
        """Run the service for as long as it is to run; raises StackError when it cannot be started."""
        for need in needs:
            await need.settled.wait()
        self._to(Phase.PREPARING)
        leading = tuple(await setups.before_start(self.site))
        while True:
            end = await self._one_run(self.site.command(leading))
            self._ends.append(end)
            match decide(self.site.service.lifetime, self._ends, settled=self.settled.is_set()):
                case Finished():
                    self._settle(Phase.DONE)
                    return
                case GiveUp():
                    self._to(Phase.FAILED)
                    if not self.settled.is_set():
                        raise self._failure(f"{_ended(end.code)}, {len(self._ends)} times in a row")
                    return
                case Restart(after, looping):
                    self._to(Phase.CRASH_LOOPING if looping else Phase.RESTARTING)
                    _log.warning("%s %s; starting it again in %.1f s", self.name, _ended(end.code), after)
                    await asyncio.sleep(after)
                    self._restarts += 1

    async def stop(self, seconds: float) -> None:
        """End the service: politely, and after so many seconds by force. Its `keep` must have been cancelled."""
        if self.child:
            child = self.child
            self._to(Phase.STOPPING)
            begun = time.monotonic()
            if await child.stop(self.site.native.stop, seconds):
                _log.info("%s stopped after %.1f s", self.name, time.monotonic() - begun)
            else:
                _log.warning("%s did not stop within %.1f s, and was ended by force", self.name, seconds)
            await child.sweep(self._leaders)
            self.child = None
        with suppress(StateUnusable):
            run_folder.remove(self.site.state, self.site.service)
        if self.phase not in {Phase.DONE, Phase.FAILED}:
            self._to(Phase.STOPPED)

    def kill(self) -> None:
        """End the service at once."""
        if self.child:
            self.child.send(signal.SIGKILL)

    async def _one_run(self, command: tuple[str, ...]) -> End:
        self._ready_at = None
        self._started_at = time.monotonic()
        self._first_start = self._first_start or self._started_at
        try:
            run_folder.clear(self.site.run)
            self.child = child = Child(self.site, command)
            self._log_start = child.log_start
        except (OSError, StateUnusable) as error:
            if not self.settled.is_set():
                raise ServiceFailed(
                    f"{self.name} cannot be started: {error}", mend=f"see whether {command[0]} is for you to run"
                ) from None
            _log.error("%s cannot be started: %s", self.name, error)
            return End(_NO_START)
        self._to(Phase.CRASH_LOOPING if self.phase is Phase.CRASH_LOOPING else Phase.STARTING)
        self._changed()
        _log.info("%s started, pid %d", self.name, child.pid)
        code = await self._until_end(child)
        await child.sweep(self._leaders)
        self.child = None
        return End(code, self._healthy_seconds())

    async def _until_end(self, child: Child) -> int:
        watch = asyncio.create_task(self._watch())
        ended = asyncio.create_task(child.wait())
        try:
            await asyncio.wait({watch, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                watch.result()
            return await ended
        finally:
            watch.cancel()
            ended.cancel()
            await asyncio.gather(watch, ended, return_exceptions=True)

    async def _watch(self) -> None:
        """Follow a living child through its phases; raises ServiceFailed when it should have been ready by now."""
        if self.site.service.lifetime is Lifetime.ONESHOT:
            await self._watch_oneshot()
        await self._until_ready()
        if not self.settled.is_set():
            await setups.once_ready(self.site)
        self._ready_at = time.monotonic()
        _log.info("%s ready after %.1f s", self.name, self._ready_at - self._started_at)
        self._settle(Phase.READY)
        await self._look_after()

    async def _watch_oneshot(self) -> None:
        if self._needed:
            self._to(Phase.RUNNING)
            await asyncio.sleep(ONESHOT_SECONDS)
            raise self._failure(f"was not done within {ONESHOT_SECONDS:.0f} s")
        self._settle(Phase.RUNNING)
        await asyncio.Event().wait()

    async def _until_ready(self) -> None:
        begun = self._started_at if self.settled.is_set() else (self._first_start or self._started_at)
        pause = _FIRST_POLL_SECONDS
        await asyncio.sleep(pause)
        while not await self._is_ready():
            if time.monotonic() - begun > READY_SECONDS:
                if not self.settled.is_set():
                    raise self._failure(f"was not ready within {READY_SECONDS:.0f} s")
                self._to(Phase.UNHEALTHY)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_POLL_SECONDS)

    async def _look_after(self) -> None:
        """Look again and again whether a service that was ready still is; a sick one is shown, not killed."""
        misses = 0
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            misses = 0 if self.site.service.ready is None or await self._is_ready() else misses + 1
            if misses == 0:
                self._to(Phase.READY)
            elif misses >= _UNHEALTHY_AFTER:
                self._to(Phase.UNHEALTHY)

    async def _is_ready(self) -> bool:
        if self.site.service.ready is None:
            await asyncio.sleep(_GRACE_SECONDS)
            return True
        return await probe.ready(self.site, self.site.service.ready)

    def _healthy_seconds(self) -> float:
        return time.monotonic() - self._ready_at if self._ready_at else 0.0

    def _settle(self, phase: Phase) -> None:
        self.settled.set()
        self._to(phase)

    def _to(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self._since = time.time()
            self._changed()

    def _failure(self, why: str) -> ServiceFailed:
        lines = logfiles.tail(self.site.log, _SHOWN_LINES, self._log_start)
        said = f"; the end of its log:\n{textwrap.indent(lines, '  ')}" if lines else "; its log is empty"
        return ServiceFailed(f"{self.name} {why}{said}", mend=f"its whole log is {self.site.log}")


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
