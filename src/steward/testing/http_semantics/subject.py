"""What the cases need to know of a middleware: how to put it around an application, and what it has counted."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from starlette.applications import Starlette
from starlette.types import ASGIApp


class Counted(NamedTuple):
    """The requests counted under one set of labels."""

    method: str
    path: str
    status: str
    number: float


class Measured(NamedTuple):
    """The observations made under one set of labels."""

    method: str
    path: str
    number: float
    total: float
    """Their sum, in seconds or in bytes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a middleware exposes at one moment, in names that are the same for every middleware.

    Series whose number is 0 are left out of the tuples. A label that the middleware does not have is "". What it
    does not measure at all is None; then the cases about it are neither right nor wrong.
    """

    requests: tuple[Counted, ...]
    """Of its counter; of the counts of its durations where it has no counter."""
    durations: tuple[Measured, ...] | None = None
    sizes: tuple[Measured, ...] | None = None
    """Of response bodies."""
    in_flight: float | None = None
    """The sum over its labels, if it has some."""
    series: int = 0
    """How many series the middleware exposes in all, each bucket, sum and count included."""


class Time(Protocol):
    """How a case makes time pass for the middleware under test."""

    unit: float
    """How many seconds, as the middleware measures them, one unit is."""

    async def forward(self, units: float) -> None:
        """Let `units` pass."""


@dataclass(slots=True)
class ManualTime:
    """Time that stands still but for `forward`; itself a clock, for a middleware that can be given one."""

    unit: float = 1.0
    now: float = 0.0

    def __call__(self) -> float:
        """Return the seconds since the start."""
        return self.now

    async def forward(self, units: float) -> None:
        """Let `units` pass, at once."""
        self.now += units * self.unit


@dataclass(slots=True)
class RealTime:
    """Real time, for a middleware that reads the clock itself."""

    unit: float = 0.03

    async def forward(self, units: float) -> None:
        """Wait for `units`."""
        await asyncio.sleep(units * self.unit)


class Subject(Protocol):
    """A middleware under test. Every run of a case is given a new one, with nothing counted yet."""

    time: Time
    """`ManualTime` where the middleware can be given a clock, else `RealTime`."""
    fastapi_options: Mapping[str, Any]
    """What a FastAPI application has to be made with; empty for most."""

    def wrap(self, app: Starlette) -> ASGIApp:
        """Return `app` (a Starlette or FastAPI one) with the middleware outermost, as its documentation says.

        It may be changed in place. Where the middleware serves its exposition itself, that is at `/metrics`.
        A case may wrap several applications; all are counted in the same place.
        """

    async def seen(self) -> Seen:
        """Return what has been counted."""
