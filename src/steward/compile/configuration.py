"""Every configuration file that a catalogue's services read, for one placement."""

from steward.compile.alertmanager import alertmanager_yml
from steward.compile.placement import Placement
from steward.compile.prometheus import prometheus_yml
from steward.model import Catalogue

Files = dict[str, bytes]
"""Path relative to a folder -> content."""


def configuration(catalogue: Catalogue, placement: Placement) -> dict[str, Files]:
    """Return, for each service that reads files, their paths below its configuration folder and their contents."""
    return {
        "prometheus": {"prometheus.yml": prometheus_yml(catalogue, placement)},
        "alertmanager": {"alertmanager.yml": alertmanager_yml()},
    }
