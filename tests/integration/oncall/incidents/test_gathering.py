"""Critical pages of one cause are one incident."""

from datetime import timedelta

import pytest

from steward.oncall.domain.states import IncidentStatus
from steward.oncall.errors import NotFound
from steward.oncall.services import incidents
from steward.oncall.services.incident_work import Draft, Edit
from steward.testing.incidents import IncidentDesk
from steward.testing.oncall import SHOP


def test_a_critical_page_opens_an_incident_with_its_alerts(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    opened = desk.incident_of(page)
    assert opened is not None
    found = desk.incident(opened)
    assert (found.title, found.severity, found.status) == ("APIDown is wrong", "critical", "investigating")
    assert (found.team, found.opened_by, found.opened_at) == ("sre", "steward", desk.clock())
    assert [incident for _, incident in desk.alerts_of(page)] == [opened]


def test_pages_of_the_same_team_and_service_join_within_the_hour(desk: IncidentDesk) -> None:
    first = desk.page("APIDown", service="api")
    desk.clock.forward(timedelta(minutes=59))
    second = desk.page("APIHighErrorRate", service="api")
    assert desk.incident_of(second) == desk.incident_of(first)
    assert desk.kinds() == ["incident.opened", "incident.page_joined"]


@pytest.mark.parametrize(
    ("labels", "together"),
    [
        ({"service": "api"}, True),
        ({"service": "api", "cluster": "us"}, True),
        ({"service": "redis"}, False),
        ({"service": "api", "team": "dba"}, False),
        ({"cluster": "eu"}, False),
        ({}, False),
    ],
)
def test_what_is_not_of_one_cause_stays_apart(
    desk: IncidentDesk, labels: dict[str, str], *, together: bool
) -> None:
    first = desk.page("APIDown", service="api", cluster="eu")
    second = desk.page("Other", **labels)
    assert (desk.incident_of(first) == desk.incident_of(second)) is together


def test_pages_without_service_join_by_their_cluster(desk: IncidentDesk) -> None:
    first, second = desk.page("NodeDown", cluster="eu"), desk.page("DiskFull", cluster="eu")
    assert desk.incident_of(first) == desk.incident_of(second)


def test_after_an_hour_a_page_opens_an_incident_of_its_own_while_the_first_is_open(desk: IncidentDesk) -> None:
    first = desk.page("APIDown", service="api")
    desk.clock.forward(timedelta(minutes=61))
    second, third = desk.page("APIDown", service="api"), desk.page("APISlow", service="api")
    assert desk.incident_of(first) != desk.incident_of(second) == desk.incident_of(third)


def test_after_the_incident_is_resolved_a_page_opens_another(desk: IncidentDesk) -> None:
    first = desk.page("APIDown", service="api")
    opened = desk.incident_of(first)
    assert opened is not None
    desk.edits(opened, Edit(status=IncidentStatus.RESOLVED))
    assert desk.incident_of(desk.page("APIDown", service="api")) != opened


def test_a_page_joins_an_incident_that_was_opened_by_hand_for_its_service(desk: IncidentDesk) -> None:
    by_hand = desk.opens(Draft("Tills are slow", "warning", team="sre", service="api"))
    assert desk.incident_of(desk.page("APIDown", service="api")) == by_hand.id
    assert desk.incident(by_hand.id).severity == "critical"


def test_further_alerts_of_a_page_belong_to_its_incident(desk: IncidentDesk) -> None:
    page = desk.page("APIDown", service="api")
    desk.joins(page, "APIDown", service="api", instance="b")
    opened = desk.incident_of(page)
    assert [incident for _, incident in desk.alerts_of(page)] == [opened, opened]


def test_a_warning_opens_nothing(desk: IncidentDesk) -> None:
    page = desk.page("APISlow", severity="warning", service="api")
    desk.ends(page)
    assert desk.incident_of(page) is None
    assert desk.kinds() == []


def test_there_is_no_incident_without_a_page(desk: IncidentDesk) -> None:
    with pytest.raises(NotFound, match="no page 7"), desk.store.write() as connection:
        incidents.page_opened(connection, 7, now=desk.clock(), catalogue=SHOP)
