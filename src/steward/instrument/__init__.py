"""A catalogue's metrics as live instruments of an application.

    instruments = Instruments(catalogue.metrics, directory=shared)
    application.add_middleware(MetricsMiddleware, instruments=instruments, metrics=HttpMetrics(...))
    application.router.routes.append(Route("/metrics", metrics_app(instruments)))
    watch_engine(engine, instruments, SqlMetrics(...))
    cache = watch_redis(redis, cache_name="tickets", instruments=instruments, metrics=CacheMetrics(...))
    created = instruments.counter(WALLETS_CREATED)

Nothing here fails a request: what goes wrong while counting is logged once under `steward.instrument`.
"""

from steward.instrument.asgi import HttpMetrics, MetricsMiddleware
from steward.instrument.cache import CacheMetrics, watch_redis
from steward.instrument.endpoint import metrics_app
from steward.instrument.handles import (
    BoundCounter,
    BoundGauge,
    BoundHistogram,
    CounterHandle,
    GaugeHandle,
    HistogramHandle,
)
from steward.instrument.instruments import Instruments
from steward.instrument.routes import UNMATCHED
from steward.instrument.scrape import Samples, ScrapeReader
from steward.instrument.sql import SqlMetrics, watch_engine
from steward.instrument.store import FolderUnusable

__all__ = [
    "UNMATCHED",
    "BoundCounter",
    "BoundGauge",
    "BoundHistogram",
    "CacheMetrics",
    "CounterHandle",
    "FolderUnusable",
    "GaugeHandle",
    "HistogramHandle",
    "HttpMetrics",
    "Instruments",
    "MetricsMiddleware",
    "Samples",
    "ScrapeReader",
    "SqlMetrics",
    "metrics_app",
    "watch_engine",
    "watch_redis",
]
