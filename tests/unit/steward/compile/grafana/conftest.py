"""Compiles a dashboard of some panels as Grafana reads it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from steward.compile.grafana import dashboard_files
from steward.model import Catalogue, Dashboard, Panel, PanelRow

Compile = Callable[..., Any]


@pytest.fixture
def compiled() -> Compile:
    """Return what compiles a dashboard of some panels; named parts of it may be given."""

    def compiled(*panels: Panel, **more: Any) -> Any:
        dashboard = Dashboard("shop", "Shop", "Of the shop.", (PanelRow("All", panels),), "shop", **more)
        return json.loads(dashboard_files(Catalogue("shops", "Shops", dashboards=(dashboard,)))["shop.json"])

    return compiled
