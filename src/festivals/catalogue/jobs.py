"""What Prometheus scrapes.

Grafana, Loki and cAdvisor have no inventory: none of them was at hand to harvest.
"""

from festivals.catalogue import admin, api, business, cache, database, process, worker
from steward.model import ScrapeJob
from steward.model.components import oncall_metrics
from steward.model.components.oncall import WEBHOOK_TOKEN

API = ScrapeJob(
    "festivals-api",
    "api",
    metrics=(*api.METRICS, *database.METRICS, *cache.METRICS, *business.METRICS, *process.METRICS),
)
ADMIN = ScrapeJob(
    "festivals-admin",
    "admin",
    metrics=(*admin.METRICS, *database.METRICS, *cache.METRICS, api.ERRORS, *process.METRICS),
)
WORKER = ScrapeJob(
    "festivals-worker", "worker", metrics=(*worker.METRICS, *database.METRICS, api.ERRORS, *process.METRICS)
)

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
