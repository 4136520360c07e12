"""The data source that dashboards ask, by the uid that provisioning gives it."""

from steward.compile.grafana.sdk import common

_PROMETHEUS = "prometheus"
"""Kind and uid at once."""


def prometheus_source() -> common.DataSourceRef:
    """Return how a panel, a query or a variable names Prometheus."""
    return common.DataSourceRef(_PROMETHEUS, _PROMETHEUS)
