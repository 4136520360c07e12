"""Asking Prometheus without blocking: values over a range, values at a moment, and the values of a label."""

import asyncio
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from steward.dashboards.errors import NoAnswer
from steward.dashboards.timerange import Grid
from steward.promql import Duration

Value = float | None
T = TypeVar("T")

MOST_SERIES = 250
"""Of one query; more can neither be told apart nor drawn."""
MOST_VALUES = 300_000
"""Of one query: three days of every 15 seconds for 17 series."""

_SECONDS = 15.0
_UNSAID_SECONDS = 60.0
"""Between two scrapes, where the configuration says nothing of it."""
_INTERVAL = re.compile(r"^\s+scrape_interval: (\S+)$", re.MULTILINE)
"""The first one is that of `global`."""
_AT_ONCE = 8
"""Queries that Prometheus works on for us at the same time; it takes 20 of everybody."""
_MOST_BYTES = 24 * 2**20
"""Of an answer."""
_LARGE = 2**18
"""Bytes of an answer that is read aside, so that meanwhile others are answered."""
_CONNECT_SECONDS = 2.0
_NO_NUMBER = "the query gives a range of values at each moment, not one; put a function around it"
_DIGITS = 10
"""Of a value; what follows is noise of the arithmetic, and as long again as the rest."""


@dataclass(frozen=True, slots=True)
class Found:
    """One series of an answer."""

    labels: Mapping[str, str]
    values: list[Value]
    """One for each moment of the grid; None where there is no sample, or none that is a finite number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave."""

    series: tuple[Found, ...]
    more: int = 0
    """How many series were left out."""

    @property
    def weight(self) -> int:
        """How many values it holds."""
        return 1 + sum(len(one.values) + len(one.labels) for one in self.series)


class Prometheus:
    """A Prometheus at an address; each call raises NoAnswer with what to tell people."""

    def __init__(self, url: str, *, seconds: float = _SECONDS) -> None:
        self.url = url
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx.AsyncClient | None = None
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def over(self, expr: str, grid: Grid) -> Answer:
        """Return the values of an expression at every moment of `grid`."""
        times = (("start", grid.start), ("end", grid.end), ("step", grid.step))
        given = [("query", expr), *((name, f"{seconds:.3f}") for name, seconds in times)]
        return await self._ask("/api/v1/query_range", given, lambda data: _matrix(data, grid))

    async def at(self, expr: str, moment: float) -> Answer:
        """Return the value of an expression at a moment; a scalar is one series without labels."""
        return await self._ask("/api/v1/query", [("query", expr), ("time", f"{moment:.3f}")], _vector)

    async def scrape_seconds(self) -> float:
        """Return the time between two scrapes that is usual there."""
        return await self._ask("/api/v1/status/config", [], _interval, method="GET")

    async def label_values(self, label: str, selector: str, start: float, end: float) -> tuple[str, ...]:
        """Return the values that a label has on the series of `selector` between two moments, sorted."""
        given = [("start", f"{start:.0f}"), ("end", f"{end:.0f}"), *([("match[]", selector)] if selector else [])]
        return await self._ask(f"/api/v1/label/{label}/values", given, _texts, method="GET")

    async def close(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ask(
        self, path: str, given: Sequence[tuple[str, str]], read: Callable[[Any], T], *, method: str = "POST"
    ) -> T:
        client = self._of_this_loop()
        try:
            async with asyncio.timeout(self._seconds), self._places:
                status, content = await self._sent(client, method, path, given)
        except TimeoutError:
            raise NoAnswer(
                f"Prometheus did not answer within {self._seconds:g} s; ask for a shorter range"
            ) from None
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise NoAnswer(f"Prometheus at {self.url} does not answer: {why}") from None
        if len(content) > _LARGE:
            return await asyncio.to_thread(self._read, status, content, read)
        return self._read(status, content, read)

    def _read(self, status: int, content: bytes, read: Callable[[Any], T]) -> T:
        try:
            return read(_data(status, content))
        except (LookupError, TypeError, ValueError, AttributeError):
            raise NoAnswer(f"{self.url} answered in a shape that is not Prometheus'; is it one?") from None

    async def _sent(
        self, client: httpx.AsyncClient, method: str, path: str, given: Sequence[tuple[str, str]]
    ) -> tuple[int, bytes]:
        fields = [*given, ("timeout", f"{self._seconds:g}s")] if method == "POST" else list(given)
        body: dict[str, Any] = {"params": fields} if method == "GET" else {"data": dict(fields)}
        parts: list[bytes] = []
        async with client.stream(method, self.url + path, **body) as answer:
            async for part in answer.aiter_bytes():
                parts.append(part)
                if sum(map(len, parts)) > _MOST_BYTES:
                    raise NoAnswer(f"the answer is larger than {_MOST_BYTES // 2**20} MB; ask for fewer series")
            return answer.status_code, b"".join(parts)

    def _of_this_loop(self) -> httpx.AsyncClient:
        """Return the client; connections belong to the event loop in which they were made."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._places = asyncio.Semaphore(_AT_ONCE)
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS), follow_redirects=False, trust_env=False
            )
        return self._client


def _matrix(data: Any, grid: Grid) -> Answer:  # noqa: ANN401 - of JSON
    found = data["result"]
    kept = found[: max(1, min(MOST_SERIES, MOST_VALUES // grid.count))]
    series = tuple(Found(one["metric"], _placed(one.get("values", ()), grid)) for one in kept)
    return Answer(series, len(found) - len(kept))


def _vector(data: Any) -> Answer:  # noqa: ANN401
    found = data["result"]
    if data["resultType"] in {"scalar", "string"}:
        return Answer((Found({}, [_number(found[1])]),))
    if data["resultType"] != "vector":
        raise NoAnswer(_NO_NUMBER)
    kept = [one for one in found[:MOST_SERIES] if "value" in one]
    series = tuple(Found(one["metric"], [_number(one["value"][1])]) for one in kept)
    return Answer(series, max(0, len(found) - MOST_SERIES))


def _interval(data: Any) -> float:  # noqa: ANN401
    found = _INTERVAL.search(data["yaml"])
    return Duration.parse(found[1]).seconds if found else _UNSAID_SECONDS


def _texts(data: Any) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(sorted(str(one) for one in data or ()))


def _data(status: int, content: bytes) -> Any:  # noqa: ANN401
    try:
        body = json.loads(content)
    except ValueError:
        raise NoAnswer(f"Prometheus answered {status} with something that is no JSON") from None
    if not isinstance(body, dict) or body.get("status") != "success":
        said = body.get("error") if isinstance(body, dict) else None
        raise NoAnswer(f"Prometheus refused the query: {said or f'it answered {status}'}")
    return body["data"]


def _placed(samples: Sequence[Sequence[Any]], grid: Grid) -> list[Value]:
    """Return one value for each moment; samples come in order, and none where there is a gap."""
    if len(samples) == grid.count:
        return [_number(text) for _, text in samples]
    values: list[Value] = [None] * grid.count
    for at, text in samples:
        place = round((at - grid.start) / grid.step)
        if 0 <= place < grid.count:
            values[place] = _number(text)
    return values


def _number(text: str) -> Value:
    value = float(text)
    if not math.isfinite(value):
        return None
    return float(f"{value:.{_DIGITS}g}") if "." in text and len(text) > _DIGITS + 2 else value
