"""On-call as processes that can be killed, beside an Alertmanager that does not give up."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.failpoints import VARIABLE
from steward.testing.folders import open_folder
from steward.testing.oncall import webhook
from steward.testing.polling import eventually
from steward.testing.ports import free_port
from steward.testing.receivers import Post, open_post
from steward.testing.servers import postgres_server

TOKEN = "alertmanager-may-come-in"
FASTER = 600
"""Fifteen minutes last a second and a half."""
_CATALOGUE = """\
from dataclasses import replace
from steward.testing.oncall import SHOP
QUIET = replace(SHOP, oncall=replace(SHOP.oncall, watchdog=""))
"""


@dataclass(slots=True)
class Replica:
    """One process of on-call."""

    environment: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, failpoint: str = "") -> None:
        environment = self.environment | {"STEWARD_ONCALL_PORT": str(self.port), VARIABLE: failpoint}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "steward.oncall"], env=environment, stderr=log
            )

    def is_ready(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz").is_success
        return False

    def is_killed(self) -> bool:
        return self.process is not None and self.process.poll() == -signal.SIGKILL

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class Service:
    """On-call in one or several replicas, and everything it tells."""

    replicas: list[Replica]
    post: Post
    kills: int = 0

    def start(self, *failpoints: str) -> None:
        """Start every replica, the first ones with a failpoint each, and wait until they answer."""
        for number, replica in enumerate(self.replicas):
            replica.start(failpoints[number] if number < len(failpoints) else "")
        eventually("every replica is ready", lambda: all(self._is_up(one) for one in self.replicas))

    def tend(self) -> None:
        """Start again whoever was killed, as a supervisor does."""
        for replica in self.replicas:
            if replica.is_killed():
                self.kills += 1
                replica.start()

    def hears(self, alerts: Sequence[IncomingAlert]) -> None:
        """Tell it of alerts as Alertmanager does: again and again, until a replica answers 200."""

        def tell() -> bool:
            self.tend()
            return any(self._tell(replica, alerts) for replica in self.replicas)

        eventually("a replica has taken the alerts", tell)

    def until(self, what: str, ask: Callable[[], bool]) -> None:
        """Wait for something, while whoever was killed is started again."""

        def asked() -> bool:
            self.tend()
            return ask()

        eventually(what, asked, 45)

    def _is_up(self, replica: Replica) -> bool:
        # A failpoint may be passed while the process starts.
        return replica.is_ready() or replica.is_killed()

    def _tell(self, replica: Replica, alerts: Sequence[IncomingAlert]) -> bool:
        try:
            answer = httpx.post(
                f"{replica.url}/webhooks/alertmanager",
                json=webhook(alerts),
                headers={"Authorization": f"Bearer {TOKEN}"},
                timeout=5,
            )
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK


@pytest.fixture
def post() -> Iterator[Post]:
    with open_post() as opened:
        yield opened
        assert opened.problems == []


@pytest.fixture(scope="module")
def databases() -> Iterator[Callable[[], str]]:
    """Give a maker of empty PostgreSQL databases."""
    with open_folder() as folder, postgres_server(folder) as server:
        numbers = iter(range(1_000))

        def make() -> str:
            name = f"oncall_{next(numbers)}"
            with psycopg.connect(server.url("postgresql"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            return server.url(database=name)

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path, post: Post) -> Iterator[Service]:
    """Give on-call that is not started yet: one replica on SQLite, three on PostgreSQL."""
    shared = request.param == "postgresql"
    store = request.getfixturevalue("databases")() if shared else f"sqlite:///{tmp_path / 'oncall.db'}"
    (tmp_path / "quiet_shop.py").write_text(_CATALOGUE)
    (tmp_path / "token").write_text(TOKEN)
    environment = post.environment(tmp_path) | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "STEWARD_ONCALL_STORE": store,
        "STEWARD_ONCALL_CATALOGUE": "quiet_shop:QUIET",
        "STEWARD_ONCALL_WEBHOOK_TOKEN_FILE": str(tmp_path / "token"),
        "STEWARD_TIME_SCALE": str(FASTER),
    }
    count = 3 if shared else 1
    made = Service(
        [Replica(dict(environment), tmp_path / f"replica-{number}.log") for number in range(count)], post
    )
    yield made
    for replica in made.replicas:
        replica.kill()
