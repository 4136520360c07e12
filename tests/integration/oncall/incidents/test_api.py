"""Incidents over HTTP."""

from typing import Any

import httpx
import pytest

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.services import tokens
from steward.oncall.web.app import create
from steward.testing.incidents import IncidentDesk
from steward.testing.oncall import MovableClock
from steward.testing.visitors import Visitors

API = "/api/v1/monitoring/incidents"


@pytest.fixture
def desk(context: Context, clock: MovableClock) -> IncidentDesk:
    return IncidentDesk(context.store, clock)


async def asked(client: httpx.AsyncClient, method: str, path: str = "", **body: Any) -> Any:
    answer = await client.request(method, API + path, json=body or None)
    assert answer.is_success, answer.text
    return answer.json()


async def test_incidents_are_listed_the_newest_first_page_by_page(
    client: httpx.AsyncClient, desk: IncidentDesk
) -> None:
    ids = [desk.opens().id for _ in range(5)]
    seen, query = [], {"limit": 2}
    while True:
        answer = (await client.get(API, params=query)).json()
        seen += [one["id"] for one in answer["incidents"]]
        if answer["next"] is None:
            break
        query["before"] = answer["next"]
    assert seen == ids[::-1]


async def test_only_open_ones_or_those_of_one_status(client: httpx.AsyncClient, desk: IncidentDesk) -> None:
    first, second = desk.opens(), desk.opens()
    await asked(client, "PATCH", f"/{first.id}", version=1, status="resolved")
    for query, expected in (({"open": "true"}, second.id), ({"status": "resolved"}, first.id)):
        answer = (await client.get(API, params=query)).json()
        assert [one["id"] for one in answer["incidents"]] == [expected]


async def test_one_is_opened_worked_on_and_read(client: httpx.AsyncClient, desk: IncidentDesk) -> None:
    opened = await asked(client, "POST", title="Tills are slow", severity="warning", team="sre")
    path = f"/{opened['id']}"
    assert (opened["status"], opened["opened_by"], opened["version"]) == ("investigating", "local", 1)
    changed = await asked(client, "PATCH", path, version=1, status="identified", root_cause="Disk full")
    assert (changed["status"], changed["version"]) == ("identified", 2)
    ((alert_id, _),) = desk.alerts_of(desk.page("APISlow", severity="warning"))
    await asked(client, "PUT", f"{path}/alerts/{alert_id}")
    await asked(client, "POST", f"{path}/timeline", text="Cleaned **up**", at="2026-03-02T09:59:00Z")
    item = await asked(client, "POST", f"{path}/action-items", text="Alert on the disk", owner="bob")
    done = await asked(client, "PATCH", f"{path}/action-items/{item['id']}", done=True)
    assert done["done_at"] == "2026-03-02T10:00:00Z"
    whole = await asked(client, "GET", path)
    assert whole["root_cause"] == "Disk full"
    assert whole["timeline"][0] == {
        "at": "2026-03-02T09:59:00Z",
        "kind": "incident.noted",
        "actor": "local",
        "text": "Cleaned **up**",
        "note": "Cleaned **up**",
    }
    assert [one["name"] for one in whole["alerts"]] == ["APISlow"]
    assert whole["graphs"][0]["query"] == "up == 0"
    assert whole["action_items"] == [done]
    assert (await asked(client, "DELETE", f"{path}/alerts/{alert_id}"))["alerts"] == []


async def test_a_change_to_an_old_version_is_a_conflict(client: httpx.AsyncClient, desk: IncidentDesk) -> None:
    path = f"/{desk.opens().id}"
    await asked(client, "PATCH", path, version=1, summary="first")
    answer = await client.patch(API + path, json={"version": 1, "summary": "second"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "read it again" in answer.json()["detail"]
    assert (await asked(client, "GET", path))["summary"] == "first"


@pytest.mark.parametrize(
    ("form", "media", "name"),
    [
        (None, "text/markdown; charset=utf-8", "incident-1.md"),
        ("markdown", "text/markdown; charset=utf-8", "incident-1.md"),
        ("html", "text/html; charset=utf-8", "incident-1.html"),
    ],
)
async def test_the_report_is_a_file(
    client: httpx.AsyncClient, desk: IncidentDesk, form: str | None, media: str, name: str
) -> None:
    desk.opens()
    answer = await client.get(f"{API}/1/export", params={"format": form} if form else {})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "Incident: Tills are slow" in answer.text


MISSING: list[tuple[str, str, Any]] = [
    ("GET", "/99", None),
    ("GET", "/99/export", None),
    ("PATCH", "/99", {"version": 1, "summary": "x"}),
    ("POST", "/99/timeline", {"text": "x"}),
    ("PUT", "/1/alerts/99", None),
    ("DELETE", "/1/alerts/99", None),
    ("POST", "/99/action-items", {"text": "x"}),
    ("PATCH", "/1/action-items/99", {"done": True}),
]
NEVER: list[tuple[str, str, Any]] = [
    ("POST", "", {"title": ""}),
    ("POST", "", {"title": " "}),
    ("POST", "", {"title": "a\nb"}),
    ("POST", "", {"title": "x", "severity": "info"}),
    ("POST", "", {"title": "x", "team": "nobody"}),
    ("POST", "", {"title": "x", "started_at": "2026-03-02T09:00:00"}),
    ("POST", "", {"title": "x", "started_at": "2030-01-01T00:00:00Z"}),
    ("POST", "", {"title": "x", "started_at": "0001-01-01T00:00:00+14:00"}),
    ("POST", "", {"title": "x", "colour": "red"}),
    ("PATCH", "/1", {"summary": "x"}),
    ("PATCH", "/1", {"version": 1, "status": "done"}),
    ("PATCH", "/1", {"version": 1, "summary": "a\x00b"}),
    ("POST", "/1/timeline", {"text": "  "}),
    ("POST", "/1/timeline", {"text": "x", "at": "2030-01-01T00:00:00Z"}),
    ("GET", "/9223372036854775808", None),
    ("GET", "/1/export?format=pdf", None),
]


@pytest.mark.parametrize(("status", "requests"), [(404, MISSING), (422, NEVER)])
async def test_what_cannot_be_done_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, desk: IncidentDesk, status: int, requests: list[tuple[str, str, Any]]
) -> None:
    desk.opens()
    before = await asked(client, "GET", "/1")
    for method, path, body in requests:
        answer = await client.request(method, API + path, json=body)
        assert answer.status_code == status, (method, path, body)
        assert answer.headers["content-type"] == "application/problem+json"
    assert await asked(client, "GET", "/1") == before
    assert len((await asked(client, "GET"))["incidents"]) == 1


async def test_a_viewer_may_read_and_nothing_else(context: Context, desk: IncidentDesk) -> None:
    desk.opens()
    with context.store.write() as connection:
        token = tokens.issue(connection, "eyes", Role.VIEWER, actor="test", now=context.clock())
    visitors = Visitors(create(context))
    async with visitors(token=token) as viewer, visitors() as stranger:
        assert (await viewer.get(f"{API}/1")).status_code == 200
        assert (await viewer.post(API, json={"title": "x"})).status_code == 403
        assert (await viewer.patch(f"{API}/1", json={"version": 1})).status_code == 403
        assert (await stranger.get(f"{API}/1/export")).status_code == 401
