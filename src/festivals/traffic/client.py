"""Requests out, answers in: paced, measured, and repeated when no answer came."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

from festivals.traffic.ledger import Failure, Ledger
from festivals.traffic.pace import MOST_AT_ONCE, Pacing

_TIMEOUT = httpx.Timeout(10.0, connect=2.0, pool=None)
# Shorter than servers keep an idle connection, so that none is used in the moment in which it is closed.
_KEEP_ALIVE_SECONDS = 2.0
_PAUSES_BEFORE_RETRY = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the platform."""

    operation: str
    """Its name in the report, e.g. `purchase`."""
    method: Literal["GET", "POST"]
    path: str
    body: Mapping[str, object] | None = None
    key: str | None = None
    """The idempotency key; with one the request may be repeated."""

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.method == "GET" or self.key is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with the fields of its JSON object, or why nothing did."""

    status: int | None
    fields: Mapping[str, object] = field(default_factory=dict)
    failure: Failure | None = None
    replayed: bool = False

    @property
    def ok(self) -> bool:
        """Whether the platform did what was asked."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def known(self) -> bool:
        """Whether one can tell from it what the platform did: a 5xx or silence leaves that open."""
        return self.status is not None and self.status < 500

    def text(self, name: str) -> str | None:
        """Return a field that holds a text, None where it does not."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else None


class Client:
    """Speaks to one server."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        pacing: Pacing,
        ledger: Ledger,
        *,
        token: str | None = None,
    ) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._pacing = pacing
        self._ledger = ledger
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def ask(self, request: Request, intended: float | None = None) -> Answer:
        """Send until there is an answer, three times at most; only what may be repeated is sent again.

        `intended` is when it should have been sent; its latency counts from then. Without it that is now.
        """
        answer = await self.ask_once(request, intended)
        for pause in _PAUSES_BEFORE_RETRY:
            if answer.status is not None or not request.repeatable:
                break
            await asyncio.sleep(pause)
            self._ledger.resent["retried"] += 1
            answer = await self.ask_once(request)
        return answer

    async def ask_once(self, request: Request, intended: float | None = None) -> Answer:
        """Send and return the answer, having counted how it ended and how long it took since `intended`."""
        if intended is None:
            intended = await self._pacing.wait_for(self._pacing.clock())
        async with self._pacing.slot():
            answer = await self._exchange(request)
        if answer.replayed:
            self._ledger.resent["replayed"] += 1
        self._ledger.record(request.operation, _outcome(answer), self._pacing.clock() - intended)
        return answer

    async def _exchange(self, request: Request) -> Answer:
        headers = self._headers if request.key is None else self._headers | {"Idempotency-Key": request.key}
        url = self._base_url + request.path
        try:
            response = await self._http.request(request.method, url, json=request.body, headers=headers)
        except httpx.TimeoutException:
            return Answer(None, failure="timeout")
        except httpx.DecodingError:
            return Answer(None, failure="malformed")
        except httpx.HTTPError:
            return Answer(None, failure="connection")
        return _read(response)


def open_http(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Return a client that goes straight to the server it is told: no proxy, no redirect, no cookies of others."""
    limits = httpx.Limits(
        max_connections=MOST_AT_ONCE,
        max_keepalive_connections=MOST_AT_ONCE,
        keepalive_expiry=_KEEP_ALIVE_SECONDS,
    )
    return httpx.AsyncClient(transport=transport, timeout=_TIMEOUT, limits=limits, trust_env=False)


def _read(response: httpx.Response) -> Answer:
    replayed = response.headers.get("Idempotency-Replayed") == "true"
    is_json = "json" in response.headers.get("Content-Type", "")
    if not (is_json and response.is_success):
        return Answer(response.status_code, replayed=replayed)
    try:
        content: object = response.json()
    except ValueError:
        return Answer(response.status_code, failure="malformed")
    fields = content if isinstance(content, dict) else {}
    return Answer(response.status_code, fields, replayed=replayed)


def _outcome(answer: Answer) -> int | Failure:
    if answer.failure is not None:
        return answer.failure
    # Without a failure there is a status.
    return answer.status or 0
