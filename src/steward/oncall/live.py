"""Telling open pages in browsers that something has changed, so that they ask for it.

One loop reads the store and tells; everybody who listens hears it. What one has not heard yet is kept as a set of
topics, so a browser that is slow costs no memory. All of it belongs to one event loop.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum


class Topic(StrEnum):
    """What has changed."""

    PAGES = "pages"
    INCIDENTS = "incidents"
    SILENCES = "silences"
    ALERTS = "alerts"
    ON_CALL = "on-call"
    FIGURES = "figures"
    """Nothing in the store: it is time to look at what Prometheus says."""


Topics = frozenset[Topic]

EVERYTHING: Topics = frozenset(Topic)
NOTHING: Topics = frozenset()


class Full(Exception):
    """As many listen as may."""


class Listener:
    """One browser."""

    def __init__(self) -> None:
        self._topics = NOTHING
        self._called = asyncio.Event()
        self._ended = False

    async def heard(self, seconds: float) -> Topics | None:
        """Wait so long at most for news; return what changed, nothing for no news, None when all is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._called.wait()
        if self._ended:
            return None
        topics, self._topics = self._topics, NOTHING
        self._called.clear()
        return topics

    def tell(self, topics: Topics) -> None:
        """Add to what is told next."""
        self._topics |= topics
        self._called.set()

    def end(self) -> None:
        """Tell that there is nothing more to come."""
        self._ended = True
        self._called.set()


class Live:
    """Everybody who listens."""

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._listeners: set[Listener] = set()
        self._closed = False
        self.last_id = 0
        """Of the newest event that was told."""

    def __len__(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Let one more listen for as long as the block lasts; raises Full."""
        if len(self) >= self._most or self._closed:
            raise Full(f"{len(self)} browsers listen already")
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def tell(self, topics: Topics, last_id: int) -> None:
        """Tell everybody what changed up to this event."""
        self.last_id = last_id
        if topics:
            for listener in self._listeners:
                listener.tell(topics)

    def close(self) -> None:
        """Let everybody go; nobody comes in any more."""
        self._closed = True
        for listener in self._listeners:
            listener.end()
