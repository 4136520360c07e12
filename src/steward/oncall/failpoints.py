"""Places at which a test kills the process, to prove that nothing is lost there.

`STEWARD_ONCALL_FAILPOINT=before-mark:3` kills it with SIGKILL the third time it comes by. Without the variable a
failpoint does nothing.
"""

import os
import signal
import threading
from collections.abc import Callable

VARIABLE = "STEWARD_ONCALL_FAILPOINT"

AFTER_RECEIVE = "after-receive"
"""A webhook was read, nothing is written."""
IN_TRANSACTION = "in-transaction"
"""Everything of a webhook is written, nothing is committed."""
AFTER_COMMIT = "after-commit"
"""A webhook is committed, its sender has no answer."""
IN_SEND = "in-send"
"""A delivery is leased, and its bytes may or may not be on their way."""
AFTER_SEND = "after-send"
"""A channel has said that it took a delivery."""
BEFORE_MARK = "before-mark"
"""The transaction that marks a delivery is open."""
IN_TICK = "in-tick"
"""A step of a page is written, nothing is committed."""
IN_RECONCILIATION = "in-reconciliation"
"""What Alertmanager says is known, and half of it is written."""

NAMES = (
    AFTER_RECEIVE,
    IN_TRANSACTION,
    AFTER_COMMIT,
    IN_SEND,
    AFTER_SEND,
    BEFORE_MARK,
    IN_TICK,
    IN_RECONCILIATION,
)


def _armed(setting: str) -> Callable[[str], None]:
    wanted, _, count = setting.partition(":")
    if wanted not in NAMES or not (count or "1").isdigit():
        raise ValueError(f"{VARIABLE}={setting!r}: write NAME or NAME:TIMES; known: {', '.join(NAMES)}")
    left = int(count or "1")
    lock = threading.Lock()

    def come_by(name: str) -> None:
        nonlocal left
        if name != wanted:
            return
        with lock:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return come_by


def _disarmed(_name: str) -> None:
    """Do nothing."""


failpoint: Callable[[str], None] = _armed(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else _disarmed
"""Call it with a name above at that place."""
