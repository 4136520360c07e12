"""Which hosts may be called.

Addresses come from settings, but also from what others send, as the place where Slack takes an answer; and a name
may come to mean a machine inside. So only hosts on the list are called, and only those that the operator named may
be inside.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from steward.oncall.settings import ALLOWED_HOSTS, OnCallSettings

SLACK = ("hooks.slack.com", "hooks.slack-gov.com")
PAGERDUTY = ("events.pagerduty.com", "events.eu.pagerduty.com")

_PORTS = {"https": 443, "http": 80}


class NotAllowed(Exception):
    """The address may not be called; the message names its host, and how to allow it."""


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts in two kinds."""

    public: frozenset[str]
    """Names that may be called by https at its usual port, where they lead to the internet."""
    named: frozenset[tuple[str, int | None]]
    """Host and port, None for any port, which the operator has named; they may lead anywhere."""

    @classmethod
    def of(cls, settings: OnCallSettings) -> Self:
        """Return the hosts that these settings allow."""
        named = {_entry(one) for one in settings.allowed_hosts}
        named |= {_place(urlsplit(url)) for url in (settings.webhook_url, settings.ping_url) if url}
        return cls(frozenset(SLACK + PAGERDUTY), frozenset(named))

    def check(self, url: str) -> None:
        """Raise NotAllowed unless the address may be called."""
        parts = _split(url)
        host, port = _place(parts)
        if self._named(host, port) or (host in self.public and (parts.scheme, port) == ("https", 443)):
            return
        raise NotAllowed(f"{host}:{port} may not be called; if it should be, add it to {ALLOWED_HOSTS.variable}")

    def usable(self, url: str, addresses: Iterable[str]) -> list[str]:
        """Return those IP addresses, of the host of an allowed `url`, that may be connected to."""
        if self._named(*_place(_split(url))):
            return list(addresses)
        return [one for one in addresses if ipaddress.ip_address(one).is_global]

    def _named(self, host: str, port: int | None) -> bool:
        return (host, port) in self.named or (host, None) in self.named


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        raise NotAllowed("the address cannot be read") from None
    if not usable:
        raise NotAllowed("the address is not one of http or https")
    return parts


def _place(parts: SplitResult) -> tuple[str, int | None]:
    return _plain(parts.hostname or ""), parts.port or _PORTS.get(parts.scheme)


def _entry(text: str) -> tuple[str, int | None]:
    """Read host or host:port; an IPv6 address with a port stands in brackets."""
    if text.count(":") > 1 and not text.startswith("["):
        return _plain(text), None
    parts = urlsplit(f"//{text}")
    return _plain(parts.hostname or ""), parts.port


def _plain(host: str) -> str:
    return host.lower().rstrip(".")
