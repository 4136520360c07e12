"""The hit ratio, made of the counters of hits and misses."""

from typing import NamedTuple

from festivals.catalogue import cache
from festivals.telemetry.watch import hit_ratio
from steward.instrument import Instruments


class CacheLabel(NamedTuple):
    cache_name: str


async def test_hit_ratio_is_the_share_of_reads_of_the_caches_that_were_read() -> None:
    instruments = Instruments(cache.METRICS)
    hits, misses = (instruments.counter(metric, CacheLabel) for metric in (cache.HITS, cache.MISSES))
    hits.labels(cache_name="festivals").inc(3)
    misses.labels(cache_name="festivals").inc()
    misses.labels(cache_name="attendance").inc(2)

    assert await hit_ratio(instruments)() == {cache.HIT_RATIO: {("festivals",): 0.75, ("attendance",): 0.0}}
