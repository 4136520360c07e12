"""The console's scripts, for the commands that need them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import click

from steward.cli import show_error
from steward.cli.steps import installing_is_allowed, step
from steward.stack import frontend
from steward.stack.errors import StackError

Check = tuple[str, Callable[[], bool]]
"""A check's name, and what runs it and tells whether it passed."""


def build_or_warn(tools: Path) -> None:
    """Build what has changed; where that fails the stack comes up all the same, and pages go out.

    `tools` is the folder for a Node.js of our own.
    """
    found = frontend.beside_package()
    if found is None:
        return
    try:
        frontend.ensure(found, tools, allowed=installing_is_allowed(), step=step)
    except StackError as error:
        show_error(error.what, error.mend)
        click.echo("steward: going on with the console as it is; without its scripts it draws no charts", err=True)


def checks(tools: Path) -> tuple[Check, ...]:
    """Return the checks of the frontend, in the order in which they must run; none where it is not beside us."""
    found = frontend.beside_package()
    if found is None:
        return ()

    def build() -> bool:
        try:
            frontend.ensure(found, tools, allowed=installing_is_allowed(), step=step)
            frontend.with_packages(found, tools, allowed=installing_is_allowed(), step=step)
        except StackError as error:
            show_error(error.what, error.mend)
            return False
        return True

    def script(name: str) -> bool:
        try:
            tool = frontend.with_packages(found, tools, allowed=False, step=step)
        except StackError as error:
            show_error(error.what, error.mend)
            return False
        return subprocess.run((*tool.npm, "run", "--silent", name), cwd=found.sources, check=False).returncode == 0

    return (
        ("npm run build", build),
        ("npm run check", lambda: script("check")),
        ("npm test", lambda: script("test")),
    )
