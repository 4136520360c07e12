"""`steward up`."""

import asyncio
import logging
import os

import click

from steward.cli import background
from steward.cli.display import display
from steward.cli.examples import examples
from steward.cli.frontend import build_or_warn
from steward.cli.journal import journal_to, notices
from steward.cli.project import load_catalogue, project_folder
from steward.cli.scale import Scale
from steward.cli.steps import installing_is_allowed, step
from steward.model import Catalogue
from steward.stack import packages
from steward.stack.blueprint import SCALE_VARIABLE, Wish
from steward.stack.session import Session, open_state
from steward.stack.state import State

traffic_option = click.option("--traffic", is_flag=True, help="Start a festival day as load, too.")
scale_option = click.option(
    "--scale",
    type=Scale(),
    default=1.0,
    show_default=True,
    envvar=SCALE_VARIABLE,
    help="How many times faster than real time the simulated day passes and rules look back.",
)


@click.command(
    "up",
    epilog=examples("steward up", "steward up --detach --traffic --scale 60", "STEWARD_PORT_API=18080 steward up"),
)
@click.option("-d", "--detach", is_flag=True, help="Return when everything is ready, and leave it running.")
@traffic_option
@scale_option
def command(*, detach: bool, traffic: bool, scale: float) -> None:
    """Start the stack: databases, applications, and everything that watches them.

    In the foreground it shows a table, and Ctrl-C stops everything. With --detach it waits until every service is
    ready and Prometheus reaches all of them. Missing programs are installed first (as root) or unpacked into the
    state folder, and the console's scripts are built where they changed; STEWARD_NO_INSTALL=1 forbids to fetch
    anything. STEWARD_PORT_SERVICE=NUMBER moves a port.
    """
    project = project_folder()
    catalogue = load_catalogue(project)
    wish = Wish(wished_profiles(traffic=traffic), scale, project)
    with notices():
        place = open_state(catalogue, project, os.environ)
        packages.ensure(catalogue, place, allowed=installing_is_allowed(), step=step)
        build_or_warn(place.tools)
    if detach:
        background.start(catalogue, project, place, wish)
    else:
        _run_here(catalogue, place, wish)


def wished_profiles(*, traffic: bool) -> frozenset[str]:
    """Return the profiles that the options ask for."""
    return frozenset({"traffic"} if traffic else ())


def _run_here(catalogue: Catalogue, place: State, wish: Wish) -> None:
    with journal_to(logging.FileHandler(place.log("supervisor"))), display() as shown:
        session = Session(catalogue, place, wish, os.environ, shown.update)
        asyncio.run(session.run())
    click.echo("everything is stopped")
