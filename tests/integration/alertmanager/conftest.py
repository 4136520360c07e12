import email
import json
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from steward.compile.alertmanager import alertmanager_files
from steward.compile.placement import Placement
from steward.compile.start_script import start_script
from steward.model import (
    Catalogue,
    Collection,
    Email,
    Mail,
    PagerDuty,
    Port,
    Receiver,
    Route,
    Routing,
    Service,
    Slack,
    Webhook,
    components,
    seconds,
)
from steward.model.components.alertmanager import PAGERDUTY_KEY, SLACK_WEBHOOK, SMTP_PASSWORD
from steward.testing.polling import eventually
from steward.testing.ports import free_port

SHOP = Catalogue(
    "shop",
    "Shop",
    services=(components.alertmanager("v1"), Service("oncall", "On-call", ports=(Port(8090),))),
    routing=Routing(
        Route("people", group_wait=seconds(1)),
        (
            Receiver(
                "people",
                (
                    Slack("#shop", SLACK_WEBHOOK),
                    PagerDuty(PAGERDUTY_KEY),
                    Email("people@shop.example"),
                    Webhook("oncall", "/oncall"),
                ),
            ),
        ),
        mail=Mail("smtp.example:587", "alerts@shop.example", "declared", SMTP_PASSWORD),
    ),
)

Compile = Callable[..., Path]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Give each secret a value, as `steward secrets` does."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    for secret in (SLACK_WEBHOOK, PAGERDUTY_KEY, SMTP_PASSWORD):
        (folder / secret.name).write_text(f"value of {secret.name}")
    return folder


@pytest.fixture
def compile_shop(tmp_path: Path, secrets: Path) -> Compile:
    """Write what Alertmanager reads into a folder, and return that folder; on-call runs where an address says."""

    def write(mail: Mail | None, oncall: str | None = None) -> Path:
        placement = Placement(
            lambda *_: oncall, Collection(), mail=mail, secret=lambda _, secret: str(secrets / secret)
        )
        folder = tmp_path / "alertmanager"
        for path, content in alertmanager_files(SHOP, placement).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        (folder / "start.sh").write_bytes(start_script())
        return folder

    return write


class _Caller(BaseHTTPRequestHandler):
    """Keeps what it is told in the server's list."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Postman(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs who does not log in."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper().decode() if line.split() else ""
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self._keep()
            self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n")
            if word == "QUIT":
                return

    def _keep(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        self.server.told.append(email.message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[attr-defined]


@dataclass
class Told:
    """What Alertmanager told whom."""

    slack: list[dict[str, Any]]
    pagerduty: list[dict[str, Any]]
    mail: list[EmailMessage]
    oncall: list[dict[str, Any]]


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]  # type: ignore[index, misc]
        finally:
            server.shutdown()
            thread.join()


def await_answer(url: str) -> None:
    def ready() -> bool:
        try:
            return httpx.get(url).is_success
        except httpx.TransportError:
            return False

    eventually(f"{url} answers", ready)


@pytest.fixture
def tell(compile_shop: Compile, secrets: Path, tmp_path: Path) -> Iterator[Callable[[list[dict[str, Any]]], Told]]:
    """Return a function that hands alerts to a real Alertmanager and waits until all four channels were told."""
    calls: list[tuple[str, dict[str, Any]]] = []
    mails: list[EmailMessage] = []
    web, post = (
        ThreadingHTTPServer(("127.0.0.1", 0), _Caller),
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Postman),
    )
    web.told, post.told = calls, mails  # type: ignore[attr-defined]
    port = free_port()
    with serving(web) as web_port, serving(post) as post_port:
        (secrets / SLACK_WEBHOOK.name).write_text(f"http://127.0.0.1:{web_port}/slack")
        folder = compile_shop(Mail(f"127.0.0.1:{post_port}", "alerts@shop.example"), f"127.0.0.1:{web_port}")
        _turn_to(folder / "alertmanager.yml", f"http://127.0.0.1:{web_port}/pagerduty")
        command = [
            "prometheus-alertmanager",
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={tmp_path}/data",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
            try:
                await_answer(f"http://127.0.0.1:{port}/-/ready")

                def run(alerts: list[dict[str, Any]]) -> Told:
                    before = len(calls), len(mails)
                    httpx.post(f"http://127.0.0.1:{port}/api/v2/alerts", json=alerts).raise_for_status()

                    def told() -> Told | None:
                        found = _about(alerts, calls[before[0] :], mails[before[1] :])
                        return found if found.slack and found.pagerduty and found.mail and found.oncall else None

                    return eventually(f"all are told; {tmp_path}/log says more", told)

                yield run
            finally:
                process.terminate()


def _about(
    alerts: list[dict[str, Any]], calls: list[tuple[str, dict[str, Any]]], mails: list[EmailMessage]
) -> Told:
    """Pick the messages about all of `alerts`.

    Alertmanager does not wait for the rest of a group with alerts older than its `group_wait`, so that a first
    message may name only those that had arrived by then.
    """
    head = "[RESOLVED]" if any("endsAt" in alert for alert in alerts) else f"[FIRING:{len(alerts)}]"
    return Told(
        [body for path, body in calls if path == "/slack" and body["attachments"][0]["title"].startswith(head)],
        [body for path, body in calls if path == "/pagerduty" and body["payload"]["summary"].startswith(head)],
        [mail for mail in mails if mail["Subject"].startswith(head)],
        [body for path, body in calls if path == "/oncall" and _tells_of_all(body, alerts)],
    )


def _tells_of_all(body: dict[str, Any], alerts: list[dict[str, Any]]) -> bool:
    status = "resolved" if any("endsAt" in alert for alert in alerts) else "firing"
    return body["status"] == status and len(body["alerts"]) == len(alerts)


def _turn_to(path: Path, pagerduty: str) -> None:
    """Have the newer interface of PagerDuty called here; the address of the older is fixed in Alertmanager."""
    config = yaml.safe_load(path.read_text())
    config["global"]["pagerduty_url"] = pagerduty
    config["route"]["group_interval"] = "1s"
    for part in config["receivers"][0]["pagerduty_configs"]:
        part["routing_key_file"] = part.pop("service_key_file")
    path.write_text(yaml.safe_dump(config))
