"""A catalogue's metrics as live instruments of an application.

Two lines for any FastAPI or Starlette application:

    from steward.instrument import instrument
    instrument(app)

Or part by part, with metrics of one's own:

    instruments = Instruments(catalogue.metrics, directory=shared)
    application.add_middleware(MetricsMiddleware, instruments=instruments, metrics=HttpMetrics(...))
    application.router.routes.append(Route("/metrics", metrics_app(instruments)))
    watch_engine(engine, instruments, SqlMetrics(...))
    cache = watch_redis(redis, cache_name="tickets", instruments=instruments, metrics=CacheMetrics(...))
    created = instruments.counter(WALLETS_CREATED)
    purchases = instruments.counter(PURCHASES, PurchaseLabels)

Nothing here fails a request: what goes wrong while counting is logged once under `steward.instrument`.
"""

import importlib
from typing import TYPE_CHECKING

from steward.instrument.asgi import HttpMetrics, MetricsMiddleware
from steward.instrument.endpoint import metrics_app
from steward.instrument.handles import (
    BoundCounter,
    BoundGauge,
    BoundHistogram,
    Family,
)
from steward.instrument.instruments import Instruments
from steward.instrument.ready_made import CannotInstrument, http_metrics, instrument
from steward.instrument.routes import UNMATCHED
from steward.instrument.scrape import Samples, ScrapeReader
from steward.instrument.store import FolderUnusable
from steward.instrument.traceparent import trace_of

if TYPE_CHECKING:
    from steward.instrument.cache import CacheMetrics, watch_redis
    from steward.instrument.sql import SqlMetrics, watch_asyncpg, watch_engine

__all__ = [
    "UNMATCHED",
    "BoundCounter",
    "BoundGauge",
    "BoundHistogram",
    "CacheMetrics",
    "CannotInstrument",
    "Family",
    "FolderUnusable",
    "HttpMetrics",
    "Instruments",
    "MetricsMiddleware",
    "Samples",
    "ScrapeReader",
    "SqlMetrics",
    "http_metrics",
    "instrument",
    "metrics_app",
    "trace_of",
    "watch_asyncpg",
    "watch_engine",
    "watch_redis",
]

_LATE = {
    "CacheMetrics": "cache",
    "watch_redis": "cache",
    "SqlMetrics": "sql",
    "watch_engine": "sql",
    "watch_asyncpg": "sql",
}
"""What is read only when it is asked for: the clients that it watches take 12 MB of memory."""


def __getattr__(name: str) -> object:
    """Return one of those."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
