from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.instrument import tables as tables_module
from steward.instrument.exemplars import Exemplar
from steward.instrument.labels import Values
from steward.instrument.layout import ZERO_AT, Doubles
from steward.instrument.tables import Table
from steward.model import Across, Counter, Gauge, Histogram, Label, Metric

pytestmark = pytest.mark.slow

WHO = Label.bounded("who", 999, "anybody")
COUNTER = Counter("c_total", "x", (WHO,))
HISTOGRAM = Histogram("h", "x", (WHO,), buckets=(1, 2))


class Process:
    """What one process has counted of one metric: each series' numbers, as a store has them."""

    def __init__(self, metric: Metric, series: Mapping[str, Sequence[float]] = {}, *, alive: bool = True) -> None:
        self.alive = alive
        self.numbers: Doubles = memoryview(bytearray(80_000)).cast("d")
        for at in range(ZERO_AT):
            self.numbers[at] = 999.0
        self._of_metric: dict[Values, int] = {}
        self.places = {metric.name: self._of_metric}
        self._end = ZERO_AT + 1
        for who, numbers in series.items():
            self.add(who, *numbers)

    def add(self, who: str, *numbers: float) -> None:
        for at, number in enumerate(numbers, self._end):
            self.numbers[at] = number
        self._of_metric[(who,) if who else ()] = self._end
        self._end += len(numbers)


def lines(table: Table, parts: Sequence[Process]) -> list[str]:
    for _ in table.extend(parts):
        pass
    return "".join([block.text(parts) for block in table.blocks]).splitlines()


@pytest.mark.parametrize(
    ("across", "expected"),
    [(Across.SUM, "14.0"), (Across.LIVE_SUM, "5.0"), (Across.MAX, "9.0"), (Across.LATEST, "3.0")],
)
def test_a_gauge_is_made_as_it_says(across: Across, expected: str) -> None:
    gauge = Gauge("g", "x", across=across)
    parts = [
        Process(gauge, {"": (2, 10)}),
        Process(gauge, {"": (3, 30)}),
        Process(gauge, {"": (9, 20)}, alive=False),
    ]

    assert lines(Table(gauge), parts) == [f"g {expected}"]


@pytest.mark.parametrize("across", [Across.MAX, Across.LATEST])
def test_a_process_that_never_set_it_does_not_count(across: Across) -> None:
    gauge = Gauge("g", "x", across=across)
    never, once = Process(gauge, {"": (0, 0)}), Process(gauge, {"": (-4, 7)})

    for parts in ([never, once], [once, never]):
        assert lines(Table(gauge), parts) == ["g -4.0"]
    assert lines(Table(gauge), [never]) == []


@pytest.mark.parametrize("across", [Across.SUM, Across.LIVE_SUM])
def test_a_sum_that_nobody_has_is_absent(across: Across) -> None:
    gauge = Gauge("g", "x", (WHO,), across=across)
    parts = [Process(gauge, {"a": (0, 0)}), Process(gauge, {"b": (2, 0)}, alive=False)]

    expected = ['g{who="a"} 0.0'] + ['g{who="b"} 2.0'] * (across is Across.SUM)
    assert lines(Table(gauge), parts) == expected
    parts[0].alive = False
    assert len(lines(Table(gauge), parts)) == 2 * (across is Across.SUM)


def test_what_the_dead_counted_stays() -> None:
    counted = [Process(COUNTER, {"a": (1.0,)}), Process(COUNTER, {"a": (2.0,)}, alive=False)]
    observed = [Process(HISTOGRAM, {"a": (7.5, 1, 2, 3)}), Process(HISTOGRAM, {"a": (1, 1, 0, 0)}, alive=False)]

    assert lines(Table(COUNTER), counted) == ['c_total{who="a"} 3.0']
    assert lines(Table(HISTOGRAM), observed) == [
        'h_bucket{who="a",le="1.0"} 2.0',
        'h_bucket{who="a",le="2.0"} 4.0',
        'h_bucket{who="a",le="+Inf"} 7.0',
        'h_count{who="a"} 7.0',
        'h_sum{who="a"} 8.5',
    ]


def test_series_stand_in_the_order_in_which_they_were_first_seen() -> None:
    table = Table(COUNTER)
    one, other = Process(COUNTER, {"b": (1,)}), Process(COUNTER, {"a": (2,), "b": (4,)})
    assert lines(table, [one]) == ['c_total{who="b"} 1.0']

    assert lines(table, [one, other]) == ['c_total{who="b"} 5.0', 'c_total{who="a"} 2.0']
    one.add("c", 8)
    one.add("a", 16)
    assert lines(table, [one, other]) == ['c_total{who="b"} 5.0', 'c_total{who="a"} 18.0', 'c_total{who="c"} 8.0']


