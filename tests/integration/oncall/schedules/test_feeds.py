"""Calendars of others, read from the web and from files, again and again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from steward.oncall.calendars.fetching import Unreachable, fetch
from steward.oncall.calendars.reading import LARGEST
from steward.oncall.context import Context
from steward.oncall.services import roster
from steward.oncall.store import feeds
from steward.oncall.store.feeds import Feed
from steward.oncall.worker.feeds import refresh, run, take_turn
from steward.testing.calendars import CalendarServer
from steward.testing.oncall import MONDAY, MovableClock
from steward.testing.polling import eventually

pytestmark = pytest.mark.slow

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART:20260302T090000Z\r
DTEND:20260302T180000Z\r
SUMMARY:Eve Elm\r
END:VEVENT\r
END:VCALENDAR\r
"""


def kept(context: Context) -> Feed | None:
    with context.store.read() as connection:
        return feeds.find(connection, "sre")


def on_call(context: Context) -> str:
    with context.store.read() as connection:
        person = roster.on_call(connection, "sre", at=context.clock(), catalogue=context.catalogue)
    return person.name if person else ""


def test_before_it_was_read_the_layers_count(fed: Context) -> None:
    assert (kept(fed), on_call(fed)) == (None, "ann")


def test_a_calendar_is_read_and_counts(fed: Context, calendar: CalendarServer) -> None:
    calendar.body = CALENDAR.encode()

    take_turn(fed)

    assert kept(fed) == Feed("sre", CALENDAR, MONDAY, "")
    assert on_call(fed) == "eve"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": 503}, "the other side answered 503"),
        ({"status": 404}, "the other side answered 404"),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "the other side answered 302"),
        ({"body": b"<html>log in</html>"}, "no iCalendar text that can be read"),
        ({"body": b"\xff\xfe"}, "it is not UTF-8"),
        ({"body": b"x" * (LARGEST + 1)}, "it is larger than 1,000,000 bytes"),
        ({"url": "http://127.0.0.1:1/private-3c5e"}, "the other side cannot be reached"),
    ],
    ids=["unavailable", "gone", "moved", "a page", "not text", "too large", "not there"],
)
def test_one_that_cannot_be_read_keeps_what_it_said(
    fed: Context, calendar: CalendarServer, clock: MovableClock, changes: dict[str, object], why: str
) -> None:
    calendar.body = CALENDAR.encode()
    take_turn(fed)
    clock.forward(timedelta(minutes=5))
    for name, value in changes.items():
        setattr(calendar, name, value)
    sre = roster.find_schedule(fed.catalogue, "sre")

    refresh(fed, replace(sre, calendar=calendar.url))

    found = kept(fed)
    assert found is not None
    assert (found.content, found.fetched_at) == (CALENDAR, MONDAY)
    assert why in found.error
    assert "private" not in found.error
    assert on_call(fed) == "eve"


def test_one_that_can_be_read_again_has_no_error(
    fed: Context, calendar: CalendarServer, clock: MovableClock
) -> None:
    calendar.status = 500
    take_turn(fed)
    found = kept(fed)
    assert found is not None
    assert (found.content, found.fetched_at, bool(found.error)) == ("", None, True)

    calendar.status, calendar.body = 200, CALENDAR.encode()
    take_turn(fed)
    assert kept(fed) == found, "the next turn is not due yet"
    clock.forward(timedelta(minutes=5))
    take_turn(fed)

    assert kept(fed) == Feed("sre", CALENDAR, clock.now, "")


def test_replicas_take_turns(fed: Context, calendar: CalendarServer, clock: MovableClock) -> None:
    calendar.body = CALENDAR.encode()

    for _ in range(3):
        take_turn(fed)
    assert calendar.asked == 1

    clock.forward(timedelta(minutes=5))
    take_turn(fed)
    assert calendar.asked == 2


async def test_the_loop_reads_and_ends(fed: Context, calendar: CalendarServer) -> None:
    calendar.body = CALENDAR.encode()
    stopping = asyncio.Event()
    loop = asyncio.create_task(run(fed, stopping))

    await asyncio.to_thread(eventually, "the calendar is kept", lambda: kept(fed))
    stopping.set()
    async with asyncio.timeout(30):
        await loop


async def test_the_loop_waits_where_there_is_no_calendar(context: Context) -> None:
    stopping = asyncio.Event()
    loop = asyncio.create_task(run(context, stopping))

    stopping.set()
    async with asyncio.timeout(30):
        await loop


def test_a_file_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "sre.ics"
    file.write_bytes(b"\xef\xbb\xbf" + CALENDAR.encode())

    assert fetch(str(file)) == CALENDAR


@pytest.mark.parametrize(
    "place",
    ["http://calendar.example/sre.ics", "ftp://127.0.0.1/sre.ics", "https://[/", "http://127.0.0.1.evil.example/"],
)
def test_only_https_or_this_machine(place: str) -> None:
    with pytest.raises(Unreachable, match="neither an https address nor a file's path"):
        fetch(place)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="No such file") as caught:
        fetch(str(tmp_path / "secret"))
    assert "secret" not in str(caught.value)
