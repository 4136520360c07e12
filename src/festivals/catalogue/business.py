"""What is watched of the business: money, wallets, tickets, people inside."""

from festivals.catalogue.labels import FESTIVAL
from steward.model import Across, Counter, Gauge, Histogram, Label, Unit

TRANSACTION_TYPE = Label.closed("type", "top_up", "purchase", "refund", "transfer")
TRANSACTION_STATUS = Label.closed("status", "success", "failed", "insufficient_balance")
TICKET_TYPE = Label.closed("ticket_type", "day", "weekend", "vip", "camping", "crew")
SCAN_TYPE = Label.closed(
    "scan_type",
    "entry",
    "exit",
    "reentry",
    "duplicate",
    "invalid",
    meaning="what a scan turned out to be; duplicate and invalid are the failed ones",
)

TRANSACTIONS = Counter(
    "festivals_transactions_total", "Money movements asked for.", (FESTIVAL, TRANSACTION_TYPE, TRANSACTION_STATUS)
)
TRANSACTION_AMOUNT = Histogram(
    "festivals_transaction_amount_cents",
    "Amounts of the money movements that succeeded.",
    (FESTIVAL, TRANSACTION_TYPE),
    Unit.CENTS,
    buckets=(100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000),
)
WALLETS_CREATED = Counter("festivals_wallets_created_total", "Wallets created.")
WALLETS_ACTIVE = Gauge("festivals_wallets_active", "Wallets that can be used.", across=Across.SCRAPE)
TICKETS_ISSUED = Counter("festivals_tickets_issued_total", "Tickets issued.", (FESTIVAL, TICKET_TYPE))
TICKETS_SCANNED = Counter("festivals_tickets_scanned_total", "Ticket scans at the gates.", (FESTIVAL, SCAN_TYPE))
FESTIVALS_ACTIVE = Gauge("festivals_festivals_active", "Festivals that are open.", across=Across.SCRAPE)
ATTENDEES = Gauge(
    "festivals_festival_attendees_current",
    "People inside an open festival.",
    (FESTIVAL,),
    across=Across.SCRAPE,
)

METRICS = (
    TRANSACTIONS,
    TRANSACTION_AMOUNT,
    WALLETS_CREATED,
    WALLETS_ACTIVE,
    TICKETS_ISSUED,
    TICKETS_SCANNED,
    FESTIVALS_ACTIVE,
    ATTENDEES,
)
