"""What the platform's programs are told by their environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from steward.program.settings import LOOPBACK, Address, Setting, address, count, port, secret

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
ONCALL_ADDRESS = Setting(
    "FESTIVALS_ONCALL_ADDRESS",
    "the on-call service, which answers /api/v1/monitoring/, as host:port",
    address,
    Address(LOOPBACK, 8090),
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
