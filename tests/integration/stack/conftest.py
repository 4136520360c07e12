import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from steward.testing import ports
from steward.testing.polling import eventually

DAEMON = Path(__file__).with_name("daemon.py")
SECONDS = 30.0

_HEAD = """
from steward.model import *

def daemon(name, port, *options, **more):
    return Service(
        name, name.title(), ports=(Port(port),), ready=HttpProbe("/"), native=Native(PYTHON),
        arguments=({daemon!r}, {events!r}, name, "{{port}}", *options), **more,
    )

def script(name, text, **more):
    return Service(name, name.title(), native=Native(PYTHON), arguments=("-c", text), **more)
"""


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@dataclass
class Project:
    """A project with a catalogue of its own, a state folder of its own, and its command line."""

    folder: Path
    state: Path
    environ: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def events(self) -> list[str]:
        path = self.folder / "events"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def record(self) -> Path:
        return self.state / "run" / "stack.json"

    def catalogue(self, services: str) -> None:
        """Write the catalogue: the text of a tuple of services, and what they need."""
        (self.folder / "pyproject.toml").write_text('[tool.steward]\ncatalogue = "watched:CATALOGUE"\n')
        head = _HEAD.format(daemon=str(DAEMON), events=str(self.folder / "events"))
        end = f"CATALOGUE = Catalogue('tested', 'Tested', services=({services},))\n"
        (self.folder / "watched.py").write_text(head + end)

    def steward(self, *arguments: str, seconds: float = SECONDS) -> Outcome:
        process = self.spawn(*arguments)
        out, err = process.communicate(timeout=seconds)
        return Outcome(process.returncode, out, err)

    def spawn(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "steward.cli", *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_")}
        return inherited | {"STEWARD_STATE": str(self.state), "STEWARD_NO_INSTALL": "1"} | self.environ

    def up(self) -> None:
        outcome = self.steward("up", "--detach")
        assert outcome.code == 0, outcome

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.steward("status", "--json").out)
        return status

    def service(self, name: str) -> dict[str, Any]:
        return next(service for service in self.status()["services"] if service["name"] == name)

    def pids(self) -> set[int]:
        """Return every process that belongs to this state folder, by the mark that it carries."""
        mark = f"STEWARD_SERVICE_OF={self.state.resolve()}".encode()
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    if mark in (entry / "environ").read_bytes().split(b"\0"):
                        found.add(int(entry.name))
                except OSError:
                    continue
        return found

    @staticmethod
    def until(condition: Callable[[], bool]) -> None:
        eventually("what was waited for", condition, SECONDS)


@pytest.fixture
def project() -> Iterator[Project]:
    # Not pytest's own folder, which is closed to the users that root's servers run as.
    root = Path(tempfile.mkdtemp(prefix="steward-test-"))
    root.chmod(0o755)
    made = Project(root / "project", root / "state")
    made.folder.mkdir()
    yield made
    for process in made.started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
    made.steward("down", "--purge")
    for pid in made.pids():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(root)


@pytest.fixture
def free_port() -> Callable[[], int]:
    given: set[int] = set()

    def find() -> int:
        while True:
            port = ports.free_port()
            if port not in given:
                given.add(port)
                return port

    return find
