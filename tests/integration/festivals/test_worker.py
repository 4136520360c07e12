"""The worker on a real queue: in this process, and as processes that are killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import text

from festivals.catalogue.jobs import WORKER
from festivals.services.composition import Services
from festivals.settings import DatabaseSettings
from festivals.store.database import Database, url
from festivals.store.jobs import Task, enqueue
from festivals.worker.program import work
from festivals.worker.retry import MOST_ATTEMPTS
from festivals.worker.settings import WorkerSettings
from steward.model.components import process_metrics
from steward.program.serving import bind
from steward.program.settings import Address
from steward.testing.exposed import expect_declared

pytestmark = pytest.mark.slow

Environment = dict[str, str]
SECONDS = 30
QUICK = {"FESTIVALS_WORKER_STALLED_SECONDS": "1"}


async def until(ask: Callable[[], Awaitable[object]], what: str) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            while not await ask():  # noqa: ASYNC110 - what is asked is outside of this process
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {SECONDS} s: {what}") from None


@dataclass(frozen=True, slots=True)
class RunningWorker:
    """A worker of this process, over its HTTP."""

    url: str

    async def ready(self) -> bool:
        return (await self.get("/readyz")).status_code == 200

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(f"{self.url}{path}")

    async def jobs(self, task: Task, status: str) -> float:
        return await self.sample(f'festivals_worker_jobs_total{{task="{task}",status="{status}"}}')

    async def sample(self, series: str) -> float:
        for line in (await self.get("/metrics")).text.splitlines():
            name, _, value = line.rpartition(" ")
            if name == series:
                return float(value)
        raise AssertionError(f"no sample of {series}")


@asynccontextmanager
async def working(environment: Environment) -> AsyncIterator[RunningWorker]:
    listener = bind(Address("127.0.0.1", 0), prefix="FESTIVALS")
    stopping = asyncio.Event()
    worker = asyncio.create_task(work(WorkerSettings.read(environment), listener, stopping))
    try:
        yield RunningWorker(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        stopping.set()
        await worker


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue as the database has it."""

    database: Database

    async def states(self, task: Task) -> list[tuple[str, int]]:
        """Return (status, attempts) of the jobs of `task`, in the order they were put into the queue."""
        statement = text("SELECT status, attempts FROM procrastinate_jobs WHERE task_name = :task ORDER BY id")
        async with self.database.reading() as connection:
            return [
                (row.status, row.attempts) for row in await connection.execute(statement, {"task": task.value})
            ]

    async def all_are(self, task: Task, status: str) -> bool:
        return {state for state, _ in await self.states(task)} == {status}

    async def ask(self, task: Task, **arguments: str) -> None:
        async with self.database.transaction() as connection:
            await enqueue(connection, task, **arguments)

    async def ask_and_fail(self, task: Task, **arguments: str) -> None:
        async with self.database.transaction() as connection:
            await enqueue(connection, task, **arguments)
            raise ZeroDivisionError


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database)


@asynccontextmanager
async def held(environment: Environment, statement: str) -> AsyncIterator[None]:
    """Hold what `statement` locks, for as long as a slow machine needs: without the limits of a `Database`."""
    settings = DatabaseSettings.read(environment)
    connection = await psycopg.AsyncConnection.connect(
        url(settings).set(drivername="postgresql").render_as_string()
    )
    async with connection:
        await connection.execute(statement.encode())
        yield


async def issue(services: Services, tickets: int, festival: str = "rock") -> list[UUID]:
    await services.festivals.create(festival, "Rock", "EUR")
    day = await services.tickets.add_type(festival, "Day", "day", 100, tickets)  # type: ignore[arg-type]  # a word does
    return [(await services.tickets.issue(festival, day.id, "Ann")).id for _ in range(tickets)]


async def trade(services: Services, festival: str = "rock") -> None:
    await services.festivals.create(festival, "Rock", "EUR")
    await services.festivals.open(festival)
    wallet = (await services.wallets.create(festival, "Ann")).id
    await services.payments.top_up(wallet, 1000, key=uuid4().hex)
    await services.payments.purchase(wallet, 300, "bar", key=uuid4().hex)


async def test_tickets_are_delivered_and_counted(
    environment: Environment, services: Services, queue: Queue
) -> None:
    tickets = await issue(services, 20)
    async with working(environment) as worker:
        await until(lambda: queue.all_are(Task.DELIVER_TICKET, "succeeded"), "every ticket is delivered")
        assert await worker.jobs(Task.DELIVER_TICKET, "success") == 20
        assert await worker.jobs(Task.DELIVER_TICKET, "failed") == 0
        assert await worker.sample('festivals_worker_job_duration_seconds_count{task="deliver_ticket"}') == 20
        assert await worker.sample('festivals_worker_jobs_waiting{task="deliver_ticket"}') == 0
        assert await worker.sample("festivals_worker_oldest_job_age_seconds") == 0
        told = expect_declared((await worker.get("/metrics")).text, WORKER.metrics)
        assert told >= {"festivals_db_queries_total", *(metric.name for metric in process_metrics.METRICS)}
    for ticket in tickets:
        assert (await services.tickets.get(ticket)).status == "delivered"


