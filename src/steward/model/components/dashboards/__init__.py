"""Dashboards of what every catalogue has: its objectives, its on-call service, and its monitoring."""

from steward.model.components.dashboards.marks import ALERTS_FIRING, INCIDENTS_OPEN
from steward.model.components.dashboards.monitoring import monitoring_dashboard
from steward.model.components.dashboards.oncall import oncall_dashboard
from steward.model.components.dashboards.slos import slo_dashboard
from steward.model.components.dashboards.words import LATELY, SELDOM, UP_OR_DOWN

__all__ = [
    "ALERTS_FIRING",
    "INCIDENTS_OPEN",
    "LATELY",
    "SELDOM",
    "UP_OR_DOWN",
    "monitoring_dashboard",
    "oncall_dashboard",
    "slo_dashboard",
]
