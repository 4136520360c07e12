import pytest

from steward.instrument import Instruments
from steward.instrument.requests import (
    QuickRequestSeries,
    RequestFamilies,
    RequestLabels,
    RequestSeries,
    RouteLabels,
)
from steward.model import OTHER, Counter, Histogram, Label, Unit

PATH = Label.bounded("path", 50, "route template")
STATUS = Label.bounded("status", 50, "status code")


def _metrics(method: Label) -> tuple[Counter, Histogram, Histogram]:
    return (
        Counter("requests_total", "Requests.", (STATUS, method, PATH)),
        Histogram("duration_seconds", "Time.", (PATH, method), Unit.SECONDS, buckets=(0.1, 1)),
        Histogram("size_bytes", "Size.", (method, PATH), Unit.BYTES, buckets=(10, 100)),
    )


METRICS = _metrics(Label.closed("method", "GET", "HEAD", OTHER))


async def _counted(kind: type[RequestSeries], *, sized: bool) -> str:
    requests, duration, size = METRICS
    instruments = Instruments(METRICS)
    handles = (
        instruments.counter(requests, RequestLabels).labels(method="GET", path="/", status="200"),
        instruments.histogram(duration, RouteLabels).labels(method="GET", path="/"),
        instruments.histogram(size, RouteLabels).labels(method="GET", path="/") if sized else None,
    )
    if kind is QuickRequestSeries:
        bounds = ((float("-inf"), *duration.buckets), (float("-inf"), *size.buckets))
        series: RequestSeries = QuickRequestSeries(*handles, bounds)
    else:
        series = kind(*handles)
    for seconds, sent in ((0.1, 10), (0.11, 11), (0.0, 0), (1.0, 100), (7.5, 1000)):
        series.count(seconds, sent)
    series.count(0.5, 50, {"trace": "t"})
    series.count(0.5, 50, None)
    body, _ = await instruments.expose("application/openmetrics-text")
    # An exemplar ends with the time when it was made.
    return "\n".join(line.rpartition(" ")[0] if " # " in line else line for line in body.decode().splitlines())


@pytest.mark.parametrize("sized", [True, False])
async def test_both_kinds_of_series_count_alike(*, sized: bool) -> None:
    quick = await _counted(QuickRequestSeries, sized=sized)

    assert quick == await _counted(RequestSeries, sized=sized)
    assert 'requests_total{status="200",method="GET",path="/"} 7.0' in quick
    assert 'duration_seconds_bucket{path="/",method="GET",le="0.1"} 2.0' in quick
    assert 'duration_seconds_bucket{path="/",method="GET",le="1.0"} 6.0 # {trace="t"} 0.5' in quick
    assert 'duration_seconds_bucket{path="/",method="GET",le="+Inf"} 7.0' in quick
    assert ('size_bytes_bucket{method="GET",path="/",le="10.0"} 2.0' in quick) is sized


def test_series_are_found_again() -> None:
    families = RequestFamilies(Instruments(METRICS), *METRICS)

    made = families.of("/", "GET", 200)
    assert families.of("/", "GET", 200) is made
    assert families.known[("/", "GET", 200)] is made
    assert families.of("/", "BREW", 200) is families.of("/", OTHER, 200)


def test_strangers_cannot_fill_the_memory() -> None:
    metrics = _metrics(Label.bounded("method", 3, "whatever is sent"))
    families = RequestFamilies(Instruments(metrics), *metrics)
    for number in range(5000):
        families.of("/", f"M{number}", 200)

    assert len(families.known) < 5000
