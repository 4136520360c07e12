"""Which pages belong together, and how an incident's status follows its alerts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.oncall.domain.incidents import Move, Standing, gathering_key, judge
from steward.oncall.domain.states import IncidentStatus

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = IncidentStatus
FIRING = Standing(INVESTIGATING, None, related=True, active=True)
QUIET = Standing(MONITORING, NOW - timedelta(minutes=30), related=True, active=False)


def judged(standing: Standing) -> tuple[IncidentStatus, datetime | None] | None:
    move = judge(standing, quiet_for=HOUR, now=NOW)
    return None if move is None else (move.status, move.quiet_since)


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        ([{"service": "api", "cluster": "eu"}], "sre:service=api"),
        ([{"service": "api"}, {"service": "api", "cluster": "eu"}], "sre:service=api"),
        ([{"cluster": "eu"}, {"cluster": "eu"}], "sre:cluster=eu"),
        ([{"service": "api", "cluster": "eu"}, {"service": "db", "cluster": "eu"}], "sre:cluster=eu"),
        ([{"service": "api"}, {"service": "db"}], "sre:page=k"),
        ([{"service": ""}], "sre:page=k"),
        ([], "sre:page=k"),
    ],
)
def test_pages_of_one_service_or_else_cluster_belong_together(labels: list[dict[str, str]], key: str) -> None:
    assert gathering_key("sre", labels, "k") == key


@pytest.mark.parametrize(
    ("standing", "becomes"),
    [
        (FIRING, None),
        (replace(FIRING, active=False), (MONITORING, NOW)),
        (replace(FIRING, status=IDENTIFIED, active=False), (MONITORING, NOW)),
        (replace(FIRING, related=False, active=False), None),
        (QUIET, None),
        (replace(QUIET, quiet_since=NOW - HOUR), (RESOLVED, NOW - HOUR)),
        (replace(QUIET, active=True), (INVESTIGATING, None)),
        (replace(QUIET, status=IDENTIFIED, quiet_since=NOW - HOUR), None),
        (replace(QUIET, status=IDENTIFIED, active=True), (IDENTIFIED, None)),
        (replace(FIRING, status=MONITORING), None),
        (replace(QUIET, status=RESOLVED, active=True), None),
        (replace(QUIET, status=RESOLVED, quiet_since=None), None),
    ],
)
def test_the_status_follows_the_alerts_but_not_over_a_person(
    standing: Standing, becomes: tuple[IncidentStatus, datetime | None] | None
) -> None:
    assert judged(standing) == becomes


def test_a_move_says_why() -> None:
    move = judge(replace(QUIET, quiet_since=NOW - HOUR), quiet_for=HOUR, now=NOW)
    assert move == Move(RESOLVED, NOW - HOUR, "quiet since 2026-03-02 09:00 UTC")
