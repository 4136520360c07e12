"""The catalogue: everything that is said about what is watched, in one value."""

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from steward.model.alert import Alert, AlertGroup
from steward.model.dashboard import Dashboard
from steward.model.errors import CatalogueError
from steward.model.maintenance import Maintenance
from steward.model.metric import Metric
from steward.model.oncall import OnCall
from steward.model.recording import RecordingGroup, RecordingRule
from steward.model.routing import Routing
from steward.model.scrape import Collection, ScrapeJob
from steward.model.service import Secret, Service
from steward.model.slo import SLO
from steward.model.team import Team


@dataclass(frozen=True, slots=True)
class Links:
    """Where a person who reads an alert finds more."""

    runbooks: str = "http://localhost:8090/runbooks/"
    """A runbook's slug is put behind it."""
    dashboards: str = "http://localhost:3001/d/"
    """A dashboard's uid is put behind it."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A whole catalogue, checked for agreement between its parts when it is made."""

    name: str
    """Of the platform; it prefixes the names of containers, networks and volumes."""
    title: str
    services: tuple[Service, ...] = ()
    jobs: tuple[ScrapeJob, ...] = ()
    collection: Collection = field(default_factory=Collection)
    teams: tuple[Team, ...] = ()
    recordings: tuple[RecordingGroup, ...] = ()
    alert_groups: tuple[AlertGroup, ...] = ()
    slos: tuple[SLO, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    routing: Routing | None = None
    oncall: OnCall | None = None
    dashboards: tuple[Dashboard, ...] = ()
    links: Links = Links()

    def __post_init__(self) -> None:
        _unique("service", (service.name for service in self.services))
        _unique("scrape job", (job.name for job in self.jobs))
        _unique("team", (team.name for team in self.teams))
        _unique("alert", (alert.name for alert in self.alerts))
        _unique("alert group", (group.name for group in self.alert_groups))
        _unique("recording rule", (rule.name for rule in self.recording_rules))
        _unique("SLO", (slo.name for slo in self.slos))
        _unique("dashboard", (dashboard.uid for dashboard in self.dashboards))
        _unique("dashboard file", (dashboard.file for dashboard in self.dashboards))
        self._check_metrics()
        self._check_ports()
        self._check_neighbours()
        self._check_tokens()
        self._check_owners()
        self._check_on_call()
        _refuse_circles(self.services)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of ours, once, in the order of the jobs.

        One that some jobs expose with further labels, as programs of several processes do, is here in each shape.
        """
        return tuple(dict.fromkeys(metric for job in self.jobs for metric in job.metrics))

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert, in the order of the groups; those of the objectives are made by the compiler."""
        return tuple(alert for group in self.alert_groups for alert in group.alerts)

    @property
    def recording_rules(self) -> tuple[RecordingRule, ...]:
        """Every recording rule, in the order of the groups."""
        return tuple(rule for group in self.recordings for rule in group.rules)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret that a service asks for, once."""
        return tuple(dict.fromkeys(secret for service in self.services for secret in service.secrets))

    def service(self, name: str) -> Service:
        """Return the service called `name`; raises CatalogueError where there is none."""
        for service in self.services:
            if service.name == name:
                return service
        known = ", ".join(service.name for service in self.services)
        raise CatalogueError(f"no service is called {name!r}; known: {known}")

    def _check_metrics(self) -> None:
        for job in self.jobs:
            _unique(f"scrape job {job.name}: metric", (metric.name for metric in job.metrics))
        widest: dict[str, Metric] = {}
        for metric in self.metrics:
            known = widest.get(metric.name, metric)
            if not _alike(metric, known):
                raise CatalogueError(f"metric {metric.name}: declared twice, and differently")
            widest[metric.name] = max(known, metric, key=lambda one: len(one.labels))

    def _check_ports(self) -> None:
        holders: dict[int, str] = {}
        for service in self.services:
            for port in service.ports:
                if port.outside in holders:
                    raise CatalogueError(
                        f"port {port.outside}: both {holders[port.outside]} and {service.name} want it"
                    )
                holders[port.outside] = service.name

    def _check_neighbours(self) -> None:
        for job in self.jobs:
            self.service(job.service).port(job.port)
        secrets: dict[str, Secret] = {}
        for service in self.services:
            for need in service.needs:
                self.service(need)
            if service.native and service.native.stands_in_for:
                self._check_stand_in(service.name, self.service(service.native.stands_in_for))
            for secret in service.secrets:
                if secrets.setdefault(secret.name, secret) != secret:
                    raise CatalogueError(f"secret {secret.name}: declared twice, and differently")

    def _check_stand_in(self, name: str, absent: Service) -> None:
        if absent.native or not absent.ports:
            why = "runs natively itself" if absent.native else "has no port"
            raise CatalogueError(f"service {name}: it cannot stand in for {absent.name}, which {why}")

    def _check_tokens(self) -> None:
        handed = {
            secret for service in self.services if service.name == "prometheus" for secret in service.secrets
        }
        for job in self.jobs:
            if job.token and job.token not in handed:
                raise CatalogueError(
                    f"scrape job {job.name}: its token {job.token.name} is not among the secrets of the service "
                    "prometheus, which reads it; put it there"
                )

    def _check_owners(self) -> None:
        for what, team in (
            *((f"alert {alert.name}", alert.team) for alert in self.alerts),
            *((f"SLO {slo.name}", slo.team) for slo in self.slos),
        ):
            if team not in self.teams:
                raise CatalogueError(f"{what}: its team {team.name} is not among the catalogue's teams")
        known = {slo.name for slo in self.slos}
        for window in self.maintenance:
            if unknown := set(window.slos) - known:
                raise CatalogueError(f"maintenance {window.name}: no SLO is called {', '.join(sorted(unknown))}")

    def _check_on_call(self) -> None:
        schedules = {one.name for one in self.oncall.schedules} if self.oncall else set()
        people = {one.name for one in self.oncall.people} if self.oncall else set()
        for team in self.teams:
            if team.schedule and team.schedule not in schedules:
                known = ", ".join(sorted(schedules)) or "none"
                raise CatalogueError(f"team {team.name}: no schedule is called {team.schedule!r}; known: {known}")
            if team.contact and team.contact not in people | {one.name for one in self.teams}:
                raise CatalogueError(f"team {team.name}: no team and no person is called {team.contact!r}")


def _unique(what: str, names: Iterable[str]) -> None:
    for name, count in Tally(names).items():
        if count > 1:
            raise CatalogueError(f"{what} {name}: declared {count} times")


def _alike(one: Metric, other: Metric) -> bool:
    """Tell whether two are the same but for labels that only one of them has."""
    labels = sorted((set(one.labels), set(other.labels)), key=len)
    return labels[0] <= labels[1] and replace(one, labels=()) == replace(other, labels=())


def _refuse_circles(services: tuple[Service, ...]) -> None:
    waiting = {service.name: set(service.needs) for service in services}
    while waiting:
        free = {name for name, needs in waiting.items() if not needs & waiting.keys()}
        if not free:
            raise CatalogueError(f"services {', '.join(waiting)}: they need each other in a circle")
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
