"""How shares, numbers and rates are written."""

import pytest

from steward.oncall.web.console.figures import amount, exactly, factor, lasting, percent


@pytest.mark.parametrize(
    ("share", "digits", "written"),
    [
        (0.42, 0, "42%"),
        (0.999996, 2, "99.99%"),
        (1, 3, "100.000%"),
        (0.999, 3, "99.900%"),
        (0.29, 0, "29%"),
        (0, 0, "0%"),
        (None, 0, "unknown"),
    ],
)
def test_a_share_is_never_written_nearer_to_whole_than_it_is(
    share: float | None, digits: int, written: str
) -> None:
    assert percent(share, digits) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (612, "612"),
        (9_812, "9,812"),
        (12_345, "12.3k"),
        (1_234_567, "1.23M"),
        (5e9, "5G"),
        (None, "unknown"),
    ],
)
def test_large_numbers_are_short(number: float | None, written: str) -> None:
    assert amount(number) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "0"), (0.001, "under 0.01"), (0.374, "0.374"), (14.4, "14.4"), (1_234.5, "1,234"), (None, "unknown")],
)
def test_rates_have_three_digits(number: float | None, written: str) -> None:
    assert factor(number) == written


def test_an_objective_is_written_as_it_was_declared() -> None:
    assert [exactly(value) for value in (99.9, 99.0, 99.95)] == ["99.9", "99", "99.95"]


def test_what_lasts_for_ages_is_not_counted() -> None:
    assert lasting(3_660) == "1 h 1 min"
    assert lasting(1e12) == "over a year"
