"""What the work of a database client is counted in."""

from dataclasses import dataclass
from typing import NamedTuple

from steward.instrument.shape import expect_labels, expect_summed
from steward.model import Counter, Gauge, Histogram


class QueryLabels(NamedTuple):
    """The labels of the counter of queries."""

    operation: str
    table: str
    status: str


class DurationLabels(NamedTuple):
    """The labels of the histogram of their durations."""

    operation: str
    table: str


class ErrorLabels(NamedTuple):
    """The labels of the counter of errors."""

    operation: str
    error_type: str


@dataclass(frozen=True, slots=True)
class SqlMetrics:
    """The metrics that statements, failures and connections are counted in."""

    queries: Counter
    """With labels operation, table, status (`success`, `error`)."""
    duration: Histogram
    """Seconds, with labels operation, table."""
    errors: Counter
    """With labels operation, error_type."""
    open: Gauge
    idle: Gauge
    in_use: Gauge

    def __post_init__(self) -> None:
        expect_labels(self.queries, *QueryLabels._fields)
        expect_labels(self.duration, *DurationLabels._fields)
        expect_labels(self.errors, *ErrorLabels._fields)
        for gauge in (self.open, self.idle, self.in_use):
            expect_summed(gauge)
