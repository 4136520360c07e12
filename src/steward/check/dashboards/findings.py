"""All checks of dashboards, one after the other."""

from collections.abc import Iterator
from typing import Protocol

from steward.check.dashboards import (
    gauge_without_scale,
    heatmap_without_le,
    legend_label,
    table_column,
    threshold_unit,
    variable_undefined,
    variable_unused,
)
from steward.check.dashboards.subject import DashboardProblem, DashboardSubject
from steward.check.finding import Finding, Place
from steward.check.shape import Context


class DashboardCheck(Protocol):
    """A module that checks dashboards."""

    NAME: str
    WHY: str

    def check(self, subject: DashboardSubject, context: Context, /) -> Iterator[DashboardProblem]:
        """Yield what is wrong."""


CHECKS: tuple[DashboardCheck, ...] = (
    legend_label,
    variable_undefined,
    variable_unused,
    threshold_unit,
    gauge_without_scale,
    heatmap_without_le,
    table_column,
)


def dashboard_findings(subject: DashboardSubject, context: Context) -> Iterator[Finding]:
    """Yield what every check finds; the queries are for the checks of expressions besides."""
    for one in CHECKS:
        for problem in one.check(subject, context):
            place = Place(subject.file, problem.line, problem.what)
            yield Finding(one.NAME, problem.level, place, problem.message, one.WHY, problem.mend)
