import math
import signal
import threading
from collections.abc import Awaitable, Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest

from steward.instrument import BoundGauge, Instruments, handles
from steward.instrument.handles import (
    Context,
    LockingCounter,
    LockingHistogram,
    LockingSummedGauge,
    make_counter,
    make_gauge,
    make_histogram,
)
from steward.instrument.notices import Notices
from steward.instrument.store import Placed, Store
from steward.model import Across, CatalogueError, Counter, Gauge, Histogram, Label, Metric

Exposed = Callable[[Instruments], Awaitable[list[str]]]

SOLD = Counter("sold_total", "Sold.")
POURED = Histogram("poured", "Poured.", buckets=(-1, 1, 2))
QUEUE = Gauge("queue", "Waiting.")
STAFF = Gauge("staff", "Ever worked.", across=Across.SUM)
PEAK = Gauge("peak", "Longest queue.", across=Across.MAX)
MOOD = Gauge("mood", "Mood last seen.", across=Across.LATEST)
METRICS: tuple[Metric, ...] = (SOLD, POURED, QUEUE, STAFF, PEAK, MOOD)
NO_NUMBERS = ["x", None, 1j, 10**400, -(10**400), [1], Decimal("sNaN")]


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(METRICS)


def _buckets(instruments: Instruments) -> list[float]:
    """Return the counts of each bucket alone, and the sum."""
    poured = instruments.histogram(POURED)
    total, *counts = poured.cells[poured.at : poured.at + len(POURED.buckets) + 2]
    return [*counts, total]


class TestCounters:
    @pytest.mark.parametrize(
        ("amount", "counted"),
        [(0, 0), (True, 1), (2, 2), (2.5, 2.5), (Decimal("1.5"), 1.5), (Fraction(1, 4), 0.25), (5e-324, 5e-324)],
    )
    def test_any_number_that_is_not_negative_is_counted(
        self, instruments: Instruments, caplog: pytest.LogCaptureFixture, amount: Any, counted: float
    ) -> None:
        instruments.counter(SOLD).inc(amount)

        assert instruments.total(SOLD) == counted
        assert not caplog.records

    @pytest.mark.parametrize(
        "amount", [-1, -5e-324, math.inf, -math.inf, math.nan, Decimal("NaN"), Decimal(-1), *NO_NUMBERS]
    )
    def test_others_are_left_out_and_logged_once(
        self, instruments: Instruments, caplog: pytest.LogCaptureFixture, amount: Any
    ) -> None:
        for _ in range(3):
            instruments.counter(SOLD).inc(amount)

        assert instruments.total(SOLD) == 0
        (record,) = caplog.records
        assert "metric sold_total: " in record.getMessage()
        assert "cannot be counted and was left out" in record.getMessage()

    def test_minus_zero_is_zero(self, instruments: Instruments) -> None:
        instruments.counter(SOLD).inc(-0.0)

        assert math.copysign(1, instruments.total(SOLD)) == 1

    async def test_a_sum_that_is_too_great_is_infinite(self, instruments: Instruments, exposed: Exposed) -> None:
        for _ in range(2):
            instruments.counter(SOLD).inc(1.7e308)

        assert (await exposed(instruments))[0] == "sold_total +Inf"

    def test_an_exemplar_of_what_is_left_out_is_left_out(self, instruments: Instruments) -> None:
        instruments.counter(SOLD).inc(-1, exemplar={"a": "b"})

        assert "a" not in str(instruments.counter(SOLD)._context.store.exemplars.known)

    @pytest.mark.parametrize("exemplar", [{}, {"a": "x" * 200}, {"1": "x"}, {1: "x"}, "text", 7, [("a", "b")]])
    def test_an_exemplar_that_is_none_costs_no_count(
        self, instruments: Instruments, caplog: pytest.LogCaptureFixture, exemplar: Any
    ) -> None:
        for _ in range(2):
            instruments.counter(SOLD).inc(exemplar=exemplar)

        assert instruments.total(SOLD) == 2
        (record,) = caplog.records
        assert record.getMessage().startswith("metric sold_total: an exemplar was left out: ")


