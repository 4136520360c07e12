"""What people type into the pages, and where they are led afterwards."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Path
from starlette.responses import RedirectResponse, Response

from steward.oncall.domain.states import IncidentStatus
from steward.oncall.errors import Invalid
from steward.oncall.web import patterns
from steward.oncall.web.incident_views import LARGEST_ID, IncidentSeverity
from steward.promql import Duration

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Line = Annotated[str, Form(min_length=1, max_length=200, pattern=patterns.SAID_LINE)]
Name = Annotated[str, Form(max_length=100, pattern=patterns.LINE)]
Text = Annotated[str, Form(max_length=20_000, pattern=patterns.ANY)]
Short = Annotated[str, Form(max_length=50)]
Status = Annotated[IncidentStatus, Form()]
Severity = Annotated[IncidentSeverity, Form()]
Number = Annotated[int, Form(ge=1, le=LARGEST_ID)]


def see(address: str) -> Response:
    """Lead a browser to a page, so that reloading it does not post again."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def typed(text: str) -> str:
    """Return what was typed, its lines ended as everywhere else."""
    return text.replace("\r\n", "\n").strip()


def typed_moment(text: str) -> datetime | None:
    """Read a date and time in UTC; None for nothing; raises Invalid."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is no date and time such as 2026-03-02T10:00") from None
    return moment.replace(tzinfo=UTC)


def typed_duration(text: str) -> timedelta:
    """Read a duration; raises Invalid."""
    try:
        return timedelta(milliseconds=Duration.parse(text).milliseconds)
    except (ValueError, OverflowError):
        raise Invalid(f"{text!r} is not a duration such as 30m, 2h or 1d") from None
