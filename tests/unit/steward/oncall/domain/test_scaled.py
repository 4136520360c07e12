"""On-call at another pace."""

from datetime import timedelta

from steward.oncall.domain.page import levels_of
from steward.oncall.domain.scaled import scaled
from steward.promql import Duration, seconds
from steward.testing.oncall import SHOP

PEOPLES = {"longest_silence"}
"""What people choose themselves."""


def test_every_wait_is_divided() -> None:
    assert SHOP.oncall is not None
    faster = scaled(SHOP.oncall, 60)

    assert [level.after for level in levels_of(faster.policies[0])] == [
        timedelta(),
        timedelta(seconds=15),
        timedelta(seconds=30),
    ]
    for name in type(faster).__slots__:
        value = getattr(SHOP.oncall, name)
        if isinstance(value, Duration) and name not in PEOPLES:
            assert getattr(faster, name) == seconds(value.seconds / 60), name


def test_real_time_changes_nothing() -> None:
    assert SHOP.oncall is not None
    assert scaled(SHOP.oncall, 1) is SHOP.oncall
