"""The pages about alerts beside a real Prometheus and Alertmanager: why it fires, what a silence will match."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import utc_now
from steward.oncall.context import Context
from steward.oncall.prometheus import Prometheus
from steward.oncall.services.alerts import take_in
from steward.oncall.services.intake import SOURCE
from steward.oncall.web.app import create
from steward.testing.alertmanagers import AlertmanagerServer, alertmanager, firing
from steward.testing.forms import Document
from steward.testing.oncall import SHOP
from steward.testing.ports import free_port
from steward.testing.prometheus import prometheus_server
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

RULES = """\
groups:
- name: shop
  rules:
  - {alert: Busy, expr: 'label_replace(vector(0.9), "till", "a", "", "") > 0.8 and on () (vector(3) > 2)',
     labels: {severity: critical, team: sre}, annotations: {summary: "{{ $value | humanizePercentage }} busy"}}
  - {alert: Slow, expr: "vector(7) > 5", for: 1h, labels: {severity: warning, team: dba}}
  - {alert: Calm, expr: "vector(1) < 0.5", labels: {severity: info, team: sre}}
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A console with its neighbours."""

    context: Context
    alertmanager: AlertmanagerServer
    visitors: Visitors

    def told(self) -> None:
        """Let on-call know what Alertmanager holds."""
        now = self.context.clock()
        with self.context.store.write() as connection:
            take_in(connection, self.context.alertmanagers.alerts(), source=SOURCE, now=now, catalogue=SHOP)


@pytest.fixture(scope="module")
def watched(console: Context, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Give a console whose Prometheus and Alertmanager are real; two tills are down."""
    folder = tmp_path_factory.mktemp("neighbours")
    nobody = f"http://127.0.0.1:{free_port()}"
    with (
        prometheus_server(folder / "prometheus", RULES) as url,
        alertmanager(folder, webhook=nobody, token="none") as server,
    ):
        server.tell(firing("TillDown", till="a"), firing("TillDown", till="b"), firing("Busy", till="a"))
        context = replace(
            console,
            clock=utc_now,
            prometheus=Prometheus(url),
            alertmanagers=Alertmanagers((server.address,)),
        )
        yield Watched(context, server, Visitors(create(context)))
        context.prometheus.close()
        context.alertmanagers.close()


@pytest.fixture
async def eve(watched: Watched) -> AsyncIterator[httpx.AsyncClient]:
    """Give somebody at the machine itself, who may do everything."""
    async with watched.visitors.here() as client:
        client.headers["Accept"] = "text/html"
        yield client


async def read(client: httpx.AsyncClient, path: str) -> Document:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return Document(answer.text)


async def test_what_fires_and_what_is_pending_is_told_apart(eve: httpx.AsyncClient) -> None:
    shown = (await read(eve, "/alerts")).shown
    assert "Firing 1 Busy 90% busy critical sre" in shown
    assert "Pending 1 They fire when this lasts. Slow warning dba" in shown
    assert "Calm quiet info sre" in shown


async def test_why_an_alert_fires_is_shown_with_its_values(eve: httpx.AsyncClient) -> None:
    shown = (await read(eve, "/alerts/Busy")).shown
    assert "Why it fires firing 90% busy It is wrong while this is > 80 %" in shown
    assert "90 % till=a wrong" in shown
    assert "and only while this is > 2" in shown
    assert "3 all together it is" in shown
    pending = (await read(eve, "/alerts/Slow")).shown
    assert "It is about to fire pending" in pending
    assert "; it fires in 59 min" in pending
    assert "if that lasts" in pending
    assert "Why it is quiet quiet" in (await read(eve, "/alerts/Calm")).shown


async def test_a_silence_shows_what_it_will_match_and_then_keeps_it_quiet(
    eve: httpx.AsyncClient, watched: Watched
) -> None:
    watched.told()
    form = (await read(eve, "/alerts/TillDown")).form("/silences")
    typed = form.values | {"matchers": 'alertname="TillDown"\ntill="a"'}
    looked = Document((await eve.post("/silences/preview", data=typed)).text)
    assert "1 alert that fires is matched now" in looked.shown
    assert "till=b" not in looked.shown
    sent = looked.form("/silences").values | {"reason": "A new till comes"}
    assert (await eve.post("/silences", data=sent)).status_code == 303
    (made,) = active(watched.alertmanager)
    assert [(one["name"], one["value"]) for one in made["matchers"]] == [("alertname", "TillDown"), ("till", "a")]
    listed = (await read(eve, "/alerts")).shown
    assert "Silenced 1 TillDown" in listed
    assert "A new till comes" in (await read(eve, "/alerts/TillDown")).shown

    extension = next(one for one in (await read(eve, "/silences")).forms if one.action.endswith("/extend"))
    assert (await eve.post(extension.action, data=extension.values | {"duration": "1h"})).status_code == 303
    (longer,) = active(watched.alertmanager)
    assert longer["endsAt"] > made["endsAt"]

    end = next(one for one in (await read(eve, "/silences")).forms if one.action.endswith("/end"))
    assert (await eve.post(end.action, data=end.values)).status_code == 303
    assert active(watched.alertmanager) == []


async def test_what_was_silenced_in_alertmanager_itself_is_shown(eve: httpx.AsyncClient, watched: Watched) -> None:
    silence_id = watched.alertmanager.silence(alertname="Elsewhere")
    try:
        shown = (await read(eve, "/silences")).shown
        assert 'Made in Alertmanager itself alertname="Elsewhere" by hand' in shown
        assert "end it there" in shown
    finally:
        watched.alertmanager.unsilence(silence_id)


async def test_a_runbook_says_what_its_queries_say_now(eve: httpx.AsyncClient) -> None:
    page = await read(eve, "/runbooks/api-down")
    assert "up == 0 Nothing is like that now." in page.shown
    assert "/runbooks/api-down/queries/1" in page.links()
    assert (await read(eve, "/runbooks/api-down/values/1")).shown.startswith("Nothing is like that now.")
    assert "up == 0" in (await read(eve, "/runbooks/api-down/queries/1")).shown
    assert (await eve.get("/runbooks/api-down/queries/1/chart")).status_code == 200
    for path in ("values/2", "queries/2", "queries/2/chart"):
        assert (await eve.get(f"/runbooks/api-down/{path}")).status_code == 404, path


def active(server: AlertmanagerServer) -> list[dict[str, Any]]:
    return [one for one in server.silences() if one["status"]["state"] == "active"]
