"""What `steward check` and `steward lint` have in common: their options, and how findings are told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import click

from steward.check.finding import Finding, Level
from steward.check.registry import CHECKS, NAMES
from steward.check.run import Selection
from steward.check.showing.json import as_json
from steward.check.showing.sarif import as_sarif
from steward.check.showing.text import ordered, shown, summary

UNREADABLE = 2
"""Exit code where the input cannot be read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How findings are to be told."""

    selection: Selection
    form: str
    """`text`, `json` or `sarif`."""
    show_accepted: bool


class CheckNames(click.ParamType[frozenset[str]]):
    """Names of checks, separated by commas."""

    name = "CHECK,..."

    def convert(
        self,
        value: str | frozenset[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> frozenset[str]:
        """Return the names; refuses those of no check."""
        if isinstance(value, frozenset):
            return value
        names = frozenset(name.strip() for name in value.split(",") if name.strip())
        if unknown := sorted(names - NAMES):
            self.fail(f"no check is called {', '.join(unknown)}; --list names them", param, ctx)
        return names


class Version(click.ParamType[tuple[int, int]]):
    """A version of Prometheus, as a pair of numbers."""

    name = "VERSION"

    def convert(
        self,
        value: str | tuple[int, int],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, int]:
        """Return the first two numbers of a version."""
        if isinstance(value, tuple):
            return value
        parts = value.removeprefix("v").split(".")
        if len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]):
            self.fail(f"{value!r} is not a version such as 2.42 or 3.5", param, ctx)
        return int(parts[0]), int(parts[1])


def _list_checks(ctx: click.Context, param: click.Parameter, value: object) -> None:  # noqa: ARG001, RUF100
    if value:
        width = max(len(check.name) for check in CHECKS)
        for check in CHECKS:
            click.echo(f"{check.name:{width}}  {check.why}")
        ctx.exit()


_OPTIONS = (
    click.option("--json", "form", flag_value="json", help="Tell findings as JSON."),
    click.option("--sarif", "form", flag_value="sarif", help="Tell findings as SARIF 2.1.0, for code hosts."),
    click.option("--only", type=CheckNames(), default=frozenset(), help="Only these checks."),
    click.option("--ignore", type=CheckNames(), default=frozenset(), help="All but these checks."),
    click.option(
        "--prometheus",
        "version",
        type=Version(),
        default="2.42",
        show_default=True,
        help="The oldest Prometheus that must understand the expressions.",
    ),
    click.option("--show-accepted", is_flag=True, help="Tell findings that are meant, too."),
    click.option(
        "--list", is_flag=True, is_eager=True, expose_value=False, callback=_list_checks, help="List the checks."
    ),
)


def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that both have."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def tell(findings: Iterable[Finding], wanted: Wanted, checked: str) -> int:
    """Write findings to stdout, the line that counts them to stderr, and return the exit code."""
    chosen = ordered(finding for finding in findings if wanted.selection.takes(finding.check))
    visible = [finding for finding in chosen if wanted.show_accepted or not finding.accepted]
    if wanted.form == "json":
        click.echo(as_json(visible))
    elif wanted.form == "sarif":
        click.echo(as_sarif(chosen, CHECKS))
    else:
        for finding in visible:
            click.echo(shown(finding, _paint) + "\n")
        click.echo(summary(chosen, checked))
    return 1 if any(one.level >= Level.WARNING and one.accepted is None for one in chosen) else 0


def _paint(text: str, colour: str) -> str:
    """Colour text; click takes the colour out again where stdout is no terminal."""
    return click.style(text, bold=True) if colour == "bold" else click.style(text, fg=colour)
