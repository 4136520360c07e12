"""Tell an outside watcher once a minute that on-call works: it pages when the ping stays away."""

import asyncio
from datetime import timedelta

import httpx
import structlog

from steward.oncall.context import Context
from steward.oncall.store.figures import figures
from steward.oncall.worker.pause import pause

_EVERY = timedelta(minutes=1)
_TIMEOUT = httpx.Timeout(10.0)
_STUCK_SECONDS = 600.0
"""A step or a message that has waited so long means that people are not told."""

_LOG = structlog.stdlib.get_logger(__name__)


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Ping until `stopping` is set; do nothing where no address is set."""
    if not context.settings.ping_url:
        await stopping.wait()
        return
    async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
        while not stopping.is_set():
            await ping(context, client)
            await pause(stopping, _EVERY.total_seconds())


async def ping(context: Context, client: httpx.AsyncClient) -> bool:
    """Ping once if people are being told; return whether the watcher took it. Its address is never logged."""
    if not await asyncio.to_thread(_works, context):
        _LOG.error("on-call is stuck, so the outside watcher is not pinged")
        return False
    try:
        answer = await client.get(context.settings.ping_url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _LOG.warning("the outside watcher does not answer", problem=type(error).__name__)
        return False
    if not answer.is_success:
        _LOG.warning("the outside watcher refused the ping", status=answer.status_code)
    return answer.is_success


def _works(context: Context) -> bool:
    with context.store.read() as connection:
        seen = figures(connection, now=context.clock(), watchdog="")
    return seen.step_overdue < _STUCK_SECONDS and seen.outbox_age < _STUCK_SECONDS
