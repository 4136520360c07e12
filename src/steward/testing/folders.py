"""Folders for servers to work in."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that other users can enter, which pytest's are not, and remove it at the end."""
    made = Path(tempfile.mkdtemp(prefix="steward-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
