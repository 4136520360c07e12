"""Handing `/api/v1/monitoring/` on to the on-call service, which itself decides who may do what.

On-call trusts whoever asks from its own machine. The API may stand there and must not lend its place to a caller
from elsewhere: it passes the caller's address on as `Forwarded`, and the name by which it was asked as `Host`.
What the caller says of forwarders before us is dropped, for anybody can write it; that somebody said it is passed
on as an unknown hop, which on-call does not trust.
"""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import compress

import httpx
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.program.settings import Address
from steward.program.web.guards import JSON, Bodies, BodyGuard, LastResort
from steward.program.web.problems import Problem

PREFIX = "/api/v1/monitoring/"
METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
SECONDS = 5.0
"""How long on-call may take."""

_LARGEST_BODY = 256 * 1024
"""Bytes; as on-call itself takes."""
_IDLE_SECONDS = 2.0
"""Shorter than on-call keeps a connection open, so that none is used that it is about to close."""
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OURS = frozenset({"content-length", "host", "accept-encoding", "cookie", "expect"})
"""Of a request: said anew, or none of on-call's business here; its sessions are for its own pages."""
_THEIRS = frozenset({"content-length", "content-encoding", "set-cookie", "date", "server"})
_TOLD = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"})

_LOG = structlog.stdlib.get_logger(__name__)


class Forward:
    """ASGI middleware that takes the requests that are on-call's; they count neither as visits nor as errors."""

    def __init__(self, app: ASGIApp, *, forwarder: "Forwarder") -> None:
        answers = _Answers()
        guarded = BodyGuard(forwarder, problems=answers, bodies=lambda _path: Bodies(JSON, _LARGEST_BODY))
        self._forwarded = LastResort(guarded, problems=answers)
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is on-call's, and pass everything else."""
        ours = scope["type"] != "http" or not scope["path"].startswith(PREFIX)
        await (self._app if ours else self._forwarded)(scope, receive, send)


class Forwarder:
    """An ASGI application that answers as the service at an address does."""

    def __init__(self, address: Address) -> None:
        self._url = httpx.URL(f"http://{address}")
        self._client = httpx.AsyncClient(
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=20, keepalive_expiry=_IDLE_SECONDS),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with on-call's answer, or with a problem where there is none."""
        request = Request(scope, receive)
        response = _objection(request) or await self._ask(request)
        await response(scope, receive, send)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _ask(self, request: Request) -> Response:
        content = await request.body()
        try:
            url = self._url.copy_with(raw_path=_target(request.scope))
        except (httpx.InvalidURL, ValueError):
            return Problem(HTTPStatus.BAD_REQUEST, "the address cannot be read; write it in ASCII, escaped")
        asked = self._client.build_request(request.method, url, headers=_passed_on(request), content=content)
        try:
            answer = await self._client.send(asked)
        except (httpx.ConnectError, httpx.TimeoutException) as error:
            return _unreachable(HTTPStatus.SERVICE_UNAVAILABLE, error, {"Retry-After": "5"})
        except httpx.HTTPError as error:
            return _unreachable(HTTPStatus.BAD_GATEWAY, error)
        return _answered(answer)


class _Answers:
    """Problems as they are: on-call's are not counted among the API's."""

    def refuse(self, scope: Scope, problem: Problem) -> Response:  # noqa: ARG002, RUF100 - the protocol's
        return problem

    def unexpected(self, scope: Scope, error: Exception) -> Response:
        _LOG.error("forwarding failed", path=scope["path"], exc_info=error)
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it was logged")


def _objection(request: Request) -> Problem | None:
    if request.method not in METHODS:
        allowed = ", ".join(METHODS)
        return Problem(HTTPStatus.METHOD_NOT_ALLOWED, f"this path takes {allowed}", headers={"Allow": allowed})
    if {".", ".."} & set(request.scope["path"].replace("\\", "/").split("/")):
        return Problem(HTTPStatus.NOT_FOUND, "nothing is at this path")
    if len(request.headers.getlist("host")) != 1:
        return Problem(HTTPStatus.BAD_REQUEST, "send one header Host")
    return None


def _target(scope: Scope) -> bytes:
    """Return the path and the query as they were sent."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + (b"?" + query if query else b"")


def _passed_on(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request for on-call: the caller's own, and who and by which name they asked."""
    headers = request.headers
    dropped = _HOP_BY_HOP | _OURS | _options(headers.getlist("connection"))
    kept = [name not in dropped and not _tells(name) for name in headers]
    hops = ["for=unknown"] if any(_tells(name) for name in headers) else []
    hops.append(_hop(request.client.host if request.client is not None else ""))
    return [
        *compress(headers.raw, kept),
        (b"host", headers["host"].encode("latin-1")),
        (b"accept-encoding", b"identity"),
        (b"forwarded", ", ".join(hops).encode("latin-1")),
    ]


def _tells(name: str) -> bool:
    """Tell whether a header says something of forwarders before us."""
    return name in _TOLD or name.startswith("x-forwarded")


def _hop(peer: str) -> str:
    if ":" in peer:
        return f'for="[{peer}]"'
    return f"for={peer or 'unknown'}"


def _options(connection: Iterable[str]) -> set[str]:
    """Return the headers that `Connection` says are for the next hop alone."""
    return {option.strip().lower() for line in connection for option in line.split(",")}


def _answered(answer: httpx.Response) -> Response:
    dropped = _HOP_BY_HOP | _THEIRS | _options(answer.headers.get_list("connection"))
    response = Response(answer.content, answer.status_code)
    response.raw_headers += [
        (name.lower(), value)
        for name, value in answer.headers.raw
        if name.lower().decode("latin-1") not in dropped
    ]
    return response


def _unreachable(status: HTTPStatus, error: Exception, headers: dict[str, str] | None = None) -> Problem:
    _LOG.warning("the on-call service does not answer", error=str(error) or type(error).__name__)
    return Problem(status, "the on-call service does not answer; try again in a moment", headers=headers)
