"""`steward lint`."""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from steward.check.everything import arriving, context_of
from steward.check.linting import file_findings
from steward.check.reading.accept_file import AcceptFile, read_accept_file
from steward.check.reading.errors import Unreadable
from steward.check.reading.files import FileContent, read_file
from steward.check.routing import AlertLabels
from steward.check.run import Selection
from steward.check.schema import of_inventories
from steward.check.shape import Context
from steward.cli.examples import examples
from steward.cli.findings import UNREADABLE, Wanted, tell, with_options
from steward.cli.project import load_catalogue, project_folder
from steward.compile.rule_files import rule_files
from steward.model import Catalogue, CatalogueError, Inventory, read_inventory

_STDIN = "-"
_NONE = "none"


@click.command(
    "lint",
    epilog=examples(
        "steward lint rules/*.yml",
        "steward lint dashboard.json --catalogue none --inventory node-exporter.json",
        "curl -s http://localhost:9093/api/v2/status | jq -r .config.original | steward lint -",
    ),
)
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--catalogue",
    metavar="MODULE:NAME|none",
    help="What is known of metrics: the project's catalogue where there is one, another, or none.",
)
@click.option("--inventory", "inventories", multiple=True, metavar="FILE", help="More metrics; may be repeated.")
@click.option(
    "--accept-file",
    metavar="FILE",
    help="Findings that are meant, one a line: CHECK in NAME because REASON.",
)
@with_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    catalogue: str | None,
    inventories: tuple[str, ...],
    accept_file: str | None,
    form: str | None,
    only: frozenset[str],
    ignore: frozenset[str],
    version: tuple[int, int],
    show_accepted: bool,
) -> None:
    """Find what is wrong in FILES: Prometheus rules, Grafana dashboards, Alertmanager configurations; - is stdin.

    Exits with 0 where nothing is wrong, 1 with findings of warning or worse, 2 where a file cannot be read.
    """
    known = _catalogue(catalogue)
    try:
        more = [_inventory(path) for path in inventories]
        accepts = read_accept_file(accept_file, _text(accept_file)) if accept_file else AcceptFile()
        context = replace(_context(known, more), version=version)
        contents = [read_file(_shown(path), _text(path), context.collection.interval) for path in files]
    except Unreadable as error:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {error}\n  {error.mend}", err=True)
        ctx.exit(UNREADABLE)
    wanted = Wanted(Selection(only, ignore), form or "text", show_accepted)
    found = list(accepts.marked(file_findings(contents, context, _alerts(known, context))))
    checked = f"{_counted(len(contents), 'file')}, {_counted(expressions(contents), 'expression')}"
    ctx.exit(tell([*found, *accepts.unused(found)], wanted, checked))


def _context(catalogue: Catalogue | None, inventories: Sequence[Inventory]) -> Context:
    """Return what is known before the linted files are, with the rules of the catalogue."""
    if catalogue is None:
        return Context(of_inventories(inventories))
    return context_of(catalogue, rule_files(catalogue, catalogue.collection), inventories)


def expressions(contents: Sequence[FileContent]) -> int:
    """Return how many expressions some files hold."""
    return sum(len(content.expressions) for content in contents)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _alerts(catalogue: Catalogue | None, context: Context) -> list[AlertLabels]:
    """Return what arrives at Alertmanager, as far as a catalogue says."""
    if catalogue is None:
        return []
    files = rule_files(catalogue, catalogue.collection)
    return list(arriving(files, context.schema, catalogue.collection.external_labels))


def _catalogue(chosen: str | None) -> Catalogue | None:
    """Return the catalogue to hold files against: the one chosen, else that of the project around, if any."""
    if chosen == _NONE:
        return None
    if chosen is None:
        try:
            project = project_folder()
        except CatalogueError:
            return None
        return load_catalogue(project)
    module, _, name = chosen.partition(":")
    sys.path[:0] = [str(Path.cwd() / "src"), str(Path.cwd())]
    try:
        found = getattr(importlib.import_module(module), name or "CATALOGUE", None)
    except ModuleNotFoundError as error:
        raise click.BadParameter(f"there is no module {error.name}", param_hint="--catalogue") from None
    if not isinstance(found, Catalogue):
        raise click.BadParameter(f"{chosen} is not a Catalogue", param_hint="--catalogue")
    return found


def _inventory(path: str) -> Inventory:
    try:
        return read_inventory(_text(path))
    except CatalogueError as error:
        raise Unreadable(path, None, str(error), "write it with `steward metrics import`") from None


def _text(path: str) -> str:
    try:
        return sys.stdin.read() if path == _STDIN else Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_shown(path), None, "not a text in UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise Unreadable(path, None, error.strerror or str(error), "give a file that can be read") from None


def _shown(path: str) -> str:
    return "<stdin>" if path == _STDIN else path
