import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from steward.instrument import Instruments
from steward.model import Across, CatalogueError, Counter, Gauge, Histogram, Label, Metric, Unit
from steward.model.components.instrument_metrics import SERIES_DROPPED

Exposed = Callable[[Instruments], Awaitable[list[str]]]

DRINK = Label.closed("drink", "beer", "water")
FESTIVAL = Label.bounded("festival_id", 2, "a festival")
SOLD = Counter("sold_total", "Drinks sold.", (DRINK, FESTIVAL))
POURED = Histogram("poured_seconds", "Time of pouring.", (DRINK,), Unit.SECONDS, buckets=(1, 5))
QUEUE = Gauge("queue_length", "People in the queue.", (DRINK,))
PEAK = Gauge("peak", "Longest queue.", across=Across.MAX)
MOOD = Gauge("mood", "Mood as last seen.", across=Across.LATEST)
STOCK = Gauge("stock", "Barrels.", across=Across.SCRAPE)
METRICS: tuple[Metric, ...] = (SOLD, POURED, QUEUE, PEAK, MOOD, STOCK)


class Sold(NamedTuple):
    drink: str
    festival_id: str


class Turned(NamedTuple):
    festival_id: str
    drink: str


class Drink(NamedTuple):
    drink: str


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(METRICS)


def _dropped(instruments: Instruments, metric: Metric) -> float:
    return instruments.total(SERIES_DROPPED, metric=metric.name)


async def test_a_counter_adds_up(instruments: Instruments, exposed: Exposed) -> None:
    sold = instruments.counter(SOLD, Sold)
    sold.labels(drink="beer", festival_id="f1").inc()
    sold.labels("beer", "f1").inc(2.5)

    assert await exposed(instruments) == ['sold_total{drink="beer",festival_id="f1"} 3.5']


async def test_names_in_another_order_are_the_same_labels(instruments: Instruments, exposed: Exposed) -> None:
    instruments.counter(SOLD, Sold).labels(drink="beer", festival_id="f1").inc()
    instruments.counter(SOLD, Turned).labels(drink="beer", festival_id="f1").inc()
    instruments.counter(SOLD, Turned).labels("f1", "beer").inc()

    assert await exposed(instruments) == ['sold_total{drink="beer",festival_id="f1"} 3.0']


async def test_a_histogram_counts_a_bound_in_its_own_bucket(instruments: Instruments, exposed: Exposed) -> None:
    for seconds in (1, 1.1, 7):
        instruments.histogram(POURED, Drink).labels(drink="beer").observe(seconds)

    assert await exposed(instruments) == [
        'poured_seconds_bucket{drink="beer",le="1.0"} 1.0',
        'poured_seconds_bucket{drink="beer",le="5.0"} 2.0',
        'poured_seconds_bucket{drink="beer",le="+Inf"} 3.0',
        'poured_seconds_count{drink="beer"} 3.0',
        'poured_seconds_sum{drink="beer"} 9.1',
    ]


async def test_a_gauge_goes_up_and_down(instruments: Instruments, exposed: Exposed) -> None:
    queue = instruments.gauge(QUEUE, Drink).labels(drink="beer")
    queue.set(5)
    queue.inc(2)
    queue.dec()

    assert await exposed(instruments) == ['queue_length{drink="beer"} 6.0']


async def test_a_gauge_of_one_process_is_absent_until_it_is_set(
    instruments: Instruments, exposed: Exposed
) -> None:
    peak, mood = instruments.gauge(PEAK), instruments.gauge(MOOD)
    assert await exposed(instruments) == []

    peak.set(-3)
    mood.set(0)

    assert await exposed(instruments) == ["peak -3.0", "mood 0.0"]


async def test_series_stand_in_the_order_in_which_they_appeared(
    instruments: Instruments, exposed: Exposed
) -> None:
    sold = instruments.counter(SOLD, Sold)
    for festival in ("f2", "f1"):
        sold.labels("beer", festival).inc()
    before = await exposed(instruments)
    sold.labels("beer", "other").inc()

    assert before == [
        'sold_total{drink="beer",festival_id="f2"} 1.0',
        'sold_total{drink="beer",festival_id="f1"} 1.0',
    ]
    assert await exposed(instruments) == [*before, 'sold_total{drink="beer",festival_id="other"} 1.0']


async def test_help_is_the_catalogues(instruments: Instruments) -> None:
    instruments.gauge(QUEUE, Drink).labels(drink="beer").set(1)

    body, _ = await instruments.expose()

    assert body.decode().startswith("# HELP queue_length People in the queue.\n# TYPE queue_length gauge\n")


async def test_two_instances_share_nothing(exposed: Exposed) -> None:
    one, other = Instruments(METRICS), Instruments(METRICS)

    one.gauge(MOOD).set(1)

    assert await exposed(other) == []


class TestSeriesKnownBeforehand:
    async def test_a_counter_of_few_closed_combinations_starts_at_zero(self, exposed: Exposed) -> None:
        instruments = Instruments(
            [Counter("open_total", "Nothing but a name."), Counter("b_total", "x", (DRINK,))]
        )

        assert await exposed(instruments) == [
            "open_total 0.0",
            'b_total{drink="beer"} 0.0',
            'b_total{drink="water"} 0.0',
        ]

    async def test_sixty_four_are_few_and_sixty_five_are_not(self, exposed: Exposed) -> None:
        many = [Label.closed("n", *(str(number) for number in range(size))) for size in (64, 65)]

        assert len(await exposed(Instruments([Counter("few_total", "x", (many[0],))]))) == 64
        assert await exposed(Instruments([Counter("many_total", "x", (many[1],))])) == []

    async def test_a_bounded_label_or_another_kind_starts_without_series(self, exposed: Exposed) -> None:
        assert await exposed(Instruments(METRICS)) == []

    async def test_what_was_dropped_starts_at_zero_for_each_metric_with_labels(
        self, instruments: Instruments
    ) -> None:
        body, _ = await instruments.expose()

        lines = [line for line in body.decode().splitlines() if line.startswith(SERIES_DROPPED.name)]
        assert lines == [
            f'{SERIES_DROPPED.name}{{metric="{metric.name}"}} 0.0' for metric in (SOLD, POURED, QUEUE)
        ]


