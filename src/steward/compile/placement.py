"""Where services are reached: the one thing that differs between a process, a container and a cluster."""

from collections.abc import Callable
from dataclasses import dataclass

from steward.model import Catalogue, Collection

Address = Callable[[str, str | None], str | None]
"""(service, name of its port or None for the first) -> host:port, or None where it does not run."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One way of running a catalogue's services."""

    address: Address
    collection: Collection
    """How Prometheus collects there; a workstation collects more often than production."""


def containers(catalogue: Catalogue) -> Placement:
    """Return the placement in which every service answers under its own name."""

    def address(service: str, port: str | None) -> str:
        return f"{service}:{catalogue.service(service).port(port).number}"

    return Placement(address, catalogue.collection)
