"""Alerts on the business: money that no longer moves, gates that no longer open.

A guest who has too little money is no failure of the platform, and after payday there are many: those transactions
have the status `insufficient_balance` and count against the objective, but nobody is woken for them. `failed` is
what should have gone through.
"""

from festivals.catalogue.business import FESTIVALS_ACTIVE, TICKETS_SCANNED, TRANSACTIONS
from festivals.catalogue.dashboards import BUSINESS
from festivals.catalogue.teams import BACKEND
from steward.model import (
    Accepted,
    Alert,
    AlertGroup,
    Example,
    Severity,
    above,
    below,
    equal,
    flow,
    given,
    level,
    minutes,
)

_PAYMENTS = (("service", "payments"),)
_TICKETING = (("service", "ticketing"),)
_FESTIVAL_OPEN = "max(festivals_festivals_active) > 0"
"""Every process of the API says the same number, so it is no sum."""


def _ended(success: float, failed: float, poor: float, *, value: float | None) -> Example:
    festival = {"festival_id": "summer", "type": "purchase"}
    return given(
        flow(TRANSACTIONS, success, status="success", **festival),
        flow(TRANSACTIONS, failed, status="failed", **festival),
        flow(TRANSACTIONS, poor, status="insufficient_balance", **festival),
        value=value,
    )


def _volume(per_second: float, *, active: int, value: float | None) -> Example:
    return given(
        flow(TRANSACTIONS, per_second, festival_id="summer", type="purchase", status="success"),
        level(FESTIVALS_ACTIVE, active),
        value=value,
    )


def _scans(entries: float, duplicates: float, invalid: float, *, value: float | None) -> Example:
    scans = (
        flow(TICKETS_SCANNED, per_second, festival_id="summer", scan_type=kind)
        for kind, per_second in (("entry", entries), ("duplicate", duplicates), ("invalid", invalid))
    )
    return given(*scans, value=value, **({"festival_id": "summer"} if value is not None else {}))


HIGH_FAILED_TRANSACTION_RATE = Alert(
    "HighFailedTransactionRate",
    Severity.CRITICAL,
    BACKEND,
    'sum(rate(festivals_transactions_total{status="failed"}[5m]))\n'
    "/\n"
    "(sum(rate(festivals_transactions_total[5m])) > 0.05)",
    above(0.05),
    "{{ $value | humanizePercentage }} of the transactions fail",
    "{{ $value | humanizePercentage }} of all transactions fail, more than 5 %, guests without money not counted: "
    "stalls cannot sell. Look first at which festival and which type of transaction it is.",
    "high-failed-transaction-rate",
    lasting=minutes(5),
    keep_firing=minutes(2),
    fires=(
        _ended(93, 6, 1, value=0.06),
        _ended(46, 3.2, 0.8, value=0.064),
        _ended(0.06, 0.006, 0.004, value=0.006 / 0.07),
    ),
    silent=(_ended(87, 3, 10, value=0.03), _ended(0.02, 0.015, 0, value=None)),
    dashboard=BUSINESS,
    labels=_PAYMENTS,
)
VOLUME_DROP = Alert(
    "TransactionVolumeDrop",
    Severity.WARNING,
    BACKEND,
    "sum(rate(festivals_transactions_total[15m]))\n"
    "/\n"
    "(sum(rate(festivals_transactions_total[15m] offset 1h)) > 0.1)",
    below(0.5),
    "Transactions are down to {{ $value | humanizePercentage }} of an hour ago",
    "A festival is open and there are only {{ $value | humanizePercentage }} as many transactions as an hour ago, "
    "less than half: the headliner plays, or tills do not work. Look first at errors and at the stalls' network.",
    "transaction-volume-drop",
    lasting=minutes(10),
    fires=(_volume(0.06, active=1, value=0.4),),
    silent=(
        _volume(0.15, active=1, value=1),
        _volume(0.06, active=0, value=None),
        _volume(0.05, active=1, value=None),
    ),
    provided=_FESTIVAL_OPEN,
    dashboard=BUSINESS,
    labels=_PAYMENTS,
    accepts=(Accepted("far-example", "an example lasts, and of what lasts there is as much as an hour ago"),),
)
NO_TRANSACTIONS = Alert(
    "NoTransactions",
    Severity.WARNING,
    BACKEND,
    # After a restart there is no series at all until the first transaction, which is none just as well; but the
    # rate must have had its two minutes.
    "sum(rate(festivals_transactions_total[2m])) or vector(0)",
    equal(0),
    "A festival is open and nobody pays",
    "A festival is open and there has been no transaction for 15 minutes, successful or not. Look first at "
    "whether requests of the tills reach the API, then at the stalls' network.",
    "no-transactions",
    lasting=minutes(15),
    fires=(_volume(0, active=1, value=0),),
    silent=(_volume(0.05, active=1, value=0.05), _volume(0, active=0, value=None)),
    provided="max(festivals_festivals_active offset 2m) > 0",
    dashboard=BUSINESS,
    labels=_PAYMENTS,
)
HIGH_TICKET_SCAN_FAILURE_RATE = Alert(
    "HighTicketScanFailureRate",
    Severity.WARNING,
    BACKEND,
    # Of each festival: gates belong to one, and a large festival would hide a small one's.
    'sum by (festival_id) (rate(festivals_tickets_scanned_total{scan_type=~"duplicate|invalid"}[5m]))\n'
    "/\n"
    "(sum by (festival_id) (rate(festivals_tickets_scanned_total[5m])) > 0.05)",
    above(0.10),
    "{{ $value | humanizePercentage }} of the ticket scans at {{ $labels.festival_id }} fail",
    "At the festival {{ $labels.festival_id }} {{ $value | humanizePercentage }} of the scans are duplicate "
    "or invalid, more than 10 %: queues grow at the gates. Look first at whether it is one gate, one scanner, "
    "or copied tickets.",
    "high-ticket-scan-failure-rate",
    lasting=minutes(10),
    keep_firing=minutes(5),
    fires=(_scans(88, 6, 6, value=0.12), _scans(44, 3, 3, value=0.12), _scans(0.06, 0.005, 0.005, value=1 / 7)),
    silent=(_scans(94, 3, 3, value=0.06), _scans(0.02, 0.01, 0.005, value=None)),
    dashboard=BUSINESS,
    labels=_TICKETING,
)

ALERTS = AlertGroup(
    "business",
    "Alerts on the business",
    (HIGH_FAILED_TRANSACTION_RATE, VOLUME_DROP, NO_TRANSACTIONS, HIGH_TICKET_SCAN_FAILURE_RATE),
)
