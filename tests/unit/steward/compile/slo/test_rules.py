"""What the rules of an objective say, and that they stay PromQL at every interval and scale."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from steward.compile.rules import Alerting, Recorded, RuleFile
from steward.compile.slo import names, slo_files
from steward.compile.slo.bucket import bound
from steward.model import (
    SLO,
    Announced,
    BurnRate,
    Catalogue,
    Collection,
    Latency,
    Maintenance,
    Once,
    Severity,
    Weekly,
)
from steward.promql import days, hours, minutes, parse

Of = Callable[..., Catalogue]


def expr(file: RuleFile, name: str) -> str:
    """Return the expression of the rule that records or alerts under a name."""
    for rule in file.rules:
        if (rule.record if isinstance(rule, Recorded) else rule.alert) == name:
            return rule.expr
    raise AssertionError(name)


@pytest.mark.parametrize("scrape", [1, 2, 7, 15, 60])
@pytest.mark.parametrize("scale", [1, 20, 60])
def test_every_expression_is_promql(catalogue: Catalogue, scrape: int, scale: float) -> None:
    for file in slo_files(catalogue, Collection(interval=scrape, timeout=scrape), scale):
        for rule in file.rules:
            parse(rule.expr)


def test_one_file_an_objective(catalogue: Catalogue, collection: Collection) -> None:
    paths = [file.path for file in slo_files(catalogue, collection)]
    assert paths == ["slos/api-availability.yml", "slos/api-latency.yml", "slos/shop-availability.yml"]


def test_groups_follow_the_scrapes(availability: SLO, of: Of) -> None:
    def intervals(scrape: int) -> list[str]:
        (file,) = slo_files(of(availability), Collection(interval=scrape, timeout=scrape))
        return [str(group.interval) for group in file.groups]

    assert intervals(15) == ["30s", "2m", "30s"]
    assert intervals(2) == ["4s", "2m", "4s"]


def test_names_do_not_depend_on_the_interval_nor_on_the_scale(availability: SLO, of: Of) -> None:
    def recorded(scrape: int, scale: float) -> list[str]:
        (file,) = slo_files(of(availability), Collection(interval=scrape, timeout=scrape), scale)
        return [rule.record for rule in file.rules if isinstance(rule, Recorded)]

    assert recorded(15, 1) == recorded(2, 60)
    assert names.TOTAL in recorded(15, 1)


def test_a_window_holds_whole_steps(availability: SLO, of: Of, collection: Collection) -> None:
    (file,) = slo_files(of(availability), collection)
    assert "[59m45s]" in expr(file, "slo:sli_error:ratio_rate1h")
    assert "events_tile" in expr(file, "slo:sli_error:ratio_rate6h")
    assert "[29d23h59m45s]" in expr(file, names.TOTAL_WINDOW)
    assert expr(file, names.COVERAGE).endswith("/ 8640")


def test_scale_shortens_windows_but_not_the_range_of_the_base(availability: SLO, of: Of) -> None:
    (file,) = slo_files(of(availability), Collection(interval=2, timeout=2), 60)
    assert "[8s]" in expr(file, names.TOTAL)
    assert "[58s]" in expr(file, "slo:sli_error:ratio_rate1h")
    assert "[6s]" in expr(file, "slo:sli_error:ratio_rate5m")
    assert "[11h59m58s]" in expr(file, names.TOTAL_WINDOW)
    (absent,) = (rule for rule in file.rules if isinstance(rule, Alerting) and "Absent" in rule.alert)
    assert str(absent.lasting) == "15s"


def test_tiles_are_whole_steps_at_any_scrape_interval(availability: SLO, of: Of) -> None:
    (file,) = slo_files(of(availability), Collection(interval=7, timeout=7))
    assert "time()) % 294 < 14" in expr(file, names.TOTAL_TILE)


def test_windows_of_burn_rates_are_added_to_the_usual(availability: SLO, of: Of, collection: Collection) -> None:
    slo = replace(
        availability, burn_rates=(BurnRate("Slow", 2, hours(12), minutes(90), Severity.WARNING),), window=days(7)
    )
    (file,) = slo_files(of(slo), collection)
    assert "slo:error_budget_burn:rate12h" in expr(file, "APIAvailabilityBurnRateSlow")
    assert "[1h29m45s]" in expr(file, "slo:sli_error:ratio_rate1h30m")
    assert expr(file, names.COVERAGE).endswith("/ 2016")


def test_windows_are_shorter_than_the_objective_s(availability: SLO, of: Of, collection: Collection) -> None:
    (file,) = slo_files(of(replace(availability, burn_rates=(), window=days(1))), collection)
    recorded = {rule.record for rule in file.rules if isinstance(rule, Recorded)}
    assert names.ratio(hours(6)) in recorded
    assert names.ratio(days(1)) not in recorded


def test_another_definition_starts_anew_and_another_objective_does_not(
    availability: SLO, latency: SLO, of: Of, collection: Collection
) -> None:
    def definition(slo: SLO) -> str:
        (file,) = slo_files(of(slo), collection)
        (found,) = {
            value
            for rule in file.rules
            if isinstance(rule, Recorded)
            for label, value in rule.labels
            if label == names.DEFINITION_LABEL
        }
        assert f'definition="{found}"' in expr(file, names.TOTAL_WINDOW)
        return found

    assert definition(availability) == definition(replace(availability, objective=99, title="Other"))
    others = [latency, replace(availability, by=("shop",)), replace(availability, indicator=latency.indicator)]
    assert definition(availability) not in {definition(other) for other in others}


def test_results_and_alerts_do_not_carry_the_definition(catalogue: Catalogue, collection: Collection) -> None:
    counted = {names.TOTAL, names.ERROR, names.TOTAL_TILE, names.ERROR_TILE, names.INFO}
    for file in slo_files(catalogue, collection):
        carrying = {
            rule.record
            for rule in file.rules
            if isinstance(rule, Recorded) and dict(rule.labels).get(names.DEFINITION_LABEL)
        }
        assert carrying == counted


def test_alerts_say_whom_they_concern_and_where_to_look(availability: SLO, of: Of, collection: Collection) -> None:
    (file,) = slo_files(of(availability), collection)
    alerts = {rule.alert: rule for rule in file.rules if isinstance(rule, Alerting)}
    assert {name: dict(rule.labels)["severity"] for name, rule in alerts.items()} == {
        "APIAvailabilityBurnRatePage": "critical",
        "APIAvailabilityBurnRateTicket": "warning",
        "APIAvailabilityBurnRateInfo": "info",
        "APIAvailabilityBudgetSpike": "critical",
        "APIAvailabilityDataAbsent": "warning",
    }
    for rule in alerts.values():
        assert dict(rule.labels) == {
            "severity": dict(rule.labels)["severity"],
            "slo": "api-availability",
            "team": "sre",
        }
        told = dict(rule.annotations)
        assert told["runbook_url"] == "http://books/slo-api-availability"
        assert told["dashboard_url"] == "http://boards/api"


def test_spike_is_no_more_urgent_than_the_objective(grouped: SLO, of: Of, collection: Collection) -> None:
    ticket = tuple(level for level in grouped.burn_rates if level.name == "Ticket")
    (file,) = slo_files(of(replace(grouped, burn_rates=ticket)), collection)
    (spike,) = (rule for rule in file.rules if isinstance(rule, Alerting) and "Spike" in rule.alert)
    assert dict(spike.labels)["severity"] == "warning"
    assert "{{ $labels.shop }}" in dict(spike.annotations)["summary"]


@pytest.mark.parametrize(("within", "matcher"), [(0.5, 'le="0.5"'), (1, r'le=~"1|1\\.0"'), (5, r'le=~"5|5\\.0"')])
def test_bucket_is_found_however_it_is_written(
    latency: SLO, of: Of, collection: Collection, within: float, matcher: str
) -> None:
    assert isinstance(latency.indicator, Latency)
    indicator = replace(latency.indicator, within=within)
    (file,) = slo_files(of(replace(latency, indicator=indicator)), collection)
    assert matcher in expr(file, names.ERROR)


def test_large_bucket_is_found_with_an_exponent_too() -> None:
    assert bound(1e6) == r'le=~"1000000|1000000\\.0|1e\\+06"'


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (Weekly(2, 120, hours(2)), "day_of_week() == 2 and hour() * 60 + minute() >= 120 < 240"),
        (Once(1_790_000_000, hours(1)), "vector(time()) >= 1790000000 < 1790003600"),
        (Announced("shop_closed == 1"), "shop_closed == 1"),
    ],
)
def test_maintenance_reaches_the_objectives_that_it_names(
    availability: SLO, latency: SLO, of: Of, collection: Collection, when: Weekly | Once | Announced, text: str
) -> None:
    planned = Maintenance("upgrade", when, ("api-availability",), "The database is upgraded.")
    first, second = slo_files(of(availability, latency, maintenance=(planned,)), collection)
    assert text in expr(first, names.MAINTENANCE)
    for name in (names.TOTAL, names.ERROR, "APIAvailabilityDataAbsent"):
        assert names.MAINTENANCE in expr(first, name)
    assert all(names.MAINTENANCE not in rule.expr for rule in second.rules)
