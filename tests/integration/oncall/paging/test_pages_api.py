"""Pages over HTTP: what is shown, and answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from steward.oncall.context import Context
from steward.oncall.web.app import create
from steward.testing.visitors import Visitors

API = "/api/v1/monitoring/pages"


@pytest.fixture
def visitors(desk: Any, contexts: Callable[..., Context]) -> Visitors:
    return Visitors(create(contexts(desk)))


async def test_page_shows_its_alerts_what_was_told_and_what_happened(desk: Any, visitors: Visitors) -> None:
    desk.fire("Down")
    desk.send()
    async with visitors.here() as client:
        page = (await client.get(f"{API}/1")).json()

    assert (page["state"], page["step"], page["levels"], page["next_to"]) == ("open", 1, 3, "team lead")
    assert [alert["name"] for alert in page["alerts"]] == ["Down"]
    assert [(one["way"], one["person"], one["state"]) for one in page["deliveries"]] == [
        ("pagerduty", "ann", "delivered"),
        ("slack", "ann", "delivered"),
        ("email", "ann", "delivered"),
    ]
    assert [one["kind"] for one in page["timeline"]][:3] == ["alert.fired", "page.opened", "page.told"]


async def test_pages_are_listed_newest_first_and_by_what_is_asked_for(desk: Any, visitors: Visitors) -> None:
    desk.fire("Down", "Slow")
    desk.fire("Note", severity="info", team="dba")
    desk.act("acknowledge", 2)
    async with visitors.here() as client:

        async def listed(**asked: Any) -> tuple[list[int], int | None]:
            answer = (await client.get(API, params=asked)).json()
            return [page["id"] for page in answer["pages"]], answer["next"]

        assert await listed() == ([3, 2, 1], None)
        assert await listed(state="open") == ([3, 1], None)
        assert await listed(state=["open", "acknowledged"], team="sre") == ([2, 1], None)
        assert await listed(severity="info") == ([3], None)
        assert await listed(limit=2) == ([3, 2], 2)
        assert await listed(before=2) == ([1], None)


async def test_answers_act_in_the_name_of_whoever_asks(desk: Any, visitors: Visitors) -> None:
    desk.fire("Down")
    async with visitors.here() as client:
        escalated = (await client.post(f"{API}/1/escalate")).json()
        acknowledged = (await client.post(f"{API}/1/acknowledge")).json()
        snoozed = (await client.post(f"{API}/1/snooze", json={"duration": "2h"})).json()
        resolved = (await client.post(f"{API}/1/resolve")).json()
        late = await client.post(f"{API}/1/acknowledge")

    assert escalated["step"] == 2
    assert (acknowledged["state"], acknowledged["acknowledged_by"]) == ("acknowledged", "local")
    assert snoozed["snoozed_until"] == desk.at(hours=2).isoformat().replace("+00:00", "Z")
    assert (resolved["state"], resolved["resolved_by"]) == ("resolved", "local")
    assert (late.status_code, late.json()["detail"]) == (409, "page 1 is resolved already")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({}, "give either"),
        ({"duration": "2h", "until": "2026-03-02T12:00:00Z"}, "give either"),
        ({"duration": "soon"}, "not a duration"),
        ({"duration": "9" * 40 + "y"}, "not a duration"),
        ({"duration": "9w"}, "at most"),
        ({"until": "9999-12-31T23:59:59Z"}, "at most"),
        ({"until": "2026-03-02T09:00:00Z"}, "in the future"),
        ({"until": "2026-03-02T12:00:00"}, "timezone"),
    ],
)
async def test_snooze_says_what_is_wrong_with_it(
    desk: Any, visitors: Visitors, body: dict[str, str], why: str
) -> None:
    desk.fire("Down")
    async with visitors.here() as client:
        answer = await client.post(f"{API}/1/snooze", json=body)

    assert answer.status_code == 422
    assert why in answer.text


async def test_page_that_is_none_is_not_found_and_a_stranger_is_told_nothing(
    desk: Any, visitors: Visitors
) -> None:
    desk.fire("Down")
    async with visitors.here() as client:
        assert (await client.get(f"{API}/99")).status_code == 404
        assert (await client.post(f"{API}/99/resolve")).status_code == 404
    async with visitors() as stranger:
        for method, path in (("GET", API), ("GET", f"{API}/1"), ("POST", f"{API}/1/resolve")):
            assert (await stranger.request(method, path)).status_code == 401
    assert desk.page().resolved_at is None


async def test_clock_of_the_service_counts(desk: Any, visitors: Visitors) -> None:
    desk.fire("Down")
    desk.clock.forward(timedelta(minutes=3))
    async with visitors.here() as client:
        page = (await client.post(f"{API}/1/acknowledge")).json()

    assert page["acknowledged_at"] == desk.clock.now.isoformat().replace("+00:00", "Z")
