from datetime import UTC, date, datetime, time

import pytest

from steward.model import BusinessDays, CatalogueError
from steward.oncall.domain.business import check, is_business_day, next_business_moment, public_holidays

BERLIN = BusinessDays("Europe/Berlin", country="DE", subdivision="BE")
NEW_YORK = BusinessDays("America/New_York", time(8, 30), country="US", closed=(date(2026, 11, 27),))
PLAIN = BusinessDays()

TABLE = [
    (PLAIN, "2026-03-02T08:59:59Z", "2026-03-02T09:00:00Z", "the same day, before it opens"),
    (PLAIN, "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z", "the moment it opens"),
    (PLAIN, "2026-03-02T09:00:01Z", "2026-03-03T09:00:00Z", "during the day: the next one"),
    (PLAIN, "2026-03-06T09:30:00Z", "2026-03-09T09:00:00Z", "Friday: Monday"),
    (PLAIN, "2026-03-07T12:00:00Z", "2026-03-09T09:00:00Z", "Saturday: Monday"),
    (BERLIN, "2026-03-27T12:00:00Z", "2026-03-30T07:00:00Z", "over the weekend on which clocks go forward"),
    (BERLIN, "2026-10-23T12:00:00Z", "2026-10-26T08:00:00Z", "over the weekend on which clocks go back"),
    (BERLIN, "2026-04-02T12:00:00Z", "2026-04-07T07:00:00Z", "Good Friday, the weekend, Easter Monday"),
    (BERLIN, "2026-12-24T12:00:00Z", "2026-12-28T08:00:00Z", "Christmas"),
    (BERLIN, "2026-12-31T12:00:00Z", "2027-01-04T08:00:00Z", "the new year"),
    (BERLIN, "2028-02-28T12:00:00Z", "2028-02-29T08:00:00Z", "a leap day is a day"),
    (NEW_YORK, "2026-11-25T20:00:00Z", "2026-11-30T13:30:00Z", "Thanksgiving, and a day of our own"),
    (NEW_YORK, "2026-03-07T02:00:00Z", "2026-03-09T12:30:00Z", "Friday evening there"),
]


@pytest.mark.parametrize(
    ("business", "after", "expected"), [row[:3] for row in TABLE], ids=[row[3] for row in TABLE]
)
def test_next_business_moment(business: BusinessDays, after: str, expected: str) -> None:
    found = next_business_moment(business, datetime.fromisoformat(after))

    assert found == datetime.fromisoformat(expected)
    assert found.tzinfo is UTC


def test_where_no_day_is_a_business_day_it_is_at_once() -> None:
    never = BusinessDays(weekdays=())
    now = datetime.fromisoformat("2026-03-02T12:00:00+02:00")

    assert next_business_moment(never, now) == now


def test_public_holidays_are_those_of_the_subdivision() -> None:
    bavaria = BusinessDays("Europe/Berlin", country="DE", subdivision="BY")
    epiphany = date(2026, 1, 6)

    assert is_business_day(BERLIN, epiphany)
    assert not is_business_day(bavaria, epiphany)
    assert is_business_day(BusinessDays("Europe/Berlin"), date(2026, 12, 25))


@pytest.mark.parametrize(("country", "subdivision"), [("XX", ""), ("DE", "QQ")])
def test_a_place_without_known_holidays_is_named(country: str, subdivision: str) -> None:
    with pytest.raises(CatalogueError, match=subdivision or country):
        public_holidays(country, subdivision, 2026)
    with pytest.raises(CatalogueError, match="write ISO 3166 codes"):
        check(BusinessDays(country=country, subdivision=subdivision))


def test_people_are_told_though_the_place_is_not_known() -> None:
    found = next_business_moment(BusinessDays(country="XX"), datetime.fromisoformat("2026-12-24T12:00:00Z"))

    assert found == datetime.fromisoformat("2026-12-25T09:00:00Z")


@pytest.mark.parametrize("business", [PLAIN, BERLIN, NEW_YORK])
def test_a_place_that_is_known_is_fine(business: BusinessDays) -> None:
    check(business)
