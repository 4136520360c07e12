"""Grafana: dashboards as files, and what makes a Grafana read them at its start.

The SDK is loaded when the first dashboard is compiled: whoever compiles none does not pay for it.
"""

from steward.compile.grafana.provisioning import DASHBOARDS, FOLDERS_FILE, GRAFANA, SOURCES_FILE
from steward.compile.grafana.provisioning import datasources_yml as _datasources_yml
from steward.compile.grafana.provisioning import folders_yml as _folders_yml
from steward.compile.placement import Placement
from steward.model import Catalogue

__all__ = ["DASHBOARDS", "FOLDERS_FILE", "GRAFANA", "SOURCES_FILE", "Files", "dashboard_files", "grafana_files"]

Files = dict[str, bytes]
"""Name of a file, or path relative to a folder -> content."""


def grafana_files(catalogue: Catalogue, placement: Placement) -> Files:
    """Return everything that a Grafana reads, by path below its configuration folder."""
    files = {f"{DASHBOARDS}/{name}": content for name, content in dashboard_files(catalogue).items()}
    if any(service.name == GRAFANA for service in catalogue.services):
        files[SOURCES_FILE] = _datasources_yml(placement)
        files[FOLDERS_FILE] = _folders_yml(catalogue)
    return files


def dashboard_files(catalogue: Catalogue) -> Files:
    """Return the JSON of every dashboard of a catalogue by the name of its file, e.g. `api.json`."""
    if not catalogue.dashboards:
        return {}
    from steward.compile.grafana.board import dashboard_json

    return {f"{one.file}.json": dashboard_json(one, catalogue) for one in catalogue.dashboards}
