"""Where services are reached: the one thing that differs between a process, a container and a cluster."""

from collections.abc import Callable
from dataclasses import dataclass

from steward.model import Catalogue, CatalogueError, Collection, Mail, Secret

Address = Callable[[str, str | None], str | None]
"""(service, name of its port or None for the first) -> host:port, or None where it does not run."""
SecretFile = Callable[[str, str], str]
"""(service, name of a secret) -> the file in which the service reads it."""


def in_container(_service: str, secret: str) -> str:
    """Return the file that Compose mounts a secret at."""
    return f"/run/secrets/{secret}"


@dataclass(frozen=True, slots=True)
class Placement:
    """One way of running a catalogue's services."""

    address: Address
    collection: Collection
    """How Prometheus collects there; a workstation collects more often than production."""
    scale: float = 1
    """How many times shorter windows and waits are than the catalogue says."""
    given: frozenset[str] | None = None
    """Names of the secrets that exist there; None where every one is promised."""
    mail: Mail | None = None
    """The server that takes e-mail there; None where there is none."""
    secret: SecretFile = in_container

    def __post_init__(self) -> None:
        if self.scale <= 0:
            raise CatalogueError(f"time scale {self.scale:g}: it says how many times faster, so it is above 0")

    def has(self, secret: Secret) -> bool:
        """Tell whether a secret exists there."""
        return self.given is None or secret.name in self.given


def containers(catalogue: Catalogue, scale: float = 1) -> Placement:
    """Return the placement in which every service answers under its own name."""

    def address(service: str, port: str | None) -> str | None:
        known = any(service == one.name for one in catalogue.services)
        return f"{service}:{catalogue.service(service).port(port).number}" if known else None

    mail = catalogue.routing.mail if catalogue.routing else None
    return Placement(address, catalogue.collection, scale, mail=mail)
