"""Run the admin dashboard: `python -m festivals.admin`."""

import asyncio
import os
import sys
from collections.abc import Mapping

from festivals.admin.program import run
from festivals.admin.settings import AdminSettings
from festivals.serving import PortTaken
from festivals.settings import SettingsError
from festivals.telemetry.logs import configure_logging


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Answer until a signal; return the exit code: 0, 1 for a taken port, 2 for settings that cannot be used."""
    try:
        settings = AdminSettings.read(environment)
        configure_logging("admin")
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
