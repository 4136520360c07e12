"""The page of who is on call: a week of every schedule, taking turns, and who is told next."""

from datetime import datetime, timedelta

import httpx
import pytest

from steward.oncall.context import Context
from steward.oncall.services import roster
from steward.testing.forms import Document
from steward.testing.incidents import Opened
from steward.testing.oncall import SHOP

TAKE = "/on-call/sre/overrides"


def who(console: Context, at: datetime) -> str:
    with console.store.read() as connection:
        person = roster.on_call(connection, "sre", at=at, catalogue=SHOP)
    return person.name if person else ""


async def test_a_turn_is_taken_and_given_back(ann: httpx.AsyncClient, console: Context, now: datetime) -> None:
    form = Document((await ann.get("/on-call")).text).form(TAKE)
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=3)
    typed = {"person": "lea", "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{ends:%Y-%m-%dT%H:%M}"}
    answer = await ann.post(TAKE, data=form.values | typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/on-call")
    assert who(console, begins + timedelta(minutes=30)) == "lea"
    page = Document((await ann.get("/on-call")).text)
    assert f"lea {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} , made by ann" in page.shown
    back = next(one for one in page.forms if one.action.startswith(TAKE + "/"))
    assert (await ann.post(back.action, data=back.values)).status_code == 303
    assert who(console, begins + timedelta(minutes=30)) == "ann"


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"person": "lea"}, 422),
        ({"person": "lea", "ends_at": ""}, 422),
        ({"person": "lea", "ends_at": "yesterday"}, 422),
        ({"person": "lea", "ends_at": "2020-01-01T00:00"}, 422),
        ({"person": "nobody", "ends_at": "2026-03-08T00:00"}, 422),
        ({"person": "lea", "ends_at": "2027-03-08T00:00"}, 422),
    ],
)
async def test_a_turn_that_cannot_be_taken_is_refused(
    ann: httpx.AsyncClient, typed: dict[str, str], status: int
) -> None:
    ours = Document((await ann.get("/on-call")).text).form(TAKE).values
    answer = await ann.post(TAKE, data={"csrf": ours["csrf"], **typed})
    assert answer.status_code == status
    assert (
        await ann.post("/on-call/none/overrides", data=ours | {"ends_at": "2026-03-08T00:00"})
    ).status_code == 404


async def test_every_week_can_be_looked_at(ann: httpx.AsyncClient) -> None:
    now = Document((await ann.get("/on-call")).text)
    assert "This week" in now.shown
    assert {"/on-call?week=2026-02-23", "/on-call?week=2026-03-09"} <= set(now.links())
    later = Document((await ann.get("/on-call?week=2026-03-12")).text)
    assert "The week of Monday, 9 March 2026" in later.shown
    assert {"/on-call?week=2026-03-02", "/on-call?week=2026-03-16", "/on-call"} <= set(later.links())
    labels = [attributes["aria-label"] for tag, attributes in later.tags if attributes.get("role") == "img"]
    assert labels[0].startswith(
        "SRE on-call: Ann Alder from 2026-03-09 00:00 to 2026-03-09 09:00; Bob Birch from 2026-03-09 09:00"
    )
    assert labels[2] == "Backend on-call: nobody"
    for wrong in ("yesterday", "1800-01-01", "2026-02-30"):
        assert (await ann.get("/on-call", params={"week": wrong})).status_code == 422


async def test_whoever_is_told_next_is_shown_with_the_clock(
    ann: httpx.AsyncClient, opened: Opened, now: datetime
) -> None:
    page = Document((await ann.get(f"/pages/{opened.page}")).text)
    clocks = [attributes["data-until"] for tag, attributes in page.tags if "data-until" in attributes]
    due = [(now + timedelta(minutes=minutes)).isoformat() for minutes in (15, 30)]
    assert clocks == [due[0], *due]
    assert "Ann Alder On-call engineer by PagerDuty, Slack, e-mail (told)" in page.shown
    assert "Lea Larch Team lead by PagerDuty, Slack, e-mail in 15 min" in page.shown
    assert f"/pages/{opened.page}" in Document((await ann.get("/on-call")).text).links()


async def test_after_an_answer_nobody_is_told_next(ann: httpx.AsyncClient, opened: Opened) -> None:
    path = f"/pages/{opened.page}"
    form = Document((await ann.get(path)).text).form(f"{path}/acknowledge")
    await ann.post(form.action, data=form.values)
    assert "Lea Larch Team lead by PagerDuty, Slack, e-mail not told" in Document((await ann.get(path)).text).shown


async def test_a_viewer_takes_no_turn(vic: httpx.AsyncClient) -> None:
    page = Document((await vic.get("/on-call")).text)
    assert [one.action for one in page.forms] == ["/logout"]
    typed = page.forms[0].values | {"person": "lea", "ends_at": "2026-03-08T00:00"}
    assert (await vic.post(TAKE, data=typed)).status_code == 403
