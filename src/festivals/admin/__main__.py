"""Run the admin dashboard: `python -m festivals.admin`."""

import asyncio
import os
import sys
from collections.abc import Mapping

from festivals.admin.program import run
from festivals.admin.settings import AdminSettings
from steward.program.logs import configure_logging
from steward.program.serving import exit_code


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Answer until a signal; return the exit code, as `exit_code` says."""

    def program() -> None:
        settings = AdminSettings.read(environment)
        configure_logging("admin")
        asyncio.run(run(settings))

    return exit_code(program)


if __name__ == "__main__":
    sys.exit(main())
