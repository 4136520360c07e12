"""What is open in the store, as somebody who was just woken sees it."""

from datetime import timedelta

from sqlalchemy import update

from steward.oncall.prometheus import ScrapedTarget
from steward.oncall.services import paging
from steward.oncall.services.alerts import take_in
from steward.oncall.services.overview import Overview, Seen, overview
from steward.oncall.store import changes
from steward.oncall.store.database import Store
from steward.oncall.store.events import record
from steward.oncall.store.tables import page
from steward.testing.oncall import MONDAY, SHOP, incoming

QUIET = Seen()


def fires(store: Store, name: str, *, silenced: bool | None = None, severity: str = "critical") -> None:
    with store.write() as connection:
        alert = incoming(name, silenced=silenced, severity=severity)
        take_in(connection, [alert], source="alertmanager", now=MONDAY, catalogue=SHOP)


def looked(store: Store, seen: Seen = QUIET) -> Overview:
    with store.read() as connection:
        return overview(connection, seen)


def test_nothing_is_wrong_where_nothing_is_open(store: Store) -> None:
    assert looked(store).quiet


def test_that_prometheus_does_not_answer_is_not_quiet(store: Store) -> None:
    assert not looked(store, Seen(problem="it does not answer")).quiet


def test_a_target_that_is_down_is_not_quiet(store: Store) -> None:
    down = ScrapedTarget("api", "a:1", "http://a:1/metrics", "down", "refused", MONDAY, 0.1)

    assert not looked(store, Seen(targets=(down,))).quiet


def test_what_nobody_has_answered_comes_first_then_what_is_most_urgent(store: Store) -> None:
    for name, severity in (("Low", "info"), ("Down", "critical"), ("Slow", "warning")):
        fires(store, name, severity=severity)
    found = looked(store)
    assert [one.severity for one in found.pages] == ["critical", "warning", "info"]
    with store.write() as connection:
        paging.acknowledge(connection, found.pages[0].id, actor="ann", now=MONDAY, catalogue=SHOP)

    assert [one.severity for one in looked(store).pages] == ["warning", "info", "critical"]


def test_an_alert_whose_page_is_closed_fires_and_nobody_is_told(store: Store) -> None:
    fires(store, "Down")
    assert looked(store).unpaged == []
    with store.write() as connection:
        connection.execute(update(page).values(state="resolved", resolved_at=MONDAY))

    (one,) = looked(store).unpaged
    assert (one.name, one.severity, one.why) == ("Down", "critical", "its page was resolved, and it still fires")


def test_what_is_silenced_is_counted_and_bothers_nobody(store: Store) -> None:
    fires(store, "Down", severity="warning")
    fires(store, "Down", severity="warning", silenced=True)
    with store.write() as connection:
        connection.execute(update(page).values(state="resolved", resolved_at=MONDAY))
    found = looked(store)

    assert (found.firing, found.silenced, found.unpaged) == (1, 1, [])


def test_what_fires_in_prometheus_and_was_not_heard_of_is_told(store: Store) -> None:
    fires(store, "Down")
    firing = frozenset({("Down", "critical", "sre"), ("Lost", "warning", "sre")})
    (one,) = looked(store, Seen(firing=firing)).unpaged

    assert one.name == "Lost"
    assert "Alertmanager has not told" in one.why


def test_the_latest_events_say_what_they_are_about_and_leave_access_out(store: Store) -> None:
    fires(store, "Down")
    with store.write() as connection:
        record(connection, "session.began", "ann logged in", at=MONDAY + timedelta(seconds=9), actor="ann")
    with store.read() as connection:
        found = changes.latest(connection, ("page.opened", "incident"), limit=10)

    assert [one.text for one in found] == [
        "Incident opened: Down: Down is wrong",
        "Page opened: Down: Down is wrong",
    ]
    assert [one.about for one in found] == ["Down: Down is wrong"] * 2
    assert found[1].page_id is not None
