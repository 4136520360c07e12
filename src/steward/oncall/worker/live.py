"""See what happens in the store, whoever does it, and tell the pages that are open in browsers."""

import asyncio
import time
from collections.abc import Iterable, Iterator

from steward.oncall.context import Context
from steward.oncall.live import EVERYTHING, Topic, Topics
from steward.oncall.store import changes
from steward.oncall.store.changes import Change
from steward.oncall.store.database import Store
from steward.oncall.worker.pause import pause

_EVERY_SECONDS = 1.0
_FIGURES_EVERY_SECONDS = 30.0
_AT_ONCE = 1_000
_BACK = 200
"""So many numbers are looked at again: with several writers a lower number may be committed after a higher one."""
_SUBJECTS = {
    "page": Topic.PAGES,
    "incident": Topic.INCIDENTS,
    "silence": Topic.SILENCES,
    "alert": Topic.ALERTS,
    "override": Topic.ON_CALL,
    "oncall": Topic.ON_CALL,
    "calendar": Topic.ON_CALL,
}


async def run(context: Context, stopping: asyncio.Event) -> None:
    """Look once a second until `stopping` is set; then everybody who listens is let go."""
    observer = Observer(context.store)
    figures_at = time.monotonic() + _FIGURES_EVERY_SECONDS
    while not stopping.is_set():
        topics = await asyncio.to_thread(observer.look)
        if time.monotonic() >= figures_at:
            topics |= {Topic.FIGURES}
            figures_at = time.monotonic() + _FIGURES_EVERY_SECONDS
        context.live.tell(topics, observer.last_id)
        await pause(stopping, _EVERY_SECONDS)
    context.live.close()


class Observer:
    """Remembers which events it has seen."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: set[int] | None = None
        self.last_id = 0
        """Of the newest event."""

    def look(self) -> Topics:
        """Return what has changed since the last look; anything may have before the first one."""
        with self._store.read() as connection:
            newest = changes.newest_id(connection)
            found = changes.since(connection, newest - _BACK - self._gap(newest), limit=_AT_ONCE)
        new = [one for one in found if one.id not in (self._seen or ())]
        first = self._seen is None
        self._seen = {one.id for one in found}
        self.last_id = newest
        return EVERYTHING if first or len(found) == _AT_ONCE else topics_of(new)

    def _gap(self, newest: int) -> int:
        return 0 if self._seen is None else newest - self.last_id


def topics_of(new: Iterable[Change]) -> Topics:
    """Return what these events are about."""
    return frozenset(topic for one in new for topic in _topics(one))


def _topics(change: Change) -> Iterator[Topic]:
    subject = _SUBJECTS.get(change.kind.partition(".")[0])
    if subject:
        yield subject
    if change.alert:
        yield Topic.ALERTS
    if change.page:
        yield Topic.PAGES
    if change.incident:
        yield Topic.INCIDENTS
    if change.silence:
        yield Topic.SILENCES
