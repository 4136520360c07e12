"""Books statements under what they do and where, and failures under what they are."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.sql.compiler import Compiled

from steward.instrument.handles import BoundCounter, BoundHistogram
from steward.instrument.instruments import Instruments
from steward.instrument.notices import Notices
from steward.instrument.shape import allowed, label_of
from steward.instrument.sql.metrics import DurationLabels, ErrorLabels, QueryLabels, SqlMetrics
from steward.instrument.sql.statement import READ, Statement, of_compiled, of_text
from steward.model import OTHER

_TEXTS_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Series:
    """The series that statements of one operation on one table are counted in."""

    operation: str
    success: BoundCounter
    error: BoundCounter
    duration: BoundHistogram


class Account:
    """The series of one engine or pool; statements that say the same are found at the second time."""

    def __init__(self, instruments: Instruments, metrics: SqlMetrics) -> None:
        self._queries = instruments.counter(metrics.queries, QueryLabels)
        self._duration = instruments.histogram(metrics.duration, DurationLabels)
        self._errors = instruments.counter(metrics.errors, ErrorLabels)
        self._operation = label_of(metrics.queries, "operation")
        self._table = label_of(metrics.queries, "table")
        self._notices: Notices = instruments.notices
        self._series: dict[tuple[str, str], Series] = {}
        self._of_beginning = lru_cache(_TEXTS_REMEMBERED)(lambda text: self._of(of_text(text)))

    def of_text(self, text: str) -> Series:
        """Return the series of a statement that is known by its text only."""
        return self._of_beginning(text[:READ])

    def of_compiled(self, compiled: Compiled, text: str) -> Series:
        """Return the series of what SQLAlchemy built, and of `text` where it built nothing; nothing is kept."""
        statement = of_compiled(compiled)
        return self.of_text(text) if statement is None else self._of(statement)

    def failed(self, operation: str, error_type: str) -> None:
        """Count an error; `operation` is that of a series, or `other`."""
        self._errors.labels(operation=operation, error_type=error_type).inc()

    def uncounted(self, error: Exception, what: str = "a statement") -> None:
        """Say once that something could not be counted; whatever it was, it has been run."""
        self._notices.once(("sql", type(error)), "%s could not be counted", what, error=error)

    def _of(self, statement: Statement) -> Series:
        operation = allowed(self._operation, statement.operation)
        table = next((name for name in statement.tables if self._table.allows(name)), OTHER)
        series = self._series.get((operation, table))
        if series is None:
            series = self._series[operation, table] = Series(
                operation,
                success=self._queries.labels(operation=operation, table=table, status="success"),
                error=self._queries.labels(operation=operation, table=table, status="error"),
                duration=self._duration.labels(operation=operation, table=table),
            )
        return series
