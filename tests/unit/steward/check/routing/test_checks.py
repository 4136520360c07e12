"""Each check of routing on the smallest routing that has its defect, beside one that has not."""

from collections.abc import Iterator

import pytest

from steward.check.finding import Level, Place
from steward.check.routing import AlertLabels, RoutingSubject, routing_findings
from steward.model import Inhibition, LabelMatch, Route, where
from steward.promql.labels import Inferred, LabelState

CRITICAL = where("severity", "critical")
WARNING = where("severity", "warning")


def alert(
    name: str, severity: str, *, is_open: bool = False, **labels: str | frozenset[str] | None
) -> AlertLabels:
    fixed = {"alertname": name, "severity": severity, **labels}
    states = {
        key: LabelState(frozenset({value}) if isinstance(value, str) else value) for key, value in fixed.items()
    }
    return AlertLabels(name, Inferred(states, is_open))


DOWN = alert("Down", "critical", service="db")
SLOW = alert("Slow", "warning", service="db")
ALERTS = (DOWN, SLOW)


def found(
    *routes: Route,
    alerts: tuple[AlertLabels, ...] = ALERTS,
    inhibitions: tuple[Inhibition, ...] = (),
    receivers: dict[str, bool] | None = None,
) -> list[tuple[str, str]]:
    root = Route("all", routes=routes)
    used = {route.receiver: True for route in root.walk()}
    subject = RoutingSubject(Place("routing"), root, receivers or used, inhibitions, alerts)
    return [(finding.check, finding.place.what) for finding in routing_findings(subject)]


def inhibits(*equal: str, source: LabelMatch = CRITICAL, target: LabelMatch = WARNING) -> Inhibition:
    return Inhibition((source,), (target,), equal, "the reason")


def test_sound_routing_has_no_findings() -> None:
    assert (
        found(
            Route("slo", (LabelMatch("slo", "=~", ".+"),), goes_on=True),
            Route("pager", (CRITICAL,), routes=(Route("dba", (where("service", "db"),)),)),
            Route("chat", (WARNING,)),
            alerts=(*ALERTS, alert("Burn", "critical", slo="availability")),
            inhibitions=(inhibits("service"),),
        )
        == []
    )


def test_alert_that_ends_where_nobody_is_told() -> None:
    routes = (Route("pager", (CRITICAL,)),)

    assert found(*routes, receivers={"all": False, "pager": True}) == [("no-receiver", "alert Slow")]


def test_alert_of_no_severity_may_end_where_nobody_is_told() -> None:
    assert found(alerts=(alert("Watchdog", "none"),), receivers={"all": False}) == []


def test_alert_that_only_sometimes_ends_where_nobody_is_told() -> None:
    sometimes = alert("Slow", "warning", path=frozenset({"/a", "/b"}))

    assert found(
        Route("chat", (where("path", "/a"),)), alerts=(sometimes,), receivers={"all": False, "chat": True}
    ) == [("no-receiver", "alert Slow")]


def test_label_that_is_always_there_with_any_value_is_enough() -> None:
    routes = (Route("chat", (LabelMatch("path", "=~", ".+"),)),)

    assert (
        found(*routes, alerts=(alert("Slow", "warning", path=None),), receivers={"all": False, "chat": True}) == []
    )


@pytest.mark.parametrize(
    "routes",
    [
        (Route("pager", (where("severity", "crit"),)),),
        (Route("pager", (CRITICAL,), routes=(Route("chat", (WARNING,)),)),),
        (Route("pager", (where("path", "/a"),)),),
        (Route("pager", (CRITICAL, where("service", "api"))),),
    ],
    ids=["value that no alert has", "contradicts the route above", "label that no alert has", "no alert has both"],
)
def test_route_that_no_alert_fits(routes: tuple[Route, ...]) -> None:
    assert [check for check, _ in found(*routes)] == ["unreachable-route"]


@pytest.mark.parametrize(
    "earlier",
    [
        (Route("x", (LabelMatch("severity", "=~", "crit.*"),)),),
        (Route("x", (where("alertname", "Down"),)),),
        (Route("x", (where("service", "db"), LabelMatch("severity", "!=", "warning"))),),
    ],
    ids=["a wider condition", "another condition that all who fit satisfy", "two conditions"],
)
def test_route_behind_one_that_takes_every_alert(earlier: tuple[Route, ...]) -> None:
    assert found(*earlier, Route("pager", (CRITICAL,))) == [("unreachable-route", "route 2 to pager")]


def test_route_below_another_that_an_earlier_one_takes_every_alert_from() -> None:
    database = Route("dba", (where("service", "db"),), routes=(Route("pager", (CRITICAL,)),))

    assert found(Route("x", (CRITICAL,)), database) == [("unreachable-route", "route 2.1 to pager")]


def test_route_behind_one_that_goes_on_is_reached() -> None:
    assert found(Route("x", (CRITICAL,), goes_on=True), Route("pager", (CRITICAL,))) == []


def test_several_routes_together_take_every_alert() -> None:
    assert found(Route("x", (CRITICAL,)), Route("y", (WARNING,)), Route("z")) == [
        ("unreachable-route", "route 3 to z")
    ]


