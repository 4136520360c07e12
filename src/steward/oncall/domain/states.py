"""The words in which states are kept and shown."""

from enum import StrEnum


class SourceState(StrEnum):
    """What Alertmanager says of an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"


class ResponseState(StrEnum):
    """What people did about an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class PageState(StrEnum):
    """Where a page stands."""

    OPEN = "open"
    """Nobody has said that they look at it: its policy goes on."""
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class OutboxState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    """It can never be delivered so; the reason is kept."""
    CANCELLED = "cancelled"
    """It is no longer needed: its page was answered before it had gone out."""


class Kind(StrEnum):
    """What a delivery says."""

    PAGE = "page"
    """Something is wrong; look at it."""
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REMINDER = "reminder"
    """A silence ends soon."""


class IncidentStatus(StrEnum):
    """Where an incident stands, in the words of the incident template."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class SilenceKind(StrEnum):
    """Why something shall be quiet."""

    SILENCE = "silence"
    MAINTENANCE = "maintenance"


class Role(StrEnum):
    """What an account or a token may do; each may do all that the ones before it may."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    ADMIN = "admin"

    def covers(self, other: "Role") -> bool:
        """Return whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)
