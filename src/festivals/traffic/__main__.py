"""`python -m festivals.traffic`: play festival days against a running platform."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from festivals.traffic.errors import TrafficError
from festivals.traffic.report import Report, lines
from festivals.traffic.runner import run
from festivals.traffic.settings import MOST_RATE, MOST_VISITORS, Settings, check_url, parse_duration

_Value = TypeVar("_Value")


@click.command(context_settings={"show_default": True})
@click.option(
    "--url", envvar="FESTIVALS_API_URL", default="http://127.0.0.1:8080", help="The API.", show_envvar=True
)
@click.option(
    "--admin-url", envvar="FESTIVALS_ADMIN_URL", show_envvar=True, help="The admin dashboard, to be looked at too."
)
@click.option(
    "--allow-remote-host",
    envvar="FESTIVALS_TRAFFIC_ALLOW_REMOTE_HOST",
    show_envvar=True,
    metavar="HOST",
    help="Send load to this host although it is not this machine.",
)
@click.option(
    "--token-file",
    envvar="FESTIVALS_API_TOKEN_FILE",
    show_envvar=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the API's token.",
)
@click.option(
    "--rate", type=click.IntRange(1, MOST_RATE), default=40, help="Requests per second that are never exceeded."
)
@click.option(
    "--for", "duration", default="8h", metavar="DURATION", help="How long, e.g. 90s, 30m, 8h; at most 24h."
)
@click.option(
    "--days", type=click.IntRange(1, 1_000), help="Stop after so many days, if --for is not over before."
)
@click.option("--visitors", type=click.IntRange(2, MOST_VISITORS), default=400, help="How many come on a day.")
@click.option("--seed", type=click.IntRange(0, 999_999), default=1, help="The same seed wants the same things.")
@click.option(
    "--time-scale",
    envvar="STEWARD_TIME_SCALE",
    show_envvar=True,
    type=click.FloatRange(0.01, 600),
    default=1.0,
    help="How many times faster than 30 minutes a day is played.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the report as one JSON object, and progress to stderr."
)
def main(
    url: str,
    admin_url: str | None,
    allow_remote_host: str | None,
    token_file: Path | None,
    rate: int,
    duration: str,
    days: int | None,
    visitors: int,
    seed: int,
    time_scale: float,
    as_json: bool,
) -> None:
    """Play festival days of 14 hours, from soundcheck to night, against a running platform.

    Visitors buy tickets, come and go, fill wallets and spend; some forget to top up or show a copied ticket. A day
    takes 30 minutes at time scale 1. A line every 10 seconds says what happens, a table at the end what came of
    it. Latencies count from the moment at which a request should have been sent. SIGTERM or Ctrl-C ends the run
    with its report.
    """
    settings = Settings(
        url=_valid("--url", lambda: check_url(url, allowed_host=allow_remote_host)),
        admin_url=_valid("--admin-url", lambda: check_url(admin_url, allowed_host=allow_remote_host))
        if admin_url
        else None,
        token=_valid("--token-file", lambda: _read_token(token_file)) if token_file else None,
        rate=rate,
        seconds=_valid("--for", lambda: parse_duration(duration)),
        visitors=visitors,
        seed=seed,
        days=days,
        time_scale=time_scale,
    )
    try:
        report = asyncio.run(_run_until_stopped(settings, tell=lambda line: click.echo(line, err=as_json)))
    except TrafficError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    _print(report, as_json=as_json)


async def _run_until_stopped(settings: Settings, tell: Callable[[str], None]) -> Report:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await run(settings, stop, tell)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json()))
        return
    for line in lines(report):
        click.echo(line)


def _valid(option: str, parse: Callable[[], _Value]) -> _Value:
    try:
        return parse()
    except (ValueError, OSError) as error:
        raise click.UsageError(f"{option}: {error}") from None


def _read_token(path: Path) -> str:
    token = path.read_text(encoding="ascii").strip()
    if not token or not token.isprintable() or " " in token:
        raise ValueError(f"{path} must hold the token and nothing else")
    return token


def run_command() -> None:
    """Run the command; a wrong option is one line and exit code 2."""
    try:
        sys.exit(main(standalone_mode=False))
    except click.UsageError as error:
        click.echo(f"error: {error.format_message()}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


if __name__ == "__main__":
    run_command()
