"""A desk at which a test works on-call by hand: alerts come in, time passes, deliveries go out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from steward.instrument import Instruments
from steward.model import Catalogue
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.deliver.verdict import Delivered, Verdict
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import PageState
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.services import paging, sending
from steward.oncall.services.alerts import take_in
from steward.oncall.settings import OnCallSettings
from steward.oncall.store import outbox, pages
from steward.oncall.store.database import Store
from steward.oncall.store.outbox import Delivery, OutboxRow
from steward.oncall.store.pages import Wanted
from steward.oncall.store.tables import event
from steward.testing.oncall import SHOP, MovableClock, incoming

DELIVERED = Delivered()


@dataclass(slots=True)
class Desk:
    """Every use case, in a transaction of its own, at the clock's time."""

    store: Store
    clock: MovableClock
    catalogue: Catalogue = SHOP
    owner: str = "one"
    arrived: list[OutboxRow] = field(default_factory=list)

    def hears(self, *alerts: IncomingAlert) -> None:
        with self.store.write() as connection:
            take_in(connection, alerts, source="alertmanager", now=self.clock.now, catalogue=self.catalogue)

    def fire(self, *names: str, **labels: Any) -> None:
        self.hears(*(incoming(name, starts_at=self.clock.now, **labels) for name in names))

    def end(self, *names: str, **labels: Any) -> None:
        self.hears(*(incoming(name, False, starts_at=self.clock.now, **labels) for name in names))

    def passes(self, **length: float) -> None:
        """Let time pass at once, then do what is due."""
        self.clock.forward(timedelta(**length))
        self.tick()

    def tick(self) -> list[float]:
        lags: list[float] = []
        while True:
            with self.store.write() as connection:
                done = paging.advance(connection, now=self.clock.now, catalogue=self.catalogue, limit=100)
            lags += done.lags
            if not done.more:
                return lags

    def act(self, name: str, page_id: int = 1, **more: Any) -> Page:
        with self.store.write() as connection:
            page = getattr(paging, name)(
                connection, page_id, actor="ann", now=self.clock.now, catalogue=self.catalogue, **more
            )
        assert isinstance(page, Page)
        return page

    def lease(self, limit: int = 100, owner: str | None = None) -> list[OutboxRow]:
        with self.store.write() as connection:
            return outbox.lease(connection, owner=owner or self.owner, now=self.clock.now, limit=limit)

    def mark(self, row: OutboxRow, verdict: Verdict = DELIVERED) -> None:
        with self.store.write() as connection:
            sending.mark(connection, row, verdict, now=self.clock.now)

    def send(self, verdict: Verdict = DELIVERED, **of_ways: Verdict) -> list[str]:
        """Send what may go out, until nothing may; return what was tried, as `kind way person`."""
        tried: list[str] = []
        while rows := self.lease(1):
            for row in rows:
                said = of_ways.get(row.way.value, verdict)
                tried.append(" ".join(filter(None, (row.kind.value, row.way.value, row.person))))
                self.arrived += [row] if isinstance(said, Delivered) else []
                self.mark(row, said)
        return tried

    def page(self, page_id: int = 1) -> Page:
        with self.store.read() as connection:
            return pages.get(connection, page_id)

    def open_pages(self) -> list[Page]:
        states = (PageState.OPEN, PageState.ACKNOWLEDGED)
        with self.store.read() as connection:
            return pages.find(connection, Wanted(states), limit=1_000)[::-1]

    def deliveries(self, page_id: int = 1) -> list[Delivery]:
        with self.store.read() as connection:
            return outbox.of_page(connection, page_id)

    def events(self, page_id: int = 1) -> Sequence[str]:
        with self.store.read() as connection:
            return (
                connection.execute(select(event.c.kind).where(event.c.page_id == page_id).order_by(event.c.id))
                .scalars()
                .all()
            )

    def texts(self, kind: str) -> Sequence[str]:
        with self.store.read() as connection:
            return (
                connection.execute(select(event.c.text).where(event.c.kind == kind).order_by(event.c.id))
                .scalars()
                .all()
            )

    def at(self, **length: float) -> datetime:
        return self.clock.now + timedelta(**length)


@pytest.fixture
def contexts() -> Iterator[Callable[..., Context]]:
    """Give a maker of the running service's parts around a desk's store and clock."""
    prometheus = Prometheus("http://127.0.0.1:9")
    alertmanagers = Alertmanagers(())

    def made(desk: Desk, wake: Callable[[], None] = lambda: None) -> Context:
        return Context(
            settings=OnCallSettings(public_url="http://oncall.example:8090", signing_key="signs links, in tests"),
            catalogue=desk.catalogue,
            store=desk.store,
            clock=desk.clock,
            alertmanagers=alertmanagers,
            prometheus=prometheus,
            metrics=OnCallMetrics(Instruments(COUNTED)),
            wake=wake,
        )

    yield made
    alertmanagers.close()
    prometheus.close()


@pytest.fixture
def desk(store: Store, clock: MovableClock) -> Desk:
    return Desk(store, clock)
