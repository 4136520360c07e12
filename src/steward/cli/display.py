"""What a terminal shows while the stack runs in its foreground: a table that changes, or lines where it cannot."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import click

from steward.cli import table
from steward.stack.record import Phase, Record, ServiceRecord, Stage
from steward.stack.report import memory

_REFRESH_SECONDS = 1.0
_QUIET = frozenset({Phase.WAITING, Phase.PREPARING, Phase.STARTING, Phase.STOPPING, Phase.STOPPED})


class Display(Protocol):
    """Something that shows a record."""

    def update(self, record: Record) -> None:
        """Show what is new."""


@contextmanager
def display() -> Iterator[Display]:
    """Show the stack on stdout for as long as the block lasts."""
    if not sys.stdout.isatty():
        yield Lines()
        return
    with live_table() as shown:
        yield shown


class Lines:
    """One line for each service that gets into another state, and with `announce` the URLs once all is ready."""

    def __init__(self, *, announce: bool = True) -> None:
        self._begun = time.monotonic()
        self._seen: dict[str, Phase] = {}
        self._announces = announce

    def update(self, record: Record) -> None:
        """Write what has changed; a reader who has gone is no error."""
        with suppress(OSError):
            for service in record.services:
                if self._seen.get(service.name) is not service.state:
                    self._seen[service.name] = service.state
                    self._show(service)
            if record.stage is Stage.UP and self._announces:
                self._announces = False
                for line in url_lines(record):
                    click.echo(line)

    def _show(self, service: ServiceRecord) -> None:
        if service.state not in _QUIET:
            click.echo(f"{time.monotonic() - self._begun:6.1f} s  {service.name} {service.state.value}")


def url_lines(record: Record) -> list[str]:
    """Return where the services answer, one line each."""
    answering = [service for service in record.services if service.url]
    width = max((len(service.title) for service in answering), default=0)
    return [f"{service.title.ljust(width)}  {service.url}" for service in answering]


@contextmanager
def live_table() -> Iterator[Display]:
    """Show the table, redrawn at each change and each second."""
    # Read only here: it takes a tenth of a second, and most commands draw nothing.
    from rich.console import Group, RenderableType
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    def draw(record: Record | None) -> RenderableType:
        if record is None:
            return Text("starting ...")
        drawn = Table(*table.HEADINGS, box=None, pad_edge=False, header_style="bold")
        sizes, now = memory(record), time.time()
        for service in record.services:
            cells = table.row(service, sizes, now)
            drawn.add_row(cells[0], Text(cells[1], style=table.colour(service.state)), *cells[2:])
        below = url_lines(record) if record.stage is Stage.UP else [f"{record.stage.value} ..."]
        hint = "Ctrl-C again ends all at once" if record.stage is Stage.STOPPING else "Ctrl-C stops everything"
        return Group(drawn, Text("\n".join(["", *below, "", hint])))

    class LiveTable:
        latest: Record | None = None

        def update(self, record: Record) -> None:
            self.latest = record
            with suppress(OSError):
                live.update(draw(record), refresh=True)

        def redraw(self) -> None:
            while not ended.wait(_REFRESH_SECONDS):
                with suppress(OSError):
                    live.update(draw(self.latest), refresh=True)

    ended = threading.Event()
    shown = LiveTable()
    with Live(draw(None), auto_refresh=False, transient=True) as live:
        redrawing = threading.Thread(target=shown.redraw, daemon=True)
        redrawing.start()
        try:
            yield shown
        finally:
            ended.set()
            redrawing.join()
