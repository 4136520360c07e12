"""What visitors are promised, over 30 days."""

from festivals.catalogue.api import REQUEST_DURATION, REQUESTS
from festivals.catalogue.business import TICKETS_SCANNED, TRANSACTIONS
from festivals.catalogue.dashboards import API_OVERVIEW, BUSINESS
from festivals.catalogue.teams import BACKEND, SRE
from steward.model import SLO, WORKBOOK, Events, Latency, Ratio

_NOT_SUCCESSFUL = Events(TRANSACTIONS, 'status!="success"')
"""Also refusals for want of money: the promise is on what visitors meet, the alert on what is our fault."""
_TICKET = tuple(level for level in WORKBOOK if level.name == "Ticket")

API_AVAILABILITY = SLO(
    "api-availability",
    "API Availability",
    Ratio(Events(REQUESTS), Events(REQUESTS, 'status=~"5.."')),
    99.9,
    SRE,
    "Requests to the API do not end with a 5xx.",
    "slo-api-availability",
    dashboard=API_OVERVIEW,
)
API_LATENCY = SLO(
    "api-latency",
    "API Latency",
    Latency(REQUEST_DURATION, 0.5),
    99,
    SRE,
    "Requests to the API are answered within 500 ms.",
    "slo-api-latency",
    dashboard=API_OVERVIEW,
)
TRANSACTION_SUCCESS = SLO(
    "transaction-success",
    "Transaction Success",
    Ratio(Events(TRANSACTIONS), _NOT_SUCCESSFUL),
    99.5,
    BACKEND,
    "Payments, top-ups, refunds and transfers succeed.",
    "slo-transaction-success",
    # A festival's rehearsal provokes each refusal once; and some visitors are always short of money.
    least_bad_events=20,
    dashboard=BUSINESS,
)
TICKET_SCAN_SUCCESS = SLO(
    "ticket-scan-success",
    "Ticket Scan Success",
    Ratio(Events(TICKETS_SCANNED), Events(TICKETS_SCANNED, 'scan_type=~"duplicate|invalid"')),
    99,
    BACKEND,
    "Tickets shown at the gates are accepted.",
    "slo-ticket-scan-success",
    dashboard=BUSINESS,
)
FESTIVAL_TRANSACTION_SUCCESS = SLO(
    "festival-transaction-success",
    "Transaction Success of each festival",
    Ratio(Events(TRANSACTIONS), _NOT_SUCCESSFUL),
    99.5,
    BACKEND,
    "Transactions succeed at each festival, which a sum over all would hide of a small one.",
    "slo-festival-transaction-success",
    # Somebody is woken by the objective over all festivals; this one tells which of them it is.
    burn_rates=_TICKET,
    by=("festival_id",),
    least_bad_events=20,
    dashboard=BUSINESS,
)

SLOS = (
    API_AVAILABILITY,
    API_LATENCY,
    TRANSACTION_SUCCESS,
    TICKET_SCAN_SUCCESS,
    FESTIVAL_TRANSACTION_SUCCESS,
)
