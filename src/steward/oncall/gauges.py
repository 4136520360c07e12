"""The gauges that are read from the store at each scrape."""

import asyncio
from collections.abc import Mapping

from steward.instrument import Samples, ScrapeReader
from steward.model import Gauge
from steward.model.components.oncall_metrics import SEVERITY
from steward.oncall.clock import Clock
from steward.oncall.metrics import INCIDENTS_OPEN, OUTBOX_AGE, PAGES_OPEN, STEP_OVERDUE, WATCHDOG_AGE
from steward.oncall.store.database import Store
from steward.oncall.store.figures import Figures, figures


def store_gauges(store: Store, *, clock: Clock, watchdog: str) -> ScrapeReader:
    """Return a reader of them; while the store is away they are absent."""

    def counted() -> Figures:
        with store.read() as connection:
            return figures(connection, now=clock(), watchdog=watchdog)

    async def read() -> Mapping[Gauge, Samples]:
        return _samples(await asyncio.to_thread(counted))

    return read


def _samples(seen: Figures) -> Mapping[Gauge, Samples]:
    samples: dict[Gauge, Samples] = {
        STEP_OVERDUE: {(): seen.step_overdue},
        OUTBOX_AGE: {(): seen.outbox_age},
        PAGES_OPEN: _by_severity(seen.pages_open),
        INCIDENTS_OPEN: _by_severity(seen.incidents_open),
    }
    if seen.watchdog_age is not None:
        samples[WATCHDOG_AGE] = {(): seen.watchdog_age}
    return samples


def _by_severity(counted: Mapping[str, int]) -> Samples:
    return {(severity,): counted.get(severity, 0) for severity in SEVERITY.values or ()}
