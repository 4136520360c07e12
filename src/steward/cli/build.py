"""`steward build`."""

from pathlib import Path

import click

from steward.cli.examples import examples
from steward.cli.project import load_catalogue, project_folder
from steward.cli.scale import Scale
from steward.compile.compose import DATA, SECRETS
from steward.compile.configuration import Files
from steward.compile.heading import GENERATED
from steward.compile.tree import tree
from steward.stack.files import explained, write_atomically

FOLDER = Path("infrastructure", "monitoring")
_NOT_COMPILED = frozenset({SECRETS, DATA, ".env"})
"""What an operator keeps beside the compiled files; git ignores it."""


@click.command(
    "build",
    epilog=examples(
        "steward build",
        "steward build --check     in a pipeline: are the committed files those of the catalogue?",
        "steward build --time-scale 60 --output /tmp/drill     the same rules, sixty times faster",
    ),
)
@click.option("--check", is_flag=True, help="Change nothing; fail when a file is missing, changed or extra.")
@click.option(
    "--time-scale",
    "scale",
    type=Scale(),
    default=1.0,
    show_default=True,
    help="How many times shorter windows and waits become; other than 1 it needs --output.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Folder to compile into, instead of the project's {FOLDER}.",
)
@click.pass_context
def command(ctx: click.Context, *, check: bool, scale: float, output: Path | None) -> None:
    """Compile the catalogue into infrastructure/monitoring, or into the folder --output."""
    project = project_folder()
    folder = _destination(project, output, scale)
    shown = folder.relative_to(project) if folder == project / FOLDER else folder
    wanted = tree(load_catalogue(project), scale)
    present = read_tree(folder)
    differences = compare(wanted, present)
    if check:
        ctx.exit(_tell(shown, differences))
    left = [path for path, what in differences.items() if not _apply(folder, path, wanted, present)]
    for path in left:
        click.echo(f"{shown / path}: not compiled from the catalogue; move it elsewhere", err=True)
    click.echo(f"{len(wanted)} files, {len(differences) - len(left)} of them changed")
    ctx.exit(1 if left else 0)


def _destination(project: Path, output: Path | None, scale: float) -> Path:
    """Return the folder to compile into; the committed one is never given rules of another time scale."""
    committed = project / FOLDER
    if output is None or output.resolve() == committed.resolve():
        if scale != 1:
            raise click.UsageError(
                f"{FOLDER} holds the rules as they run in production, so --time-scale needs --output with "
                "another folder"
            )
        return committed
    return output.resolve()


def _tell(folder: Path, differences: dict[str, str]) -> int:
    """Show what is not as the catalogue says, and return the exit code."""
    for path, what in differences.items():
        click.echo(f"{folder / path}: {what}")
    if differences:
        click.echo("the compiled files are not those of the catalogue; `steward build` compiles them", err=True)
    return 1 if differences else 0


def read_tree(folder: Path) -> Files:
    """Return every file below `folder` that should be compiled, by its path below it."""
    with explained(folder):
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.relative_to(folder).parts[0] not in _NOT_COMPILED
        }


def compare(wanted: Files, present: Files) -> dict[str, str]:
    """Return path -> `missing`, `changed` or `extra`, for every file that is not as it should be."""
    differences = dict.fromkeys(wanted.keys() - present.keys(), "missing")
    differences |= dict.fromkeys(present.keys() - wanted.keys(), "extra")
    differences |= {path: "changed" for path in wanted.keys() & present.keys() if wanted[path] != present[path]}
    return dict(sorted(differences.items()))


def _apply(folder: Path, path: str, wanted: Files, present: Files) -> bool:
    """Mend one difference; a file that nothing says is compiled stays, and is told as False."""
    place = folder / path
    with explained(place):
        if path in wanted:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, wanted[path])
        elif GENERATED.encode() in present[path]:
            place.unlink()
        else:
            return False
    return True
