"""A supervisor's life: from an empty state folder, or what another left in it, to the end of its last child."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from steward.model import Catalogue
from steward.stack import leftovers, logfiles, processes, record, state
from steward.stack.blueprint import Wish, build, needs_other_users
from steward.stack.errors import AlreadyRunning, StackError
from steward.stack.lock import Lock, holder
from steward.stack.record import Leader, Problem, Record, Stage
from steward.stack.state import State
from steward.stack.supervisor import Supervisor

_WRITE_AGAIN_SECONDS = 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_log = logging.getLogger(__name__)


def open_state(catalogue: Catalogue, project: Path, environ: Mapping[str, str]) -> State:
    """Make the project's state folder fit for a start; raises StateUnusable, or AlreadyRunning."""
    place = state.prepare(project, environ, shared=os.geteuid() == 0 and needs_other_users(catalogue))
    if supervisor := holder(place.lock):
        raise already_running(place, supervisor)
    with Lock(place.lock):
        end_leftovers(place)
    logfiles.rotate(place.log("supervisor"))
    return place


def already_running(place: State, supervisor: int) -> AlreadyRunning:
    """Return the error that says what runs, and where it answers."""
    written = record.read(place)
    urls = ", ".join(service.url for service in written.services if service.url) if written else ""
    return AlreadyRunning(
        f"the stack runs already, under supervisor {supervisor}" + (f": {urls}" if urls else ""),
        mend="`steward status` shows it, `steward down` stops it",
    )


class Session:
    """One supervisor's life in one state folder; `changed` is called with each new record."""

    def __init__(
        self,
        catalogue: Catalogue,
        place: State,
        wish: Wish,
        environ: Mapping[str, str],
        changed: Callable[[Record], None] = lambda _: None,
    ) -> None:
        self._catalogue = catalogue
        self._place = place
        self._wish = wish
        self._environ = environ
        self._changed = changed
        self._leader = Leader(os.getpid(), processes.identity(os.getpid()) or "")
        self._problem: Problem | None = None
        self._supervisor: Supervisor | None = None
        self._retry: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Run the stack until a signal ends it; raises StackError when it cannot be started.

        SIGINT, SIGTERM and SIGHUP stop it in order; a second one of them at once.
        """
        try:
            with Lock(self._place.lock):
                await self._run_locked()
        except AlreadyRunning:
            if supervisor := holder(self._place.lock):
                raise already_running(self._place, supervisor) from None
            raise

    async def _run_locked(self) -> None:
        stop = self._on_signals()
        try:
            end_leftovers(self._place)
            self._publish()
            sites = build(self._catalogue, self._place, self._wish, self._environ)
            self._supervisor = Supervisor(sites, self._publish)
            await self._supervisor.run(stop)
        except StackError as error:
            self._problem = Problem(error.what, error.mend)
            self._publish()
            raise
        finally:
            if self._retry:
                self._retry.cancel()
        record.forget(self._place)

    def _on_signals(self) -> asyncio.Event:
        stop = asyncio.Event()

        def received(number: signal.Signals) -> None:
            _log.info("%s received", number.name)
            if stop.is_set() and self._supervisor:
                self._supervisor.hurry()
            stop.set()

        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            # What whoever started us has us ignore (nohup, a shell's background) stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, received, number)
        return stop

    def _publish(self) -> None:
        current = self._record()
        self._write(current)
        self._changed(current)

    def _record(self) -> Record:
        return Record(
            supervisor=self._leader,
            stage=self._stage(),
            services=self._supervisor.services() if self._supervisor else (),
            problem=self._problem,
        )

    def _write(self, current: Record) -> None:
        """Write the record; a disk that is full now must not end services that run, so it is tried again later."""
        try:
            record.write(self._place, current)
        except OSError as error:
            if self._retry is None:
                _log.warning("what runs cannot be written down, and is tried again: %s", error.strerror)
                self._retry = asyncio.create_task(self._write_later())

    async def _write_later(self) -> None:
        while True:
            await asyncio.sleep(_WRITE_AGAIN_SECONDS)
            with suppress(OSError):
                record.write(self._place, self._record())
                self._retry = None
                return

    def _stage(self) -> Stage:
        if self._problem:
            return Stage.FAILED
        return self._supervisor.stage if self._supervisor else Stage.STARTING


def end_leftovers(place: State) -> int:
    """End what a killed supervisor left running in `place`, say so, and return how many processes that were."""
    count = leftovers.end(place, record.read(place))
    if count:
        plural = "es" if count > 1 else ""
        _log.warning("ended %d process%s that a killed supervisor had left running", count, plural)
    return count
