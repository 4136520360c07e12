"""Errors, counted where one becomes an answer or is swallowed."""

from enum import StrEnum
from typing import NamedTuple

from festivals.catalogue import api
from steward.instrument import Instruments


class ErrorType(StrEnum):
    """The kinds of error that are counted apart."""

    VALIDATION = "validation"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    UNAUTHORIZED = "unauthorized"
    DATABASE = "database"
    CACHE = "cache"
    TIMEOUT = "timeout"
    JOB = "job"
    INTERNAL = "internal"


class ErrorLabels(NamedTuple):
    """Of `ERRORS`."""

    type: str
    operation: str


class ErrorMetrics:
    """Counts errors."""

    def __init__(self, instruments: Instruments) -> None:
        self._errors = instruments.counter(api.ERRORS, ErrorLabels)

    def count(self, error_type: ErrorType, operation: str) -> None:
        """Count an error met in the use case `operation`."""
        self._errors.labels(type=error_type.value, operation=operation).inc()

    def cache_failed(self, operation: str) -> None:
        """Count a cache operation that failed and that the request did without."""
        self.count(ErrorType.CACHE, f"cache_{operation}")
