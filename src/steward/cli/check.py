"""`steward check`."""

from collections.abc import Iterator
from pathlib import Path

import click

from steward.check.everything import catalogue_findings
from steward.check.reading.dashboards import read_dashboard
from steward.check.reading.errors import Unreadable
from steward.check.reading.written import Written
from steward.check.run import Selection
from steward.cli.build import FOLDER
from steward.cli.examples import examples
from steward.cli.findings import UNREADABLE, Wanted, tell, with_options
from steward.cli.project import load_catalogue, project_folder
from steward.model import Catalogue

_RUNBOOKS = "runbooks"
_DASHBOARDS = FOLDER / "grafana" / "dashboards"


@click.command(
    "check",
    epilog=examples(
        "steward check",
        "steward check --only runbook-missing,unreachable-route",
        "steward check --sarif > findings.sarif",
    ),
)
@with_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    form: str | None,
    only: frozenset[str],
    ignore: frozenset[str],
    version: tuple[int, int],
    show_accepted: bool,
) -> None:
    """Find what is wrong in the catalogue: its rules, routes, dashboards and runbooks.

    Exits with 0 where nothing is wrong, 1 with findings of warning or worse, 2 where a file cannot be read.
    """
    project = project_folder()
    catalogue = load_catalogue(project)
    try:
        pages = {path.stem: _text(path) for path in sorted((project / _RUNBOOKS).glob("*.md"))}
        panels = list(_panels(project, catalogue))
    except Unreadable as error:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {error}\n  {error.mend}", err=True)
        ctx.exit(UNREADABLE)
    found = catalogue_findings(catalogue, pages, str(FOLDER), panels, version)
    wanted = Wanted(Selection(only, ignore), form or "text", show_accepted)
    alerts = f"{len(catalogue.alerts)} alerts, {len(catalogue.slos)} objectives, {len(pages)} runbooks"
    alerts += f", {len(catalogue.dashboards)} dashboards" if catalogue.dashboards else ""
    ctx.exit(tell(found, wanted, f"{catalogue.title}: {alerts}"))


def _panels(project: Path, catalogue: Catalogue) -> Iterator[Written]:
    """Yield the queries of dashboards that lie beside those of the catalogue."""
    compiled = {f"{dashboard.file}.json" for dashboard in catalogue.dashboards}
    for path in sorted((project / _DASHBOARDS).glob("*.json")):
        if path.name not in compiled:
            yield from read_dashboard(str(path.relative_to(project)), _text(path), catalogue.collection.interval)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unreadable(str(path), None, "not a text in UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise Unreadable(str(path), None, error.strerror or str(error), "make it readable") from None
