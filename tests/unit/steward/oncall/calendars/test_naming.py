import pytest

from steward.model import OnCall, Person
from steward.oncall.calendars.reading import Event
from steward.oncall.services.calendars import person_of
from steward.testing.oncall import MONDAY

ANN = Person("ann", "Ann Alder", "ann@shop.example")
BOB = Person("bob", "Bob Birch", "Bob@Shop.example")
ONCALL = OnCall(people=(ANN, BOB), schedules=(), policies=())


@pytest.mark.parametrize(
    ("summary", "attendees", "who"),
    [
        ("", ("ann@shop.example",), ANN),
        ("", ("bob@shop.example",), BOB),
        ("Ann Alder", ("room@shop.example", "bob@shop.example", "ann@shop.example"), BOB),
        ("Ann Alder", ("room@shop.example",), ANN),
        ("ann", (), ANN),
        ("ANN ALDER", (), ANN),
        ("On Call - Bob Birch - SRE", (), BOB),
        ("[L1] bob", (), BOB),
        ("bob@shop.example is on call", (), BOB),
        ("Annual meeting", (), None),
        ("bobby", (), None),
        ("ann or bob", (), None),
        ("", (), None),
        ("Alder Ann", (), ANN),
        ("Birch", (), None),
    ],
)
def test_whom_an_event_names(summary: str, attendees: tuple[str, ...], who: Person | None) -> None:
    assert person_of(Event(summary, attendees, MONDAY, MONDAY), ONCALL) == who
