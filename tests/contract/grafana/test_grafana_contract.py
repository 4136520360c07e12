"""The fake Grafana answers as Grafana's documentation says; a real one does, too, where one is named.

Each file is a conversation. `{run}` is new in each run; `<number>` and `<text>` stand for any; what an answer has
besides is not looked at. STEWARD_TEST_GRAFANA_URL names a real Grafana, GRAFANA_API_KEY its token.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from steward.testing.grafana import FakeGrafana

pytestmark = pytest.mark.slow

CONVERSATIONS = sorted(Path(__file__).parent.glob("*.json"))
REAL = os.environ.get("STEWARD_TEST_GRAFANA_URL")


@dataclass(frozen=True, slots=True)
class Place:
    url: str
    token: str


@pytest.fixture(
    params=[
        "fake",
        pytest.param(
            "real", marks=pytest.mark.skipif(not REAL, reason="STEWARD_TEST_GRAFANA_URL names no Grafana")
        ),
    ]
)
def grafana(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "real":
        yield Place(str(REAL), os.environ["GRAFANA_API_KEY"])
        return
    with FakeGrafana().running() as fake:
        yield Place(fake.url, fake.token)


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
def test_it_answers_as_documented(path: Path, grafana: Place) -> None:
    run = uuid4().hex[:12]
    steps = json.loads(path.read_text().replace("{run}", run))["steps"]
    try:
        for step in steps:
            answer = _say(grafana, step)
            assert answer.status_code == step["answer"]["status"], answer.text
            _expect(step["answer"]["body"], answer.json(), path.stem)
    finally:
        _tidy(grafana, run)


def _say(grafana: Place, step: dict[str, Any]) -> httpx.Response:
    request, token = step["request"], step.get("token", grafana.token)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(
        request["method"], f"{grafana.url}{request['path']}", json=request.get("body"), headers=headers, timeout=10
    )


def _expect(wanted: Any, found: Any, place: str) -> None:
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            assert name in found, f"{place}.{name}"
            _expect(value, found[name], f"{place}.{name}")
    elif wanted == "<number>":
        assert isinstance(found, int), place
    elif wanted == "<text>":
        assert isinstance(found, str), place
        assert found, place
    else:
        assert found == wanted, place


def _tidy(grafana: Place, run: str) -> None:
    if grafana.url == REAL:
        headers = {"Authorization": f"Bearer {grafana.token}"}
        for path in (f"/api/dashboards/uid/contract-{run}", f"/api/folders/contract-{run}-folder"):
            httpx.delete(f"{grafana.url}{path}", headers=headers, timeout=10)
