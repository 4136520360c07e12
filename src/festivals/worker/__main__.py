"""Run the worker: `python -m festivals.worker`."""

import asyncio
import os
import sys
from collections.abc import Mapping

from festivals.worker.program import run
from festivals.worker.settings import WorkerSettings
from steward.program.logs import configure_logging
from steward.program.serving import exit_code


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Work until a signal; return the exit code, as `exit_code` says."""

    def program() -> None:
        settings = WorkerSettings.read(environment)
        configure_logging("worker")
        asyncio.run(run(settings))

    return exit_code(program)


if __name__ == "__main__":
    sys.exit(main())
