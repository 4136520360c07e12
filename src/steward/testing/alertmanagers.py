"""Real Alertmanagers for the length of a `with` block, which can be killed and started again.

with alertmanager(tmp_path, webhook=f"http://127.0.0.1:{port}/webhooks/alertmanager", token="…") as manager:
    manager.tell(firing("APIDown"))
    manager.kill()
    manager.start()
"""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from steward.testing.polling import eventually
from steward.testing.ports import free_ports

_PROGRAM = "prometheus-alertmanager"
_STOP_SECONDS = 10.0
_STAYS = timedelta(hours=1)
_QUICK = {"group_wait": "200ms", "group_interval": "1s", "repeat_interval": "1h"}
"""Seconds where a real configuration has minutes; Alertmanager tries again within a group_interval."""


@dataclass(slots=True)
class AlertmanagerServer:
    """An Alertmanager on loopback that keeps its data from one start to the next."""

    folder: Path
    port: int
    cluster_port: int | None = None
    peers: Sequence[int] = ()
    """Cluster ports of others."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it is ready; AssertionError names its log when it is not."""
        log = self.folder / "alertmanager.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(self._command(), stdout=output, stderr=output, start_new_session=True)
        eventually(f"Alertmanager is ready; {log} says more", self._ready, 30)

    def kill(self) -> None:
        """Kill it, so that it can save nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Let it save its silences, and end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def tell(self, *alerts: Mapping[str, Any]) -> None:
        """Hand alerts to it, as Prometheus does."""
        httpx.post(f"{self.address}/api/v2/alerts", json=list(alerts)).raise_for_status()

    def failed_attempts(self) -> int:
        """Return how often it tried to tell a receiver in vain."""
        return self._metric("alertmanager_notification_requests_failed_total")

    def given_up(self) -> int:
        """Return how many notifications it tried for as long as it does, ten seconds at least, in vain."""
        return self._metric("alertmanager_notifications_failed_total")

    def silences(self) -> list[dict[str, Any]]:
        """Return the silences that it knows, the expired too."""
        answer = httpx.get(f"{self.address}/api/v2/silences").raise_for_status()
        return list(answer.json())

    def silence(self, **labels: str) -> str:
        """Silence alerts with these labels for an hour, as its own page does; return the id."""
        now = datetime.now(UTC)
        body = {
            "matchers": [{"name": n, "value": v, "isRegex": False, "isEqual": True} for n, v in labels.items()],
            "startsAt": now.isoformat(),
            "endsAt": (now + _STAYS).isoformat(),
            "createdBy": "somebody",
            "comment": "by hand",
        }
        answer = httpx.post(f"{self.address}/api/v2/silences", json=body).raise_for_status()
        return str(answer.json()["silenceID"])

    def unsilence(self, silence_id: str) -> None:
        """End a silence, as its own page does."""
        httpx.delete(f"{self.address}/api/v2/silence/{silence_id}").raise_for_status()

    def _command(self) -> list[str]:
        cluster = f"127.0.0.1:{self.cluster_port}" if self.cluster_port else ""
        return [
            _PROGRAM,
            f"--config.file={self.folder / 'alertmanager.yml'}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            f"--cluster.listen-address={cluster}",
            "--cluster.settle-timeout=1s",
            *(f"--cluster.peer=127.0.0.1:{port}" for port in self.peers),
        ]

    def _metric(self, name: str) -> int:
        lines = httpx.get(f"{self.address}/metrics").raise_for_status().text.splitlines()
        found = [line.rpartition(" ")[2] for line in lines if line.startswith(name + "{") and "webhook" in line]
        return sum(int(float(value)) for value in found)

    def _ready(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"Alertmanager ended by itself; see {self.folder / 'alertmanager.log'}")
        try:
            return httpx.get(f"{self.address}/-/ready").is_success
        except httpx.TransportError:
            return False


@contextmanager
def alertmanager(folder: Path, *, webhook: str, token: str) -> Iterator[AlertmanagerServer]:
    """Run one that tells of every alert at `webhook`, grouped by name, and tries again every second."""
    with alertmanagers(folder, 1, webhook=webhook, token=token) as (only,):
        yield only


@contextmanager
def alertmanagers(
    folder: Path, count: int, *, webhook: str, token: str, peers: bool = False
) -> Iterator[list[AlertmanagerServer]]:
    """Run several, as peers of one cluster or each for itself."""
    ports = free_ports(2 * count)
    clusters = ports[count:] if peers else []
    servers = [
        AlertmanagerServer(
            _prepared(folder / f"alertmanager-{number}", webhook, token),
            ports[number],
            clusters[number] if peers else None,
            clusters[:number],
        )
        for number in range(count)
    ]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()


def firing(name: str, *, since: datetime | None = None, **labels: str) -> dict[str, Any]:
    """Return an alert that fires, as Prometheus says it: critical, of the team `sre`, unless labels say else."""
    starts_at = since or datetime.now(UTC)
    return {
        "labels": {"alertname": name, "severity": "critical", "team": "sre"} | labels,
        "annotations": {"summary": f"{name} is wrong"},
        "startsAt": starts_at.isoformat(),
        "endsAt": (datetime.now(UTC) + _STAYS).isoformat(),
        "generatorURL": "http://prometheus.example/graph",
    }


def resolved(alert: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same alert as it ends now."""
    return {**alert, "endsAt": datetime.now(UTC).isoformat()}


def _prepared(folder: Path, webhook: str, token: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "token").write_text(token)
    (folder / "alertmanager.yml").write_text(json.dumps(_configuration(folder, webhook)))
    return folder


def _configuration(folder: Path, webhook: str) -> Mapping[str, Iterable[Any] | Mapping[str, Any]]:
    """Return the configuration; JSON is YAML."""
    authorization = {"type": "Bearer", "credentials_file": str(folder / "token")}
    hook = {"url": webhook, "send_resolved": True, "http_config": {"authorization": authorization}}
    return {
        "route": {"receiver": "oncall", "group_by": ["alertname"], **_QUICK},
        "receivers": [{"name": "oncall", "webhook_configs": [hook]}],
    }
