"""Strings and numbers as PromQL and Alertmanager's matchers write them."""

from decimal import Decimal

_DIGITS = 12
"""More are the noise of floats."""


def quoted(text: str) -> str:
    """Return a string in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def number(value: float) -> str:
    """Return a finite number without an exponent and without needless digits."""
    return format(Decimal(f"{value:.{_DIGITS}g}"), "f")
