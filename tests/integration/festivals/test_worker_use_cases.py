"""What the worker does, one use case at a time, on a real database."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text

from festivals.catalogue.jobs import WORKER_COUNTED
from festivals.domain.errors import Conflict, NotFound
from festivals.domain.ticket import TicketKind
from festivals.domain.transaction import Transaction, TransactionRefused, TransactionType
from festivals.services.books import audit
from festivals.services.composition import Services
from festivals.services.delivery import deliver
from festivals.services.expiry import expire_idle
from festivals.services.settling import BooksDisagree, add_up, settle
from festivals.services.sweep import ask_again
from festivals.settings import DatabaseSettings
from festivals.store.database import Database
from festivals.worker.chores import forget_finished
from festivals.worker.meter import JobMeter
from festivals.worker.rescue import rescue
from steward.instrument import Instruments

pytestmark = pytest.mark.slow

Environment = dict[str, str]
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=31)

_FESTIVALS = itertools.count()

amounts = st.integers(1, 400)
wallet_numbers = st.integers(0, 2)
histories = st.lists(
    st.tuples(st.sampled_from(list(TransactionType)), wallet_numbers, wallet_numbers, amounts), max_size=25
)


async def run(database: Database, statement: str, **values: object) -> list[tuple[object, ...]]:
    async with database.transaction() as connection:
        result = await connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


@dataclass(slots=True)
class Day:
    """A festival's day as a bookkeeper beside it writes it down."""

    services: Services
    festival: str
    wallets: list[UUID]
    booked: Counter[TransactionType] = field(default_factory=Counter)
    transactions: int = 0
    purchases: list[Transaction] = field(default_factory=list)

    async def happens(self, kind: TransactionType, wallet: int, other: int, cents: int) -> None:
        """Let one thing happen, and write it down when the platform says that it did."""
        payments, key = self.services.payments, uuid4().hex
        mine, theirs = self.wallets[wallet], self.wallets[other]
        try:
            if kind is TransactionType.TOP_UP:
                made = await payments.top_up(mine, cents, key=key)
            elif kind is TransactionType.PURCHASE:
                made = await payments.purchase(mine, cents, "bar", key=key)
                self.purchases.append(made.transaction)
            elif kind is TransactionType.TRANSFER and mine != theirs:
                made = await payments.transfer(mine, theirs, cents, key=key)
            elif kind is TransactionType.REFUND and self.purchases:
                made = await payments.refund(self.purchases[cents % len(self.purchases)].id, cents, key=key)
            else:
                return
        except TransactionRefused:
            return
        self.booked[kind] += made.transaction.amount_cents
        self.transactions += 1


