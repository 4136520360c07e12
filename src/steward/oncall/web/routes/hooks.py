"""What Alertmanager calls."""

import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from steward.oncall.context import Context
from steward.oncall.errors import Invalid, Unavailable
from steward.oncall.services import intake
from steward.oncall.settings import WEBHOOK_TOKEN
from steward.oncall.store.database import StoreUnavailable
from steward.oncall.web.access import bearer

_AT_ONCE = 32
"""Webhooks that are worked on; more would only wait, so Alertmanager is asked to come again."""


class ReceiptView(BaseModel):
    """What became of a webhook; it is committed."""

    alerts: int
    """So many were in it."""
    changes: int
    """So many of them said something new."""


def router(context: Context) -> APIRouter:
    """Return the hook."""
    routes = APIRouter(include_in_schema=False)
    outcomes = context.metrics.webhooks

    # The order counts: who asks, then whether there is room, then what is said.
    @routes.post(
        "/webhooks/alertmanager",
        dependencies=[Depends(_sender(context.settings.webhook_token)), Depends(_Room(_AT_ONCE))],
    )
    def receive(body: Annotated[bytes, Depends(_body)]) -> ReceiptView:
        """Take in alerts: 200 once they are committed, 4xx for what cannot be understood, 503 to try again."""
        try:
            receipt = intake.receive(context.store, body, now=context.clock(), catalogue=context.catalogue)
        except (Invalid, StoreUnavailable) as error:
            outcomes.labels(outcome="rejected" if isinstance(error, Invalid) else "unavailable").inc()
            raise
        outcomes.labels(outcome="accepted").inc()
        if receipt.changes:
            context.wake()
        return ReceiptView(alerts=receipt.alerts, changes=receipt.changes)

    return routes


class _Room:
    """Lets in so many at a time; used on the event loop only."""

    def __init__(self, most: int) -> None:
        self._free = most

    async def __call__(self) -> AsyncIterator[None]:
        if not self._free:
            raise Unavailable("too many webhooks at once; send it again in a moment")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


def _sender(token: str | None) -> Callable[[Request], Awaitable[None]]:
    """Return a check that Alertmanager asks; without a token nobody may."""
    expected = _digest(token) if token else None

    async def check(request: Request) -> None:
        if expected is None:
            detail = f"no token is set for this hook; set {WEBHOOK_TOKEN.variable} to a {WEBHOOK_TOKEN.help}"
        elif secrets.compare_digest(_digest(bearer(request)), expected):
            return
        else:
            detail = "send the header Authorization: Bearer with the token that this hook expects"
        raise HTTPException(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})

    return check


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def _body(request: Request) -> bytes:
    return await request.body()
