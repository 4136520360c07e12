"""A latency histogram of fixed relative precision: small however many values it holds, and easy to add up.

As in HdrHistogram a bucket is a power of two cut into equal parts, here 128, so a quantile is at most 0.8 % above
the true one.
"""

import math
from collections import Counter

_PARTS_BITS = 7
_PER_SECOND = 1_000_000


class Histogram:
    """Counts durations in seconds with a resolution of a microsecond."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self.count = 0
        self.longest = 0.0

    def record(self, seconds: float) -> None:
        """Count one duration; a negative one counts as 0."""
        self._counts[_bucket(max(round(seconds * _PER_SECOND), 0))] += 1
        self.count += 1
        self.longest = max(self.longest, seconds)

    def add(self, other: "Histogram") -> None:
        """Count everything that `other` has counted."""
        self._counts.update(other._counts)
        self.count += other.count
        self.longest = max(self.longest, other.longest)

    def quantile(self, share: float) -> float | None:
        """Return the seconds that `share` of the durations do not exceed, None while there are none."""
        rank = max(math.ceil(share * self.count), 1)
        for bucket in sorted(self._counts):
            rank -= self._counts[bucket]
            if rank <= 0:
                return min(_upper_bound(bucket) / _PER_SECOND, self.longest)
        return None


def _bucket(value: int) -> int:
    """Return the number of the bucket of `value`; numbers ascend with values."""
    shift = max(value.bit_length() - _PARTS_BITS - 1, 0)
    return (shift << _PARTS_BITS) + (value >> shift)


def _upper_bound(bucket: int) -> int:
    """Return the greatest value of a bucket."""
    shift = max((bucket >> _PARTS_BITS) - 1, 0)
    parts = bucket - (shift << _PARTS_BITS)
    return ((parts + 1) << shift) - 1
