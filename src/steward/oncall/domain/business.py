"""Business days: when ordinary work begins again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import holidays

from steward.model import BusinessDays, CatalogueError
from steward.model.oncall import zone
from steward.oncall.domain.local_time import instant

_DAY = timedelta(days=1)
_ANY_YEAR = 2020
_SEARCHED = 370
"""Days; whoever has no business day in a year is told at once."""


def next_business_moment(business: BusinessDays, after: datetime) -> datetime:
    """Return the first instant, not before `after`, at which a business day opens, in UTC.

    Where there is no business day within a year it is `after` itself: told too early is better than never.
    """
    opening = (moment for moment in _openings(business, after) if moment >= after)
    return next(opening, after.astimezone(UTC))


def is_business_day(business: BusinessDays, day: date) -> bool:
    """Tell whether ordinary work is done on that day; see `check` for a place whose holidays are not known."""
    return day.weekday() in business.weekdays and day not in business.closed and not _is_holiday(business, day)


def check(business: BusinessDays) -> None:
    """Refuse a place whose public holidays are not known; raises CatalogueError. Call it at the start."""
    if business.country:
        public_holidays(business.country, business.subdivision, _ANY_YEAR)


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country in a year; raises CatalogueError for a place that is not known."""
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        place = f"{country}-{subdivision}" if subdivision else country
        raise CatalogueError(
            f"business days: no public holidays are known of {place!r}; write ISO 3166 codes, e.g. DE and BE"
        ) from None


def _is_holiday(business: BusinessDays, day: date) -> bool:
    try:
        return bool(business.country) and day in public_holidays(business.country, business.subdivision, day.year)
    except CatalogueError:
        return False  # nobody stays untold for a mistake in a country's name


def _openings(business: BusinessDays, after: datetime) -> Iterator[datetime]:
    local = zone(business.timezone, "business days")
    first = after.astimezone(local).date()
    for number in range(_SEARCHED):
        day = first + number * _DAY
        if is_business_day(business, day):
            yield instant(day, business.opens, local)
