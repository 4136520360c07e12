"""What a supervisor writes down of itself and its services: for whoever asks, and for whoever finds it dead."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from steward.stack import processes
from steward.stack.errors import StateUnusable
from steward.stack.files import explained, write_atomically
from steward.stack.state import State


class Phase(StrEnum):
    """Where a service stands."""

    WAITING = "waiting"
    """For what it needs."""
    PREPARING = "preparing"
    STARTING = "starting"
    READY = "ready"
    RUNNING = "running"
    """A oneshot at its work."""
    UNHEALTHY = "unhealthy"
    """Alive, and not ready for a while."""
    RESTARTING = "restarting"
    CRASH_LOOPING = "crash-looping"
    GONE = "gone"
    """Its process has ended, and its supervisor has not said yet what follows."""
    DONE = "done"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"

    @property
    def healthy(self) -> bool:
        """Whether all is as it should be."""
        return self in {Phase.READY, Phase.RUNNING, Phase.DONE}


class Stage(StrEnum):
    """Where the whole stack stands."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Leader:
    """A process, told from any other that had or will have its id."""

    pid: int
    identity: str

    def lives(self) -> bool:
        """Tell whether it is still there."""
        return processes.identity(self.pid) == self.identity


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One service."""

    name: str
    title: str
    state: Phase
    leader: Leader | None
    ports: Mapping[str, int]
    url: str | None
    restarts: int
    since: float
    """When it came into its state, in seconds of Unix time."""
    log: str
    stop: str = "SIGTERM"
    """The name of the signal that stops it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the stack could not be started."""

    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Record:
    """The whole stack."""

    supervisor: Leader
    stage: Stage
    services: tuple[ServiceRecord, ...] = ()
    problem: Problem | None = None

    @property
    def healthy(self) -> bool:
        """Whether it is up and every service is as it should be."""
        return self.stage is Stage.UP and all(service.state.healthy for service in self.services)


def write(state: State, record: Record) -> None:
    """Replace the record."""
    write_atomically(state.record, json.dumps(asdict(record), indent=1).encode())


def read(state: State) -> Record | None:
    """Return the latest record; None where there is none. Raises StateUnusable for one that is damaged."""
    with explained(state.record):
        if not state.record.exists():
            return None
        content = state.record.read_bytes()
    try:
        return _record(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StateUnusable(
            f"{state.record} is damaged, so what it says of running processes is lost",
            mend="end those that still run, then remove the file; `steward down --purge` removes all state",
        ) from None


def forget(state: State) -> None:
    """Remove the record."""
    with explained(state.record):
        state.record.unlink(missing_ok=True)


def _record(raw: Any) -> Record:  # noqa: ANN401 - JSON that anything may have written; each part is converted
    problem = raw["problem"]
    return Record(
        supervisor=_leader(raw["supervisor"]),
        stage=Stage(raw["stage"]),
        services=tuple(_service(service) for service in raw["services"]),
        problem=Problem(str(problem["what"]), str(problem["mend"])) if problem else None,
    )


def _service(raw: Any) -> ServiceRecord:  # noqa: ANN401
    return ServiceRecord(
        name=str(raw["name"]),
        title=str(raw["title"]),
        state=Phase(raw["state"]),
        leader=_leader(raw["leader"]) if raw["leader"] else None,
        ports={str(name): int(number) for name, number in raw["ports"].items()},
        url=str(raw["url"]) if raw["url"] else None,
        restarts=int(raw["restarts"]),
        since=float(raw["since"]),
        log=str(raw["log"]),
        stop=str(raw["stop"]),
    )


def _leader(raw: Any) -> Leader:  # noqa: ANN401
    return Leader(int(raw["pid"]), str(raw["identity"]))
