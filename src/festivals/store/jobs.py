"""The job queue: which tasks there are, and how one is asked for within the transaction that needs it."""

from enum import StrEnum

from procrastinate import App, PsycopgConnector
from sqlalchemy.ext.asyncio import AsyncConnection

QUEUE = "festivals"


class Task(StrEnum):
    """What the worker does."""

    SETTLE_FESTIVAL = "settle_festival"
    """With `festival_id`: add up a closed festival."""
    DELIVER_TICKET = "deliver_ticket"
    """With `ticket_id`: send a ticket to its holder."""
    EXPIRE_IDLE_WALLETS = "expire_idle_wallets"
    """Periodic, without arguments."""


# Never opened: it only puts jobs into the queue, on connections that it is handed.
_QUEUE = App(connector=PsycopgConnector())


async def enqueue(connection: AsyncConnection, task: Task, **arguments: str) -> None:
    """Ask for `task` in the transaction of `connection`; the worker sees it once that is committed."""
    raw = await connection.get_raw_connection()
    job = _QUEUE.configure_task(task.value, allow_unknown=True, queue=QUEUE, connection=raw.driver_connection)
    await job.defer_async(**arguments)
