"""The business's own metrics; call these once for each committed change, after the commit."""

from festivals.catalogue import business
from festivals.domain.ticket import ScanType, TicketKind
from festivals.domain.transaction import Transaction, TransactionStatus
from steward.instrument import Instruments


class BusinessMetrics:
    """Counts what the business did."""

    def __init__(self, instruments: Instruments) -> None:
        self._transactions = instruments.counter(business.TRANSACTIONS)
        self._amount = instruments.histogram(business.TRANSACTION_AMOUNT)
        self._wallets_created = instruments.counter(business.WALLETS_CREATED)
        self._tickets_issued = instruments.counter(business.TICKETS_ISSUED)
        self._tickets_scanned = instruments.counter(business.TICKETS_SCANNED)

    def transaction_ended(self, transaction: Transaction) -> None:
        """Count a transaction, and its amount when it succeeded."""
        labels = {"festival_id": transaction.festival_id, "type": transaction.type.value}
        self._transactions.inc(**labels, status=transaction.status.value)
        if transaction.status is TransactionStatus.SUCCESS:
            self._amount.observe(transaction.amount_cents, **labels)

    def wallet_created(self) -> None:
        """Count a new wallet."""
        self._wallets_created.inc()

    def ticket_issued(self, festival_id: str, kind: TicketKind) -> None:
        """Count a new ticket."""
        self._tickets_issued.inc(festival_id=festival_id, ticket_type=kind.value)

    def ticket_scanned(self, festival_id: str, scan_type: ScanType) -> None:
        """Count a scan at a gate."""
        self._tickets_scanned.inc(festival_id=festival_id, scan_type=scan_type.value)
