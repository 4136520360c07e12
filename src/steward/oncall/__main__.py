"""Run the on-call service: `python -m steward.oncall`."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Mapping

from steward.oncall.program import run
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.database import StoreUnavailable
from steward.program.logs import configure_logging
from steward.program.serving import exit_code

_LEAVES_WITHIN_SECONDS = 1.5


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Work until a signal; return the exit code, as `exit_code` says, and 1 where the store cannot be opened."""

    def program() -> None:
        settings = OnCallSettings.read(environment)
        configure_logging("oncall")
        asyncio.run(_work(settings))

    try:
        return exit_code(program)
    except StoreUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _work(settings: OnCallSettings) -> None:
    await run(settings, leaving=_leave_soon)
    _leave()


def _leave_soon() -> None:
    last = threading.Timer(_LEAVES_WITHIN_SECONDS, _leave)
    last.daemon = True
    last.start()


def _leave() -> None:
    """End the process, even where a thread still waits for a neighbour: what is not committed is done again."""
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
