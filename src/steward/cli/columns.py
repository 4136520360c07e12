"""Text in columns, for the commands that list things."""

from collections.abc import Sequence
from datetime import datetime

from steward.cli.oncall_client import plain
from steward.cli.table import age


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines whose columns stand below their headings; what a terminal would obey is left out."""
    cells = [list(headings), *([plain(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    ]


def ago(moment: str, now: datetime) -> str:
    """Write how long ago a moment of the API was, e.g. `5 min`."""
    return age((now - datetime.fromisoformat(moment)).total_seconds())


def until(moment: str, now: datetime) -> str:
    """Write how far away a moment of the API is, e.g. `2 h`."""
    return age((datetime.fromisoformat(moment) - now).total_seconds())


def minute(moment: str) -> str:
    """Write a moment of the API for people, to the minute."""
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M %Z}"
