"""When a test can begin without running into weekly maintenance.

promtool begins every test at the epoch, a Thursday at midnight UTC.
"""

from collections.abc import Iterator

from steward.compile.slo.plan import Plan
from steward.model import Weekly
from steward.promql import ZERO, Duration, days, hours, minutes

_EPOCH_DAY = 4
_WEEK = days(7)
_LASTING = hours(12)
"""No test with raw series takes longer."""


def since_epoch(when: Weekly) -> Duration:
    """Return when weekly maintenance begins for the first time."""
    return days((when.weekday - _EPOCH_DAY) % 7) + minutes(when.start_minute)


def free_time(plan: Plan) -> Duration:
    """Return the first full hour after which no maintenance begins or goes on for the time of a test."""
    taken = list(_taken(plan))
    for hour in range(round(_WEEK.seconds / 3600)):
        begin = hours(hour)
        end = begin + _LASTING
        if not any(begin < after and start < end for start, after in taken):
            return begin
    return ZERO


def _taken(plan: Plan) -> Iterator[tuple[Duration, Duration]]:
    for one in plan.maintenance:
        if isinstance(one.when, Weekly):
            start = since_epoch(one.when)
            for turn in (start, start + _WEEK):
                yield turn, turn + one.when.lasting + plan.timing.base + plan.timing.base
