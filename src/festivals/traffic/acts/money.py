"""Wallets and what is done with them. Each movement of money carries an idempotency key."""

from festivals.traffic.client import Answer, Request
from festivals.traffic.intentions import Buy, OpenWallet, Refund, TopUp, Transfer, WithMoney
from festivals.traffic.scene import Turn

_STATUSES = {201: "success", 402: "insufficient_balance", 409: "failed"}


async def act(intention: WithMoney, turn: Turn) -> None:
    """Open the wallet or use it."""
    match intention:
        case OpenWallet():
            await _open_wallet(turn)
        case TopUp(cents):
            await _top_up(cents, turn)
        case Buy():
            await _buy(intention, turn)
        case Transfer(to, cents):
            await _transfer(to, cents, turn)
        case Refund(times):
            await _refund(times, turn)


async def _open_wallet(turn: Turn) -> None:
    path = f"{turn.actor.festival.path}/wallets"
    answer = await turn.ask(Request("open wallet", "POST", path, {"holder": turn.actor.name}))
    if answer.ok:
        turn.actor.wallet_id = answer.text("id")


async def _wallet(turn: Turn) -> str | None:
    """Return the path of the actor's wallet, after what an outage may have left undone; None without a wallet."""
    actor = turn.actor
    if actor.wallet_id is None:
        await _open_wallet(turn)
    if actor.unsure is not None:
        # With its own key: if it did go through, nothing is paid twice.
        await _send_top_up(actor.unsure, turn)
    if actor.wallet_id is None:
        turn.skip()
        return None
    return f"/api/v1/wallets/{actor.wallet_id}"


async def _top_up(cents: int, turn: Turn) -> None:
    wallet = await _wallet(turn)
    if wallet:
        body = {"amount_cents": cents}
        await _send_top_up(Request("top-up", "POST", f"{wallet}/top-ups", body, turn.actor.new_key()), turn)


async def _send_top_up(request: Request, turn: Turn) -> None:
    answer = await move("top_up", request, turn)
    turn.actor.unsure = None if answer.known else request


async def _buy(order: Buy, turn: Turn) -> None:
    wallet = await _wallet(turn)
    if wallet is None:
        return
    body = {"amount_cents": order.cents, "stall": order.stall}
    request = Request("purchase", "POST", f"{wallet}/purchases", body, turn.actor.new_key())
    answer = await move("purchase", request, turn)
    if order.resend:
        turn.ledger.resent["retried"] += 1
        answer = await move("purchase", request, turn)
    transaction = answer.text("id")
    if answer.ok and transaction:
        turn.actor.last_purchase = (transaction, order.cents)


async def _transfer(to: str, cents: int, turn: Turn) -> None:
    wallet = await _wallet(turn)
    target = turn.scene.actors[to].wallet_id
    if wallet is None:
        return
    if target is None:
        turn.skip()
        return
    body = {"amount_cents": cents, "to_wallet_id": target}
    request = Request("transfer", "POST", f"{wallet}/transfers", body, turn.actor.new_key())
    await move("transfer", request, turn)


async def _refund(times: int, turn: Turn) -> None:
    purchase, turn.actor.last_purchase = turn.actor.last_purchase, None
    if purchase is None:
        turn.skip()
        return
    transaction, cents = purchase
    path = f"/api/v1/transactions/{transaction}/refunds"
    for _ in range(times):
        body = {"amount_cents": cents}
        await move("refund", Request("refund", "POST", path, body, turn.actor.new_key()), turn)


async def move(kind: str, request: Request, turn: Turn) -> Answer:
    """Ask for a movement of money, and count it as the platform must."""
    answer = await turn.ask(request)
    status = _STATUSES.get(answer.status or 0)
    if status and not answer.replayed:
        turn.ledger.transactions[kind, status] += 1
    if answer.ok:
        turn.actor.last_transaction = answer.text("id") or turn.actor.last_transaction
    return answer