class TestLabels:
    async def test_an_undeclared_value_counts_as_other_and_is_logged_once(
        self, instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture
    ) -> None:
        for drink in ("wine", "gin", "other"):
            instruments.counter(SOLD, Sold).labels(drink=drink, festival_id="f1").inc()

        assert await exposed(instruments) == ['sold_total{drink="other",festival_id="f1"} 3.0']
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert "metric sold_total: drink='wine' is not among its declared values" in record.message
        assert _dropped(instruments, SOLD) == 2

    async def test_a_bounded_label_overflows_to_other(
        self, instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture
    ) -> None:
        for festival in ("f1", "f2", "f3", "f4", "f1"):
            instruments.counter(SOLD, Sold).labels(drink="beer", festival_id=festival).inc()

        assert await exposed(instruments) == [
            'sold_total{drink="beer",festival_id="f1"} 2.0',
            'sold_total{drink="beer",festival_id="f2"} 1.0',
            'sold_total{drink="beer",festival_id="other"} 2.0',
        ]
        (record,) = caplog.records
        assert (
            "metric sold_total: festival_id='f3' comes after the 2 different values it may have" in record.message
        )
        assert _dropped(instruments, SOLD) == 2

    @pytest.mark.parametrize(
        "labels",
        [{}, {"drink": "beer"}, {"drink": "beer", "festival": "f1"}, {"drink": "b", "festival_id": "f", "x": ""}],
    )
    def test_wrong_names_are_the_programmers_mistake(
        self, instruments: Instruments, labels: dict[str, str]
    ) -> None:
        with pytest.raises(TypeError, match="argument"):
            instruments.counter(SOLD, Sold).labels(**labels)

    def test_a_type_of_other_names_is_refused_at_the_start(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match=r"sold_total: its labels are drink, festival_id; given: drink$"):
            instruments.counter(SOLD, Drink)

    def test_a_metric_with_labels_needs_a_type_of_them(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="poured_seconds: it has the labels drink; give a NamedTuple"):
            instruments.histogram(POURED)

    def test_a_type_that_names_nothing_is_refused(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="sold_total: give a NamedTuple of its labels, not"):
            instruments.counter(SOLD, tuple)


class TestHandles:
    def test_a_metric_of_another_catalogue_has_none(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="metric sold_total: it is not among those"):
            instruments.counter(Counter("sold_total", "Another one."))

    def test_a_metric_of_another_kind_has_none(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="metric queue_length: it is a gauge, not a counter"):
            instruments.counter(QUEUE)  # type: ignore[call-overload]

    def test_a_gauge_asked_at_each_scrape_has_none(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="gauge stock: it is asked at each scrape"):
            instruments.gauge(STOCK)

    def test_two_declarations_of_one_name_are_refused(self) -> None:
        with pytest.raises(CatalogueError, match="metric sold_total: declared twice"):
            Instruments([SOLD, Counter("sold_total", "Another one.")])

    def test_a_declaration_that_stands_twice_is_one(self) -> None:
        instruments = Instruments([SOLD, SOLD])

        instruments.counter(SOLD, Sold).labels("beer", "f1").inc()

        assert instruments.total(SOLD) == 1

    async def test_those_of_one_series_are_one(self, instruments: Instruments) -> None:
        sold = instruments.counter(SOLD, Sold)

        assert sold.labels("beer", "f1") is sold.labels("beer", "f1")
        assert instruments.gauge(PEAK) is instruments.gauge(PEAK)


class TestTotal:
    def test_it_sums_over_the_labels_not_given(self, instruments: Instruments) -> None:
        sold = instruments.counter(SOLD, Sold)
        sold.labels(drink="beer", festival_id="f1").inc(1)
        sold.labels(drink="beer", festival_id="f2").inc(2)
        sold.labels(drink="water", festival_id="f2").inc(4)

        assert instruments.total(SOLD) == 7
        assert instruments.total(SOLD, drink="beer") == 3
        assert instruments.total(SOLD, festival_id="f2", drink="beer") == 2
        assert instruments.total(SOLD, drink="wine") == 0

    def test_it_knows_the_labels(self, instruments: Instruments) -> None:
        with pytest.raises(
            CatalogueError, match="counter sold_total: its labels are drink, festival_id; given: bar"
        ):
            instruments.total(SOLD, bar="x")

    def test_series_that_come_later_are_in_it(self, instruments: Instruments) -> None:
        assert instruments.total(SOLD) == 0

        instruments.counter(SOLD, Sold).labels("beer", "f1").inc()

        assert instruments.total(SOLD) == 1


async def test_process_metrics_stand_after_the_catalogues() -> None:
    instruments = Instruments(METRICS, process_metrics=True)

    body, _ = await instruments.expose("application/openmetrics-text")

    text = body.decode()
    assert text.index(SERIES_DROPPED.name) < text.index("process_cpu_seconds_total")
    assert text.endswith("\n# EOF\n")
    assert text.count("# EOF") == 1


async def test_two_scrapes_at_once_are_each_whole(instruments: Instruments) -> None:
    instruments.counter(SOLD, Sold).labels("beer", "f1").inc()

    bodies = await asyncio.gather(*[instruments.expose() for _ in range(5)])

    assert len(set(bodies)) == 1
