"""The command line: one file a command, read only when it is called."""

import importlib
from typing import Any, NamedTuple

import click

from steward.cli.examples import examples
from steward.stack.errors import StackError


class Entry(NamedTuple):
    """A command in the list of commands."""

    module: str
    """In this package; it holds the command as `command`."""
    summary: str


COMMANDS = {
    "up": Entry("up", "Start the stack."),
    "down": Entry("down", "Stop the stack."),
    "status": Entry("status", "Show what runs, and whether it is healthy."),
    "logs": Entry("logs", "Show the log of a service."),
    "doctor": Entry("doctor", "Find out what keeps the stack from running."),
    "install": Entry("install", "Bring the programs that the stack runs."),
    "build": Entry("build", "Compile the catalogue into infrastructure/monitoring."),
    "check": Entry("check", "Find what is wrong in the catalogue, its rules, routes and runbooks."),
    "lint": Entry("lint", "Find what is wrong in anyone's rules, dashboards and routes."),
    "mutate": Entry("mutate", "Change each alert a little, and see whether its tests notice."),
    "metrics": Entry("metrics", "Harvest the metrics of a program into an inventory."),
    "sidecar": Entry("sidecar", "Answer scrapes for the processes that count in a folder."),
    "dashboards": Entry("dashboards", "Bring dashboards to a Grafana, or from it, or compare."),
    "alerts": Entry("alerts", "Show the alerts that fire, and what people did about them."),
    "ack": Entry("ack", "Say that you look at a page, or that it is over."),
    "silence": Entry("silence", "Silence an alert for a while, or list what is silenced."),
    "oncall": Entry("oncall", "Show who is on call, and take a turn for somebody else."),
    "incident": Entry("incident", "Work on incidents, and write the report of one."),
    "account": Entry("account", "Say who may log in to the on-call service."),
    "token": Entry("token", "Say which programs may call the on-call service."),
    "secrets": Entry("secrets", "Write the secrets that the containers read."),
    "test": Entry("test", "Run the tests."),
}
HIDDEN = {"_supervise": Entry("supervise", "Run the stack in the background.")}


class Commands(click.Group):
    """The commands; `--help` lists them without reading their modules, which would take a second."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, RUF100 - click's signature
        """Return the names that help shows, in its order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, RUF100
        """Read the module of a command."""
        entry = (COMMANDS | HIDDEN).get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(f"{__name__}.{entry.module}").command
        assert isinstance(command, click.Command)  # noqa: S101 - says what every module of a command holds
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002, RUF100
        """List the commands by what is known of them here."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; what its user can mend is one message and exit code 1."""
        try:
            return super().invoke(ctx)
        except StackError as error:
            show_error(error.what, error.mend)
        except ValueError as error:
            # Read late: most commands need no catalogue.
            from steward.model import CatalogueError

            if not isinstance(error, CatalogueError):
                raise
            show_error(str(error))
        raise click.exceptions.Exit(1)


def show_error(what: str, mend: str = "") -> None:
    """Write an error and how to mend it to stderr."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {what}", err=True)
    for line in mend.splitlines():
        click.echo(f"  {line}", err=True)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    epilog=examples(
        "steward up --detach     start everything in the background",
        "steward status          see what runs",
        "steward down            stop it",
    ),
)
def commands() -> None:
    """Watch a platform with monitoring that is proven to work."""


def main() -> None:
    """Run the command line of this process."""
    commands(prog_name="steward")
