"""`steward secrets`."""

import os

import click

from steward.cli.build import FOLDER
from steward.cli.examples import examples
from steward.cli.project import load_catalogue, project_folder
from steward.stack.containers import prepare


@click.command(
    "secrets",
    epilog=examples(
        "steward secrets",
        "SLACK_WEBHOOK_URL=https://hooks.slack.com/services/... steward secrets",
    ),
)
def command() -> None:
    """Write the secrets that the containers read, with mode 0600, and who may read them.

    Each comes from its environment variable, else from an earlier call, else it is generated. None is shown.
    """
    project = project_folder()
    prepared = prepare(load_catalogue(project), project / FOLDER, os.environ)
    for path in prepared.given:
        click.echo(f"{path.relative_to(project)}: written")
    for path, variable in prepared.empty:
        click.echo(f"{path.relative_to(project)}: empty, since {variable} is not set", err=True)
