"""The log files: turned over when they have grown, read from their end, followed as they grow."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from steward.stack.files import explained

LARGEST_BYTES = 10 * 1024 * 1024
KEPT = 3
"""How many older logs of a service stay, as NAME.log.1 and so on."""
_TAIL_BYTES = 256 * 1024
_POLL_SECONDS = 0.2


def rotate(path: Path, largest: int = LARGEST_BYTES) -> None:
    """Begin a new log when the present one is larger than `largest` bytes; nothing may be writing to it."""
    with explained(path):
        if not path.exists() or path.stat().st_size <= largest:
            return
        for number in range(KEPT - 1, 0, -1):
            with suppress(FileNotFoundError):
                _numbered(path, number).replace(_numbered(path, number + 1))
        path.replace(_numbered(path, 1))


def tail(path: Path, lines: int, start: int = 0) -> str:
    """Return the last lines of a log, of what stands behind byte `start`; empty where there is none."""
    with suppress(OSError), path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(start, size - _TAIL_BYTES))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    return ""


def follow(path: Path) -> Iterator[str]:
    """Return what is written to a log from now on, for ever; a log that was turned over is taken up anew."""
    file = path.open("rb")
    file.seek(0, os.SEEK_END)
    return _follow(path, file)


def _follow(path: Path, file: BufferedReader) -> Iterator[str]:
    try:
        while True:
            if text := file.read():
                yield text.decode(errors="replace")
                continue
            time.sleep(_POLL_SECONDS)
            with suppress(FileNotFoundError):
                now = path.stat()
                if now.st_ino != os.fstat(file.fileno()).st_ino or now.st_size < file.tell():
                    file.close()
                    file = path.open("rb")
    finally:
        file.close()


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
