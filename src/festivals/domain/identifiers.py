"""Identifiers that grow with time, so that a table's index does too and pages follow the order of events."""

import secrets
from datetime import datetime
from uuid import UUID

_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 20


def new_id(now: datetime) -> UUID:
    """Return a UUID of version 7 (RFC 9562): milliseconds of `now`, then 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    noise = secrets.randbits(74)
    high, low = noise >> 62, noise & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def new_ticket_code() -> str:
    """Return a code that nobody guesses (100 bits) and that reads well aloud: no I, O, 0, 1."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
