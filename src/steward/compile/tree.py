"""Every compiled file of a catalogue, by its path below the folder of monitoring configuration."""

from steward.compile.compose import compose_yml
from steward.compile.configuration import Files, configuration
from steward.compile.placement import containers
from steward.compile.reference import metrics_md
from steward.model import Catalogue

COMPOSE_FILE = "docker-compose.monitoring.yml"


def tree(catalogue: Catalogue) -> Files:
    """Return path -> content; equal catalogues give equal bytes."""
    files = {COMPOSE_FILE: compose_yml(catalogue), "metrics.md": metrics_md(catalogue)}
    for service, configured in configuration(catalogue, containers(catalogue)).items():
        files |= {f"{service}/{path}": content for path, content in configured.items()}
    return dict(sorted(files.items()))
