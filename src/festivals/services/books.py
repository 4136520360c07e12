"""The books: whether every cent is where it should be."""

from festivals.domain.ledger import LedgerAudit
from festivals.store.database import Database
from festivals.store.ledger import audit_ledger


async def audit(database: Database) -> LedgerAudit:
    """Add up the whole ledger at one moment; it reads every row, so not on a busy system."""
    async with database.reading() as connection:
        return await audit_ledger(connection)
