"""Open files of a test process."""

import gc
import os

_MANY = 200


def close_forgotten() -> None:
    """Close what is only kept open by references in a circle, where much is open.

    Instruments that share a folder hold files, and are freed when the interpreter next looks for such circles. An
    application makes them once; tests make hundreds, and a user may have no more than 1,024 files open.
    """
    if len(os.listdir("/proc/self/fd")) > _MANY:  # noqa: PTH208
        gc.collect()
