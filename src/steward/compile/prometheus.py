"""prometheus.yml."""

from steward.compile import yaml
from steward.compile.channels import ALERTMANAGER
from steward.compile.heading import GENERATED
from steward.compile.placement import Placement
from steward.model import Catalogue, ScrapeJob

CONFIGURATION = "prometheus.yml"
PROMETHEUS = "prometheus"
"""Name of the service that reads it."""
RULE_FILES = ("rules/*.yml", "slos/*.yml", "alerts/*.yml")
"""Patterns of the files of rules, below the folder of the configuration."""


def prometheus_yml(catalogue: Catalogue, placement: Placement, *, with_rules: bool = False) -> bytes:
    """Compile the scrape jobs whose service runs in this placement, where rules lie, and where alerts go."""
    collection = placement.collection
    content: dict[str, yaml.Value] = {
        "global": {
            "scrape_interval": f"{collection.interval}s",
            "scrape_timeout": f"{min(collection.timeout, collection.interval)}s",
            "evaluation_interval": f"{collection.interval}s",
            "external_labels": dict(collection.external_labels),
        }
    }
    if with_rules:
        content["rule_files"] = list(RULE_FILES)
    if any(service.name == ALERTMANAGER for service in catalogue.services):
        address = placement.address(ALERTMANAGER, None)
        if address is not None:
            content["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [address]}]}]}
    content["scrape_configs"] = [
        _scrape_config(job, address, placement)
        for job in catalogue.jobs
        if (address := placement.address(job.service, job.port)) is not None
    ]
    return yaml.dump(content, GENERATED)


def _scrape_config(job: ScrapeJob, address: str, placement: Placement) -> dict[str, yaml.Value]:
    config: dict[str, yaml.Value] = {"job_name": job.name}
    if job.path != "/metrics":
        config["metrics_path"] = job.path
    if job.token and placement.has(job.token):
        config["authorization"] = {"credentials_file": placement.secret(PROMETHEUS, job.token.name)}
    config["static_configs"] = [{"targets": [address]}]
    return config
