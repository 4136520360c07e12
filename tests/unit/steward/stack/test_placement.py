import socket

import pytest

from steward.model import PYTHON, Catalogue, Native, Port, Service
from steward.stack.errors import PortTaken, SettingInvalid
from steward.stack.placement import assign_ports, native_placement, port_variables
from steward.stack.ports import require_free

CATALOGUE = Catalogue(
    "tested",
    "Tested",
    services=(
        Service("the-api", "API", ports=(Port(8080), Port(9000, "metrics")), native=Native(PYTHON)),
        Service("postgres", "Database", ports=(Port(5432, "sql", 15432),), native=Native(PYTHON)),
        Service("grafana", "Dashboards", ports=(Port(3000, published=3001),)),
    ),
)


def test_ports_are_those_that_users_know_unless_moved() -> None:
    ports = assign_ports(CATALOGUE, {"STEWARD_PORT_THE_API": "1", "STEWARD_PORT_THE_API_METRICS": "65535"})
    assert ports.of(CATALOGUE.service("the-api")) == {"http": 1, "metrics": 65535}
    assert ports.of(CATALOGUE.service("postgres")) == {"sql": 15432}


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "8 0", "٣", "http"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(SettingInvalid, match="STEWARD_PORT_POSTGRES="):
        assign_ports(CATALOGUE, {"STEWARD_PORT_POSTGRES": text})


def test_two_services_cannot_have_one_port() -> None:
    with pytest.raises(SettingInvalid, match="both the-api and postgres"):
        assign_ports(CATALOGUE, {"STEWARD_PORT_POSTGRES": "9000"})


def test_a_port_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(SettingInvalid, match="STEWARD_PORT_API") as refused:
        assign_ports(CATALOGUE, {"STEWARD_PORT_API": "8081"})
    assert "STEWARD_PORT_THE_API_METRICS" in refused.value.mend


def test_variables_that_kubernetes_makes_are_not_taken_for_ports() -> None:
    assign_ports(
        CATALOGUE, {"STEWARD_PORT_8090_TCP": "tcp://10.0.0.1:8090", "STEWARD_PORT": "tcp://10.0.0.1:8090"}
    )


def test_only_what_runs_has_an_address() -> None:
    placement = native_placement(CATALOGUE, assign_ports(CATALOGUE, {}), running=["the-api"])
    assert placement.address("the-api", None) == "127.0.0.1:8080"
    assert placement.address("the-api", "metrics") == "127.0.0.1:9000"
    assert placement.address("postgres", None) is None
    assert placement.address("grafana", None) is None
    assert placement.collection.interval == 2


STANDING_IN = Catalogue(
    "tested",
    "Tested",
    services=(
        Service("console", "Console", ports=(Port(8090),), native=Native(PYTHON, stands_in_for="grafana")),
        Service("grafana", "Dashboards", ports=(Port(3000, published=3001),)),
    ),
)


def test_whoever_stands_in_listens_where_users_look_for_the_other() -> None:
    console = STANDING_IN.service("console")
    assert assign_ports(STANDING_IN, {}).of(console) == {"http": 8090, "grafana": 3001}
    moved = assign_ports(STANDING_IN, {"STEWARD_PORT_GRAFANA": "13001"})
    assert moved.of(console) == {"http": 8090, "grafana": 13001}
    assert moved.first(console) == 8090
    assert port_variables(console) == {"http": "STEWARD_PORT_CONSOLE", "grafana": "STEWARD_PORT_GRAFANA"}


def test_the_port_of_the_other_is_no_second_use_of_ones_own() -> None:
    with pytest.raises(SettingInvalid, match="port 8090: both console and console") as refused:
        assign_ports(STANDING_IN, {"STEWARD_PORT_GRAFANA": "8090"})
    assert "STEWARD_PORT_GRAFANA" in refused.value.mend


def test_a_taken_port_of_the_other_is_named_with_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        numbers = {"STEWARD_PORT_GRAFANA": taken.getsockname()[1], "STEWARD_PORT_CONSOLE": free.getsockname()[1]}
        free.close()
        ports = assign_ports(STANDING_IN, {name: str(number) for name, number in numbers.items()})
        with pytest.raises(
            PortTaken, match=f"port {numbers['STEWARD_PORT_GRAFANA']}, which console needs"
        ) as refused:
            require_free(STANDING_IN.services[:1], ports)
    assert "STEWARD_PORT_GRAFANA=NUMBER" in refused.value.mend
