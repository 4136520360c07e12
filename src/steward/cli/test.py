"""`steward test`."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from steward.cli import show_error
from steward.cli.examples import examples
from steward.cli.frontend import checks as frontend_checks
from steward.cli.project import load_catalogue, project_folder, state_folder
from steward.cli.steps import installing_is_allowed, step
from steward.model import Program
from steward.stack import packages
from steward.stack.errors import StackError
from steward.stack.programs import Found

_TOOLS = ("importlinter", "mypy", "pytest", "ruff", "xdist")
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
_WORKERS = 2
_COMPOSE = Program("docker-compose", "docker-compose", (1, 29))
"""Reads the compiled Compose file. Its package works only where it is installed, so tests can do without it."""
_BROWSER = Program("chromium", "chromium", (120,))
"""Opens the console's pages. As with Compose, tests can do without it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one check."""

    name: str
    passed: bool
    seconds: float


@click.command(
    "test",
    context_settings={"ignore_unknown_options": True},
    epilog=examples(
        "steward test                   everything, as the pipeline does",
        "steward test --fast            without the tests that start servers",
        "steward test -k wallet -x      arguments for pytest",
    ),
)
@click.option("--fast", is_flag=True, help="Leave out the tests that start servers or take more than a second.")
@click.argument("pytest_arguments", metavar="[PYTEST ARGUMENTS]", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, *, fast: bool, pytest_arguments: tuple[str, ...]) -> None:
    """Run every check of the project: style, types, imports, compiled files, tests.

    All of them run, also when one fails. The last line is pytest's own. Exit code 1 when one failed.
    """
    _require_tools()
    project = project_folder()
    outcomes: list[Outcome] = []
    environment: Mapping[str, str] = os.environ
    if not fast:
        found, outcome = _programs(project)
        environment = reachable(found, os.environ)
        outcomes.append(outcome)
        outcomes += [_checked(name, check) for name, check in frontend_checks(state_folder().tools)]
    for name, arguments in static_checks():
        outcomes.append(_checked(name, partial(_succeeds, arguments, project)))
    closing: list[str] = []
    arguments = pytest_command(fast=fast, arguments=pytest_arguments)
    outcomes.append(_checked("pytest", partial(_pytest, arguments, project, environment, closing)))
    for line in ("", *as_lines(outcomes), *closing):
        click.echo(line)
    ctx.exit(0 if all(outcome.passed for outcome in outcomes) else 1)


def static_checks() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the checks that run nothing of the project: (name, arguments for Python)."""
    return (
        ("ruff check", ("-m", "ruff", "check", ".")),
        ("ruff format", ("-m", "ruff", "format", "--check", ".")),
        ("mypy", ("-m", "mypy")),
        ("lint-imports", ("-c", _LINT_IMPORTS)),
        ("build --check", ("-P", "-m", "steward.cli", "build", "--check")),
    )


def pytest_command(*, fast: bool, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments for Python that run the tests; the user's stand last, where they win."""
    chosen = ("-m", "not slow") if fast else ()
    return ("-m", "pytest", "-n", str(_WORKERS), "--dist", "loadfile", *chosen, *arguments)


def reachable(found: Sequence[Found], environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which tests find the programs that were unpacked, as if they were installed."""
    unpacked = [program for program in found if program.root]
    folders = dict.fromkeys(str(program.path.parent) for program in unpacked)
    path = os.pathsep.join([*folders, environ.get("PATH", os.defpath)])
    libraries = {name: value for program in unpacked for name, value in program.environment().items()}
    return {**environ, **libraries, "PATH": path}


def as_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the table of what passed and what did not, a line each."""
    verdicts = {True: "ok", False: "FAILED"}
    return [f"{verdicts[one.passed]:6}  {one.name:14} {one.seconds:7.1f} s" for one in outcomes]


def _require_tools() -> None:
    missing = [tool for tool in _TOOLS if importlib.util.find_spec(tool) is None]
    if missing:
        raise StackError(
            f"the tests need what this Python environment lacks: {', '.join(missing)}",
            mend="call ./steward test in the project, which installs requirements/dev.txt first",
        )


def _programs(project: Path) -> tuple[Sequence[Found], Outcome]:
    found: list[Found] = []

    def look() -> bool:
        try:
            catalogue = load_catalogue(project)
            allowed = installing_is_allowed()
            also = (_COMPOSE, _BROWSER) if allowed and os.geteuid() == 0 else ()
            programs = packages.ensure(catalogue, state_folder(), also=also, allowed=allowed, step=step)
            found.extend(programs.values())
        except (StackError, ValueError) as error:
            show_error(str(error), getattr(error, "mend", ""))
            return False
        return True

    return found, _checked("programs", look)


def _checked(name: str, check: Callable[[], bool]) -> Outcome:
    click.secho(f"\n== {name}", bold=True)
    sys.stdout.flush()
    begun = time.monotonic()
    passed = check()
    return Outcome(name, passed, time.monotonic() - begun)


def _succeeds(arguments: Sequence[str], project: Path) -> bool:
    return subprocess.run([sys.executable, *arguments], cwd=project, check=False).returncode == 0


def _pytest(arguments: Sequence[str], project: Path, environment: Mapping[str, str], closing: list[str]) -> bool:
    """Run pytest, showing all but its last line, which goes into `closing`."""
    colour = ("--color=yes",) if sys.stdout.isatty() else ()
    with subprocess.Popen(
        [sys.executable, *arguments, *colour], cwd=project, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout  # noqa: S101 - asked for above
        for line in process.stdout:
            for held in closing:
                click.echo(held)
            closing[:] = [line.rstrip("\n")]
    return process.returncode == 0
