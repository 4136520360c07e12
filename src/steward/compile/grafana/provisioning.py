"""What a Grafana reads at its start: its data sources, and the folder of dashboards.

Data sources have fixed uids, which dashboards name; a source is left out where its service does not run.
"""

from dataclasses import dataclass

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.compile.placement import Placement
from steward.model import Catalogue
from steward.model.components.grafana import DASHBOARDS_VARIABLE

GRAFANA = "grafana"
"""Name of the service that reads the files."""
DASHBOARDS = "dashboards"
"""Folder of the dashboards, below that of the configuration."""
SOURCES_FILE = "provisioning/datasources/datasources.yml"
FOLDERS_FILE = "provisioning/dashboards/dashboards.yml"

_LOOK_AGAIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class _Source:
    """A data source: the name of its service is its uid and its kind at once."""

    service: str
    title: str
    settings: dict[str, yaml.Value]
    default: bool = False


def datasources_yml(placement: Placement) -> bytes:
    """Compile the data sources whose services run in this placement."""
    sources = [
        _source(one, address)
        for one in _sources(placement)
        if (address := placement.address(one.service, None)) is not None
    ]
    return yaml.dump({"apiVersion": 1, "prune": True, "datasources": sources}, GENERATED)


def folders_yml(catalogue: Catalogue) -> bytes:
    """Compile the folder in which the catalogue's dashboards appear; Grafana fills in where their files lie."""
    provider: dict[str, yaml.Value] = {
        "name": catalogue.name,
        "orgId": 1,
        "folder": catalogue.title,
        "folderUid": catalogue.name,
        "type": "file",
        "disableDeletion": True,
        "allowUiUpdates": False,
        "updateIntervalSeconds": _LOOK_AGAIN_SECONDS,
        "options": {"path": f"${{{DASHBOARDS_VARIABLE}}}", "foldersFromFilesStructure": False},
    }
    return yaml.dump({"apiVersion": 1, "providers": [provider]}, GENERATED)


def _sources(placement: Placement) -> tuple[_Source, ...]:
    interval = f"{placement.collection.interval}s"
    return (
        _Source(
            "prometheus",
            "Prometheus",
            {"httpMethod": "POST", "timeInterval": interval, "prometheusType": "Prometheus"},
            default=True,
        ),
        _Source("loki", "Loki", {"maxLines": 1000}),
        _Source("alertmanager", "Alertmanager", {"implementation": "prometheus"}),
    )


def _source(source: _Source, address: str) -> yaml.Value:
    return {
        "name": source.title,
        "uid": source.service,
        "type": source.service,
        "access": "proxy",
        "url": f"http://{address}",
        "isDefault": source.default,
        "editable": False,
        "jsonData": source.settings,
    }
