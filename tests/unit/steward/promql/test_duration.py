import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.promql import Duration, days, hours, minutes, seconds


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("30s", 30_000),
        ("5m", 300_000),
        ("1h30m", 5_400_000),
        ("30d", 2_592_000_000),
        ("1w", 604_800_000),
        ("5ms", 5),
    ],
)
def test_notation_of_prometheus_is_read(text: str, milliseconds: int) -> None:
    assert Duration.parse(text) == Duration(milliseconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "1m1h", "-5m", "5x"])
def test_other_notations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        Duration.parse(text)


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    assert Duration.parse(str(Duration(milliseconds))) == Duration(milliseconds)


def test_units_agree() -> None:
    assert days(1) == hours(24) == minutes(1440) == seconds(86_400)
    assert seconds(1).scaled(0.5) == Duration(500)
    assert minutes(1) + seconds(30) == seconds(90)
