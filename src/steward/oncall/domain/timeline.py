"""A timeline that people can read: what belongs in it, in the order in which it happened, a burst as one line."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

_BURST = 4
_NAMED = 5
_TOLD_TOGETHER = {
    "alert.fired": "alerts fire",
    "alert.resolved": "alerts are resolved",
    "alert.missed": "alerts fired and ended unheard",
    "alert.silenced": "alerts are silenced",
    "alert.unsilenced": "alerts are silenced no more",
    "incident.alert_attached": "alerts were attached",
}
"""Kinds of which many within a minute are one line."""
_COUNTED_ON = frozenset({"page.joined"})
"""Kinds of which the last within a minute says what the others said."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    """When it happened."""
    kind: str
    actor: str
    text: str
    """One line; it may come from labels or people, and is not to be trusted."""
    note: str = ""
    """What a person wrote, as Markdown; empty for what is no note."""
    about: str = ""
    """Name of the alert that it is about."""
    page_id: int | None = None
    """The page that it is about."""


def told(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries in the order in which they happened, with each burst of one kind as one line."""
    bursts: dict[object, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.at):
        bursts.setdefault(_burst_of(entry), []).append(entry)
    # Two bursts may have been mixed; where one stays as it is, its entries go back to their places.
    return sorted((line for burst in bursts.values() for line in _lines(burst)), key=lambda line: line.at)


def _burst_of(entry: Entry) -> object:
    if entry.kind not in _TOLD_TOGETHER.keys() | _COUNTED_ON:
        return id(entry)
    return entry.kind, entry.actor, entry.page_id, entry.at.replace(second=0, microsecond=0)


def _lines(burst: Sequence[Entry]) -> list[Entry]:
    if len(burst) < _BURST:
        return list(burst)
    first = burst[0]
    if first.kind in _COUNTED_ON:
        return [burst[-1]]
    what = f"{len(burst)} {_TOLD_TOGETHER[first.kind]}"
    names = _named(burst)
    return [Entry(first.at, first.kind, first.actor, f"{what}: {names}" if names else what)]


def _named(burst: Sequence[Entry]) -> str:
    counted = Counter(entry.about for entry in burst if entry.about).most_common()
    shown = [name if count == 1 else f"{name} ({count} times)" for name, count in counted[:_NAMED]]
    others = len(counted) - _NAMED
    if others > 0:
        shown.append(f"{others} {'other' if others == 1 else 'others'}")
    return ", ".join(shown)
