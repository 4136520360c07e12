"""Runs services together: each as soon as what it needs is ready, all of them until told to stop."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from steward.stack.child import adopt_orphans, reap_orphans
from steward.stack.keeper import Keeper
from steward.stack.order import share, stop_waves
from steward.stack.record import ServiceRecord, Stage
from steward.stack.site import Site

STOP_SECONDS = 4.0
"""Until the last service is ended by force."""
_REAP_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Supervisor:
    """A set of services and their keepers; `changed` is called whenever a record would say something new."""

    def __init__(self, sites: Sequence[Site], changed: Callable[[], None]) -> None:
        self.stage = Stage.STARTING
        self._changed = changed
        needed = {need for site in sites for need in site.service.needs}
        self._keepers = {
            site.service.name: Keeper(
                site, needed=site.service.name in needed, changed=changed, leaders=self._leaders
            )
            for site in sites
        }

    def services(self) -> tuple[ServiceRecord, ...]:
        """Return what there is to tell of each service."""
        return tuple(keeper.record() for keeper in self._keepers.values())

    async def run(self, stop: asyncio.Event) -> None:
        """Run everything until `stop` is set, then end everything; raises StackError when the start fails."""
        adopt_orphans()
        tasks = [asyncio.create_task(self._keep(keeper)) for keeper in self._keepers.values()]
        tasks += [asyncio.create_task(self._announce()), asyncio.create_task(self._reap())]
        try:
            await self._until(stop, tasks)
        finally:
            self._to(Stage.STOPPING)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop()

    def hurry(self) -> None:
        """End everything by force, for a user who does not want to wait."""
        for keeper in self._keepers.values():
            keeper.kill()

    async def _keep(self, keeper: Keeper) -> None:
        needs = [self._keepers[need] for need in keeper.site.service.needs if need in self._keepers]
        await keeper.keep(needs)

    async def _announce(self) -> None:
        for keeper in self._keepers.values():
            await keeper.settled.wait()
        self._to(Stage.UP)
        _log.info("all services are ready")

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(_REAP_SECONDS)
            reap_orphans(self._leaders())

    async def _until(self, stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
        stopping = asyncio.create_task(stop.wait())
        waiting: set[asyncio.Task[None] | asyncio.Task[bool]] = {stopping, *tasks}
        try:
            while not stopping.done():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            stopping.cancel()

    async def _stop(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        running = {keeper.name for keeper in self._keepers.values() if keeper.child}
        waves = stop_waves([keeper.site.service for keeper in self._keepers.values()], running)
        await asyncio.gather(*(keeper.stop(0) for keeper in self._keepers.values() if keeper.name not in running))
        for passed, wave in enumerate(waves):
            seconds = share(deadline - time.monotonic(), len(waves) - passed)
            await asyncio.gather(*(self._keepers[service.name].stop(seconds) for service in wave))
        _log.info("all services are stopped")

    def _leaders(self) -> set[int]:
        return {keeper.child.pid for keeper in self._keepers.values() if keeper.child}

    def _to(self, stage: Stage) -> None:
        self.stage = stage
        self._changed()
