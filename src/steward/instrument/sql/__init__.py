"""Counting what a database client does: statements, failures, connections."""

from steward.instrument.sql.asyncpg_hook import watch_asyncpg
from steward.instrument.sql.hook import watch_engine
from steward.instrument.sql.metrics import SqlMetrics

__all__ = ["SqlMetrics", "watch_asyncpg", "watch_engine"]
