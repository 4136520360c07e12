"""How urgent an alert is."""

from enum import Enum


class Severity(Enum):
    """The value of the label `severity`."""

    CRITICAL = "critical"
    """Answered within 15 minutes, at any hour."""
    WARNING = "warning"
    """Answered within an hour."""
    INFO = "info"
    """Looked at on the next business day."""
    NONE = "none"
    """Never told to a person, e.g. an alert that always fires to prove that alerts arrive."""