async def test_what_waits_is_told_with_the_age_of_the_oldest(environment: Environment, queue: Queue) -> None:
    async with working(environment | {"FESTIVALS_WORKER_JOBS": "1"}) as worker:
        await until(worker.ready, "the worker is ready")
        async with queue.database.transaction() as connection:
            await connection.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('elsewhere', 'deliver_ticket')"
                )
            )
        async with queue.database.transaction() as connection:
            await connection.execute(text("UPDATE procrastinate_events SET at = at - interval '1 hour'"))
        assert await worker.sample('festivals_worker_jobs_waiting{task="deliver_ticket"}') == 1
        assert await worker.sample("festivals_worker_oldest_job_age_seconds") >= 3600


async def test_a_job_of_a_transaction_that_is_rolled_back_never_runs(
    environment: Environment, services: Services, queue: Queue
) -> None:
    await trade(services)
    async with working(environment) as worker:
        await until(worker.ready, "the worker is ready")
        with pytest.raises(ZeroDivisionError):
            await queue.ask_and_fail(Task.SETTLE_FESTIVAL, festival_id="rock")
        await services.festivals.close("rock")
        await until(lambda: queue.all_are(Task.SETTLE_FESTIVAL, "succeeded"), "the festival is settled")
        assert await queue.states(Task.SETTLE_FESTIVAL) == [("succeeded", 1)]
        assert await worker.jobs(Task.SETTLE_FESTIVAL, "failed") == 0


async def test_a_ticket_that_cannot_be_delivered_now_is_delivered_later(
    environment: Environment, services: Services, queue: Queue
) -> None:
    (ticket,) = await issue(services, 1)
    async with AsyncExitStack() as lock:
        # Held before there is a worker, which may be quicker than we are.
        await lock.enter_async_context(held(environment, "SELECT FROM tickets FOR UPDATE"))
        async with working(environment) as worker:

            async def tried() -> bool:
                return await worker.jobs(Task.DELIVER_TICKET, "retried") == 1

            await until(tried, "the first attempt failed")
            await lock.aclose()
            await until(lambda: queue.all_are(Task.DELIVER_TICKET, "succeeded"), "the ticket is delivered")
            assert await worker.jobs(Task.DELIVER_TICKET, "failed") == 0
    assert (await services.tickets.get(ticket)).status == "delivered"


@pytest.mark.parametrize(
    "arguments",
    [{"ticket_id": str(uuid4())}, {"ticket_id": "none"}, {"ticket": "x"}, {}],
    ids=["unknown", "no id", "wrong name", "no argument"],
)
async def test_a_hopeless_job_fails_at_once(
    arguments: dict[str, str], environment: Environment, queue: Queue
) -> None:
    await queue.ask(Task.DELIVER_TICKET, **arguments)
    async with working(environment) as worker:
        await until(lambda: queue.all_are(Task.DELIVER_TICKET, "failed"), "the job is given up")
        assert await queue.states(Task.DELIVER_TICKET) == [("failed", 1)]
        assert await worker.jobs(Task.DELIVER_TICKET, "failed") == 1
        assert await worker.sample('festivals_errors_total{type="job",operation="deliver_ticket"}') == 1


async def test_a_festival_whose_books_disagree_is_not_settled(
    environment: Environment, services: Services, queue: Queue
) -> None:
    await trade(services)
    async with queue.database.transaction() as connection:
        await connection.execute(text("UPDATE wallets SET balance_cents = balance_cents + 1"))
    await services.festivals.close("rock")
    async with working(environment):
        await until(lambda: queue.all_are(Task.SETTLE_FESTIVAL, "failed"), "the settlement is refused")
    async with queue.database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM settlements")) == 0


async def test_two_workers_share_the_jobs_and_do_each_once(
    environment: Environment, services: Services, queue: Queue
) -> None:
    await issue(services, 150)
    async with working(environment) as one, working(environment) as other:
        await until(lambda: queue.all_are(Task.DELIVER_TICKET, "succeeded"), "every ticket is delivered")
        shares = [await worker.jobs(Task.DELIVER_TICKET, "success") for worker in (one, other)]
    assert sum(shares) == 150
    assert await queue.states(Task.DELIVER_TICKET) == [("succeeded", 1)] * 150


async def test_idle_wallets_expire_without_being_asked(
    environment: Environment, services: Services, queue: Queue
) -> None:
    await trade(services)
    await services.festivals.close("rock")
    async with working(environment | {"FESTIVALS_WALLET_IDLE_DAYS": "0"}):

        async def expired() -> bool:
            async with queue.database.reading() as connection:
                return bool(await connection.scalar(text("SELECT count(*) FROM wallets WHERE status = 'expired'")))

        await until(expired, "the wallet expired")


# As processes


