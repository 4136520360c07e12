"""What is marked in the charts: alerts, incidents, and programs that started anew."""

from steward.model import Annotation, Tone
from steward.model.components.dashboards import ALERTS_FIRING, INCIDENTS_OPEN

_START = "festivals_process_start_time_seconds"

DEPLOYS = Annotation(
    "Deploys",
    f"max by (job) (changes({_START}[5m])) > 0 or max by (job) (changes({_START}[$__rate_interval]))",
    "{{job}} started anew",
    Tone.NOTABLE,
)
"""A deployment and a crash both are a new start; which one it was, the log says.

A program that was away for less than 5 minutes counts, however close somebody looks.
"""

MARKS = (ALERTS_FIRING, INCIDENTS_OPEN, DEPLOYS)
