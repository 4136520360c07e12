import logging
import math
from collections.abc import Awaitable, Callable

import pytest

from steward.instrument import Instruments
from steward.model import Across, CatalogueError, Counter, Gauge, Histogram, Label, Metric, Unit

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


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(METRICS)


async def test_a_counter_adds_up(instruments: Instruments, exposed: Exposed) -> None:
    instruments.counter(SOLD).inc(drink="beer", festival_id="f1")
    instruments.counter(SOLD).bind(festival_id="f1", drink="beer").inc(2.5)

    assert await exposed(instruments) == ['sold_total{drink="beer",festival_id="f1"} 3.5']


async def test_a_histogram_counts_a_bound_in_its_own_bucket(instruments: Instruments, exposed: Exposed) -> None:
    for seconds in (1, 1.1, 7):
        instruments.histogram(POURED).observe(seconds, drink="beer")

    assert await exposed(instruments) == [
        'poured_seconds_bucket{drink="beer",le="1.0"} 1.0',
        'poured_seconds_bucket{drink="beer",le="5.0"} 2.0',
        'poured_seconds_bucket{drink="beer",le="+Inf"} 3.0',
        'poured_seconds_count{drink="beer"} 3.0',
        'poured_seconds_sum{drink="beer"} 9.1',
    ]


async def test_a_gauge_goes_up_and_down(instruments: Instruments, exposed: Exposed) -> None:
    queue = instruments.gauge(QUEUE)
    queue.set(5, drink="beer")
    queue.inc(2, drink="beer")
    queue.dec(drink="beer")

    assert await exposed(instruments) == ['queue_length{drink="beer"} 6.0']


async def test_a_gauge_of_one_process_is_absent_until_it_is_set(
    instruments: Instruments, exposed: Exposed
) -> None:
    peak, mood = instruments.gauge(PEAK).bind(), instruments.gauge(MOOD).bind()
    assert await exposed(instruments) == []

    peak.set(-3)
    mood.set(0)

    assert await exposed(instruments) == ["peak -3.0", "mood 0.0"]


@pytest.mark.parametrize("gauge", [PEAK, MOOD])
def test_a_gauge_of_one_process_can_only_be_set(instruments: Instruments, gauge: Gauge) -> None:
    with pytest.raises(CatalogueError, match=f"gauge {gauge.name}: .* can only be set"):
        instruments.gauge(gauge).inc()


async def test_help_is_the_catalogues(instruments: Instruments) -> None:
    instruments.gauge(QUEUE).set(1, drink="beer")

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


class TestLabels:
    async def test_an_undeclared_value_counts_as_other_and_is_logged_once(
        self, instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture
    ) -> None:
        for drink in ("wine", "gin", "other"):
            instruments.counter(SOLD).inc(drink=drink, festival_id="f1")

        assert await exposed(instruments) == ['sold_total{drink="other",festival_id="f1"} 3.0']
        (record,) = caplog.records
        assert record.levelno == logging.WARNING
        assert "metric sold_total: drink='wine' is not among its declared values" in record.message

    async def test_a_bounded_label_overflows_to_other(
        self, instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture
    ) -> None:
        for festival in ("f1", "f2", "f3", "f4", "f1"):
            instruments.counter(SOLD).inc(drink="beer", festival_id=festival)

        assert await exposed(instruments) == [
            'sold_total{drink="beer",festival_id="f1"} 2.0',
            'sold_total{drink="beer",festival_id="f2"} 1.0',
            'sold_total{drink="beer",festival_id="other"} 2.0',
        ]
        (record,) = caplog.records
        assert (
            "metric sold_total: festival_id='f3' comes after the 2 different values it may have" in record.message
        )

    @pytest.mark.parametrize("value", ['a"b\\c\nd', "Füße", "\ud800", "\0", ""])
    async def test_any_text_is_exposed(self, instruments: Instruments, value: str) -> None:
        instruments.counter(SOLD).inc(drink="beer", festival_id=value)

        for accept in ("", "application/openmetrics-text"):
            body, _ = await instruments.expose(accept)
            assert body.decode().count("sold_total{") == 1

    @pytest.mark.parametrize(
        "labels",
        [{}, {"drink": "beer"}, {"drink": "beer", "festival": "f1"}, {"drink": "b", "festival_id": "f", "x": ""}],
    )
    def test_wrong_names_are_the_programmers_mistake(
        self, instruments: Instruments, labels: dict[str, str]
    ) -> None:
        given = ", ".join(labels) or "none"
        with pytest.raises(
            CatalogueError, match=f"sold_total: its labels are drink, festival_id; given: {given}$"
        ):
            instruments.counter(SOLD).inc(**labels)


class TestImpossibleNumbers:
    @pytest.mark.parametrize("amount", [-1, math.inf, math.nan])
    async def test_a_counter_leaves_them_out(
        self, instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture, amount: float
    ) -> None:
        for _ in range(2):
            instruments.counter(SOLD).inc(amount, drink="beer", festival_id="f1")

        assert await exposed(instruments) == ['sold_total{drink="beer",festival_id="f1"} 0.0']
        assert len(caplog.records) == 1

    @pytest.mark.parametrize("value", [-math.inf, math.inf, math.nan])
    async def test_a_histogram_leaves_them_out(
        self, instruments: Instruments, exposed: Exposed, caplog: pytest.LogCaptureFixture, value: float
    ) -> None:
        instruments.histogram(POURED).observe(value, drink="beer")

        assert 'poured_seconds_count{drink="beer"} 0.0' in await exposed(instruments)
        assert "metric poured_seconds" in caplog.text


class TestHandles:
    def test_a_metric_of_another_catalogue_has_none(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="metric sold_total: it is not among those"):
            instruments.counter(Counter("sold_total", "Another one."))

    def test_a_metric_of_another_kind_has_none(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="metric queue_length: it is a gauge, not a counter"):
            instruments.counter(QUEUE)  # type: ignore[arg-type]

    def test_a_gauge_asked_at_each_scrape_has_none(self, instruments: Instruments) -> None:
        with pytest.raises(CatalogueError, match="gauge stock: it is asked at each scrape"):
            instruments.gauge(STOCK)

    def test_two_declarations_of_one_name_are_refused(self) -> None:
        with pytest.raises(CatalogueError, match="metric sold_total: declared twice"):
            Instruments([SOLD, Counter("sold_total", "Another one.")])


class TestTotal:
    def test_it_sums_over_the_labels_not_given(self, instruments: Instruments) -> None:
        sold = instruments.counter(SOLD)
        sold.inc(1, drink="beer", festival_id="f1")
        sold.inc(2, drink="beer", festival_id="f2")
        sold.inc(4, drink="water", festival_id="f2")

        assert instruments.total(SOLD) == 7
        assert instruments.total(SOLD, drink="beer") == 3
        assert instruments.total(SOLD, festival_id="f2", drink="beer") == 2
        assert instruments.total(SOLD, drink="wine") == 0

    def test_it_knows_the_labels(self, instruments: Instruments) -> None:
        with pytest.raises(
            CatalogueError, match="counter sold_total: its labels are drink, festival_id; given: bar"
        ):
            instruments.total(SOLD, bar="x")
