"""The outside watcher is told that on-call works, as long as it does."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from steward.model import Way
from steward.oncall.context import Context
from steward.oncall.domain.states import Kind
from steward.oncall.store import outbox
from steward.oncall.worker.ping import ping
from steward.testing.oncall import MONDAY, MovableClock

WATCHER = "https://watcher.example/ping/very-secret"


@pytest.fixture
def watched(context: Context) -> Context:
    return replace(context, settings=replace(context.settings, ping_url=WATCHER))


async def pinged(context: Context, status: int = 200) -> tuple[bool, list[str]]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if status == 0:
            raise httpx.ConnectTimeout("too late", request=request)
        return httpx.Response(status)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return await ping(context, client), asked


async def test_it_is_pinged(watched: Context) -> None:
    assert await pinged(watched) == (True, [WATCHER])


@pytest.mark.parametrize("status", [0, 302, 404, 500])
async def test_a_watcher_that_does_not_take_it_harms_nothing_and_its_address_stays_secret(
    watched: Context, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await pinged(watched, status) == (False, [WATCHER])
    out, err = capfd.readouterr()
    assert "very-secret" not in out + err


async def test_while_messages_are_stuck_it_is_not_pinged(watched: Context, clock: MovableClock) -> None:
    with watched.store.write() as connection:
        outbox.put(connection, key="k", kind=Kind.PAGE, way=Way.SLACK, address="#x", now=MONDAY)
    clock.forward(timedelta(minutes=9))
    assert await pinged(watched) == (True, [WATCHER])
    clock.forward(timedelta(minutes=2))
    assert await pinged(watched) == (False, [])
