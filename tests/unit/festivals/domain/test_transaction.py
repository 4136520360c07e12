from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festivals.domain.festival import FestivalStatus
from festivals.domain.ledger import Account, entries
from festivals.domain.transaction import (
    Failure,
    Transaction,
    TransactionStatus,
    TransactionType,
    purchase_failure,
    refund_failure,
    top_up_failure,
    transfer_failure,
)
from festivals.domain.wallet import Wallet, WalletStatus

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)
OPEN = FestivalStatus.OPEN


def wallet(cents: int = 100, *, festival: str = "rock", status: WalletStatus = WalletStatus.ACTIVE) -> Wallet:
    return Wallet(uuid4(), festival, "Ann", status, cents, NOW, NOW)


def transaction(kind: TransactionType = TransactionType.PURCHASE, cents: int = 100) -> Transaction:
    success = TransactionStatus.SUCCESS
    return Transaction(uuid4(), "rock", kind, success, None, cents, uuid4(), NOW, counterparty_wallet_id=uuid4())


@pytest.mark.parametrize("festival", [FestivalStatus.PLANNED, FestivalStatus.CLOSED])
def test_money_moves_only_while_the_festival_is_open(festival: FestivalStatus) -> None:
    shut = Failure.FESTIVAL_NOT_OPEN
    assert top_up_failure(festival, wallet()) is shut
    assert purchase_failure(festival, wallet(), 1) is shut
    assert transfer_failure(festival, wallet(), wallet(), 1) is shut
    assert refund_failure(festival, wallet(), transaction(), 100, 1) is shut


def test_an_expired_wallet_neither_gives_nor_takes() -> None:
    expired = wallet(status=WalletStatus.EXPIRED)
    assert top_up_failure(OPEN, expired) is Failure.WALLET_EXPIRED
    assert purchase_failure(OPEN, expired, 1) is Failure.WALLET_EXPIRED
    assert transfer_failure(OPEN, wallet(), expired, 1) is Failure.WALLET_EXPIRED
    assert transfer_failure(OPEN, expired, wallet(), 1) is Failure.WALLET_EXPIRED


@pytest.mark.parametrize(("cents", "failure"), [(99, None), (100, None), (101, Failure.INSUFFICIENT_BALANCE)])
def test_a_wallet_gives_up_to_what_it_holds(cents: int, failure: Failure | None) -> None:
    assert purchase_failure(OPEN, wallet(100), cents) is failure
    assert transfer_failure(OPEN, wallet(100), wallet(), cents) is failure


def test_money_stays_within_its_festival() -> None:
    assert transfer_failure(OPEN, wallet(), wallet(festival="jazz"), 1) is Failure.OTHER_FESTIVAL


@pytest.mark.parametrize(
    ("cents", "failure"), [(1, None), (40, None), (41, Failure.MORE_THAN_LEFT), (0, Failure.MORE_THAN_LEFT)]
)
def test_a_refund_gives_back_up_to_what_is_left(cents: int, failure: Failure | None) -> None:
    assert refund_failure(OPEN, wallet(), transaction(), 40, cents) is failure


def test_only_a_successful_purchase_is_refunded() -> None:
    top_up = transaction(TransactionType.TOP_UP)
    failed = replace(transaction(), status=TransactionStatus.FAILED, failure=Failure.FESTIVAL_NOT_OPEN)
    for original in (top_up, failed):
        assert refund_failure(OPEN, wallet(), original, 100, 1) is Failure.NOT_A_PURCHASE


def test_only_a_short_wallet_has_a_status_of_its_own() -> None:
    statuses = {failure: failure.status for failure in Failure}
    assert statuses.pop(Failure.INSUFFICIENT_BALANCE) is TransactionStatus.INSUFFICIENT_BALANCE
    assert set(statuses.values()) == {TransactionStatus.FAILED}


def test_every_failure_is_explained() -> None:
    assert all(failure.explanation for failure in Failure)


@given(st.sampled_from(TransactionType), st.integers(1, 10**6))
def test_the_entries_of_every_transaction_sum_to_zero(kind: TransactionType, cents: int) -> None:
    assert sum(entry.amount_cents for entry in entries(transaction(kind, cents))) == 0


@pytest.mark.parametrize(
    ("kind", "moves"),
    [
        (TransactionType.TOP_UP, {Account.OUTSIDE: -100, Account.WALLET: 100}),
        (TransactionType.PURCHASE, {Account.WALLET: -100, Account.TILL: 100}),
        (TransactionType.REFUND, {Account.TILL: -100, Account.WALLET: 100}),
    ],
)
def test_money_goes_where_it_should(kind: TransactionType, moves: dict[Account, int]) -> None:
    assert {entry.account: entry.amount_cents for entry in entries(transaction(kind))} == moves


def test_a_transfer_goes_from_the_wallet_to_the_other_one() -> None:
    made = transaction(TransactionType.TRANSFER)
    given, taken = entries(made)
    assert (given.wallet_id, given.amount_cents) == (made.wallet_id, -100)
    assert (taken.wallet_id, taken.amount_cents) == (made.counterparty_wallet_id, 100)
