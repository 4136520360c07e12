"""`steward token`."""

from datetime import UTC, datetime, timedelta

import click

from steward.cli.columns import aligned, minute
from steward.cli.examples import examples
from steward.cli.oncall_store import ACTOR, opened
from steward.oncall.domain.states import Role
from steward.oncall.services import tokens
from steward.oncall.store.accounts import TokenRow

_ROLES = click.Choice([role.value for role in Role])
_LONGEST_DAYS = 3650


@click.group(
    "token",
    no_args_is_help=True,
    epilog=examples(
        "steward token add ci --role responder --days 90 > ci.token",
        "steward token revoke ci",
        "steward token list",
    ),
)
def command() -> None:
    """Say which programs may call the on-call service, and as what."""


@command.command("add")
@click.argument("name")
@click.option("--role", type=_ROLES, default=Role.VIEWER.value, show_default=True, help="What it may do.")
@click.option("--days", type=click.IntRange(1, _LONGEST_DAYS), help="How long it lasts; left out, until revoked.")
def add(*, name: str, role: str, days: int | None) -> None:
    """Issue a token called NAME and write it to the standard output, this once."""
    now = datetime.now(UTC)
    ends = None if days is None else now + timedelta(days=days)
    with opened() as store, store.write() as connection:
        issued = tokens.issue(connection, name, Role(role), actor=ACTOR, now=now, expires_at=ends)
    click.echo(issued)
    click.echo("Keep it: nobody can show it again.", err=True)


@command.command("list")
def listed() -> None:
    """Show the tokens, without what they are."""
    with opened() as store, store.read() as connection:
        found = tokens.listed(connection)
    if not found:
        click.echo("there is no token")
        return
    now = datetime.now(UTC)
    rows = [
        (one.name, one.role, one.created_by, minute(one.created_at.isoformat()), _state(one, now)) for one in found
    ]
    click.echo("\n".join(aligned(("NAME", "ROLE", "BY", "SINCE", ""), rows)))


@command.command("revoke")
@click.argument("name")
def revoke(*, name: str) -> None:
    """Make the token called NAME useless at once."""
    with opened() as store, store.write() as connection:
        tokens.revoke(connection, name, actor=ACTOR, now=datetime.now(UTC))
    click.echo(f"the token {name} is useless now")


def _state(row: TokenRow, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is None:
        return ""
    ends = minute(row.expires_at.isoformat())
    return f"ended {ends}" if row.expires_at <= now else f"until {ends}"
