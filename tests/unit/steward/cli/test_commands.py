import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from steward.cli import COMMANDS, commands

WRITTEN_HERE = ["up", "down", "status", "logs", "build", "sidecar", "alerts", "ack", "silence"]


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(commands, ["--help"]).output
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert "_supervise" not in shown


@pytest.mark.parametrize("name", WRITTEN_HERE)
def test_every_command_has_help_with_examples(name: str) -> None:
    result = CliRunner().invoke(commands, [name, "--help"])
    assert result.exit_code == 0
    assert f"    steward {name}" in result.output


@pytest.mark.parametrize("arguments", [["nonsense"], ["up", "--nonsense"], ["logs"], ["status", "extra"]])
def test_usage_errors_have_code_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(commands, arguments).exit_code == 2


def test_what_the_user_can_mend_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEWARD_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(commands, ["up"])
    assert result.exit_code == 1
    assert result.output.startswith("error: neither")


def test_help_and_status_read_no_more_than_they_need() -> None:
    text = """
import sys
from steward.cli import commands
commands.main(["--help"], standalone_mode=False)
assert "steward.model" not in sys.modules
import steward.cli.status
assert not {"asyncio", "psutil", "rich", "yaml", "steward.compile"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", text], check=True, stdout=subprocess.DEVNULL)
