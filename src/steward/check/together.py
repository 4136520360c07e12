"""What is found in a thing that has several expressions, as a panel has: what is accepted there holds for all."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from steward.check.finding import Finding, Place
from steward.check.reading.written import Written
from steward.check.shape import Use


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that was found in a thing, once its last expression is done."""

    found: Sequence[Finding]
    beside: Sequence[Finding]
    """Those among them that are about no expression."""


class Together:
    """Collects findings until the last expression of each thing is done."""

    def __init__(self, written: Iterable[Written], beside: Iterable[Finding]) -> None:
        self._waiting = Counter(_thing(one) for one in written)
        self._found: dict[Hashable, list[Finding]] = {}
        self._beside: dict[tuple[str, str], list[Finding]] = {}
        for finding in beside:
            self._beside.setdefault(_named(finding.place), []).append(finding)

    def complete(self, one: Written, found: Iterable[Finding]) -> Whole | None:
        """Take what was found in an expression; return the whole when it was the last of its thing."""
        thing = _thing(one)
        so_far = self._found.setdefault(thing, [])
        so_far.extend(found)
        self._waiting[thing] -= 1
        if self._waiting[thing]:
            return None
        beside = self._beside.pop(_named(one.place), [])
        return Whole([*so_far, *beside], beside)

    def left(self) -> Iterator[Finding]:
        """Yield what is about things without an expression."""
        for findings in self._beside.values():
            yield from findings


def _thing(one: Written) -> Hashable:
    return (*_named(one.place), one.accepts) if one.use is Use.PANEL else id(one)


def _named(place: Place) -> tuple[str, str]:
    return place.file, place.what
