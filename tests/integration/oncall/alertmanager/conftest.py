"""The on-call service with its webhook on a real port, which goes down and comes back, and real Alertmanagers."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Row, select

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.clock import utc_now
from steward.oncall.context import Context
from steward.oncall.services.reconciliation import Patience, Reconciled
from steward.oncall.store.tables import alert, event, page
from steward.oncall.store.tables import silence as silence_table
from steward.oncall.web.app import create
from steward.oncall.worker.reconcile import Comparer, Pace
from steward.testing.alertmanagers import AlertmanagerServer, alertmanagers
from steward.testing.ports import free_port

TOKEN = "alertmanager-may-come-in"
AT_ONCE = Patience(timedelta(), timedelta(), timedelta(minutes=5))
"""A test has no time for patience; what it is for is tested with a movable clock."""


@dataclass(slots=True)
class Service:
    """On-call, as far as Alertmanager knows it."""

    context: Context
    port: int = field(default_factory=free_port)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def webhook(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/alertmanager"

    def up(self) -> None:
        config = uvicorn.Config(create(self.context), log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()

    def down(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
            self._server = self._thread = None

    def reconcile(self, patience: Patience = AT_ONCE) -> Reconciled:
        found = Comparer(self.context, Pace(timedelta(), patience)).take_turn()
        assert found is not None
        return found

    def alerts(self, name: str) -> Sequence[Row[tuple[object, ...]]]:
        with self.context.store.read() as connection:
            return connection.execute(select(alert).where(alert.c.name == name).order_by(alert.c.id)).all()

    def pages(self) -> Sequence[Row[tuple[object, ...]]]:
        with self.context.store.read() as connection:
            return connection.execute(select(page).order_by(page.c.id)).all()

    def events(self) -> list[str]:
        with self.context.store.read() as connection:
            return list(connection.scalars(select(event.c.kind).order_by(event.c.id)))

    def age_silences(self) -> None:
        """Have whoever wrote the silences be done, without waiting for it."""
        with self.context.store.write() as connection:
            connection.execute(silence_table.update().values(created_at=datetime.now(UTC) - timedelta(minutes=1)))


Start = Callable[..., tuple[Service, list[AlertmanagerServer]]]


@pytest.fixture
def start(context: Context, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts the service and so many Alertmanagers that tell it of alerts."""
    with ExitStack() as stack:

        def run(count: int = 1, *, peers: bool = False) -> tuple[Service, list[AlertmanagerServer]]:
            service = Service(context)
            servers = stack.enter_context(
                alertmanagers(tmp_path, count, webhook=service.webhook, token=TOKEN, peers=peers)
            )
            asked = Alertmanagers(tuple(one.address for one in servers))
            stack.callback(asked.close)
            service.context = replace(context, alertmanagers=asked, clock=utc_now)
            service.up()
            stack.callback(service.down)
            return service, servers

        yield run
