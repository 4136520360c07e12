"""A server that stands where Prometheus should, and answers whatever a test wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class StandIn:
    """Answers everything in one way, and writes down what it was asked."""

    url: str = ""
    body: bytes = b""
    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)
    """Method and path of each request."""

    def tell(self, data: str) -> None:
        """Answer as Prometheus does where all is well, with `data` as JSON."""
        self.status, self.body = "200 OK", f'{{"status": "success", "data": {data}}}'.encode()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the request of one connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.partition(b" HTTP")[0].decode())
        length = f"Connection: close\r\nContent-Length: {len(self.body)}"
        writer.write(f"HTTP/1.1 {self.status}\r\n{length}\r\n\r\n".encode() + self.body)
        await writer.drain()
        await reader.read(65_536)  # what else was sent: a connection that ends with it unread is a broken one
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """Give one that listens on a free port of this machine."""
    made = StandIn()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
