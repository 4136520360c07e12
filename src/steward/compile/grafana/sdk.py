"""The models of Grafana's SDK that dashboards are made of.

The SDK warns that a newer model of dashboards exists, which no Grafana reads from files yet; the warning is for
whoever chooses the model, and nobody who starts a program here does.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.models import (
        common,
        dashboard,
        gauge,
        heatmap,
        piechart,
        prometheus,
        stat,
        statetimeline,
        table,
        timeseries,
    )

from grafana_foundation_sdk.cog.encoder import JSONEncoder

__all__ = [
    "JSONEncoder",
    "common",
    "dashboard",
    "gauge",
    "heatmap",
    "piechart",
    "prometheus",
    "stat",
    "statetimeline",
    "table",
    "timeseries",
]
