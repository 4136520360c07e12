"""Festivals one after another, each with its warm-up and its days."""

import asyncio
import time
from collections.abc import Iterator

from festivals.traffic import crew, organiser
from festivals.traffic.client import Client
from festivals.traffic.ledger import Ledger
from festivals.traffic.organiser import Tell
from festivals.traffic.pace import Pacing
from festivals.traffic.plan import assemble, plan_day
from festivals.traffic.profile import DAY
from festivals.traffic.scene import Actor, Festival, Scene
from festivals.traffic.settings import Settings
from festivals.traffic.troupe import Troupe

_NAMES = ("meadow", "harbour", "lantern", "quarry", "orchard", "lighthouse", "pinewood", "riverside")
_LAST_ANSWERS_SECONDS = 15.0


class Season:
    """Plays the days of a run, and knows how far it has come."""

    def __init__(
        self,
        settings: Settings,
        api: Client,
        admin: Client | None,
        pacing: Pacing,
        ledger: Ledger,
        tell: Tell,
    ) -> None:
        self._settings = settings
        self._api = api
        self._admin = admin
        self._pacing = pacing
        self._ledger = ledger
        self._tell = tell
        self._suffix = f"{settings.seed}-{int(time.time()):x}"
        self._cast = assemble(settings.visitors_a_day)
        self.festivals: list[Festival] = []
        """All that this run has opened, the last one last."""
        self.is_ready = False
        """Whether the platform has ever been."""
        self.days_played = 0
        self.at = 0.0
        """Simulated seconds of the present day."""

    @property
    def inside(self) -> int:
        """Visitors and crew inside the present festival."""
        return self.festivals[-1].inside if self.festivals else 0

    async def play(self) -> None:
        """Wait for the platform and play the days that the settings ask for."""
        await organiser.wait_until_ready(self._api, self._settings.url, self._tell)
        self.is_ready = True
        for number in self._days():
            is_first = number % self._settings.days_a_festival == 0
            if is_first:
                await self.close()
                await self._open(number)
            await self._play_day(number, warm_up=is_first)
            self.days_played += 1
        await self.close()

    async def close(self) -> None:
        """Close every festival that is still open."""
        for festival in self.festivals:
            if festival.is_open:
                await organiser.close(self._api, festival)

    def _days(self) -> Iterator[int]:
        number = 0
        while self._settings.days is None or number < self._settings.days:
            yield number
            number += 1

    async def _open(self, number: int) -> None:
        name = _NAMES[(self._settings.seed + number) % len(_NAMES)]
        visitors = len(self._cast.visitors) * self._settings.days_a_festival
        for kind, expected in (("warm-up", len(self._cast.crew)), (name, visitors)):
            festival_id = f"{kind}-{self._suffix}-{number + 1}"
            title = f"{kind.capitalize()} {number + 1}"
            festival = await organiser.create(self._api, title, festival_id, self._tell)
            self.festivals.append(festival)
            await organiser.open_for(expected, self._api, festival, self._tell)
            self._tell(f"opened {festival.id}")

    async def _play_day(self, number: int, *, warm_up: bool) -> None:
        scene = Scene(self._api, self._admin, self._actors(number), self._ledger)
        steps = plan_day(
            self._cast,
            DAY,
            seed=self._settings.seed,
            number=number,
            warm_up=warm_up,
            visits_admin=self._admin is not None,
        )
        began = self._pacing.clock()
        async with asyncio.TaskGroup() as group:
            troupe = Troupe(scene, self._pacing.clock, group)
            for step in steps:
                intended = await self._pacing.wait_for(began + step.at / self._settings.speed)
                self.at = step.at
                troupe.hand(step, intended)
            await troupe.finish(_LAST_ANSWERS_SECONDS)

    def _actors(self, number: int) -> dict[str, Actor]:
        warm_up, main = self.festivals[-2:]
        actors = {}
        for name in self._cast.everybody:
            festival = warm_up if name in crew.WARM_UP_CREW else main
            actors[name] = Actor(name, festival, f"{main.id}.{number}.{name}")
        return actors
