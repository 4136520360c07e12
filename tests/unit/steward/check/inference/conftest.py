"""A check asked about one alert on a shop's series."""

from collections.abc import Callable

import pytest

from steward.check.finding import Place
from steward.check.shape import Context, ExpressionCheck, ExpressionSubject, Problem, Use
from steward.promql import parse
from steward.promql.schema import SeriesInfo

Ask = Callable[..., list[Problem]]

_SCRAPED = {"job": frozenset({"shop"}), "instance": None}
_STATUS = frozenset({"200", "500"})
_SERIES = (
    SeriesInfo("requests_total", "counter", "", {**_SCRAPED, "path": None, "status": _STATUS}),
    SeriesInfo("errors_total", "counter", "", {**_SCRAPED, "kind": frozenset({"database", "cache"})}),
    SeriesInfo("open", "gauge", "", _SCRAPED),
    SeriesInfo("newest", "unknown", "", {"version": None}, bound=1),
    SeriesInfo("tills", "gauge", "", _SCRAPED, bound=1),
    SeriesInfo("memory_max_bytes", "gauge", "", {"job": frozenset({"redis"}), "instance": None}),
    SeriesInfo("memory_used_bytes", "gauge", "", {"job": frozenset({"redis"}), "instance": None}),
    SeriesInfo("up", "gauge", "", {"job": frozenset({"shop", "redis"}), "instance": None}),
)


@pytest.fixture
def ask() -> Ask:
    """Return a function that asks a check about an alert's expression."""
    context = Context({one.name: one for one in _SERIES})

    def asked(check: ExpressionCheck, text: str, use: Use = Use.ALERT, **annotations: str) -> list[Problem]:
        place = Place("rules.yml", 1, "alert Shop")
        subject = ExpressionSubject(use, "Shop", text, parse(text), place, annotations=tuple(annotations.items()))
        return list(check.check(subject, context))

    return asked
