"""Charts on pages, as their addresses answer; and the range that an address asks for.

    @routes.get("/alerts/{name}/chart")
    async def show_chart(_caller: Viewer, name: str, wanted: Wanted) -> Response:
        return told(await chart(context.panels, view, queries, **wanted.of(context)))

where `chart` is that of `steward.dashboards.charts`.
"""

import gzip
from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import Depends, Query, Request
from starlette.responses import Response

from steward.dashboards import timerange
from steward.dashboards.encoding import encoded
from steward.dashboards.errors import BadQuestion
from steward.dashboards.wire import Chart
from steward.oncall.context import Context
from steward.oncall.errors import Invalid
from steward.program.web.encoding import takes_gzip

WIDEST = 8_000
"""Pixels."""

_JSON = "application/json"
_FRESH = {"Cache-Control": "no-store"}
_WORTH_COMPRESSING = 4_096
_FAST = 1
"""Of gzip's levels: data are asked for every few seconds."""

Time = Annotated[str, Query(max_length=60)]
From = Annotated[str, Query(alias="from", max_length=60)]
Width = Annotated[int, Query(ge=50, le=WIDEST)]


class Range(TypedDict):
    """As `charts.chart` takes it."""

    start: float
    end: float
    width: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A range as it stands in an address."""

    begin: str
    to: str
    width: int

    def of(self, context: Context) -> Range:
        """Return it in seconds since 1970; raises Invalid."""
        start, end = span(self.begin, self.to, context)
        return {"start": start, "end": end, "width": self.width}


def wanted(from_: From = "now-1h", to: Time = "now", width: Width = 900) -> Asked:
    """Read `from`, `to` and `width`."""
    return Asked(from_, to, width)


Wanted = Annotated[Asked, Depends(wanted)]


def span(begin: str, to: str, context: Context) -> tuple[float, float]:
    """Return both ends of a range in seconds since 1970; raises Invalid."""
    try:
        return timerange.span(begin, to, now=context.clock().timestamp())
    except BadQuestion as error:
        raise Invalid(str(error)) from None


def told(chart: Chart) -> Response:
    """Answer with a chart."""
    return json_answer(encoded(chart))


def json_answer(content: bytes, request: Request | None = None) -> Response:
    """Answer with JSON that nobody may keep; compressed where it is large and `request` takes that.

    Nothing secret stands beside what somebody else may have written, so its length tells nothing.
    """
    if request is None or len(content) < _WORTH_COMPRESSING or not takes_gzip(request.headers):
        return Response(content, media_type=_JSON, headers=_FRESH)
    small = gzip.compress(content, _FAST, mtime=0)
    return Response(
        small, media_type=_JSON, headers={**_FRESH, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    )
