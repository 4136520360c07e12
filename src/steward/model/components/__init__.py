"""The services that most catalogues need, each as a `Service` to put into a catalogue.

They are named as users know them (`prometheus`, `alertmanager`, `redis-exporter`, …), since other services refer
to them by name.
"""

from steward.model.components.alertmanager import alertmanager
from steward.model.components.cadvisor import cadvisor
from steward.model.components.exporters import node_exporter, postgres_exporter, redis_exporter
from steward.model.components.grafana import grafana
from steward.model.components.loki import loki
from steward.model.components.oncall import oncall
from steward.model.components.postgres import postgres
from steward.model.components.prometheus import prometheus
from steward.model.components.redis import redis

__all__ = [
    "alertmanager",
    "cadvisor",
    "grafana",
    "loki",
    "node_exporter",
    "oncall",
    "postgres",
    "postgres_exporter",
    "prometheus",
    "redis",
    "redis_exporter",
]
