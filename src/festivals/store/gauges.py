"""What is counted at each scrape, in one statement of index-only scans."""

from dataclasses import dataclass, field

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from festivals.domain.festival import FestivalStatus
from festivals.domain.wallet import WalletStatus
from festivals.store.tables import festivals, tickets, wallets


@dataclass(frozen=True, slots=True)
class Census:
    """How many there are now."""

    active_wallets: int
    inside: dict[str, int] = field(default_factory=dict)
    """People inside, by the id of each open festival."""


_WALLETS = select(literal(None).label("festival_id"), func.count()).where(wallets.c.status == WalletStatus.ACTIVE)
_INSIDE = (
    select(festivals.c.id, func.count(tickets.c.id))
    .outerjoin(tickets, (tickets.c.festival_id == festivals.c.id) & tickets.c.inside)
    .where(festivals.c.status == FestivalStatus.OPEN)
    .group_by(festivals.c.id)
)
_CENSUS = union_all(_WALLETS, _INSIDE)


async def take_census(connection: AsyncConnection) -> Census:
    """Count the active wallets and the people inside each open festival."""
    counts = {festival_id or "": int(number) for festival_id, number in await connection.execute(_CENSUS)}
    return Census(active_wallets=counts.pop(""), inside=counts)
