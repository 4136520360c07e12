"""A festival and the three states of its life."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from festivals.domain.errors import Conflict


class FestivalStatus(StrEnum):
    """A festival is planned, then open, then closed; there is no way back."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival; its wallets, tickets and money belong to it alone."""

    id: str
    """A slug that its creator chose."""
    name: str
    currency: str
    """ISO 4217."""
    status: FestivalStatus
    created_at: datetime
    opened_at: datetime | None = None
    closed_at: datetime | None = None

    def opened(self, now: datetime) -> "Festival":
        """Return it open; raises Conflict unless it was planned."""
        if self.status is not FestivalStatus.PLANNED:
            raise Conflict(f"festival {self.id} is {self.status}; only a planned one can be opened")
        return replace(self, status=FestivalStatus.OPEN, opened_at=now)

    def closed(self, now: datetime) -> "Festival":
        """Return it closed; raises Conflict unless it was open."""
        if self.status is not FestivalStatus.OPEN:
            raise Conflict(f"festival {self.id} is {self.status}; only an open one can be closed")
        return replace(self, status=FestivalStatus.CLOSED, closed_at=now)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a closed festival took and owes, in cents."""

    festival_id: str
    top_ups_cents: int
    purchases_cents: int
    refunds_cents: int
    unspent_cents: int
    """What is left in its wallets, owed to their holders."""
    transactions: int
    """How many succeeded."""
    settled_at: datetime

    @property
    def revenue_cents(self) -> int:
        """What the stalls took, refunds deducted."""
        return self.purchases_cents - self.refunds_cents
