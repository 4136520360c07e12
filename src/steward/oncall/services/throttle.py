"""How often somebody may try to log in, kept in the store so that every replica and every restart counts on.

An attempt is noted before the password is looked at: a thousand at a time are a thousand, not the first one.
"""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from steward.oncall.store import accounts as store

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_PEER = 30
"""More than for an account: several people may share an address."""

_LONGEST = 64


class Throttled(Exception):
    """Too many attempts to log in."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"too many attempts to log in; try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


def attempt(connection: Connection, name: str, peer: str, *, now: datetime) -> None:
    """Note an attempt to log in; raises Throttled, and notes nothing, where there were too many."""
    for subject, most in zip(_subjects(name, peer), (PER_ACCOUNT, PER_PEER), strict=True):
        store.take_turn(connection, subject)
        count, first = store.failed_logins(connection, subject, since=now - WINDOW)
        if count >= most and first is not None:
            raise Throttled(max(1, int((first + WINDOW - now).total_seconds()) + 1))
    store.add_failed_logins(connection, _subjects(name, peer), now=now)


def succeeded(connection: Connection, name: str, peer: str, *, now: datetime) -> None:
    """Forget what went wrong for an account; what its peer tried stays, for it may have tried others."""
    store.forget_failed_logins(connection, _subjects(name, peer)[:1], before=now - WINDOW)


def _subjects(name: str, peer: str) -> Sequence[str]:
    # PostgreSQL keeps no text with a NUL, so what somebody typed is written in ASCII.
    return f"account {ascii(name[:_LONGEST])[1:-1]}", f"peer {_network(peer)}"


def _network(peer: str) -> str:
    """Return an address, of IPv6 the network that one customer has."""
    try:
        ip = ipaddress.ip_address(peer)
    except ValueError:
        return peer[:_LONGEST]
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
