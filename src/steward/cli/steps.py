"""Steps of some seconds, shown as the wrapper shows its own: what is done, and how long it took."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

NO_INSTALL = "STEWARD_NO_INSTALL"
"""The variable that forbids installing; the wrapper sets it for `--no-install`."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show one line on stderr: the title at once, the seconds at the end of the block."""
    click.echo(f"steward: {title} ... ", err=True, nl=False)
    sys.stderr.flush()
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo("failed", err=True)
        raise
    click.echo(f"{time.monotonic() - begun:.1f} s", err=True)


def installing_is_allowed() -> bool:
    """Tell whether the user lets us install, or unpack, what is missing."""
    return os.environ.get(NO_INSTALL, "") in {"", "0", "false", "no"}
