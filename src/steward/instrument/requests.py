"""The series that one request is counted in, found by one look and counted in by one call."""

from bisect import bisect_left
from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from steward.instrument.handles import INTERPRETER_LOCKS, BoundCounter, BoundHistogram
from steward.instrument.instruments import Instruments
from steward.instrument.shape import allowed, label_of
from steward.model import Counter, Histogram

_REMEMBERED = 4096
"""Series kept at hand; templates, methods and statuses are few, so more of them are a stranger's doing."""


class RequestLabels(NamedTuple):
    """Labels of the count of requests."""

    method: str
    path: str
    status: str


class RouteLabels(NamedTuple):
    """Labels of durations and sizes."""

    method: str
    path: str


class RequestSeries:
    """The series of requests that are alike in method, path and status."""

    __slots__ = ("_duration", "_requests", "_size")

    def __init__(self, requests: BoundCounter, duration: BoundHistogram, size: BoundHistogram | None) -> None:
        self._requests = requests
        self._duration = duration
        self._size = size

    def count(self, seconds: float, size: int, exemplar: Mapping[str, str] | None = None) -> None:
        """Count a request, how long it took, and the bytes of its response."""
        self._requests.inc(1.0, exemplar)
        self._duration.observe(seconds, exemplar)
        if self._size is not None:
            self._size.observe(size)


class QuickRequestSeries(RequestSeries):
    """The same at half the price, for where one operation of the interpreter is one for all threads.

    `bounds` are those of the buckets of durations and of sizes, each with one below all values: a histogram's
    numbers are its sum, then its buckets.
    """

    __slots__ = ("_duration_bounds", "_size_bounds")

    def __init__(
        self,
        requests: BoundCounter,
        duration: BoundHistogram,
        size: BoundHistogram | None,
        bounds: tuple[tuple[float, ...], tuple[float, ...]],
    ) -> None:
        super().__init__(requests, duration, size)
        self._duration_bounds, self._size_bounds = bounds

    def count(self, seconds: float, size: int, exemplar: Mapping[str, str] | None = None) -> None:
        """Count a request, how long it took, and the bytes of its response."""
        if exemplar is not None:
            super().count(seconds, size, exemplar)
            return
        requests, duration, sizes = self._requests, self._duration, self._size
        requests.cells[requests.at] += 1.0
        cells, at = duration.cells, duration.at
        cells[at] += seconds
        cells[at + bisect_left(self._duration_bounds, seconds)] += 1.0
        if sizes is not None:
            cells, at = sizes.cells, sizes.at
            cells[at] += size
            cells[at + bisect_left(self._size_bounds, size)] += 1.0


class RequestFamilies:
    """All series of the metrics that requests are counted in."""

    def __init__(
        self, instruments: Instruments, requests: Counter, duration: Histogram, size: Histogram | None
    ) -> None:
        self._requests = instruments.counter(requests, RequestLabels)
        self._duration = instruments.histogram(duration, RouteLabels)
        self._size = instruments.histogram(size, RouteLabels) if size else None
        self._method = label_of(requests, "method")
        self._bounds = ((-inf, *duration.buckets), (-inf, *size.buckets) if size else ())
        self.known: dict[tuple[str, str, int], RequestSeries] = {}
        """By path, method and status, as `of` takes them."""

    def of(self, path: str, method: str, status: int) -> RequestSeries:
        """Return the series of such requests; a negative status is counted as its amount, and without a size."""
        method = allowed(self._method, method)
        key = (path, method, status)
        series = self.known.get(key)
        if series is None:
            series = self._made(path, method, status)
            if len(self.known) < _REMEMBERED:
                self.known[key] = series
        return series

    def _made(self, path: str, method: str, status: int) -> RequestSeries:
        requests = self._requests.labels(method=method, path=path, status=str(abs(status)))
        durations = self._duration.labels(method=method, path=path)
        sizes = self._size.labels(method=method, path=path) if self._size and status > 0 else None
        if INTERPRETER_LOCKS:
            return QuickRequestSeries(requests, durations, sizes, self._bounds)
        return RequestSeries(requests, durations, sizes)
