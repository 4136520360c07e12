"""Silencing from the console while no Alertmanager answers: nothing is silenced unseen, and nothing is lost."""

from datetime import datetime, timedelta
from itertools import count

import httpx
import pytest

from steward.oncall.context import Context
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.silencing import Silence
from steward.oncall.domain.states import SilenceKind
from steward.oncall.store import silences
from steward.testing.forms import Document, Form

FORM = "/silences"
_NUMBERS = count(1)


def kept(console: Context, now: datetime, *, ended: bool = False) -> list[Silence]:
    with console.store.read() as connection:
        return silences.listed(connection, now=now, kind=None, ended=ended, limit=100)


async def form(client: httpx.AsyncClient, address: str) -> Form:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return Document(answer.text).form(FORM)


async def silenced(client: httpx.AsyncClient, console: Context, now: datetime, **typed: str) -> Silence:
    """Silence an alert of its own by the form, and return what is kept."""
    name = f"Alert{next(_NUMBERS)}"
    ours = await form(client, f"/silences/new?alert={name}")
    answer = await client.post(FORM, data=ours.values | {"reason": "Known"} | typed)
    assert answer.status_code == 303, answer.text
    (found,) = [one for one in kept(console, now) if one.alert_name == name]
    assert answer.headers["location"] == f"/silences#silence-{found.id}"
    return found


async def test_an_alert_is_silenced_with_its_reason(
    ann: httpx.AsyncClient, console: Context, now: datetime
) -> None:
    found = await silenced(ann, console, now, duration="90m", reason="Disks are\r\nswapped")
    assert found.matchers == (Matcher("alertname", found.alert_name),)
    assert (found.ends_at, found.created_by) == (now + timedelta(minutes=90), "ann")
    assert found.reason == "Disks are\nswapped"
    page = Document((await ann.get("/silences")).text)
    assert f'alertname="{found.alert_name}"' in page.shown
    assert "by ann, until 2026-03-02" in page.shown


async def test_matchers_that_nobody_has_looked_at_are_shown_first(
    ann: httpx.AsyncClient, console: Context, now: datetime
) -> None:
    ours = await form(ann, "/silences/new?alert=SeenFirst")
    typed = ours.values | {"matchers": 'alertname="SeenFirst"\r\ninstance=~"a.*"', "reason": "Known"}
    answer = await ann.post(FORM, data=typed)
    assert answer.status_code == 422
    assert "These matchers are new: look at what they match" in Document(answer.text).shown
    assert not [one for one in kept(console, now) if one.alert_name == "SeenFirst"]
    again = Document(answer.text).form(FORM)
    assert again.values["reason"] == "Known"
    assert (await ann.post(FORM, data=again.values)).status_code == 303
    (found,) = [one for one in kept(console, now) if one.alert_name == "SeenFirst"]
    assert found.matchers == (Matcher("alertname", "SeenFirst"), Matcher("instance", "a.*", is_regex=True))


async def test_looking_silences_nothing(ann: httpx.AsyncClient, console: Context, now: datetime) -> None:
    ours = await form(ann, "/silences/new")
    before = kept(console, now)
    answer = await ann.post("/silences/preview", data=ours.values | {"matchers": "service=api"})
    assert answer.status_code == 200
    assert Document(answer.text).form(FORM).values["seen"] == 'service="api"'
    assert "Nobody can say what this matches now" in Document(answer.text).shown
    assert kept(console, now) == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": " "}, "Reason: say why"),
        ({"duration": "2 hours"}, "write it as Prometheus does"),
        ({"duration": "8d"}, "at most 7d"),
        ({"matchers": "no matcher"}, "no matcher is not a matcher such as"),
        ({"matchers": ""}, "write 1 to 20 of them"),
        ({"matchers": 'a=~".*"', "seen": 'a=~".*"'}, "none of these labels"),
        ({"kind": "maintenance", "starts_at": "soon"}, "is no date and time"),
    ],
)
async def test_what_cannot_be_is_said_and_stays_typed(
    ann: httpx.AsyncClient, console: Context, now: datetime, typed: dict[str, str], said: str
) -> None:
    ours = await form(ann, "/silences/new?alert=Refused")
    sent = ours.values | {"reason": "Known"} | typed
    answer = await ann.post(FORM, data=sent)
    assert answer.status_code == 422
    page = Document(answer.text)
    assert said in page.shown
    assert page.form(FORM).values["duration"] == sent["duration"]
    assert not [one for one in kept(console, now) if one.alert_name == "Refused"]


