"""How often rules are evaluated, and how far each looks back.

Let a scrape come every S seconds. The base rates span R = 4 S, so that one lost scrape loses nothing, and are
taken every R/2. A sum of base samples times R/2 is therefore a number of events. Ranges end half a step early: a
range of N steps then holds exactly N samples, both where ranges include their left end (Prometheus 2) and where
they do not (Prometheus 3).

The time scale divides windows and tiles; R follows the scrapes and stays. No window gets shorter than R.
"""

from dataclasses import dataclass

from steward.model import Collection
from steward.promql import Duration, hours, minutes, seconds

_SCRAPES = 4
_TILE = minutes(5)
_TILES_FROM = hours(6)
_BUDGET = minutes(2)


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock of one build."""

    scrape: int
    """Seconds between two scrapes."""
    scale: float = 1
    """How many times faster windows pass than they are declared."""

    @property
    def base(self) -> Duration:
        """The range of the base rates."""
        return seconds(_SCRAPES * self.scrape)

    @property
    def step(self) -> Duration:
        """The time between two evaluations of the base rates; each stands for that much time."""
        return self.base.scaled(0.5)

    @property
    def tile(self) -> Duration:
        """The length of a tile: five minutes, or what comes nearest in whole steps."""
        steps = round(_TILE.seconds / self.scale / self.step.seconds)
        return self.step.scaled(max(1, steps))

    @property
    def budget(self) -> Duration:
        """The time between two evaluations of the budget."""
        return max(self.step, self.real(_BUDGET))

    def real(self, declared: Duration) -> Duration:
        """Return how long a declared time takes at this scale."""
        return declared.scaled(1 / self.scale)

    def range(self, window: Duration) -> Duration:
        """Return the range that holds exactly the samples of a declared window."""
        half = self.step.scaled(0.5)
        return Duration(max(self.base, self.real(window)).milliseconds - half.milliseconds)

    def by_tiles(self, window: Duration) -> bool:
        """Tell whether a window is long enough for its edges to be as coarse as a tile."""
        return window >= _TILES_FROM

    def tiles(self, window: Duration) -> float:
        """Return how many tiles a declared window has."""
        return self.real(window).milliseconds / self.tile.milliseconds


def timing(collection: Collection, scale: float = 1) -> Timing:
    """Return the clock that fits a collection."""
    return Timing(collection.interval, scale)