@asynccontextmanager
async def process(environment: Environment, folder: Path) -> AsyncIterator[subprocess.Popen[bytes]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FESTIVALS_")}
    listener = bind(Address("127.0.0.1", 0), prefix="FESTIVALS")
    port = listener.getsockname()[1]
    listener.close()
    with (folder / f"worker-{port}.log").open("wb") as log:
        worker = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
            [sys.executable, "-m", "festivals.worker"],
            env=inherited | environment | {"FESTIVALS_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.kill()
        worker.wait()


async def test_a_job_of_a_killed_worker_is_taken_up_again_and_takes_effect_once(
    environment: Environment, services: Services, queue: Queue, tmp_path: Path
) -> None:
    await trade(services)
    await services.festivals.close("rock")
    async with (
        held(environment, "SELECT FROM festivals FOR UPDATE"),
        process(environment | QUICK, tmp_path) as worker,
    ):
        await until(lambda: queue.all_are(Task.SETTLE_FESTIVAL, "doing"), "the worker is at it")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert await queue.all_are(Task.SETTLE_FESTIVAL, "doing")
    async with process(environment | QUICK, tmp_path):
        await until(lambda: queue.all_are(Task.SETTLE_FESTIVAL, "succeeded"), "another worker did it")
    assert await queue.states(Task.SETTLE_FESTIVAL) == [("succeeded", 2)]
    settlement = await services.settlements.get("rock")
    assert (settlement.top_ups_cents, settlement.purchases_cents, settlement.unspent_cents) == (1000, 300, 700)


async def test_a_job_that_kills_its_workers_is_given_up(
    environment: Environment, services: Services, queue: Queue
) -> None:
    await issue(services, 1)
    async with queue.database.transaction() as connection:
        await connection.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', attempts = :attempts"),
            {"attempts": MOST_ATTEMPTS - 1},
        )
    async with working(environment | QUICK) as worker:
        await until(lambda: queue.all_are(Task.DELIVER_TICKET, "failed"), "the job is given up")

        async def counted() -> bool:
            return await worker.jobs(Task.DELIVER_TICKET, "failed") == 1

        await until(counted, "it is counted")


async def test_a_worker_that_is_asked_to_stop_gives_back_what_it_cannot_end(
    environment: Environment, services: Services, queue: Queue, tmp_path: Path
) -> None:
    await trade(services)
    await services.festivals.close("rock")
    async with held(environment, "SELECT FROM festivals FOR UPDATE"):
        async with process(environment, tmp_path) as worker:
            await until(lambda: queue.all_are(Task.SETTLE_FESTIVAL, "doing"), "the worker is at it")
            worker.terminate()
            assert await asyncio.to_thread(worker.wait, SECONDS) == 0
        assert await queue.all_are(Task.SETTLE_FESTIVAL, "todo")
    async with queue.database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0


def test_a_taken_port_is_one_clear_line(environment: Environment) -> None:
    with bind(Address("127.0.0.1", 0), prefix="FESTIVALS") as listener:
        port = str(listener.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "festivals.worker"],
            env=os.environ | environment | {"FESTIVALS_PORT": port},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        f"127.0.0.1:{port} is taken by another program; stop that, or set FESTIVALS_PORT"
    ]


# Without a database


@asynccontextmanager
async def way(to: str, port: int = 0) -> AsyncIterator[int]:
    """Give a port that leads to `to`; at the end it is closed, and all that went through it is cut."""
    host, _, target = to.rpartition(":")
    held: set[asyncio.StreamWriter] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(target))
        held.update({writer, far_writer})
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in held:
            writer.transport.abort()


async def test_it_starts_without_a_database_and_outlives_its_restarts(
    environment: Environment, services: Services, queue: Queue
) -> None:
    database = environment["FESTIVALS_DATABASE_ADDRESS"]
    async with way(database) as port:
        pass  # only to find a port that is free, and now leads nowhere
    async with working(environment | {"FESTIVALS_DATABASE_ADDRESS": f"127.0.0.1:{port}"}) as worker:
        refused = await worker.get("/readyz")
        assert refused.status_code == 503
        assert refused.json()["database"] != "ready"
        assert (await worker.get("/healthz")).status_code == 200
        assert "festivals_worker_jobs_running 0" in (await worker.get("/metrics")).text
        async with way(database, port):
            await until(worker.ready, "it found the database")
            await issue(services, 2, "one")
            await until(lambda: queue.all_are(Task.DELIVER_TICKET, "succeeded"), "it works")

        async def noticed() -> bool:
            return not await worker.ready()

        await until(noticed, "it noticed that the database is away")
        assert (await worker.get("/healthz")).status_code == 200
        await issue(services, 2, "two")
        async with way(database, port):
            await until(worker.ready, "it came back")
            await until(lambda: queue.all_are(Task.DELIVER_TICKET, "succeeded"), "it works again")


async def test_before_the_migrations_it_waits(empty_database: Environment) -> None:
    async with working(empty_database) as worker:

        async def told() -> bool:
            return (await worker.get("/readyz")).status_code == 503

        await until(told, "it says that it is not ready")
        assert (await worker.get("/healthz")).status_code == 200
