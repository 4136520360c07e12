from dataclasses import replace
from typing import Any

import yaml

from steward.compile.placement import Placement, containers
from steward.compile.prometheus import prometheus_yml
from steward.model import Catalogue, Collection, Port, ScrapeJob, Secret, Service

SHOP = Catalogue(
    "shop",
    "Shop",
    services=(
        Service("shop", "Shop", ports=(Port(80, published=8080), Port(81, "metrics"))),
        Service("alertmanager", "Alerts", ports=(Port(9093),)),
    ),
    jobs=(ScrapeJob("shop", "shop", "metrics", path="/internal/metrics"), ScrapeJob("front", "shop")),
    collection=Collection(interval=30, timeout=10, external_labels=(("cluster", "high-street"),)),
)


def compiled(placement: Placement) -> Any:
    return yaml.safe_load(prometheus_yml(SHOP, placement))


def test_targets_between_containers_are_the_services_own_names_and_ports() -> None:
    config = compiled(containers(SHOP))

    assert config["scrape_configs"] == [
        {
            "job_name": "shop",
            "metrics_path": "/internal/metrics",
            "static_configs": [{"targets": ["shop:81"]}],
        },
        {"job_name": "front", "static_configs": [{"targets": ["shop:80"]}]},
    ]
    assert config["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["alertmanager:9093"]}]}]
    assert config["global"]["external_labels"] == {"cluster": "high-street"}


def test_what_does_not_run_is_not_scraped() -> None:
    config = compiled(Placement(lambda service, _: None if service == "shop" else "here:1", SHOP.collection))

    assert config["scrape_configs"] == []
    assert "alerting" in config


def test_alerts_go_nowhere_without_an_alertmanager() -> None:
    config = compiled(
        Placement(lambda service, _: None if service == "alertmanager" else "here:1", SHOP.collection)
    )

    assert "alerting" not in config


def test_prometheus_proves_itself_where_a_job_says_so_and_the_token_is_given() -> None:
    token = Secret("till-token", "TILL_TOKEN")
    services = (Service("till", "Till", ports=(Port(80),)), Service("prometheus", "Prometheus", secrets=(token,)))
    shop = Catalogue("shop", "Shop", services=services, jobs=(ScrapeJob("till", "till", token=token),))

    given = yaml.safe_load(prometheus_yml(shop, containers(shop)))
    not_given = yaml.safe_load(prometheus_yml(shop, replace(containers(shop), given=frozenset())))

    assert given["scrape_configs"][0]["authorization"] == {"credentials_file": "/run/secrets/till-token"}
    assert "authorization" not in not_given["scrape_configs"][0]


def test_timeout_is_never_longer_than_the_interval() -> None:
    config = compiled(Placement(lambda *_: "here:1", Collection(interval=2, timeout=10)))

    assert config["global"]["scrape_interval"] == "2s"
    assert config["global"]["scrape_timeout"] == "2s"


def test_rules_are_read_where_there_are_any() -> None:
    assert "rule_files" not in compiled(containers(SHOP))
    assert yaml.safe_load(prometheus_yml(SHOP, containers(SHOP), with_rules=True))["rule_files"] == [
        "rules/*.yml",
        "slos/*.yml",
        "alerts/*.yml",
    ]
