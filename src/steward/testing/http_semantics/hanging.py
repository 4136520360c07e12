"""Endpoints that do not come to an end by themselves."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from steward.testing.http_semantics.client import DEADLINE


class Hanging:
    """An endpoint that answers when it is told to."""

    def __init__(self) -> None:
        self._here = asyncio.Semaphore(0)
        self._go_on = asyncio.Event()

    async def answer(self, _request: Request) -> Response:
        """Wait, then answer."""
        await self.wait()
        return PlainTextResponse("hello")

    async def wait(self) -> None:
        """Say that a request is here and wait until it may go on."""
        self._here.release()
        await self._go_on.wait()

    async def arrived(self, number: int) -> None:
        """Wait until `number` more requests are here."""
        async with asyncio.timeout(DEADLINE):
            for _ in range(number):
                await self._here.acquire()

    def go_on(self) -> None:
        """Let all of them go on."""
        self._go_on.set()


async def endless(_request: Request) -> Response:
    """Answer with a stream that has no end."""

    async def parts() -> AsyncIterator[str]:
        while True:
            yield "part"
            await asyncio.sleep(0)

    return StreamingResponse(parts())
