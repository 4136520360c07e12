"""What to do when a service has ended: decided here, done elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from steward.model import Lifetime

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
"""After so long in health an earlier crash no longer counts."""
CRASH_LOOP = 5
"""So many ends in a row are a loop."""
ONESHOT_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class End:
    """How one run of a service came to its end."""

    code: int
    """As the shell counts: the exit code, or minus the number of the signal."""
    healthy: float = 0.0
    """Seconds it was ready for; 0 when it never was."""


@dataclass(frozen=True, slots=True)
class Finished:
    """It did what it was for."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Start it again after a pause of so many seconds."""

    after: float
    looping: bool
    """Whether it crashes again and again."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not start it again."""


Verdict = Finished | Restart | GiveUp


def decide(lifetime: Lifetime, ends: Sequence[End], *, settled: bool) -> Verdict:
    """Return what follows the last of `ends`.

    `settled` tells whether the service has ever been ready. A daemon that was is started again for ever, more and
    more slowly; one that never was is given up, since then something is wrong that time does not mend.
    """
    if lifetime is Lifetime.ONESHOT and ends[-1].code == 0:
        return Finished()
    row = crashes_in_a_row(ends)
    if lifetime is Lifetime.ONESHOT and row >= ONESHOT_ATTEMPTS:
        return GiveUp()
    if lifetime is Lifetime.DAEMON and row >= CRASH_LOOP and not settled:
        return GiveUp()
    pause = FIRST_PAUSE_SECONDS * 2 ** min(row - 1, 30)
    return Restart(after=min(pause, LONGEST_PAUSE_SECONDS), looping=row >= CRASH_LOOP)


def crashes_in_a_row(ends: Sequence[End]) -> int:
    """Count the latest ends that no minute of health stands between."""
    later = sum(1 for _ in takewhile(lambda end: end.healthy < HEALTHY_SECONDS, reversed(ends)))
    return min(later + 1, len(ends))
