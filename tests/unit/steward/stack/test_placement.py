import pytest

from steward.model import PYTHON, Catalogue, Native, Port, Service
from steward.stack.errors import SettingInvalid
from steward.stack.placement import assign_ports, native_placement

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