def test_two_looks_that_take_turns_each_see_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "AT_ONCE", 2)
    table, process = Table(COUNTER), Process(COUNTER, dict.fromkeys("abcdefg", (1,)))
    next(table.extend([process]))

    assert len(lines(table, [process])) == 7


def test_numbers_change_without_new_series() -> None:
    table, process = Table(COUNTER), Process(COUNTER, {"a": (1,), "b": (2,)})
    lines(table, [process])

    process.numbers[ZERO_AT + 1] = 5

    assert lines(table, [process]) == ['c_total{who="a"} 5.0', 'c_total{who="b"} 2.0']


def test_a_process_that_moves_its_numbers_is_read_where_they_are() -> None:
    table, process = Table(COUNTER), Process(COUNTER, {"a": (1,)})
    lines(table, [process])

    process.numbers = memoryview(bytearray(160_000)).cast("d")
    process.numbers[ZERO_AT + 1] = 7

    assert lines(table, [process]) == ['c_total{who="a"} 7.0']


def test_a_process_that_goes_takes_its_numbers_along() -> None:
    table = Table(COUNTER)
    parts = [Process(COUNTER, {"a": (1,)}), Process(COUNTER, {"a": (2,)})]
    lines(table, parts)

    assert lines(table, parts[1:]) == ['c_total{who="a"} 2.0']


@pytest.mark.parametrize("metric", [COUNTER, HISTOGRAM, Gauge("g", "x", (WHO,), across=Across.MAX)])
@pytest.mark.parametrize("number", [1, 5, 6, 7, 8, 20, 100])
def test_any_number_of_blocks(monkeypatch: pytest.MonkeyPatch, metric: Metric, number: int) -> None:
    monkeypatch.setattr(tables_module, "AT_ONCE", 7)
    width = {"counter": 1, "gauge": 2, "histogram": 4}[metric.kind]
    table = Table(metric)
    parts = [Process(metric), Process(metric)]
    for at in range(number):
        parts[at % 2].add(str(at), *[at + 1.0] * width)
    first = lines(table, parts)
    parts[0].add("last", *[1.0] * width)

    found = lines(table, parts)

    assert found[: len(first)] == first
    a_series = len(found) // (number + 1)
    assert [line.split('who="')[1].split('"')[0] for line in found[::a_series]][-1] == "last"
    assert len({line.rpartition(" ")[0] for line in found}) == len(found) == a_series * (number + 1)
    assert all(len(block.series) <= max(1, 7 // a_series) for block in table.blocks)
    values = {line.split('who="')[1].split('"')[0]: line.rpartition(" ")[2] for line in found}
    assert all(float(values[str(at)]) == at + 1.0 for at in range(number))


COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9), max_size=8)


@given(st.lists(st.lists(COUNTS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_sums_are_those_of_all_processes_however_they_came(rounds: list[list[dict[str, int]]]) -> None:
    table = Table(COUNTER)
    parts: list[Process] = []
    expected: dict[str, float] = {}
    for counted in rounds:
        for number, counts in enumerate(counted):
            if number == len(parts):
                parts.append(Process(COUNTER))
            for who, count in counts.items():
                if (who,) not in parts[number].places["c_total"]:
                    parts[number].add(who, 0)
                parts[number].numbers[parts[number].places["c_total"][(who,)]] += count
                expected[who] = expected.get(who, 0) + count

        found = lines(table, parts)

        if parts:
            assert dict(line.split(" ") for line in found) == {
                f'c_total{{who="{who}"}}': f"{float(total)}" for who, total in expected.items()
            }
            assert len(found) == len(expected)


class TestExemplars:
    def test_each_stands_at_its_own_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables_module, "AT_ONCE", 12)
        table = Table(HISTOGRAM)
        process = Process(HISTOGRAM, dict.fromkeys("abcde", (1, 1, 1, 1)))
        for _ in table.extend([process]):
            pass

        beside = table.exemplified(
            {
                (("d",), 1): Exemplar({"t": "d1"}, 1.5, 12.0),
                (("a",), 2): Exemplar({"t": 'a"2'}, 9.0, 12.3456),
                (("unknown",), 0): Exemplar({"t": "u"}, 1.0, 1.0),
            }
        )
        text = "".join([block.text([process], beside.get(number)) for number, block in enumerate(table.blocks)])

        assert [line for line in text.splitlines() if "#" in line] == [
            'h_bucket{who="a",le="+Inf"} 3.0 # {t="a\\"2"} 9.0 12.346',
            'h_bucket{who="d",le="2.0"} 2.0 # {t="d1"} 1.5 12.000',
        ]
        assert len(text.splitlines()) == 25