async def test_a_silence_lasts_longer_by_one_that_takes_over(
    ann: httpx.AsyncClient, console: Context, now: datetime
) -> None:
    first = await silenced(ann, console, now)
    action = f"/silences/{first.id}/extend"
    ours = Document((await ann.get("/silences")).text).form(action)
    answer = await ann.post(action, data=ours.values | {"duration": "4h"})
    assert answer.status_code == 303
    (longer,) = [one for one in kept(console, now) if one.alert_name == first.alert_name]
    assert (longer.id > first.id, longer.ends_at) == (True, first.ends_at + timedelta(hours=4))
    assert (longer.matchers, longer.reason) == (first.matchers, first.reason)
    assert (await ann.post(action, data=ours.values | {"duration": "4h"})).status_code == 409
    too_long = await ann.post(f"/silences/{longer.id}/extend", data=ours.values | {"duration": "30d"})
    assert too_long.status_code == 422


async def test_a_silence_is_ended(ann: httpx.AsyncClient, console: Context, now: datetime) -> None:
    found = await silenced(ann, console, now)
    action = f"/silences/{found.id}/end"
    ours = Document((await ann.get("/silences")).text).form(action)
    assert (await ann.post(action, data=ours.values)).headers["location"] == "/silences"
    assert found.id not in [one.id for one in kept(console, now)]
    assert f'alertname="{found.alert_name}"' not in Document((await ann.get("/silences")).text).shown
    assert f'alertname="{found.alert_name}"' in Document((await ann.get("/silences?ended=1")).text).shown


async def test_a_maintenance_window_is_planned_and_called_off(
    ann: httpx.AsyncClient, console: Context, now: datetime
) -> None:
    ours = await form(ann, "/silences/new?kind=maintenance")
    begins = (now + timedelta(hours=5)).replace(second=0, microsecond=0)
    typed = {"matchers": "cluster=eu", "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "reason": "New disks"}
    looked = await ann.post("/silences/preview", data=ours.values | typed)
    assert (await ann.post(FORM, data=Document(looked.text).form(FORM).values)).status_code == 303
    (found,) = [one for one in kept(console, now) if one.kind is SilenceKind.MAINTENANCE]
    assert (found.starts_at, found.ends_at) == (begins, begins + timedelta(hours=2))
    page = Document((await ann.get("/silences")).text)
    assert ["Call off"] in [one.buttons for one in page.forms if one.action == f"/silences/{found.id}/end"]


async def test_a_viewer_may_look_at_silences_and_not_make_any(
    vic: httpx.AsyncClient, console: Context, now: datetime
) -> None:
    page = Document((await vic.get("/silences")).text)
    assert [one.action for one in page.forms] == ["/logout"]
    ours = page.forms[0].values
    assert (await vic.get("/silences/new")).status_code == 403
    for action in (FORM, "/silences/preview", "/silences/1/end", "/silences/1/extend"):
        assert (await vic.post(action, data=ours | {"matchers": "a=b"})).status_code == 403, action


async def test_a_form_of_another_site_silences_nothing(
    ann: httpx.AsyncClient, console: Context, now: datetime
) -> None:
    ours = await form(ann, "/silences/new?alert=Foreign")
    typed = ours.values | {"reason": "x", "csrf": "wrong"}
    assert (await ann.post(FORM, data=typed)).status_code == 403
    assert not [one for one in kept(console, now) if one.alert_name == "Foreign"]
