"""What Prometheus scrapes.

Grafana, Loki and cAdvisor have no inventory: none of them was at hand to harvest.
"""

from festivals.catalogue import admin, api, business, cache, database, process, worker
from steward.model import ScrapeJob
from steward.model.components import instrument_metrics, oncall_metrics, process_metrics
from steward.model.components.oncall import WEBHOOK_TOKEN

API_COUNTED = (*api.METRICS, *database.METRICS, *cache.METRICS, *business.METRICS, *process.METRICS)
"""What the API counts; its processes share a folder."""
ADMIN_COUNTED = (*admin.METRICS, *database.METRICS, *cache.METRICS, api.ERRORS, *process.METRICS)
"""What the admin dashboard counts."""
WORKER_COUNTED = (*worker.METRICS, *database.METRICS, api.ERRORS, *process.METRICS)
"""What the worker counts."""

_OF_ONE_PROCESS = (*instrument_metrics.METRICS, *process_metrics.METRICS)

API = ScrapeJob(
    "festivals-api",
    "api",
    metrics=(*API_COUNTED, *instrument_metrics.METRICS, *process_metrics.METRICS_BY_WORKER),
)
ADMIN = ScrapeJob("festivals-admin", "admin", metrics=(*ADMIN_COUNTED, *_OF_ONE_PROCESS))
WORKER = ScrapeJob("festivals-worker", "worker", metrics=(*WORKER_COUNTED, *_OF_ONE_PROCESS))

JOBS = (
    API,
    ADMIN,
    WORKER,
    ScrapeJob("oncall", "oncall", metrics=oncall_metrics.METRICS, token=WEBHOOK_TOKEN),
    ScrapeJob("prometheus", "prometheus", inventory="prometheus"),
    ScrapeJob("alertmanager", "alertmanager", inventory="alertmanager"),
    ScrapeJob("grafana", "grafana"),
    ScrapeJob("loki", "loki"),
    ScrapeJob("node-exporter", "node-exporter", inventory="node-exporter"),
    ScrapeJob("redis-exporter", "redis-exporter", inventory="redis-exporter"),
    ScrapeJob("postgres-exporter", "postgres-exporter", inventory="postgres-exporter"),
    ScrapeJob("cadvisor", "cadvisor"),
)
