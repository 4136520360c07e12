"""Who is told: the requirement's table of channels, and the routes that lead to them."""

import re

import pytest

from festivals.catalogue import CATALOGUE
from steward.model import (
    Channel,
    Email,
    Inhibition,
    LabelMatch,
    PagerDuty,
    Route,
    Routing,
    Slack,
    Webhook,
    hours,
    seconds,
)

CHANNELS = {
    "critical": ["PagerDuty", "#festivals-critical", "on-call"],
    "warning": ["#festivals-warnings", "on-call"],
    "info": ["team@festivals.app", "on-call"],
    "none": ["on-call"],
}
"""Severity -> where an alert of it goes."""


@pytest.fixture(scope="module")
def routing() -> Routing:
    assert CATALOGUE.routing is not None
    return CATALOGUE.routing


@pytest.mark.parametrize(("severity", "channels"), CHANNELS.items())
def test_alert_reaches_the_channels_of_its_severity(severity: str, channels: list[str], routing: Routing) -> None:
    assert told(routing, {"severity": severity}) == channels


@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_breach_of_an_objective_goes_to_its_channel_and_on(severity: str, routing: Routing) -> None:
    assert told(routing, {"severity": severity, "slo": "api-latency"}) == ["#festivals-slo", *CHANNELS[severity]]


@pytest.mark.parametrize("severity", ["critical", "warning", "info", "none"])
@pytest.mark.parametrize("more", [{}, {"slo": "api-latency"}], ids=["alert", "objective"])
def test_every_alert_reaches_oncall_once(severity: str, more: dict[str, str], routing: Routing) -> None:
    """Twice would be two groups, and PagerDuty would page for each."""
    assert told(routing, {"severity": severity} | more).count("on-call") == 1


def test_alerts_are_grouped_and_repeated_as_the_requirement_says(routing: Routing) -> None:
    root = routing.root

    assert root.receiver == "default"
    assert root.group_by == ("alertname", "cluster", "service")
    assert (root.group_wait, root.group_interval, root.repeat_interval) == (seconds(10), seconds(10), hours(1))


def test_every_alert_says_which_service_it_is_about() -> None:
    assert not [alert.name for alert in CATALOGUE.alerts if "service" not in dict(alert.labels)]


def test_worse_alert_on_the_same_thing_quiets_the_better_one(routing: Routing) -> None:
    api = {"cluster": "festivals", "service": "api", "symptom": "latency"}
    disk = {"cluster": "festivals", "service": "host", "symptom": "disk", "instance": "a", "mountpoint": "/"}

    assert quieted(routing, api | {"severity": "critical"}, api | {"severity": "warning"})
    assert quieted(routing, disk | {"severity": "critical"}, disk | {"severity": "warning"})
    assert not quieted(
        routing, disk | {"severity": "critical"}, disk | {"severity": "warning", "mountpoint": "/var"}
    )
    assert not quieted(routing, disk | {"severity": "critical"}, disk | {"severity": "warning", "instance": "b"})
    assert not quieted(
        routing, {"severity": "critical", "service": "api"}, {"severity": "warning", "service": "api"}
    )


def test_fast_burn_quiets_the_slow_burn_of_the_same_objective(routing: Routing) -> None:
    slow = {"cluster": "festivals", "slo": "api-latency"}

    assert quieted(routing, slow | {"severity": "critical"}, slow | {"severity": "warning"})
    assert quieted(routing, slow | {"severity": "critical"}, slow | {"severity": "info"})
    assert quieted(routing, slow | {"severity": "warning"}, slow | {"severity": "info"})
    assert not quieted(
        routing, slow | {"severity": "critical"}, slow | {"severity": "warning", "slo": "api-availability"}
    )


def test_oncall_that_is_down_quiets_only_the_webhook_to_it(routing: Routing) -> None:
    down = {"alertname": "OncallDown", "cluster": "festivals"}
    failing = {"alertname": "AlertmanagerNotificationsFailing", "cluster": "festivals"}

    assert quieted(routing, down, failing | {"integration": "webhook"})
    assert not quieted(routing, down, failing | {"integration": "slack"})


def test_watchdog_is_repeated_before_oncall_misses_it(routing: Routing) -> None:
    (route,) = (one for one in routing.root.routes if one.receiver == "watchdog")
    assert CATALOGUE.oncall is not None
    assert route.repeat_interval is not None

    assert route.repeat_interval.seconds * 2 < CATALOGUE.oncall.watchdog_within.seconds


def test_named_alerts_of_inhibitions_exist(routing: Routing) -> None:
    known = {alert.name for alert in CATALOGUE.alerts}
    named = {
        name
        for inhibition in routing.inhibitions
        for match in (*inhibition.source, *inhibition.target)
        if match.label == "alertname"
        for name in match.value.split("|")
    }

    assert named
    assert named <= known


def test_service_that_is_down_quiets_its_targets_only(routing: Routing) -> None:
    down = {"alertname": "APIDown", "job": "festivals-api"}

    assert quieted(routing, down, {"alertname": "TargetDown", "job": "festivals-api", "instance": "a"})
    assert not quieted(routing, down, {"alertname": "TargetDown", "job": "redis-exporter"})


def told(routing: Routing, labels: dict[str, str]) -> list[str]:
    """Walk the tree as Alertmanager does."""
    receivers = {receiver.name: receiver for receiver in routing.receivers}
    return [shown(channel) for name in reached(routing.root, labels) for channel in receivers[name].channels]


def reached(route: Route, labels: dict[str, str]) -> list[str]:
    found: list[str] = []
    for child in route.routes:
        if all(holds(match, labels) for match in child.matches):
            found += reached(child, labels)
            if not child.goes_on:
                break
    return found or [route.receiver]


def quieted(routing: Routing, source: dict[str, str], target: dict[str, str]) -> bool:
    return any(applies(inhibition, source, target) for inhibition in routing.inhibitions)


def applies(inhibition: Inhibition, source: dict[str, str], target: dict[str, str]) -> bool:
    return (
        all(holds(match, source) for match in inhibition.source)
        and all(holds(match, target) for match in inhibition.target)
        and all(source.get(label, "") == target.get(label, "") for label in inhibition.equal)
    )


def holds(match: LabelMatch, labels: dict[str, str]) -> bool:
    value = labels.get(match.label, "")
    if match.operator == "=":
        return value == match.value
    assert match.operator == "=~"
    return re.fullmatch(match.value, value) is not None


def shown(channel: Channel) -> str:
    match channel:
        case PagerDuty():
            return "PagerDuty"
        case Slack(channel=name):
            return name
        case Email(to=address):
            return address
        case Webhook(service="oncall"):
            return "on-call"
        case _:
            return type(channel).__name__
