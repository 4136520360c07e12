"""The queries behind alerts, with the time to look at, and links that show them in Prometheus."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from steward.compile.rules import Alerting
from steward.compile.slo import slo_files
from steward.model import Catalogue
from steward.oncall.store.incidents import RelatedAlert
from steward.promql import Duration
from steward.promql.written import number

_LONGEST_QUERY = 4_000


@dataclass(frozen=True, slots=True)
class Graph:
    """One query with its time."""

    alert: str
    query: str
    """PromQL. Where the alert is not of the catalogue, it comes from outside and is not to be trusted."""
    start: datetime
    end: datetime
    url: str
    """Shows it in Prometheus."""
    fires: str = ""
    """What is wrong with its value, e.g. `> 0.05`; empty where it has one only while something is wrong."""


def graphs(
    alerts: Iterable[RelatedAlert],
    *,
    catalogue: Catalogue,
    prometheus: str,
    scale: float,
    start: datetime,
    end: datetime,
) -> list[Graph]:
    """Return the query of each alert once, with that time to look at.

    An alert that the catalogue does not know is shown with the query that its source names, if it names one.
    """
    first = {one.name: one for one in reversed(list(alerts))}
    known = dict(_watched(catalogue, set(first), scale))
    found = [(name, *known.get(name, (_query_of(first[name].generator_url), ""))) for name in sorted(first)]
    return [
        Graph(name, query, start, end, _url(prometheus, query, start, end), fires)
        for name, query, fires in found
        if query
    ]


def _watched(catalogue: Catalogue, names: set[str], scale: float) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield an alert's name, its query, and what is wrong with the query's value."""
    declared = {alert.name: alert for alert in catalogue.alerts if alert.name in names}
    for name, alert in declared.items():
        wrong = alert.threshold
        yield name, (alert.expr.strip(), f"{wrong.comparison.value} {number(wrong.value)}" if wrong else "")
    if names <= declared.keys():
        return
    for file in slo_files(catalogue, catalogue.collection, scale):
        for rule in file.rules:
            if isinstance(rule, Alerting) and rule.alert in names:
                yield rule.alert, (rule.expr, "")


def _query_of(generator_url: str) -> str:
    """Return the query in an address of Prometheus; empty where there is none."""
    try:
        found = parse_qs(urlsplit(generator_url).query).get("g0.expr", [])
    except ValueError:
        return ""
    return found[0][:_LONGEST_QUERY] if found else ""


def _url(prometheus: str, query: str, start: datetime, end: datetime) -> str:
    parameters = {
        "g0.expr": query,
        "g0.tab": "0",
        "g0.range_input": str(Duration.of(round((end - start).total_seconds()))),
        "g0.end_input": f"{end:%Y-%m-%d %H:%M:%S}",
    }
    return f"{prometheus}/graph?{urlencode(parameters)}"
