"""A dashboard's JSON apart from what one Grafana knows of it, and as it is written to files."""

import json
from collections.abc import Mapping
from typing import Any

from steward.grafana.errors import NotADashboard

Content = dict[str, Any]
"""A dashboard as Grafana has it."""

_OF_ONE_GRAFANA = ("id", "version", "iteration")
"""What a Grafana gives a dashboard when it saves it; means nothing elsewhere."""


def bare(dashboard: Mapping[str, Any]) -> Content:
    """Return a dashboard without what one Grafana has added."""
    return {name: value for name, value in dashboard.items() if name not in _OF_ONE_GRAFANA}


def as_file(dashboard: Mapping[str, Any]) -> bytes:
    """Return a dashboard as the compiler writes it: the same content gives the same bytes."""
    text = json.dumps(bare(dashboard), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def from_file(content: bytes, name: str) -> Content:
    """Return the dashboard of a file, also where it stands beside `meta` as the API answers it.

    Raises NotADashboard.
    """
    try:
        found = json.loads(content)
    except ValueError:
        raise NotADashboard(f"{name} is not JSON", mend="is it a dashboard that was exported?") from None
    if isinstance(found, dict) and isinstance(found.get("dashboard"), dict):
        found = found["dashboard"]
    return dashboard_in(found, name)


def dashboard_in(found: object, name: str) -> Content:
    """Return `found` if it is a dashboard with a uid and a title; raises NotADashboard."""
    if isinstance(found, dict) and all(isinstance(found.get(key), str) and found[key] for key in ("uid", "title")):
        return found
    raise NotADashboard(f"{name} holds no dashboard", mend="a dashboard is an object with a `uid` and a `title`")
