"""A page as it stands, with its policy as it was when the page opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from steward.model import Policy, Target, Way
from steward.oncall.domain.states import PageState


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a policy."""

    to: Target
    by: tuple[Way, ...]
    after: timedelta = timedelta()
    """Counted from the page's `counted_from`."""
    on_business_day: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Something that people are told of. It never changes: what becomes of it is another value."""

    id: int
    key: str
    title: str
    severity: str
    team: str
    dedup_key: str
    levels: tuple[Level, ...]
    state: PageState
    opened_at: datetime
    counted_from: datetime
    step: int = 0
    """Index of the next level."""
    next_at: datetime | None = None
    """When the next level is due; where the page is snoozed, when that ends."""
    closes_at: datetime | None = None
    """When it is resolved unless it fires again; None while an alert of it fires."""
    snoozed_until: datetime | None = None
    held: bool = False
    """Every alert of it that fires is silenced, so nobody is told."""
    alerts_total: int = 0
    alerts_firing: int = 0
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    incident_id: int | None = None
    version: int = 1

    @property
    def level(self) -> Level | None:
        """The next level; None where every level was taken."""
        return self.levels[self.step] if self.step < len(self.levels) else None


def levels_of(policy: Policy | None) -> tuple[Level, ...]:
    """Return the levels of a policy; none where there is no policy."""
    steps = policy.steps if policy else ()
    return tuple(
        Level(step.to, step.by, timedelta(milliseconds=step.after.milliseconds), step.on_business_day)
        for step in steps
    )


def written(levels: Iterable[Level]) -> list[dict[str, Any]]:
    """Return levels as plain values, to be kept with the page."""
    return [
        {
            "to": level.to.value,
            "by": [way.value for way in level.by],
            "after_seconds": level.after.total_seconds(),
            "on_business_day": level.on_business_day,
        }
        for level in levels
    ]


def read(snapshot: Iterable[Mapping[str, Any]]) -> tuple[Level, ...]:
    """Return what `written` wrote."""
    return tuple(
        Level(
            Target(level["to"]),
            tuple(Way(way) for way in level["by"]),
            timedelta(seconds=level["after_seconds"]),
            level["on_business_day"],
        )
        for level in snapshot
    )
