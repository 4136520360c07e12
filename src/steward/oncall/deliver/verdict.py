"""What became of an attempt to deliver."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has it."""

    reference: str = ""
    """What the other side calls it, if it said so."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It may succeed later."""

    why: str
    """Without secrets: it is kept and shown."""
    after_seconds: float | None = None
    """When the other side asks for a pause; None leaves it to the back-off."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It can never succeed as it is."""

    why: str


Verdict = Delivered | Retry | Refused
