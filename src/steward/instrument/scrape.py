"""Gauges that are asked anew at each scrape, e.g. a count out of the database."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from steward.instrument.labels import LabelGate, Values
from steward.instrument.notices import Notices
from steward.model import Across, Gauge

Samples = Mapping[Values, float]
"""Label values in declared order -> value."""
Answer = Mapping[Gauge, Samples]
ScrapeReader = Callable[[], Awaitable[Answer]]
"""Awaited at each scrape; what it answers is exposed in that scrape only."""

TIME_LIMIT = 1.0
"""Seconds that a reader has; what is not known by then is left out of the scrape."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one gauge was said to be, in the order of its label values."""

    gauge: Gauge
    samples: Mapping[Values, float]


@dataclass(slots=True)
class Source:
    """A reader, and the reading of it that is under way."""

    read: ScrapeReader
    _task: asyncio.Task[Answer] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """What to call it in a log."""
        return getattr(self.read, "__qualname__", repr(self.read))

    def begin(self) -> asyncio.Task[Answer]:
        """Start a reading, or join the one that another scrape has started."""
        task = self._task
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            task = self._task = asyncio.create_task(self._answer())
            task.add_done_callback(_retrieve)
        return task

    async def _answer(self) -> Answer:
        return await self.read()


class Scrape:
    """Asks the sources.

    A reader that fails or is late costs only its own gauges; each kind of failure is logged once.
    """

    def __init__(
        self, gauges: Sequence[Gauge], notices: Notices, dropped: Callable[[Gauge], None] | None = None
    ) -> None:
        self._gauges = {gauge for gauge in gauges if gauge.across is Across.SCRAPE}
        self._notices = notices
        self._dropped = dropped
        self._sources: list[Source] = []

    def add(self, read: ScrapeReader) -> None:
        """Ask `read` too from now on."""
        self._sources.append(Source(read))

    async def answers(self) -> list[Asked]:
        """Ask every source at once and return what is known after at most `TIME_LIMIT` seconds."""
        if not self._sources:
            return []
        readings = [(source, source.begin()) for source in self._sources]
        _, late = await asyncio.wait([task for _, task in readings], timeout=TIME_LIMIT)
        for task in late:
            task.cancel()
        answers: list[Asked] = []
        for source, task in readings:
            if task in late:
                self._notices.once(
                    ("late", source.name),
                    "scrape reader %s took over %g s; its gauges are absent",
                    source.name,
                    TIME_LIMIT,
                )
            else:
                answers += self._answered(source, task)
        return answers

    def _answered(self, source: Source, task: asyncio.Task[Answer]) -> list[Asked]:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is None:
            try:
                return [self._asked(gauge, samples) for gauge, samples in task.result().items()]
            except (AttributeError, TypeError, ValueError) as misshapen:
                error = misshapen
        self._notices.once(
            ("reader", source.name, type(error)),
            "scrape reader %s failed; its gauges are absent",
            source.name,
            error=error,
        )
        return []

    def _asked(self, gauge: Gauge, samples: Samples) -> Asked:
        if gauge not in self._gauges:
            message = f"{gauge.name} is not among these instruments' gauges that are asked at each scrape"
            raise ValueError(message)
        # A gate of its own: how many values a bounded label may have is meant for one scrape, not for all so far.
        gate = LabelGate(gauge, self._notices, dropped=partial(self._dropped, gauge) if self._dropped else None)
        series: dict[Values, float] = {}
        for values, number in samples.items():
            if len(values) != len(gauge.labels):
                message = f"{gauge.name} has {len(gauge.labels)} labels; given: {values!r}"
                raise ValueError(message)
            admitted = gate.admit(tuple(values))
            series[admitted] = math.fsum((series.get(admitted, 0.0), float(number)))
        return Asked(gauge, dict(sorted(series.items())))


def _retrieve(task: asyncio.Task[Answer]) -> None:
    """Take a failure that no scrape waits for any more, lest asyncio report it as forgotten."""
    if not task.cancelled():
        task.exception()
