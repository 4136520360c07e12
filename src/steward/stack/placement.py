"""Where services answer on this machine: 127.0.0.1, on ports that the environment may change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from steward.compile.placement import Placement
from steward.model import Catalogue, Port, Service
from steward.stack.errors import SettingInvalid

HOST = "127.0.0.1"
PORT_VARIABLE = "STEWARD_PORT_"
INTERVAL_SECONDS = 2
"""Between two scrapes: at a workstation one wants to see at once."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The number of every port of every service that runs here."""

    numbers: Mapping[tuple[str, str], int]
    """(service, name of its port) -> number."""

    def of(self, service: Service) -> dict[str, int]:
        """Return the numbers a service listens on, by the names of its ports and of whom it stands in for."""
        return {name: self.numbers[service.name, name] for name in port_variables(service)}

    def first(self, service: Service) -> int | None:
        """Return the number of the service's first port."""
        return next(iter(self.of(service).values()), None)


def port_variable(service: Service, port: Port) -> str:
    """Return the environment variable that moves a port."""
    name = service.name if port is service.ports[0] else f"{service.name}-{port.name}"
    return _variable(name)


def port_variables(service: Service) -> dict[str, str]:
    """Return the environment variables that move what a service listens on, by the names `Ports.of` gives."""
    variables = {port.name: port_variable(service, port) for port in service.ports}
    if service.native and (absent := service.native.stands_in_for):
        variables[absent] = _variable(absent)
    return variables


def assign_ports(catalogue: Catalogue, environ: Mapping[str, str]) -> Ports:
    """Give each port the number its variable says, else the one users know; raises SettingInvalid."""
    numbers: dict[tuple[str, str], int] = {}
    for service in catalogue.services:
        for port in service.ports:
            variable = port_variable(service, port)
            given = environ.get(variable)
            numbers[service.name, port.name] = _number(variable, given) if given else port.outside
    for service in catalogue.services:
        if service.native and (absent := service.native.stands_in_for):
            numbers[service.name, absent] = numbers[absent, catalogue.service(absent).port().name]
    _refuse_unknown(catalogue, environ)
    ports = Ports(numbers)
    _refuse_double(catalogue, ports)
    return ports


def native_placement(catalogue: Catalogue, ports: Ports, running: Collection[str]) -> Placement:
    """Return the placement of child processes, for the compilers of configuration.

    `running` names the services that are started; others have no address.
    """

    def address(name: str, port: str | None) -> str | None:
        if name not in running:
            return None
        return f"{HOST}:{ports.numbers[name, catalogue.service(name).port(port).name]}"

    return Placement(address, replace(catalogue.collection, interval=INTERVAL_SECONDS))


def _variable(name: str) -> str:
    return PORT_VARIABLE + name.upper().replace("-", "_")


def _refuse_double(catalogue: Catalogue, ports: Ports) -> None:
    holders: dict[int, str] = {}
    for service in catalogue.services:
        for name, number in ports.of(service).items() if service.native else ():
            if number in holders:
                raise SettingInvalid(
                    f"port {number}: both {holders[number]} and {service.name} should listen on it",
                    mend=f"set {port_variables(service)[name]} to another number",
                )
            holders[number] = service.name


def _number(variable: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise SettingInvalid(
            f"{variable}={text}: not a port", mend="set it to a number from 1 to 65535, or unset it"
        )
    return int(text)


def _refuse_unknown(catalogue: Catalogue, environ: Mapping[str, str]) -> None:
    known = {port_variable(service, port) for service in catalogue.services for port in service.ports}
    for variable in environ:
        # Kubernetes makes variables such as STEWARD_PORT_8090_TCP for a service called steward.
        if (
            variable.startswith(PORT_VARIABLE)
            and variable not in known
            and not variable[len(PORT_VARIABLE) :][:1].isdecimal()
        ):
            raise SettingInvalid(
                f"{variable}: there is no such port", mend=f"known are {', '.join(sorted(known))}; or unset it"
            )
