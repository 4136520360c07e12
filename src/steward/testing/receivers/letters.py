"""What has arrived, in the order in which it did."""

import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from steward.model import Way
from steward.oncall.domain.states import Kind

Content = dict[str, Any]
"""A decoded JSON object."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message that a receiver took, an attempt that was repeated counts again."""

    way: Way
    to: str
    """A Slack channel, a mailbox, a path; empty where the way has only one."""
    kind: Kind
    key: str
    """Of the notification: the same at each attempt, and for nothing else."""
    text: str
    """Everything that a person reads there, untouched."""
    content: Content
    """The decoded JSON; empty for a mail."""
    mail: EmailMessage | None = None


@dataclass(slots=True)
class Letters:
    """A list that several receivers, each in a thread of its own, put into."""

    _received: list[Received] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, letter: Received) -> None:
        """Add one."""
        with self._lock:
            self._received.append(letter)

    def all(self) -> list[Received]:
        """Return every one so far, in the order of arrival."""
        with self._lock:
            return list(self._received)
