"""A wallet: what a visitor has loaded and not spent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class WalletStatus(StrEnum):
    """Whether a wallet can be used."""

    ACTIVE = "active"
    EXPIRED = "expired"
    """Idle for too long; its balance stays and is owed to its holder."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """A wallet of one festival; its balance is never negative."""

    id: UUID
    festival_id: str
    holder: str
    status: WalletStatus
    balance_cents: int
    created_at: datetime
    last_used_at: datetime
