"""Who is on call at an instant, as a table: the clocks' changes, leap days, hours, layers, overrides."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from steward.model import Person, Rotation, Schedule
from steward.oncall.domain.schedule import Duty, Origin, Shift, gaps, on_call, on_duty, shifts

ANN = Person("ann", "Ann", "ann@shop.example")
BOB = Person("bob", "Bob", "bob@shop.example")
CLO = Person("clo", "Clo", "clo@shop.example")
NOBODY = None

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
ST_JOHNS = "America/St_Johns"


def rotation(*people: Person, since: str, **more: object) -> Rotation:
    return Rotation(people, date.fromisoformat(since), **more)  # type: ignore[arg-type]


def schedule(timezone: str, *layers: Rotation) -> Schedule:
    return Schedule("sre", "SRE on-call", timezone, layers)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def override(person: Person, begin: str, end: str) -> Shift:
    return Shift(Duty(person, Origin.OVERRIDE), at(begin), at(end))


WEEKLY = rotation(ANN, BOB, since="2026-03-02")
"""Handed over on Mondays at nine."""
DAILY = rotation(ANN, BOB, since="2026-03-28", every_days=1)
NIGHTLY = replace(DAILY, handover=time(2, 30))
"""Handed over at a time that the clocks skip, or show twice."""
MIDNIGHT = rotation(ANN, BOB, since="2010-11-06", every_days=1, handover=time(0))
SUNDAYS = rotation(ANN, since="2010-11-01", handover=time(0), hours=(time(0), time(8)), weekdays=(6,))

TURNS = [
    # Clocks go forward in Berlin on 29 March at 01:00 UTC: nine o'clock comes an hour earlier in UTC.
    ("a turn begins at nine of local winter", BERLIN, DAILY, "2026-03-28T07:59:59Z", NOBODY),
    ("it begins to the second", BERLIN, DAILY, "2026-03-28T08:00:00Z", ANN),
    ("it lasts through the short night", BERLIN, DAILY, "2026-03-29T06:59:59Z", ANN),
    ("the next begins at nine of local summer", BERLIN, DAILY, "2026-03-29T07:00:00Z", BOB),
    ("handover in the skipped hour: before it", BERLIN, NIGHTLY, "2026-03-29T00:59:59Z", ANN),
    ("handover in the skipped hour: when the clocks change", BERLIN, NIGHTLY, "2026-03-29T01:00:00Z", BOB),
    ("the day after it is at half past two again", BERLIN, NIGHTLY, "2026-03-30T00:29:59Z", BOB),
    ("and then the first has the turn", BERLIN, NIGHTLY, "2026-03-30T00:30:00Z", ANN),
    # And back on 25 October at 01:00 UTC: 211 days after the first turn, so Bob's begins.
    ("handover in the hour that comes twice: before", BERLIN, NIGHTLY, "2026-10-25T00:29:59Z", ANN),
    ("at its first time", BERLIN, NIGHTLY, "2026-10-25T00:30:00Z", BOB),
    ("not again at its second time", BERLIN, NIGHTLY, "2026-10-25T01:30:00Z", BOB),
    ("the long day ends at nine of local winter", BERLIN, DAILY, "2026-10-26T07:59:59Z", BOB),
    ("and the next begins", BERLIN, DAILY, "2026-10-26T08:00:00Z", ANN),
    # New York: forward on 8 March at 07:00 UTC, back on 1 November at 06:00 UTC.
    ("New York, winter", NEW_YORK, WEEKLY, "2026-03-02T13:59:59Z", NOBODY),
    ("New York, winter, nine", NEW_YORK, WEEKLY, "2026-03-02T14:00:00Z", ANN),
    ("New York, summer, before nine", NEW_YORK, WEEKLY, "2026-03-09T12:59:59Z", ANN),
    ("New York, summer, nine", NEW_YORK, WEEKLY, "2026-03-09T13:00:00Z", BOB),
    ("New York, the long week, before nine", NEW_YORK, WEEKLY, "2026-11-02T13:59:59Z", ANN),
    ("New York, the long week, nine", NEW_YORK, WEEKLY, "2026-11-02T14:00:00Z", BOB),
    # Lord Howe moves its clocks by half an hour: back on 5 April, forward on 4 October, at two.
    (
        "Lord Howe, summer",
        LORD_HOWE,
        rotation(ANN, BOB, since="2026-04-04", every_days=1),
        "2026-04-03T22:00:00Z",
        ANN,
    ),
    (
        "Lord Howe, winter, half an hour later in UTC",
        LORD_HOWE,
        rotation(ANN, BOB, since="2026-04-04", every_days=1),
        "2026-04-04T22:29:59Z",
        ANN,
    ),
    (
        "Lord Howe, winter, nine",
        LORD_HOWE,
        rotation(ANN, BOB, since="2026-04-04", every_days=1),
        "2026-04-04T22:30:00Z",
        BOB,
    ),
    (
        "Lord Howe, handover in the skipped half hour",
        LORD_HOWE,
        rotation(ANN, BOB, since="2026-10-03", every_days=1, handover=time(2, 10)),
        "2026-10-03T15:30:00Z",
        BOB,
    ),
    (
        "Lord Howe, just before",
        LORD_HOWE,
        rotation(ANN, BOB, since="2026-10-03", every_days=1, handover=time(2, 10)),
        "2026-10-03T15:29:59Z",
        ANN,
    ),
    # Newfoundland set its clocks back at one past midnight, on 7 November 2010 at 02:31 UTC: to the day before.
    ("handover at midnight, which comes twice", ST_JOHNS, MIDNIGHT, "2010-11-07T02:29:59Z", ANN),
    ("at its first time", ST_JOHNS, MIDNIGHT, "2010-11-07T02:30:00Z", BOB),
    ("though it is the day before again", ST_JOHNS, MIDNIGHT, "2010-11-07T02:40:00Z", BOB),
    ("hours that begin at that midnight", ST_JOHNS, SUNDAYS, "2010-11-07T02:29:59Z", NOBODY),
    ("have begun at its first time", ST_JOHNS, SUNDAYS, "2010-11-07T02:40:00Z", ANN),
    # Leap days count as days, and can be the first one.
    ("leap day", "UTC", rotation(ANN, BOB, since="2028-02-28", every_days=1), "2028-02-29T09:00:00Z", BOB),
    (
        "day after a leap day",
        "UTC",
        rotation(ANN, BOB, since="2028-02-28", every_days=1),
        "2028-03-01T09:00:00Z",
        ANN,
    ),
    ("no leap day", "UTC", rotation(ANN, BOB, since="2027-02-28", every_days=1), "2027-03-01T09:00:00Z", BOB),
    (
        "2100 is no leap year",
        "UTC",
        rotation(ANN, BOB, since="2100-02-28", every_days=1),
        "2100-03-01T09:00:00Z",
        BOB,
    ),
    (
        "since a leap day",
        "UTC",
        rotation(ANN, BOB, since="2028-02-29", every_days=366),
        "2029-03-01T09:00:00Z",
        BOB,
    ),
    (
        "the day before that",
        "UTC",
        rotation(ANN, BOB, since="2028-02-29", every_days=366),
        "2029-03-01T08:59:59Z",
        ANN,
    ),
    # The end of a year.
    (
        "New Year's Eve",
        "UTC",
        rotation(ANN, BOB, CLO, since="2026-12-30", every_days=1),
        "2026-12-31T23:59:59Z",
        BOB,
    ),
    (
        "New Year's night",
        "UTC",
        rotation(ANN, BOB, CLO, since="2026-12-30", every_days=1),
        "2027-01-01T08:59:59Z",
        BOB,
    ),
    (
        "New Year's Day",
        "UTC",
        rotation(ANN, BOB, CLO, since="2026-12-30", every_days=1),
        "2027-01-01T09:00:00Z",
        CLO,
    ),
    # The far past and the far future.
    ("long before the first turn", BERLIN, WEEKLY, "1999-01-01T00:00:00Z", NOBODY),
    ("the year 2999", BERLIN, WEEKLY, "2999-06-03T12:00:00Z", ANN),
    ("the year 9000", BERLIN, WEEKLY, "9000-01-01T00:00:00Z", BOB),
    ("nobody takes turns", BERLIN, rotation(since="2026-03-02"), "2026-03-05T00:00:00Z", NOBODY),
]


@pytest.mark.parametrize(
    ("zone", "layer", "when", "who"), [row[1:] for row in TURNS], ids=[row[0] for row in TURNS]
)
def test_turn(zone: str, layer: Rotation, when: str, who: Person | None) -> None:
    assert on_call(schedule(zone, layer), at(when)) == who


OFFICE = rotation(ANN, since="2026-03-02", hours=(time(8), time(18)), weekdays=(0, 1, 2, 3, 4))
NIGHTS = rotation(BOB, since="2026-03-02", handover=time(0), hours=(time(22), time(6)), weekdays=(4, 5))
"""The nights that begin on Fridays and Saturdays."""
WEEKENDS = rotation(CLO, since="2026-03-02", handover=time(0), weekdays=(5, 6))

HOURS = [
    ("before the hours", BERLIN, OFFICE, "2026-03-03T06:59:59Z", NOBODY),
    ("they begin", BERLIN, OFFICE, "2026-03-03T07:00:00Z", ANN),
    ("they end", BERLIN, OFFICE, "2026-03-03T16:59:59Z", ANN),
    ("after them", BERLIN, OFFICE, "2026-03-03T17:00:00Z", NOBODY),
    ("not on Saturday", BERLIN, OFFICE, "2026-03-07T12:00:00Z", NOBODY),
    ("in summer they begin earlier in UTC", BERLIN, OFFICE, "2026-03-30T06:00:00Z", ANN),
    ("Friday before the night", BERLIN, NIGHTS, "2026-03-06T20:59:59Z", NOBODY),
    ("Friday night", BERLIN, NIGHTS, "2026-03-06T21:00:00Z", BOB),
    ("after midnight it is still Friday's night", BERLIN, NIGHTS, "2026-03-07T04:59:59Z", BOB),
    ("it ends on Saturday at six", BERLIN, NIGHTS, "2026-03-07T05:00:00Z", NOBODY),
    ("Saturday's night ends on Sunday", BERLIN, NIGHTS, "2026-03-08T04:59:59Z", BOB),
    ("none begins on Sunday", BERLIN, NIGHTS, "2026-03-08T21:00:00Z", NOBODY),
    ("Friday's early morning was Thursday's night", BERLIN, NIGHTS, "2026-03-06T02:00:00Z", NOBODY),
    ("the short night of Saturday, 28 March", BERLIN, NIGHTS, "2026-03-29T03:59:59Z", BOB),
    ("ends at six of local summer", BERLIN, NIGHTS, "2026-03-29T04:00:00Z", NOBODY),
    ("the long night of Saturday, 24 October", BERLIN, NIGHTS, "2026-10-25T04:59:59Z", BOB),
    ("ends at six of local winter", BERLIN, NIGHTS, "2026-10-25T05:00:00Z", NOBODY),
    ("a weekend begins at local midnight", NEW_YORK, WEEKENDS, "2026-03-07T04:59:59Z", NOBODY),
    ("from then on", NEW_YORK, WEEKENDS, "2026-03-07T05:00:00Z", CLO),
    ("and ends at local midnight, of summer by then", NEW_YORK, WEEKENDS, "2026-03-09T03:59:59Z", CLO),
    ("from then on nobody", NEW_YORK, WEEKENDS, "2026-03-09T04:00:00Z", NOBODY),
    (
        "hours inside the skipped hour never are",
        BERLIN,
        rotation(ANN, since="2026-03-02", hours=(time(2, 10), time(2, 50))),
        "2026-03-29T01:00:00Z",
        NOBODY,
    ),
    (
        "hours from nine to nine are the whole day",
        "UTC",
        rotation(ANN, since="2026-03-02", hours=(time(9), time(9)), weekdays=(0,)),
        "2026-03-03T08:59:59Z",
        ANN,
    ),
]


@pytest.mark.parametrize(
    ("zone", "layer", "when", "who"), [row[1:] for row in HOURS], ids=[row[0] for row in HOURS]
)
def test_hours(zone: str, layer: Rotation, when: str, who: Person | None) -> None:
    assert on_call(schedule(zone, layer), at(when)) == who


LAYERED = schedule(
    "UTC", rotation(ANN, since="2026-03-02"), rotation(BOB, since="2026-03-04", hours=(time(8), time(18)))
)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-03-03T12:00:00Z", ANN),
        ("2026-03-04T08:59:59Z", ANN),
        ("2026-03-04T09:00:00Z", BOB),
        ("2026-03-04T18:00:00Z", ANN),
        ("2026-03-05T08:00:00Z", BOB),
    ],
)
def test_of_the_layers_that_have_somebody_the_last_counts(when: str, who: Person) -> None:
    assert on_call(LAYERED, at(when)) == who


def test_no_layer_and_an_empty_layer_are_nobody() -> None:
    empty = rotation(since="2026-03-02")

    assert on_call(schedule("UTC"), at("2026-03-05T00:00:00Z")) is None
    assert on_call(schedule("UTC", empty), at("2026-03-05T00:00:00Z")) is None
    assert on_call(schedule("UTC", WEEKLY, empty), at("2026-03-05T00:00:00Z")) == ANN
    assert shifts(schedule("UTC", empty), at("2026-03-05T00:00:00Z"), at("2026-04-05T00:00:00Z")) == ()


OVERRIDES = (
    override(BOB, "2026-03-05T10:00:00Z", "2026-03-05T16:00:00Z"),
    override(CLO, "2026-03-05T12:00:00Z", "2026-03-05T14:00:00Z"),
    override(BOB, "2026-03-05T13:00:00Z", "2026-03-05T13:30:00Z"),
)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-03-05T09:59:59Z", ANN),
        ("2026-03-05T10:00:00Z", BOB),
        ("2026-03-05T12:00:00Z", CLO),
        ("2026-03-05T13:00:00Z", BOB),
        ("2026-03-05T13:30:00Z", CLO),
        ("2026-03-05T14:00:00Z", BOB),
        ("2026-03-05T16:00:00Z", ANN),
    ],
)
def test_the_override_made_last_counts(when: str, who: Person) -> None:
    assert on_call(schedule("UTC", WEEKLY), at(when), OVERRIDES) == who


def test_an_override_fills_where_nobody_is() -> None:
    duty = on_duty(schedule("UTC"), at("2026-03-05T11:00:00Z"), OVERRIDES)

    assert duty == Duty(BOB, Origin.OVERRIDE)


def test_shifts_are_cut_at_both_ends_and_joined_where_a_turn_goes_on() -> None:
    found = shifts(schedule("UTC", WEEKLY), at("2026-03-04T00:00:00Z"), at("2026-03-11T00:00:00Z"), OVERRIDES[:1])

    assert [(one.person.name, one.duty.origin.value, one.starts_at, one.ends_at) for one in found] == [
        ("ann", "rotation", at("2026-03-04T00:00:00Z"), at("2026-03-05T10:00:00Z")),
        ("bob", "override", at("2026-03-05T10:00:00Z"), at("2026-03-05T16:00:00Z")),
        ("ann", "rotation", at("2026-03-05T16:00:00Z"), at("2026-03-09T09:00:00Z")),
        ("bob", "rotation", at("2026-03-09T09:00:00Z"), at("2026-03-11T00:00:00Z")),
    ]


def test_one_person_who_takes_every_turn_has_one_shift() -> None:
    alone = schedule("UTC", rotation(ANN, since="2026-03-02"))

    (found,) = shifts(alone, at("2026-03-01T00:00:00Z"), at("2026-06-01T00:00:00Z"))

    assert (found.starts_at, found.ends_at) == (at("2026-03-02T09:00:00Z"), at("2026-06-01T00:00:00Z"))


def test_an_empty_stretch_of_time_has_no_shifts() -> None:
    begin = at("2026-03-05T00:00:00Z")

    assert shifts(schedule("UTC", WEEKLY), begin, begin) == ()
    assert shifts(schedule("UTC", WEEKLY), begin, begin - timedelta(days=1)) == ()


def test_gaps_are_where_nobody_is() -> None:
    begin, end = at("2026-03-06T00:00:00Z"), at("2026-03-09T12:00:00Z")
    office = schedule("UTC", OFFICE)

    assert gaps(shifts(office, begin, end), begin, end) == (
        (begin, at("2026-03-06T08:00:00Z")),
        (at("2026-03-06T18:00:00Z"), at("2026-03-09T08:00:00Z")),
    )
    assert gaps((), begin, end) == ((begin, end),)
