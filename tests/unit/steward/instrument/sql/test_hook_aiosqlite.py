"""The hook on an asynchronous engine whose driver runs in a thread."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, exc, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from steward.instrument import Instruments, SqlMetrics, watch_engine
from steward.instrument.sql import dialect
from steward.model import OTHER, Counter, Gauge, Histogram, Label

Exposed = Callable[[Instruments], Awaitable[list[str]]]

OPERATION, TABLE = Label.closed("operation", "select", "insert", OTHER), Label.closed("table", "wallets", OTHER)
QUERIES = Counter("queries_total", "x", (OPERATION, TABLE, Label.closed("status", "success", "error")))
DURATION = Histogram("duration", "x", (OPERATION, TABLE), buckets=(60,))
ERRORS = Counter("errors_total", "x", (OPERATION, Label.closed("error_type", "integrity", OTHER)))
GAUGES = (Gauge("open", "x"), Gauge("idle", "x"), Gauge("in_use", "x"))
WALLETS = Table("wallets", MetaData(), Column("id", Integer, primary_key=True))


@pytest.mark.parametrize("by_events", [False, True])
async def test_statements_failures_and_connections(
    monkeypatch: pytest.MonkeyPatch, exposed: Exposed, *, by_events: bool
) -> None:
    if by_events:
        monkeypatch.setattr(dialect, "can_be_wrapped", lambda _engine: False)
    instruments = Instruments([QUERIES, DURATION, ERRORS, *GAUGES])
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(WALLETS.metadata.create_all)
    watch_engine(engine, instruments, SqlMetrics(QUERIES, DURATION, ERRORS, *GAUGES))

    async def read() -> None:
        async with engine.connect() as connection:
            await connection.execute(select(WALLETS))

    async with engine.begin() as connection:
        await connection.execute(WALLETS.insert(), [{"id": 1}, {"id": 2}])
        with pytest.raises(exc.IntegrityError):
            await connection.execute(WALLETS.insert(), [{"id": 1}])
    await asyncio.gather(read(), read(), read())
    async with engine.connect() as connection:
        with pytest.raises(exc.OperationalError):
            await connection.execute(text("SELECT * FROM missing"))
        assert {"open 1.0", "idle 0.0", "in_use 1.0"} <= set(await exposed(instruments))
    await engine.dispose()

    assert instruments.total(QUERIES, operation="insert", table="wallets", status="success") == 1
    assert instruments.total(QUERIES, operation="select", table="wallets", status="success") == 3
    assert instruments.total(QUERIES, status="error") == 2
    assert instruments.total(ERRORS, error_type="integrity") == 1
    assert instruments.total(ERRORS) == 2
    assert {"open 0.0", "idle 0.0", "in_use 0.0"} <= set(await exposed(instruments))