async def a_day(services: Services) -> Day:
    festival = f"rock-{next(_FESTIVALS)}"
    await services.festivals.create(festival, "Rock", "EUR")
    await services.festivals.open(festival)
    return Day(services, festival, [(await services.wallets.create(festival, "Ann")).id for _ in range(3)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
async def test_a_settlement_is_what_the_ledger_says(
    history: list[tuple[TransactionType, int, int, int]], services: Services, database: Database
) -> None:
    day = await a_day(services)
    for kind, wallet, other, cents in history:
        await day.happens(kind, wallet, other, cents)
    await services.festivals.close(day.festival)
    settled = await settle(database, day.festival, NOW)
    assert settled.top_ups_cents == day.booked[TransactionType.TOP_UP]
    assert settled.purchases_cents == day.booked[TransactionType.PURCHASE]
    assert settled.refunds_cents == day.booked[TransactionType.REFUND]
    assert settled.transactions == day.transactions
    assert settled.top_ups_cents == settled.revenue_cents + settled.unspent_cents
    assert await settle(database, day.festival, LATER) == settled
    async with database.reading() as connection:
        assert await add_up(connection, day.festival, NOW) == settled
    assert (await audit(database)).sound


async def test_only_a_closed_festival_is_settled(services: Services, database: Database) -> None:
    with pytest.raises(NotFound):
        await settle(database, "nowhere", NOW)
    day = await a_day(services)
    with pytest.raises(Conflict):
        await settle(database, day.festival, NOW)


async def test_one_cent_too_many_and_nothing_is_settled(services: Services, database: Database) -> None:
    day = await a_day(services)
    await day.happens(TransactionType.TOP_UP, 0, 0, 100)
    await run(database, "UPDATE wallets SET balance_cents = 101 WHERE balance_cents = 100")
    await services.festivals.close(day.festival)
    with pytest.raises(BooksDisagree, match="101 cents"):
        await settle(database, day.festival, NOW)
    with pytest.raises(NotFound):
        await services.settlements.get(day.festival)


async def a_ticket(services: Services) -> UUID:
    day = await a_day(services)
    kind = await services.tickets.add_type(day.festival, "Day", TicketKind.DAY, 100, 5)
    return (await services.tickets.issue(day.festival, kind.id, "Ann")).id


async def test_a_ticket_is_delivered_once(services: Services, database: Database) -> None:
    ticket = await a_ticket(services)
    assert await deliver(database, ticket, NOW)
    assert not await deliver(database, ticket, LATER)
    assert (await services.tickets.get(ticket)).delivered_at == NOW
    with pytest.raises(NotFound):
        await deliver(database, uuid4(), NOW)


async def test_only_idle_wallets_of_closed_festivals_expire(services: Services, database: Database) -> None:
    closed, still_open = await a_day(services), await a_day(services)
    for day in (closed, still_open):
        await day.happens(TransactionType.TOP_UP, 0, 0, 100)
    await services.festivals.close(closed.festival)
    await run(database, "UPDATE wallets SET last_used_at = :at WHERE id = :id", at=LATER, id=closed.wallets[2])
    before = await audit(database)
    assert await expire_idle(database, LATER - timedelta(days=30)) == 2
    assert await expire_idle(database, LATER - timedelta(days=30)) == 0
    states = [(await services.wallets.get(wallet)).status for wallet in (*closed.wallets, *still_open.wallets)]
    assert states == ["expired", "expired", "active", "active", "active", "active"]
    assert (await services.wallets.get(closed.wallets[0])).balance_cents == 100
    assert await audit(database) == before
    assert before.sound


async def test_wallets_expire_in_batches_around_those_in_use(services: Services, database: Database) -> None:
    day = await a_day(services)
    await services.festivals.close(day.festival)
    async with database.transaction() as connection:
        await connection.execute(text("SELECT FROM wallets WHERE id = :id FOR UPDATE"), {"id": day.wallets[0]})
        assert await expire_idle(database, LATER, batch=1) == 2
    assert await expire_idle(database, LATER, batch=1) == 1


async def test_what_was_forgotten_is_asked_for_again_once(services: Services, database: Database) -> None:
    ticket = await a_ticket(services)
    day = await a_day(services)
    await services.festivals.close(day.festival)
    assert await ask_again(database, LATER) == 0, "their jobs are under way"
    await run(database, "DELETE FROM procrastinate_jobs")
    assert await ask_again(database, datetime.now(UTC)) == 0, "it is too early to worry"
    assert await ask_again(database, LATER) == 2
    assert await ask_again(database, LATER) == 0, "now they are under way"
    asked = await run(database, "SELECT task_name, args FROM procrastinate_jobs ORDER BY task_name")
    assert asked == [
        ("deliver_ticket", {"ticket_id": str(ticket)}),
        ("settle_festival", {"festival_id": day.festival}),
    ]
    await run(database, "DELETE FROM procrastinate_jobs")
    await deliver(database, ticket, NOW)
    await settle(database, day.festival, NOW)
    assert await ask_again(database, LATER) == 0, "both are done"


async def test_only_one_process_sweeps_at_a_time(services: Services, database: Database) -> None:
    await a_ticket(services)
    await run(database, "DELETE FROM procrastinate_jobs")
    async with database.transaction() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('festivals.sweep', 0))"))
        assert await ask_again(database, LATER) == 0
    assert await ask_again(database, LATER) == 1


@asynccontextmanager
async def queue(environment: Environment) -> AsyncIterator[App]:
    reached = DatabaseSettings.read(environment)
    pool = AsyncConnectionPool(
        kwargs={
            "host": reached.address.host,
            "port": reached.address.port,
            "dbname": reached.name,
            "user": reached.user,
        },
        open=False,
    )
    app = App(connector=PsycopgConnector())
    async with pool, app.open_async(pool):
        yield app


async def test_only_the_jobs_of_silent_workers_are_rescued(
    environment: Environment, services: Services, database: Database
) -> None:
    for _ in range(3):
        await a_ticket(services)
    ((alive,), (silent,)) = await run(
        database,
        "INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now()), (now() - interval '1 minute') RETURNING id",
    )
    jobs = [job for (job,) in await run(database, "SELECT id FROM procrastinate_jobs ORDER BY id")]
    for job, worker in zip(jobs, (alive, silent, None), strict=True):
        await run(
            database,
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :w WHERE id = :id",
            w=worker,
            id=job,
        )
    meter = JobMeter(Instruments(WORKER_COUNTED))
    async with queue(environment) as app:
        assert await rescue(app, database, meter, stalled_seconds=30) == 2
        assert await rescue(app, database, meter, stalled_seconds=30) == 0
    assert await run(database, "SELECT status, attempts FROM procrastinate_jobs ORDER BY id") == [
        ("doing", 0),
        ("todo", 1),
        ("todo", 1),
    ]
    assert await run(database, "SELECT id FROM procrastinate_workers") == [(alive,)]


async def test_finished_jobs_are_forgotten_after_a_day(
    environment: Environment, services: Services, database: Database
) -> None:
    for _ in range(4):
        await a_ticket(services)
    jobs = [job for (job,) in await run(database, "SELECT id FROM procrastinate_jobs ORDER BY id")]
    for job, state in zip(jobs, ("succeeded", "failed", "todo", "succeeded"), strict=True):
        await run(
            database,
            "UPDATE procrastinate_jobs SET status = CAST(:state AS procrastinate_job_status) WHERE id = :id",
            state=state,
            id=job,
        )
    await run(
        database, "UPDATE procrastinate_events SET at = at - interval '25 hours' WHERE job_id <> :id", id=jobs[-1]
    )
    async with queue(environment) as app:
        await forget_finished(app)
    left = [job for (job,) in await run(database, "SELECT id FROM procrastinate_jobs ORDER BY id")]
    assert left == jobs[2:]
