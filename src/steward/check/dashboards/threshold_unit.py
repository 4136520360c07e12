"""Thresholds, or a scale, that are written in another unit than the values."""

from collections.abc import Iterator

from steward.check.dashboards.subject import DashboardProblem, DashboardSubject, PanelSubject
from steward.check.finding import Level
from steward.check.shape import Context

NAME = "threshold-unit"
WHY = "The values never come near the threshold, so the panel stays green whatever happens, or is red for ever."

_RATIO = "percentunit"
_PERCENT = "percent"
_FAR_ABOVE_ALL = 2
"""A ratio may pass 1, as a queue passes its size; it does not pass it by much."""


def check(subject: DashboardSubject, _context: Context) -> Iterator[DashboardProblem]:
    """Yield each panel in percent or ratios whose limits are in the other of the two."""
    for panel in subject.panels:
        if panel.unit == _RATIO and (far := [one for one in panel.limits if abs(one) > _FAR_ABOVE_ALL]):
            yield _problem(panel, far[0], "between 0 and 1", far[0] / 100)
        elif panel.unit == _PERCENT and _looks_like_ratios(panel.limits):
            largest = max(panel.limits)
            yield _problem(panel, largest, "between 0 and 100", largest * 100)


def _looks_like_ratios(limits: tuple[float, ...]) -> bool:
    return bool(limits) and 0 < max(limits) <= 1


def _problem(panel: PanelSubject, limit: float, values: str, meant: float) -> DashboardProblem:
    return DashboardProblem(
        Level.WARNING,
        panel.what,
        f"its unit is {panel.unit}, with values {values}, and a limit of it is {limit:g}",
        f"write {meant:g}, or give the panel the unit of its values",
        panel.line,
    )
