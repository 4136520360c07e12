"""Whom a step tells: schedules, overrides and calendars together, from the store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from steward.model import Catalogue, Person, Schedule, Target
from steward.oncall.domain.schedule import Origin
from steward.oncall.errors import Invalid, NotFound
from steward.oncall.services import overrides, roster
from steward.oncall.store import feeds
from steward.oncall.store.database import Store
from steward.oncall.store.tables import event
from steward.testing.oncall import ANN, BOB, DAN, EVE, LEA, MONDAY, SCHEDULES, SHOP, VIC

HOUR = timedelta(hours=1)
CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART:20260302T120000Z\r
DTEND:20260302T180000Z\r
ATTENDEE:mailto:eve@shop.example\r
END:VEVENT\r
END:VCALENDAR\r
"""


def shop_with(**changes: object) -> Catalogue:
    assert SHOP.oncall is not None
    return replace(SHOP, oncall=replace(SHOP.oncall, **changes))  # type: ignore[arg-type]


FED = shop_with(schedules=(replace(SCHEDULES[0], calendar="https://calendar.example/sre.ics"), *SCHEDULES[1:]))


def on_call(store: Store, *, after: timedelta = timedelta(), catalogue: Catalogue = SHOP) -> Person | None:
    with store.read() as connection:
        return roster.on_call(connection, "sre", at=MONDAY + after, catalogue=catalogue)


def override(store: Store, person: str, begin: timedelta, end: timedelta, *, made: timedelta = timedelta()) -> int:
    with store.write() as connection:
        return overrides.make(
            connection,
            "sre",
            person=person,
            starts_at=MONDAY + begin,
            ends_at=MONDAY + end,
            actor="lea",
            now=MONDAY + made,
            catalogue=SHOP,
        ).id


def cancel(store: Store, number: int, *, after: timedelta = timedelta(), schedule: str = "sre") -> None:
    with store.write() as connection:
        overrides.cancel(connection, schedule, number, actor="lea", now=MONDAY + after, catalogue=SHOP)


@pytest.mark.parametrize(
    ("target", "team", "people"),
    [
        (Target.ON_CALL, "sre", (ANN,)),
        (Target.ON_CALL, "dba", (DAN,)),
        (Target.ON_CALL, "backend", ()),
        (Target.ON_CALL, "unheard-of", ()),
        (Target.LEAD, "sre", (LEA,)),
        (Target.LEAD, "backend", (EVE,)),
        (Target.LEAD, "unheard-of", ()),
        (Target.HEAD, "sre", (VIC,)),
        (Target.HEAD, "unheard-of", (VIC,)),
    ],
)
def test_whom_a_target_means(store: Store, target: Target, team: str, people: tuple[Person, ...]) -> None:
    with store.read() as connection:
        assert roster.people_for(connection, target, team, at=MONDAY, catalogue=SHOP) == people


def test_where_there_is_no_head_nobody_is_meant(sqlite_store: Store) -> None:
    with sqlite_store.read() as connection:
        found = roster.people_for(connection, Target.HEAD, "sre", at=MONDAY, catalogue=shop_with(head=None))
    assert found == ()


def test_who_stands_in(sqlite_store: Store) -> None:
    nobody = shop_with(schedules=tuple(replace(one, layers=()) for one in SCHEDULES))
    leaderless = replace(nobody, teams=tuple(replace(one, lead=None) for one in nobody.teams))
    circle = replace(
        leaderless,
        teams=tuple(replace(one, contact="backend" if one.name == "sre" else "sre") for one in SHOP.teams),
    )
    circle = replace(circle, teams=tuple(replace(one, lead=None) for one in circle.teams))

    def asked(team: str, catalogue: Catalogue) -> tuple[Person, ...]:
        with sqlite_store.read() as connection:
            return roster.stand_ins(connection, team, at=MONDAY, catalogue=catalogue)

    assert asked("sre", SHOP) == (VIC,)
    assert asked("backend", SHOP) == (ANN,)
    assert asked("backend", nobody) == (LEA,)
    assert asked("backend", leaderless) == (VIC,)
    assert asked("backend", circle) == ()
    assert asked("unheard-of", SHOP) == ()


def test_an_override_counts_in_its_time_only(store: Store) -> None:
    override(store, "dan", HOUR, 2 * HOUR)

    assert on_call(store, after=HOUR - timedelta(seconds=1)) == ANN
    assert on_call(store, after=HOUR) == DAN
    assert on_call(store, after=2 * HOUR) == ANN


def test_the_override_made_last_counts(store: Store) -> None:
    override(store, "dan", HOUR, 4 * HOUR, made=timedelta(minutes=1))
    override(store, "bob", 2 * HOUR, 3 * HOUR, made=timedelta(minutes=2))

    assert [on_call(store, after=hours * HOUR) for hours in (1, 2, 3)] == [DAN, BOB, DAN]


