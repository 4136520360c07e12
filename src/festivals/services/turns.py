"""Taking turns: work that every process could do and only one should do at a time."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TRY = text("SELECT pg_try_advisory_xact_lock(hashtextextended('festivals.' || :work, 0))")


async def take_turn(connection: AsyncConnection, work: str) -> bool:
    """Tell whether it is this transaction's turn at `work`; it stays so until the transaction ends."""
    return bool(await connection.scalar(_TRY, {"work": work}))
