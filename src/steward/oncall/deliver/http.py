"""Calls to the outside: to allowed hosts only, without redirects, ended in time, and judged alike."""

import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from steward.oncall.deliver.allow_list import AllowList, NotAllowed
from steward.oncall.deliver.text import one_line
from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict

SECONDS = 8.0
"""How long a call may take, from looking up the name to the end of the answer."""

_LONGEST_PAUSE = 15 * 60.0
_MOST_BYTES = 64 * 1024
_ADDRESSES = 3
"""How many of a name's addresses are tried: the first may be of a network that is not there."""
_REASON = 200
_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "steward-oncall",
    # An answer cannot grow while it is read.
    "Accept-Encoding": "identity",
}


class Private(OSError):
    """An allowed name leads inside, and the operator has not named it."""


Said = Callable[[httpx.Response], str]
"""Takes from an answer what may be kept and shown: an answer can repeat the secret that it was sent."""


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _nothing(_answer: httpx.Response) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Makes calls."""

    allowed: AllowList
    seconds: float = SECONDS
    trust: ssl.SSLContext = field(default_factory=_trust)

    async def post(
        self,
        url: str,
        content: Mapping[str, Any],
        *,
        called: str,
        headers: Mapping[str, str] | None = None,
        said: Said = _nothing,
        reference: Said = _nothing,
    ) -> Verdict:
        """Send JSON and judge the answer; raises nothing. `called` names the other side: `url` may be a secret."""
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        sent = _HEADERS | dict(headers or {})
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self._post(url, body, sent)
        except NotAllowed as error:
            return Refused(f"{called}: {error}")
        except TimeoutError:
            return Retry(f"{called} did not answer within {self.seconds:g} s")
        except (httpx.HTTPError, OSError) as error:
            return Retry(f"{called} cannot be reached: {_reason(error)}")
        except (httpx.InvalidURL, ValueError):
            return Refused(f"{called}: its address cannot be used")
        return judged(answer, called=called, said=said, reference=reference)

    async def _post(self, url: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        address = httpx.URL(url)
        # As it is called, not as it was written: two parsers may read one text differently.
        self.allowed.check(str(address))
        timeout = httpx.Timeout(self.seconds, connect=self.seconds / _ADDRESSES)
        async with httpx.AsyncClient(
            verify=self.trust, follow_redirects=False, trust_env=False, timeout=timeout
        ) as client:
            *others, last = await self._resolved(address)
            request = client.build_request("POST", address, content=content, headers=headers)
            request.extensions["sni_hostname"] = address.raw_host.decode()
            for one in others:
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await _sent(client, request, one)
            return await _sent(client, request, last)

    async def _resolved(self, url: httpx.URL) -> list[str]:
        """Return IP addresses to try in turn, at least one."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.raw_host.decode(), url.port, type=socket.SOCK_STREAM)
        usable = self.allowed.usable(str(url), [str(one[4][0]) for one in found])
        if not usable:
            raise Private(f"{url.host} leads to a private address")
        return usable[:_ADDRESSES]


def judged(answer: httpx.Response, *, called: str, said: Said = _nothing, reference: Said = _nothing) -> Verdict:
    """Return what an answer means: 2xx has it, 429 and 5xx may have it later, everything else never."""
    status = answer.status_code
    if answer.is_success:
        return Delivered(one_line(reference(answer), _REASON))
    words = one_line(said(answer), _REASON)
    why = f"{called} answered {status}" + (f": {words}" if words else "")
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Retry(why, pause(answer.headers))
    if answer.is_redirect:
        return Refused(f"{why}; redirects are not followed")
    return Refused(why)


def pause(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After asks for, a quarter of an hour at most; None where it asks nothing."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked[:9]), _LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(asked)
        since = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        return min(max((until - since).total_seconds(), 0.0), _LONGEST_PAUSE)
    except (ValueError, TypeError, OverflowError):
        return None


async def _sent(client: httpx.AsyncClient, request: httpx.Request, at: str) -> httpx.Response:
    # Connects to what was looked at, so that a second look-up cannot lead elsewhere.
    request.url = request.url.copy_with(host=at)
    answer = await client.send(request, stream=True)
    try:
        content = b""
        async for part in answer.aiter_bytes():
            content += part
            if len(content) >= _MOST_BYTES:
                break
    finally:
        await answer.aclose()
    headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-encoding"]
    return httpx.Response(answer.status_code, headers=headers, content=content[:_MOST_BYTES], request=request)


def _reason(error: Exception) -> str:
    """Return why, in words that hold no address: libraries put addresses into theirs."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {cause.verify_message}"
    if isinstance(cause, OSError):
        return cause.strerror or (str(cause) if isinstance(cause, Private) else type(cause).__name__)
    return type(error).__name__
