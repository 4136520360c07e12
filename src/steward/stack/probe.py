"""Asking a service whether it is ready."""

import asyncio
from contextlib import suppress

from steward.model import CommandProbe, HttpProbe, Probe, SocketProbe
from steward.stack import helper
from steward.stack.placement import HOST
from steward.stack.site import Site

ANSWER_SECONDS = 2.0
"""How long a service may take to answer; more is no answer."""
_LINE_BYTES = 1024


async def ready(site: Site, probe: Probe) -> bool:
    """Ask once; any refusal, error or silence is a no."""
    try:
        # Not wait_for, which before Python 3.12 may swallow a cancellation.
        async with asyncio.timeout(ANSWER_SECONDS):
            return await _ask(site, probe)
    except (OSError, TimeoutError):
        return False


async def _ask(site: Site, probe: Probe) -> bool:
    match probe:
        case HttpProbe(path):
            request = f"GET {path} HTTP/1.0\r\nHost: {HOST}:{site.port}\r\nAccept: */*\r\n\r\n"
            status = (await _exchange(site, request.encode())).split(maxsplit=2)[1:2]
            return status == [b"200"]
        case SocketProbe(send, expect):
            return (await _exchange(site, send)).startswith(expect)
        case CommandProbe():
            return (await helper.run(site, site.probe_command(probe), seconds=ANSWER_SECONDS)).code == 0


async def _exchange(site: Site, message: bytes) -> bytes:
    """Send `message` to the first port and return the first line of the answer."""
    reader, writer = await asyncio.open_connection(HOST, site.port, limit=_LINE_BYTES)
    try:
        writer.write(message)
        await writer.drain()
        return await reader.readline()
    except ValueError:  # a line longer than the limit
        return b""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
