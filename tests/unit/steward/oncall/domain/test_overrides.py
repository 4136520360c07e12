from datetime import datetime, timedelta

import pytest

from steward.oncall.domain.overrides import Override, as_shifts, check
from steward.oncall.errors import Invalid
from steward.testing.oncall import ANN, BOB, MONDAY, SHOP

HOUR = timedelta(hours=1)
assert SHOP.oncall is not None
ONCALL = SHOP.oncall


def override(number: int, person: str, *, made: datetime = MONDAY, cancelled: datetime | None = None) -> Override:
    return Override(number, "sre", person, MONDAY, MONDAY + 2 * HOUR, "ann", made, cancelled)


def test_the_later_made_stands_behind() -> None:
    found = as_shifts([override(1, "bob", made=MONDAY - HOUR), override(2, "ann", made=MONDAY - 2 * HOUR)], ONCALL)

    assert [one.person for one in found] == [ANN, BOB]


def test_of_those_made_at_one_time_the_higher_number_stands_behind() -> None:
    found = as_shifts([override(2, "ann"), override(1, "bob")], ONCALL)

    assert [one.person for one in found] == [BOB, ANN]


def test_one_for_somebody_who_has_left_the_catalogue_counts_for_nothing() -> None:
    assert as_shifts([override(1, "zoe")], ONCALL) == ()


@pytest.mark.parametrize(
    ("cancelled", "ends"),
    [(None, 2 * HOUR), (HOUR, HOUR), (3 * HOUR, 2 * HOUR), (timedelta(), None), (-HOUR, None)],
    ids=["not", "in it", "after it", "as it begins", "before it"],
)
def test_a_cancelled_one_counts_until_it_was_cancelled(
    cancelled: timedelta | None, ends: timedelta | None
) -> None:
    when = None if cancelled is None else MONDAY + cancelled

    found = as_shifts([override(1, "bob", cancelled=when)], ONCALL)

    assert [one.ends_at for one in found] == ([] if ends is None else [MONDAY + ends])


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        (HOUR, HOUR, "before it begins"),
        (HOUR, -HOUR, "before it begins"),
        (-2 * HOUR, -HOUR, "have ended already"),
        (-2 * HOUR, timedelta(), "have ended already"),
        (HOUR, timedelta(days=93), "at most 92 days"),
    ],
)
def test_times_that_cannot_be_meant(begin: timedelta, end: timedelta, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        check(MONDAY + begin, MONDAY + end, now=MONDAY)


def test_one_may_begin_in_the_past() -> None:
    check(MONDAY - HOUR, MONDAY + HOUR, now=MONDAY)
