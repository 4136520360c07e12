"""What people do with incidents."""

from datetime import timedelta

import pytest

from steward.oncall.domain.states import IncidentStatus
from steward.oncall.errors import Conflict, Invalid, NotFound
from steward.oncall.services import incident_work
from steward.oncall.services.incident_work import Draft
from steward.testing.incidents import TILLS, IncidentDesk


def test_an_incident_is_opened_by_hand(desk: IncidentDesk) -> None:
    started = desk.clock() - timedelta(minutes=20)
    opened = desk.opens(Draft("Tills are slow", "warning", team="sre", impact="Queues", started_at=started))
    assert (opened.opened_by, opened.opened_at, opened.team, opened.impact) == ("ann", started, "sre", "Queues")
    assert (opened.status, opened.version) == (IncidentStatus.INVESTIGATING, 1)
    (entry,) = desk.timeline(opened.id)
    assert (entry.at, entry.actor, entry.text) == (desk.clock(), "ann", "ann opened the incident: Tills are slow")


def test_two_incidents_of_one_service_may_be_opened_by_hand(desk: IncidentDesk) -> None:
    draft = Draft("Tills are slow", "warning", team="sre", service="api")
    assert desk.opens(draft).id != desk.opens(draft).id


@pytest.mark.parametrize("team", ["nobody", "SRE"])
def test_an_incident_of_a_team_that_is_not_there_is_refused(desk: IncidentDesk, team: str) -> None:
    with pytest.raises(Invalid, match=r"no team is called .* known: sre, dba, backend"):
        desk.opens(Draft("x", "warning", team=team))


def test_an_incident_cannot_have_begun_tomorrow(desk: IncidentDesk) -> None:
    with pytest.raises(Invalid, match="started_at: 2026-03-03 10:00 UTC has not come yet"):
        desk.opens(Draft("x", "warning", started_at=desk.clock() + timedelta(days=1)))


def test_an_alert_can_be_attached_and_taken_out(desk: IncidentDesk) -> None:
    page, opened = desk.page("APISlow", severity="warning"), desk.opens()
    ((alert_id, _),) = desk.alerts_of(page)
    desk.attaches(opened.id, alert_id)
    desk.attaches(opened.id, alert_id)
    assert desk.alerts_of(page) == [(alert_id, opened.id)]
    assert [entry.text for entry in desk.timeline(opened.id)].count("ann attached APISlow") == 1
    desk.ends(page)
    assert desk.passes(seconds=1) == 1
    assert desk.incident(opened.id).status is IncidentStatus.MONITORING
    desk.detaches(opened.id, alert_id)
    assert desk.alerts_of(page) == [(alert_id, None)]


def test_an_alert_that_was_taken_out_does_not_come_back_by_itself(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    opened = desk.incident_of(page)
    assert opened is not None
    ((alert_id, _),) = desk.alerts_of(page)
    desk.detaches(opened, alert_id)
    desk.joins(page, service="api")
    assert [incident for _, incident in desk.alerts_of(page)] == [None, opened]


def test_an_alert_belongs_to_one_incident(desk: IncidentDesk) -> None:
    ((alert_id, first),) = desk.alerts_of(desk.page("APIDown", service="api"))
    second = desk.opens()
    with pytest.raises(Conflict, match=f"alert {alert_id} belongs to incident {first}; take it out there first"):
        desk.attaches(second.id, alert_id)
    with pytest.raises(NotFound, match=f"alert {alert_id} does not belong to incident {second.id}"):
        desk.detaches(second.id, alert_id)


def test_what_is_not_there_is_not_found(desk: IncidentDesk) -> None:
    opened = desk.opens()
    with pytest.raises(NotFound, match="no alert 99"):
        desk.attaches(opened.id, 99)
    with pytest.raises(NotFound, match="no incident 99"):
        desk.notes(99, "hello")
    with pytest.raises(NotFound, match="no incident 99"):
        desk.adds_item(99, "hello")
    with (
        pytest.raises(NotFound, match=f"incident {opened.id} has no action item 5"),
        desk.store.write() as connection,
    ):
        incident_work.mark_item(connection, opened.id, 5, done=True, actor="ann", now=desk.clock())


def test_people_add_to_the_timeline_also_later(desk: IncidentDesk) -> None:
    opened = desk.opens(TILLS)
    desk.clock.forward(timedelta(minutes=10))
    desk.notes(opened.id, "Rolled back **v42**")
    desk.notes(opened.id, "Deployed v42", at=desk.clock() - timedelta(minutes=30))
    first, _, last = desk.timeline(opened.id)
    assert (first.note, first.at) == ("Deployed v42", desk.clock() - timedelta(minutes=30))
    assert (last.note, last.actor) == ("Rolled back **v42**", "ann")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001])
def test_a_note_says_something_and_not_too_much(desk: IncidentDesk, text: str) -> None:
    opened = desk.opens()
    with pytest.raises(Invalid, match="a note has 1 to 10000 characters"):
        desk.notes(opened.id, text)


def test_a_note_is_about_the_past(desk: IncidentDesk) -> None:
    opened = desk.opens()
    with pytest.raises(Invalid, match="has not come yet"):
        desk.notes(opened.id, "x", at=desk.clock() + timedelta(seconds=1))


def test_action_items_are_done_and_taken_up_again(desk: IncidentDesk) -> None:
    opened = desk.opens()
    item = desk.adds_item(opened.id, "Add an alert on the disk", "bob", done=True)
    (done,) = desk.report(opened.id).items
    assert (done.id, done.text, done.owner, done.done_at) == (
        item,
        "Add an alert on the disk",
        "bob",
        desk.clock(),
    )
    for _ in range(2):
        with desk.store.write() as connection:
            again = incident_work.mark_item(connection, opened.id, item, done=False, actor="bob", now=desk.clock())
        assert again.done_at is None
    assert desk.kinds()[1:] == ["incident.action_added", "incident.action_done", "incident.action_reopened"]
