"""The shape of a way to deliver."""

from typing import Protocol

from steward.model import Way
from steward.oncall.deliver.notification import Notification
from steward.oncall.deliver.verdict import Verdict


class Channel(Protocol):
    """One way. An implementation keeps no state about what it has sent."""

    @property
    def way(self) -> Way:
        """Which way this is."""

    async def send(self, notification: Notification) -> Verdict:
        """Try once, within ten seconds, and say what became of it; raises nothing."""
