"""Times and lengths of time, as people give them to a command: `type=` of an option."""

from datetime import UTC, datetime, timedelta

import click

from steward.promql import Duration


def moment(text: str) -> datetime:
    """Read a time as RFC 3339 writes it, in UTC; without a zone it is this machine's."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text!r} is no time; write e.g. 2026-03-29T18:00 or 2026-03-29T18:00Z"
        ) from None


def length(text: str) -> timedelta:
    """Read a length of time as Prometheus writes it."""
    try:
        return timedelta(milliseconds=Duration.parse(text).milliseconds)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error)) from None


def written(at: datetime) -> str:
    """Write a time as the API takes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
