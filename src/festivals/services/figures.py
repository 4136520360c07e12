"""Figures that the read models share: transactions and scans, counted by how they ended."""

from dataclasses import dataclass

_LOW = 0.95
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Transactions:
    """Money movements that were asked for."""

    asked: int = 0
    succeeded: int = 0

    @property
    def success_ratio(self) -> float | None:
        """Share of them that succeeded, between 0 and 1; None when none was asked for."""
        return self.succeeded / self.asked if self.asked else None

    @property
    def low(self) -> bool:
        """Whether so many are refused that somebody should look; never said of a handful."""
        return self.asked >= _ENOUGH and self.succeeded < _LOW * self.asked


@dataclass(frozen=True, slots=True)
class Scans:
    """Scans at the gates."""

    made: int = 0
    refused: int = 0
    """Duplicate or invalid."""
