"""Those who work at the festival: the warm-up the night before, the soundcheck at gates and tills, the organiser.

All of it happens in the first minutes of the day, so whatever the platform counts has been seen once when the
gates open: each type of transaction, scan and ticket, and every way in which one is refused.
"""

from collections.abc import Iterator
from itertools import count
from random import Random

from festivals.traffic.intentions import (
    Blunder,
    Buy,
    BuyTicket,
    CloseFestival,
    Intention,
    LookAt,
    OpenWallet,
    Refund,
    ScanIn,
    ScanOut,
    ShowForgery,
    Step,
    TopUp,
    Transfer,
)
from festivals.traffic.profile import MINUTE, Day
from festivals.traffic.site import GATES, STALLS

WARM_UP_LEAD = "warm-up-lead"
WARM_UP_MATE = "warm-up-mate"
WARM_UP_CREW = (WARM_UP_LEAD, WARM_UP_MATE)
ORGANISER = "organiser"

_NORTH, _BAR = GATES[0], STALLS[0].name

_WARM_UP: tuple[Intention, ...] = (
    LookAt("festivals"),
    LookAt("festival"),
    LookAt("festival"),
    LookAt("ticket types"),
    LookAt("ticket types"),
    LookAt("attendance"),
    LookAt("attendance"),
    LookAt("settlement"),
    BuyTicket("day"),
    BuyTicket("weekend"),
    BuyTicket("vip"),
    BuyTicket("camping"),
    BuyTicket("crew"),
    LookAt("ticket"),
    ScanIn(_NORTH),
    ScanIn(_NORTH),
    ShowForgery(_NORTH),
    ScanOut(_NORTH, for_good=False),
    ScanIn(_NORTH),
    OpenWallet(),
    TopUp(5_000),
    Buy(650, _BAR, resend=True),
    LookAt("balance"),
    LookAt("transaction"),
    Refund(times=2),
    Transfer(WARM_UP_MATE, 500),
    Transfer(WARM_UP_MATE, 90_000),
    Buy(90_000, _BAR),
    LookAt("history"),
    Blunder("unknown wallet"),
    Blunder("unknown festival"),
    Blunder("unknown page"),
    Blunder("nothing to pay"),
    Blunder("unreadable amount"),
    Blunder("missing key"),
    Blunder("reused key"),
    Blunder("taken name"),
    CloseFestival(),
    TopUp(1_000),
    Buy(300, _BAR),
    Transfer(WARM_UP_MATE, 100),
    ScanIn(_NORTH),
    BuyTicket("day"),
)
"""A festival for the crew alone, over before the gates of the real one open."""

_SHIFT: tuple[Intention, ...] = (
    BuyTicket("crew"),
    *(scan for gate in GATES for scan in (ScanIn(gate), ScanOut(gate, for_good=False))),
    ScanIn(_NORTH),
    OpenWallet(),
    TopUp(2_000),
    Buy(400, _BAR),
    Buy(800, _BAR),
    Refund(),
)
"""What each of the crew tries, at every gate and at a till, before they stay for the day."""

_ROUND = 3 * MINUTE


def warm_up() -> Iterator[Step]:
    """Yield the warm-up: the mate only holds a wallet, the lead tries everything."""
    yield Step(1.0, WARM_UP_MATE, OpenWallet())
    yield Step(5.0, WARM_UP_MATE, TopUp(1_000))
    for place, intention in enumerate(_WARM_UP):
        yield Step(10.0 + 6.0 * place, WARM_UP_LEAD, intention)


def shift(name: str, place: int, day: Day, rng: Random) -> Iterator[Step]:
    """Yield the day of the crew's member number `place`: the soundcheck, and going home at its end."""
    at = 20.0 + 9.0 * place
    for intention in _SHIFT:
        yield Step(at, name, intention)
        at += rng.uniform(4, 10)
    yield Step(day.length - rng.uniform(1, 5) * MINUTE, name, ScanOut(_NORTH))


def organise(day: Day, *, visits_admin: bool) -> Iterator[Step]:
    """Yield the organiser's rounds: how many are inside, how the festivals stand, now and then the admin pages."""
    for number in count():
        at = 15.0 + number * _ROUND
        if at >= day.length:
            return
        yield Step(at, ORGANISER, LookAt("attendance"))
        yield Step(at, ORGANISER, LookAt("festivals" if number % 5 == 0 else "festival"))
        if visits_admin and number % 2 == 0:
            yield Step(at, ORGANISER, LookAt("admin"))
