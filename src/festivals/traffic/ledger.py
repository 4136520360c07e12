"""What came of the requests, counted as it happens: by operation, by kind of failure, by interval."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from festivals.traffic.histogram import Histogram

Failure = Literal["timeout", "connection", "malformed"]
"""Why there is no answer to read: none in time, no connection or a broken one, not what the API promises."""

ErrorClass = Literal["refused", "server", "unexpected", "timeout", "connection", "malformed", "given up"]
"""`refused` is a 4xx, `server` a 5xx, `unexpected` another status, `given up` an intention that came too late."""

ERROR_CLASSES: tuple[ErrorClass, ...] = (
    "refused",
    "server",
    "unexpected",
    "timeout",
    "connection",
    "malformed",
    "given up",
)

Outcome = int | Failure
"""The status of the answer, or why there is none."""


@dataclass(slots=True)
class Tally:
    """Requests of one kind: how they ended and how long they took."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    latencies: Histogram = field(default_factory=Histogram)

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self.outcomes.total()

    def errors(self) -> dict[ErrorClass, int]:
        """Return how many ended in each class of error; every class is there."""
        counts: dict[ErrorClass, int] = dict.fromkeys(ERROR_CLASSES, 0)
        for outcome, number in self.outcomes.items():
            error = error_class(outcome)
            if error:
                counts[error] += number
        return counts


class Ledger:
    """Everything a run reports about itself."""

    def __init__(self) -> None:
        self.operations: dict[str, Tally] = {}
        self.transactions: Counter[tuple[str, str]] = Counter()
        """(type, status), as the platform is to count them: without the answers it repeats."""
        self.scans: Counter[str] = Counter()
        self.resent: Counter[str] = Counter()
        """Requests sent again, by `retried` (no answer came) and `replayed` (answered from memory)."""
        self.given_up = 0
        self.skipped = 0
        """Intentions that had nothing to act on, e.g. a refund without a purchase."""
        self._interval = Interval()

    def record(self, operation: str, outcome: Outcome, seconds: float) -> None:
        """Count a request that ended; a lost connection has no latency worth the name."""
        for tally in (self.operations.setdefault(operation, Tally()), self._interval.tally):
            tally.outcomes[outcome] += 1
            if outcome != "connection":
                tally.latencies.record(seconds)

    def give_up(self) -> None:
        """Count an intention that was not acted on because its time was long over."""
        self.given_up += 1
        self._interval.given_up += 1

    def total(self) -> Tally:
        """Return all operations added up."""
        total = Tally()
        for tally in self.operations.values():
            total.outcomes.update(tally.outcomes)
            total.latencies.add(tally.latencies)
        return total

    def take_interval(self) -> "Interval":
        """Return what was counted since the last call."""
        interval, self._interval = self._interval, Interval()
        return interval


@dataclass(slots=True)
class Interval:
    """What happened between two lines of progress."""

    tally: Tally = field(default_factory=Tally)
    given_up: int = 0

    def errors(self) -> dict[ErrorClass, int]:
        """Return the errors of the interval by class."""
        return self.tally.errors() | {"given up": self.given_up}


def error_class(outcome: Outcome) -> ErrorClass | None:
    """Return the class of error that an outcome belongs to, None for a success."""
    if isinstance(outcome, str):
        return outcome
    if 200 <= outcome < 300:
        return None
    if 400 <= outcome < 500:
        return "refused"
    return "server" if outcome >= 500 else "unexpected"
