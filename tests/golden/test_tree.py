"""The compiled files that are committed, held against the catalogue and against the programs that read them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from festivals.catalogue import CATALOGUE
from steward.compile.tree import COMPOSE_FILE, tree

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "infrastructure" / "monitoring"

COMPONENTS = {
    "prometheus": 9090,
    "grafana": 3001,
    "alertmanager": 9093,
    "node-exporter": 9100,
    "redis-exporter": 9121,
    "postgres-exporter": 9187,
    "cadvisor": 8081,
    "loki": 3100,
}
VARIABLES = (
    "GRAFANA_ADMIN_USER",
    "GRAFANA_ADMIN_PASSWORD",
    "GRAFANA_ROOT_URL",
    "SLACK_WEBHOOK_URL",
    "PAGERDUTY_SERVICE_KEY",
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_FROM",
    "SMTP_USERNAME",
    "SMTP_PASSWORD",
)


def test_compiling_twice_gives_the_same_bytes() -> None:
    assert tree(CATALOGUE) == tree(CATALOGUE)


def test_every_component_is_published_on_loopback_at_its_port() -> None:
    services = yaml.safe_load(tree(CATALOGUE)[COMPOSE_FILE])["services"]

    published = {
        name: re.fullmatch(r"\$\{STEWARD_BIND:-127\.0\.0\.1\}:(\d+):\d+", service["ports"][0])
        for name, service in services.items()
    }

    assert {name: int(port[1]) for name, port in published.items() if port} == COMPONENTS


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_reaches_a_container(variable: str) -> None:
    compose = tree(CATALOGUE)[COMPOSE_FILE].decode()
    secret = next((secret for secret in CATALOGUE.secrets if secret.variable == variable), None)

    assert f"/{secret.name}\n" in compose if secret else f"${{{variable}:-" in compose


def test_every_image_has_a_fixed_version() -> None:
    for service in yaml.safe_load(tree(CATALOGUE)[COMPOSE_FILE])["services"].values():
        assert re.search(r":v?\d+\.\d+\.\d+(-alpine)?$", service["image"]), service["image"]


@pytest.mark.parametrize(
    "command",
    [
        ("promtool", "check", "config", "--syntax-only", "prometheus/prometheus.yml"),
        ("amtool", "check-config", "alertmanager/alertmanager.yml"),
        ("docker-compose", "-f", COMPOSE_FILE, "config", "-q"),
    ],
)
def test_the_programs_themselves_accept_it(command: tuple[str, ...]) -> None:
    if command[0] == "docker-compose" and shutil.which(command[0]) is None:
        pytest.skip("docker-compose is missing; its package works only where root installed it")

    result = subprocess.run(command, cwd=COMPILED, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
