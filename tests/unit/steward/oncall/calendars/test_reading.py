from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.oncall.calendars.reading import LARGEST, Event, Unreadable, read

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(*events: str, zone: str = "") -> str:
    said = f"X-WR-TIMEZONE:{zone}\r\n" if zone else ""
    inside = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{said}{inside}END:VCALENDAR\r\n"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def times(content: str, begin: str, end: str) -> list[tuple[str, str]]:
    found = read(content, at(begin), at(end), BERLIN)
    return [(f"{one.starts_at:%m-%dT%H:%M}", f"{one.ends_at:%m-%dT%H:%M}") for one in found]


ONE = "UID:1\r\nDTSTART:20260302T090000Z\r\nDTEND:20260302T170000Z\r\nSUMMARY:ann\r\n"


def test_an_event_has_times_in_utc_a_summary_and_attendees() -> None:
    event = ONE + "ATTENDEE;CN=Ann:mailto:Ann@Shop.Example\r\nATTENDEE;PARTSTAT=DECLINED:mailto:bob@shop.example"

    (found,) = read(calendar(event), at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z"), BERLIN)

    assert found == Event("ann", ("ann@shop.example",), at("2026-03-02T09:00:00Z"), at("2026-03-02T17:00:00Z"))
    assert found.starts_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("begin", "end", "found"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", 0),
        ("2026-03-02T08:00:00Z", "2026-03-02T09:00:01Z", 1),
        ("2026-03-02T16:59:59Z", "2026-03-02T18:00:00Z", 1),
        ("2026-03-02T17:00:00Z", "2026-03-02T18:00:00Z", 0),
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000001Z", 1),
    ],
)
def test_only_events_at_some_time_of_the_stretch(begin: str, end: str, found: int) -> None:
    assert len(times(calendar(ONE), begin, end)) == found


def test_a_repetition_keeps_its_local_time_when_clocks_change() -> None:
    weekly = "UID:1\r\nDTSTART;TZID=Europe/Berlin:20260323T090000\r\nDTEND;TZID=Europe/Berlin:20260323T170000\r\n"

    found = times(calendar(weekly + "RRULE:FREQ=WEEKLY"), "2026-03-22T00:00:00Z", "2026-04-07T00:00:00Z")

    assert found == [
        ("03-23T08:00", "03-23T16:00"),
        ("03-30T07:00", "03-30T15:00"),
        ("04-06T07:00", "04-06T15:00"),
    ]


def test_left_out_and_moved_occurrences_and_cancelled_events() -> None:
    daily = (
        "UID:1\r\nDTSTART:20260302T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20260303T090000Z"
    )
    moved = "UID:1\r\nRECURRENCE-ID:20260304T090000Z\r\nDTSTART:20260304T120000Z\r\nDURATION:PT1H"
    cancelled = (
        "UID:1\r\nRECURRENCE-ID:20260305T090000Z\r\nDTSTART:20260305T090000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED"
    )

    found = times(calendar(daily, moved, cancelled), "2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z")

    assert found == [("03-02T09:00", "03-02T10:00"), ("03-04T12:00", "03-04T13:00")]


def test_whole_days_and_times_without_a_zone_are_those_of_the_schedule() -> None:
    days = "UID:1\r\nDTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260330"
    floating = "UID:2\r\nDTSTART:20260301T003000\r\nDTEND:20260301T013000"

    found = times(calendar(days, floating), "2026-02-28T00:00:00Z", "2026-04-01T00:00:00Z")

    assert found == [("02-28T23:30", "03-01T00:30"), ("03-27T23:00", "03-29T22:00")]


def test_a_time_without_a_zone_is_found_far_from_greenwich() -> None:
    floating = calendar("UID:1\r\nDTSTART:20260305T080000\r\nDURATION:PT1H")

    (found,) = read(floating, at("2026-03-04T18:00:00Z"), at("2026-03-04T20:00:00Z"), ZoneInfo("Pacific/Auckland"))

    assert found.starts_at == at("2026-03-04T19:00:00Z")


def test_a_long_event_that_began_before_is_found() -> None:
    year = "UID:1\r\nDTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20270101"

    assert len(times(calendar(year), "2026-07-01T12:00:00Z", "2026-07-01T12:00:01Z")) == 1


@pytest.mark.parametrize("end", ["DTEND:20260302T090000Z", "DURATION:PT0S"])
def test_an_event_that_does_not_last_is_left_out(end: str) -> None:
    event = f"UID:9\r\nDTSTART:20260302T090000Z\r\n{end}"

    assert times(calendar(event, ONE), "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z") == [
        ("03-02T09:00", "03-02T17:00")
    ]


def test_of_events_that_overlap_the_one_that_began_last_is_last() -> None:
    short = ONE.replace("UID:1", "UID:2").replace("DTEND:20260302T17", "DTEND:20260302T10")
    later = ONE.replace("UID:1", "UID:3").replace("DTSTART:20260302T09", "DTSTART:20260302T11")

    found = times(calendar(later, short, ONE), "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")

    assert [start for start, _ in found] == ["03-02T09:00", "03-02T09:00", "03-02T11:00"]
    assert found[1] == ("03-02T09:00", "03-02T10:00")


REFUSED = {
    "empty": "",
    "no calendar": "hello",
    "another component": "BEGIN:VCARD\r\nEND:VCARD\r\n",
    "half a calendar": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
    "an event without a beginning": calendar("UID:1\r\nSUMMARY:ann"),
    "an event before there were computers": calendar("UID:1\r\nDTSTART:00010101T000000Z\r\nDURATION:PT1H"),
    "every second": calendar(ONE + "RRULE:FREQ=SECONDLY"),
    "every minute": calendar(ONE + "RRULE:FREQ=minutely"),
    "every minute of some days": calendar(ONE + "RRULE:FREQ=DAILY;BYMINUTE=0,1,2,3,4,5;BYSECOND=0"),
    "too large": "BEGIN:VCALENDAR\r\n" + "X" * LARGEST,
    "too many events": calendar(*(ONE.replace("UID:1", f"UID:{number}") for number in range(5_001))),
    "a zero character": calendar(ONE + "DESCRIPTION:a\0b"),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_refused(content: str) -> None:
    with pytest.raises(Unreadable):
        read(content, at("2026-03-01T00:00:00Z"), at("2026-03-10T00:00:00Z"), BERLIN)


LINES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        *("DTSTART:20260302T090000Z", "DTSTART;VALUE=DATE:20260302", "DTSTART;TZID=Nowhere:20260302T090000"),
        *(
            "DTEND:20260302T170000",
            "DURATION:P1D",
            "DURATION:-P1D",
            "RRULE:FREQ=DAILY",
            "RRULE:FREQ=YEARLY;COUNT=x",
        ),
        *("EXDATE:never", "RDATE:20260305T090000Z", "RECURRENCE-ID:20260302", "UID:1", "SUMMARY:ann", "STATUS:"),
        *("ATTENDEE:", "ATTENDEE;CN=:mailto:", "X-WR-TIMEZONE:Mars/Base", "SEQUENCE:-1", "RRULE:", ";;;:::", " x"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(LINES | st.text(max_size=20), max_size=25))
def test_whatever_the_text_it_is_read_or_refused(lines: list[str]) -> None:
    begin = at("2026-03-01T00:00:00Z")
    for content in ("\r\n".join(lines), calendar("\r\n".join(lines))):
        try:
            found = read(content, begin, begin + timedelta(days=9), BERLIN)
        except Unreadable:
            continue
        assert all(one.starts_at < begin + timedelta(days=9) and one.ends_at > begin for one in found)
