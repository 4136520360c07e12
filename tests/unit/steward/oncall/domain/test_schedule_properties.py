"""What holds of every schedule, whatever its rotations, overrides and time zone."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from steward.model import OnCall, Person, Rotation, Schedule
from steward.model.oncall import zone
from steward.oncall.calendars.reading import read
from steward.oncall.calendars.writing import write
from steward.oncall.domain.schedule import Duty, Origin, Shift, gaps, on_call, on_duty, shifts
from steward.oncall.services.calendars import person_of

PEOPLE = tuple(
    Person(name, f"{name.title()} Adler", f"{name}@shop.example") for name in ("ann", "bob", "clo", "dan")
)
ONCALL = OnCall(people=PEOPLE, schedules=(), policies=())
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 400

people = st.sampled_from(PEOPLE)
# Quarter hours in the small hours are where clocks change; the rest of the day is there for company.
local_times = st.builds(time, st.sampled_from((0, 1, 2, 3, 9, 22)), st.sampled_from((0, 15, 30, 45)))
moments = st.integers(0, DAYS * 24 * 4).map(lambda quarters: BEGIN + timedelta(minutes=15 * quarters))
rotations = st.builds(
    Rotation,
    st.lists(people, max_size=3).map(tuple),
    st.dates(date(2025, 12, 1), date(2026, 12, 31)),
    st.sampled_from((1, 2, 7, 14)),
    local_times,
    st.none() | st.tuples(local_times, local_times),
    st.just(tuple(range(7))) | st.lists(st.integers(0, 6), max_size=4, unique=True).map(tuple),
)
schedules = st.builds(
    Schedule, st.just("sre"), st.just("SRE"), st.sampled_from(ZONES), st.lists(rotations, max_size=3).map(tuple)
)
overrides = st.lists(
    st.builds(
        lambda person, begin, minutes: Shift(
            Duty(person, Origin.OVERRIDE), begin, begin + timedelta(minutes=minutes)
        ),
        people,
        moments,
        st.integers(1, 20_000),
    ),
    max_size=4,
).map(tuple)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[datetime, datetime]:
    begin = draw(moments)
    return begin, begin + timedelta(minutes=draw(st.integers(1, 60 * 24 * 60)))


@settings(deadline=None, max_examples=50)
@given(schedules, overrides, stretches(), st.lists(st.floats(0, 0.999), min_size=5, max_size=5))
def test_the_shifts_say_what_on_call_says(
    schedule: Schedule, over: tuple[Shift, ...], stretch: tuple[datetime, datetime], places: list[float]
) -> None:
    begin, end = stretch
    found = shifts(schedule, begin, end, over)
    edges = [edge for one in found for edge in (one.starts_at, one.ends_at - timedelta(microseconds=1))]

    for at in [begin + (end - begin) * place for place in places] + edges:
        covering = [one.duty for one in found if one.covers(at)]
        duty = on_duty(schedule, at, over)
        assert covering == ([duty] if duty else [])
        assert on_call(schedule, at, over) == (duty.person if duty else None)


@settings(deadline=None, max_examples=50)
@given(schedules, overrides, stretches())
def test_at_most_one_person_is_on_call_and_shifts_and_gaps_are_the_whole_time(
    schedule: Schedule, over: tuple[Shift, ...], stretch: tuple[datetime, datetime]
) -> None:
    begin, end = stretch
    found = shifts(schedule, begin, end, over)
    parts = sorted([*((one.starts_at, one.ends_at) for one in found), *gaps(found, begin, end)])

    assert all(start < stop for start, stop in parts)
    assert [begin, *(stop for _, stop in parts)] == [*(start for start, _ in parts), end]


@settings(deadline=None, max_examples=50)
@given(schedules, overrides, stretches())
def test_our_own_calendar_read_back_gives_the_same_shifts(
    schedule: Schedule, over: tuple[Shift, ...], stretch: tuple[datetime, datetime]
) -> None:
    begin, end = stretch
    found = shifts(schedule, begin, end, over)
    content = write(schedule, found, now=BEGIN).decode()

    events = read(content, begin, end, zone(schedule.timezone, "here"))

    assert [(person_of(one, ONCALL), one.starts_at, one.ends_at) for one in events] == [
        (one.person, one.starts_at, one.ends_at) for one in found
    ]


@settings(deadline=None, max_examples=50)
@given(schedules, stretches(), st.floats(0.01, 0.99))
def test_two_halves_say_what_the_whole_says(
    schedule: Schedule, stretch: tuple[datetime, datetime], place: float
) -> None:
    begin, end = stretch
    middle = begin + (end - begin) * place

    def covered(*parts: tuple[Shift, ...]) -> timedelta:
        return sum((one.ends_at - one.starts_at for part in parts for one in part), timedelta())

    halves = shifts(schedule, begin, middle), shifts(schedule, middle, end)
    assert covered(*halves) == covered(shifts(schedule, begin, end))
