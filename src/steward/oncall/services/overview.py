"""What somebody who was just woken needs first: what is broken now, and what is left of the budgets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from steward.model import Catalogue, Severity
from steward.oncall.domain.page import Page
from steward.oncall.domain.states import PageState
from steward.oncall.errors import Unavailable
from steward.oncall.prometheus import Prometheus, ScrapedTarget
from steward.oncall.services.burning import Reading, readings, worst
from steward.oncall.store import incidents, pages, unpaged
from steward.oncall.store.incidents import IncidentRow
from steward.oncall.store.pages import Wanted
from steward.oncall.store.unpaged import Standing

_MOST_PAGES = 200
_MOST_INCIDENTS = 20
_BY_URGENCY = {severity.value: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Unpaged:
    """An alert that fires while nobody is told."""

    name: str
    severity: str
    team: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What Prometheus says; `problem` instead where it does not answer."""

    targets: tuple[ScrapedTarget, ...] = ()
    objectives: tuple[Reading, ...] = ()
    """Each in its worst group."""
    firing: frozenset[tuple[str, str, str]] = frozenset()
    """(name, severity, team) of every alert that fires."""
    problem: str = ""

    @property
    def down(self) -> tuple[ScrapedTarget, ...]:
        """What cannot be scraped."""
        return tuple(one for one in self.targets if one.health == "down")


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything at one glance."""

    pages: Sequence[Page]
    """The most urgent first."""
    more: bool
    """Whether there are more pages than these."""
    incidents: Sequence[IncidentRow]
    unpaged: Sequence[Unpaged]
    firing: int
    silenced: int
    """How many of those that fire are silenced."""
    seen: Seen

    @property
    def troubled(self) -> tuple[Reading, ...]:
        """The objectives of which the budget is spent, scarce, or burns."""
        return tuple(one for one in self.seen.objectives if one.tone in ("bad", "warn"))

    @property
    def quiet(self) -> bool:
        """Whether nothing is broken now, and that is known; a budget may have been spent before."""
        broken = self.pages or self.incidents or self.unpaged or self.seen.down
        return not broken and not self.seen.problem


def seen(prometheus: Prometheus, catalogue: Catalogue, *, scale: float) -> Seen:
    """Ask Prometheus; raises nothing."""
    try:
        return Seen(
            tuple(prometheus.targets()),
            tuple(worst(readings(prometheus, catalogue, scale=scale))),
            _firing(prometheus, catalogue),
        )
    except Unavailable as error:
        return Seen(problem=str(error))


def overview(connection: Connection, measured: Seen) -> Overview:
    """Return what is open in the store beside what was measured."""
    found = pages.find(connection, Wanted((PageState.OPEN, PageState.ACKNOWLEDGED)), limit=_MOST_PAGES)
    firing = unpaged.firing(connection)
    return Overview(
        sorted(found, key=_urgency),
        len(found) == _MOST_PAGES,
        incidents.listed(connection, status=None, only_open=True, before=None, limit=_MOST_INCIDENTS),
        sorted(_unpaged(firing, measured), key=lambda one: (_place(one.severity), one.name)),
        sum(one.count for one in firing),
        sum(one.count for one in firing if one.silenced),
        measured,
    )


def _firing(prometheus: Prometheus, catalogue: Catalogue) -> frozenset[tuple[str, str, str]]:
    samples = prometheus.query('count by (alertname, severity, team) (ALERTS{alertstate="firing"})')
    ours = catalogue.oncall.watchdog if catalogue.oncall else ""
    found = ((one.labels.get(name, "") for name in ("alertname", "severity", "team")) for one in samples)
    return frozenset(
        (name, severity, team)
        for name, severity, team in found
        if name != ours and severity != Severity.NONE.value
    )


def _unpaged(firing: Sequence[Standing], measured: Seen) -> Iterator[Unpaged]:
    for one in firing:
        if not one.paged and not one.silenced:
            resolved = one.page_state is PageState.RESOLVED
            why = "its page was resolved, and it still fires" if resolved else "no page was opened"
            yield Unpaged(one.name, one.severity, one.team, one.count, why)
    heard = {one.name for one in firing}
    for name, severity, team in measured.firing:
        if name not in heard:
            yield Unpaged(name, severity, team, 1, "it fires in Prometheus; Alertmanager has not told on-call yet")


def _urgency(page: Page) -> tuple[bool, int, int]:
    """Return by what pages are ordered: what nobody has answered first, then the most urgent, then the newest."""
    return page.state is not PageState.OPEN, _place(page.severity), -page.id


def _place(severity: str) -> int:
    return _BY_URGENCY.get(severity, len(_BY_URGENCY))
