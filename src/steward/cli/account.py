"""`steward account`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from steward.cli.columns import aligned, minute
from steward.cli.examples import examples
from steward.cli.oncall_store import ACTOR, opened
from steward.oncall.domain.states import Role
from steward.oncall.errors import OnCallError
from steward.oncall.services import accounts, passwords
from steward.stack.errors import StackError

_ROLES = click.Choice([role.value for role in Role])

_password_file = click.option(
    "--password-file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File with the password, - for the standard input; left out, it is asked for.",
)


@click.group(
    "account",
    no_args_is_help=True,
    epilog=examples(
        "steward account add ada --role responder",
        "steward account password ada",
        "steward account disable ada",
        "steward account list",
    ),
)
def command() -> None:
    """Say who may log in to the on-call service, and as what."""


@command.command("add")
@click.argument("name")
@click.option("--role", type=_ROLES, default=Role.VIEWER.value, show_default=True, help="What they may do.")
@_password_file
def add(*, name: str, role: str, password_file: Path | None) -> None:
    """Let NAME log in; the name is lower-case letters, digits and dashes."""
    hashed = _hashed(password_file)
    with opened() as store, store.write() as connection:
        accounts.add(connection, name, hashed, Role(role), actor=ACTOR, now=datetime.now(UTC))
    click.echo(f"{name} may log in, as {role}")


@command.command("list")
def listed() -> None:
    """Show the accounts."""
    with opened() as store, store.read() as connection:
        found = accounts.listed(connection)
    if not found:
        click.echo("there is no account")
        return
    rows = [
        (one.name, one.role, minute(one.created_at.isoformat()), "disabled" if one.disabled_at else "")
        for one in found
    ]
    click.echo("\n".join(aligned(("NAME", "ROLE", "SINCE", ""), rows)))


@command.command("password")
@click.argument("name")
@_password_file
def password(*, name: str, password_file: Path | None) -> None:
    """Give NAME another password, and end their sessions."""
    hashed = _hashed(password_file)
    with opened() as store, store.write() as connection:
        accounts.change_password(connection, name, hashed, actor=ACTOR, now=datetime.now(UTC))
    click.echo(f"{name} has another password")


@command.command("role")
@click.argument("name")
@click.argument("role", type=_ROLES)
def role_(*, name: str, role: str) -> None:
    """Change what NAME may do, from their next request on."""
    with opened() as store, store.write() as connection:
        accounts.change_role(connection, name, Role(role), actor=ACTOR, now=datetime.now(UTC))
    click.echo(f"{name} is now: {role}")


@command.command("disable")
@click.argument("name")
def disable(*, name: str) -> None:
    """Let NAME log in no more, and end their sessions."""
    with opened() as store, store.write() as connection:
        accounts.disable(connection, name, actor=ACTOR, now=datetime.now(UTC))
    click.echo(f"{name} may log in no more")


@command.command("enable")
@click.argument("name")
def enable(*, name: str) -> None:
    """Let NAME log in again."""
    with opened() as store, store.write() as connection:
        accounts.enable(connection, name, actor=ACTOR, now=datetime.now(UTC))
    click.echo(f"{name} may log in again")


def _hashed(path: Path | None) -> str:
    try:
        return passwords.hashed(_password(path))
    except OnCallError as error:
        raise StackError(str(error)) from None


def _password(path: Path | None) -> str:
    if path is None:
        if not sys.stdin.isatty():
            raise click.UsageError("there is no terminal to ask for the password at; give --password-file")
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        text = sys.stdin.read() if path == Path("-") else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{path}: {getattr(error, 'strerror', None) or 'not a text in UTF-8'}") from None
    return text.removesuffix("\n").removesuffix("\r")
