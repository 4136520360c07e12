"""Overrides: somebody takes a turn that a schedule gives to another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from steward.model import OnCall
from steward.oncall.domain.schedule import Duty, Origin, Shift
from steward.oncall.errors import Invalid

LONGEST = timedelta(days=92)
"""Whoever takes over for longer belongs into the rotation."""


@dataclass(frozen=True, slots=True)
class Override:
    """One of them, as it is kept."""

    id: int
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime
    cancelled_at: datetime | None = None
    """It counts until then, if that is before its end."""

    @property
    def counts_until(self) -> datetime:
        """When it ends indeed; not after its beginning where it was cancelled before."""
        return min(self.ends_at, self.cancelled_at) if self.cancelled_at else self.ends_at


def check(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """Refuse a stretch of time that cannot be meant; raises Invalid."""
    if ends_at <= starts_at:
        raise Invalid(f"the override ends at {_written(ends_at)}, before it begins at {_written(starts_at)}")
    if ends_at <= now:
        raise Invalid(f"the override would have ended already, at {_written(ends_at)}")
    if ends_at - starts_at > LONGEST:
        raise Invalid(f"an override lasts at most {LONGEST.days} days; change the rotation in the catalogue")


def as_shifts(overrides: Iterable[Override], oncall: OnCall) -> tuple[Shift, ...]:
    """Return them as shifts, the later made behind, so that it counts where two overlap.

    One for somebody who is no longer in the catalogue is left out: the turn is its owner's again.
    """
    in_order = sorted(overrides, key=lambda one: (one.created_at, one.id))
    named = ((one, oncall.person(one.person)) for one in in_order)
    return tuple(
        Shift(Duty(person, Origin.OVERRIDE), one.starts_at, one.counts_until)
        for one, person in named
        if person and one.starts_at < one.counts_until
    )


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")
