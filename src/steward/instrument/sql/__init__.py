"""Counting what SQLAlchemy does: statements, failures, connections."""

from steward.instrument.sql.hook import SqlMetrics, watch_engine

__all__ = ["SqlMetrics", "watch_engine"]
