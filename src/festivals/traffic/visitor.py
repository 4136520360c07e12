"""One visitor as a state machine: `decide` says what they want next, `after` what they then believe.

A visitor goes by what they believe, not by what the platform answered, so their day does not depend on it. Belief
and truth part where they do in life: a forgetful visitor does not look what is left before ordering, and somebody
who was sent money does not notice.
"""

from dataclasses import dataclass, replace
from enum import Enum
from random import Random

from festivals.traffic.intentions import (
    Blunder,
    Buy,
    BuyTicket,
    Intention,
    LookAt,
    Mistake,
    OpenWallet,
    Refund,
    ScanIn,
    ScanOut,
    ShowForgery,
    TopUp,
    Transfer,
    View,
)
from festivals.traffic.profile import Phase
from festivals.traffic.site import GATES, LEAST_TOP_UP, MOST_TOP_UP, STALLS, TicketKind

SPARE_CENTS = 2_500
"""Who believes to have less sends nothing to friends."""
LOW_CENTS = 900
"""Who believes to have less, and looks, tops up."""

_VIEWS: tuple[tuple[View, float], ...] = (
    ("balance", 34),
    ("festival", 18),
    ("attendance", 18),
    ("history", 10),
    ("ticket types", 8),
    ("ticket", 6),
    ("transaction", 6),
)
_MISTAKES: tuple[Mistake, ...] = (
    "unknown wallet",
    "unknown festival",
    "unknown page",
    "nothing to pay",
    "unreadable amount",
    "missing key",
)
_TRANSFERS = 0.08
_REFUNDS = 0.05
_BLUNDERS = 0.01
_ASKED_TWICE = 0.025
_LOST_ANSWERS = 0.01


class Stage(Enum):
    """How far the visitor's day has come."""

    BROWSING = "wonders whether to go"
    CHOOSING = "reads what tickets there are"
    TRYING = "is at the gate without a ticket of their own"
    BUYING = "buys a ticket"
    COMING = "has a ticket and comes to the gate"
    AT_DESK = "is inside and needs a wallet"
    LOADING = "has a wallet with nothing in it"
    INSIDE = "is at the festival"
    BROKE = "was told that the wallet is empty"
    AWAY = "has gone out for a while"
    GONE = "has gone home"


class Habit(Enum):
    """What sets a visitor apart."""

    CAREFUL = "tops up in time"
    FORGETFUL = "orders without looking what is left"
    COPIER = "comes with a photograph of a friend's ticket, then buys one"
    FORGER = "comes with a ticket of their own making, then buys one"


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a visitor is set to do, and where they stand."""

    name: str
    friends: tuple[str, ...]
    """At least one; the first is the one whose ticket gets photographed."""
    ticket: TicketKind
    habit: Habit
    comes: float
    leaves: float
    out: tuple[float, float] | None = None
    """When they go out for a while and come back, before they have."""
    stage: Stage = Stage.BROWSING
    believes: int = 0
    """Cents they believe to have."""
    last_price: int = 0
    """Cents of the last purchase that can be given back, 0 for none."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The clock as a visitor sees it."""

    at: float
    phase: Phase


_NEXT = {
    Stage.BROWSING: Stage.CHOOSING,
    Stage.TRYING: Stage.BUYING,
    Stage.BUYING: Stage.COMING,
    Stage.COMING: Stage.AT_DESK,
    Stage.AT_DESK: Stage.LOADING,
    Stage.LOADING: Stage.INSIDE,
    Stage.BROKE: Stage.INSIDE,
    Stage.AWAY: Stage.INSIDE,
}


