"""`steward dashboards`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from steward.cli.dashboard_pairs import Pair, checked, ours, paired, refuse
from steward.cli.examples import examples
from steward.cli.grafana_client import grafana_options
from steward.cli.oncall_client import plain
from steward.cli.project import load_catalogue, project_folder
from steward.grafana.client import Grafana
from steward.grafana.content import as_file
from steward.grafana.differences import MISSING
from steward.model import Catalogue
from steward.stack.errors import StackError
from steward.stack.files import write_atomically

_SHOWN = 100
"""Characters of a value."""
_MESSAGE = "from the catalogue, by steward"
_FOLDER_MODE = 0o755

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


@click.group(
    "dashboards",
    no_args_is_help=True,
    epilog=examples(
        "steward dashboards diff                            has anybody changed them by hand?",
        "steward dashboards export festivals-api-overview --output dashboards",
        "GRAFANA_API_KEY=... steward dashboards import --url https://grafana.example",
    ),
)
def command() -> None:
    """Bring the catalogue's dashboards to a Grafana, or from it, or compare."""


@command.command(
    "export",
    epilog=examples("steward dashboards export", "steward dashboards export festivals-business --output /tmp/now"),
)
@click.argument("uids", nargs=-1, metavar="[UID]...")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("dashboards"),
    show_default=True,
    help="Folder to write into.",
)
@json_option
@grafana_options
def export(grafana: Grafana, *, uids: tuple[str, ...], output: Path, as_json: bool) -> None:
    """Write dashboards as Grafana has them into files; without a UID, those of the catalogue.

    A file is written as `steward build` writes it, so that `git diff` shows what was changed by hand. Files are
    written when every dashboard has been fetched.
    """
    names = _file_names(load_catalogue(project_folder()))
    wanted = [checked(uid) for uid in uids] or list(names)
    found = {uid: grafana.dashboard(uid) for uid in wanted}
    output = output.absolute()
    files = {uid: output / names.get(uid, f"{uid}.json") for uid in found}
    try:
        output.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        for uid, one in found.items():
            write_atomically(files[uid], as_file(one.content))
    except OSError as error:
        raise StackError(f"{error.filename or output}: {error.strerror}", mend="give another --output") from None
    told = [{"uid": uid, "file": str(files[uid]), "version": one.version} for uid, one in found.items()]
    _say(as_json, {"dashboards": told}, [f"{one['file']}: {one['uid']}, version {one['version']}" for one in told])


@command.command(
    "diff", epilog=examples("steward dashboards diff", "steward dashboards diff festivals-infrastructure --json")
)
@click.argument("names", nargs=-1, metavar="[UID|FILE]...")
@json_option
@grafana_options
@click.pass_context
def diff(ctx: click.Context, grafana: Grafana, *, names: tuple[str, ...], as_json: bool) -> None:
    """Show where Grafana's dashboards differ from the catalogue's, or from files.

    What a Grafana adds by itself does not count. Exit code 0: they are the same. 1: one differs or is missing.
    """
    pairs = paired(grafana, ours(names))
    _say(as_json, {"dashboards": [_compared(pair) for pair in pairs]}, _difference_lines(pairs))
    ctx.exit(0 if all(pair.same for pair in pairs) else 1)


@command.command(
    "import",
    epilog=examples(
        "steward dashboards import",
        "steward dashboards import festivals-business --overwrite",
        "steward dashboards import dashboards/api.json --folder drafts",
    ),
)
@click.argument("names", nargs=-1, metavar="[UID|FILE]...")
@click.option("--folder", "folder", help="Uid of the folder of new dashboards; one that is missing is made.")
@click.option("--overwrite", is_flag=True, help="Replace dashboards that Grafana has otherwise.")
@click.option("--message", default=_MESSAGE, show_default=True, help="Shown in Grafana's list of versions.")
@json_option
@grafana_options
def import_(
    grafana: Grafana, *, names: tuple[str, ...], folder: str | None, overwrite: bool, message: str, as_json: bool
) -> None:
    """Save dashboards of the catalogue, or of files, in Grafana; without a name, all of the catalogue.

    A dashboard that Grafana has already stays in its folder. One that differs there is replaced with --overwrite
    only, and never when somebody saves it at the same time. Nothing is saved where one would be refused.
    """
    catalogue = load_catalogue(project_folder())
    pairs = paired(grafana, ours(names, catalogue))
    refuse(pairs, overwrite=overwrite)
    place = checked(folder) if folder else catalogue.name
    if any(pair.theirs is None for pair in pairs):
        grafana.ensure_folder(place, folder or catalogue.title)
    told = [_saved(grafana, pair, place, message) for pair in pairs]
    _say(as_json, {"dashboards": told}, [f"{one['uid']}: {one['result']}{_at(one)}" for one in told])


def _file_names(catalogue: Catalogue) -> dict[str, str]:
    return {one.uid: f"{one.file}.json" for one in catalogue.dashboards}


def _saved(grafana: Grafana, pair: Pair, folder: str, message: str) -> dict[str, str | int]:
    theirs = pair.theirs
    if pair.same and theirs is not None:
        return {"uid": pair.uid, "result": "unchanged", "version": theirs.version}
    version = theirs.version if theirs else None
    saved = grafana.save(pair.ours, folder=theirs.folder if theirs else folder, message=message, version=version)
    result = "replaced" if theirs else "created"
    return {"uid": pair.uid, "result": result, "version": saved.version, "url": f"{grafana.url}{saved.path}"}


def _at(told: Mapping[str, str | int]) -> str:
    return f", version {told['version']}" + (f", {told['url']}" if "url" in told else "")


def _compared(pair: Pair) -> dict[str, object]:
    state = "missing" if pair.theirs is None else "same" if pair.same else "different"
    places = [
        {"path": one.path}
        | {side: value for side, value in (("ours", one.ours), ("theirs", one.theirs)) if value is not MISSING}
        for one in pair.differences
    ]
    return {"uid": pair.uid, "state": state, "differences": places}


def _difference_lines(pairs: Sequence[Pair]) -> list[str]:
    lines = []
    for pair in pairs:
        if pair.theirs is None:
            lines.append(f"{pair.uid}: Grafana has none")
        elif pair.same:
            lines.append(f"{pair.uid}: the same")
        for one in pair.differences:
            lines += [
                f"{pair.uid}: {one.path}",
                f"  here:    {_shown(one.ours)}",
                f"  Grafana: {_shown(one.theirs)}",
            ]
    return lines


def _shown(value: object) -> str:
    text = "(nothing)" if value is MISSING else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _say(as_json: bool, answer: object, lines: Sequence[str]) -> None:
    click.echo(json.dumps(answer, indent=2) if as_json else "\n".join(plain(line) for line in lines))
