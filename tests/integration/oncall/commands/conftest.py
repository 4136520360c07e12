"""The application on a port of this machine, and the command line that asks it."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from steward.cli import commands
from steward.oncall.context import Context
from steward.oncall.web.app import create
from steward.program.serving import bind, serve
from steward.program.settings import Address
from steward.testing.ports import free_port

Steward = Callable[..., Result]


@pytest.fixture
def url(context: Context) -> Iterator[str]:
    """Give the address at which the application answers."""
    port = free_port()
    listener = bind(Address("127.0.0.1", port), prefix="TEST")
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=[serve(create(context), listener, stopping)])
    thread.start()
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(stopping.set)
    thread.join()
    loop.close()


@pytest.fixture
def steward(url: str) -> Steward:
    """Give the command line, as somebody at this machine calls it."""

    def call(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(commands, arguments, env={"STEWARD_ONCALL_URL": url, "TZ": "UTC"})
        assert found.exit_code == code, found.output
        return found

    return call
