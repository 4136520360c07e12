from dataclasses import replace
from typing import Any

import yaml

from steward.compile.grafana import FOLDERS_FILE, SOURCES_FILE, grafana_files
from steward.compile.placement import containers
from steward.model import Catalogue, Collection, Dashboard, PanelRow, Query, Service, Stat, components

PANEL = Stat(title="Up", queries=(Query("up"),), meaning="What is there.")
DASHBOARD = Dashboard("shop", "Shop", "Of the shop.", (PanelRow("All", (PANEL,)),), "shop")
SERVICES = (
    components.prometheus("v3", Collection()),
    components.alertmanager("v1"),
    components.loki("3"),
    components.grafana("12"),
)


def catalogue(*services: Service) -> Catalogue:
    return Catalogue("shops", "Shops", services=services, dashboards=(DASHBOARD,))


def sources(catalogue: Catalogue) -> list[dict[str, Any]]:
    content = yaml.safe_load(grafana_files(catalogue, containers(catalogue))[SOURCES_FILE])
    found: list[dict[str, Any]] = content["datasources"]
    return found


def test_every_store_that_runs_is_a_data_source_with_a_fixed_uid() -> None:
    found = sources(catalogue(*SERVICES))

    assert {one["uid"]: one["url"] for one in found} == {
        "prometheus": "http://prometheus:9090",
        "loki": "http://loki:3100",
        "alertmanager": "http://alertmanager:9093",
    }
    assert [one["uid"] for one in found if one["isDefault"]] == ["prometheus"]


def test_what_does_not_run_is_no_data_source() -> None:
    assert [one["uid"] for one in sources(catalogue(SERVICES[0], SERVICES[3]))] == ["prometheus"]


def test_grafana_knows_how_often_prometheus_scrapes() -> None:
    slow = replace(catalogue(*SERVICES), collection=replace(catalogue().collection, interval=30))

    assert sources(slow)[0]["jsonData"]["timeInterval"] == "30s"


def test_dashboards_appear_in_one_folder_from_where_the_service_says_they_lie() -> None:
    shops = catalogue(*SERVICES)
    (provider,) = yaml.safe_load(grafana_files(shops, containers(shops))[FOLDERS_FILE])["providers"]
    grafana = shops.service("grafana")

    assert (provider["folder"], provider["folderUid"]) == ("Shops", "shops")
    variable = provider["options"]["path"].removeprefix("${").removesuffix("}")
    assert dict(grafana.environment)[variable] == "{config}/dashboards"
    assert dict(grafana.environment)["GF_PATHS_PROVISIONING"] == "{config}/provisioning"


def test_without_grafana_only_the_dashboards_are_compiled() -> None:
    assert list(grafana_files(catalogue(), containers(catalogue()))) == ["dashboards/shop.json"]
