"""`steward incident`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import click

from steward.cli.columns import ago, aligned, minute
from steward.cli.examples import examples
from steward.cli.grouped import Grouped
from steward.cli.moments import moment, written
from steward.cli.oncall_client import Json, OnCallClient, oncall_options, plain

_HEADINGS = ("ID", "SEVERITY", "STATUS", "SINCE", "TEAM", "TITLE")
_ITEMS = ("ITEM", "DONE", "OWNER", "WHAT")
_STATUSES = click.Choice(["investigating", "identified", "monitoring", "resolved"])
_TEXTS = ("summary", "impact", "root_cause", "resolution", "lessons")

_as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
_incident = click.argument("incident", type=click.IntRange(min=1))


@click.group(
    "incident",
    cls=Grouped,
    epilog=examples(
        "steward incident                                what is being worked on",
        "steward incident show 3                         one incident, with its timeline",
        'steward incident open "Tickets cannot be scanned" --team backend',
        'steward incident note 3 "rolled back to 1.41"',
        "steward incident status 3 monitoring",
        'steward incident todo 3 "alert on slow scans" --owner ada',
        "steward incident export 3 > incident-3.md",
    ),
)
def command() -> None:
    """Work on incidents, and write the report of one."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="The resolved ones too.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many at most.")
@_as_json
@oncall_options
def _list_command(client: OnCallClient, *, everything: bool, limit: int, as_json: bool) -> None:
    """List what is being worked on, the newest first."""
    _show(client.get("/incidents", open=not everything, limit=limit), _listed, as_json=as_json)


@command.command("show")
@_incident
@_as_json
@oncall_options
def _show_command(client: OnCallClient, *, incident: int, as_json: bool) -> None:
    """Show an incident with its timeline and action items."""
    _show(client.get(f"/incidents/{incident}"), _whole, as_json=as_json)


@command.command("open")
@click.argument("title")
@click.option("--severity", type=click.Choice(["critical", "warning"]), default="critical", show_default=True)
@click.option("--team", default="", help="Whose it is.")
@click.option("--service", default="", help="Critical pages of the team about this service join it.")
@click.option("--since", type=moment, metavar="TIME", help="When it began; now, when left out.")
@_as_json
@oncall_options
def _open_command(
    client: OnCallClient,
    *,
    title: str,
    severity: str,
    team: str,
    service: str,
    since: datetime | None,
    as_json: bool,
) -> None:
    """Open an incident by hand. Critical alerts open theirs by themselves."""
    body = {
        "title": title,
        "severity": severity,
        "team": team,
        "service": service,
        "started_at": written(since) if since else None,
    }
    _show(client.post("/incidents", body), _opened, as_json=as_json)


@command.command("note")
@_incident
@click.argument("text")
@click.option("--at", type=moment, metavar="TIME", help="When it happened; now, when left out.")
@oncall_options
def _note_command(client: OnCallClient, *, incident: int, text: str, at: datetime | None) -> None:
    """Add to the timeline. A note can neither be changed nor taken away."""
    client.post(f"/incidents/{incident}/timeline", {"text": text, "at": written(at) if at else None})
    click.echo(f"added to the timeline of incident {incident}")


@command.command("status")
@_incident
@click.argument("status", type=_STATUSES)
@oncall_options
def _status_command(client: OnCallClient, *, incident: int, status: str) -> None:
    """Say where an incident stands."""
    _change(client, incident, {"status": status})
    click.echo(f"incident {incident} is {status}")


@command.command("write")
@_incident
@click.argument("part", type=click.Choice([name.replace("_", "-") for name in _TEXTS]))
@click.argument("text")
@oncall_options
def _write_command(client: OnCallClient, *, incident: int, part: str, text: str) -> None:
    """Write a part of the report, in Markdown. What stood there is replaced."""
    _change(client, incident, {part.replace("-", "_"): text})
    click.echo(f"incident {incident}: {part} is written")


@command.command("todo")
@_incident
@click.argument("text")
@click.option("--owner", default="", help="Who does it.")
@oncall_options
def _todo_command(client: OnCallClient, *, incident: int, text: str, owner: str) -> None:
    """Add something that is to be done afterwards."""
    item = client.post(f"/incidents/{incident}/action-items", {"text": text, "owner": owner})
    click.echo(f"action item {item['id']} of incident {incident}")


@command.command("done")
@_incident
@click.argument("item", type=click.IntRange(min=1))
@click.option("--undo", is_flag=True, help="It is not done after all.")
@oncall_options
def _done_command(client: OnCallClient, *, incident: int, item: int, undo: bool) -> None:
    """Say that an action item is done."""
    client.patch(f"/incidents/{incident}/action-items/{item}", {"done": not undo})
    click.echo(f"action item {item} is {'open again' if undo else 'done'}")


@command.command("export")
@_incident
@click.option("--html", is_flag=True, help="Write HTML instead of Markdown.")
@oncall_options
def _export_command(client: OnCallClient, *, incident: int, html: bool) -> None:
    """Write the report, as the incident template."""
    form = "html" if html else "markdown"
    click.echo(client.text(f"/incidents/{incident}/export", format=form), nl=False)


def _change(client: OnCallClient, incident: int, change: dict[str, Json]) -> None:
    """Change what is there now: people at a terminal have just looked at it."""
    version = client.get(f"/incidents/{incident}")["version"]
    client.patch(f"/incidents/{incident}", {"version": version, **change})


def _show(answer: Json, write: Callable[[Json], list[str]], *, as_json: bool) -> None:
    click.echo(json.dumps(answer, indent=2) if as_json else "\n".join(write(answer)))


def _listed(answer: Json) -> list[str]:
    if not answer["incidents"]:
        return ["no incident is open"]
    now = datetime.now(UTC)
    rows = [
        (str(one["id"]), one["severity"], one["status"], ago(one["opened_at"], now), one["team"], one["title"])
        for one in answer["incidents"]
    ]
    return [*aligned(_HEADINGS, rows), *(["there are more; see --limit"] if answer["next"] else [])]


def _opened(incident: Json) -> list[str]:
    return [plain(f"incident {incident['id']} is open: {incident['title']}")]


def _whole(incident: Json) -> list[str]:
    head = f"incident {incident['id']}: {incident['title']}"
    state = f"{incident['severity']}, {incident['status']}, since {minute(incident['opened_at'])}"
    texts = [f"{name.replace('_', ' ')}: {incident[name]}" for name in _TEXTS if incident[name]]
    timeline = [
        f"{minute(one['at'])}  {one['actor']}: {one['note'] or one['text']}" for one in incident["timeline"]
    ]
    items = [
        (str(one["id"]), "yes" if one["done_at"] else "no", one["owner"] or "-", one["text"])
        for one in incident["action_items"]
    ]
    return [
        *(plain(line) for line in (head, state, *texts)),
        *(["", *(plain(line) for line in timeline)] if timeline else []),
        *(["", *aligned(_ITEMS, items)] if items else []),
    ]
