"""The escalation matrix as the platform's own catalogue says it: one alert of each team and severity."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from festivals.catalogue import CATALOGUE
from steward.instrument import Instruments
from steward.model import Alert, Person, Severity, Way
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.services import roster
from steward.oncall.store.database import Store
from steward.promql import hours, minutes
from steward.testing.oncall import MovableClock
from steward.testing.pager import LOUD, Pager
from steward.testing.receivers import Post, open_post

pytestmark = pytest.mark.slow

SATURDAY = datetime(2026, 3, 7, 22, 0, tzinfo=UTC)
MONDAY_AT_NINE = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
"""In Berlin."""


def alerts(severity: Severity) -> list[Alert]:
    """Return the first alert of each team that has that severity."""
    found = {one.team.name: one for one in reversed(CATALOGUE.alerts) if one.severity is severity}
    return list(found.values())


@pytest.fixture
def pager(sqlite_store: Store) -> Iterator[Pager]:
    clock = MovableClock(SATURDAY)
    prometheus = Prometheus("http://127.0.0.1:9")
    with open_post() as post:
        yield Pager(_context(sqlite_store, clock, prometheus, post), clock, post)
    prometheus.close()


@pytest.mark.parametrize("alert", alerts(Severity.CRITICAL), ids=lambda one: one.name)
def test_critical(pager: Pager, alert: Alert) -> None:
    pager.fire(alert.name, team=alert.team.name, severity="critical")
    pager.expects(on_call(pager, alert.team.name), by=LOUD)
    pager.forward(minutes(15))
    pager.expects(lead(alert), by=LOUD)
    pager.forward(minutes(15))
    pager.expects(head(), by=LOUD)
    pager.forward(hours(24))
    pager.expects_nothing()


@pytest.mark.parametrize("alert", alerts(Severity.WARNING), ids=lambda one: one.name)
def test_warning(pager: Pager, alert: Alert) -> None:
    pager.fire(alert.name, team=alert.team.name, severity="warning")
    pager.expects(on_call(pager, alert.team.name), by=[Way.SLACK])
    pager.forward(hours(1))
    pager.expects(lead(alert), by=[Way.SLACK])
    pager.forward(hours(24))
    pager.expects_nothing()


@pytest.mark.parametrize("team", sorted({slo.team.name for slo in CATALOGUE.slos}))
def test_info(pager: Pager, team: str) -> None:
    """Those are compiled from the objectives."""
    pager.fire("BudgetIsSpentSlowly", team=team, severity="info")
    pager.forward(hours(24))
    pager.expects_nothing()
    pager.until(MONDAY_AT_NINE)
    pager.expects(on_call(pager, team), by=[Way.EMAIL])
    pager.forward(hours(24))
    pager.expects_nothing()


def on_call(pager: Pager, team: str) -> Person:
    schedule = next(one.schedule for one in CATALOGUE.teams if one.name == team)
    with pager.context.store.read() as connection:
        person = roster.on_call(connection, schedule, at=pager.clock.now, catalogue=CATALOGUE)
    assert person is not None
    return person


def lead(alert: Alert) -> Person:
    assert alert.team.lead is not None
    return alert.team.lead


def head() -> Person:
    assert CATALOGUE.oncall is not None
    assert CATALOGUE.oncall.head is not None
    return CATALOGUE.oncall.head


def _context(store: Store, clock: MovableClock, prometheus: Prometheus, post: Post) -> Context:
    return Context(
        settings=post.settings(),
        catalogue=CATALOGUE,
        store=store,
        clock=clock,
        alertmanagers=Alertmanagers(()),
        prometheus=prometheus,
        metrics=OnCallMetrics(Instruments(COUNTED)),
        wake=lambda: None,
    )
