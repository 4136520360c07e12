"""Everything that a scrape is told, in pieces, so that whoever serves requests goes on serving them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain

from steward.instrument.exemplars import Exemplar
from steward.instrument.exposition import END, OPENMETRICS, content_type, filled, header, series_lines
from steward.instrument.labels import Values
from steward.instrument.locking import Lock
from steward.instrument.reading import Part, Reading
from steward.instrument.scrape import Asked
from steward.instrument.tables import Table
from steward.model import Counter, Metric

_WORTH_SENDING = 2000
"""Lines of one piece."""
_EXEMPLARS_AT_ONCE = 200
"""How many are read before others get their turn; about a millisecond."""

Ask = Callable[[], Awaitable[Sequence[Asked]]]
"""Awaited at the beginning of each scrape, for the gauges that are known only then."""
Further = Callable[[str], Awaitable[bytes]]
"""Awaited with the format; returns the text of further families, without OpenMetrics' last line."""


Beside = Mapping[tuple[Values, int], Exemplar]
"""Exemplars of one metric, by the series and the bucket."""


class Exposer:
    """The families of some metrics as text, as often as it is asked for."""

    def __init__(
        self,
        metrics: Iterable[Metric],
        reading: Reading,
        *,
        ask: Ask | None = None,
        further: Further | None = None,
    ) -> None:
        self._metrics = tuple(metrics)
        self._reading = reading
        self._ask = ask
        self._further = further
        self._parts: list[Part] = []
        # Held for a step at a time; the steps of two scrapes may take turns, since each can be done twice.
        self._lock = Lock()
        self._tables = self._empty()

    async def expose(self, accept: str = "") -> tuple[bytes, str]:
        """Return (body, content type): text 0.0.4, or OpenMetrics 1.0 where the Accept header asks for it."""
        pieces, format_ = await self.stream(accept)
        return b"".join([piece async for piece in pieces]), format_

    async def stream(self, accept: str = "") -> tuple[AsyncIterator[bytes], str]:
        """Return the same in pieces of some thousand lines; others get their turn between any two.

        Raises OSError, before the first piece, when the numbers cannot be read.
        """
        format_ = content_type(accept)
        asked = {one.gauge.name: one for one in (await self._ask() if self._ask else ())}
        for _ in self._steps():
            await asyncio.sleep(0)
        further = await self._further(format_) if self._further else b""
        exemplars = await self._exemplars() if format_ == OPENMETRICS else {}
        return self._pieces(format_, asked, exemplars, further), format_

    def total(self, metric: Counter, wanted: Mapping[str, str]) -> float:
        """Return the sum, over all processes, of the series that have these label values."""
        positions = [(metric.label_names.index(name), value) for name, value in wanted.items()]
        # Without the tables, because a signal handler may ask while its thread is at them.
        with self._lock:
            for _ in self._reading.refresh():
                pass
            return sum(
                part.numbers[at]
                for part in self._reading.parts
                for values, at in list(part.places[metric.name].items())
                if all(values[position] == value for position, value in positions)
            )

    def known(self, metric: Metric) -> Iterable[Values]:
        """Return the label values of every series that a process has of `metric`; none where none can be read."""
        with self._lock, suppress(OSError):
            for _ in self._reading.refresh():
                pass
        return [values for part in self._reading.parts for values in list(part.places[metric.name])]

    def _empty(self) -> dict[str, Table]:
        return {metric.name: Table(metric) for metric in self._metrics}

    def _steps(self) -> Iterator[None]:
        looking = self._look()
        while True:
            with self._lock:
                try:
                    next(looking)
                except StopIteration:
                    return
            yield

    def _look(self) -> Iterator[None]:
        """Take up what was added since the last time, in steps."""
        yield from self._reading.refresh()
        parts = list(self._reading.parts)
        tables = self._tables
        if not set(self._parts) <= set(parts):
            # A file went, and with it series that nothing tells of any more.
            tables = self._empty()
        for metric in self._metrics:
            yield from tables[metric.name].extend(parts)
        # Only now, because another scrape may be in its middle.
        self._tables, self._parts = tables, parts

    async def _pieces(
        self, format_: str, asked: Mapping[str, Asked], exemplars: Mapping[str, Beside], further: bytes
    ) -> AsyncIterator[bytes]:
        waiting: list[str] = []
        lines = 0
        for text in chain.from_iterable(
            self._family(metric, format_, asked.get(metric.name), exemplars.get(metric.name, {}))
            for metric in self._metrics
        ):
            waiting.append(text)
            lines += text.count("\n")
            if lines >= _WORTH_SENDING:
                yield "".join(waiting).encode()
                waiting, lines = [], 0
                await asyncio.sleep(0)
        waiting.append(further.decode())
        if format_ == OPENMETRICS:
            waiting.append(END)
        yield "".join(waiting).encode()

    def _family(self, metric: Metric, format_: str, asked: Asked | None, exemplars: Beside) -> Iterator[str]:
        first = header(metric, format_)
        for text in self._blocks(metric, asked, exemplars):
            if text:
                yield first + text
                first = ""

    def _blocks(self, metric: Metric, asked: Asked | None, exemplars: Beside) -> Iterator[str]:
        if asked is not None:
            template = "".join([series_lines(metric, values) for values in asked.samples])
            yield filled(template, list(asked.samples.values()))
            return
        table, parts = self._tables[metric.name], self._parts
        if not parts:
            return
        beside = table.exemplified(exemplars) if exemplars else {}
        for number, block in enumerate(list(table.blocks)):
            with self._lock:
                text = block.text(parts, beside.get(number))
            yield text

    async def _exemplars(self) -> Mapping[str, Beside]:
        """Return the last exemplar of each series and bucket, by the metric's name."""
        newest: dict[str, dict[tuple[Values, int], Exemplar]] = {}
        for count, ((name, values, bucket), exemplar) in enumerate(self._reading.exemplars()):
            of_metric = newest.setdefault(name, {})
            known = of_metric.get((values, bucket))
            if known is None or known.when < exemplar.when:
                of_metric[values, bucket] = exemplar
            if count % _EXEMPLARS_AT_ONCE == _EXEMPLARS_AT_ONCE - 1:
                await asyncio.sleep(0)
        return newest
