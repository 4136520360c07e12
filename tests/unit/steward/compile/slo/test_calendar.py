"""Tests begin where no weekly maintenance is."""

from collections.abc import Callable

import pytest

from steward.compile.slo.plan import plans
from steward.compile.slo.proof.calendar import free_time
from steward.model import SLO, Catalogue, Collection, Maintenance, Weekly
from steward.promql import hours

THURSDAY, FRIDAY = 4, 5


@pytest.mark.parametrize(
    ("windows", "begins"),
    [
        ((), "0s"),
        ((Weekly(FRIDAY, 0, hours(2)),), "0s"),
        ((Weekly(THURSDAY, 120, hours(2)),), "5h"),
        ((Weekly(THURSDAY, 120, hours(2)), Weekly(THURSDAY, 16 * 60, hours(2))), "19h"),
        (tuple(Weekly(day, hour * 60, hours(1)) for day in range(7) for hour in (0, 6, 12, 18)), "0s"),
    ],
)
def test_first_free_time(
    availability: SLO,
    of: Callable[..., Catalogue],
    collection: Collection,
    windows: tuple[Weekly, ...],
    begins: str,
) -> None:
    planned = tuple(Maintenance("upgrade", one, (availability.name,), "Upgrade.") for one in windows)
    (plan,) = plans(of(availability, maintenance=planned), collection)
    assert str(free_time(plan)) == begins
