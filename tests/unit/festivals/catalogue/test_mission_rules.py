"""Objectives and recording rules of the requirement, written down once more and held against the catalogue."""

import pytest

from festivals.catalogue import CATALOGUE
from steward.model import SLO, Events, Latency, Ratio, Severity, days, hours
from steward.promql import parse

OBJECTIVES = {
    "api-availability": ("API Availability", 99.9),
    "api-latency": ("API Latency", 99),
    "transaction-success": ("Transaction Success", 99.5),
    "ticket-scan-success": ("Ticket Scan Success", 99),
}
BURN_RATES = [
    (14.4, hours(1), Severity.CRITICAL),
    (6, hours(6), Severity.WARNING),
    (1, days(3), Severity.INFO),
]
RECORDINGS = {
    "festivals:http_requests:rate5m": "sum(rate(festivals_http_requests_total[5m]))",
    "festivals:http_errors:rate5m": 'sum(rate(festivals_http_requests_total{status=~"5.."}[5m]))',
    "festivals:http_error_percentage:5m": "* 100",
    "festivals:http_latency:p99": "histogram_quantile(0.99, ",
    "festivals:http_latency:p95": "histogram_quantile(0.95, ",
    "festivals:http_latency:p50": "histogram_quantile(0.50, ",
    "festivals:availability:5m": "1 - (festivals:http_errors:rate5m / ",
    "festivals:sli:availability_1h": 'sum(rate(festivals_http_requests_total{status!~"5.."}[1h]))',
    "festivals:sli:latency_1h": 'sum(rate(festivals_http_request_duration_seconds_bucket{le="0.5"}[1h]))',
}
"""Rule -> what its expression must hold, in the requirement's order."""


@pytest.fixture(scope="module")
def slos() -> dict[str, SLO]:
    return {slo.name: slo for slo in CATALOGUE.slos}


@pytest.mark.parametrize(("name", "wanted"), OBJECTIVES.items())
def test_objective_has_its_target_over_30_days(name: str, wanted: tuple[str, float], slos: dict[str, SLO]) -> None:
    slo = slos[name]

    assert (slo.title, slo.objective) == wanted
    assert slo.window == days(30)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_objective_has_the_burn_rates_of_the_requirement(name: str, slos: dict[str, SLO]) -> None:
    assert [(level.factor, level.long, level.severity) for level in slos[name].burn_rates] == BURN_RATES


def test_indicators_count_what_the_requirement_says(slos: dict[str, SLO]) -> None:
    latency = slos["api-latency"].indicator
    assert isinstance(latency, Latency)
    assert (latency.histogram.name, latency.within) == ("festivals_http_request_duration_seconds", 0.5)
    assert bad("api-availability", slos).selector == 'festivals_http_requests_total{status=~"5.."}'
    assert bad("transaction-success", slos).selector == 'festivals_transactions_total{status!="success"}'
    assert (
        bad("ticket-scan-success", slos).selector
        == 'festivals_tickets_scanned_total{scan_type=~"duplicate|invalid"}'
    )


def test_each_festival_has_a_budget_that_wakes_nobody(slos: dict[str, SLO]) -> None:
    slo = slos["festival-transaction-success"]

    assert slo.by == ("festival_id",)
    assert [level.severity for level in slo.burn_rates] == [Severity.WARNING]


def test_recording_rules_are_those_of_the_requirement_in_its_order() -> None:
    group = next(group for group in CATALOGUE.recordings if group.name == "festivals.rules")

    assert [rule.name for rule in group.rules] == list(RECORDINGS)
    for rule in group.rules:
        assert RECORDINGS[rule.name] in rule.expr
        parse(rule.expr)


def bad(name: str, slos: dict[str, SLO]) -> Events:
    indicator = slos[name].indicator
    assert isinstance(indicator, Ratio)
    assert not indicator.total.matchers
    return indicator.bad
