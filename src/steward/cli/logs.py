"""`steward logs`."""

import click

from steward.cli.examples import examples
from steward.cli.project import load_catalogue, project_folder, state_folder
from steward.stack import logfiles
from steward.stack.errors import NotRunning

_SUPERVISOR = "supervisor"


@click.command("logs", epilog=examples("steward logs api", "steward logs prometheus -f -n 0"))
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is written from now on.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=50, show_default=True, help="How many to begin with."
)
def command(*, name: str, follow: bool, lines: int) -> None:
    """Show the log of the service NAME, or of `supervisor`."""
    _require_known(name)
    path = state_folder().log(name)
    if not path.exists():
        raise NotRunning(f"{name} has no log yet: it has never been started", mend="`steward up` starts the stack")
    if lines and (text := logfiles.tail(path, lines)):
        click.echo(text)
    if follow:
        try:
            for text in logfiles.follow(path):
                click.echo(text, nl=False)
        except KeyboardInterrupt:
            click.echo()


def _require_known(name: str) -> None:
    services = load_catalogue(project_folder()).services
    known = [*(service.name for service in services if service.native), _SUPERVISOR]
    if name not in known:
        raise click.BadParameter(f"no service is called {name!r}; known: {', '.join(known)}", param_hint="NAME")
