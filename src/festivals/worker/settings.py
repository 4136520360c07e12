"""What the worker is told by its environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from festivals.settings import DatabaseSettings, listen
from steward.program.settings import Address, Setting, count

DEFAULT_PORT = 8082


def _between(least: int, most: int, unit: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9) or not least <= int(text) <= most:
            raise ValueError(f"write a whole number of {unit} from {least} to {most}")
        return int(text)

    return parse


WALLET_IDLE_DAYS = Setting(
    "FESTIVALS_WALLET_IDLE_DAYS",
    "days without use after which a wallet of a closed festival expires",
    _between(0, 3650, "days"),
    30,
)
JOBS_AT_ONCE = Setting("FESTIVALS_WORKER_JOBS", "jobs that one worker does at the same time", count, 4)
STALLED_SECONDS = Setting(
    "FESTIVALS_WORKER_STALLED_SECONDS",
    "seconds without a sign of life after which a worker counts as dead and its jobs are taken up again",
    _between(1, 3600, "seconds"),
    20,
)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Everything the worker is told."""

    database: DatabaseSettings
    address: Address
    wallet_idle: timedelta
    jobs_at_once: int
    stalled_seconds: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read them; raises SettingsError."""
        return cls(
            DatabaseSettings.read(environment),
            listen(environment, DEFAULT_PORT),
            timedelta(days=WALLET_IDLE_DAYS.read(environment)),
            JOBS_AT_ONCE.read(environment),
            STALLED_SECONDS.read(environment),
        )

    @property
    def heartbeat_seconds(self) -> float:
        """How often a worker gives its sign of life: four may be lost."""
        return self.stalled_seconds / 5
