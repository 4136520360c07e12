"""What a program is told by its environment.

Each setting is described once: its variable, what it means, how it is read, its default. Secrets are named by the
file that holds them, so that they never stand in an environment.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

LOOPBACK = "127.0.0.1"
_CREDENTIALS = re.compile(r"//[^/@]*@")
"""A user and a password in an address."""


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
            shown = _CREDENTIALS.sub("//…@", text)
            raise SettingsError(f"{self.variable}={shown!r}: {error}") from None


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
