"""Reads PromQL: expressions as trees whose parts know their places. It knows no catalogue."""

from steward.promql.duration import ZERO, Duration, days, hours, minutes, seconds
from steward.promql.errors import PromqlError
from steward.promql.parse import parse

__all__ = ["ZERO", "Duration", "PromqlError", "days", "hours", "minutes", "parse", "seconds"]
