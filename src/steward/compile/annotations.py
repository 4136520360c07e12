"""What an alert says to the person it reaches."""

from steward.model import Alert, Catalogue, Links

Annotations = tuple[tuple[str, str], ...]


def annotations(catalogue: Catalogue, alert: Alert) -> Annotations:
    """Return an alert's annotations: what is wrong, and where to find more."""
    return linked(
        catalogue.links, alert.summary, alert.description, runbook=alert.runbook, dashboard=alert.dashboard
    )


def linked(links: Links, summary: str, description: str, *, runbook: str, dashboard: str | None) -> Annotations:
    """Return texts and links in the order in which people read them."""
    found = [
        ("summary", summary),
        ("description", description),
        ("runbook_url", links.runbooks + runbook),
    ]
    if dashboard is not None:
        found.append(("dashboard_url", links.dashboards + dashboard))
    return tuple(found)
