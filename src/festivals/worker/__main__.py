"""Run the worker: `python -m festivals.worker`."""

import asyncio
import os
import sys
from collections.abc import Mapping

from festivals.serving import PortTaken
from festivals.settings import SettingsError
from festivals.telemetry.logs import configure_logging
from festivals.worker.program import run
from festivals.worker.settings import WorkerSettings


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Work until a signal; return the exit code: 0, 1 for a taken port, 2 for settings that cannot be used."""
    try:
        settings = WorkerSettings.read(environment)
        configure_logging("worker")
        asyncio.run(run(settings))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except PortTaken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
