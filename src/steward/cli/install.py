"""`steward install`."""

from collections.abc import Iterable

import click

from steward.cli.examples import examples
from steward.cli.project import load_catalogue, project_folder, state_folder
from steward.cli.steps import installing_is_allowed, step
from steward.stack import packages
from steward.stack.programs import Found, dotted


@click.command(
    "install",
    epilog=examples(
        "sudo ./steward install            install Debian's packages",
        "./steward install                 unpack them into the state folder",
        "./steward install --no-install    only say what is missing",
    ),
)
@click.option("--no-install", is_flag=True, help="Only say what is missing, and exit with 1.")
def command(*, no_install: bool) -> None:
    """Bring the programs that the stack runs, and show where they are.

    Takes Debian's packages, only those that are missing. Root installs them, without letting them start their
    services; anybody else unpacks them into the state folder. Commands that need the programs do so by themselves.
    """
    allowed = installing_is_allowed() and not no_install
    catalogue = load_catalogue(project_folder())
    found = packages.ensure(catalogue, state_folder(), allowed=allowed, step=step)
    for line in as_lines(found.values()):
        click.echo(line)


def as_lines(found: Iterable[Found]) -> list[str]:
    """Return a line for each program: name, version and path, in columns."""
    rows = [(one.program.name, dotted(one.version), str(one.path)) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)] if rows else []
    return [f"{name:{widths[0]}}  {version:{widths[1]}}  {path}" for name, version, path in rows]
