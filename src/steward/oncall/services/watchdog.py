"""The dead-man's switch: an alert that always fires, and whose absence is paged.

If anything between Prometheus' rules and this service breaks, Watchdog stops arriving; nothing else would tell.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.model import Catalogue, Severity
from steward.oncall.services import paging
from steward.oncall.store import heartbeats
from steward.oncall.store.events import record

PAGE_KEY = "steward:watchdog"
"""The key of the page; no page of an alert has one without its severity in front."""


def heard(connection: Connection, *, now: datetime, catalogue: Catalogue) -> None:
    """Keep that the alert arrived; if it had been missing, close its page."""
    if catalogue.oncall is None or not catalogue.oncall.watchdog:
        return
    name, within = catalogue.oncall.watchdog, timedelta(seconds=catalogue.oncall.watchdog_within.seconds)
    if heartbeats.beat(connection, name, now=now, within=within):
        record(connection, "watchdog.heard", f"{name} arrives again", at=now)
        paging.close_page(connection, PAGE_KEY, now=now, catalogue=catalogue)


def look(connection: Connection, *, listening_since: datetime, now: datetime, catalogue: Catalogue) -> bool:
    """Open a page if the alert has stayed away for too long; return whether it did.

    Time in which this process did not listen, before `listening_since`, proves nothing and does not count.
    """
    if catalogue.oncall is None or not catalogue.oncall.watchdog:
        return False
    name, within = catalogue.oncall.watchdog, timedelta(seconds=catalogue.oncall.watchdog_within.seconds)
    heartbeats.expect(connection, name, now=now, within=within)
    beat = heartbeats.get(connection, name)
    if beat is None or now - max(beat.last_at, listening_since) <= within:
        return False
    if not heartbeats.miss(connection, name, now=now):
        return False
    _page(connection, f"{name} has not arrived since {beat.last_at:%Y-%m-%d %H:%M:%S} UTC", now, catalogue)
    return True


def _page(connection: Connection, what: str, now: datetime, catalogue: Catalogue) -> None:
    page_id = paging.open_page(
        connection,
        key=PAGE_KEY,
        title=f"{what}: alerts may not reach on-call",
        severity=Severity.CRITICAL.value,
        team=catalogue.teams[0].name,
        now=now,
        catalogue=catalogue,
    )
    record(
        connection,
        "watchdog.missing",
        f"{what}: Prometheus, its rules, Alertmanager or the way here is broken",
        at=now,
        page_id=page_id,
    )