def test_a_cancelled_override_counted_until_then(store: Store) -> None:
    number = override(store, "dan", HOUR, 4 * HOUR)

    cancel(store, number, after=2 * HOUR)

    assert [on_call(store, after=hours * HOUR) for hours in (1, 2, 3)] == [DAN, ANN, ANN]
    with pytest.raises(NotFound, match=f"no override {number} that still counts"):
        cancel(store, number, after=2 * HOUR)


def test_an_override_that_is_over_or_of_another_schedule_cannot_be_cancelled(store: Store) -> None:
    number = override(store, "dan", HOUR, 2 * HOUR)

    with pytest.raises(NotFound):
        cancel(store, number, after=2 * HOUR)
    with pytest.raises(NotFound):
        cancel(store, number, schedule="dba")
    with pytest.raises(NotFound, match="no schedule is called 'cook'; known: sre, dba, backend"):
        cancel(store, number, schedule="cook")


def test_an_override_for_nobody_we_know_is_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="no person is called 'zoe'; known: ann, bob"):
        override(store, "zoe", HOUR, 2 * HOUR)


def test_overrides_stand_in_the_audit(store: Store) -> None:
    cancel(store, override(store, "dan", HOUR, 2 * HOUR))

    with store.read() as connection:
        found = connection.execute(select(event.c.kind, event.c.actor, event.c.text).order_by(event.c.id)).all()
    assert [tuple(row) for row in found] == [
        ("override.made", "lea", "dan takes SRE on-call, 2026-03-02 11:00 to 2026-03-02 12:00 UTC"),
        ("override.cancelled", "lea", "dan gives SRE on-call back, 2026-03-02 11:00 to 2026-03-02 12:00 UTC"),
    ]


def test_a_calendar_beats_the_layers_and_an_override_beats_the_calendar(store: Store) -> None:
    with store.write() as connection:
        feeds.keep(connection, "sre", CALENDAR, now=MONDAY)
    override(store, "dan", 4 * HOUR, 5 * HOUR)

    with store.read() as connection:
        found = roster.shifts(connection, "sre", begin=MONDAY, end=MONDAY + 24 * HOUR, catalogue=FED)

    assert [(one.person, one.duty.origin, (one.starts_at - MONDAY) // HOUR) for one in found] == [
        (ANN, Origin.ROTATION, 0),
        (EVE, Origin.CALENDAR, 2),
        (DAN, Origin.OVERRIDE, 4),
        (EVE, Origin.CALENDAR, 5),
        (ANN, Origin.ROTATION, 8),
    ]
    assert [on_call(store, after=hours * HOUR, catalogue=FED) for hours in (1, 2, 4, 5, 8)] == [
        *(ANN, EVE, DAN, EVE, ANN)
    ]


@pytest.mark.parametrize("content", ["", "no calendar", CALENDAR.replace("eve@", "someone@")])
def test_a_calendar_that_says_nothing_leaves_it_to_the_layers(sqlite_store: Store, content: str) -> None:
    with sqlite_store.write() as connection:
        feeds.keep(connection, "sre", content, now=MONDAY)

    assert on_call(sqlite_store, after=3 * HOUR, catalogue=FED) == ANN


def test_posts_say_until_when_and_who_follows(store: Store) -> None:
    override(store, "dan", -HOUR, HOUR)

    with store.read() as connection:
        found = roster.posts(connection, at=MONDAY, catalogue=SHOP)

    said = [(one.team.name, one.duty.person if one.duty else None, one.until, one.follows) for one in found]
    assert said == [
        ("sre", DAN, MONDAY + HOUR, ANN),
        ("dba", DAN, None, None),
        ("backend", None, None, None),
    ]


def test_a_post_with_nobody_says_when_somebody_follows(sqlite_store: Store) -> None:
    before = MONDAY - timedelta(days=2)

    with sqlite_store.read() as connection:
        sre = roster.posts(connection, at=before, catalogue=SHOP)[0]

    assert (sre.duty, sre.until, sre.follows) == (None, MONDAY.replace(hour=9), ANN)


def test_a_post_before_a_gap_has_nobody_who_follows(sqlite_store: Store) -> None:
    office = Schedule("sre", "SRE", "UTC", (replace(SCHEDULES[0].layers[0], weekdays=(0,)),))

    with sqlite_store.read() as connection:
        sre = roster.posts(connection, at=MONDAY, catalogue=shop_with(schedules=(office, *SCHEDULES[1:])))[0]

    assert (sre.until, sre.follows) == (MONDAY.replace(day=3, hour=0), None)
