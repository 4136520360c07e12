"""What is marked in the charts of every catalogue."""

from steward.model.dashboard import Annotation, Tone

ALERTS_FIRING = Annotation(
    "Alerts",
    'max by (alertname, severity) (ALERTS{alertstate="firing",severity=~"critical|warning"})',
    "{{alertname}} ({{severity}})",
    Tone.BAD,
)
"""The alert that always fires has the severity `none` and is not among them."""

INCIDENTS_OPEN = Annotation(
    "Incidents",
    "max by (severity) (steward_oncall_incidents_open)",
    "a {{severity}} incident is open",
    Tone.WARNING,
)
