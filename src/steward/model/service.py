"""Services: what runs, how it is started, and how one sees that it is ready.

One declaration serves the native stack, which starts `native` as a child process, and the compilers, which write
`container` into Compose and Kubernetes files.
"""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from steward.model.errors import CatalogueError
from steward.model.placeholder import KINDS, placeholders

_NAME = re.compile(r"[a-z][a-z0-9-]*")


class Lifetime(Enum):
    """When a service ends, and what its end means."""

    DAEMON = "daemon"
    """Runs until it is stopped; an end before that is a crash."""
    ONESHOT = "oneshot"
    """Ends by itself with exit code 0; what needs it waits for that."""


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port a service listens on."""

    number: int
    name: str = "http"
    published: int | None = None
    """The number seen from outside its container, where it is another one."""

    @property
    def outside(self) -> int:
        """The number that users know."""
        return self.published or self.number


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """Ready when a GET of `path` on the first port is answered with 200."""

    path: str


@dataclass(frozen=True, slots=True)
class SocketProbe:
    """Ready when the first port answers `send` with something that starts with one of `expect`."""

    send: bytes
    expect: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class CommandProbe:
    """Ready when the command exits with 0."""

    command: tuple[str, ...]


Probe = HttpProbe | SocketProbe | CommandProbe


@dataclass(frozen=True, slots=True)
class Program:
    """A program that the native stack runs, and where it comes from."""

    name: str
    package: str
    """The Debian package that brings it."""
    at_least: tuple[int, ...]
    """The oldest version that will do."""
    version_flag: str = "--version"
    folders: tuple[str, ...] = ()
    """Patterns of folders to search besides PATH, the newest match first, e.g. `/usr/lib/postgresql/*/bin`."""
    relocated: tuple[str, ...] = ()
    """Arguments to add when the package was unpacked elsewhere; `{root}` is where."""
    built_for: str | None = None
    """A folder that the program was built to read, without an argument to name another; e.g. `/usr/share/pump`."""


PYTHON = Program("python", "python3", (3, 11))
"""The interpreter that runs the stack itself; arguments start with `-m MODULE`."""


@dataclass(frozen=True, slots=True)
class PostgresCluster:
    """A PostgreSQL data folder to make, with one database and its roles."""

    database: str
    owner: str
    owner_password: str
    """Name of the secret."""
    monitor: str
    monitor_password: str
    """Name of the secret."""


@dataclass(frozen=True, slots=True)
class RedisPassword:
    """A Redis that asks for a password."""

    password: str
    """Name of the secret."""


Setup = PostgresCluster | RedisPassword


@dataclass(frozen=True, slots=True)
class Native:
    """How a service runs as a child process."""

    program: Program
    user: str | None = None
    """The package's own user, taken when the stack is started by root."""
    setup: Setup | None = None
    """What must exist before or just after its first start."""
    arguments: tuple[str, ...] = ()
    """Arguments only the native program takes; they follow the service's."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables only the native program takes."""
    settings: tuple[str, ...] = ()
    """Variables that whoever starts the stack may set; what they say wins over the environment declared here."""
    stands_in_for: str = ""
    """A service that does not run natively, on whose first port this one listens too: `{address.THAT}`."""
    stop: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder or file of the host that a container sees."""

    source: str
    target: str
    read_only: bool = True


@dataclass(frozen=True, slots=True)
class Container:
    """How a service runs in a container."""

    image: str
    """`name:version`; the version is pinned."""
    config: str = ""
    """Where its configuration folder appears."""
    data: str = ""
    """Where its data volume appears."""
    mounts: tuple[Mount, ...] = ()
    entrypoint: tuple[str, ...] = ()
    """What is run instead of the image's own program, which the arguments follow."""
    arguments: tuple[str, ...] = ()
    """Arguments only the image takes; they follow the service's."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables only the image takes; `${NAME:-default}` is filled in by Compose."""
    host_network: bool = False
    host_processes: bool = False
    privileged: bool = False
    runs_as_caller: bool = False
    """Run as the user who starts the containers, who owns the secret files with mode 0600."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by name: taken from an environment variable, else from a kept file, else generated once."""

    name: str
    variable: str
    """The environment variable it may come from."""
    generated: bool = True
    """False for what only the operator can know, e.g. a webhook's address."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"secret {self.name!r}: a name is lower-case letters, digits and dashes")


@dataclass(frozen=True, slots=True)
class Service:
    """Something that runs."""

    name: str
    title: str
    """One line for people."""
    ports: tuple[Port, ...] = ()
    ready: Probe | None = None
    native: Native | None = None
    container: Container | None = None
    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    secrets: tuple[Secret, ...] = ()
    needs: tuple[str, ...] = ()
    """Names of services that must be ready, or done, before this one starts."""
    lifetime: Lifetime = Lifetime.DAEMON
    profile: str | None = None
    """Started only when this profile is asked for, e.g. `traffic`."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"service {self.name!r}: a name is lower-case letters, digits and dashes")
        if isinstance(self.ready, HttpProbe | SocketProbe) and not self.ports:
            raise CatalogueError(f"service {self.name}: its readiness is asked on a port, so give it one")
        if len({port.name for port in self.ports}) != len(self.ports):
            raise CatalogueError(f"service {self.name}: two of its ports have the same name")
        for text in self.templates():
            for kind, name in placeholders(text):
                self._check_placeholder(kind, name)
        for text in self._outside_the_child_environment():
            if any(kind == "value" for kind, _ in placeholders(text)):
                raise CatalogueError(
                    f"service {self.name}: {text!r} would show a secret in a process list or a file; "
                    "use {secret.NAME}, the file that holds it"
                )

    def templates(self) -> Iterator[str]:
        """Yield every text of this service that may hold placeholders."""
        yield from self._outside_the_child_environment()
        if self.native:
            yield from (value for _, value in self.native.environment)

    def _outside_the_child_environment(self) -> Iterator[str]:
        yield from self.arguments
        yield from (value for _, value in self.environment)
        if self.native:
            yield from self.native.arguments
        if self.container:
            yield from self.container.entrypoint
            yield from self.container.arguments
        if isinstance(self.ready, CommandProbe):
            yield from self.ready.command

    def port(self, name: str | None = None) -> Port:
        """Return the port called `name`, or the first one."""
        for port in self.ports:
            if name is None or port.name == name:
                return port
        raise CatalogueError(f"service {self.name}: it has no port{f' called {name}' if name else ''}")

    def _check_placeholder(self, kind: str, name: str | None) -> None:
        where = "{" + (f"{kind}.{name}" if name else kind) + "}"
        if kind not in KINDS:
            known = ", ".join(sorted(KINDS))
            raise CatalogueError(f"service {self.name}: unknown placeholder {where}; known: {known}")
        if kind == "port":
            self.port(name)
        if kind in {"secret", "value"} and name not in {secret.name for secret in self.secrets}:
            raise CatalogueError(f"service {self.name}: {where} is not among its secrets")