def decide(visitor: Visitor, moment: Moment, rng: Random) -> Intention:
    """Say what `visitor` wants now; whoever is GONE must not be asked."""
    match visitor.stage:
        case Stage.BROWSING:
            return LookAt("festival")
        case Stage.CHOOSING:
            return LookAt("ticket types")
        case Stage.TRYING:
            return _try_the_gate(visitor, rng)
        case Stage.BUYING:
            return BuyTicket(visitor.ticket)
        case Stage.COMING | Stage.AWAY:
            return ScanIn(rng.choice(GATES))
        case Stage.AT_DESK:
            return OpenWallet()
        case Stage.LOADING | Stage.BROKE:
            return _top_up(rng)
        case _:
            return _inside(visitor, moment, rng)


def after(visitor: Visitor, intention: Intention) -> Visitor:
    """Return `visitor` as they are once they have acted on `intention`."""
    believes, last_price = _account(visitor, intention)
    return replace(
        visitor,
        stage=_stage_after(visitor, intention),
        out=None if visitor.stage is Stage.AWAY else visitor.out,
        believes=believes,
        last_price=last_price,
    )


def _stage_after(visitor: Visitor, intention: Intention) -> Stage:
    match visitor.stage, intention:
        case Stage.CHOOSING, _:
            return Stage.TRYING if visitor.habit in {Habit.COPIER, Habit.FORGER} else Stage.BUYING
        case Stage.INSIDE, ScanOut(for_good=for_good):
            return Stage.GONE if for_good else Stage.AWAY
        case Stage.INSIDE, Buy(cents) if cents > visitor.believes:
            return Stage.BROKE
        case _:
            return _NEXT.get(visitor.stage, visitor.stage)


def _account(visitor: Visitor, intention: Intention) -> tuple[int, int]:
    """Return the cents that the visitor then believes to have, and the price they can ask back."""
    match intention:
        case TopUp(cents):
            return visitor.believes + cents, visitor.last_price
        case Buy(cents) if cents <= visitor.believes:
            return visitor.believes - cents, cents
        case Transfer(cents=cents):
            return visitor.believes - cents, visitor.last_price
        case Refund():
            return visitor.believes + visitor.last_price, 0
        case _:
            return visitor.believes, visitor.last_price


def _try_the_gate(visitor: Visitor, rng: Random) -> Intention:
    gate = rng.choice(GATES)
    if visitor.habit is Habit.COPIER:
        return ScanIn(gate, ticket_of=visitor.friends[0])
    return ShowForgery(gate)


def _inside(visitor: Visitor, moment: Moment, rng: Random) -> Intention:
    if moment.at >= visitor.leaves:
        return ScanOut(rng.choice(GATES))
    if visitor.out and moment.at >= visitor.out[0]:
        return ScanOut(rng.choice(GATES), for_good=False)
    if visitor.habit is not Habit.FORGETFUL and visitor.believes < LOW_CENTS:
        return _top_up(rng)
    if rng.random() < moment.phase.spending:
        return _order(visitor, rng)
    return _pass_the_time(visitor, rng)


def _order(visitor: Visitor, rng: Random) -> Intention:
    stall = rng.choices(STALLS, [stall.share for stall in STALLS])[0]
    price = rng.randrange(stall.least_cents, stall.most_cents + 1, 10)
    if price > visitor.believes and visitor.habit is not Habit.FORGETFUL:
        return _top_up(rng)
    return Buy(price, stall.name, resend=rng.random() < _LOST_ANSWERS)


def _pass_the_time(visitor: Visitor, rng: Random) -> Intention:
    draw = rng.random()
    if draw < _BLUNDERS:
        return Blunder(rng.choice(_MISTAKES))
    if draw < _BLUNDERS + _REFUNDS and visitor.last_price:
        return Refund(times=2 if rng.random() < _ASKED_TWICE else 1)
    if draw > 1 - _TRANSFERS and visitor.believes >= SPARE_CENTS:
        return Transfer(rng.choice(visitor.friends), rng.randrange(300, 1_500, 50))
    return LookAt(rng.choices([view for view, _ in _VIEWS], [weight for _, weight in _VIEWS])[0])


def _top_up(rng: Random) -> Intention:
    return TopUp(rng.randrange(LEAST_TOP_UP, MOST_TOP_UP + 1, 500))
