"""The catalogue's dashboards, read as Grafana would, in front of the Prometheus of the settings."""

from dataclasses import replace

from steward.compile.grafana import dashboard_files
from steward.dashboards.asking import Asked, Board
from steward.dashboards.panels import Panels
from steward.dashboards.prometheus import Prometheus
from steward.dashboards.reading import read
from steward.dashboards.wire import Link
from steward.model import Catalogue
from steward.model.catalogue import Links
from steward.oncall.settings import OnCallSettings

_SHORTEST = 1.0
"""Between two scrapes, in seconds, however much faster than real time everything goes."""


def panels(catalogue: Catalogue, settings: OnCallSettings) -> Panels:
    """Return the dashboards of a catalogue, in its order; whoever opens them closes them."""
    files = dashboard_files(catalogue)
    boards = [read(files[f"{board.file}.json"], board.file) for board in catalogue.dashboards]
    scrape = max(_SHORTEST, catalogue.collection.interval / settings.time_scale)
    ours = [_within(board, catalogue.links) for board in boards]
    return Panels(ours, Prometheus(settings.prometheus), scrape=scrape)


def _within(board: Board, links: Links) -> Board:
    """Return a dashboard of which the links to runbooks and dashboards lead to this console's."""

    def inside(link: Link) -> Link:
        for outside, here in ((links.runbooks, "/runbooks/"), (links.dashboards, "/d/")):
            if outside and link.url.startswith(outside):
                return replace(link, url=here + link.url.removeprefix(outside))
        return link

    def linked(asked: Asked) -> Asked:
        view = replace(asked.view, links=tuple(inside(link) for link in asked.view.links))
        return replace(asked, view=view)

    return replace(board, panels={number: linked(asked) for number, asked in board.panels.items()})
