"""How often rules are evaluated in a file of tests, and from what its worlds are made.

promtool evaluates all groups at one interval, that of the file:

- `moments`: as it will be, for what happens within an hour or two.
- `hours`: once a tile. Each sample of the base rates then stands for less time than it says, and so do their sums.
- `days`: once an hour, from tiles that are given and not recorded.
"""

from dataclasses import dataclass

from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.calendar import free_time
from steward.compile.slo.proof.case import Case
from steward.compile.slo.proof.world import Stretch, recorded_world, world
from steward.compile.slo.windows import HOUR
from steward.promql import Duration


@dataclass(frozen=True, slots=True)
class Stage:
    """One interval of evaluation."""

    plan: Plan
    every: Duration
    """Between two evaluations."""
    interval: Duration
    """Between two samples of the series."""
    recorded: bool = False
    """Whether the world is made of what is recorded else."""

    @property
    def seen(self) -> float:
        """Which part of the events the rules count."""
        return 1 if self.recorded else self.plan.timing.step.milliseconds / self.every.milliseconds

    def on(self, time: Duration) -> Duration:
        """Return the first evaluation at or after a time."""
        return Duration(-(-time.milliseconds // self.every.milliseconds) * self.every.milliseconds)

    def case(self, name: str, *stretches: Stretch) -> Case:
        """Begin a test in a world."""
        if self.recorded:
            return Case(self.plan, name, self.interval, recorded_world(self.plan, self.interval, *stretches))
        series = world(self.plan, self.interval, *stretches)
        return Case(self.plan, name, self.interval, series, free_time(self.plan))


def moments(plan: Plan) -> Stage:
    """Return the stage for what happens within an hour or two."""
    return Stage(plan, plan.timing.step, Duration(plan.timing.scrape * 1000))


def hours(plan: Plan) -> Stage:
    """Return the stage for what happens within a day or two."""
    return Stage(plan, plan.timing.tile, plan.timing.step)


def days(plan: Plan) -> Stage:
    """Return the stage for what takes longer."""
    tiles = round(HOUR.milliseconds / plan.timing.tile.milliseconds)
    return Stage(plan, plan.timing.tile.scaled(tiles), plan.timing.tile, recorded=True)
