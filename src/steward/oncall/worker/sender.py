"""Send what is in the outbox: lease, send outside of any transaction, mark.

A kill repeats what was sent and not yet marked. So one delivery is under way at a time while that is quick enough;
beside one that takes long another begins, and when many have waited for long, many do.
"""

import asyncio
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from steward.model import Way
from steward.oncall.context import Context
from steward.oncall.deliver.channel import Channel
from steward.oncall.deliver.channels import channels
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict
from steward.oncall.failpoints import AFTER_SEND, BEFORE_MARK, IN_SEND, failpoint
from steward.oncall.services import sending
from steward.oncall.services.notifications import compose
from steward.oncall.settings import OnCallSettings
from steward.oncall.store import outbox
from steward.oncall.store.database import StoreUnavailable
from steward.oncall.store.outbox import OutboxRow
from steward.oncall.wake import Wake

_AT_ONCE = 16
_TAKES_LONG_SECONDS = 0.5
_WAITED_LONG = timedelta(seconds=5)
_MANY = 30
_LOOK_EVERY_SECONDS = 0.5
"""Another replica's ring is not heard here, and a pause before another attempt ends without one."""
_SEND_SECONDS = 15
_END_SECONDS = 0.8
_MARK_AGAIN_SECONDS = (0.1, 0.5, 1, 2, 4, 8)
"""After so long to mark again while the store is away; then the lease runs out, and it is sent again."""

_LOG = structlog.stdlib.get_logger(__name__)


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Send until `stopping` is set."""
    await Sender(context, channels(context.settings)).run(stopping)


def owner(settings: OnCallSettings) -> str:
    """Return the name of this replica; the same after a restart, so that it takes up what it had leased."""
    return f"{socket.gethostname()}:{settings.listen.port}"


@dataclass(slots=True)
class Sender:
    """Sends several deliveries at a time."""

    context: Context
    channels: Mapping[Way, Channel]
    _sending: set[asyncio.Task[None]] = field(default_factory=set)
    _began: float = 0.0
    """When the latest delivery was begun, by the monotonic clock."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping` is set; what is under way then has a moment to end."""
        await asyncio.to_thread(self._release)
        try:
            while not stopping.is_set():
                try:
                    await self._begin()
                except StoreUnavailable as error:
                    # What is under way goes on, and marks itself when the store is back.
                    _LOG.warning("the sender waits for the store", problem=str(error))
                await self._rest()
        finally:
            await self._end()

    async def _begin(self) -> None:
        if len(self._sending) >= _AT_ONCE or (self._sending and self._lasted() < _TAKES_LONG_SECONDS):
            return
        rows = await asyncio.to_thread(self._lease, 1)
        many_wait = bool(rows) and await asyncio.to_thread(self._many_wait, rows[0])
        if many_wait:
            rows += await asyncio.to_thread(self._lease, _AT_ONCE - len(self._sending) - 1)
        for row in rows:
            self._began = time.monotonic()
            task = asyncio.create_task(self.deliver(row))
            self._sending.add(task)
            task.add_done_callback(self._done)

    def _lasted(self) -> float:
        return time.monotonic() - self._began

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("a delivery is not marked, and will be sent again", exc_info=error)
        self.context.wake()

    async def _rest(self) -> None:
        seconds = _TAKES_LONG_SECONDS if self._sending else _LOOK_EVERY_SECONDS
        if isinstance(self.context.wake, Wake):
            await self.context.wake.wait(seconds)
        else:
            await asyncio.sleep(seconds)

    async def _end(self) -> None:
        if self._sending:
            await asyncio.wait(self._sending, timeout=_END_SECONDS)
        for task in self._sending:
            task.cancel()

    async def deliver(self, row: OutboxRow) -> None:
        """Try once what is leased, and mark it."""
        verdict = await self._send(row)
        failpoint(AFTER_SEND)
        said = _name(verdict) if row.way in self.channels else "unset"
        self.context.metrics.deliveries.labels(way=row.way.value, verdict=said).inc()
        await self._keep(row, verdict)

    async def _send(self, row: OutboxRow) -> Verdict:
        channel = self.channels.get(row.way)
        if channel is None:
            return Refused(f"on-call has no settings for {row.way.title}")
        try:
            notification = await asyncio.to_thread(self._compose, row)
            failpoint(IN_SEND)
            async with asyncio.timeout(_SEND_SECONDS):
                return await channel.send(notification)
        except TimeoutError:
            return Retry(f"no answer within {_SEND_SECONDS} s")
        except StoreUnavailable as error:
            return Retry(str(error))
        except Exception as error:  # noqa: BLE001 - a mistake of ours costs this attempt alone
            _LOG.exception("a delivery failed", way=row.way.value, delivery=row.id)
            return Retry(f"on-call itself failed: {type(error).__name__}")

    async def _keep(self, row: OutboxRow, verdict: Verdict) -> None:
        for seconds in _MARK_AGAIN_SECONDS:
            with suppress(StoreUnavailable):
                await asyncio.to_thread(self._mark, row, verdict)
                return
            await asyncio.sleep(seconds)
        await asyncio.to_thread(self._mark, row, verdict)

    def _release(self) -> None:
        with self.context.store.write() as connection:
            outbox.release(connection, owner=owner(self.context.settings))

    def _lease(self, limit: int) -> list[OutboxRow]:
        with self.context.store.write() as connection:
            return outbox.lease(
                connection, owner=owner(self.context.settings), now=self.context.clock(), limit=limit
            )

    def _many_wait(self, oldest: OutboxRow) -> bool:
        long_ago = self.context.clock() - _WAITED_LONG
        if oldest.due_at > long_ago:
            return False
        with self.context.store.read() as connection:
            return outbox.waiting(connection, due_before=long_ago, most=_MANY) == _MANY

    def _compose(self, row: OutboxRow) -> Notification:
        with self.context.store.read() as connection:
            return compose(
                connection,
                row,
                catalogue=self.context.catalogue,
                settings=self.context.settings,
                now=self.context.clock(),
            )

    def _mark(self, row: OutboxRow, verdict: Verdict) -> None:
        with self.context.store.write() as connection:
            sending.mark(connection, row, verdict, now=self.context.clock())
            failpoint(BEFORE_MARK)


def _name(verdict: Verdict) -> str:
    match verdict:
        case Delivered():
            return "delivered"
        case Retry():
            return "retry"
        case Refused():
            return "refused"
