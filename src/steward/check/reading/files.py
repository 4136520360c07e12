"""Reads a file of whichever kind it is."""

import json
from dataclasses import dataclass

from steward.check.dashboards.reader import read_subject
from steward.check.dashboards.subject import DashboardSubject
from steward.check.reading.accepts import Comment
from steward.check.reading.alertmanager import is_alertmanager, read_alertmanager
from steward.check.reading.dashboards import read_dashboard
from steward.check.reading.errors import Unreadable
from steward.check.reading.grafana import is_dashboard
from steward.check.reading.lines import documents
from steward.check.reading.rule_files import is_rules, read_rules
from steward.check.reading.written import Written
from steward.check.routing import RoutingSubject

_KINDS = "rules of Prometheus, a dashboard of Grafana, or a configuration of Alertmanager"


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file holds."""

    file: str
    expressions: tuple[Written, ...] = ()
    routing: RoutingSubject | None = None
    dashboard: DashboardSubject | None = None
    stray: tuple[Comment, ...] = ()


def read_file(file: str, text: str, interval: int) -> FileContent:
    """Return what a file holds; `interval` are the seconds between two scrapes. Raises Unreadable."""
    if not text.strip():
        raise Unreadable(file, None, "it is empty", f"give {_KINDS}")
    if text.lstrip().startswith("{") and _is_dashboard(text):
        return FileContent(
            file, read_dashboard(file, text, interval), dashboard=read_subject(file, text, interval)
        )
    for document in documents(file, text):
        if is_rules(document):
            rules = read_rules(file, text)
            return FileContent(file, rules.rules, stray=rules.stray)
        if is_alertmanager(document):
            return FileContent(file, routing=read_alertmanager(file, text))
    raise Unreadable(file, 1, "neither rules nor a dashboard nor routes", f"give {_KINDS}")


def _is_dashboard(text: str) -> bool:
    """Tell whether it is to be read as a dashboard; broken JSON is one, so that its line is told."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        return '"' in text
    return is_dashboard(content)
