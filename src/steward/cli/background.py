"""Starting a supervisor in the background, and waiting until it has everything running."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from steward.cli.display import Lines, url_lines
from steward.cli.project import VARIABLE
from steward.model import Catalogue
from steward.stack import logfiles, record, state, targets
from steward.stack.blueprint import Wish
from steward.stack.errors import ServiceFailed
from steward.stack.record import Record, Stage
from steward.stack.state import State

_POLL_SECONDS = 0.05
_TARGET_SECONDS = 60.0
_SHOWN_LINES = 15
_INTERRUPTED = 130


def start(catalogue: Catalogue, project: Path, place: State, wish: Wish) -> None:
    """Start a supervisor and return when all is ready; raises ServiceFailed with what it could not do."""
    supervisor = _spawn(project, place, wish)
    try:
        up = _await_up(place, supervisor)
        _await_targets(catalogue, wish, up, lambda: supervisor.poll() is not None)
    except KeyboardInterrupt:
        click.echo(
            "\nit goes on starting; `steward status` shows how far it is, `steward down` stops it", err=True
        )
        raise SystemExit(_INTERRUPTED) from None
    for line in url_lines(up):
        click.echo(line)
    click.echo("everything is ready; `steward status` shows it, `steward down` stops it")


def _spawn(project: Path, place: State, wish: Wish) -> subprocess.Popen[bytes]:
    options = ["--scale", f"{wish.scale:g}", *(["--traffic"] if wish.profiles else [])]
    with place.log("supervisor").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "steward.cli", "_supervise", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, VARIABLE: str(project), state.VARIABLE: str(place.root)},
            start_new_session=True,
        )


def _await_up(place: State, supervisor: subprocess.Popen[bytes]) -> Record:
    shown = Lines(announce=False)
    while True:
        # Looked at before the record, whose last word is then certain to be read.
        ended = supervisor.poll()
        current = record.read(place)
        if current and current.supervisor.pid == supervisor.pid:
            shown.update(current)
            if current.stage is Stage.UP:
                return current
            if current.problem and ended is not None:
                raise ServiceFailed(current.problem.what, current.problem.mend)
        if ended is not None:
            raise _died(place, ended)
        time.sleep(_POLL_SECONDS)


def _await_targets(catalogue: Catalogue, wish: Wish, up: Record, give_up: Callable[[], bool]) -> None:
    ports = {service.name: service.ports for service in up.services}
    port = next(iter(ports.get(targets.PROMETHEUS, {}).values()), None)
    if port is not None:
        jobs = targets.expected_jobs(catalogue, wish)
        count = targets.await_up(jobs, port, seconds=_TARGET_SECONDS, give_up=give_up)
        click.echo(f"Prometheus reaches all its {count} targets")


def _died(place: State, code: int) -> ServiceFailed:
    log = place.log("supervisor")
    return ServiceFailed(
        f"the supervisor ended with exit code {code}; the end of its log:\n{logfiles.tail(log, _SHOWN_LINES)}",
        mend=f"its whole log is {log}",
    )
