"""Scrape jobs: which metrics Prometheus fetches from which service."""

from dataclasses import dataclass

from steward.model.metric import Metric
from steward.model.service import Secret


@dataclass(frozen=True, slots=True)
class ScrapeJob:
    """One `job` of prometheus.yml."""

    name: str
    """The value of the `job` label."""
    service: str
    """Name of the service that answers."""
    port: str | None = None
    """Name of its port; the first one when None."""
    path: str = "/metrics"
    metrics: tuple[Metric, ...] = ()
    """The metrics of ours that it exposes."""
    inventory: str | None = None
    """Name of the inventory of what else it exposes, e.g. `node-exporter`."""
    token: Secret | None = None
    """What Prometheus proves itself with there; it must be among the secrets of the service `prometheus`."""


@dataclass(frozen=True, slots=True)
class Collection:
    """How Prometheus collects and keeps."""

    interval: int = 15
    """Seconds between two scrapes, and between two evaluations of a rule."""
    timeout: int = 10
    """Seconds until a scrape is given up; never more than the interval."""
    retention: str = "35d"
    """Longer than the longest window of an objective, which else silently means less."""
    retention_size: str = "50GB"
    external_labels: tuple[tuple[str, str], ...] = ()
