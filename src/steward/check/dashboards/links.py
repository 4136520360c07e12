"""What links between dashboards, alerts and runbooks lead to: the two checks that need a whole catalogue."""

from collections.abc import Iterable, Iterator, Mapping

from steward.check.finding import Finding, Level, Place
from steward.check.reading.written import Written
from steward.check.shape import Use
from steward.model import Catalogue

RUNBOOK = "panel-runbook-missing"
RUNBOOK_WHY = "Whoever sees the panel red follows its link to nothing."
DASHBOARD = "dashboard-missing"
DASHBOARD_WHY = "Whoever is woken by the alert follows its link to nothing."
CHECKS = ((RUNBOOK, RUNBOOK_WHY), (DASHBOARD, DASHBOARD_WHY))

_ANNOTATION = "dashboard_url"


def runbooks_missing(catalogue: Catalogue, pages: Mapping[str, str], folder: str) -> Iterator[Finding]:
    """Yield a finding for each runbook of a panel that nobody wrote; dashboards lie in `folder`."""
    for dashboard in catalogue.dashboards:
        for panel in dashboard.panels:
            for slug in (one for one in panel.runbooks if one not in pages):
                place = Place(f"{folder}/{dashboard.file}.json", None, f"panel {panel.title}")
                message = f"{panel.title} links the runbook {slug}, which does not exist"
                mend = f"write runbooks/{slug}.md, or give the panel the slug of a page that exists"
                yield Finding(RUNBOOK, Level.ERROR, place, message, RUNBOOK_WHY, mend)


def dashboards_missing(catalogue: Catalogue, rules: Iterable[Written]) -> Iterator[Finding]:
    """Yield a finding for each alert that links a dashboard which the catalogue does not have.

    Silent where it has none: they are somewhere else then.
    """
    known = {dashboard.uid for dashboard in catalogue.dashboards}
    base = catalogue.links.dashboards
    for rule in rules if known else ():
        for name, url in rule.annotations if rule.use is Use.ALERT else ():
            uid = url.removeprefix(base)
            if name == _ANNOTATION and url.startswith(base) and uid not in known:
                message = f"{rule.name} links the dashboard {uid}, which does not exist"
                mend = f"link one that is there: {', '.join(sorted(known))}"
                yield Finding(DASHBOARD, Level.ERROR, rule.place, message, DASHBOARD_WHY, mend)
