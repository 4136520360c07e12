"""The service as a whole: its parts put together, started, and stopped by a signal."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from steward.instrument import Instruments
from steward.model import Catalogue
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import Clock, utc_now
from steward.oncall.composition import load_catalogue, store_address
from steward.oncall.context import Context
from steward.oncall.dashboards import panels
from steward.oncall.deliver.channels import channels
from steward.oncall.gauges import store_gauges
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.services.first_access import prepare
from steward.oncall.settings import ALSO, OnCallSettings
from steward.oncall.store.alone import alone
from steward.oncall.store.database import Store, connect
from steward.oncall.store.migrate import upgrade
from steward.oncall.wake import Wake
from steward.oncall.web.app import create
from steward.oncall.worker import loops
from steward.program.serving import bind, bind_given, serve

_LOOP_SECONDS = 1.0
"""How long the loops may take to end."""

_LOG: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def run(
    settings: OnCallSettings, *, clock: Clock = utc_now, leaving: Callable[[], None] = lambda: None
) -> None:
    """Work until SIGTERM or SIGINT, then call `leaving`; raises PortTaken, SettingsError, StoreUnavailable."""
    catalogue = load_catalogue(settings)
    listener = bind(settings.listen, prefix="STEWARD_ONCALL")
    also = [bind_given(settings.also, host=ALSO.variable, port=ALSO.variable)] if settings.also else []
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stopping, leaving)
    with opened(settings) as store:
        prepare(store, settings, now=clock())
        await work(_context(settings, catalogue, store, clock), listener, stopping, also=also)


async def work(
    context: Context, listener: socket.socket, stopping: asyncio.Event, *, also: Sequence[socket.socket] = ()
) -> None:
    """Answer and work until `stopping` is set; `also` are more listeners."""
    working = asyncio.create_task(loops.run(context, stopping))
    # A service that answers and tells nobody is worse than one that ends and is started again.
    working.add_done_callback(lambda _: stopping.set())
    _tell(context)
    try:
        await serve(create(context), listener, stopping, also=also)
    finally:
        stopping.set()
        await context.panels.close()
        _, late = await asyncio.wait({working}, timeout=_LOOP_SECONDS)
        if late:
            working.cancel()
            await asyncio.wait({working})
    if not working.cancelled():
        working.result()


@contextmanager
def opened(settings: OnCallSettings) -> Iterator[Store]:
    """Give the store, brought to the newest schema; raises SettingsError, StoreUnavailable."""
    store = connect(store_address(settings))
    try:
        with alone(store):
            upgrade(store)
            yield store
    finally:
        store.close()


def _context(settings: OnCallSettings, catalogue: Catalogue, store: Store, clock: Clock) -> Context:
    instruments = Instruments(COUNTED, process_metrics=True)
    watchdog = catalogue.oncall.watchdog if catalogue.oncall else ""
    instruments.at_scrape(store_gauges(store, clock=clock, watchdog=watchdog))
    return Context(
        settings=settings,
        catalogue=catalogue,
        store=store,
        clock=clock,
        alertmanagers=Alertmanagers(settings.alertmanagers),
        prometheus=Prometheus(settings.prometheus),
        metrics=OnCallMetrics(instruments),
        wake=Wake(),
        panels=panels(catalogue, settings),
    )


def _tell(context: Context) -> None:
    settings = context.settings
    _LOG.info(
        "on-call begins",
        address=str(settings.listen),
        also=str(settings.also) if settings.also else None,
        store=context.store.engine.url.render_as_string(hide_password=True),
        alertmanagers=list(settings.alertmanagers),
        ways=[way.value for way in channels(settings)],
        hears_webhooks=settings.webhook_token is not None,
        signs_links=settings.signing_key is not None,
    )


def _stop(stopping: asyncio.Event, leaving: Callable[[], None]) -> None:
    stopping.set()
    leaving()
