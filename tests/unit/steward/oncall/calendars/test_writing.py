from datetime import timedelta

from icalendar import Calendar

from steward.oncall.calendars.writing import write
from steward.oncall.domain.schedule import Duty, Origin, Shift
from steward.testing.oncall import ANN, BOB, MONDAY, SCHEDULES

HOUR = timedelta(hours=1)
SRE = SCHEDULES[0]
SHIFTS = (
    Shift(Duty(ANN), MONDAY, MONDAY + HOUR),
    Shift(Duty(BOB, Origin.OVERRIDE), MONDAY + HOUR, MONDAY + 2 * HOUR),
)


def test_a_shift_is_an_event() -> None:
    calendar = Calendar.from_ical(write(SRE, SHIFTS, now=MONDAY))
    first, second = calendar.walk("VEVENT")

    assert calendar["X-WR-CALNAME"] == "SRE on-call"
    assert first["SUMMARY"] == "Ann Alder: SRE on-call"
    assert (first["ATTENDEE"], first["ATTENDEE"].params["CN"]) == ("mailto:ann@shop.example", "Ann Alder")
    assert b"DTSTART:20260302T100000Z\r\nDTEND:20260302T110000Z" in first.to_ical()
    assert b"CATEGORIES:override" in second.to_ical()


def test_a_shift_keeps_its_name_whenever_it_is_written() -> None:
    def names(shifts: tuple[Shift, ...], days: int) -> list[str]:
        calendar = Calendar.from_ical(write(SRE, shifts, now=MONDAY + timedelta(days=days)))
        return [str(event["UID"]) for event in calendar.walk("VEVENT")]

    longer = Shift(SHIFTS[1].duty, SHIFTS[1].starts_at, MONDAY + 3 * HOUR)

    assert names(SHIFTS, 0) == names((SHIFTS[0], longer), 30)
    assert len(set(names(SHIFTS, 0))) == 2
