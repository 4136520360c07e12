"""Where calls go, and where they do not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from steward.oncall.deliver.allow_list import AllowList
from steward.oncall.deliver.http import Outgoing
from steward.oncall.deliver.verdict import Delivered, Refused, Retry, Verdict
from steward.testing.receivers import Answer, Post

pytestmark = pytest.mark.slow

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
MESSAGE = {"version": "1", "key": "k", "kind": "page", "title": "t"}


def outgoing(*named: tuple[str, int | None], public: tuple[str, ...] = (), seconds: float = 60) -> Outgoing:
    return Outgoing(AllowList(frozenset(public), frozenset(named)), seconds)


async def send(via: Outgoing, url: str) -> Verdict:
    return await via.post(url, MESSAGE, called="it")


async def test_a_host_that_is_not_on_the_list_is_not_called(post: Post) -> None:
    verdict = await send(outgoing(("other.example", None)), post.webhook.url)
    assert isinstance(verdict, Refused)
    assert "STEWARD_ONCALL_ALLOWED_HOSTS" in verdict.why
    assert post.webhook.calls == 0


async def test_another_port_of_an_allowed_host_is_not_called(post: Post) -> None:
    assert isinstance(await send(outgoing(("127.0.0.1", 1)), post.webhook.url), Refused)
    assert post.webhook.calls == 0


async def test_a_public_name_that_leads_inside_is_not_called(post: Post) -> None:
    verdict = await send(outgoing(public=("localhost",)), "https://localhost/")
    assert verdict == Retry("it cannot be reached: localhost leads to a private address")


async def test_a_redirect_is_not_followed(post: Post) -> None:
    post.webhook.answer_next(Answer(307, headers={"Location": post.slack.url}))
    verdict = await send(outgoing(("127.0.0.1", None)), post.webhook.url)
    assert verdict == Refused("it answered 307; redirects are not followed")
    assert post.slack.calls == 0


async def test_no_proxy_of_the_environment_is_asked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(await send(outgoing(("127.0.0.1", None)), post.webhook.url), Delivered)


async def test_a_name_is_asked_for_by_its_name(post: Post) -> None:
    url = post.webhook.url.replace("127.0.0.1", "localhost")
    assert isinstance(await send(outgoing(("localhost", None)), url), Delivered)


async def test_the_next_address_is_tried_where_the_first_is_dead(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(post.webhook.host.rpartition(":")[2])

    async def two(*_: object, **__: object) -> list[tuple[object, object, object, str, tuple[str, int]]]:
        found = [(address, port) for address in ("127.0.0.2", "127.0.0.1")]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
    url = post.webhook.url.replace("127.0.0.1", "pages.example")
    assert isinstance(await send(outgoing(("pages.example", None)), url), Delivered)


@pytest.mark.parametrize(
    "url", ["http://", "x", "http://host:99999/", "http://" + "a" * 300 + "/", "http://a..b/"]
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    verdict = await send(outgoing(("a" * 300, None), ("a..b", None)), url)
    assert isinstance(verdict, Refused | Retry)


async def test_an_answer_that_never_ends_is_cut_off() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await asyncio.sleep(0.02)

    async with serving(drip) as port:
        verdict = await send(outgoing(("127.0.0.1", port), seconds=0.5), f"http://127.0.0.1:{port}/")
    assert verdict == Retry("it did not answer within 0.5 s")


async def test_a_huge_answer_is_not_read_to_its_end() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with serving(flood) as port:
        verdict = await send(outgoing(("127.0.0.1", port)), f"http://127.0.0.1:{port}/")
    assert isinstance(verdict, Delivered)


async def test_what_is_no_http_is_tried_again() -> None:
    async def odd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await writer.drain()

    async with serving(odd) as port:
        verdict = await send(outgoing(("127.0.0.1", port)), f"http://127.0.0.1:{port}/secret")
    assert isinstance(verdict, Retry)
    assert "secret" not in verdict.why


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
