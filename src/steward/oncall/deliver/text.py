"""Text from labels, annotations and people, made fit for where it is shown."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

_CUT = "…"
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that break a line, turn its direction, or stand for nothing."""


def one_line(text: str, limit: int) -> str:
    """Return `text` on one line, without characters that cannot be seen, cut to `limit` characters."""
    shown = "".join(" " if char in "\n\r\t" else char for char in text if char in "\n\r\t" or _seen(char))
    return clipped(" ".join(shown.split()), limit)


def several_lines(text: str, limit: int) -> str:
    """Return `text` as it is, but without characters that cannot be seen, cut to `limit` characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return clipped("\n".join("".join(filter(_seen, line.replace("\t", "    "))) for line in lines).strip(), limit)


def clipped(text: str, limit: int) -> str:
    """Return `text`, its end replaced where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + _CUT


def http_only(address: str) -> str:
    """Return an http or https address as it is, and nothing for any other, or one that breaks a line."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return address if usable and all(_seen(char) and not char.isspace() for char in address) else ""


def without(text: str, secrets: Iterable[str | None]) -> str:
    """Return `text` with each secret replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, _CUT)
    return text


def moment(at: datetime) -> str:
    """Return an instant as people read it, in UTC, e.g. `2026-03-02 10:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def duration(length: timedelta) -> str:
    """Return a duration to the second, its largest two units, e.g. `1 h 5 min`."""
    seconds = max(0, round(length.total_seconds()))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in _UNSHOWN
