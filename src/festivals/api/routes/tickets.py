"""Operations on tickets, up to and at the gates."""

from uuid import UUID

from fastapi import APIRouter

from festivals.api.openapi import CONFLICT, NOT_FOUND
from festivals.api.schemas import (
    FestivalId,
    NewScan,
    NewTicket,
    NewTicketType,
    ScanAnswer,
    TicketAnswer,
    TicketTypeAnswer,
    TicketTypeList,
)
from festivals.services.gates import Gates
from festivals.services.tickets import Tickets


def router(tickets: Tickets, gates: Gates) -> APIRouter:
    """Return the operations on tickets."""
    routes = APIRouter(tags=["tickets"])

    @routes.post("/festivals/{festival_id}/ticket-types", status_code=201, responses=NOT_FOUND | CONFLICT)
    async def create_ticket_type(festival_id: FestivalId, body: NewTicketType) -> TicketTypeAnswer:
        """Offer a type of ticket."""
        made = await tickets.add_type(festival_id, body.name, body.kind, body.price_cents, body.capacity)
        return TicketTypeAnswer.model_validate(made)

    @routes.get("/festivals/{festival_id}/ticket-types", responses=NOT_FOUND)
    async def list_ticket_types(festival_id: FestivalId) -> TicketTypeList:
        """List a festival's ticket types; `issued` may be half a minute old."""
        found = await tickets.types(festival_id)
        return TicketTypeList(items=[TicketTypeAnswer.model_validate(ticket_type) for ticket_type in found])

    @routes.post("/festivals/{festival_id}/tickets", status_code=201, responses=NOT_FOUND | CONFLICT)
    async def issue_ticket(festival_id: FestivalId, body: NewTicket) -> TicketAnswer:
        """Issue a ticket; its delivery follows."""
        return TicketAnswer.model_validate(await tickets.issue(festival_id, body.ticket_type_id, body.holder))

    @routes.get("/tickets/{ticket_id}", responses=NOT_FOUND)
    async def get_ticket(ticket_id: UUID) -> TicketAnswer:
        """Look at a ticket as it is now."""
        return TicketAnswer.model_validate(await tickets.get(ticket_id))

    @routes.post("/festivals/{festival_id}/scans", responses=NOT_FOUND | CONFLICT)
    async def scan_ticket(festival_id: FestivalId, body: NewScan) -> ScanAnswer:
        """Judge a ticket at a gate; a refused scan is an answer, not an error."""
        scan = await gates.scan(festival_id, body.code, body.direction, body.gate)
        return ScanAnswer(
            accepted=scan.scan_type.accepted,
            scan_type=scan.scan_type,
            ticket_id=scan.ticket_id,
            scanned_at=scan.scanned_at,
        )

    return routes
