"""How punctual escalation is with many open pages: how late each step was committed after it was due.

    PYTHONPATH=bench .venv/bin/python -m oncall.timers

The pages are opened by the on-call service's own code in a fresh SQLite store. Then its tick and its sender run as
in the service, on one clock and one store, with channels that take every delivery at once. `spread` has the second
steps of all pages due within a minute, `at once` has them due at one instant, as after a short outage.
"""

import asyncio
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import click
from measure import Measured, report
from sqlalchemy import update

from steward.instrument import BoundHistogram, Instruments
from steward.model import Catalogue, Way
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import utc_now
from steward.oncall.context import Context
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.verdict import Delivered, Verdict
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.services import paging
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.database import Store
from steward.oncall.store.tables import outbox, page
from steward.oncall.wake import Wake
from steward.oncall.worker import tick
from steward.oncall.worker.sender import Sender
from steward.testing.oncall import SHOP, fresh_store

_AHEAD = timedelta(seconds=5)
_SPREAD_SECONDS = 60
_EACH = 500


@click.command()
@click.option("--pages", default=10_000, show_default=True, type=click.IntRange(1))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
def main(pages: int, rounds: int) -> None:
    """Measure, print and write the figures."""
    seconds: dict[str, list[tuple[float, float]]] = {"spread": [], "at once": []}
    for number in range(1, rounds + 1):
        for name, spread in (("spread", _SPREAD_SECONDS), ("at once", 0)):
            lags = sorted(asyncio.run(_round(pages, spread)))
            seconds[name].append((lags[len(lags) // 2], lags[int(len(lags) * 0.99)]))
            click.echo(f"round {number}/{rounds}  {name}: {len(lags)} steps, p99 {seconds[name][-1][1]:.3f} s")
    for index, title in enumerate(("timer lag median", "timer lag p99")):
        measured = [Measured(name, "s", tuple(one[index] for one in rows)) for name, rows in seconds.items()]
        report(title, measured, base="spread")
    click.echo(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most")


async def _round(pages: int, spread: float) -> list[float]:
    with _store() as store:
        lags = Lags()
        context = Context(
            settings=OnCallSettings(),
            catalogue=_calm(SHOP),
            store=store,
            clock=utc_now,
            alertmanagers=Alertmanagers(()),
            prometheus=Prometheus("http://127.0.0.1:9"),
            metrics=_counting(lags),
            wake=Wake(),
        )
        await asyncio.to_thread(_open, context, pages)
        await asyncio.to_thread(_set_due, store, pages, spread)
        await _until(context, lambda: len(lags.seconds) >= pages)
        return lags.seconds


async def _until(context: Context, done: Callable[[], bool]) -> None:
    stopping = asyncio.Event()
    sender = Sender(context, {way: Instant(way) for way in Way})
    loops = asyncio.gather(tick.run(context, stopping), sender.run(stopping))
    while not done():  # noqa: ASYNC110 - the loops are as they are in the service, and ring no bell for a bench
        await asyncio.sleep(0.1)
    stopping.set()
    await loops


def _calm(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue without storm control, so that there are as many pages as alerts."""
    assert catalogue.oncall is not None
    return replace(catalogue, oncall=replace(catalogue.oncall, storm_pages=1_000_000_000))


def _open(context: Context, pages: int) -> None:
    """Open warnings, which are told by one way; nobody waits for their first deliveries."""
    for start in range(0, pages, _EACH):
        with context.store.write() as connection:
            for number in range(start, min(start + _EACH, pages)):
                paging.open_page(
                    connection,
                    key=f"bench {number}",
                    title=f"Page {number}",
                    severity="warning",
                    team="sre",
                    now=utc_now(),
                    catalogue=context.catalogue,
                )
    with context.store.write() as connection:
        connection.execute(update(outbox).values(state="delivered", attempts=1, verdicts=1, ended_at=utc_now()))


def _set_due(store: Store, pages: int, spread: float) -> None:
    begin = datetime.now(UTC) + _AHEAD
    with store.write() as connection:
        for number in range(pages):
            due = begin + timedelta(seconds=spread * number / pages)
            connection.execute(update(page).where(page.c.id == number + 1).values(next_at=due))


@dataclass(frozen=True, slots=True)
class Instant:
    """A channel that takes everything at once."""

    way: Way

    async def send(self, _notification: Notification) -> Verdict:
        return Delivered()


@dataclass(slots=True)
class Lags:
    """A histogram that keeps every lag."""

    seconds: list[float] = field(default_factory=list)

    def observe(self, lag: float) -> None:
        self.seconds.append(lag)


def _counting(lags: Lags) -> OnCallMetrics:
    metrics = OnCallMetrics(Instruments(COUNTED))
    metrics.timer_lag = cast("BoundHistogram", lags)
    return metrics


@contextmanager
def _store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = fresh_store(Path(folder))
        try:
            yield store
        finally:
            store.close()


if __name__ == "__main__":
    main()
