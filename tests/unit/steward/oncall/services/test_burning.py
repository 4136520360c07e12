"""What the recorded series of an objective say: how bad it is, which alert fires next, and when."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from steward.compile.slo.plan import plans
from steward.model import SLO
from steward.oncall.prometheus import Sample
from steward.oncall.services.burning import Reading, of_plan, worst
from steward.testing.shop import AVAILABILITY, GROUPED, shop_with

BUDGET = "slo:error_budget_remaining:ratio"
COVERAGE = "slo:window_coverage:ratio"
EVENTS = "slo:sli_total:events_window"
BAD = "slo:sli_error:events_window"
RATE = "slo:sli_error:rate"
BURNS = "slo:error_budget_burn:rate"
BAD_IN = "slo:sli_error:events"
CALM = {BUDGET: 0.9, COVERAGE: 1, EVENTS: 1e6, BAD: 100}
PAGING = {f"{BURNS}1h": 20, f"{BURNS}5m": 20, f"{BAD_IN}1h": 50}


def samples(slo: SLO, values: Mapping[str, float], **labels: str) -> list[Sample]:
    return [Sample({"__name__": name, "slo": slo.name, **labels}, value) for name, value in values.items()]


def read(values: Mapping[str, float], *more: Sample, slo: SLO = AVAILABILITY, scale: float = 1) -> Reading:
    catalogue = shop_with(slo)
    (plan,) = plans(catalogue, catalogue.collection, scale)
    (reading,) = of_plan(plan, [*samples(slo, values), *more])
    return reading


@pytest.mark.parametrize(
    ("values", "tone"),
    [
        pytest.param({}, "", id="nothing is known"),
        pytest.param(CALM, "good", id="calm"),
        pytest.param(CALM | {BUDGET: 0.1}, "warn", id="a tenth is left"),
        pytest.param(CALM | {BUDGET: -0.1}, "bad", id="spent"),
        pytest.param(CALM | {BUDGET: -0.1, COVERAGE: 0.01}, "warn", id="spent, of a short time"),
        pytest.param(CALM | {BUDGET: -9, BAD: 4}, "", id="spent by four bad events"),
        pytest.param(CALM | PAGING, "bad", id="it burns so that it pages"),
        pytest.param(CALM | PAGING | {f"{BAD_IN}1h": 4}, "good", id="it burns, by four bad events"),
        pytest.param(CALM | PAGING | {f"{BURNS}5m": 1}, "good", id="it burned an hour ago"),
        pytest.param(
            CALM | {f"{BURNS}6h": 7, f"{BURNS}30m": 7, f"{BAD_IN}6h": 9},
            "warn",
            id="it burns, and nobody is woken",
        ),
    ],
)
def test_how_bad_it_is(values: Mapping[str, float], tone: str) -> None:
    assert read(values).tone == tone


def test_the_spike_is_foreseen_once_half_the_window_is_known() -> None:
    burning = CALM | {RATE: 0.1, f"{BURNS}5m": 5, f"{BURNS}1h": 0, f"{BAD_IN}1h": 0}

    def spike(coverage: float) -> float | None:
        found = read(burning | {COVERAGE: coverage}).forecasts
        return next(one.seconds for one in found if one.alert == "APIAvailabilityBudgetSpike")

    assert spike(0.5) == pytest.approx(3_600 * 100 / 360)  # a tenth of the budget of a thousand
    assert spike(0.49) is None


def test_an_alert_waits_for_the_least_number_of_bad_events() -> None:
    slow = CALM | {RATE: 0.001, f"{BURNS}5m": 20, f"{BURNS}1h": 20}
    page = next(one for one in read(slow).forecasts if one.alert.endswith("Page"))
    quick = next(one for one in read(slow | {RATE: 0.01}).forecasts if one.alert.endswith("Page"))

    assert page.seconds is None
    assert quick.seconds == pytest.approx(500)


def test_what_fires_stands_first_and_what_follows_is_the_next() -> None:
    firing = Sample(
        {
            "__name__": "ALERTS",
            "alertname": "APIAvailabilityBurnRateInfo",
            "alertstate": "firing",
            "slo": "api-availability",
        },
        1,
    )
    reading = read(CALM | PAGING | {RATE: 1}, firing)
    first = reading.forecasts[0]

    assert (first.alert, first.state) == ("APIAvailabilityBurnRateInfo", "firing")
    assert reading.next is not None
    assert (reading.next.alert, reading.next.seconds) == ("APIAvailabilityBurnRatePage", 0)


def test_a_budget_lasts_as_long_as_it_burns_and_time_passes() -> None:
    burning = CALM | {f"{BURNS}5m": 9}

    assert read(burning).budget_lasts == pytest.approx(3 * 86_400)
    assert read(burning, scale=60).budget_lasts == pytest.approx(3 * 1_440)
    assert read(CALM | {f"{BURNS}5m": 0}).budget_lasts is None
    assert read(CALM).budget_lasts is None


def test_planned_time_is_told() -> None:
    planned = samples(AVAILABILITY, {"slo:maintenance:active": 1})

    assert read(CALM, *planned).maintenance
    assert not read(CALM, *samples(AVAILABILITY, {"slo:maintenance:active": 0})).maintenance
    assert not read(CALM, *samples(replace(AVAILABILITY, name="other"), {"slo:maintenance:active": 1})).maintenance


def test_the_worst_group_is_one_with_enough_bad_events() -> None:
    catalogue = shop_with(GROUPED)
    (plan,) = plans(catalogue, catalogue.collection)
    seen = [
        *samples(GROUPED, {BUDGET: -70, BAD: 3}, shop="tiny"),
        *samples(GROUPED, {BUDGET: 0.4, BAD: 60}, shop="north"),
        *samples(GROUPED, {BUDGET: 0.6, BAD: 50}, shop="south"),
        *samples(GROUPED, {COVERAGE: 1}, shop="unknown"),
    ]
    (one,) = worst(list(of_plan(plan, seen)))

    assert one.state.group == {"shop": "north"}
