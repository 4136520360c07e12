"""The dashboards of a catalogue, read as they are compiled, so that findings name the committed file's lines."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from steward.check.dashboards.reader import read_subject
from steward.check.dashboards.subject import DashboardSubject
from steward.check.reading.dashboards import read_dashboard
from steward.check.reading.written import Written
from steward.compile.grafana import dashboard_files
from steward.model import Accepted, Catalogue
from steward.model.dashboard import Dashboard


@dataclass(frozen=True, slots=True)
class CompiledDashboard:
    """One dashboard of a catalogue."""

    subject: DashboardSubject
    queries: tuple[Written, ...]


def compiled_dashboards(catalogue: Catalogue, folder: str) -> tuple[CompiledDashboard, ...]:
    """Return every dashboard of a catalogue, as it lies in `folder`, with what its panels accept."""
    files, interval = dashboard_files(catalogue), catalogue.collection.interval
    read = []
    for dashboard in catalogue.dashboards:
        name = f"{dashboard.file}.json"
        path, text = f"{folder}/{name}", files[name].decode()
        accepts = _accepts(dashboard)
        queries = tuple(
            replace(one, accepts=accepts.get(one.place.what, ())) for one in read_dashboard(path, text, interval)
        )
        read.append(CompiledDashboard(read_subject(path, text, interval), queries))
    return tuple(read)


def _accepts(dashboard: Dashboard) -> Mapping[str, tuple[Accepted, ...]]:
    return {f"panel {panel.title}": panel.accepts for panel in dashboard.panels}
