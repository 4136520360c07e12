"""When a visitor does things: what is fixed before the day, and how long they wait between two acts."""

from collections.abc import Iterator, Sequence
from random import Random

from festivals.traffic.intentions import Step
from festivals.traffic.profile import HOUR, MINUTE, Day
from festivals.traffic.site import OFFERS, TicketKind
from festivals.traffic.visitor import Habit, Moment, Stage, Visitor, after, decide

_FORGETFUL = 0.01
_COPIERS = 0.005
_FORGERS = 0.0015
_GO_OUT = 0.3
_LEAST_STAY = HOUR

_WAITS = {
    Stage.CHOOSING: (20, 60),
    Stage.BUYING: (30, 120),
    Stage.AT_DESK: (1 * MINUTE, 4 * MINUTE),
    Stage.LOADING: (15, 40),
    Stage.BROKE: (1 * MINUTE, 3 * MINUTE),
}
"""Seconds before the act of a stage, at least and at most; the other stages wait for a point of the day."""


def live(name: str, friends: Sequence[str], day: Day, rng: Random) -> Iterator[Step]:
    """Yield the visitor's day step by step, in the order of time."""
    visitor = invite(name, friends, day, rng)
    at = _first_look(visitor, rng)
    while visitor.stage is not Stage.GONE:
        intention = decide(visitor, Moment(at, day.phase_at(at)), rng)
        yield Step(at, name, intention)
        visitor = after(visitor, intention)
        at = next_at(visitor, at, day, rng)


def invite(name: str, friends: Sequence[str], day: Day, rng: Random) -> Visitor:
    """Draw who the visitor is, and when they come, go out and leave."""
    comes = day.arrival(rng.random())
    leaves = min(max(day.departure(rng.random()), comes + _LEAST_STAY), day.length - rng.uniform(0, MINUTE))
    return Visitor(
        name,
        tuple(friends),
        ticket=_ticket(rng),
        habit=_habit(rng),
        comes=comes,
        leaves=leaves,
        out=_way_out(comes, leaves, rng),
    )


def next_at(visitor: Visitor, now: float, day: Day, rng: Random) -> float:
    """Return when the visitor acts next, never before `now`."""
    match visitor.stage:
        case Stage.TRYING | Stage.COMING:
            return max(visitor.comes, now + rng.uniform(30, 90))
        case Stage.AWAY:
            return max(visitor.out[1] if visitor.out else now, now)
        case Stage.INSIDE:
            goes = visitor.out[0] if visitor.out else visitor.leaves
            return max(min(day.after(now, rng.expovariate(1)), goes), now)
        case Stage.GONE:
            return now
        case stage:
            return now + rng.uniform(*_WAITS[stage])


def _first_look(visitor: Visitor, rng: Random) -> float:
    before = visitor.comes - rng.uniform(10, 60) * MINUTE
    return before if before > 0 else rng.uniform(1, 10) * MINUTE


def _way_out(comes: float, leaves: float, rng: Random) -> tuple[float, float] | None:
    first, last = comes + HOUR, leaves - 1.5 * HOUR
    if rng.random() >= _GO_OUT or first >= last:
        return None
    goes = rng.uniform(first, last)
    return goes, goes + rng.uniform(10, 60) * MINUTE


def _ticket(rng: Random) -> TicketKind:
    return rng.choices([offer.kind for offer in OFFERS], [offer.demand for offer in OFFERS])[0]


def _habit(rng: Random) -> Habit:
    habits = (Habit.FORGETFUL, Habit.COPIER, Habit.FORGER, Habit.CAREFUL)
    shares = (_FORGETFUL, _COPIERS, _FORGERS, 1 - _FORGETFUL - _COPIERS - _FORGERS)
    return rng.choices(habits, shares)[0]
