"""Run the API: `python -m festivals.api`."""

import sys

from festivals.api.server import main

if __name__ == "__main__":
    sys.exit(main())
