"""Runs a season against a platform until its time is over, its days are played, or it is told to stop."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import httpx

from festivals.traffic.client import Client, open_http
from festivals.traffic.errors import PlatformUnavailable
from festivals.traffic.ledger import Ledger
from festivals.traffic.organiser import Tell
from festivals.traffic.pace import Pacing
from festivals.traffic.profile import DAY, time_of_day
from festivals.traffic.report import Report, Summary, progress, transactions_by_type
from festivals.traffic.season import Season
from festivals.traffic.settings import Settings

INTERVAL_SECONDS = 10.0

_CLOSE_SECONDS = 0.5


async def run(
    settings: Settings,
    stop: asyncio.Event,
    tell: Tell,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Play until the end and report; once `stop` is set that takes less than a second.

    `tell` receives lines of progress. Without `transport` requests go over the network. `clock` must run as the
    event loop's does. Raises TrafficError when the platform was never ready, or refuses to hold a festival.
    """
    began = clock()
    ledger = Ledger()
    pacing = Pacing(settings.rate, clock)
    async with open_http(transport) as http:
        api = Client(http, settings.url, pacing, ledger, token=settings.token)
        admin = Client(http, settings.admin_url, pacing, ledger) if settings.admin_url else None
        season = Season(settings, api, admin, pacing, ledger, tell)
        tell(_introduction(settings))
        await _play(season, settings, ledger, stop, tell)
    return _report(settings, season, ledger, clock() - began)


async def _play(season: Season, settings: Settings, ledger: Ledger, stop: asyncio.Event, tell: Tell) -> None:
    """Play until the first of: the days are over, the time is over, `stop`. Leave no festival open."""
    playing = asyncio.create_task(season.play())
    others = [asyncio.create_task(stop.wait()), asyncio.create_task(_tell_progress(season, ledger, tell))]
    ended, running = await asyncio.wait(
        {playing, *others}, timeout=settings.seconds, return_when=asyncio.FIRST_COMPLETED
    )
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await season.close()
    for task in ended:
        task.result()
    if not season.is_ready and not stop.is_set():
        raise PlatformUnavailable(
            f"{settings.url} was not ready within {settings.seconds:g} s; start the platform"
        )


async def _tell_progress(season: Season, ledger: Ledger, tell: Tell) -> None:
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        phase = DAY.phase_at(season.at).name
        interval = ledger.take_interval()
        tell(progress(time_of_day(season.at), phase, season.inside, interval, INTERVAL_SECONDS))


def _introduction(settings: Settings) -> str:
    playing = settings.visitors_a_day
    crowd = f"{playing} visitors a day"
    if playing < settings.visitors:
        crowd += f" (for all {settings.visitors} such short days need a higher rate)"
    return (
        f"{crowd}, a day in {settings.day_seconds:g} s, at most {settings.rate} requests/s for"
        f" {settings.seconds:g} s, seed {settings.seed}, against {settings.url}"
    )


def _report(settings: Settings, season: Season, ledger: Ledger, seconds: float) -> Report:
    total = Summary.of(ledger.total())
    return Report(
        seed=settings.seed,
        visitors=settings.visitors_a_day,
        rate=settings.rate,
        time_scale=settings.time_scale,
        seconds=round(seconds, 3),
        days=season.days_played,
        festivals=tuple(festival.id for festival in season.festivals),
        requests_per_second=round(total.requests / seconds, 3),
        total=total,
        operations={name: Summary.of(tally) for name, tally in sorted(ledger.operations.items())},
        transactions=transactions_by_type(ledger),
        scans=dict(sorted(ledger.scans.items())),
        retried=ledger.resent["retried"],
        replayed=ledger.resent["replayed"],
        given_up=ledger.given_up,
        skipped=ledger.skipped,
    )
