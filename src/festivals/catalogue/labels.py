"""Labels that more than one metric carries."""

from http import HTTPStatus

from steward.model import OTHER, Label

CLIENT_CLOSED_REQUEST = 499
"""The status of a request whose client went away; no response was sent, so no standard code fits."""

METHOD = Label.closed("method", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER)
ROUTE = Label.bounded("path", 80, "route template, or __unmatched__")
STATUS = Label.closed(
    "status", *sorted({str(int(status)) for status in HTTPStatus} | {str(CLIENT_CLOSED_REQUEST)})
)

FESTIVAL = Label.bounded("festival_id", 50, "a festival's identifier")
