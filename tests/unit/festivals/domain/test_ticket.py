from datetime import UTC, datetime
from uuid import uuid4

import pytest

from festivals.domain.ticket import Direction, ScanType, Ticket, TicketKind, TicketStatus, judge

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)


def ticket(*, inside: bool = False, entries: int = 0, delivered_at: datetime | None = None) -> Ticket:
    return Ticket(uuid4(), "rock", uuid4(), TicketKind.DAY, "CODE", "Ann", inside, entries, NOW, delivered_at)


@pytest.mark.parametrize(
    ("held", "direction", "scan_type"),
    [
        (None, Direction.IN, ScanType.INVALID),
        (None, Direction.OUT, ScanType.INVALID),
        (ticket(), Direction.IN, ScanType.ENTRY),
        (ticket(), Direction.OUT, ScanType.INVALID),
        (ticket(inside=True, entries=1), Direction.IN, ScanType.DUPLICATE),
        (ticket(inside=True, entries=1), Direction.OUT, ScanType.EXIT),
        (ticket(entries=1), Direction.IN, ScanType.REENTRY),
        (ticket(entries=1), Direction.OUT, ScanType.INVALID),
    ],
)
def test_what_a_scan_turns_out_to_be(held: Ticket | None, direction: Direction, scan_type: ScanType) -> None:
    assert judge(held, direction) is scan_type


def test_duplicate_and_invalid_scans_are_refused() -> None:
    assert {scan_type for scan_type in ScanType if not scan_type.accepted} == {
        ScanType.DUPLICATE,
        ScanType.INVALID,
    }


def test_passing_a_gate() -> None:
    entered = ticket().passed(Direction.IN)
    assert (entered.inside, entered.entries) == (True, 1)
    left = entered.passed(Direction.OUT)
    assert (left.inside, left.entries) == (False, 1)


def test_a_ticket_is_issued_until_it_is_delivered() -> None:
    assert ticket().status is TicketStatus.ISSUED
    assert ticket(delivered_at=NOW).status is TicketStatus.DELIVERED
