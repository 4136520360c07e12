"""On-call as the requirement asks for it: contacts, escalation matrix, and somebody always there."""

from datetime import UTC, datetime, timedelta

import pytest

from festivals.catalogue import CATALOGUE
from steward.model import OnCall, Schedule, Severity, Target, Way
from steward.oncall.domain.business import next_business_moment
from steward.oncall.domain.schedule import gaps, on_call, shifts
from steward.promql import Duration, hours, minutes

assert CATALOGUE.oncall is not None
ONCALL: OnCall = CATALOGUE.oncall
ALL = {Way.PAGERDUTY, Way.SLACK, Way.EMAIL}
NOW = Duration.of(0)

MATRIX = {
    Severity.CRITICAL: [
        (Target.ON_CALL, NOW, ALL),
        (Target.LEAD, minutes(15), ALL),
        (Target.HEAD, minutes(30), ALL),
    ],
    Severity.WARNING: [(Target.ON_CALL, NOW, {Way.SLACK}), (Target.LEAD, hours(1), {Way.SLACK})],
    Severity.INFO: [(Target.ON_CALL, NOW, {Way.EMAIL})],
}


@pytest.mark.parametrize("severity", MATRIX)
def test_the_policies_are_the_escalation_matrix(severity: Severity) -> None:
    policy = ONCALL.policy(severity)

    assert policy is not None
    assert [(step.to, step.after, set(step.by)) for step in policy.steps] == MATRIX[severity]
    assert [step.on_business_day for step in policy.steps] == [severity is Severity.INFO] * len(policy.steps)


def test_nobody_is_told_of_what_always_fires() -> None:
    assert ONCALL.policy(Severity.NONE) is None


def test_the_contacts_of_the_requirement_are_known() -> None:
    mailboxes = {one.email for one in ONCALL.people} | {one.email for one in CATALOGUE.teams}
    phones = {one.phone for one in ONCALL.people}

    assert {"sre@festivals.io", "platform@festivals.io", "oncall@festivals.io"} <= mailboxes
    assert "+1-555-FESTIVAL" in phones
    assert {one.email.partition("@")[2] for one in ONCALL.people} == {"festivals.io"}


def test_the_escalation_contact_of_each_team_stands_in() -> None:
    escalation = {team.title: (team.escalation, team.contact) for team in CATALOGUE.teams}
    vice_president, ciso = ONCALL.head, ONCALL.person("ciaran")

    assert vice_president is not None
    assert ciso is not None
    assert escalation == {
        "SRE": ("VP of Engineering", vice_president.name),
        "DBA": ("SRE team", "sre"),
        "Backend": ("SRE team", "sre"),
        "Security": ("CISO", ciso.name),
        "Platform": ("SRE team", "sre"),
    }


def test_every_team_has_a_lead_who_is_somebody_else_than_who_is_on_call() -> None:
    for team in CATALOGUE.teams:
        schedule = next(one for one in ONCALL.schedules if one.name == team.schedule)
        turns = {person for layer in schedule.layers for person in layer.people}
        assert team.lead in ONCALL.people
        assert team.lead not in turns
        assert turns <= set(ONCALL.people)


@pytest.mark.parametrize("schedule", ONCALL.schedules, ids=lambda one: one.name)
def test_somebody_is_on_call_at_every_moment(schedule: Schedule) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    end = begin + timedelta(days=366)
    found = shifts(schedule, begin, end)

    assert gaps(found, begin, end) == ()
    assert all(one.ends_at - one.starts_at <= timedelta(days=7, hours=1) for one in found)
    assert on_call(schedule, datetime(2036, 1, 1, tzinfo=UTC)) is not None


def test_handovers_are_on_mondays_at_ten() -> None:
    monday = datetime(2026, 3, 30, 8, tzinfo=UTC)

    for schedule in ONCALL.schedules:
        before, after = on_call(schedule, monday - timedelta(seconds=1)), on_call(schedule, monday)
        assert before != after


def test_information_waits_for_the_next_business_day() -> None:
    good_friday = datetime(2026, 4, 3, 12, tzinfo=UTC)

    assert next_business_moment(ONCALL.business, good_friday) == datetime(2026, 4, 7, 7, tzinfo=UTC)
