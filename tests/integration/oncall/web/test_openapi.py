"""The API against its own description: whatever is sent, the answer is one that it knows, and no 5xx."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Err
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import utc_now
from steward.oncall.context import Context
from steward.oncall.prometheus import Prometheus
from steward.oncall.web.app import create
from steward.testing.alertmanagers import alertmanagers
from steward.testing.oncall import incoming, webhook
from steward.testing.ports import free_port
from steward.testing.prometheus import prometheus_server

pytestmark = pytest.mark.slow

Known = dict[str, Any]
Operation = APIOperation[Any, Any, Any, Any]

API = "/api/v1/monitoring"
EXAMPLES = 8
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
RULES = """\
groups:
  - name: shop
    rules:
      - {alert: Down, expr: vector(1), labels: {severity: critical, team: sre}}
"""


@pytest.fixture
def url(contexts: Callable[..., Context], tmp_path: Path) -> Iterator[str]:
    """Give the address of a service with a real Alertmanager and a real Prometheus."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    bare = contexts(public_url=address)
    hook, token = f"{address}/webhooks/alertmanager", bare.settings.webhook_token or ""
    with (
        alertmanagers(tmp_path / "alertmanager", 1, webhook=hook, token=token) as (manager,),
        prometheus_server(tmp_path / "prometheus", RULES) as prometheus,
    ):
        asked, queried = Alertmanagers((manager.address,)), Prometheus(prometheus)
        context = replace(bare, alertmanagers=asked, prometheus=queried, clock=utc_now)
        config = uvicorn.Config(create(context), log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", port))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield address
        server.should_exit = True
        thread.join()
        asked.close()
        queried.close()


@pytest.fixture
def known(url: str, context: Context) -> Known:
    """Return the ids of things that exist, by the names that paths have for them."""
    alerts = [incoming("Down", starts_at=utc_now()), incoming("Slow", severity="warning", starts_at=utc_now())]
    with httpx.Client(base_url=url, timeout=30) as client:
        authorization = {"Authorization": f"Bearer {context.settings.webhook_token}"}
        client.post("/webhooks/alertmanager", json=webhook(alerts), headers=authorization).raise_for_status()

        def made(path: str, body: dict[str, Any], key: str = "id") -> Any:
            return client.post(API + path, json=body).raise_for_status().json().get(key)

        silence = made("/alerts/Slow/silence", {"duration": "2h", "reason": "test"}, "silence")
        incident = made("/incidents", {"title": "It is slow", "severity": "warning"})
        item = made(f"/incidents/{incident}/action-items", {"text": "do it"})
        made("/tokens", {"name": "ci"})
        (page, *_) = client.get(f"{API}/pages").json()["pages"]
    return {
        "page_id": page["id"],
        "alert_id": 1,
        "incident_id": incident,
        "item_id": item,
        "silence_id": silence["id"] if isinstance(silence, dict) else 1,
        "window_id": 1,
    }


NAMES = {"alerts": "Down", "schedules": "sre", "tokens": "ci", "accounts": "ann", "slos": "availability"}
"""What exists, by the part of a path before `{name}`."""


def operations(url: str) -> Iterator[Operation]:
    for found in schemathesis.openapi.from_url(f"{url}{API}/openapi.json").get_all_operations():
        if isinstance(found, Err):
            raise found.err()
        yield found.ok()


def attack(operation: Operation, mode: GenerationMode, known: Known) -> None:
    """Send what the description allows, or what it does not; fail for an answer that it does not know."""

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)
        existing = _existing(case, known)
        if existing:
            # Again for something that exists, which chance does not find.
            case.path_parameters.update(existing)
            case.call_and_validate(checks=CHECKS)

    send()


def _existing(case: Case[Any], known: Known) -> Known:
    part = case.path.removeprefix(API).split("/")[1]
    named = known | ({"name": NAMES[part]} if part in NAMES else {})
    return {name: value for name, value in named.items() if name in case.path_parameters}


def test_every_answer_is_described_and_none_is_an_error_of_ours(url: str, known: Known) -> None:
    seen = 0
    for operation in operations(url):
        attack(operation, GenerationMode.POSITIVE, known)
        if operation.path_parameters or operation.query or operation.headers or operation.body:
            with suppress(Unsatisfiable):  # where every text is allowed
                attack(operation, GenerationMode.NEGATIVE, known)
        seen += 1
    assert seen > 40
    exposed = httpx.get(f"{url}/metrics").text
    for status in (200, 201, 404, 409, 422):
        assert f'status="{status}"' in exposed, f"no {status} among the answers: the attack is too tame"


def test_the_description_says_how_to_be_recognised_and_hides_pages_and_hooks(url: str) -> None:
    document = httpx.get(f"{url}{API}/openapi.json").json()
    assert all(path.startswith(API) for path in document["paths"])
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        assert {"401", "403", "422", "503"} <= operation["responses"].keys()
