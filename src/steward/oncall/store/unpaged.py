"""Alerts that fire while no page of theirs is open."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from steward.oncall.domain.states import PageState, SourceState
from steward.oncall.store.tables import alert, page


@dataclass(frozen=True, slots=True)
class Standing:
    """Alerts of one name that fire and stand alike."""

    name: str
    severity: str
    team: str
    silenced: bool
    page_id: int | None
    page_state: PageState | None
    """None where there never was a page."""
    count: int

    @property
    def paged(self) -> bool:
        """Whether somebody is told of it, or looks at it."""
        return self.page_state in (PageState.OPEN, PageState.ACKNOWLEDGED)


def firing(connection: Connection) -> list[Standing]:
    """Return everything that fires, counted by name and by how it stands."""
    state = func.max(page.c.state)
    key = (alert.c.name, alert.c.severity, alert.c.team, alert.c.silenced, alert.c.page_id)
    query = (
        select(*key, state.label("state"), func.count().label("total"))
        .select_from(alert.outerjoin(page, page.c.id == alert.c.page_id))
        .where(alert.c.source_state == SourceState.FIRING)
        .group_by(*key)
        .order_by(*key)
    )
    return [
        Standing(
            row.name,
            row.severity,
            row.team,
            row.silenced,
            row.page_id,
            PageState(row.state) if row.state else None,
            row.total,
        )
        for row in connection.execute(query)
    ]
