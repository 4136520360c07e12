"""Where one process keeps its numbers when it shares them with nobody."""

import mmap
import platform
from contextlib import suppress

from steward.instrument.layout import DOUBLE, ZERO_AT, Doubles

_RESERVED = 64 * 1024 * 1024
_ON_PC_AND_ARM = 0x4000 if platform.system() == "Linux" and platform.machine() in {"x86_64", "aarch64"} else 0
_NO_RESERVE: int = getattr(mmap, "MAP_NORESERVE", _ON_PC_AND_ARM)
"""Python knows the flag's name since 3.13. Without it a fork is refused when all arenas exceed the memory."""


class ArenaFull(OSError):
    """No further series fits."""


class Arena:
    """Room for eight million numbers, of which the kernel gives only the pages that are written to.

    A child made by `fork` gets a copy of its own, page by page as either writes.
    """

    def __init__(self) -> None:
        self._map = mmap.mmap(-1, _RESERVED, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
        with suppress(AttributeError):
            self._map.madvise(mmap.MADV_NOHUGEPAGE)
        self.numbers: Doubles = memoryview(self._map).cast("d")
        self._used = ZERO_AT + 1

    def append(self, size: int) -> tuple[Doubles, int]:
        """Return the numbers, and where `size` zeros of them begin; raises ArenaFull."""
        at = self._used
        if (at + size) * DOUBLE > _RESERVED:
            raise ArenaFull(f"all {_RESERVED // DOUBLE} numbers are in use")
        self._used += size
        return self.numbers, at
