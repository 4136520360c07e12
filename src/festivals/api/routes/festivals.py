"""Operations on festivals."""

from fastapi import APIRouter

from festivals.api.openapi import CONFLICT, NOT_FOUND
from festivals.api.schemas import (
    AfterSlug,
    AttendanceAnswer,
    FestivalAnswer,
    FestivalId,
    FestivalPage,
    Limit,
    NewFestival,
    SettlementAnswer,
)
from festivals.services.festivals import Festivals
from festivals.services.settlements import Settlements


def router(festivals: Festivals, settlements: Settlements) -> APIRouter:
    """Return the operations on festivals."""
    routes = APIRouter(tags=["festivals"])

    @routes.post("/festivals", status_code=201, responses=CONFLICT)
    async def create_festival(body: NewFestival) -> FestivalAnswer:
        """Plan a festival."""
        return FestivalAnswer.model_validate(await festivals.create(body.id, body.name, body.currency))

    @routes.get("/festivals")
    async def list_festivals(limit: Limit = 50, after: AfterSlug = None) -> FestivalPage:
        """List festivals in the order of their ids."""
        found = await festivals.list(limit=limit, after=after)
        items = [FestivalAnswer.model_validate(festival) for festival in found]
        return FestivalPage(items=items, next=items[-1].id if len(items) == limit else None)

    @routes.get("/festivals/{festival_id}", responses=NOT_FOUND)
    async def get_festival(festival_id: FestivalId) -> FestivalAnswer:
        """Look at a festival."""
        return FestivalAnswer.model_validate(await festivals.get(festival_id))

    @routes.post("/festivals/{festival_id}/open", responses=NOT_FOUND | CONFLICT)
    async def open_festival(festival_id: FestivalId) -> FestivalAnswer:
        """Let money move and gates open."""
        return FestivalAnswer.model_validate(await festivals.open(festival_id))

    @routes.post("/festivals/{festival_id}/close", responses=NOT_FOUND | CONFLICT)
    async def close_festival(festival_id: FestivalId) -> FestivalAnswer:
        """Stop money and gates; the settlement follows."""
        return FestivalAnswer.model_validate(await festivals.close(festival_id))

    @routes.get("/festivals/{festival_id}/attendance", responses=NOT_FOUND)
    async def get_attendance(festival_id: FestivalId) -> AttendanceAnswer:
        """Count the people inside, up to a second ago."""
        return AttendanceAnswer(festival_id=festival_id, inside=await festivals.attendance(festival_id))

    @routes.get("/festivals/{festival_id}/settlement", responses=NOT_FOUND)
    async def get_settlement(festival_id: FestivalId) -> SettlementAnswer:
        """Look at the settlement of a closed festival."""
        return SettlementAnswer.model_validate(await settlements.get(festival_id))

    return routes
