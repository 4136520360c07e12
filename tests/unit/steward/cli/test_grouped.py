import click
import pytest
from click.testing import CliRunner

from steward.cli.grouped import Grouped


@click.group(cls=Grouped, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    pass


@command.command("zebra")
@click.option("--colour", default="striped")
def zebra(*, colour: str) -> None:
    click.echo(f"zebra {colour}")


@command.command("ant")
def ant() -> None:
    click.echo("ant")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "zebra striped\n"),
        (["--colour", "grey"], "zebra grey\n"),
        (["zebra", "--colour", "grey"], "zebra grey\n"),
        (["ant"], "ant\n"),
    ],
)
def test_the_first_command_is_meant_where_none_is_named(arguments: list[str], said: str) -> None:
    assert CliRunner().invoke(command, arguments).output == said


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_of_all_of_them(option: str) -> None:
    shown = CliRunner().invoke(command, [option]).output
    assert "ant" in shown
    assert "zebra" in shown


def test_another_name_is_a_mistake() -> None:
    assert CliRunner().invoke(command, ["cat"]).exit_code == 2
