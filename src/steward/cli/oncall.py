"""`steward oncall`."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from steward.cli.columns import aligned, until
from steward.cli.examples import examples
from steward.cli.grouped import Grouped
from steward.cli.moments import length, moment, written
from steward.cli.oncall_client import Json, OnCallClient, oncall_options, plain, segment

_NOW = ("TEAM", "ON CALL", "E-MAIL", "PHONE", "FOR", "THEN", "LEAD")
_SHIFTS = ("FROM", "TO", "WHO", "WHY")
_OVERRIDES = ("OVERRIDE", "FROM", "TO", "WHO", "MADE BY")

_as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


@click.group(
    "oncall",
    cls=Grouped,
    epilog=examples(
        "steward oncall                                  who is on call now",
        "steward oncall --json | jq .teams               the same, for programs",
        "steward oncall show sre --for 30d               who will be, and when nobody is",
        "steward oncall take sre ben --for 8h            Ben takes over, from now on",
        "steward oncall give-back sre 12                 and gives the turn back",
        "steward oncall calendar sre > sre.ics",
        "steward oncall subscribe sre                    the address for a calendar program",
    ),
)
def command() -> None:
    """Show who is on call, and take a turn for somebody else."""


@command.command("now")
@_as_json
@oncall_options
def _now_command(client: OnCallClient, *, as_json: bool) -> None:
    """Show who is on call now, and who follows."""
    _show(client.get("/on-call"), _now, as_json=as_json)


@command.command("show", epilog=examples("steward oncall show sre --from 2026-12-20T00:00 --for 14d"))
@click.argument("schedule")
@click.option("--from", "begin", type=moment, metavar="TIME", help="Since when; now, when left out.")
@click.option(
    "--for", "lasting", type=length, metavar="DURATION", default="14d", show_default=True, help="How long."
)
@_as_json
@oncall_options
def _show_command(
    client: OnCallClient, *, schedule: str, begin: datetime | None, lasting: timedelta, as_json: bool
) -> None:
    """Show who is on call when, and when nobody is. Times are those of the schedule's zone."""
    begin = begin or datetime.now(UTC).replace(microsecond=0)
    query = {"from": written(begin), "to": written(begin + lasting)}
    _show(client.get(f"/schedules/{segment(schedule)}", **query), _plan, as_json=as_json)


@command.command("take", epilog=examples("steward oncall take sre ben --from 2026-12-24T09:00 --for 2d"))
@click.argument("schedule")
@click.argument("person")
@click.option("--from", "begin", type=moment, metavar="TIME", help="Since when; now, when left out.")
@click.option("--for", "lasting", type=length, metavar="DURATION", help="How long.")
@click.option("--until", "end", type=moment, metavar="TIME", help="Until when, in place of --for.")
@_as_json
@oncall_options
def _take_command(
    client: OnCallClient,
    *,
    schedule: str,
    person: str,
    begin: datetime | None,
    lasting: timedelta | None,
    end: datetime | None,
    as_json: bool,
) -> None:
    """Let somebody be on call for a time. It does not matter whose turn it is; what is taken last counts."""
    if (lasting is None) == (end is None):
        raise click.UsageError("say either --for how long, or --until when")
    last = end or (begin or datetime.now(UTC).replace(microsecond=0)) + (lasting or timedelta())
    body = {"person": person, "ends_at": written(last)} | ({"starts_at": written(begin)} if begin else {})
    _show(client.post(f"/schedules/{segment(schedule)}/overrides", body), _taken, as_json=as_json)


@command.command("give-back")
@click.argument("schedule")
@click.argument("override", type=int)
@oncall_options
def _give_back_command(client: OnCallClient, *, schedule: str, override: int) -> None:
    """Give a turn back, for the time that is left."""
    client.delete(f"/schedules/{segment(schedule)}/overrides/{override}")
    click.echo(f"override {override} counts no more")


@command.command("calendar")
@click.argument("schedule")
@oncall_options
def _calendar_command(client: OnCallClient, *, schedule: str) -> None:
    """Write a schedule as an iCalendar file."""
    click.echo(client.text(f"/schedules/{segment(schedule)}.ics"), nl=False)


@command.command("subscribe")
@click.argument("schedule")
@oncall_options
def _subscribe_command(client: OnCallClient, *, schedule: str) -> None:
    """Write the address for a calendar program. It is private: whoever has it sees the schedule."""
    click.echo(plain(client.get(f"/schedules/{segment(schedule)}/subscription")["url"]))


def _show(answer: Json, write: Callable[[Json], list[str]], *, as_json: bool) -> None:
    click.echo(json.dumps(answer, indent=2) if as_json else "\n".join(write(answer)))


def _now(answer: Json) -> list[str]:
    now = datetime.now(UTC)
    rows = [_post(one, now) for one in answer["teams"]]
    return aligned(_NOW, rows) if rows else ["no team has a schedule"]


def _post(post: Json, now: datetime) -> tuple[str, ...]:
    who = post["on_call"] or {}
    return (
        post["title"],
        who.get("title", "nobody"),
        who.get("email", "-"),
        who.get("phone") or "-",
        until(post["until"], now) if post["until"] else "-",
        (post["follows"] or {}).get("title", "-"),
        (post["lead"] or {}).get("title", "-"),
    )


def _plan(plan: Json) -> list[str]:
    local = _zone(plan["schedule"]["timezone"])
    shifts = [(one["starts_at"], one["ends_at"], one["title"], one["origin"]) for one in plan["shifts"]]
    gaps = [(one["starts_at"], one["ends_at"], "nobody", "-") for one in plan["gaps"]]
    # Both are in UTC and written alike, so their text sorts as their times do.
    rows = [
        (_minute(start, local), _minute(stop, local), *rest) for start, stop, *rest in sorted([*shifts, *gaps])
    ]
    taken = [
        (
            str(one["id"]),
            _minute(one["starts_at"], local),
            _minute(one["ends_at"], local),
            one["person"],
            one["created_by"],
        )
        for one in plan["overrides"]
    ]
    error = (plan["calendar"] or {}).get("error")
    return [
        plain(f"{plan['schedule']['title']}, {plan['schedule']['timezone']}"),
        *aligned(_SHIFTS, rows),
        *(["", *aligned(_OVERRIDES, taken)] if taken else []),
        *([plain(f"its calendar could not be read: {error}")] if error else []),
    ]


def _taken(override: Json) -> list[str]:
    begin, end = (_minute(override[name], UTC) for name in ("starts_at", "ends_at"))
    return [plain(f"override {override['id']}: {override['person']} is on call from {begin} to {end} UTC")]


def _minute(at: str, local: tzinfo) -> str:
    return f"{datetime.fromisoformat(at).astimezone(local):%a %Y-%m-%d %H:%M}"


def _zone(name: str) -> tzinfo:
    """Return a zone; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
