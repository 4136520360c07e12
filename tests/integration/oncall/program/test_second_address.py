"""The service at its second address, where people look for Grafana."""

import socket
from typing import Any

import httpx
import pytest

from steward.testing.ports import free_port

pytestmark = pytest.mark.slow


def test_it_answers_at_both_addresses_and_takes_forms_of_both(service: Any) -> None:
    second = free_port()
    service.start(service.environment(STEWARD_ONCALL_ALSO=f"127.0.0.1:{second}"))

    for port in (service.port, second):
        here = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{here}/readyz").status_code == 200
        assert httpx.get(f"{here}/", headers={"Sec-Fetch-Site": "none"}).status_code == 200
        assert _posted(here, origin=here) != 403
        assert _posted(here, origin="http://elsewhere.example") == 403
        named = f"http://localhost:{port}"
        assert _posted(named, origin=named) != 403
    assert service.end() == 0


def test_taken_second_port_is_named(service: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        process = service.spawn(service.environment(STEWARD_ONCALL_ALSO=taken))
        _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said == f"{taken} is taken by another program; stop that, or set STEWARD_ONCALL_ALSO\n"


def _posted(address: str, *, origin: str) -> int:
    form = {"duration": "1h", "reason": "a test of forms"}
    silence = f"{address}/api/v1/monitoring/alerts/APIDown/silence"
    return httpx.post(silence, json=form, headers={"Origin": origin}).status_code
