"""The worker as a whole: its parts put together, started and stopped."""

import asyncio
import signal
import socket

from festivals.catalogue.jobs import WORKER_COUNTED
from festivals.services.clock import Clock, utc_now
from festivals.store.database import connect
from festivals.telemetry.process import tell_start
from festivals.telemetry.watch import watch_database
from festivals.worker.chores import chores
from festivals.worker.health import Readiness, health_app
from festivals.worker.meter import JobMeter, QueueGauges
from festivals.worker.queue_worker import QueueWorker
from festivals.worker.settings import WorkerSettings
from festivals.worker.tasks import queue_app
from steward.instrument import Instruments
from steward.program.serving import bind, serve


async def run(settings: WorkerSettings, *, clock: Clock = utc_now) -> None:
    """Work until SIGTERM or SIGINT; raises PortTaken, SettingsError."""
    listener = bind(settings.address, prefix="FESTIVALS")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await work(settings, listener, stopping, clock=clock)


async def work(
    settings: WorkerSettings, listener: socket.socket, stopping: asyncio.Event, *, clock: Clock = utc_now
) -> None:
    """Do jobs until `stopping` is set; `listener` answers until the last one has ended."""
    instruments = Instruments(WORKER_COUNTED, process_metrics=True)
    tell_start(instruments)
    store = connect(settings.database, "festivals-worker")
    watch_database(store.engine, instruments)
    instruments.at_scrape(QueueGauges(store))
    meter = JobMeter(instruments)
    app = queue_app(store, wallet_idle=settings.wallet_idle, clock=clock)
    queue_worker = QueueWorker(
        app,
        settings.database,
        meter,
        chores(app, store, meter, stalled_seconds=settings.stalled_seconds, clock=clock),
        jobs_at_once=settings.jobs_at_once,
        heartbeat_seconds=settings.heartbeat_seconds,
        stalled_seconds=settings.stalled_seconds,
    )
    readiness = Readiness(store, queue_worker, stalled_seconds=settings.stalled_seconds)
    worked = asyncio.Event()
    serving = asyncio.create_task(serve(health_app(readiness, instruments), listener, worked))
    try:
        await queue_worker.run(stopping)
    finally:
        worked.set()
        await serving
        await store.close()
