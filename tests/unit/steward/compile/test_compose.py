from typing import Any

import pytest
import yaml

from steward.compile.compose import compose_yml
from steward.model import (
    Catalogue,
    CatalogueError,
    Container,
    HttpProbe,
    Mount,
    Port,
    Secret,
    Service,
    SocketProbe,
)

TOKEN = Secret("token", "SHOP_TOKEN")


def compiled(*services: Service) -> Any:
    return yaml.safe_load(compose_yml(Catalogue("shop", "Shop", services=services)))


def test_service_without_a_container_is_left_out() -> None:
    assert compiled(Service("native", "Native"))["services"] == {}


def test_container_is_described_from_its_service() -> None:
    content = compiled(
        Service(
            "shop",
            "Shop",
            ports=(Port(80, published=8080),),
            ready=HttpProbe("/ready"),
            arguments=("--listen={host}:{port}", "--data={data}", "--keep=^a$", "--db={address.db}"),
            environment=(("TOKEN_FILE", "{secret.token}"),),
            secrets=(TOKEN,),
            container=Container(
                "shop:1.2",
                config="/etc/shop",
                data="/var/shop",
                mounts=(Mount("/", "/host"),),
                entrypoint=("sh", "{config}/start", "$1"),
                environment=(("SHOP_OWNER", "${OWNER:-me}"),),
            ),
        ),
        Service("db", "Database", ports=(Port(5432, published=15432),)),
    )

    assert content["services"]["shop"] == {
        "image": "shop:1.2",
        "container_name": "shop-shop",
        "restart": "unless-stopped",
        "entrypoint": ["sh", "/etc/shop/start", "$$1"],
        "command": ["--listen=0.0.0.0:80", "--data=/var/shop", "--keep=^a$$", "--db=db:5432"],
        "environment": {"TOKEN_FILE": "/run/secrets/token", "SHOP_OWNER": "${OWNER:-me}"},
        "ports": ["${STEWARD_BIND:-127.0.0.1}:8080:80"],
        "volumes": ["./shop:/etc/shop:ro", "shop-data:/var/shop", "/:/host:ro"],
        "secrets": ["token"],
        "security_opt": ["no-new-privileges:true"],
        "healthcheck": {
            "test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:80/ready"],
            "interval": "15s",
            "timeout": "5s",
            "retries": 3,
            "start_period": "30s",
        },
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }
    assert content["secrets"] == {"token": {"file": "./secrets/token"}}
    assert content["volumes"] == {"shop-data": {}}


def test_container_that_reads_secret_files_runs_as_their_owner_and_keeps_its_data_as_him() -> None:
    content = compiled(
        Service("shop", "Shop", secrets=(TOKEN,), container=Container("shop:1", data="/data", runs_as_caller=True))
    )

    assert content["services"]["shop"]["user"] == "${STEWARD_UID:-65534}:${STEWARD_GID:-65534}"
    assert content["services"]["shop"]["volumes"] == ["./data/shop:/data"]
    assert content["volumes"] == {}


def test_secret_taken_as_a_variable_is_not_mounted_too() -> None:
    content = compiled(
        Service(
            "shop",
            "Shop",
            secrets=(TOKEN,),
            container=Container("shop:1", environment=(("TOKEN", "${SHOP_TOKEN:-}"),)),
        )
    )

    assert "secrets" not in content["services"]["shop"]
    assert content["secrets"] == {}


def test_privileged_container_is_not_said_to_gain_no_privileges() -> None:
    service = compiled(Service("shop", "Shop", container=Container("shop:1", privileged=True)))["services"]["shop"]

    assert service["privileged"] is True
    assert "security_opt" not in service


def test_readiness_that_a_container_cannot_be_asked_for() -> None:
    shop = Service(
        "shop", "Shop", ports=(Port(1),), ready=SocketProbe(b"PING", (b"PONG",)), container=Container("shop:1")
    )

    with pytest.raises(CatalogueError, match="HTTP"):
        compiled(shop)


def test_folder_that_a_container_does_not_have() -> None:
    with pytest.raises(CatalogueError, match=r"\{data\} has no meaning"):
        compiled(Service("shop", "Shop", arguments=("{data}",), container=Container("shop:1")))
