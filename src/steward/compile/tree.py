"""Every compiled file of a catalogue, by its path below the folder of monitoring configuration."""

from steward.compile import start_script
from steward.compile.channels import ALERTMANAGER
from steward.compile.compose import compose_yml
from steward.compile.configuration import Files, configuration
from steward.compile.placement import containers
from steward.compile.reference import metrics_md
from steward.compile.rule_tests import rule_tests
from steward.model import Catalogue

COMPOSE_FILE = "docker-compose.monitoring.yml"


def tree(catalogue: Catalogue, scale: float = 1) -> Files:
    """Return path -> content; equal catalogues give equal bytes.

    With a `scale` above 1 windows and waits are that many times shorter, and the tests of the rules, which are
    about the catalogue's own, are left out.
    """
    files = {COMPOSE_FILE: compose_yml(catalogue), "metrics.md": metrics_md(catalogue)}
    for service, configured in configuration(catalogue, containers(catalogue, scale)).items():
        files |= {f"{service}/{path}": content for path, content in configured.items()}
    files[f"{ALERTMANAGER}/{start_script.PATH}"] = start_script.start_script()
    if scale == 1:
        tests = rule_tests(catalogue, catalogue.collection)
        files |= {f"prometheus/{path}": content for path, content in tests.items()}
    return dict(sorted(files.items()))
