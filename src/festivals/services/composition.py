"""The use cases together, as a program that offers all of them holds them."""

from dataclasses import dataclass
from typing import Self

from festivals.services.clock import Clock, utc_now
from festivals.services.festivals import Festivals
from festivals.services.gates import Gates
from festivals.services.payments import Payments
from festivals.services.settlements import Settlements
from festivals.services.tickets import Tickets
from festivals.services.wallets import Wallets
from festivals.store.cache import Cache
from festivals.store.database import Database
from festivals.telemetry.business import BusinessMetrics


@dataclass(frozen=True, slots=True)
class Services:
    """Every use case, on one database and one cache."""

    festivals: Festivals
    wallets: Wallets
    payments: Payments
    tickets: Tickets
    gates: Gates
    settlements: Settlements

    @classmethod
    def on(cls, database: Database, cache: Cache, metrics: BusinessMetrics, clock: Clock = utc_now) -> Self:
        """Compose them."""
        return cls(
            Festivals(database, cache, clock),
            Wallets(database, metrics, clock),
            Payments(database, metrics, clock),
            Tickets(database, cache, metrics, clock),
            Gates(database, metrics, clock),
            Settlements(database),
        )
