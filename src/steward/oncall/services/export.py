"""An incident as a report, in the shape of the incident template: Markdown, or one HTML file that stands alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from sqlalchemy import Connection

from steward.model import Catalogue
from steward.oncall.deliver.text import one_line
from steward.oncall.domain.markdown import bullets, contained, indented, plain
from steward.oncall.domain.timeline import Entry
from steward.oncall.services import timeline
from steward.oncall.services.graphs import Graph, graphs
from steward.oncall.services.incident_work import named
from steward.oncall.services.markdown import rendered
from steward.oncall.store import action_items
from steward.oncall.store import incidents as store
from steward.oncall.store.action_items import ActionItem
from steward.oncall.store.incidents import IncidentRow, RelatedAlert

MOST_ALERTS = 500

_LONGEST_LINE = 500
_MARGIN = timedelta(minutes=15)
_UNWRITTEN = "_Not written yet._"
_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h2 { line-height: 1.2; } h3 { margin-top: 2rem; } li { margin: 0.2rem 0; }
pre { padding: 0.8rem; overflow-x: auto; background: light-dark(#f2f2f0, #22252b); border-radius: 6px; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is known of an incident."""

    incident: IncidentRow
    entries: tuple[Entry, ...]
    items: tuple[ActionItem, ...]
    alerts: tuple[RelatedAlert, ...]
    graphs: tuple[Graph, ...]


def report(
    connection: Connection, incident_id: int, *, catalogue: Catalogue, prometheus: str, scale: float, now: datetime
) -> Report:
    """Gather everything of an incident; raises NotFound."""
    incident = named(connection, incident_id)
    alerts = store.related_alerts(connection, incident_id, limit=MOST_ALERTS)
    return Report(
        incident,
        tuple(timeline.of_incident(connection, incident_id)),
        tuple(action_items.of_incident(connection, incident_id)),
        tuple(alerts),
        tuple(
            graphs(
                alerts,
                catalogue=catalogue,
                prometheus=prometheus,
                scale=scale,
                start=incident.opened_at - _MARGIN,
                end=min((incident.resolved_at or now) + _MARGIN, now),
            )
        ),
    )


def markdown(report: Report) -> str:
    """Write it as Markdown; what people wrote stays as they wrote it, everything else is escaped."""
    parts = [_head(report.incident)]
    parts += [f"### {title}\n{text}" for title, text in _sections(report)]
    return "\n\n".join(parts) + "\n"


def html(report: Report) -> str:
    """Write it as one file of HTML that loads nothing."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Incident: {escape(report.incident.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{rendered(markdown(report), breaks=True)}</body>\n</html>\n"
    )


def _head(incident: IncidentRow) -> str:
    ended = f"{incident.resolved_at:%Y-%m-%d %H:%M} UTC" if incident.resolved_at else "not resolved yet"
    return (
        f"## Incident: {_plain(incident.title)}\n\n"
        f"**Severity:** {_plain(incident.severity.capitalize())}\n"
        f"**Status:** {incident.status.capitalize()}\n"
        f"**Start Time:** {incident.opened_at:%Y-%m-%d %H:%M} UTC\n"
        f"**End Time:** {ended}"
    )


def _sections(report: Report) -> Iterator[tuple[str, str]]:
    incident = report.incident
    yield "Summary", _written(incident.summary)
    yield "Impact", bullets(incident.impact) if incident.impact.strip() else f"- {_UNWRITTEN}"
    yield "Timeline", "\n".join(_line(one, incident.opened_at.date()) for one in report.entries) or _UNWRITTEN
    yield "Root Cause", _written(incident.root_cause)
    yield "Resolution", _written(incident.resolution)
    yield "Action Items", "\n".join(_item(one) for one in report.items) or "None."
    yield "Lessons Learned", _written(incident.lessons)
    if report.graphs:
        yield "Graphs", "\n\n".join(_graph(one) for one in report.graphs)


def _written(text: str) -> str:
    return contained(text) if text.strip() else _UNWRITTEN


def _line(entry: Entry, first_day: date) -> str:
    """Return a line of the timeline; another day than the first is named."""
    day = "" if entry.at.date() == first_day else f"{entry.at:%Y-%m-%d} "
    head = f"- {day}{entry.at:%H:%M} - "
    if not entry.note:
        return head + _plain(entry.text)
    note = contained(entry.note)
    said = f"{head}{_plain(entry.actor)}:"
    return f"{said}\n\n{indented(note)}" if "\n" in note else f"{said} {note}"


def _item(item: ActionItem) -> str:
    owner = f" ({_plain(item.owner)})" if item.owner else ""
    return f"- [{'x' if item.done_at else ' '}] {_plain(item.text)}{owner}"


def _graph(graph: Graph) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in _runs(graph.query)), default=0))
    span = f"{graph.start:%Y-%m-%d %H:%M} to {graph.end:%Y-%m-%d %H:%M} UTC"
    fires = f" fires while it is `{graph.fires}`" if graph.fires else ""
    return (
        f"**{_plain(graph.alert)}**{fires}, {span}: [show it in Prometheus](<{graph.url}>)\n\n"
        f"{fence}promql\n{graph.query.strip()}\n{fence}"
    )


def _plain(text: str) -> str:
    return plain(one_line(text, _LONGEST_LINE))


def _runs(text: str) -> list[str]:
    return "".join(sign if sign == "`" else " " for sign in text).split()
