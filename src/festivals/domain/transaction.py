"""Money movements: what they are, and when one is refused.

A refusal for balance or state is kept like a success: a client that asks again with the same idempotency key gets
the same answer, and the business counts what it could not sell.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from festivals.domain.errors import Refusal
from festivals.domain.festival import FestivalStatus
from festivals.domain.wallet import Wallet, WalletStatus


class TransactionType(StrEnum):
    """The four ways money moves."""

    TOP_UP = "top_up"
    PURCHASE = "purchase"
    REFUND = "refund"
    TRANSFER = "transfer"


class TransactionStatus(StrEnum):
    """How a transaction ended; it never changes afterwards."""

    SUCCESS = "success"
    FAILED = "failed"
    INSUFFICIENT_BALANCE = "insufficient_balance"


class Failure(StrEnum):
    """Why a transaction was refused."""

    INSUFFICIENT_BALANCE = "insufficient_balance"
    FESTIVAL_NOT_OPEN = "festival_not_open"
    WALLET_EXPIRED = "wallet_expired"
    OTHER_FESTIVAL = "other_festival"
    NOT_A_PURCHASE = "not_a_purchase"
    MORE_THAN_LEFT = "more_than_left"

    @property
    def status(self) -> TransactionStatus:
        """The status of a transaction that failed for this."""
        if self is Failure.INSUFFICIENT_BALANCE:
            return TransactionStatus.INSUFFICIENT_BALANCE
        return TransactionStatus.FAILED

    @property
    def explanation(self) -> str:
        """One sentence for the client; the same at every replay."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    Failure.INSUFFICIENT_BALANCE: "the wallet holds less than the amount",
    Failure.FESTIVAL_NOT_OPEN: "the festival is not open",
    Failure.WALLET_EXPIRED: "a wallet of this transaction has expired",
    Failure.OTHER_FESTIVAL: "the two wallets belong to different festivals",
    Failure.NOT_A_PURCHASE: "only a successful purchase can be refunded",
    Failure.MORE_THAN_LEFT: "the amount is more than is left of the purchase to refund",
}


@dataclass(frozen=True, slots=True)
class Transaction:
    """A money movement that was asked for, whether it succeeded or not."""

    id: UUID
    festival_id: str
    type: TransactionType
    status: TransactionStatus
    failure: Failure | None
    amount_cents: int
    wallet_id: UUID
    created_at: datetime
    counterparty_wallet_id: UUID | None = None
    """The receiver of a transfer."""
    refunds_transaction_id: UUID | None = None
    stall: str | None = None


class TransactionRefused(Refusal):
    """Money was not moved; the transaction that is kept says why."""

    def __init__(self, transaction: Transaction, failure: Failure, *, replayed: bool) -> None:
        super().__init__(failure.explanation)
        self.transaction = transaction
        self.failure = failure
        self.replayed = replayed
        """Whether this answers a request that was already refused before."""


def top_up_failure(festival: FestivalStatus, wallet: Wallet) -> Failure | None:
    """Tell why `wallet` cannot be loaded, or None."""
    return _state_failure(festival, wallet)


def purchase_failure(festival: FestivalStatus, wallet: Wallet, amount_cents: int) -> Failure | None:
    """Tell why `wallet` cannot pay, or None."""
    return _state_failure(festival, wallet) or _balance_failure(wallet, amount_cents)


def transfer_failure(
    festival: FestivalStatus, sender: Wallet, receiver: Wallet, amount_cents: int
) -> Failure | None:
    """Tell why `sender` cannot give to `receiver`, or None."""
    if sender.festival_id != receiver.festival_id:
        return Failure.OTHER_FESTIVAL
    return _state_failure(festival, sender, receiver) or _balance_failure(sender, amount_cents)


def refund_failure(
    festival: FestivalStatus, wallet: Wallet, original: Transaction, left_cents: int, amount_cents: int
) -> Failure | None:
    """Tell why `amount_cents` of `original`, of which `left_cents` are not yet refunded, stay spent, or None."""
    if original.type is not TransactionType.PURCHASE or original.status is not TransactionStatus.SUCCESS:
        return Failure.NOT_A_PURCHASE
    if not 0 < amount_cents <= left_cents:
        return Failure.MORE_THAN_LEFT
    return _state_failure(festival, wallet)


def _state_failure(festival: FestivalStatus, *wallets: Wallet) -> Failure | None:
    if festival is not FestivalStatus.OPEN:
        return Failure.FESTIVAL_NOT_OPEN
    if any(wallet.status is not WalletStatus.ACTIVE for wallet in wallets):
        return Failure.WALLET_EXPIRED
    return None


def _balance_failure(wallet: Wallet, amount_cents: int) -> Failure | None:
    return Failure.INSUFFICIENT_BALANCE if wallet.balance_cents < amount_cents else None
