"""What fired and ended while on-call itself was away is in the history, from a real Prometheus' memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from steward.model.scrape import Collection
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.domain.fingerprints import fingerprint
from steward.oncall.prometheus import Prometheus
from steward.oncall.services.catch_up import fired_between
from steward.oncall.store.tables import alert, event, page
from steward.oncall.worker.reconcile import Comparer, Pace
from steward.testing.oncall import SHOP
from steward.testing.polling import eventually
from steward.testing.prometheus import prometheus_server

pytestmark = pytest.mark.slow

RULES = """\
groups:
- name: shop.alerts
  rules:
  - {alert: Blink, expr: "sum(count_over_time(up[1h])) < 6", labels: {severity: critical, team: sre}}
  - {alert: Stays, expr: "vector(1)", labels: {severity: critical, team: sre}}
  - {alert: Never, expr: "vector(1) > 1", labels: {severity: critical, team: sre}}
"""
STEP = timedelta(seconds=1)
CATALOGUE = replace(SHOP, collection=Collection(external_labels=(("cluster", "shop"),)))
BLINK = {"alertname": "Blink", "severity": "critical", "team": "sre", "cluster": "shop"}


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Prometheus]:
    """Give a Prometheus in which one alert fired at its first scrapes and has ended, and another fires."""
    with prometheus_server(tmp_path / "prometheus", RULES) as url:
        asked = Prometheus(url)
        fired = 'max_over_time(timestamp(ALERTS{alertname="Blink",alertstate="firing"})[1m:1s]) < time() - 5'
        eventually("Blink has fired and ended", lambda: asked.query(fired))
        yield asked
        asked.close()


def test_what_fired_and_ended_while_on_call_was_away_is_in_the_history(
    prometheus: Prometheus, context: Context
) -> None:
    now = datetime.now(UTC)
    since = now - timedelta(minutes=10)
    (found,) = fired_between(prometheus, since, now, catalogue=CATALOGUE, step=STEP)
    assert (found.labels, found.fingerprint, found.firing) == (BLINK, fingerprint(BLINK), False)
    assert found.ends_at is not None
    assert since < found.starts_at < found.ends_at < now
    assert fired_between(prometheus, now - 2 * STEP, now, catalogue=CATALOGUE, step=STEP) == []

    comparer = Comparer(_at_work(context, prometheus), Pace(every=STEP))
    clock = [since]
    comparer.context = replace(comparer.context, clock=lambda: clock[0])
    comparer.take_turn()
    for after in range(0, 6, 2):
        clock[0] = now + after * STEP
        comparer.take_turn()
    with context.store.read() as connection:
        (row,) = connection.execute(select(alert)).all()
        away = connection.scalars(select(event.c.text).where(event.c.kind == "oncall.away")).all()
        assert connection.scalar(select(func.count()).select_from(page)) == 0
    assert (row.name, row.source_state, row.fingerprint) == ("Blink", "resolved", fingerprint(BLINK))
    (said,) = away
    assert said.endswith("1 alert fired and ended")


def _at_work(context: Context, prometheus: Prometheus) -> Context:
    """Give it an Alertmanager that holds nothing."""

    def answer(request: httpx.Request) -> httpx.Response:
        status = request.url.path.endswith("/status")
        return httpx.Response(200, json={"uptime": "2026-01-01T00:00:00Z"} if status else [])

    empty = Alertmanagers(("http://am",), httpx.Client(transport=httpx.MockTransport(answer)))
    return replace(context, catalogue=CATALOGUE, prometheus=prometheus, alertmanagers=empty)
