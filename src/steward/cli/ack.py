"""`steward ack`."""

import json

import click

from steward.cli.columns import minute
from steward.cli.examples import examples
from steward.cli.oncall_client import Json, OnCallClient, oncall_options, plain, segment
from steward.stack.errors import StackError


@click.command(
    "ack",
    epilog=examples(
        "steward ack 12                          page 12, as `steward alerts` shows it",
        "steward ack APIHighLatencyP99           the pages that this alert belongs to",
        "steward ack 12 --snooze 2h              leave it alone for two hours",
        "steward ack 12 --resolve                it is over",
    ),
)
@click.argument("names", nargs=-1, required=True, metavar="PAGE|ALERT...")
@click.option(
    "--snooze", metavar="DURATION", help="Keep it quiet so long; then it begins again if it still fires."
)
@click.option("--resolve", is_flag=True, help="End the page, whatever its alerts say.")
@click.option("--escalate", is_flag=True, help="Tell the next level now, instead of acknowledging.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@oncall_options
def command(
    client: OnCallClient,
    *,
    names: tuple[str, ...],
    snooze: str | None,
    resolve: bool,
    escalate: bool,
    as_json: bool,
) -> None:
    """Say that you look at a page: nobody else is told, and whoever was told hears of it."""
    if (snooze is not None) + resolve + escalate > 1:
        raise click.UsageError("--snooze, --resolve and --escalate exclude each other")
    verb = "snooze" if snooze is not None else "resolve" if resolve else "escalate" if escalate else "acknowledge"
    body = {"duration": snooze} if snooze is not None else None
    pages = dict.fromkeys(page for name in names for page in _pages(client, name))
    answers = [client.post(f"/pages/{page}/{verb}", body) for page in pages]
    if as_json:
        click.echo(json.dumps({"pages": answers}, indent=2))
        return
    for answer in answers:
        click.echo(plain(_said(answer, verb)))


def _pages(client: OnCallClient, name: str) -> list[int]:
    """Return the page of that number, or those that are open and hold firing alerts of that name."""
    if name.isascii() and name.isdigit():
        return [int(name)]
    firing = client.get(f"/alerts/{segment(name)}")["firing"]
    found = [alert["page_id"] for alert in firing if alert["page_id"] is not None]
    if not found:
        raise StackError(f"no page is open for {plain(name)}", mend="`steward alerts` shows what fires")
    return found


def _said(page: Json, verb: str) -> str:
    about = f"page {page['id']} ({page['severity']}, {page['title']})"
    match verb:
        case "snooze":
            return f"{about}: quiet until {minute(page['snoozed_until'])}"
        case "escalate":
            return f"{about}: level {page['step']} of {page['levels']} is told"
        case _:
            return f"{about}: {page['state']}"
