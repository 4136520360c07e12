"""The stack as users ask for it: one view of what runs, from the record and from the kernel's list."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from steward.stack import processes
from steward.stack.lock import holder
from steward.stack.record import Phase, Record, ServiceRecord, Stage, read
from steward.stack.state import State


@dataclass(frozen=True, slots=True)
class View:
    """A moment of the stack."""

    supervisor: int | None
    """Its process; None when the stack does not run."""
    record: Record | None
    memory: Mapping[str, int]
    """Service -> bytes resident, of all its processes together."""

    @property
    def running(self) -> bool:
        """Whether there is a living supervisor."""
        return self.supervisor is not None

    @property
    def healthy(self) -> bool:
        """Whether everything runs and is as it should be."""
        return self.running and self.record is not None and self.record.healthy

    @property
    def services(self) -> tuple[ServiceRecord, ...]:
        """Return the services that are looked after."""
        return self.record.services if self.running and self.record else ()


def look(state: State) -> View:
    """Return the stack as it is now; raises StateUnusable for a damaged record."""
    supervisor = holder(state.lock)
    written = read(state)
    if written and supervisor not in (None, written.supervisor.pid):
        written = None
    return View(supervisor, as_it_is(written) if written else None, memory(written) if supervisor else {})


def as_it_is(written: Record) -> Record:
    """Return the record with a look at the processes: one that was written long ago, on a full disk, misleads."""
    return replace(written, services=tuple(_as_it_is(service) for service in written.services))


def _as_it_is(service: ServiceRecord) -> ServiceRecord:
    gone = service.leader is not None and not service.leader.lives()
    return replace(service, state=Phase.GONE) if gone and service.state.healthy else service


def memory(written: Record | None) -> dict[str, int]:
    """Return how many bytes of memory the processes of each service hold."""
    now = processes.table()
    return {
        service.name: processes.resident(processes.family(now, service.leader.pid))
        for service in (written.services if written else ())
        if service.leader
    }


def last_problem(view: View) -> str | None:
    """Return why the last start failed, when that is the last that happened."""
    if view.running or view.record is None or view.record.stage is not Stage.FAILED:
        return None
    return view.record.problem.what if view.record.problem else None
