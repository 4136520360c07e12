"""Every configuration file that a catalogue's services read, for one placement."""

from steward.compile.alertmanager import alertmanager_files
from steward.compile.grafana import GRAFANA, grafana_files
from steward.compile.placement import Placement
from steward.compile.prometheus import CONFIGURATION, prometheus_yml
from steward.compile.rule_files import rule_files
from steward.compile.rules import rules_yml
from steward.model import Catalogue

Files = dict[str, bytes]
"""Path relative to a folder -> content."""


def configuration(catalogue: Catalogue, placement: Placement) -> dict[str, Files]:
    """Return, for each service that reads files, their paths below its configuration folder and their contents."""
    rules = rule_files(catalogue, placement.collection, placement.scale)
    return {
        "prometheus": {
            CONFIGURATION: prometheus_yml(catalogue, placement, with_rules=bool(rules)),
            **{file.path: rules_yml(file) for file in rules},
        },
        "alertmanager": alertmanager_files(catalogue, placement),
        GRAFANA: grafana_files(catalogue, placement),
    }
