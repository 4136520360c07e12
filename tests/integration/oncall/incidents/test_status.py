"""An incident's status follows its alerts; a person may always set it."""

import pytest

from steward.oncall.domain.states import IncidentStatus
from steward.oncall.errors import Conflict
from steward.oncall.services.incident_work import Edit
from steward.testing.incidents import IncidentDesk

INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = IncidentStatus


def opened_by(desk: IncidentDesk, page: int) -> int:
    found = desk.incident_of(page)
    assert found is not None
    return found


def test_when_all_alerts_are_resolved_it_is_monitored_and_after_a_quiet_hour_resolved(desk: IncidentDesk) -> None:
    first, second = desk.page("APIDown", service="api"), desk.page("APISlow", service="api")
    incident = opened_by(desk, first)
    desk.ends(first)
    assert desk.incident(incident).status is INVESTIGATING
    desk.ends(second)
    assert desk.incident(incident).status is MONITORING
    assert desk.passes(minutes=59) == 0
    assert desk.passes(minutes=1) == 1
    found = desk.incident(incident)
    assert (found.status, found.resolved_at) == (RESOLVED, desk.clock())
    said = [entry.text for entry in desk.timeline(incident) if entry.kind == "incident.status_changed"]
    assert said == [
        "Status Monitoring: all its alerts are resolved",
        "Status Resolved: quiet since 2026-03-02 10:00 UTC",
    ]


def test_the_tick_notices_by_itself_that_alerts_are_resolved(desk: IncidentDesk) -> None:
    incident = opened_by(desk, desk.page("APIDown", service="api"))
    assert desk.passes(minutes=1) == 0
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE alert SET source_state = 'resolved'")
    assert desk.passes(minutes=1) == 1
    assert desk.incident(incident).status is MONITORING


def test_an_alert_that_fires_again_begins_it_anew(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    incident = opened_by(desk, page)
    desk.ends(page)
    desk.passes(minutes=30)
    desk.joins(page, service="api")
    found = desk.incident(incident)
    assert (found.status, found.quiet_since) == (INVESTIGATING, None)
    assert desk.passes(minutes=90) == 0


def test_another_page_begins_it_anew(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    incident = opened_by(desk, page)
    desk.ends(page)
    assert opened_by(desk, desk.page("APISlow", service="api")) == incident
    assert desk.incident(incident).status is INVESTIGATING


def test_a_page_that_a_person_resolved_no_longer_counts_as_firing(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    desk.closes(page)
    assert desk.incident(opened_by(desk, page)).status is MONITORING


def test_what_a_person_sets_stands(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    incident = opened_by(desk, page)
    desk.edits(incident, Edit(status=MONITORING))
    assert desk.passes(hours=3) == 0
    assert desk.incident(incident).status is MONITORING
    desk.ends(page)
    desk.edits(incident, Edit(status=IDENTIFIED))
    assert desk.passes(hours=3) == 0
    assert desk.incident(incident).status is IDENTIFIED


def test_a_quiet_incident_that_a_person_takes_up_has_its_hour_anew(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    incident = opened_by(desk, page)
    desk.ends(page)
    desk.passes(minutes=50)
    desk.edits(incident, Edit(status=IDENTIFIED))
    desk.edits(incident, Edit(status=MONITORING))
    assert desk.passes(minutes=50) == 0
    assert desk.passes(minutes=10) == 1


def test_one_that_is_resolved_can_be_opened_again_beside_its_successor(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    incident = opened_by(desk, page)
    desk.ends(page)
    desk.edits(incident, Edit(status=RESOLVED))
    desk.page("APIDown", service="api")
    again = desk.edits(incident, Edit(status=INVESTIGATING))
    assert (again.status, again.resolved_at) == (INVESTIGATING, None)


def test_one_without_alerts_is_left_to_people(desk: IncidentDesk) -> None:
    by_hand = desk.opens()
    assert desk.passes(hours=100) == 0
    assert desk.incident(by_hand.id).status is INVESTIGATING


def test_two_people_cannot_undo_each_other(desk: IncidentDesk) -> None:
    by_hand = desk.opens()
    changed = desk.edits(by_hand.id, Edit(summary="Disk full"), version=by_hand.version)
    assert (changed.summary, changed.version) == ("Disk full", by_hand.version + 1)
    with pytest.raises(Conflict, match="changed since version 1, now it is 2"):
        desk.edits(by_hand.id, Edit(summary="Network"), version=by_hand.version)
    assert desk.incident(by_hand.id).summary == "Disk full"


def test_a_change_that_changes_nothing_is_no_change(desk: IncidentDesk) -> None:
    by_hand = desk.opens()
    assert desk.edits(by_hand.id, Edit(title=by_hand.title)).version == by_hand.version
    assert desk.kinds() == ["incident.opened"]
