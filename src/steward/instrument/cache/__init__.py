"""Counting what a redis-py client does, as a cache."""

from steward.instrument.cache.account import CacheMetrics
from steward.instrument.cache.hook import watch_redis

__all__ = ["CacheMetrics", "watch_redis"]
