"""The queue's tasks, bound to the use cases that do them."""

from datetime import timedelta
from uuid import UUID

from procrastinate import App, PsycopgConnector

from festivals.services.clock import Clock
from festivals.services.delivery import deliver
from festivals.services.expiry import expire_idle
from festivals.services.settling import settle
from festivals.store.database import Database
from festivals.store.jobs import QUEUE, Task
from festivals.worker.retry import BackOff

_EVERY_MINUTE = "* * * * *"


def queue_app(database: Database, *, wallet_idle: timedelta, clock: Clock) -> App:
    """Return a queue that knows every task; it must be opened before a worker can work for it."""
    app = App(connector=PsycopgConnector())
    back_off = BackOff()

    @app.task(name=Task.SETTLE_FESTIVAL.value, queue=QUEUE, retry=back_off)
    async def settle_festival(festival_id: str) -> None:
        await settle(database, festival_id, clock())

    @app.task(name=Task.DELIVER_TICKET.value, queue=QUEUE, retry=back_off)
    async def deliver_ticket(ticket_id: str) -> None:
        await deliver(database, UUID(ticket_id), clock())

    # No queueing lock: a job that is given back while the next one waits could not be put back into the queue.
    @app.periodic(cron=_EVERY_MINUTE)
    @app.task(name=Task.EXPIRE_IDLE_WALLETS.value, queue=QUEUE, retry=back_off)
    async def expire_idle_wallets(timestamp: int) -> None:
        del timestamp  # when it was due; what counts is the time it runs at
        await expire_idle(database, clock() - wallet_idle)

    return app
