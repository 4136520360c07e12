"""The service's application in this process, and who asks it: from here or from elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from steward.instrument import Instruments
from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.metrics import COUNTED, OnCallMetrics
from steward.oncall.prometheus import Prometheus
from steward.oncall.services import accounts, passwords, tokens
from steward.oncall.settings import OnCallSettings
from steward.oncall.store.database import Store
from steward.oncall.web.app import create
from steward.program.settings import Address
from steward.testing.oncall import SHOP, MovableClock
from steward.testing.visitors import Visitors

NOBODY = "http://127.0.0.1:9"
PASSWORD = "correct horse battery"
HOOK_TOKEN = "the token of the hook, long enough"

Contexts = Callable[..., Context]


@pytest.fixture(scope="session")
def neighbours() -> Iterator[tuple[Alertmanagers, Prometheus]]:
    """Give neighbours that are away, once a run: their clients take longer to make than many a test."""
    alertmanagers, prometheus = Alertmanagers(()), Prometheus(NOBODY)
    yield alertmanagers, prometheus
    alertmanagers.close()
    prometheus.close()


@pytest.fixture
def contexts(sqlite_store: Store, clock: MovableClock, neighbours: tuple[Alertmanagers, Prometheus]) -> Contexts:
    """Give a maker of contexts on one store; its arguments are settings."""
    alertmanagers, prometheus = neighbours

    def made(**settings: object) -> Context:
        usual = OnCallSettings(
            listen=Address("0.0.0.0", 8090),  # noqa: S104 - nothing is bound here
            public_url="http://oncall.example:8090",
            webhook_token=HOOK_TOKEN,
            signing_key="the key that signs links, long enough",
            slack_signing_secret="the secret that Slack signs with",
        )
        return Context(
            settings=replace(usual, **settings),  # type: ignore[arg-type]
            catalogue=SHOP,
            store=sqlite_store,
            clock=clock,
            alertmanagers=alertmanagers,
            prometheus=prometheus,
            metrics=OnCallMetrics(Instruments(COUNTED)),
            wake=lambda: None,
        )

    return made


@pytest.fixture
def context(contexts: Contexts) -> Context:
    return contexts()


@pytest.fixture
def app(context: Context) -> FastAPI:
    return create(context)


@pytest.fixture
def visitors(app: FastAPI) -> Visitors:
    return Visitors(app)


@pytest.fixture
def token_of(context: Context) -> Callable[[Role], str]:
    """Give an API token of each role."""
    made: dict[Role, str] = {}

    def issued(role: Role) -> str:
        if role not in made:
            with context.store.write() as connection:
                made[role] = tokens.issue(connection, f"a-{role}", role, actor="test", now=context.clock())
        return made[role]

    return issued


@pytest.fixture
def ann(context: Context) -> str:
    """Add an account `ann`, a responder, and return its password."""
    with context.store.write() as connection:
        hashed = passwords.hashed(PASSWORD)
        accounts.add(connection, "ann", hashed, Role.RESPONDER, actor="test", now=context.clock())
    return PASSWORD
