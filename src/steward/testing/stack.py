"""A whole stack of its own for a test: its own state folder, its own ports, driven through `./steward`.

stack = Stack.beside(CATALOGUE, project=root, state=tmp_path / "state")
assert stack.steward("up", "--detach").returncode == 0
"""

import json
import os
import pwd
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from steward.model import Catalogue
from steward.testing.ports import free_ports


@dataclass(frozen=True, slots=True)
class Stack:
    """How a test speaks to the stack that it starts."""

    project: Path
    """The folder that holds `./steward`."""
    state: Path
    ports: Mapping[str, int]
    """Service -> the port it listens on."""
    user: str | None = None
    """Who runs it; None for whoever runs the test."""

    @classmethod
    def beside(cls, catalogue: Catalogue, *, project: Path, state: Path, user: str | None = None) -> Self:
        """Choose free ports, so that this stack runs beside any other."""
        native = [service for service in catalogue.services if service.native]
        listening = [service.name for service in native if service.ports]
        listening += [one.native.stands_in_for for one in native if one.native and one.native.stands_in_for]
        return cls(project, state, dict(zip(listening, free_ports(len(listening)), strict=True)), user)

    def steward(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run one `./steward` command to its end."""
        return subprocess.run(
            [str(self.project / "steward"), *arguments],
            env=os.environ | self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            user=self.user,
            group=self.user and _group(self.user),
            extra_groups=[] if self.user else None,
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that make `./steward` speak of this stack."""
        ports = {f"STEWARD_PORT_{name.upper().replace('-', '_')}": str(port) for name, port in self.ports.items()}
        home = {"HOME": str(self.state)} if self.user else {}
        return {"STEWARD_STATE": str(self.state), "STEWARD_NO_INSTALL": "1"} | ports | home

    def status(self) -> dict[str, Any]:
        """Return what `status --json` says."""
        answer: dict[str, Any] = json.loads(self.steward("status", "--json").stdout)
        return answer

    def services(self) -> dict[str, dict[str, Any]]:
        """Return the services of `status --json` by name."""
        return {service["name"]: service for service in self.status()["services"]}

    def get(self, service: str, path: str, **parameters: str) -> httpx.Response:
        """Ask a service over HTTP."""
        return httpx.get(f"http://127.0.0.1:{self.ports[service]}{path}", params=parameters, timeout=10)

    def targets(self) -> dict[str, str]:
        """Return job -> health of Prometheus' targets."""
        targets = self.get("prometheus", "/api/v1/targets").json()["data"]["activeTargets"]
        return {target["labels"]["job"]: target["health"] for target in targets}

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the instant vector that Prometheus answers."""
        answer = self.get("prometheus", "/api/v1/query", query=expression).json()
        if answer["status"] != "success":
            raise AssertionError(f"{expression}: {answer['error']}")
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def processes(self) -> list[psutil.Process]:
        """Return every living process of this stack: its command or its environment names the state folder."""
        return [process for process in psutil.process_iter() if _names(process, str(self.state))]

    def open_ports(self) -> list[int]:
        """Return those of its ports that answer."""
        return [port for port in self.ports.values() if _answers(port)]


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _names(process: psutil.Process, folder: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return any(folder in text for text in (*process.cmdline(), *process.environ().values()))
    except psutil.Error:
        return False


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex(("127.0.0.1", port)) == 0
