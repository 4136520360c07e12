"""A gauge of which nobody said where it ends."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject
from steward.check.finding import Level
from steward.check.shape import Context

NAME = "gauge-without-scale"
WHY = "Grafana takes the data's own ends, so that the needle always stands at the end and says nothing."

_SCALED_BY_ITSELF = frozenset({"percent", "percentunit"})


def check(subject: DashboardSubject, _context: Context) -> Iterator[DashboardProblem]:
    """Yield each gauge without both ends, save for percentages, whose ends are known."""
    for panel in subject.panels:
        if panel.kind == "gauge" and not panel.has_scale and panel.unit not in _SCALED_BY_ITSELF:
            yield DashboardProblem(
                Level.WARNING,
                panel.what,
                "a gauge without the ends of its scale",
                "give it the smallest and the largest value, or make it a stat",
                panel.line,
            )
