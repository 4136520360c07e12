"""The console with people on call, something open, and a folder of runbooks."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from itertools import count

import httpx
import pytest
from sqlalchemy import select

from steward.instrument import Instruments
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.services import accounts, passwords
from steward.oncall.services.alerts import take_in
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.tables import alert as table
from steward.oncall.web.app import create
from steward.testing.incidents import Opened
from steward.testing.oncall import MONDAY, SHOP, MovableClock, fresh_store, incoming
from steward.testing.visitors import Visitors

_NUMBERS = count()
PASSWORD = "correct horse battery"
HOSTILE = '"><script>alert(1)</script>'
RUNBOOK = """\
---
title: API down
alerts: [APIDown]
severity: critical
owner: sre
---

# API down

Look at [another](target-down.md#fix) and <b>this</b>.

```promql
up == 0
```
"""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Give a service with people, runbooks, and APIDown firing; making its application takes a while."""
    folder = tmp_path_factory.mktemp("console")
    (folder / "runbooks").mkdir()
    (folder / "runbooks" / "api-down.md").write_text(RUNBOOK)
    (folder / "secret.md").write_text("secret")
    store, prometheus = fresh_store(folder), Prometheus("http://127.0.0.1:9")
    yield Context(
        settings=OnCallSettings(public_url="http://oncall.example:8090", runbooks=folder / "runbooks"),
        catalogue=SHOP,
        store=store,
        clock=MovableClock(),
        alertmanagers=Alertmanagers(()),
        prometheus=prometheus,
        metrics=OnCallMetrics(Instruments(COUNTED)),
        wake=lambda: None,
    )
    prometheus.close()
    store.close()


@pytest.fixture(scope="module")
def visitors(console: Context) -> Visitors:
    """Give visitors of the console; one of them may answer, and one may only look."""
    hashed = passwords.hashed(PASSWORD)
    with console.store.write() as connection:
        for name, role in (("ann", Role.RESPONDER), ("vic", Role.VIEWER)):
            accounts.add(connection, name, hashed, role, actor="test", now=MONDAY)
    return Visitors(create(console))


@pytest.fixture
def now(console: Context) -> datetime:
    """Let so much time pass that pages of other tests make no storm."""
    assert isinstance(console.clock, MovableClock)
    return console.clock.forward(timedelta(minutes=10))


@pytest.fixture
def opened(console: Context, now: datetime) -> Opened:
    """Let an alert of a service of its own fire, with hostile labels and links."""
    alert = incoming(
        "APIDown",
        starts_at=now,
        service=f"api-{next(_NUMBERS)}",
        path=HOSTILE,
        annotations={
            "summary": f"API down {HOSTILE}",
            "description": HOSTILE,
            "runbook_url": "javascript:alert(1)",
            "dashboard_url": "https://dashboards.example/d/api",
        },
    )
    with console.store.write() as connection:
        (change,) = take_in(connection, [alert], source="alertmanager", now=now, catalogue=SHOP)
        query = select(table.c.page_id, table.c.incident_id).where(table.c.id == change.alert_id)
        page, incident = connection.execute(query).one()
    return Opened(page, incident)


@pytest.fixture
async def stranger(visitors: Visitors) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser elsewhere, in which nobody is logged in."""
    async with visitors() as client:
        client.headers["Accept"] = "text/html,application/xhtml+xml"
        yield client


@pytest.fixture
async def ann(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give the browser of a responder who has logged in."""
    return await logged_in(stranger, "ann")


@pytest.fixture
async def vic(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give the browser of a viewer who has logged in."""
    return await logged_in(stranger, "vic")


async def logged_in(client: httpx.AsyncClient, name: str) -> httpx.AsyncClient:
    answer = await client.post("/login", data={"name": name, "password": PASSWORD, "next": "/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return client
