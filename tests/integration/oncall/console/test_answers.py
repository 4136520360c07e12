"""Answering from the console: pages, incidents, reports."""

from datetime import datetime, timedelta

import httpx

from steward.oncall.context import Context
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import PageState
from steward.oncall.services import incident_work
from steward.oncall.services.incident_work import Edit
from steward.oncall.store import incidents, pages
from steward.testing.forms import Document
from steward.testing.incidents import Opened


async def sent(client: httpx.AsyncClient, page: str, action: str, **typed: str) -> httpx.Response:
    """Fill in a form of a page and send it."""
    form = Document((await client.get(page)).text).form(action)
    assert typed.keys() <= form.values.keys()
    return await client.post(action, data=form.values | typed)


def kept(console: Context, opened: Opened) -> Page:
    with console.store.read() as connection:
        return pages.get(connection, opened.page)


def summary(console: Context, opened: Opened) -> str:
    with console.store.read() as connection:
        return incident_work.named(connection, opened.incident).summary


def alerts_of(console: Context, opened: Opened) -> list[str]:
    with console.store.read() as connection:
        return [str(one.id) for one in incidents.related_alerts(connection, opened.incident, limit=10)]


async def test_a_page_is_acknowledged_and_resolved_by_its_buttons(
    ann: httpx.AsyncClient, console: Context, opened: Opened
) -> None:
    path = f"/pages/{opened.page}"
    for action, state in (("acknowledge", PageState.ACKNOWLEDGED), ("resolve", PageState.RESOLVED)):
        answer = await sent(ann, "/", f"{path}/{action}")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert kept(console, opened).state is state
    shown = Document((await ann.get(path)).text).shown
    assert "Acknowledged by ann" in shown
    assert "resolved by ann" in shown
    assert not [form for form in Document((await ann.get("/")).text).forms if form.action.startswith(path)]


async def test_a_page_is_snoozed_and_escalated(
    ann: httpx.AsyncClient, console: Context, opened: Opened, now: datetime
) -> None:
    path = f"/pages/{opened.page}"
    assert (await sent(ann, path, f"{path}/escalate")).status_code == 303
    assert (await sent(ann, path, f"{path}/snooze", duration="2h")).status_code == 303
    ends = now + timedelta(hours=2)
    assert kept(console, opened).snoozed_until == ends
    assert f"snoozed until {ends:%Y-%m-%d %H:%M} by ann" in Document((await ann.get(path)).text).shown


async def test_a_snooze_without_a_usable_end_is_refused(ann: httpx.AsyncClient, opened: Opened) -> None:
    path = f"/pages/{opened.page}"
    form = Document((await ann.get(path)).text).form(f"{path}/snooze")
    for duration in ("", "forever", "99999999999999999999y", "-1h"):
        answer = await ann.post(form.action, data=form.values | {"duration": duration})
        assert answer.status_code == 422, duration
        assert "is not a duration such as 30m, 2h or 1d" in answer.text


async def test_without_our_form_nothing_happens(ann: httpx.AsyncClient, console: Context, opened: Opened) -> None:
    action = f"/pages/{opened.page}/acknowledge"
    for wrong in ("", "wrong"):
        answer = await ann.post(action, data={"csrf": wrong})
        assert answer.status_code == 403
        assert "The form is not ours" in answer.text
    ours = Document((await ann.get("/")).text).form(action).values
    elsewhere = await ann.post(action, data=ours, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert kept(console, opened).state is PageState.OPEN


async def test_whoever_was_logged_out_is_told_so(ann: httpx.AsyncClient, opened: Opened) -> None:
    form = Document((await ann.get("/")).text).form(f"/pages/{opened.page}/acknowledge")
    assert (await sent(ann, "/", "/logout")).headers["location"] == "/login"
    answer = await ann.post(form.action, data=form.values)
    assert answer.status_code == 401
    assert "/login" in Document(answer.text).links()


async def test_a_viewer_cannot_answer(vic: httpx.AsyncClient, console: Context, opened: Opened) -> None:
    ours = Document((await vic.get("/")).text).form("/logout").values
    for action in (f"/pages/{opened.page}/acknowledge", "/incidents", f"/incidents/{opened.incident}/notes"):
        assert (await vic.post(action, data=ours | {"title": "x", "text": "x"})).status_code == 403
    assert kept(console, opened).state is PageState.OPEN


async def test_an_incident_is_worked_on_and_reported(ann: httpx.AsyncClient, now: datetime) -> None:
    answer = await sent(ann, "/incidents", "/incidents", title="Slow tills", severity="warning", team="backend")
    path = answer.headers["location"]
    earlier = now - timedelta(minutes=2)
    await sent(ann, path, f"{path}/status", status="identified")
    await sent(ann, path, f"{path}/notes", text="Rolled **back**\r\nto v41", at=f"{earlier:%Y-%m-%dT%H:%M}")
    await sent(ann, path, f"{path}/action-items", text="Test the rollback", owner="bob")
    done = next(one for one in Document((await ann.get(path)).text).forms if "done" in one.values)
    await ann.post(done.action, data=done.values)
    await sent(ann, f"{path}/edit", f"{path}/edit", root_cause="v42", impact="Queues\r\nat gate B")
    report = (await ann.get(f"{path}/export")).text
    for part in (
        "## Incident: Slow tills\n\n**Severity:** Warning\n**Status:** Identified\n",
        "- Queues\n- at gate B",
        f"- {earlier:%H:%M} - ann:\n\n  Rolled **back**\n  to v41",
        "### Root Cause\nv42",
        "- [x] Test the rollback (bob)",
    ):
        assert part in report
    assert "<strong>back</strong>" in (await ann.get(path)).text
    html = await ann.get(f"{path}/export", params={"format": "html"})
    assert html.headers["content-disposition"].startswith("attachment; ")


async def test_two_who_write_a_report_do_not_undo_each_other(
    ann: httpx.AsyncClient, console: Context, opened: Opened, now: datetime
) -> None:
    path = f"/incidents/{opened.incident}/edit"
    form = Document((await ann.get(path)).text).form(path)
    with console.store.write() as connection:
        version = incident_work.named(connection, opened.incident).version
        change = Edit(summary="Disk full")
        incident_work.edit(connection, opened.incident, change, version=version, actor="bob", now=now)
    answer = await ann.post(path, data=form.values | {"summary": "Network"})
    assert answer.status_code == 409
    again = Document(answer.text)
    assert again.form(path).values["summary"].strip() == "Network"
    assert "Disk full" in again.shown
    assert summary(console, opened) == "Disk full"
    assert (await ann.post(path, data=again.form(path).values)).status_code == 303
    assert summary(console, opened) == "Network"


async def test_an_alert_is_taken_out_and_attached_again(
    ann: httpx.AsyncClient, console: Context, opened: Opened
) -> None:
    path = f"/incidents/{opened.incident}"
    take_out = next(one for one in Document((await ann.get(path)).text).forms if one.action.endswith("/detach"))
    assert (await ann.post(take_out.action, data=take_out.values)).status_code == 303
    assert alerts_of(console, opened) == []
    assert (await sent(ann, path, f"{path}/alerts")).status_code == 303
    assert alerts_of(console, opened) == [take_out.action.split("/")[-2]]


async def test_a_note_about_no_time_is_refused(ann: httpx.AsyncClient, opened: Opened) -> None:
    path = f"/incidents/{opened.incident}"
    for at in ("yesterday", "2030-01-01T00:00", "9999-99-99T00:00"):
        assert (await sent(ann, path, f"{path}/notes", text="x", at=at)).status_code == 422, at
