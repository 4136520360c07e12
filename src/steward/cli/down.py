"""`steward down`."""

import os
import signal
import time
from pathlib import Path

import click

from steward.cli.examples import examples
from steward.cli.journal import notices
from steward.cli.project import project_folder, state_folder
from steward.stack import record
from steward.stack.errors import StackError, StateUnusable
from steward.stack.leftovers import end as end_processes
from steward.stack.lock import Lock, holder
from steward.stack.processes import identity
from steward.stack.record import Leader
from steward.stack.session import end_leftovers
from steward.stack.state import State, purge, remains

_STOP_SECONDS = 15.0
_KILL_SECONDS = 5.0
_POLL_SECONDS = 0.05


@click.command("down", epilog=examples("steward down", "steward down --purge"))
@click.option("--purge", "purging", is_flag=True, help="Remove the state folder too: data, logs and secrets.")
def command(*, purging: bool) -> None:
    """Stop the stack, in order; or what a killed supervisor has left of it.

    Data and secrets stay for the next start, unless --purge is given.
    """
    place = state_folder()
    if supervisor := holder(place.lock):
        _stop(place, supervisor)
        click.echo("everything is stopped")
    elif not place.record.exists():
        click.echo("nothing was running")
    if place.run.is_dir():
        with notices(), Lock(place.lock):
            _end_leftovers(place, purging=purging)
    if purging and remains(place):
        purge(_project(place), place)
        click.echo(f"{place.root} is removed")


def _stop(place: State, supervisor: int) -> None:
    leader = Leader(supervisor, identity(supervisor) or "")
    _send(supervisor, signal.SIGTERM)
    if not _ended(place, leader, _STOP_SECONDS):
        click.echo(f"supervisor {supervisor} does not stop; it is ended by force", err=True)
        _send(supervisor, signal.SIGKILL)
        _ended(place, leader, _KILL_SECONDS)


def _send(supervisor: int, number: signal.Signals) -> None:
    try:
        os.kill(supervisor, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        raise StackError(
            f"the stack runs under supervisor {supervisor}, which is not yours to stop",
            mend="stop it as its owner",
        ) from None


def _ended(place: State, supervisor: Leader, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holder(place.lock) is None and not supervisor.lives():
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _end_leftovers(place: State, *, purging: bool) -> None:
    try:
        end_leftovers(place)
    except StateUnusable:
        if not purging:
            raise
        # The record is damaged; the mark that processes carry still tells whose they are.
        end_processes(place, None)
    record.forget(place)


def _project(place: State) -> Path:
    try:
        return project_folder()
    except ValueError:
        return place.root.parent
