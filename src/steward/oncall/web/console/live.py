"""The stream that tells open pages what has changed, as server-sent events.

    event: changed
    id: 815
    data: {"topics": ["incidents", "pages"]}

It begins with a message of no topics, which tells the number of the newest event. A browser that comes back says
which event it heard of last, by `Last-Event-ID` or `?since=`; where anything happened since, it is told that
everything may have changed. A stream ends after an hour, so that whoever lost their access does not listen for
ever; browsers come back by themselves.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from steward.oncall.context import Context
from steward.oncall.live import EVERYTHING, NOTHING, Full, Listener, Live, Topics
from steward.oncall.web.access import Viewer
from steward.oncall.web.console.view import View
from steward.oncall.web.incident_views import LARGEST_ID

PATH = "/live"
_AGAIN_MILLISECONDS = 2_000
_BEAT_SECONDS = 15.0
_LASTS_SECONDS = 3_600.0

Since = Annotated[int | None, Query(ge=0, le=LARGEST_ID)]
LastId = Annotated[str, Header(alias="Last-Event-ID", max_length=100)]


def add(routes: APIRouter, context: Context, _view: View) -> None:
    """Add the stream."""

    @routes.get(PATH)
    async def listen(_caller: Viewer, since: Since = None, last_id: LastId = "") -> Response:
        """Tell what changes, as it happens."""
        heard = int(last_id) if last_id.isdecimal() else since
        stream = told(context.live, heard)
        try:
            first = await anext(stream)
        except Full as full:
            retry = {"Retry-After": "30"}
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, f"{full}; reload by hand", retry) from None
        return StreamingResponse(_joined(first, stream), media_type="text/event-stream", headers=_UNBUFFERED)


_UNBUFFERED = {"X-Accel-Buffering": "no"}
"""For proxies that would collect the stream."""


async def told(live: Live, heard: int | None) -> AsyncIterator[str]:
    """Yield the lines of a stream to whoever heard of that event last; raises Full at once."""
    with live.listening() as listener:
        missed = heard is not None and heard != live.last_id
        yield f"retry: {_AGAIN_MILLISECONDS}\n{_told(NOTHING, live.last_id)}"
        if missed:
            yield _event(EVERYTHING, live.last_id)
        async for topics in _news(listener):
            yield _event(topics, live.last_id) if topics else ": still here\n\n"


async def _news(listener: Listener) -> AsyncIterator[Topics]:
    loop = asyncio.get_running_loop()
    ends = loop.time() + _LASTS_SECONDS
    topics: Topics | None = NOTHING
    while loop.time() < ends:
        topics = await listener.heard(_BEAT_SECONDS)
        if topics is None:
            return
        yield topics


def _event(topics: Topics, last_id: int) -> str:
    return f"event: changed\n{_told(topics, last_id)}"


def _told(topics: Topics, last_id: int) -> str:
    return f"id: {last_id}\ndata: {json.dumps({'topics': sorted(topics)})}\n\n"


async def _joined(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for one in rest:
        yield one
