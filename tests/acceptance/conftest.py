from collections.abc import Iterator
from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from steward.testing.folders import open_folder
from steward.testing.polling import eventually
from steward.testing.stack import Stack

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Make a folder that the servers' own users can enter, which pytest's are not."""
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with open_folder() as folder:
        stack = Stack.beside(CATALOGUE, project=ROOT, state=folder / "state")
        started = stack.steward("up", "--traffic", "--detach")
        try:
            assert started.returncode == 0, started.stdout + started.stderr
            eventually("every target is up", lambda: set(stack.targets().values()) == {"up"})
            yield stack
        finally:
            stack.steward("down", "--purge")
