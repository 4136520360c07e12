"""Whatever is asked for in whatever order, the wallets hold what a few lines of arithmetic say."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from festivals.domain.transaction import TransactionRefused
from festivals.services.books import audit
from festivals.services.composition import Services
from festivals.services.payments import Outcome
from festivals.store.database import Database

pytestmark = pytest.mark.slow

WALLETS = 3

wallet = st.integers(0, WALLETS - 1)
amount = st.integers(1, 120)
repeats = st.integers(1, 2)


@dataclass(frozen=True, slots=True)
class TopUp:
    wallet: int
    amount: int


@dataclass(frozen=True, slots=True)
class Purchase:
    wallet: int
    amount: int


@dataclass(frozen=True, slots=True)
class Transfer:
    giver: int
    receiver: int
    amount: int


@dataclass(frozen=True, slots=True)
class Refund:
    nth: int
    """Which of the purchases so far."""
    amount: int | None


Step = TopUp | Purchase | Transfer | Refund

steps = st.lists(
    st.tuples(
        st.one_of(
            st.builds(TopUp, wallet, amount),
            st.builds(Purchase, wallet, amount),
            st.builds(Transfer, wallet, wallet, amount).filter(lambda step: step.giver != step.receiver),
            st.builds(Refund, st.integers(0, 5), st.none() | amount),
        ),
        repeats,
    ),
    min_size=5,
    max_size=25,
)


@dataclass(slots=True)
class Model:
    """The arithmetic."""

    held: list[int] = field(default_factory=lambda: [0] * WALLETS)
    till: int = 0
    bought: list[tuple[int, int]] = field(default_factory=list)
    """(wallet, what is left to refund) of each purchase."""

    def apply(self, step: Step) -> bool:
        """Do it where it can be done, and tell whether it could."""
        match step:
            case TopUp(wallet, amount):
                self.held[wallet] += amount
            case Purchase(wallet, amount) if self.held[wallet] >= amount:
                self.held[wallet] -= amount
                self.till += amount
                self.bought.append((wallet, amount))
            case Transfer(giver, receiver, amount) if self.held[giver] >= amount:
                self.held[giver] -= amount
                self.held[receiver] += amount
            case Refund(nth, amount):
                wallet, left = self.bought[nth]
                given = left if amount is None else amount
                if not 0 < given <= left:
                    return False
                self.bought[nth] = (wallet, left - given)
                self.held[wallet] += given
                self.till -= given
            case _:
                return False
        return True


def request(
    services: Services, step: Step, wallets: list[UUID], purchases: list[UUID], key: str
) -> Awaitable[Outcome]:
    match step:
        case TopUp(number, cents):
            return services.payments.top_up(wallets[number], cents, key=key)
        case Purchase(number, cents):
            return services.payments.purchase(wallets[number], cents, "bar", key=key)
        case Transfer(giver, receiver, cents):
            return services.payments.transfer(wallets[giver], wallets[receiver], cents, key=key)
        case Refund(nth, asked):
            return services.payments.refund(purchases[nth], asked, key=key)


async def outcome_of(ask: Callable[[], Awaitable[Outcome]]) -> tuple[UUID, bool]:
    try:
        return (await ask()).transaction.id, True
    except TransactionRefused as refused:
        return refused.transaction.id, False


FESTIVALS = count()


@given(steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_wallets_hold_what_arithmetic_says(
    services: Services, database: Database, steps: list[tuple[Step, int]]
) -> None:
    festival, model = f"f{next(FESTIVALS)}", Model()
    await services.festivals.create(festival, "Rock", "EUR")
    await services.festivals.open(festival)
    wallets = [(await services.wallets.create(festival, "Ann")).id for _ in range(WALLETS)]
    purchases: list[UUID] = []
    for step, times in steps:
        if isinstance(step, Refund) and step.nth >= len(purchases):
            continue
        key = uuid4().hex
        outcomes = {
            await outcome_of(lambda: request(services, step, wallets, purchases, key))  # noqa: B023 - awaited here
            for _ in range(times)
        }
        ((transaction_id, succeeded),) = outcomes
        assert succeeded == model.apply(step)
        if succeeded and isinstance(step, Purchase):
            purchases.append(transaction_id)
    assert [(await services.wallets.get(wallet)).balance_cents for wallet in wallets] == model.held
    books = await audit(database)
    assert books.sound
