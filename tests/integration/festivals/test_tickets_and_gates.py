"""Tickets and gates, with real locks."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from festivals.catalogue import business
from festivals.domain.errors import Conflict, NotFound
from festivals.domain.ticket import Direction, ScanType, Ticket, TicketKind, TicketStatus
from festivals.services.census import census_reader
from festivals.services.composition import Services
from festivals.services.delivery import deliver
from festivals.store.database import Database
from steward.instrument import Instruments

pytestmark = pytest.mark.slow


async def issued(services: Services, *, capacity: int = 10) -> Ticket:
    await services.festivals.create("rock", "Rock", "EUR")
    await services.festivals.open("rock")
    day = await services.tickets.add_type("rock", "Day", TicketKind.DAY, 5000, capacity)
    return await services.tickets.issue("rock", day.id, "Ann")


async def waiting_jobs(database: Database) -> list[tuple[str, dict[str, str]]]:
    async with database.reading() as connection:
        jobs = await connection.execute(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"))
        return [(name, arguments) for name, arguments in jobs]


async def test_gates_that_scan_one_ticket_at_once_let_one_person_in(
    services: Services, instruments: Instruments
) -> None:
    ticket = await issued(services)
    for _ in range(5):
        gates = (services.gates.scan("rock", ticket.code, Direction.IN, f"gate {number}") for number in range(8))
        scans = Counter(scan.scan_type for scan in await asyncio.gather(*gates))
        assert scans.pop(ScanType.DUPLICATE) == 7
        assert scans.keys() <= {ScanType.ENTRY, ScanType.REENTRY}
        await services.gates.scan("rock", ticket.code, Direction.OUT, "gate 0")
    counted = {name: instruments.total(business.TICKETS_SCANNED, scan_type=name) for name in ScanType}
    assert counted == {"entry": 1, "reentry": 4, "exit": 5, "duplicate": 35, "invalid": 0}


async def test_a_day_of_one_ticket(services: Services) -> None:
    ticket = await issued(services)
    directions = [Direction.OUT, Direction.IN, Direction.IN, Direction.OUT, Direction.OUT, Direction.IN]
    scans = [await services.gates.scan("rock", ticket.code, direction, "north") for direction in directions]
    found = [scan.scan_type.value for scan in scans]
    assert found == ["invalid", "entry", "duplicate", "exit", "invalid", "reentry"]
    assert (await services.tickets.get(ticket.id)).inside


async def test_a_code_of_another_festival_is_invalid(services: Services) -> None:
    ticket = await issued(services)
    await services.festivals.create("jazz", "Jazz", "EUR")
    await services.festivals.open("jazz")
    scan = await services.gates.scan("jazz", ticket.code, Direction.IN, "north")
    assert (scan.scan_type, scan.ticket_id) == (ScanType.INVALID, None)


async def test_gates_are_shut_unless_the_festival_is_open(services: Services) -> None:
    with pytest.raises(NotFound):
        await services.gates.scan("rock", "x", Direction.IN, "north")
    await services.festivals.create("rock", "Rock", "EUR")
    with pytest.raises(Conflict):
        await services.gates.scan("rock", "x", Direction.IN, "north")


async def test_no_more_tickets_are_issued_than_there_is_room_for(
    services: Services, database: Database, instruments: Instruments
) -> None:
    ticket = await issued(services, capacity=4)
    attempts = (services.tickets.issue("rock", ticket.ticket_type_id, "Bob") for _ in range(8))
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(result) for result in results].count(Conflict) == 5
    assert instruments.total(business.TICKETS_ISSUED, ticket_type="day") == 4
    # A refused ticket asks for no delivery: the job is in the transaction that was rolled back.
    assert len(await waiting_jobs(database)) == 4


async def test_a_ticket_asks_for_its_delivery(services: Services, database: Database) -> None:
    ticket = await issued(services)
    assert await waiting_jobs(database) == [("deliver_ticket", {"ticket_id": str(ticket.id)})]
    assert [await deliver(database, ticket.id, datetime.now(UTC)) for _ in range(2)] == [True, False]
    assert (await services.tickets.get(ticket.id)).status is TicketStatus.DELIVERED


async def test_closing_asks_for_the_settlement(services: Services, database: Database) -> None:
    await services.festivals.create("rock", "Rock", "EUR")
    await services.festivals.open("rock")
    await services.festivals.close("rock")
    assert await waiting_jobs(database) == [("settle_festival", {"festival_id": "rock"})]


async def test_a_ticket_type_belongs_to_its_festival(services: Services) -> None:
    ticket = await issued(services)
    await services.festivals.create("jazz", "Jazz", "EUR")
    for ticket_type_id in (ticket.ticket_type_id, uuid4()):
        with pytest.raises(NotFound):
            await services.tickets.issue("jazz", ticket_type_id, "Ann")


async def test_the_census_counts_wallets_festivals_and_people(services: Services, database: Database) -> None:
    ticket = await issued(services)
    await services.gates.scan("rock", ticket.code, Direction.IN, "north")
    await services.wallets.create("rock", "Ann")
    await services.festivals.create("planned", "Planned", "EUR")
    await services.festivals.create("empty", "Empty", "EUR")
    await services.festivals.open("empty")
    assert await census_reader(database)() == {
        business.WALLETS_ACTIVE: {(): 1},
        business.FESTIVALS_ACTIVE: {(): 2},
        business.ATTENDEES: {("rock",): 1, ("empty",): 0},
    }
