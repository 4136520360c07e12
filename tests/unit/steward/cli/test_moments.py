import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
import pytest

from steward.cli.moments import length, moment, written


@pytest.fixture
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_berlin")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29T18:00Z", datetime(2026, 3, 29, 18, tzinfo=UTC)),
        ("2026-03-29T18:00-04:00", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("2026-03-29T18:00", datetime(2026, 3, 29, 16, tzinfo=UTC)),
        ("2026-12-24", datetime(2026, 12, 23, 23, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_this_machines(text: str, expected: datetime) -> None:
    assert moment(text) == expected
    assert moment(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "soon", "18:00", "2026-02-29T00:00", "0001-01-01T00:00+14:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time"):
        moment(text)


def test_a_length_of_time() -> None:
    assert length("1d12h") == timedelta(days=1, hours=12)


@pytest.mark.parametrize("text", ["", "soon", "8", "-1h", "99999999999y"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(click.BadParameter):
        length(text)


def test_a_time_is_written_in_utc() -> None:
    assert written(datetime.fromisoformat("2026-03-29T18:00+02:00")) == "2026-03-29T16:00:00Z"
