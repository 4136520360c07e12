"""`steward alerts`."""

import json
from datetime import UTC, datetime

import click

from steward.cli.columns import ago, aligned
from steward.cli.examples import examples
from steward.cli.oncall_client import Json, OnCallClient, oncall_options, plain, segment

_SEVERITIES = click.Choice(["critical", "warning", "info"])
_STATES = click.Choice(["open", "acknowledged", "closed"])
_HEADINGS = ("PAGE", "SEVERITY", "ALERT", "STATE", "SINCE", "TEAM", "SUMMARY")


@click.command(
    "alerts",
    epilog=examples(
        "steward alerts                                what fires now",
        "steward alerts APIHighLatencyP99              one alert, and the last times it fired",
        "steward alerts --severity critical --state open",
        "steward alerts --history --limit 20",
        "steward alerts --json | jq -r '.alerts[].name'",
    ),
)
@click.argument("name", required=False, metavar="[ALERT]")
@click.option("--severity", type=_SEVERITIES, help="Only alerts of this severity.")
@click.option("--team", help="Only alerts of this team.")
@click.option("--state", type=_STATES, help="Only alerts about which people did this.")
@click.option("--history", is_flag=True, help="Show every time that alerts fired, newest first.")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@oncall_options
def command(
    client: OnCallClient,
    *,
    name: str | None,
    severity: str | None,
    team: str | None,
    state: str | None,
    history: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Show the alerts that fire, and what people did about them."""
    if history and state:
        raise click.UsageError("--state is about what fires now; leave out --history")
    if name and not history:
        found = client.get(f"/alerts/{segment(name)}")
        click.echo(json.dumps(found, indent=2) if as_json else _one(found))
        return
    path = "/alerts/history" if history else "/alerts"
    found = client.get(path, name=name, severity=severity, team=team, response=state, limit=limit)
    click.echo(json.dumps(found, indent=2) if as_json else _many(found, "nothing fires"))


def _one(found: Json) -> str:
    runbook = [f"runbook: {found['runbook']}"] if found["runbook"] else []
    firing = _many({"alerts": found["firing"], "next": None}, f"{found['name']} does not fire")
    history = [f"\nbefore:\n{_table(found['history'])}"] if found["history"] else []
    return plain_lines([*runbook, firing, *history])


def _many(found: Json, otherwise: str) -> str:
    if not found["alerts"]:
        return otherwise
    more = "\nthere are more; see --limit" if found["next"] else ""
    return f"{_table(found['alerts'])}{more}"


def _table(alerts: list[Json]) -> str:
    now = datetime.now(UTC)
    return "\n".join(aligned(_HEADINGS, [_row(alert, now) for alert in alerts]))


def _row(alert: Json, now: datetime) -> tuple[str, ...]:
    about = alert["annotations"].get("summary") or ", ".join(
        f"{name}={value}" for name, value in sorted(alert["labels"].items()) if name != "alertname"
    )
    return (
        str(alert["page_id"] or "-"),
        alert["severity"],
        alert["name"],
        _state(alert),
        ago(alert["first_seen"], now),
        alert["team"],
        about,
    )


def _state(alert: Json) -> str:
    if alert["source_state"] == "resolved":
        return "resolved"
    return "silenced" if alert["silenced"] else str(alert["response_state"])


def plain_lines(parts: list[str]) -> str:
    """Return the parts below each other, each line without what a terminal would obey."""
    return "\n".join(plain(line) for part in parts for line in part.split("\n"))
