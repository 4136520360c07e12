"""What Prometheus scrapes.

Grafana, Loki and cAdvisor have no inventory: none of them was at hand to harvest.
"""

from festivals.catalogue import admin, api, business, cache, database, worker
from steward.model import ScrapeJob

API = ScrapeJob(
    "festivals-api", "api", metrics=(*api.METRICS, *database.METRICS, *cache.METRICS, *business.METRICS)
)
ADMIN = ScrapeJob(
    "festivals-admin", "admin", metrics=(*admin.METRICS, *database.METRICS, *cache.METRICS, api.ERRORS)
)
WORKER = ScrapeJob("festivals-worker", "worker", metrics=(*worker.METRICS, *database.METRICS, api.ERRORS))

JOBS = (
    API,
    ADMIN,
    WORKER,
    ScrapeJob("prometheus", "prometheus", inventory="prometheus"),
    ScrapeJob("alertmanager", "alertmanager", inventory="alertmanager"),
    ScrapeJob("grafana", "grafana"),
    ScrapeJob("loki", "loki"),
    ScrapeJob("node-exporter", "node-exporter", inventory="node-exporter"),
    ScrapeJob("redis-exporter", "redis-exporter", inventory="redis-exporter"),
    ScrapeJob("postgres-exporter", "postgres-exporter", inventory="postgres-exporter"),
    ScrapeJob("cadvisor", "cadvisor"),
)
