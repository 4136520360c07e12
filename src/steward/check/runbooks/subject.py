"""What the checks of runbooks are given: every page, and every alert with the page it links."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from steward.check.finding import Level
from steward.check.runbooks.page import Runbook
from steward.compile.slo import names
from steward.model import SLO, Catalogue, Severity

_LEAST_TO_MOST = (Severity.NONE, Severity.INFO, Severity.WARNING, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Served:
    """An alert that links a page."""

    alert: str
    slug: str
    severity: Severity
    team: str


@dataclass(frozen=True, slots=True)
class RunbooksSubject:
    """All of it."""

    pages: tuple[Runbook, ...]
    alerts: tuple[Served, ...]

    def served_by(self, slug: str) -> tuple[Served, ...]:
        """Return the alerts that link a page."""
        return tuple(one for one in self.alerts if one.slug == slug)

    @property
    def by_alert(self) -> Mapping[str, Served]:
        """Alert name -> what it links."""
        return {one.alert: one for one in self.alerts}


@dataclass(frozen=True, slots=True)
class RunbookProblem:
    """What a check found."""

    level: Level
    file: str
    what: str
    """The part it is about, e.g. `alert APIDown`."""
    message: str
    mend: str
    line: int | None = None


def served(catalogue: Catalogue) -> tuple[Served, ...]:
    """Return every alert of a catalogue, those that the compiler makes of its objectives included."""
    declared = (Served(one.name, one.runbook, one.severity, one.team.name) for one in catalogue.alerts)
    return (*declared, *(one for slo in catalogue.slos for one in _of_objective(slo)))


def subject_of(catalogue: Catalogue, pages: Iterable[Runbook]) -> RunbooksSubject:
    """Return the subject of a catalogue and its pages."""
    return RunbooksSubject(tuple(pages), served(catalogue))


def worst(alerts: Iterable[Served]) -> Severity:
    """Return the most urgent severity among some alerts, of which there must be one."""
    return max((one.severity for one in alerts), key=_LEAST_TO_MOST.index)


def _of_objective(slo: SLO) -> Iterator[Served]:
    for level in slo.burn_rates:
        yield Served(f"{slo.stem}{names.BURN_RATE}{level.name}", slo.runbook, level.severity, slo.team.name)
    yield Served(f"{slo.stem}{names.BUDGET_SPIKE}", slo.runbook, Severity.CRITICAL, slo.team.name)
    yield Served(f"{slo.stem}{names.DATA_ABSENT}", slo.runbook, Severity.WARNING, slo.team.name)