def test_only_the_first_of_nested_routes_is_named() -> None:
    nested = Route("pager", (where("severity", "crit"),), routes=(Route("dba", (where("service", "db"),)),))

    assert found(nested) == [("unreachable-route", "route 1 to pager")]


class TestWithoutKnownAlerts:
    """What can be said of a file that comes without a catalogue."""

    def test_route_that_contradicts_the_one_above(self) -> None:
        routes = (Route("pager", (CRITICAL,), routes=(Route("chat", (WARNING,)),)),)

        assert found(*routes, alerts=()) == [("unreachable-route", "route 1.1 to chat")]

    def test_route_behind_the_same_condition(self) -> None:
        assert found(Route("x", (CRITICAL,)), Route("pager", (CRITICAL, where("team", "db"))), alerts=()) == [
            ("unreachable-route", "route 2 to pager")
        ]

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [
            (where("team", "db"), CRITICAL),
            (LabelMatch("path", "=~", "/x"), LabelMatch("path", "=~", "/.*")),
            (LabelMatch("path", "=~", "/api/.+"), LabelMatch("path", "!=", "")),
            (LabelMatch("path", "=~", "a|b"), LabelMatch("path", "=~", "(b|c)d?")),
            (LabelMatch("path", "=~", "x"), LabelMatch("path", "=~", r"\d{3}-[a-f]+")),
            (LabelMatch("path", "!~", "x[0-9]+"), LabelMatch("path", "=~", ".+")),
        ],
    )
    def test_route_that_some_alert_may_take(self, earlier: LabelMatch, later: LabelMatch) -> None:
        assert found(Route("x", (earlier,)), Route("y", (later,)), alerts=()) == []

    def test_many_labels_that_cannot_all_be_tried(self) -> None:
        values = [LabelMatch(f"label{number}", "=", f"value{value}") for number in range(9) for value in range(9)]
        routes = [Route(f"to {value.label} {value.value}", (value,)) for value in values]

        assert found(*routes, Route("last", (CRITICAL,)), alerts=()) == []

    def test_inhibition_may_match(self) -> None:
        assert found(alerts=(), inhibitions=(inhibits("service"),)) == []


@pytest.mark.parametrize(
    ("inhibition", "alerts"),
    [
        (inhibits(source=where("severity", "crit")), ALERTS),
        (inhibits(target=where("severity", "warn")), ALERTS),
        (inhibits("alertname"), ALERTS),
        (inhibits("service"), (DOWN, alert("Slow", "warning"))),
        (inhibits("path"), (alert("A", "critical", path=frozenset({"a"})), alert("B", "warning", path="b"))),
    ],
    ids=["no source", "no target", "names differ", "a label of one side only", "values differ"],
)
def test_inhibition_that_never_matches(inhibition: Inhibition, alerts: tuple[AlertLabels, ...]) -> None:
    assert found(inhibitions=(inhibition,), alerts=alerts) == [("inhibition-never-matches", "inhibition 1")]


@pytest.mark.parametrize(
    ("inhibition", "alerts"),
    [
        (inhibits(), ALERTS),
        (inhibits("service"), ALERTS),
        (inhibits("instance"), ALERTS),
        (inhibits("path"), (alert("A", "critical", path=None), alert("B", "warning", path="b"))),
        (inhibits("path"), (alert("A", "critical", is_open=True), alert("B", "warning", path="b"))),
    ],
    ids=["nothing must agree", "same value", "both miss it", "any value", "labels not known"],
)
def test_inhibition_that_may_match(inhibition: Inhibition, alerts: tuple[AlertLabels, ...]) -> None:
    assert found(inhibitions=(inhibition,), alerts=alerts) == []


def test_inhibition_of_an_alert_by_itself() -> None:
    both = inhibits("service", target=LabelMatch("severity", "=~", "critical|warning"))

    assert found(inhibitions=(both,)) == [("inhibits-itself", "inhibition 1")]


def test_receiver_that_is_not_declared_or_not_used() -> None:
    receivers = {"all": True, "spare": True}

    assert found(Route("pager", (CRITICAL,)), receivers=receivers) == [
        ("unknown-receiver", "route 1 to pager"),
        ("unused-receiver", "receiver spare"),
    ]


def all_findings() -> Iterator[tuple[str, Level, str, str]]:
    subject = RoutingSubject(
        Place("alertmanager.yml"),
        Route("gone", routes=(Route("all", (where("severity", "crit"),)),)),
        {"all": True, "spare": True},
        (inhibits("alertname"), inhibits(target=CRITICAL)),
        ALERTS,
    )
    for finding in routing_findings(subject):
        assert finding.place.file == "alertmanager.yml"
        assert finding.why
        yield finding.check, finding.level, finding.message, finding.mend


def test_findings_say_what_and_how_to_mend_it() -> None:
    findings = {check: (message, mend) for check, _, message, mend in all_findings()}

    assert findings["unknown-receiver"][1] == "declare it, or name one of those that are: all, spare"
    assert findings["unreachable-route"][0] == 'no alert has labels with severity="crit"'
    assert findings["inhibition-never-matches"][0] == "no source and target have the same alertname"
    assert findings["inhibits-itself"][0] == "source and target are the same alert: Down"
