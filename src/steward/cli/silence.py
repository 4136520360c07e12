"""`steward silence`."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import click

from steward.cli.columns import aligned, minute, until
from steward.cli.examples import examples
from steward.cli.oncall_client import Json, OnCallClient, oncall_options, plain, segment

_MATCHER = re.compile(r"(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)(?P<operator>=~|!~|!=|=)(?P<value>.*)", re.DOTALL)
_HEADINGS = ("ID", "STATE", "ALERT", "ENDS", "BY", "REASON")


class Matcher(click.ParamType[dict[str, Json]]):
    """A condition on a label, as Alertmanager writes it."""

    name = "matcher"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Json]:
        """Return it as the API takes it."""
        found = _MATCHER.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is no condition; write LABEL=VALUE, or with !=, =~, !~", param, ctx)
        operator = found["operator"]
        return {
            "name": found["name"],
            "value": found["value"],
            "is_regex": operator.endswith("~"),
            "is_equal": not operator.startswith("!"),
        }


@click.command(
    "silence",
    epilog=examples(
        'steward silence APIHighLatencyP99 --for 2h --reason "Maintenance window"',
        'steward silence NodeHighDiskUsage --for 1d --reason "disk ordered" --matcher mountpoint=/var',
        "steward silence APIHighLatencyP99 --end",
        "steward silence                     every silence that holds or will hold",
    ),
)
@click.argument("name", required=False, metavar="[ALERT]")
@click.option("--for", "duration", metavar="DURATION", help="How long, as Prometheus writes it: 90m, 2h, 1d12h.")
@click.option("--reason", help="Why; whoever wonders reads it.")
@click.option("--matcher", "matchers", multiple=True, type=Matcher(), help="Only where a label is so; repeatable.")
@click.option("--end", is_flag=True, help="End the silences of the alert now.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@oncall_options
def command(
    client: OnCallClient,
    *,
    name: str | None,
    duration: str | None,
    reason: str | None,
    matchers: tuple[dict[str, Json], ...],
    end: bool,
    as_json: bool,
) -> None:
    """Silence an alert in Alertmanager, end its silences, or list all silences.

    While it is silenced nobody is told of it, and what runs of its escalation waits.
    """
    wanted = bool(duration or reason or matchers)
    if name is None:
        if wanted or end:
            raise click.UsageError("name the alert")
        _show(client.get("/silences"), _listed, as_json=as_json)
    elif end:
        if wanted:
            raise click.UsageError("--end goes alone")
        _show(client.delete(f"/alerts/{segment(name)}/silence"), _ended, as_json=as_json)
    else:
        if not (duration and reason):
            raise click.UsageError("say --for how long, and for which --reason")
        body = {"duration": duration, "reason": reason, "matchers": list(matchers)}
        _show(client.post(f"/alerts/{segment(name)}/silence", body), _made, as_json=as_json)


def _show(answer: Json, write: Callable[[Json], str], *, as_json: bool) -> None:
    click.echo(json.dumps(answer, indent=2) if as_json else write(answer))


def _made(answer: Json) -> str:
    silence, total = answer["silence"], answer["covers_total"]
    covers = "it is not known what it covers" if total is None else f"covers {total} that fire now"
    said = f"{silence['alert_name']} is silenced until {minute(silence['ends_at'])}, {covers}"
    return _lines([said, *answer["notes"]])


def _ended(answer: Json) -> str:
    count = len(answer["ended"])
    said = f"{count} silence{'' if count == 1 else 's'} ended" if count else "no silence of it was made here"
    foreign = [
        f"made in Alertmanager itself, so end it there: {held['id']} at {held['address']}"
        for one in answer["foreign"]
        for held in one["alertmanagers"]
    ]
    return _lines([said, *foreign, *answer["notes"]])


def _listed(answer: Json) -> str:
    now = datetime.now(UTC)
    rows = [
        (
            str(one["id"] or "-"),
            one["state"],
            one["alert_name"] or ", ".join(_condition(matcher) for matcher in one["matchers"]),
            f"in {until(one['ends_at'], now)}",
            one["created_by"],
            one["reason"],
        )
        for one in answer["silences"]
    ]
    return _lines([*(aligned(_HEADINGS, rows) if rows else ["nothing is silenced"]), *answer["problems"]])


def _condition(matcher: Json) -> str:
    sign = ("=" if matcher["is_equal"] else "!") + ("~" if matcher["is_regex"] else "")
    operator = sign if sign != "!" else "!="
    return f"{matcher['name']}{operator}{matcher['value']}"


def _lines(lines: list[str]) -> str:
    return "\n".join(plain(line) for line in lines)
