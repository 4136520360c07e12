"""What a row of the outbox tells."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from steward.model import Alert, AlertGroup, Catalogue, Severity, Way, below, given, level
from steward.oncall.deliver.notification import Notification
from steward.oncall.domain.answers import Answer
from steward.oncall.domain.states import Kind, OutboxState
from steward.oncall.services import paging
from steward.oncall.services.alerts import take_in
from steward.oncall.services.links import read
from steward.oncall.services.notifications import compose
from steward.oncall.settings import OnCallSettings
from steward.oncall.store import outbox
from steward.oncall.store.database import Store
from steward.oncall.store.outbox import OutboxRow
from steward.oncall.store.tables import outbox as outbox_table
from steward.oncall.store.tables import page
from steward.testing.oncall import MONDAY, SHOP, SRE, incoming

SETTINGS = OnCallSettings(public_url="https://oncall.example", signing_key="k")


def rows(store: Store) -> dict[Way, OutboxRow]:
    with store.write() as connection:
        found = outbox.lease(connection, owner="test", now=MONDAY + timedelta(days=1), limit=100)
    return {row.way: row for row in found}


def fire(store: Store, *alerts: Any) -> None:
    with store.write() as connection:
        take_in(connection, alerts, source="test", now=MONDAY, catalogue=SHOP)


def told(
    store: Store, row: OutboxRow, *, settings: OnCallSettings = SETTINGS, catalogue: Catalogue = SHOP
) -> Notification:
    with store.read() as connection:
        return compose(connection, row, catalogue=catalogue, settings=settings, now=MONDAY)


def test_says_what_whom_and_since_when(store: Store) -> None:
    fire(store, incoming("APIDown", annotations={"summary": "It is down", "description": "All of it"}))
    row = rows(store)[Way.SLACK]
    said = told(store, row)
    assert (said.key, said.kind, said.address) == (row.key, Kind.PAGE, "#incidents")
    assert (said.severity, said.team, said.opened_at) == ("critical", "SRE", MONDAY)
    assert (said.person, said.mention, said.step) == ("Ann Alder", "U0ANN", "on-call engineer")
    assert "APIDown" in said.title
    (line,) = said.alerts
    assert (line.name, line.summary, line.description, line.firing) == ("APIDown", "It is down", "All of it", True)
    assert (said.alerts_total, said.alerts_firing) == (1, 1)


def test_shows_ten_alerts_those_that_fire_first(store: Store) -> None:
    fire(store, *(incoming("APIDown", instance=f"{number}") for number in range(15)))
    with store.write() as connection:
        ended = [incoming("APIDown", firing=False, instance=f"{number}") for number in range(10)]
        take_in(connection, ended, source="test", now=MONDAY, catalogue=SHOP)
    said = told(store, rows(store)[Way.SLACK])
    assert [line.firing for line in said.alerts] == [True] * 5 + [False] * 5
    assert (said.alerts_total, said.alerts_firing) == (15, 5)


@pytest.mark.parametrize("evil", ["javascript:alert(1)", "data:text/html,x", "http://a\nb", "//x"])
def test_links_of_labels_are_http_or_nothing(store: Store, evil: str) -> None:
    notes = {"summary": "s", "runbook_url": evil, "dashboard_url": evil}
    fire(store, replace(incoming("APIDown", annotations=notes), generator_url=evil))
    (line,) = told(store, rows(store)[Way.SLACK]).alerts
    assert (line.runbook_url, line.dashboard_url, line.query_url) == ("", "", "")


def test_the_runbook_is_the_catalogue_s_where_the_alert_names_none(store: Store) -> None:
    declared = Alert(
        "APIDown",
        Severity.CRITICAL,
        SRE,
        "up",
        below(1),
        summary="It is down",
        description="Visitors cannot pay.",
        runbook="api-down",
        fires=(given(level("up", 0)),),
        silent=(given(level("up", 1)),),
    )
    catalogue = replace(SHOP, alert_groups=(AlertGroup("api", "api", (declared,)),))
    fire(store, incoming("APIDown"))
    (line,) = told(store, rows(store)[Way.SLACK], catalogue=catalogue).alerts
    assert line.runbook_url == catalogue.links.runbooks + "api-down"


def test_only_a_mail_holds_links_that_act(store: Store) -> None:
    fire(store, incoming("APIDown"))
    for way, row in rows(store).items():
        actions = told(store, row).actions
        assert actions.page == f"https://oncall.example/pages/{row.page_id}"
        assert bool(actions.acknowledge) == bool(actions.resolve) == (way is Way.EMAIL)


def test_the_links_of_a_mail_name_page_action_and_person(store: Store) -> None:
    fire(store, incoming("APIDown"))
    row = rows(store)[Way.EMAIL]
    actions = told(store, row).actions
    for url, action in ((actions.acknowledge, Answer.ACKNOWLEDGE), (actions.resolve, Answer.RESOLVE)):
        link = read(SETTINGS, url.rpartition("/")[2], now=MONDAY)
        assert (link.page_id, link.action, link.person) == (row.page_id, action, "ann")


def test_without_a_key_no_link_acts(store: Store) -> None:
    fire(store, incoming("APIDown"))
    actions = told(store, rows(store)[Way.EMAIL], settings=replace(SETTINGS, signing_key=None)).actions
    assert (actions.acknowledge, actions.resolve) == ("", "")


def test_says_who_acknowledged_and_until_when_it_is_quiet(store: Store) -> None:
    fire(store, incoming("APIDown"))
    rows(store)
    with store.write() as connection:
        page_id = connection.execute(select(page.c.id)).scalar_one()
        until = MONDAY + timedelta(hours=2)
        paging.snooze(connection, page_id, until=until, actor="lea", now=MONDAY, catalogue=SHOP)
    found = _answers(store)
    assert {said.actor for said in found} == {"Lea Larch"}
    assert all("until 2026-03-02 12:00 UTC" in said.text for said in found)


def test_that_alerts_have_ended_nobody_did(store: Store) -> None:
    fire(store, incoming("APIDown"))
    rows(store)
    fire(store, incoming("APIDown", firing=False))
    with store.write() as connection:
        paging.advance(connection, now=MONDAY + timedelta(hours=1), catalogue=SHOP, limit=10)
    assert {(said.kind, said.actor) for said in _answers(store)} == {(Kind.RESOLVED, "")}


def test_a_reminder_is_about_no_page(store: Store) -> None:
    with store.write() as connection:
        outbox.put(
            connection,
            key="silence:1:reminder:slack",
            kind=Kind.REMINDER,
            way=Way.SLACK,
            address="#incidents",
            now=MONDAY,
            detail={"title": "The silence ends", "text": "It was made by ann", "silence_id": 1},
        )
    said = told(store, rows(store)[Way.SLACK])
    assert (said.title, said.text, said.page_id) == ("The silence ends", "It was made by ann", None)
    assert (said.alerts, said.dedup_key, said.actions.page) == ((), "", "")


def _answers(store: Store) -> list[Notification]:
    """Return what is told after the page itself was marked as delivered."""
    with store.write() as connection:
        sent = update(outbox_table).where(outbox_table.c.kind == Kind.PAGE)
        connection.execute(sent.values(state=OutboxState.DELIVERED))
        found = outbox.lease(connection, owner="test", now=MONDAY + timedelta(days=1), limit=100)
    return [told(store, row) for row in found if row.kind is not Kind.PAGE]
