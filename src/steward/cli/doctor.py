"""`steward doctor`."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict

import click

from steward.cli.examples import examples
from steward.cli.project import load_catalogue, project_folder, state_folder
from steward.stack.doctor.check import Check, Verdict
from steward.stack.doctor.examine import examine

_COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@click.command(
    "doctor",
    epilog=examples("steward doctor", "steward doctor --json | jq '.[] | select(.verdict != \"ok\")'"),
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Find out what keeps the stack from running, and how to mend it.

    Changes nothing. Exit code 0: the stack can start. 1: something keeps it from that.
    """
    checks = examine(project_folder(), load_catalogue, state_folder(), os.environ)
    click.echo(json.dumps(as_list(checks), indent=2) if as_json else "\n".join(as_lines(checks)))
    ctx.exit(1 if any(check.verdict is Verdict.FAIL for check in checks) else 0)


def as_list(checks: Sequence[Check]) -> list[dict[str, str]]:
    """Return what `--json` writes."""
    return [{**asdict(check), "verdict": check.verdict.value} for check in checks]


def as_lines(checks: Sequence[Check]) -> list[str]:
    """Return what people see: a line for each check, and below it how to mend what is not ok."""
    width = max((len(check.name) for check in checks), default=0)
    lines: list[str] = []
    for check in checks:
        verdict = click.style(f"{check.verdict.value:4}", fg=_COLOURS[check.verdict])
        lines.append(f"{verdict}  {check.name:{width}}  {check.what}")
        lines += [f"{'':4}  {'':{width}}  -> {line}" for line in check.mend.splitlines()]
    return lines
