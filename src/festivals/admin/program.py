"""The dashboard as a program: started, and stopped by a signal."""

import asyncio
import signal

from festivals.admin.app import build
from festivals.admin.settings import AdminSettings
from steward.program.serving import bind, serve


async def run(settings: AdminSettings) -> None:
    """Answer until SIGTERM or SIGINT; raises PortTaken, SettingsError."""
    listener = bind(settings.address, prefix="FESTIVALS")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    dashboard = build(settings)
    try:
        await serve(dashboard.app, listener, stopping)
    finally:
        await dashboard.close()
