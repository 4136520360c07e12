"""A thousand payments at once, by clients that retry, while the API's processes are killed."""

import asyncio
import random
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from sqlalchemy import text

from festivals.services.books import audit
from festivals.store.database import Database

pytestmark = pytest.mark.slow

Environment = dict[str, str]
Processes = Callable[[Environment], AbstractContextManager[tuple[subprocess.Popen[bytes], str]]]

WALLETS = 40
START_CENTS = 1_000
PURCHASES_BEFORE = 80
PURCHASE_CENTS = 100
REQUESTS = {"purchases": 500, "transfers": 300, "refunds": 200}
SHARE_SENT_TWICE = 0.3
CONNECTIONS = 48
ANSWERS_BETWEEN_KILLS = 150
PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Payment:
    """What a client wants once, however often it has to ask."""

    path: str
    body: dict[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    transaction_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A transaction as the database holds it."""

    id: str
    type: str
    status: str
    cents: int
    wallet: str
    receiver: str | None


async def ask(api: httpx.AsyncClient, payment: Payment) -> Answer:
    """Ask until there is an answer, as a till does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(httpx.TransportError):
                headers = {"Idempotency-Key": payment.key}
                response = await api.post(payment.path, json=payment.body, headers=headers)
                if response.status_code != 503:
                    assert response.status_code in {201, 402, 409}, response.text
                    body = response.json()
                    return Answer(response.status_code, body.get("transaction_id") or body["id"])
            await asyncio.sleep(0.05)


async def pay(api: httpx.AsyncClient, payment: Payment, *, twice: bool) -> Answer:
    answers = set(await asyncio.gather(*(ask(api, payment) for _ in range(1 + twice))))
    assert len(answers) == 1, f"one request and two answers: {payment} {answers}"
    return answers.pop()


async def prepare(api: httpx.AsyncClient) -> tuple[list[str], list[str]]:
    """Make wallets with money, and purchases that can be refunded; return the ids of both."""
    await api.post("/festivals", json={"id": "rock", "name": "Rock"})
    await api.post("/festivals/rock/open")
    wallets, purchases = [], []
    for _ in range(WALLETS):
        wallet = (await api.post("/festivals/rock/wallets", json={"holder": "Ann"})).json()["id"]
        wallets.append(wallet)
        top_up = Payment(f"/wallets/{wallet}/top-ups", {"amount_cents": START_CENTS}, uuid4().hex)
        assert (await ask(api, top_up)).status == 201
    for number in range(PURCHASES_BEFORE):
        body = {"amount_cents": PURCHASE_CENTS, "stall": "bar"}
        purchase = Payment(f"/wallets/{wallets[number % WALLETS]}/purchases", body, uuid4().hex)
        purchases.append((await ask(api, purchase)).transaction_id)
    return wallets, purchases


def plan(chance: random.Random, wallets: list[str], purchases: list[str]) -> list[Payment]:
    payments = []
    for kind, number in REQUESTS.items():
        for _ in range(number):
            sender, receiver = chance.sample(wallets, 2)
            path = f"/wallets/{sender}/{kind}"
            body: dict[str, Any] = {"amount_cents": chance.randint(1, 150)}
            if kind == "purchases":
                body |= {"stall": "bar"}
            elif kind == "transfers":
                body |= {"to_wallet_id": receiver}
            else:
                path, body = f"/transactions/{chance.choice(purchases)}/refunds", chance.choice([body, {}])
            payments.append(Payment(path, body, uuid4().hex))
    chance.shuffle(payments)
    return payments


def kill_a_worker(supervisor: int, chance: random.Random) -> None:
    chance.choice([child for child in psutil.Process(supervisor).children() if is_worker(child)]).kill()


def is_worker(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):  # also for one that is dead and not yet collected
        return "spawn_main" in " ".join(process.cmdline())
    return False


async def fire(
    api: httpx.AsyncClient, supervisor: int, chance: random.Random, payments: list[Payment]
) -> list[Answer]:
    """Send all payments at once, and kill a process after each so many answers."""
    paying = [
        asyncio.create_task(pay(api, payment, twice=chance.random() < SHARE_SENT_TWICE)) for payment in payments
    ]
    for number, paid in enumerate(asyncio.as_completed(paying), start=1):
        await paid
        if number % ANSWERS_BETWEEN_KILLS == 0:
            kill_a_worker(supervisor, chance)
    return [task.result() for task in paying]


async def balances(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT id::text, balance_cents FROM wallets"))
        return {wallet: cents for wallet, cents in rows if cents}


async def kept(database: Database) -> dict[str, Kept]:
    """Return every transaction by its idempotency key."""
    columns = "id::text, type, status, amount_cents, wallet_id::text, counterparty_wallet_id::text"
    async with database.reading() as connection:
        rows = await connection.execute(text(f"SELECT idempotency_key, {columns} FROM transactions"))  # noqa: S608
        return {key: Kept(*columns) for key, *columns in rows}


def rebuilt(answered: list[Kept]) -> dict[str, int]:
    """Return what each wallet must hold if what was answered took place, and nothing else."""
    held = Counter[str]()
    for transaction in answered:
        gains = transaction.type in {"top_up", "refund"}
        held[transaction.wallet] += transaction.cents if gains else -transaction.cents
        if transaction.receiver is not None:
            held[transaction.receiver] += transaction.cents
    return {wallet: cents for wallet, cents in held.items() if cents}


async def test_every_amount_is_conserved(
    environment: Environment, processes: Processes, database: Database
) -> None:
    chance = random.Random(7)
    limits = httpx.Limits(max_connections=CONNECTIONS)
    with processes(environment | {"FESTIVALS_WORKERS": "3"}) as (supervisor, url):
        async with httpx.AsyncClient(base_url=f"{url}/api/v1", limits=limits, timeout=PATIENCE_SECONDS) as api:
            wallets, purchases = await prepare(api)
            before = await kept(database)
            payments = plan(chance, wallets, purchases)
            answers = await fire(api, supervisor.pid, chance, payments)
    assert {answer.status for answer in answers} == {201, 402, 409}, "nothing was refused: the test is too kind"
    books, transactions = await audit(database), await kept(database)
    assert books.sound, books
    assert books.outside_cents == -WALLETS * START_CENTS
    assert len(transactions) == len(before) + len(payments), "a key was spent twice, or what was not asked for"
    for payment, answer in zip(payments, answers, strict=True):
        made = transactions[payment.key]
        assert (made.id, made.status == "success") == (answer.transaction_id, answer.status == 201)
    answered = [
        transactions[payment.key]
        for payment, answer in zip(payments, answers, strict=True)
        if answer.status == 201
    ]
    assert await balances(database) == rebuilt([*before.values(), *answered])
