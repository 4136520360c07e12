"""The business's own metrics; call these once for each committed change, after the commit."""

from typing import NamedTuple

from festivals.catalogue import business
from festivals.domain.ticket import ScanType, TicketKind
from festivals.domain.transaction import Transaction, TransactionStatus
from steward.instrument import Instruments


class TransactionLabels(NamedTuple):
    """Of `TRANSACTIONS`."""

    festival_id: str
    type: str
    status: str


class AmountLabels(NamedTuple):
    """Of `TRANSACTION_AMOUNT`."""

    festival_id: str
    type: str


class TicketLabels(NamedTuple):
    """Of `TICKETS_ISSUED`."""

    festival_id: str
    ticket_type: str


class ScanLabels(NamedTuple):
    """Of `TICKETS_SCANNED`."""

    festival_id: str
    scan_type: str


class BusinessMetrics:
    """Counts what the business did."""

    def __init__(self, instruments: Instruments) -> None:
        self._transactions = instruments.counter(business.TRANSACTIONS, TransactionLabels)
        self._amount = instruments.histogram(business.TRANSACTION_AMOUNT, AmountLabels)
        self._wallets_created = instruments.counter(business.WALLETS_CREATED)
        self._tickets_issued = instruments.counter(business.TICKETS_ISSUED, TicketLabels)
        self._tickets_scanned = instruments.counter(business.TICKETS_SCANNED, ScanLabels)

    def transaction_ended(self, transaction: Transaction) -> None:
        """Count a transaction, and its amount when it succeeded."""
        festival_id, kind = transaction.festival_id, transaction.type.value
        self._transactions.labels(festival_id=festival_id, type=kind, status=transaction.status.value).inc()
        if transaction.status is TransactionStatus.SUCCESS:
            self._amount.labels(festival_id=festival_id, type=kind).observe(transaction.amount_cents)

    def wallet_created(self) -> None:
        """Count a new wallet."""
        self._wallets_created.inc()

    def ticket_issued(self, festival_id: str, kind: TicketKind) -> None:
        """Count a new ticket."""
        self._tickets_issued.labels(festival_id=festival_id, ticket_type=kind.value).inc()

    def ticket_scanned(self, festival_id: str, scan_type: ScanType) -> None:
        """Count a scan at a gate."""
        self._tickets_scanned.labels(festival_id=festival_id, scan_type=scan_type.value).inc()
