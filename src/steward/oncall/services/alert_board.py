"""The alerts at a glance: what fires, what is about to, and what is kept quiet."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from steward.oncall.domain.states import ResponseState, SourceState
from steward.oncall.services.watching import Watched
from steward.oncall.store import alerts
from steward.oncall.store.alerts import AlertRow, Wanted

MOST = 2_000
"""Alerts that fire and that are looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert, with all of its series that are in the same state."""

    name: str
    severity: str
    team: str
    summary: str
    """As the source says it: it is not to be trusted."""
    since: datetime
    series: int
    page_id: int | None = None
    """The newest page about it that nobody resolved."""
    answered: bool = False
    """Somebody looks at it."""
    told: bool = True
    """Whether its source has told us; else only Prometheus says so."""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is not as it should be; the most urgent first."""

    firing: tuple[Line, ...]
    pending: tuple[Line, ...]
    silenced: tuple[Line, ...]


def board(
    connection: Connection, watched: Sequence[Watched], *, severities: Sequence[str], heartbeat: str
) -> Board:
    """Return how alerts stand; `heartbeat` is the name of the alert that always fires, which is left out."""
    rows = alerts.find(connection, Wanted(state=SourceState.FIRING), limit=MOST)
    others = [one for one in watched if one.name != heartbeat]
    loud = list(_kept(row for row in rows if not row.silenced))
    quiet = list(_kept(row for row in rows if row.silenced))
    known = {line.name for line in (*loud, *quiet)}
    loud += [line for line in _active(others, firing=True) if line.name not in known]

    def urgency(line: Line) -> tuple[int, str]:
        known = line.severity in severities
        return (severities.index(line.severity) if known else len(severities), line.name)

    return Board(
        tuple(sorted(loud, key=urgency)),
        tuple(sorted(_active(others, firing=False), key=urgency)),
        tuple(sorted(quiet, key=urgency)),
    )


def chosen(lines: Iterable[Line], names: Collection[str], *, team: str, severity: str, text: str) -> list[Line]:
    """Return the lines of a team and a severity that have the text, or that are among the names found by it."""
    wanted = text.casefold()
    return [
        one
        for one in lines
        if team in ("", one.team)
        and severity in ("", one.severity)
        and (one.name in names or wanted in f"{one.name} {one.summary}".casefold())
    ]


def _kept(rows: Iterable[AlertRow]) -> Iterator[Line]:
    ordered = sorted(rows, key=lambda row: row.name)
    for name, some in groupby(ordered, lambda row: row.name):
        found = list(some)
        paged = [row for row in found if row.page_id is not None and row.response_state != ResponseState.CLOSED]
        yield Line(
            name,
            found[0].severity,
            found[0].team,
            next((text for row in found if (text := row.annotations.get("summary", ""))), ""),
            min(row.starts_at for row in found),
            len(found),
            max((row.page_id for row in paged if row.page_id is not None), default=None),
            bool(paged) and all(row.response_state == ResponseState.ACKNOWLEDGED for row in paged),
        )


def _active(watched: Iterable[Watched], *, firing: bool) -> Iterator[Line]:
    for one in watched:
        found = [active for active in one.active if active.firing is firing]
        if found:
            since = min(active.since for active in found)
            yield Line(one.name, one.severity, one.team, one.summary, since, len(found), told=False)
