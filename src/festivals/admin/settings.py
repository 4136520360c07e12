"""What the dashboard is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from festivals.settings import CacheSettings, DatabaseSettings, listen
from steward.program.settings import Address, Setting, SettingsError, secret

DEFAULT_PORT = 3000

ADMIN_PASSWORD: Setting[str | None] = Setting(
    "FESTIVALS_ADMIN_PASSWORD_FILE",
    "file with the password that the user admin must give; needed where others can reach the dashboard",
    secret,
    None,
)


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """Everything the dashboard is told."""

    database: DatabaseSettings
    cache: CacheSettings
    address: Address
    password: str | None = field(repr=False)
    """None only on loopback."""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read them; raises SettingsError."""
        address = listen(environment, DEFAULT_PORT)
        password = ADMIN_PASSWORD.read(environment)
        if password is None and not address.loopback:
            raise SettingsError(
                f"FESTIVALS_HOST={address.host!r}: others can reach this address, so set "
                f"{ADMIN_PASSWORD.variable} to a file with the dashboard's password, or listen on 127.0.0.1"
            )
        return cls(DatabaseSettings.read(environment), CacheSettings.read(environment), address, password)
