from steward.compile.proof.origin import Origin
from steward.compile.proof.series import Phase, input_series
from steward.model import Counter, Gauge, Histogram, Unit, flow, given, level, observed, seconds

SALES = Counter("shop_sales_total", "Sales.")
OPEN = Gauge("shop_open", "Open.")
WAIT = Histogram("shop_wait_seconds", "Waiting.", unit=Unit.SECONDS, buckets=(0.5, 1, 5))
NOWHERE = Origin({}, {})


def series(*phases: Phase, origin: Origin = NOWHERE) -> dict[str, str]:
    return {one["series"]: one["values"] for one in input_series(phases, seconds(15), origin)}


def test_a_flow_grows_and_goes_on_from_where_it_was() -> None:
    found = series(Phase(given(flow(SALES, 2)), 3), Phase(given(flow(SALES, 4)), 2))

    assert found == {"shop_sales_total{}": "30+30x2 150+60x1"}


def test_a_flow_that_is_not_mentioned_stands_still() -> None:
    assert series(Phase(given(), 2), Phase(given(flow(SALES, 1)), 2)) == {"shop_sales_total{}": "0+0x1 15+15x1"}


def test_a_level_that_is_no_longer_mentioned_is_gone() -> None:
    found = series(Phase(given(level(OPEN, 1)), 2), Phase(given(), 3), Phase(given(level(OPEN, 0)), 1))

    assert found == {"shop_open{}": "1+0x1 stale _x2 0+0x0"}


def test_a_level_that_comes_later_was_not_there() -> None:
    assert series(Phase(given(), 3), Phase(given(level(OPEN, 1)), 1)) == {"shop_open{}": "_x3 1+0x0"}


def test_observations_fill_the_buckets_that_they_fit_into() -> None:
    found = series(Phase(given(observed(WAIT, 2, value=1)), 2))

    assert found == {
        'shop_wait_seconds_bucket{le="+Inf"}': "30+30x1",
        'shop_wait_seconds_bucket{le="0.5"}': "0+0x1",
        'shop_wait_seconds_bucket{le="1.0"}': "30+30x1",
        'shop_wait_seconds_bucket{le="5.0"}': "30+30x1",
        "shop_wait_seconds_count{}": "30+30x1",
        "shop_wait_seconds_sum{}": "30+30x1",
    }


def test_observations_of_the_same_histogram_add_up() -> None:
    found = series(Phase(given(observed(WAIT, 2, value=1), observed(WAIT, 1, value=4)), 1))

    assert found['shop_wait_seconds_bucket{le="1.0"}'] == "30+30x0"
    assert found['shop_wait_seconds_bucket{le="5.0"}'] == "45+45x0"
    assert found["shop_wait_seconds_sum{}"] == "90+90x0"


def test_job_and_instance_are_filled_in_where_they_are_left_out() -> None:
    origin = Origin({"shop_sales_total": "tills"}, {"tills": "till:80"})

    assert list(series(Phase(given(flow(SALES, 1)), 1), origin=origin)) == [
        'shop_sales_total{instance="till:80", job="tills"}'
    ]
    assert list(series(Phase(given(flow(SALES, 1, instance="other:1")), 1), origin=origin)) == [
        'shop_sales_total{instance="other:1", job="tills"}'
    ]


def test_values_of_labels_are_quoted() -> None:
    assert list(series(Phase(given(level("up", 1, path='a"b\\c')), 1))) == ['up{path="a\\"b\\\\c"}']
