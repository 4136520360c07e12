"""Pages and alerts that make incidents, written straight into a store, and people who work on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Connection, insert, select, update

from steward.model import Catalogue
from steward.oncall.domain.states import PageState, ResponseState, SourceState
from steward.oncall.domain.timeline import Entry
from steward.oncall.services import export, incident_work, incidents, timeline
from steward.oncall.services.export import Report
from steward.oncall.services.incident_work import Draft, Edit
from steward.oncall.store.database import Store
from steward.oncall.store.events import record
from steward.oncall.store.incidents import IncidentRow
from steward.oncall.store.tables import alert, event, page
from steward.testing.oncall import SHOP, MovableClock

PROMETHEUS = "http://prometheus.example"
TILLS = Draft("Tills are slow", "warning")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page and the incident that it opened."""

    page: int
    incident: int


@dataclass(slots=True)
class IncidentDesk:
    """People and alerts at work on incidents."""

    store: Store
    clock: MovableClock
    catalogue: Catalogue = SHOP
    generator_url: str = f"{PROMETHEUS}/graph?g0.expr=up%20%3D%3D%200&g0.tab=1"
    """Of the alerts to come."""
    _numbers: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    def page(self, name: str = "APIDown", *, team: str = "sre", severity: str = "critical", **labels: str) -> int:
        """Open a page with one alert, and let incidents know if it is critical."""
        now, number = self.clock(), self._numbers()
        with self.store.write() as connection:
            page_id = connection.execute(
                insert(page)
                .values(
                    key=f"{severity}:{team}:{name}:{number}",
                    title=f"{name} is wrong",
                    severity=severity,
                    team=team,
                    policy=[],
                    state=PageState.OPEN,
                    opened_at=now,
                    counted_from=now,
                    step=0,
                    alerts_total=1,
                    alerts_firing=1,
                    dedup_key="",
                )
                .returning(page.c.id)
            ).scalar_one()
            self._alert(connection, page_id, name, team, severity, labels)
            record(connection, "page.opened", f"{name} is wrong", at=now, page_id=page_id)
            if severity == "critical":
                incidents.page_opened(connection, page_id, now=now, catalogue=self.catalogue)
        return int(page_id)

    def joins(self, page_id: int, name: str = "APIDown", **labels: str) -> None:
        """Let another alert of a page fire."""
        with self.store.write() as connection:
            self._alert(connection, page_id, name, "sre", "critical", labels)
            incidents.page_changed(connection, page_id, now=self.clock(), catalogue=self.catalogue)

    def _alert(
        self, connection: Connection, page_id: int, name: str, team: str, severity: str, labels: Mapping[str, str]
    ) -> None:
        now = self.clock()
        values = {
            "source": "alertmanager",
            "fingerprint": f"{self._numbers():016x}",
            "name": name,
            "severity": severity,
            "team": team,
            "labels": {"alertname": name, **labels},
            "annotations": {"summary": f"{name} is wrong"},
            "generator_url": self.generator_url,
            "starts_at": now,
            "source_state": SourceState.FIRING,
            "response_state": ResponseState.OPEN,
            "first_seen": now,
            "last_seen": now,
            "page_id": page_id,
        }
        alert_id = connection.execute(insert(alert).values(**values).returning(alert.c.id)).scalar_one()
        record(connection, "alert.fired", f"{name} fires", at=now, alert_id=alert_id)

    def ends(self, page_id: int) -> None:
        """Let the alerts of a page be resolved."""
        self._set(page_id, {"source_state": SourceState.RESOLVED, "resolved_at": self.clock()})

    def closes(self, page_id: int) -> None:
        """Let a person resolve a page whose alerts fire still."""
        self._set(page_id, {"response_state": ResponseState.CLOSED})

    def _set(self, page_id: int, values: Mapping[str, object]) -> None:
        with self.store.write() as connection:
            connection.execute(update(alert).where(alert.c.page_id == page_id).values(**values))
            incidents.page_changed(connection, page_id, now=self.clock(), catalogue=self.catalogue)

    def passes(self, **duration: float) -> int:
        """Let time pass, and return how many incidents the tick changed."""
        now = self.clock.forward(timedelta(**duration))
        with self.store.write() as connection:
            return incidents.tick(connection, now=now, catalogue=self.catalogue)

    def opens(self, draft: Draft = TILLS) -> IncidentRow:
        """Let ann open an incident by hand."""
        with self.store.write() as connection:
            return incident_work.open_by_hand(
                connection, draft, actor="ann", now=self.clock(), catalogue=self.catalogue
            )

    def edits(self, incident_id: int, edit: Edit, *, version: int | None = None) -> IncidentRow:
        """Let ann change an incident, as of its present version if no other is given."""
        now = self.clock()
        with self.store.write() as connection:
            seen = version or incident_work.named(connection, incident_id).version
            return incident_work.edit(connection, incident_id, edit, version=seen, actor="ann", now=now)

    def notes(self, incident_id: int, text: str, at: datetime | None = None) -> None:
        """Let ann add to the timeline."""
        with self.store.write() as connection:
            timeline.add_note(connection, incident_id, text, actor="ann", now=self.clock(), at=at)

    def adds_item(self, incident_id: int, text: str, owner: str = "", *, done: bool = False) -> int:
        """Let ann add an action item."""
        now = self.clock()
        with self.store.write() as connection:
            item = incident_work.add_item(connection, incident_id, text, owner, actor="ann", now=now)
            if done:
                incident_work.mark_item(connection, incident_id, item.id, done=True, actor="ann", now=now)
        return item.id

    def attaches(self, incident_id: int, alert_id: int) -> None:
        """Let ann attach an alert."""
        with self.store.write() as connection:
            incident_work.attach(connection, incident_id, alert_id, actor="ann", now=self.clock())

    def detaches(self, incident_id: int, alert_id: int) -> None:
        """Let ann take an alert out."""
        with self.store.write() as connection:
            incident_work.detach(connection, incident_id, alert_id, actor="ann", now=self.clock())

    def incident(self, incident_id: int) -> IncidentRow:
        """Return an incident."""
        with self.store.read() as connection:
            return incident_work.named(connection, incident_id)

    def incident_of(self, page_id: int) -> int | None:
        """Return the incident of a page."""
        with self.store.read() as connection:
            found = connection.scalar(select(page.c.incident_id).where(page.c.id == page_id))
        return None if found is None else int(found)

    def alerts_of(self, page_id: int) -> list[tuple[int, int | None]]:
        """Return each alert of a page with its incident."""
        query = select(alert.c.id, alert.c.incident_id).where(alert.c.page_id == page_id).order_by(alert.c.id)
        with self.store.read() as connection:
            return [(row.id, row.incident_id) for row in connection.execute(query)]

    def timeline(self, incident_id: int) -> list[Entry]:
        """Return what happened."""
        with self.store.read() as connection:
            return timeline.of_incident(connection, incident_id)

    def report(self, incident_id: int) -> Report:
        """Return everything of an incident."""
        with self.store.read() as connection:
            return export.report(
                connection,
                incident_id,
                catalogue=self.catalogue,
                prometheus=PROMETHEUS,
                scale=1,
                now=self.clock(),
            )

    def kinds(self) -> list[str]:
        """Return the kinds of all events about incidents, in their order."""
        query = select(event.c.kind).where(event.c.kind.startswith("incident.")).order_by(event.c.id)
        with self.store.read() as connection:
            return list(connection.execute(query).scalars())
