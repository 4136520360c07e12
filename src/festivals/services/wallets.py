"""Wallets: create, look at."""

from collections.abc import Sequence
from uuid import UUID

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.festival import FestivalStatus
from festivals.domain.identifiers import new_id
from festivals.domain.transaction import Transaction
from festivals.domain.wallet import Wallet, WalletStatus
from festivals.services.clock import Clock, utc_now
from festivals.store import festivals, transactions
from festivals.store import wallets as store
from festivals.store.database import Database
from festivals.telemetry.business import BusinessMetrics


class Wallets:
    """The use cases around a wallet, without the money that moves through it."""

    def __init__(self, database: Database, metrics: BusinessMetrics, clock: Clock = utc_now) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock

    async def create(self, festival_id: str, holder: str) -> Wallet:
        """Give `holder` an empty wallet; raises NotFound, Conflict for a closed festival."""
        now = self._clock()
        wallet = Wallet(new_id(now), festival_id, holder, WalletStatus.ACTIVE, 0, now, now)
        async with self._database.transaction() as connection:
            status = await festivals.rely_on_status(connection, festival_id)
            if status is None:
                raise NotFound(f"no festival is called {festival_id}")
            if status is FestivalStatus.CLOSED:
                raise Conflict(f"festival {festival_id} is closed; it gets no new wallets")
            await store.insert_wallet(connection, wallet)
        self._metrics.wallet_created()
        return wallet

    async def get(self, wallet_id: UUID) -> Wallet:
        """Return a wallet as it is now; raises NotFound."""
        async with self._database.reading() as connection:
            wallet = await store.find_wallet(connection, wallet_id)
        if wallet is None:
            raise NotFound(f"no wallet has the id {wallet_id}")
        return wallet

    async def history(self, wallet_id: UUID, *, limit: int, before: UUID | None = None) -> Sequence[Transaction]:
        """Return a wallet's transactions, the newest first; raises NotFound."""
        async with self._database.reading() as connection:
            if await store.find_wallet(connection, wallet_id) is None:
                raise NotFound(f"no wallet has the id {wallet_id}")
            return await transactions.list_of_wallet(connection, wallet_id, limit=limit, before=before)
