"""People are told before a silence ends."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.silencing import Silence, Wish
from steward.oncall.domain.states import Kind, SilenceKind
from steward.oncall.services import silences
from steward.oncall.services.alerts import take_in
from steward.oncall.services.intake import SOURCE
from steward.oncall.services.reminders import remind
from steward.oncall.store.database import Store
from steward.oncall.store.tables import outbox
from steward.testing.oncall import MONDAY, SHOP, incoming

HOUR = timedelta(hours=1)
SOON = MONDAY + 2 * HOUR - timedelta(minutes=15)


def keep(connection: Connection, *, lasts: timedelta = 2 * HOUR, by: str = "api-token") -> Silence:
    wish = Wish(
        SilenceKind.SILENCE,
        (Matcher("alertname", "APIDown"),),
        MONDAY,
        MONDAY + lasts,
        "Maintenance\nwindow",
        by,
        "APIDown",
    )
    return silences.keep(connection, wish, actor=by, now=MONDAY)


def told(connection: Connection) -> list[tuple[Any, ...]]:
    columns = (outbox.c.way, outbox.c.address, outbox.c.person)
    return [
        tuple(row)
        for row in connection.execute(select(*columns).where(outbox.c.kind == Kind.REMINDER).order_by("id"))
    ]


def test_the_room_and_whoever_made_it_are_reminded_once(store: Store) -> None:
    with store.write() as connection:
        keep(connection, by="ann")
        assert remind(connection, now=SOON - timedelta(seconds=1), catalogue=SHOP) == 0
        assert remind(connection, now=SOON, catalogue=SHOP) == 1
        assert remind(connection, now=SOON + timedelta(minutes=1), catalogue=SHOP) == 0
        assert told(connection) == [("slack", "#incidents", ""), ("email", "ann@shop.example", "ann")]


def test_a_reminder_says_what_will_be_heard_again(store: Store) -> None:
    with store.write() as connection:
        keep(connection)
        news = [
            *(incoming("APIDown", silenced=True, instance=name) for name in "ab"),
            incoming("APIDown", instance="heard"),
            incoming("Other", silenced=True),
        ]
        take_in(connection, news, source=SOURCE, now=MONDAY, catalogue=SHOP)
        remind(connection, now=SOON, catalogue=SHOP)
        assert told(connection) == [("slack", "#incidents", "")]
        detail = connection.scalars(select(outbox.c.detail).where(outbox.c.kind == Kind.REMINDER)).one()
    assert detail["title"] == "Silence of APIDown ends at 12:00 UTC"
    assert detail["text"] == (
        "2 alerts that it covers will be heard again. It was made by api-token: Maintenance window"
    )


def test_a_short_one_a_cancelled_one_and_one_that_is_over_need_no_reminder(store: Store) -> None:
    with store.write() as connection:
        keep(connection, lasts=timedelta(minutes=59))
        silences.cancel(connection, keep(connection), actor="ann", now=MONDAY)
        keep(connection)
        for now in (MONDAY + timedelta(minutes=50), MONDAY + 2 * HOUR):
            assert remind(connection, now=now, catalogue=SHOP) == 0
        assert told(connection) == []
