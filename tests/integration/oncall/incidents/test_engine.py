"""Incidents as the paging engine makes them: from alerts that come in to the end of the quiet hour."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from steward.oncall.domain.states import IncidentStatus
from steward.oncall.services import incidents, paging, timeline
from steward.oncall.services.alerts import take_in
from steward.oncall.store import incidents as rows
from steward.oncall.store.database import Store
from steward.oncall.store.incidents import IncidentRow
from steward.oncall.store.tables import incident
from steward.testing.incidents import IncidentDesk
from steward.testing.oncall import SHOP, MovableClock, incoming

INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = IncidentStatus


def told(store: Store, clock: MovableClock, name: str, firing: bool = True, severity: str = "critical") -> None:
    alert = incoming(name, firing, starts_at=clock(), service="api", severity=severity)
    with store.write() as connection:
        take_in(connection, [alert], source="alertmanager", now=clock(), catalogue=SHOP)


def passes(store: Store, clock: MovableClock, **duration: float) -> None:
    now = clock.forward(timedelta(**duration))
    with store.write() as connection:
        paging.advance(connection, now=now, catalogue=SHOP, limit=100)
        incidents.tick(connection, now=now, catalogue=SHOP)


def kept(store: Store) -> list[IncidentRow]:
    with store.read() as connection:
        return rows.listed(connection, status=None, only_open=False, before=None, limit=10)


def test_from_the_first_alert_to_the_end_of_the_quiet_hour(store: Store, clock: MovableClock) -> None:
    told(store, clock, "APIDown")
    passes(store, clock, minutes=1)
    told(store, clock, "APIHighErrorRate")
    told(store, clock, "APISlow", severity="warning")
    (found,) = kept(store)
    assert found.status is INVESTIGATING
    with store.write() as connection:
        for page in (1, 2):
            paging.acknowledge(connection, page, actor="ann", now=clock(), catalogue=SHOP)
    told(store, clock, "APIDown", firing=False)
    told(store, clock, "APIHighErrorRate", firing=False)
    passes(store, clock, minutes=6)
    assert kept(store)[0].status is MONITORING
    passes(store, clock, minutes=61)
    assert kept(store)[0].status is RESOLVED
    with store.read() as connection:
        texts = [entry.text for entry in timeline.of_incident(connection, found.id)]
    expected = [
        "APIDown fires",
        "Telling the on-call engineer, Ann Alder",
        "Incident opened: APIDown",
        "APIHighErrorRate fires",
        "Page joined: APIHighErrorRate",
        "Acknowledged by ann (page 1)",
        "Acknowledged by ann (page 2)",
        "APIDown is resolved",
        "Status Monitoring: all its alerts are resolved",
        "Status Resolved: quiet since",
    ]
    seen = iter(texts)
    assert all(any(text.startswith(part) for text in seen) for part in expected), texts


def test_an_alert_that_flaps_is_one_incident(store: Store, clock: MovableClock) -> None:
    for _ in range(5):
        told(store, clock, "APIDown")
        passes(store, clock, minutes=1)
        told(store, clock, "APIDown", firing=False)
        passes(store, clock, minutes=1)
    assert len(kept(store)) == 1


@pytest.mark.slow
def test_replicas_that_open_at_once_open_one(postgres_store: Store, clock: MovableClock) -> None:
    desk, count = IncidentDesk(postgres_store, clock), 8
    together = threading.Barrier(count)

    def opens(number: int) -> None:
        together.wait()
        desk.page(f"Alert{number}", service="api")

    threads = [threading.Thread(target=opens, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (found,) = kept(postgres_store)
    assert found.version == count
    with postgres_store.read() as connection:
        assert len(rows.related_pages(connection, found.id)) == count
        assert connection.scalar(select(func.count()).select_from(incident)) == 1
