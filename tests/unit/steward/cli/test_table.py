import pytest

from steward.cli import table
from steward.stack.record import Leader, Phase, ServiceRecord


def service(name: str, phase: Phase) -> ServiceRecord:
    return ServiceRecord(name, name, phase, Leader(1, ""), {"http": 80, "grpc": 81}, None, 2, 100.0, "")


def test_columns_are_aligned() -> None:
    shown = table.lines([service("a", Phase.READY), service("longer", Phase.WAITING)], {"a": 5 * 1024**2}, 165.0)
    assert shown == [
        "SERVICE  STATE    PORT    MEMORY  RESTARTS  SINCE",
        "a        ready    80, 81  5 MB    2         65 s",
        "longer   waiting  80, 81  -       2         65 s",
    ]


def test_a_state_is_painted_and_a_name_that_is_the_same_word_is_not() -> None:
    shown = table.lines([service("ready", Phase.READY)], {}, 100.0, paint=lambda text, phase: f"<{text}>")
    assert shown[1].startswith("ready    <ready>")


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_ages_are_for_people(seconds: float, text: str) -> None:
    assert table.age(seconds) == text


def test_times_are_utc() -> None:
    assert table.timestamp(0.25) == "1970-01-01T00:00:00.250Z"


@pytest.mark.parametrize(
    ("phase", "colour"), [(Phase.READY, "green"), (Phase.STARTING, "yellow"), (Phase.CRASH_LOOPING, "red")]
)
def test_colours_say_how_it_is(phase: Phase, colour: str) -> None:
    assert table.colour(phase) == colour
