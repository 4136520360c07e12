"""`steward _supervise`: the process in the background that `steward up --detach` starts."""

import asyncio
import logging
import os
import sys

import click

from steward.cli.journal import journal_to
from steward.cli.project import load_catalogue, project_folder
from steward.cli.up import scale_option, traffic_option, wished_profiles
from steward.stack.blueprint import Wish
from steward.stack.errors import StackError
from steward.stack.session import Session
from steward.stack.state import locate

_log = logging.getLogger("steward.stack")


@click.command("_supervise", hidden=True)
@traffic_option
@scale_option
@click.pass_context
def command(ctx: click.Context, *, traffic: bool, scale: float) -> None:
    """Run the stack until a signal ends it; what goes wrong is in the record and in the log."""
    project = project_folder()
    place = locate(project, os.environ)
    wish = Wish(wished_profiles(traffic=traffic), scale, project)
    with journal_to(logging.StreamHandler(sys.stderr)):
        try:
            asyncio.run(Session(load_catalogue(project), place, wish, os.environ).run())
        except StackError as error:
            _log.error("%s\n  %s", error.what, error.mend)  # noqa: TRY400, RUF100 - the message says it all
            ctx.exit(1)