class TestHistograms:
    @pytest.mark.parametrize(
        ("value", "bucket"),
        [
            (-1e308, 0),
            (-1, 0),
            (-0.999, 1),
            (0, 1),
            (True, 1),
            (1, 1),
            (math.nextafter(1, 2), 2),
            (Decimal("1.5"), 2),
            (Fraction(2), 2),
            (2.0, 2),
            (2.5, 3),
            (1e308, 3),
        ],
    )
    def test_a_value_falls_into_the_first_bucket_that_holds_it(
        self, instruments: Instruments, value: Any, bucket: int
    ) -> None:
        instruments.histogram(POURED).observe(value)

        *counts, total = _buckets(instruments)
        assert counts == [float(number == bucket) for number in range(4)]
        assert total == float(value)

    @pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, Decimal("Infinity"), *NO_NUMBERS])
    def test_what_is_no_finite_number_is_left_out_and_logged_once(
        self, instruments: Instruments, caplog: pytest.LogCaptureFixture, value: Any
    ) -> None:
        for _ in range(3):
            instruments.histogram(POURED).observe(value)

        assert _buckets(instruments) == [0.0] * 5
        (record,) = caplog.records
        assert "metric poured: " in record.getMessage()

    @pytest.mark.parametrize(("value", "bucket"), [(-2, 0), (1, 1), (2, 2), (3, 3), (Decimal(2), 2)])
    def test_an_exemplar_stands_beside_its_bucket(self, instruments: Instruments, value: Any, bucket: int) -> None:
        poured = instruments.histogram(POURED)

        poured.observe(value, exemplar={"a": "b"})

        ((place, exemplar),) = poured._context.store.exemplars.known.items()
        assert place == ("poured", (), bucket)
        assert (exemplar.value, exemplar.labels) == (float(value), {"a": "b"})


class TestGauges:
    @pytest.mark.parametrize("gauge", [QUEUE, STAFF, PEAK, MOOD])
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (3, "3.0"),
            (-2.5, "-2.5"),
            (True, "1.0"),
            (Decimal("1.5"), "1.5"),
            (Fraction(1, 2), "0.5"),
            (math.inf, "+Inf"),
            (-math.inf, "-Inf"),
            (math.nan, "NaN"),
            (1e300, "1e+300"),
        ],
    )
    async def test_any_number_can_be_set(
        self, instruments: Instruments, exposed: Exposed, gauge: Gauge, value: Any, shown: str
    ) -> None:
        instruments.gauge(gauge).set(value)

        assert f"{gauge.name} {shown}" in await exposed(instruments)

    @pytest.mark.parametrize("gauge", [QUEUE, STAFF, PEAK, MOOD])
    @pytest.mark.parametrize("value", NO_NUMBERS)
    async def test_what_is_no_number_is_left_out_and_logged_once(
        self,
        instruments: Instruments,
        exposed: Exposed,
        caplog: pytest.LogCaptureFixture,
        gauge: Gauge,
        value: Any,
    ) -> None:
        instruments.gauge(gauge).set(1)
        for _ in range(2):
            instruments.gauge(gauge).set(value)

        assert f"{gauge.name} 1.0" in await exposed(instruments)
        (record,) = caplog.records
        assert f"metric {gauge.name}: " in record.getMessage()

    @pytest.mark.parametrize("gauge", [QUEUE, STAFF])
    @pytest.mark.parametrize("value", NO_NUMBERS)
    async def test_what_is_no_number_is_not_added(
        self, instruments: Instruments, exposed: Exposed, gauge: Gauge, value: Any
    ) -> None:
        bound = instruments.gauge(gauge)
        bound.inc(Decimal(3))  # type: ignore[arg-type]
        bound.dec(Decimal(1))  # type: ignore[arg-type]
        bound.inc(value)
        bound.dec(value)

        assert f"{gauge.name} 2.0" in await exposed(instruments)

    @pytest.mark.parametrize("gauge", [PEAK, MOOD])
    @pytest.mark.parametrize("change", [BoundGauge.inc, BoundGauge.dec])
    def test_one_of_which_one_processs_value_is_taken_can_only_be_set(
        self, instruments: Instruments, gauge: Gauge, change: Callable[[BoundGauge], None]
    ) -> None:
        bound = instruments.gauge(gauge)
        with pytest.raises(CatalogueError, match=f"gauge {gauge.name}: .* can only be set"):
            getattr(bound, change.__name__)()

    async def test_the_highest_is_this_processs_last_value_not_its_highest(
        self, instruments: Instruments, exposed: Exposed
    ) -> None:
        for value in (9, 3):
            instruments.gauge(PEAK).set(value)

        assert "peak 3.0" in await exposed(instruments)


class Names(NamedTuple):
    bar: str


def test_an_odd_value_is_counted_as_the_same_series_each_time() -> None:
    metric = Counter("c_total", "x", (Label.bounded("bar", 3, "x"),))
    family = Instruments([metric]).counter(metric, Names)

    assert family.labels("\ud800") is family.labels("\udfff") is family.labels("?")
    assert family.labels(bar=7) is family.labels(bar="7")  # type: ignore[arg-type]


