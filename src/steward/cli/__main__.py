"""`python -m steward.cli`."""

from steward.cli import main

main()
