"""No process outlives its supervisor, which would leave the port taken."""

import asyncio
import multiprocessing
import os
import signal


def end_with_supervisor() -> None:
    """Stop this process as SIGTERM would once its supervisor is gone; do nothing where there is none."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        return
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_reader(supervisor.sentinel)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(supervisor.sentinel, stop)
