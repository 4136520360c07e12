"""What the API is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from festivals.settings import (
    API_TOKEN,
    METRICS_DIRECTORY,
    ONCALL_ADDRESS,
    WORKERS,
    CacheSettings,
    DatabaseSettings,
    listen,
)
from steward.program.settings import Address, SettingsError

DEFAULT_PORT = 8080


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How the API runs."""

    listen: Address
    workers: int
    metrics_directory: Path | None
    token: str | None = field(repr=False)
    database: DatabaseSettings
    cache: CacheSettings
    oncall: Address = ONCALL_ADDRESS.default

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read them; raises SettingsError, also for an API that others could reach without a token."""
        settings = cls(
            listen=listen(environment, DEFAULT_PORT),
            workers=WORKERS.read(environment),
            metrics_directory=METRICS_DIRECTORY.read(environment),
            token=API_TOKEN.read(environment),
            database=DatabaseSettings.read(environment),
            cache=CacheSettings.read(environment),
            oncall=ONCALL_ADDRESS.read(environment),
        )
        if settings.token is None and not settings.listen.loopback:
            raise SettingsError(
                f"FESTIVALS_HOST={settings.listen.host!r} can be reached by others; "
                f"set {API_TOKEN.variable} to a file with a token that clients must send"
            )
        return settings
