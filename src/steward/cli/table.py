"""The table of services, as plain text and as live display show it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from steward.stack.record import Phase, ServiceRecord

HEADINGS = ("SERVICE", "STATE", "PORT", "MEMORY", "RESTARTS", "SINCE")
_STATE = 1
Row = tuple[str, str, str, str, str, str]

_COLOURS = {Phase.UNHEALTHY: "red", Phase.CRASH_LOOPING: "red", Phase.FAILED: "red"}


def colour(phase: Phase) -> str:
    """Return the colour that says how a state is."""
    return _COLOURS.get(phase, "green" if phase.healthy else "yellow")


def row(service: ServiceRecord, memory: Mapping[str, int], now: float) -> Row:
    """Return one line of the table; `memory` is in bytes, `now` in seconds of Unix time."""
    size = memory.get(service.name)
    return (
        service.name,
        service.state.value,
        ", ".join(str(number) for number in service.ports.values()) or "-",
        megabytes(size) if size else "-",
        str(service.restarts),
        age(now - service.since),
    )


def lines(
    services: Sequence[ServiceRecord],
    memory: Mapping[str, int],
    now: float,
    paint: Callable[[str, Phase], str] = lambda text, _: text,
) -> list[str]:
    """Return the table as aligned text; `paint` colours a state."""
    rows = [row(service, memory, now) for service in services]
    widths = [max(len(cells[column]) for cells in (HEADINGS, *rows)) for column in range(len(HEADINGS))]
    aligned = [
        [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)] for cells in (HEADINGS, *rows)
    ]
    for cells, service in zip(aligned[1:], services, strict=True):
        cells[_STATE] = paint(cells[_STATE], service.state)
    return ["  ".join(cells).rstrip() for cells in aligned]


def megabytes(size: int) -> str:
    """Write a number of bytes for people."""
    return f"{size / 1024**2:.0f} MB"


def age(seconds: float) -> str:
    """Write a length of time for people, to about two digits."""
    seconds = max(0, int(seconds))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def timestamp(seconds: float) -> str:
    """Write Unix time as RFC 3339 does, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