class TestWhereThreadsRunAtOnce:
    """The variants for interpreters without a global lock, made here whatever this one is."""

    @pytest.fixture
    def store(self, monkeypatch: pytest.MonkeyPatch) -> Store:
        monkeypatch.setattr(handles, "INTERPRETER_LOCKS", False)
        return Store(METRICS, None, Notices())

    @staticmethod
    def _place(store: Store, metric: Metric, placed: Placed) -> None:
        store.place((metric.name, ()), placed)

    def test_they_are_made_there(self, store: Store) -> None:
        contexts = {metric: Context(metric, store, Notices()) for metric in METRICS}

        assert isinstance(make_counter(contexts[SOLD])(()), LockingCounter)
        assert isinstance(make_histogram(contexts[POURED], POURED)(()), LockingHistogram)
        assert isinstance(make_gauge(contexts[QUEUE], QUEUE)(()), LockingSummedGauge)
        assert isinstance(make_gauge(contexts[STAFF], STAFF)(()), LockingSummedGauge)

    def test_they_are_not_made_elsewhere(self) -> None:
        store = Store(METRICS, None, Notices())

        assert not isinstance(make_counter(Context(SOLD, store, Notices()))(()), LockingCounter)

    def test_counting_waits_for_whoever_holds_the_lock(self, store: Store) -> None:
        counter = make_counter(Context(SOLD, store, Notices()))(())
        histogram = make_histogram(Context(POURED, store, Notices()), POURED)(())
        summed = make_gauge(Context(QUEUE, store, Notices()), QUEUE)(())
        highest = make_gauge(Context(PEAK, store, Notices()), PEAK)(())
        newest = make_gauge(Context(MOOD, store, Notices()), MOOD)(())
        made: list[tuple[Metric, Placed]] = [
            (SOLD, counter), (POURED, histogram), (QUEUE, summed), (PEAK, highest), (MOOD, newest)
        ]  # fmt: skip
        for metric, placed in made:
            self._place(store, metric, placed)
        ways: list[Callable[[], None]] = [
            counter.inc,
            lambda: histogram.observe(1),
            summed.inc,
            summed.dec,
            lambda: highest.set(1),
            lambda: newest.set(1),
        ]

        for count in ways:
            counted = threading.Event()

            def run(count: Callable[[], None] = count, counted: threading.Event = counted) -> None:
                count()
                counted.set()

            with store.lock:
                before = list(store.arena.numbers[:40])
                thread = threading.Thread(target=run)
                thread.start()
                thread.join(0.01)
                assert list(store.arena.numbers[:40]) == before
                assert not counted.is_set()
            thread.join(30)
            assert counted.is_set()
            assert list(store.arena.numbers[:40]) != before

    def test_they_count_the_same(self, store: Store) -> None:
        counter = make_counter(Context(SOLD, store, Notices()))(())
        histogram = make_histogram(Context(POURED, store, Notices()), POURED)(())
        gauge = make_gauge(Context(QUEUE, store, Notices()), QUEUE)(())
        self._place(store, SOLD, counter)
        self._place(store, POURED, histogram)
        self._place(store, QUEUE, gauge)

        counter.inc(2, exemplar={"a": "b"})
        counter.inc(-1)
        histogram.observe(1.5, exemplar={"a": "b"})
        gauge.set(4)
        gauge.inc(2)
        gauge.dec()

        assert counter.cells[counter.at] == 2
        assert list(histogram.cells[histogram.at : histogram.at + 5]) == [1.5, 0, 0, 1, 0]
        assert gauge.cells[gauge.at] == 5
        assert len(store.exemplars.known) == 2


def test_a_number_that_is_to_go_where_nothing_is_kept_any_more_is_left_out(
    instruments: Instruments, caplog: pytest.LogCaptureFixture
) -> None:
    sold, poured, peak = instruments.counter(SOLD), instruments.histogram(POURED), instruments.gauge(PEAK)
    for bound in (sold, poured, peak):
        bound.cells = memoryview(bytearray(80)).cast("d")
        bound.cells.release()

    sold.inc(2.0)
    poured.observe(2.0)
    peak.set(2.0)

    assert len(caplog.records) == 3


def test_a_signal_handler_may_count_while_its_thread_counts(instruments: Instruments) -> None:
    metric = Counter("c_total", "x", (Label.bounded("bar", 5000, "x"),))
    counted = Instruments([metric])
    family = counted.counter(metric, Names)
    came = 0

    def handle(_number: int, _frame: object) -> None:
        nonlocal came
        family.labels(f"signal {came % 7}").inc()
        counted.total(metric)
        came += 1

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        done = 0
        while came < 40:
            family.labels(f"{done % 3000}").inc()
            done += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert counted.total(metric) == done + came
