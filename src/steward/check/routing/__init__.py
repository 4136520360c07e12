"""Checks of routing: who is told of which alert, and which alerts keep others quiet.

They ask with Alertmanager's own semantics, for every label set that an alert can have as far as that is known.
"""

from steward.check.routing.findings import CHECKS, routing_findings
from steward.check.routing.labels import alert_labels
from steward.check.routing.subject import AlertLabels, RoutingSubject, subject_of
from steward.check.routing.tree import receivers_for

__all__ = [
    "CHECKS",
    "AlertLabels",
    "RoutingSubject",
    "alert_labels",
    "receivers_for",
    "routing_findings",
    "subject_of",
]
