"""What a run says of itself: a line every few seconds, a table and a JSON object at its end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from festivals.traffic.histogram import Histogram
from festivals.traffic.ledger import ErrorClass, Interval, Ledger, Tally


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the intended sending to the answer; None while nothing was answered."""

    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None

    @classmethod
    def of(cls, histogram: Histogram) -> "Latency":
        """Read the quantiles of `histogram`."""
        return cls(*(_milliseconds(histogram.quantile(share)) for share in (0.5, 0.95, 0.99, 1.0)))


@dataclass(frozen=True, slots=True)
class Summary:
    """Requests of one kind."""

    requests: int
    outcomes: dict[str, int]
    """By status, or by why there was none."""
    errors: dict[ErrorClass, int]
    latency_ms: Latency

    @classmethod
    def of(cls, tally: Tally) -> "Summary":
        """Sum up `tally`."""
        outcomes = {str(outcome): number for outcome, number in sorted(tally.outcomes.items(), key=str)}
        return cls(tally.requests, outcomes, tally.errors(), Latency.of(tally.latencies))


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about a run that has ended."""

    seed: int
    visitors: int
    rate: int
    time_scale: float
    seconds: float
    days: int
    """Days played to their end."""
    festivals: tuple[str, ...]
    requests_per_second: float
    total: Summary
    operations: dict[str, Summary]
    transactions: dict[str, dict[str, int]]
    """By type, then by status."""
    scans: dict[str, int]
    retried: int
    replayed: int
    given_up: int
    skipped: int

    def as_json(self) -> dict[str, object]:
        """Return it as JSON knows it."""
        return asdict(self)


def transactions_by_type(ledger: Ledger) -> dict[str, dict[str, int]]:
    """Return the ledger's transactions nested by type and status, in the order of their names."""
    nested: dict[str, dict[str, int]] = {}
    for (kind, status), number in sorted(ledger.transactions.items()):
        nested.setdefault(kind, {})[status] = number
    return nested


def progress(moment: str, phase: str, inside: int, interval: Interval, seconds: float) -> str:
    """Write the line of one interval."""
    latency = Latency.of(interval.tally.latencies)
    return (
        f"{moment} {phase:<16} inside {inside:>5}  {interval.tally.requests / seconds:6.1f} requests/s"
        f"  p50 {_show(latency.p50)} p95 {_show(latency.p95)} p99 {_show(latency.p99)} ms"
        f"  {_errors(interval.errors())}"
    )


def lines(report: Report) -> Iterator[str]:
    """Yield the final report line by line."""
    yield (
        f"{report.total.requests} requests in {report.seconds:.1f} s, {report.requests_per_second:.1f} a second"
        f" (at most {report.rate}); {report.days} whole days"
    )
    yield f"{'':<20}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}  outcomes"
    for name, summary in [*sorted(report.operations.items()), ("total", report.total)]:
        yield _row(name, summary)
    for kind, statuses in report.transactions.items():
        yield f"{kind}: {_counts(statuses)}"
    yield f"scans: {_counts(report.scans)}"
    yield (
        f"errors: {_errors(report.total.errors | {'given up': report.given_up})};"
        f" sent again {report.retried}, answered from memory {report.replayed}, nothing to act on {report.skipped}"
    )


def _row(name: str, summary: Summary) -> str:
    latency = summary.latency_ms
    columns = "".join(f"{_show(value):>9}" for value in (latency.p50, latency.p95, latency.p99, latency.max))
    return f"{name:<20}{summary.requests:>9}{columns}  {_counts(summary.outcomes)}"


def _errors(errors: dict[ErrorClass, int]) -> str:
    return _counts({name: number for name, number in errors.items() if number}) or "no errors"


def _counts(counts: dict[str, int] | Counter[str] | dict[ErrorClass, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _show(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds:.1f}"
