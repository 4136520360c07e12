import pytest

from steward.instrument.merge import merge
from steward.instrument.store import Reading
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric

SIDE = Label.closed("side", "left", "right")
COUNTER = Counter("c_total", "x", (SIDE,))


def reading(name: str, *numbers: float, alive: bool = True) -> Reading:
    return Reading(alive=alive, numbers={(name, ()): numbers})


@pytest.mark.parametrize(
    ("across", "expected"),
    [
        (Across.SUM, (14.0,)),
        (Across.LIVE_SUM, (5.0,)),
        (Across.MAX, (9.0,)),
        (Across.LATEST, (3.0,)),
    ],
)
def test_a_gauge_is_made_as_it_says(across: Across, expected: tuple[float]) -> None:
    gauge = Gauge("g", "x", across=across)
    readings = [reading("g", 2, 10), reading("g", 3, 30), reading("g", 9, 20, alive=False)]

    (family,) = merge([gauge], readings)

    assert family.series == {(): expected}


@pytest.mark.parametrize("across", [Across.MAX, Across.LATEST])
def test_a_process_that_never_set_it_does_not_count(across: Across) -> None:
    (family,) = merge([Gauge("g", "x", across=across)], [reading("g", 0, 0), reading("g", -4, 7)])

    assert family.series == {(): (-4.0,)}


@pytest.mark.parametrize(
    ("metric", "numbers"),
    [(Counter("m_total", "x"), (1.0,)), (Histogram("m", "x", buckets=(1,)), (1.0, 2.0, 7.5))],
)
def test_what_the_dead_counted_stays(metric: Metric, numbers: tuple[float, ...]) -> None:
    (family,) = merge([metric], [reading(metric.name, *numbers), reading(metric.name, *numbers, alive=False)])

    assert family.series == {(): tuple(2 * number for number in numbers)}


def test_series_come_in_order_and_strangers_are_left_out() -> None:
    numbers = {("c_total", ("right",)): (1.0,), ("c_total", ("left",)): (2.0,), ("unknown_total", ()): (3.0,)}

    (family,) = merge([COUNTER], [Reading(alive=True, numbers=numbers)])

    assert list(family.series.items()) == [(("left",), (2.0,)), (("right",), (1.0,))]
