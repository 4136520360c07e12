"""The API against its own description: whatever is sent, the answer is one that the description knows."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.slow

Environment = dict[str, str]
Processes = Callable[[Environment], AbstractContextManager[tuple[subprocess.Popen[bytes], str]]]
Known = dict[str, str]
Operation = APIOperation[Any, Any, Any, Any]

EXAMPLES = 15
OPERATIONS = 22
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def url(environment: Environment, processes: Processes) -> Iterator[str]:
    with processes(environment | {"FESTIVALS_WORKERS": "1"}) as (_, address):
        yield address


@pytest.fixture
def known(url: str) -> Known:
    """Return the ids of things that exist, by the names that paths have for them."""
    with httpx.Client(base_url=f"{url}/api/v1") as api:

        def made(path: str, body: dict[str, Any]) -> str:
            answer = api.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
            return str(answer.raise_for_status().json()["id"])

        made("/festivals", {"id": "rock", "name": "Rock"})
        api.post("/festivals/rock/open").raise_for_status()
        wallet = made("/festivals/rock/wallets", {"holder": "Ann"})
        made(f"/wallets/{wallet}/top-ups", {"amount_cents": 100_000})
        purchase = made(f"/wallets/{wallet}/purchases", {"amount_cents": 90_000, "stall": "bar"})
        offered = {"name": "Day", "kind": "day", "price_cents": 0, "capacity": 1000}
        ticket_type = made("/festivals/rock/ticket-types", offered)
        ticket = made("/festivals/rock/tickets", {"ticket_type_id": ticket_type, "holder": "Ann"})
    return {"festival_id": "rock", "wallet_id": wallet, "transaction_id": purchase, "ticket_id": ticket}


def operations(url: str) -> Iterator[Operation]:
    for found in schemathesis.openapi.from_url(f"{url}/openapi.json").get_all_operations():
        if isinstance(found, Err):
            raise found.err()
        yield found.ok()


def attack(operation: Operation, mode: GenerationMode, known: Known) -> None:
    """Send what the description allows, or what it does not; fail for an answer that it does not know."""

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)
        named = case.path_parameters.keys() & known.keys()
        if named and not case.path.endswith("/close"):
            # Again for something that exists, which chance does not find.
            case.path_parameters.update({name: known[name] for name in named})
            case.call_and_validate(checks=CHECKS)

    send()


def test_every_answer_is_described(url: str, known: Known) -> None:
    seen = 0
    for operation in operations(url):
        attack(operation, GenerationMode.POSITIVE, known)
        if operation.path_parameters or operation.query or operation.headers or operation.body:
            attack(operation, GenerationMode.NEGATIVE, known)
        seen += 1
    assert seen == OPERATIONS
    exposed = httpx.get(f"{url}/metrics").text
    for status in (200, 201, 404, 409, 422):
        assert f'status="{status}"' in exposed, f"no {status} among the answers: the attack is too tame"
