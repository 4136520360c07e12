"""An open page of which ann was told, and the application that takes an answer to it from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import httpx
from sqlalchemy import Row, select
from starlette.types import ASGIApp

from steward.oncall.context import Context
from steward.oncall.services.alerts import take_in
from steward.oncall.store.tables import event, page
from steward.oncall.web.app import create
from steward.testing.oncall import incoming
from steward.testing.visitors import Visitors


@dataclass(frozen=True, slots=True)
class Desk:
    """What a test of answers speaks to."""

    context: Context
    page_id: int
    app: ASGIApp

    @classmethod
    def of(cls, context: Context) -> Self:
        """Open a page in the context's store."""
        with context.store.write() as connection:
            take_in(
                connection,
                [incoming("APIDown")],
                source="test",
                now=context.clock(),
                catalogue=context.catalogue,
            )
            page_id = connection.execute(select(page.c.id)).scalar_one()
        return cls(context, page_id, create(context))

    def set(self, **settings: object) -> "Desk":
        """Return a desk at which the same page is answered under other settings."""
        changed = replace(self.context.settings, **settings)  # type: ignore[arg-type]
        context = replace(self.context, settings=changed)
        return Desk(context, self.page_id, create(context))

    async def ask(
        self, method: str, path: str, *, content: bytes = b"", headers: Mapping[str, str | bytes] | None = None
    ) -> httpx.Response:
        """Ask from elsewhere, without a log-in."""
        given = {
            name: value if isinstance(value, bytes) else value.encode() for name, value in (headers or {}).items()
        }
        pairs = [(name.encode(), value) for name, value in given.items()]
        async with Visitors(self.app)() as client:
            return await client.request(method, path, content=content, headers=pairs)

    def page(self) -> Row[Any]:
        """Return the page's row."""
        with self.context.store.read() as connection:
            return connection.execute(select(page).where(page.c.id == self.page_id)).one()

    def actors(self, kind: str) -> list[str]:
        """Return who did what the events of that kind tell."""
        with self.context.store.read() as connection:
            return list(connection.execute(select(event.c.actor).where(event.c.kind == kind)).scalars())
