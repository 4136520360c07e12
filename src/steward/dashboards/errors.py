"""What can be wrong with a question, by what whoever asked can do about it.

DashboardsError
├── UnknownDashboard   no such dashboard or panel
├── BadQuestion        a range, a width or a variable that makes no sense
├── Unreadable         JSON that is no dashboard of Grafana's
└── NoAnswer           Prometheus refused, was too slow, or is away
"""


class DashboardsError(Exception):
    """The message is for the person who asked: what, where, and how to mend it."""


class UnknownDashboard(DashboardsError):
    """There is no such dashboard or panel."""


class BadQuestion(DashboardsError):
    """Part of the question makes no sense."""


class Unreadable(DashboardsError):
    """It is no dashboard of Grafana's."""


class NoAnswer(DashboardsError):
    """Prometheus did not answer the query."""
