"""The gates: who comes in, who goes out, who is sent away."""

from festivals.domain.errors import Conflict, NotFound
from festivals.domain.festival import FestivalStatus
from festivals.domain.ticket import Direction, Scan, judge
from festivals.services.clock import Clock, utc_now
from festivals.store import festivals, tickets
from festivals.store.database import Database
from festivals.telemetry.business import BusinessMetrics


class Gates:
    """Scans tickets."""

    def __init__(self, database: Database, metrics: BusinessMetrics, clock: Clock = utc_now) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock

    async def scan(self, festival_id: str, code: str, direction: Direction, gate: str) -> Scan:
        """Judge a ticket at a gate and keep the scan; raises NotFound, Conflict for a festival that is not open.

        Of two gates that scan one code at once, one sees what the other did.
        """
        async with self._database.transaction() as connection:
            _expect_open(await festivals.rely_on_status(connection, festival_id), festival_id)
            ticket = await tickets.lock_ticket_by_code(connection, festival_id, code)
            scan_type = judge(ticket, direction)
            ticket_id = None if ticket is None else ticket.id
            scan = Scan(festival_id, ticket_id, code, direction, gate, scan_type, self._clock())
            if ticket is not None and scan_type.accepted:
                await tickets.update_presence(connection, ticket.passed(direction))
            await tickets.insert_scan(connection, scan)
        self._metrics.ticket_scanned(festival_id, scan_type)
        return scan


def _expect_open(status: FestivalStatus | None, festival_id: str) -> None:
    if status is None:
        raise NotFound(f"no festival is called {festival_id}")
    if status is not FestivalStatus.OPEN:
        raise Conflict(f"festival {festival_id} is {status}; its gates are shut")
