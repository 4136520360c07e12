"""What the platform's programs are told by their environment.

Each setting is described once: its variable, what it means, how it is read, its default. Secrets are named by the
file that holds them, so that they never stand in an environment.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Self, TypeVar

T = TypeVar("T")

LOOPBACK = "127.0.0.1"


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the variable and how to mend it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One environment variable."""

    variable: str
    help: str
    parse: Callable[[str], T]
    default: T

    def read(self, environment: Mapping[str, str]) -> T:
        """Return the value, or the default where the variable is unset or empty; raises SettingsError."""
        text = environment.get(self.variable, "")
        if not text:
            return self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingsError(f"{self.variable}={text!r}: {error}") from None


def port(text: str) -> int:
    """Read a TCP port."""
    return _whole(text, 1, 65535)


def count(text: str) -> int:
    """Read a number of processes or connections."""
    return _whole(text, 1, 128)


def address(text: str) -> Address:
    """Read host:port; an IPv6 host stands in brackets."""
    host, colon, number = text.rpartition(":")
    if not colon or not host:
        raise ValueError("write it as host:port")
    return Address(host.removeprefix("[").removesuffix("]"), port(number))


def secret(path: str) -> str:
    """Read the secret that the file at `path` holds, without the line's end."""
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the secret: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    if not text:
        raise ValueError("the file is empty; write the secret into it")
    return text


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:6]) <= most:
        raise ValueError(f"write a whole number from {least} to {most}")
    return int(text)


DATABASE_ADDRESS = Setting(
    "FESTIVALS_DATABASE_ADDRESS", "PostgreSQL, as host:port", address, Address(LOOPBACK, 5432)
)
DATABASE_NAME = Setting("FESTIVALS_DATABASE_NAME", "the database", str, "festivals")
DATABASE_USER = Setting("FESTIVALS_DATABASE_USER", "the role that owns the tables", str, "festivals")
DATABASE_PASSWORD: Setting[str | None] = Setting(
    "FESTIVALS_DATABASE_PASSWORD_FILE", "file with the role's password; unset for none", secret, None
)
DATABASE_CONNECTIONS = Setting("FESTIVALS_DATABASE_CONNECTIONS", "connections each process may hold", count, 10)
REDIS_ADDRESS = Setting("FESTIVALS_REDIS_ADDRESS", "Redis, as host:port", address, Address(LOOPBACK, 6379))
REDIS_PASSWORD: Setting[str | None] = Setting(
    "FESTIVALS_REDIS_PASSWORD_FILE", "file with Redis' password; unset for none", secret, None
)
HOST = Setting("FESTIVALS_HOST", "the address to listen on", str, LOOPBACK)
WORKERS = Setting("FESTIVALS_WORKERS", "processes that answer the API", count, 2)
METRICS_DIRECTORY: Setting[Path | None] = Setting(
    "FESTIVALS_METRICS_DIRECTORY", "folder where processes share their metrics; unset for a new one", Path, None
)
API_TOKEN: Setting[str | None] = Setting(
    "FESTIVALS_API_TOKEN_FILE", "file with the token that clients must send; unset for none", secret, None
)


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """How to reach PostgreSQL."""

    address: Address = DATABASE_ADDRESS.default
    name: str = DATABASE_NAME.default
    user: str = DATABASE_USER.default
    password: str | None = field(default=None, repr=False)
    connections: int = DATABASE_CONNECTIONS.default

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read them; raises SettingsError."""
        return cls(
            DATABASE_ADDRESS.read(environment),
            DATABASE_NAME.read(environment),
            DATABASE_USER.read(environment),
            DATABASE_PASSWORD.read(environment),
            DATABASE_CONNECTIONS.read(environment),
        )


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """How to reach Redis."""

    address: Address = REDIS_ADDRESS.default
    password: str | None = field(default=None, repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read them; raises SettingsError."""
        return cls(REDIS_ADDRESS.read(environment), REDIS_PASSWORD.read(environment))


def listen(environment: Mapping[str, str], default_port: int) -> Address:
    """Read where a program listens; raises SettingsError."""
    at = Setting("FESTIVALS_PORT", "the port to listen on", port, default_port)
    return Address(HOST.read(environment), at.read(environment))
