"""`steward status`."""

import json
import time

import click

from steward.cli import table
from steward.cli.examples import examples
from steward.cli.project import state_folder
from steward.stack.record import Phase
from steward.stack.report import View, last_problem, look

_NOT_RUNNING = 3


@click.command(
    "status",
    epilog=examples(
        "steward status", "steward status --json | jq -r '.services[] | select(.state != \"ready\") | .name'"
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show what runs, and whether it is healthy.

    Exit code 0: every service is ready, or done. 1: one is not. 3: the stack does not run.
    """
    view = look(state_folder())
    click.echo(json.dumps(as_dict(view), indent=2) if as_json else as_text(view))
    ctx.exit(0 if view.healthy else 1 if view.running else _NOT_RUNNING)


def as_dict(view: View) -> dict[str, object]:
    """Return what `--json` writes."""
    return {
        "running": view.running,
        "healthy": view.healthy,
        "supervisor": view.supervisor,
        "services": [
            {
                "name": service.name,
                "title": service.title,
                "state": service.state.value,
                "pid": service.leader.pid if service.leader else None,
                "ports": dict(service.ports),
                "url": service.url,
                "restarts": service.restarts,
                "memory_bytes": view.memory.get(service.name, 0),
                "since": table.timestamp(service.since),
                "log": service.log,
            }
            for service in view.services
        ],
    }


def as_text(view: View) -> str:
    """Return what people see."""
    if not view.running:
        problem = last_problem(view)
        return "the stack does not run" + (f"; its last start failed: {problem}" if problem else "")
    stage = view.record.stage.value if view.record else "starting"
    rows = table.lines(view.services, view.memory, time.time(), paint=_paint)
    return "\n".join([*rows, f"{stage}, under supervisor {view.supervisor}"])


def _paint(text: str, phase: Phase) -> str:
    return click.style(text, fg=table.colour(phase))
