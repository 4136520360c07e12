"""Operations on wallets and the money in them."""

from uuid import UUID

from fastapi import APIRouter, Response

from festivals.api.openapi import CONFLICT, NOT_FOUND, PAYMENT_REQUIRED, REPLAYABLE
from festivals.api.problems import REPLAYED
from festivals.api.schemas import (
    AfterId,
    FestivalId,
    IdempotencyKey,
    Limit,
    NewPurchase,
    NewRefund,
    NewTopUp,
    NewTransfer,
    NewWallet,
    TransactionAnswer,
    TransactionPage,
    WalletAnswer,
)
from festivals.services.payments import Outcome, Payments
from festivals.services.wallets import Wallets

_MONEY = NOT_FOUND | CONFLICT | REPLAYABLE
_SPENDING = _MONEY | PAYMENT_REQUIRED


def wallet_router(wallets: Wallets) -> APIRouter:
    """Return the operations on wallets."""
    routes = APIRouter(tags=["wallets"])

    @routes.post("/festivals/{festival_id}/wallets", status_code=201, responses=NOT_FOUND | CONFLICT)
    async def create_wallet(festival_id: FestivalId, body: NewWallet) -> WalletAnswer:
        """Give somebody an empty wallet."""
        return WalletAnswer.model_validate(await wallets.create(festival_id, body.holder))

    @routes.get("/wallets/{wallet_id}", responses=NOT_FOUND)
    async def get_wallet(wallet_id: UUID) -> WalletAnswer:
        """Look at a wallet as it is now."""
        return WalletAnswer.model_validate(await wallets.get(wallet_id))

    @routes.get("/wallets/{wallet_id}/transactions", responses=NOT_FOUND)
    async def list_transactions(wallet_id: UUID, limit: Limit = 50, after: AfterId = None) -> TransactionPage:
        """List a wallet's transactions, the newest first."""
        found = await wallets.history(wallet_id, limit=limit, before=after)
        items = [TransactionAnswer.model_validate(transaction) for transaction in found]
        return TransactionPage(items=items, next=items[-1].id if len(items) == limit else None)

    return routes


def payment_router(payments: Payments) -> APIRouter:
    """Return the operations that move money."""
    routes = APIRouter(tags=["payments"])

    @routes.post("/wallets/{wallet_id}/top-ups", status_code=201, responses=_MONEY)
    async def top_up(
        wallet_id: UUID, body: NewTopUp, key: IdempotencyKey, response: Response
    ) -> TransactionAnswer:
        """Load a wallet with cash or by card."""
        return _answer(await payments.top_up(wallet_id, body.amount_cents, key=key), response)

    @routes.post("/wallets/{wallet_id}/purchases", status_code=201, responses=_SPENDING)
    async def purchase(
        wallet_id: UUID, body: NewPurchase, key: IdempotencyKey, response: Response
    ) -> TransactionAnswer:
        """Pay at a stall."""
        return _answer(await payments.purchase(wallet_id, body.amount_cents, body.stall, key=key), response)

    @routes.post("/wallets/{wallet_id}/transfers", status_code=201, responses=_SPENDING)
    async def transfer(
        wallet_id: UUID, body: NewTransfer, key: IdempotencyKey, response: Response
    ) -> TransactionAnswer:
        """Give to another wallet of the same festival."""
        outcome = await payments.transfer(wallet_id, body.to_wallet_id, body.amount_cents, key=key)
        return _answer(outcome, response)

    @routes.post("/transactions/{transaction_id}/refunds", status_code=201, responses=_MONEY)
    async def refund(
        transaction_id: UUID, body: NewRefund, key: IdempotencyKey, response: Response
    ) -> TransactionAnswer:
        """Give back a purchase, or a part of it."""
        return _answer(await payments.refund(transaction_id, body.amount_cents, key=key), response)

    @routes.get("/transactions/{transaction_id}", responses=NOT_FOUND)
    async def get_transaction(transaction_id: UUID) -> TransactionAnswer:
        """Look at a transaction, also one that failed."""
        return TransactionAnswer.model_validate(await payments.get(transaction_id))

    return routes


def _answer(outcome: Outcome, response: Response) -> TransactionAnswer:
    if outcome.replayed:
        response.headers[REPLAYED] = "true"
    return TransactionAnswer.model_validate(outcome.transaction)
