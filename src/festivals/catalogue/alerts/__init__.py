"""Alerts: one file a group, as their rules lie in prometheus/alerts/.

An alert with the label `symptom` is one of several on the same value: the critical one quiets the warning.
"""

from festivals.catalogue.alerts import api, business, database, infrastructure, monitoring, oncall, redis, worker

ALERT_GROUPS = (
    api.ALERTS,
    database.ALERTS,
    redis.ALERTS,
    business.ALERTS,
    infrastructure.ALERTS,
    worker.ALERTS,
    monitoring.ALERTS,
    oncall.ALERTS,
)
