"""The service as a process of its own, for the tests of its start, its end, and the commands that speak to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from steward.testing.oncall import incoming, webhook
from steward.testing.polling import eventually
from steward.testing.ports import free_port

TOKEN = "alertmanager-may-come-in"


@dataclass(slots=True)
class Service:
    """How a test speaks to a service that it starts."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    log: str = ""
    """What it had said when it ended."""

    @property
    def token(self) -> str:
        return TOKEN

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        token = self.folder / "webhook-token"
        token.write_text(TOKEN)
        return {
            "PATH": os.environ["PATH"],
            "STEWARD_ONCALL_PORT": str(self.port),
            "STEWARD_ONCALL_STORE": f"sqlite:///{self.folder / 'oncall.db'}",
            "STEWARD_ONCALL_CATALOGUE": "steward.testing.oncall:SHOP",
            "STEWARD_ONCALL_WEBHOOK_TOKEN_FILE": str(token),
        } | more

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it, and wait until it answers."""
        self.process = self.spawn(environment)
        eventually("the service answers", self.answers)

    def spawn(self, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "steward.oncall"],
            env=dict(environment or self.environment()),
            stderr=subprocess.PIPE,
            text=True,
        )

    def answers(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.said()
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False

    def said(self) -> str:
        assert self.process is not None
        return self.process.communicate(timeout=20)[1]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        self.log = self.process.communicate(timeout=20)[1]
        return self.process.returncode

    def page_of(self, name: str) -> int:
        """Return the number of the page that an alert opened."""
        found = httpx.get(f"{self.url}/api/v1/monitoring/alerts/{name}").json()
        return int(found["firing"][0]["page_id"])

    def fire(self, name: str, **labels: Any) -> None:
        """Tell it of an alert, as Alertmanager does."""
        answer = httpx.post(
            f"{self.url}/webhooks/alertmanager",
            json=webhook([incoming(name, **labels)]),
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert answer.status_code == 200, answer.text


def made_below(folder: Path) -> Iterator[Callable[[], Service]]:
    """Give a maker of services that are not started yet; whatever it started is ended after it."""
    made: list[Service] = []

    def make() -> Service:
        place = folder / str(len(made))
        place.mkdir()
        made.append(Service(place))
        return made[-1]

    yield make
    for service in made:
        if service.process and service.process.poll() is None:
            service.end(signal.SIGKILL)


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[[], Service]]:
    yield from made_below(tmp_path)


@pytest.fixture
def service(make_service: Callable[[], Service]) -> Service:
    """Give a service that is not started yet."""
    return make_service()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service that runs for all tests of a module; each fires alerts of its own."""
    for make in made_below(tmp_path_factory.mktemp("running")):
        service = make()
        service.start()
        yield service
